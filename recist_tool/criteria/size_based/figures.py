"""How much tumour one visit shows, in whichever figure a set of criteria asks for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.course.checks import host
from recist_tool.criteria.recist11.sums import counted_mm, normal_node
from recist_tool.model.findings import MeasuredTarget, SplitTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from recist_tool.criteria.course.course import CourseLesion, View
    from recist_tool.model.findings import FindingsTimepoint

    Size = Callable[[MeasuredTarget | SplitTarget, CourseLesion], Decimal | None]

ZERO: Final = Decimal(0)
_NOT_MERGED: Final[Mapping[str, str]] = MappingProxyType({})


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
    whole
        Whether a lesion that is there is disease, measured so or not; where only a
        part of it counts, that part must be there.
    """

    unit: str
    size: Size
    too_small: Decimal
    nodes_can_be_normal: bool = True
    whole: bool = True


class Burden(NamedTuple):
    """The targets of one visit.

    Attributes
    ----------
    sizes
        What each measured target counts.
    missing
        Targets without a figure.
    gone
        Every target was seen, and none is disease any more; a normal node needs no
        figure of its own.
    measured
        Sum of `sizes`; None where nothing was measured.
    merged
        Each lesion that is measured in another one, and in which.
    """

    sizes: Mapping[str, Decimal]
    missing: tuple[str, ...]
    gone: bool
    measured: Decimal | None
    merged: Mapping[str, str] = _NOT_MERGED

    @property
    def complete(self) -> Decimal | None:
        """The sum where every target was measured, or None."""
        return None if self.missing else self.measured

    def joined_with(self, name: str) -> tuple[str, ...]:
        """Return the lesions that are measured as one with this one, the host first."""
        into = self.merged.get(name, name)
        return (into, *(one for one, other in self.merged.items() if other == into))

    def size_of(self, names: tuple[str, ...]) -> Decimal | None:
        """Return the size of lesions taken together.

        None where one was not measured, or is measured with others than these.
        """
        if any((one in names) != (into in names) for one, into in self.merged.items()):
            return None
        sizes = [self.sizes.get(name) for name in names]
        known = [size for size in sizes if size is not None]
        return sum(known, ZERO) if len(known) == len(sizes) else None


class PastSizes(NamedTuple):
    """What the visits before this one left behind.

    Attributes
    ----------
    baseline, nadir
        Sums; the nadir is the smallest complete sum so far, None without targets.
    baseline_sizes
        The same for each lesion by itself.
    nadir_at
        Timepoint of the smallest sum.
    visits
        Baseline and the visits since, in order.
    pd_at
        First visit with progression as read.
    cr_at
        Last visit with overall CR as read.
    """

    baseline: Decimal | None
    nadir: Decimal | None
    nadir_at: str | None
    baseline_sizes: Mapping[str, Decimal]
    visits: tuple[Burden, ...] = ()
    pd_at: str | None = None
    cr_at: str | None = None

    def after(
        self, visit_id: str, now: Burden, *, progressed: bool, complete: bool = False
    ) -> PastSizes:
        """Return the past as the next visit sees it; partial sums are no nadir.

        Parameters
        ----------
        now
            What the visit that is over shows.
        progressed
            Whether its response was progression, as read.
        complete
            Whether it was CR, as read.
        """
        nadir, nadir_at, total = self.nadir, self.nadir_at, now.complete
        if total is not None and (nadir is None or total < nadir):
            nadir, nadir_at = total, visit_id
        first = self.pd_at or (visit_id if progressed else None)
        return self._replace(
            nadir=nadir,
            nadir_at=nadir_at,
            visits=(*self.visits, now),
            pd_at=first,
            cr_at=visit_id if complete else self.cr_at,
        )

    def baseline_of(self, names: tuple[str, ...]) -> Decimal | None:
        """Return the size of lesions taken together at baseline, or None."""
        return self.visits[0].size_of(names) if self.visits else None

    def smallest_of(self, names: tuple[str, ...]) -> Decimal | None:
        """Return the smallest size so far of lesions taken together, or None."""
        sizes = (visit.size_of(names) for visit in self.visits)
        return min((size for size in sizes if size is not None), default=None)


