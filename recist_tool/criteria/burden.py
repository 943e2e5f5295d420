"""How much tumour one visit shows, in whichever figure a set of criteria asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.faults import host
from recist_tool.criteria.sums import NORMAL_NODE_MM
from recist_tool.model.findings import MeasuredTarget, StatedTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from recist_tool.criteria.course import Lesion, View
    from recist_tool.model.findings import (
        FindingsTimepoint,
        SplitTarget,
        TargetFinding,
    )

    Size = Callable[[MeasuredTarget | SplitTarget, Lesion], Decimal | None]

ZERO: Final = Decimal(0)


class Measure(NamedTuple):
    """What is measured of each target.

    Attributes
    ----------
    unit
        Of the figure: ``mm²``.
    size
        The figure of one lesion that is there; None where it was not measured.
    too_small
        What a lesion counts that is there, but too small to measure.
    nodes_can_be_normal
        Whether a node below 10 mm short axis is no disease although it is not 0.
    """

    unit: str
    size: Size
    too_small: Decimal
    nodes_can_be_normal: bool = True


class Burden(NamedTuple):
    """The targets of one visit.

    Attributes
    ----------
    sizes
        What each measured target counts.
    missing
        Targets without a figure.
    gone
        Every target was seen, and none is disease any more.
    measured
        Sum of `sizes`; None where nothing was measured.
    """

    sizes: Mapping[str, Decimal]
    missing: tuple[str, ...]
    gone: bool
    measured: Decimal | None

    @property
    def complete(self) -> Decimal | None:
        """The sum where every target was measured, or None."""
        return None if self.missing else self.measured


class Past(NamedTuple):
    """What the visits before this one left behind.

    Attributes
    ----------
    baseline, nadir
        Sums; the nadir is the smallest complete sum so far, None without targets.
    baseline_sizes, nadir_sizes
        The same for each lesion by itself.
    nadir_at
        Timepoint of the smallest sum.
    pd_at
        First visit with progression as read.
    """

    baseline: Decimal | None
    nadir: Decimal | None
    nadir_at: str | None
    baseline_sizes: Mapping[str, Decimal]
    nadir_sizes: Mapping[str, Decimal]
    pd_at: str | None = None

    def after(self, visit_id: str, now: Burden, *, progressed: bool) -> Past:
        """Return the past as the next visit sees it; partial sums are no nadir."""
        nadir, nadir_at, total = self.nadir, self.nadir_at, now.complete
        if total is not None and (nadir is None or total < nadir):
            nadir, nadir_at = total, visit_id
        smallest = dict(self.nadir_sizes)
        for name, size in now.sizes.items():
            smallest[name] = min(size, smallest.get(name, size))
        first = self.pd_at or (visit_id if progressed else None)
        return self._replace(
            nadir=nadir, nadir_at=nadir_at, nadir_sizes=smallest, pd_at=first
        )


NOTHING: Final = Burden({}, (), gone=False, measured=None)
NO_PAST: Final = Past(None, None, None, {}, {})


def burden(sizes: Mapping[str, Decimal | None]) -> Burden:
    """Return the burden of lesions of which only the figures are known."""
    known = {name: size for name, size in sizes.items() if size is not None}
    missing = tuple(name for name in sizes if name not in known)
    gone = bool(sizes) and not missing and not any(known.values())
    return Burden(known, missing, gone, sum(known.values(), ZERO) if known else None)


def from_baseline(at: str, baseline: Burden) -> Past:
    """Return the past that the first visit after baseline sees."""
    total = baseline.complete
    return Past(total, total, at, baseline.sizes, baseline.sizes)


def visit_burden(measure: Measure, view: View, seen: FindingsTimepoint) -> Burden:
    """Return the targets of `view` at one visit, as `measure` counts them."""
    sizes = {one.id: lesion_size(measure, view, seen, one) for one in view.targets}
    found = burden(sizes)
    if found.missing or found.gone or not measure.nodes_can_be_normal:
        return found
    gone = bool(sizes) and all(
        not found.sizes[one.id] or _normal_node(one, seen.target[one.id])
        for one in view.targets
    )
    return found._replace(gone=gone)


def lesion_size(
    measure: Measure, view: View, seen: FindingsTimepoint, lesion: Lesion
) -> Decimal | None:
    """Return what one target counts at one visit; None where it is missing.

    A lesion that merged into another counts 0: it is measured there, unless the scope
    does not count that other one.
    """
    finding = seen.target.get(lesion.id)
    if finding is None:
        return None
    if not isinstance(finding, StatedTarget):
        return measure.size(finding, lesion)
    if finding.state == "merged_into":
        return ZERO if host(seen, lesion.id) in view.target_ids else None
    return {"absent": ZERO, "too_small": measure.too_small}.get(finding.state)


def _normal_node(lesion: Lesion, finding: TargetFinding) -> bool:
    return (
        lesion.nodal
        and isinstance(finding, MeasuredTarget)
        and finding.mm < NORMAL_NODE_MM
    )
