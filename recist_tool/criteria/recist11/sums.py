"""The sum of diameters of one visit (Eisenhauer 2009, 4.3.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.course.checks import host
from recist_tool.model.findings import (
    MeasuredTarget,
    SplitTarget,
)

if TYPE_CHECKING:
    from recist_tool.criteria.course.course import CourseLesion, View
    from recist_tool.model.findings import FindingsTimepoint, TargetFinding

ZERO: Final = Decimal(0)
TOO_SMALL_MM: Final = Decimal(5)
"""What a lesion counts that is there, but too small to measure; nodes too."""
NORMAL_NODE_MM: Final = Decimal(10)
"""A node below this short axis is normal (3.1.1)."""


class VisitSum(NamedTuple):
    """The targets of one visit.

    Attributes
    ----------
    measured_mm
        Sum of what was measured; None where nothing was.
    missing
        Targets without a diameter.
    gone
        Every target was seen; those outside nodes are gone, nodes are normal.
    """

    measured_mm: Decimal | None
    missing: tuple[str, ...]
    gone: bool

    @property
    def complete_mm(self) -> Decimal | None:
        """The sum where every target was measured, or None."""
        return None if self.missing else self.measured_mm


def visit_sum(view: View, seen: FindingsTimepoint) -> VisitSum:
    """Return the sum of the targets of `view` at one visit."""
    total, missing, gone = ZERO, (), True
    findings = seen.target
    for lesion in view.targets:
        finding = findings.get(lesion.id)
        if type(finding) is MeasuredTarget:
            size = finding.mm
        else:
            size = _stated_size(view, seen, lesion, finding)
        if size is None:
            missing = (*missing, lesion.id)
            continue
        total += size
        if gone and size and not (lesion.nodal and normal_node(finding)):
            gone = False
    if len(missing) == len(view.targets):
        return VisitSum(None, missing, gone=False)
    return VisitSum(total, missing, gone and not missing)


def diameter(
    view: View, seen: FindingsTimepoint, lesion: CourseLesion
) -> Decimal | None:
    """Return what a target counts in the sum at one visit, mm; None if missing.

    Parameters
    ----------
    view
        Its targets count: one that merged into another of them is measured there.
    seen
        The findings of the visit.
    """
    finding = seen.target.get(lesion.id)
    if type(finding) is MeasuredTarget:
        return finding.mm
    return _stated_size(view, seen, lesion, finding)


def present_again(view: View, seen: FindingsTimepoint) -> list[CourseLesion]:
    """Return the targets that are disease at a visit: not gone, no normal node."""
    return [
        lesion
        for lesion in view.targets
        if diameter(view, seen, lesion)
        and not (lesion.nodal and normal_node(seen.target[lesion.id]))
    ]


def _stated_size(
    view: View,
    seen: FindingsTimepoint,
    lesion: CourseLesion,
    finding: TargetFinding | None,
) -> Decimal | None:
    """Return the size of a target that has no single diameter, mm, or None."""
    if isinstance(finding, MeasuredTarget | SplitTarget):
        return counted_mm(finding)
    if finding is None or finding.state == "merged_into":
        # Part of a lesion that another scope counts: not 0 here, but unknown.
        into = host(seen, lesion.id)
        merged_here = into != lesion.id and into in view.target_ids
        return ZERO if merged_here else None
    return {"absent": ZERO, "too_small": TOO_SMALL_MM}.get(finding.state)


def counted_mm(finding: MeasuredTarget | SplitTarget) -> Decimal:
    """Return the diameter of a target that was measured, of parts their sum."""
    if isinstance(finding, MeasuredTarget):
        return finding.mm
    return sum(_parts(finding), ZERO)


def normal_node(finding: TargetFinding | None) -> bool:
    """Return whether a node is normal by its size: each part of one that fell apart.

    One too small to measure is.
    """
    if isinstance(finding, MeasuredTarget):
        return finding.mm < NORMAL_NODE_MM
    if isinstance(finding, SplitTarget):
        return max(_parts(finding)) < NORMAL_NODE_MM
    return finding is not None and finding.state == "too_small"


def _parts(finding: SplitTarget) -> list[Decimal]:
    return [part if isinstance(part, Decimal) else ZERO for part in finding.parts_mm]