NOTHING: Final = Burden({}, (), gone=False, measured=None)
NO_PAST: Final = PastSizes(baseline=None, nadir=None, nadir_at=None, baseline_sizes={})


def burden(sizes: Mapping[str, Decimal | None]) -> Burden:
    """Return the burden of lesions of which only the figures are known."""
    known = {name: size for name, size in sizes.items() if size is not None}
    missing = tuple(name for name in sizes if name not in known)
    gone = bool(sizes) and not missing and not any(known.values())
    measured = sum(known.values(), ZERO) if known else None
    return Burden(known, missing, gone, measured)


def from_baseline(at: str, baseline: Burden) -> PastSizes:
    """Return the past that the first visit after baseline sees."""
    total = baseline.complete
    return PastSizes(
        baseline=total,
        nadir=total,
        nadir_at=at,
        baseline_sizes=baseline.sizes,
        visits=(baseline,),
    )


def visit_burden(measure: Measure, view: View, seen: FindingsTimepoint) -> Burden:
    """Return the targets of `view` at one visit, as `measure` counts them.

    Parameters
    ----------
    measure
        Which figure of a lesion counts, and in which unit.
    view
        The targets that the scope counts.
    seen
        The findings of the visit.
    """
    sizes = {one.id: lesion_size(measure, view, seen, one) for one in view.targets}
    found = burden(sizes)
    if any(type(seen.target.get(one.id)) is not MeasuredTarget for one in view.targets):
        found = found._replace(merged=_merged(view, seen))
    if found.gone or not measure.nodes_can_be_normal:
        return found
    gone = bool(sizes) and all(
        sizes[one.id] == ZERO or (one.nodal and normal_node(seen.target.get(one.id)))
        for one in view.targets
    )
    return found._replace(gone=gone)


def lesion_size(
    measure: Measure, view: View, seen: FindingsTimepoint, lesion: CourseLesion
) -> Decimal | None:
    """Return what one target counts at one visit; None where it is missing.

    A lesion of which no diameter is left counts 0 in every figure. One that merged
    into another counts 0: it is measured there, unless the scope does not count that
    other one.

    Parameters
    ----------
    measure
        Which figure of a lesion counts; the answer is in its unit.
    view
        The targets that the scope counts.
    seen
        The findings of the visit.
    """
    finding = seen.target.get(lesion.id)
    if isinstance(finding, MeasuredTarget | SplitTarget):
        return measure.size(finding, lesion) if counted_mm(finding) else ZERO
    if finding is None or finding.state == "merged_into":
        return None if measured_in(view, seen, lesion.id) is None else ZERO
    return {"absent": ZERO, "too_small": measure.too_small}.get(finding.state)


def present(
    measure: Measure, view: View, seen: FindingsTimepoint
) -> list[CourseLesion]:
    """Return the targets that are disease at a visit: not gone, no normal node.

    Parameters
    ----------
    measure
        Where it asks for a part of a lesion, that part must be there.
    view
        The targets that the scope counts.
    seen
        The findings of the visit.
    """
    return [one for one in view.targets if _is_present(measure, view, seen, one)]


def _is_present(
    measure: Measure, view: View, seen: FindingsTimepoint, lesion: CourseLesion
) -> bool:
    finding = seen.target.get(lesion.id)
    if lesion.nodal and measure.nodes_can_be_normal and normal_node(finding):
        return False
    size = lesion_size(measure, view, seen, lesion)
    if size is None and measure.whole:
        return isinstance(finding, MeasuredTarget | SplitTarget)
    return bool(size)


def measured_in(view: View, seen: FindingsTimepoint, name: str) -> str | None:
    """Return the other target of `view` in which one is measured at a visit, or None.

    One without a finding is, where another says that it merged with it.

    Parameters
    ----------
    view
        The targets that the scope counts; a lesion that merged into any other target is
        not measured here.
    seen
        The findings of the visit.
    name
        ID of the lesion that may have merged.
    """
    into = host(seen, name)
    return into if into != name and into in view.target_ids else None


def _merged(view: View, seen: FindingsTimepoint) -> Mapping[str, str]:
    found = {one.id: measured_in(view, seen, one.id) for one in view.targets}
    return {name: into for name, into in found.items() if into is not None}
