"""The lesions x timepoints table as rows of cells: a pure picture of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.findings import caliper_of
from napari_recist.projection import role_words, sizes
from napari_recist.scope_rows import scope_rows
from napari_recist.table_cells import Cell, Table
from recist_tool import (
    Absent,
    LesionRole,
    MergedInto,
    NewLesionSeen,
    NewLesionStatus,
    NonTargetSeen,
    NonTargetStatus,
    NotEvaluable,
    Split,
    TooSmall,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from napari_recist.findings import Finding
    from napari_recist.judging import Judged
    from napari_recist.reading import Reading
    from recist_tool import Blinding, Caliper, Lesion

DASH = "\N{EN DASH}"
WAITING = "\N{BULLET}"
"""Stands where the open visit still needs a finding."""

_NON_TARGET = {
    NonTargetStatus.PRESENT: "present",
    NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL: "larger",
    NonTargetStatus.UNEQUIVOCAL_PD: "PD",
}
_NEW = {
    NewLesionStatus.DEFINITE: "new",
    NewLesionStatus.EQUIVOCAL: "new?",
    NewLesionStatus.RESOLVED: "resolved",
}

_FIXED = {
    Absent: ("0", "gone: 0 mm"),
    TooSmall: ("<5", "present, too small to measure: counts as 5 mm"),
}


def table_of(
    reading: Reading,
    judged: Judged,
    unfolded: Collection[str],
    *,
    is_brief: bool = False,
) -> Table:
    """Return the table of the read as it stands.

    Parameters
    ----------
    judged
        The read by the criteria that the reader looks at.
    unfolded
        Scopes of which every figure is shown, and not only the most telling.
    is_brief
        Whether of the others only sums and responses are shown.
    """
    case, read = reading.case, reading.read
    if case is None or read is None:
        return Table(("Lesion", "Organ"), ())
    visits = [one.timepoint_id for one in case.timepoints]
    order = list(LesionRole)
    lesions = sorted(read.lesions, key=lambda one: order.index(one.role))
    waiting = {one: set(_ids(reading.expected(one))) for one in visits}
    rows = [_lesion_row(reading, lesion, waiting) for lesion in lesions]
    told = reading.blinding
    rows.extend(
        tuple(_told(one, told) for one in row) if told.hidden else row
        for row in scope_rows(judged, visits, unfolded, is_brief=is_brief)
    )
    return Table(("Lesion", "Organ", *visits), tuple(rows))


def _told(cell: Cell, blinding: Blinding) -> Cell:
    """Return a cell without what is not told: figures can be named by a date."""
    text, tooltip = blinding.told(cell.text), blinding.told(cell.tooltip)
    return cell._replace(text=text, tooltip=tooltip)


def _ids(lesions: Iterable[Lesion]) -> list[str]:
    return [one.lesion_id for one in lesions]


def _lesion_row(
    reading: Reading, lesion: Lesion, waiting: Mapping[str, Collection[str]]
) -> tuple[Cell, ...]:
    name = f"{lesion.lesion_id} {lesion.name}".strip()
    about = f"{lesion.lesion_id}: {role_words(lesion.role)}, {lesion.organ}"
    if lesion.nodal:
        about += ", node (counted by its short axis)"
    return (
        Cell(name, about, lesion_id=lesion.lesion_id, field="name"),
        Cell(lesion.organ, about, lesion_id=lesion.lesion_id, field="organ"),
        *(
            _finding_cell(reading, lesion, visit, waits=lesion.lesion_id in ids)
            for visit, ids in waiting.items()
        ),
    )


def _finding_cell(reading: Reading, lesion: Lesion, visit: str, *, waits: bool) -> Cell:
    finding = reading.read and reading.read.finding(lesion.lesion_id, visit)
    if finding is None:
        here = waits and visit == reading.timepoint_id
        text, tooltip = (WAITING if here else DASH if waits else ""), ""
        tooltip = f"{lesion.lesion_id} has no finding at {visit}" if waits else ""
    else:
        text, tooltip = finding_words(lesion, finding)
        tooltip = reading.blinding.told(tooltip)
    return Cell(text, tooltip, lesion_id=lesion.lesion_id, timepoint_id=visit)


def finding_words(lesion: Lesion, finding: Finding) -> tuple[str, str]:
    """Return a finding in a cell's few characters, and in full for its tooltip."""
    caliper = caliper_of(finding)
    full = sizes(caliper) if caliper else ""
    match finding:
        case NonTargetSeen():
            words = _NON_TARGET[finding.status], full
        case NewLesionSeen():
            words = _NEW[finding.status], full
        case Split():
            words = _split_words(finding)
        case MergedInto():
            partner = finding.lesion_id
            words = f"\N{RIGHTWARDS ARROW}{partner}", f"merged into {partner}"
        case NotEvaluable():
            words = "NE", f"not evaluable: {finding.reason}"
        case Absent() | TooSmall():
            words = _FIXED[type(finding)]
        case _:
            words = _counted(lesion, caliper), full
    return words


def _split_words(finding: Split) -> tuple[str, str]:
    parts = [str(part.long_axis.value_mm) if part else "0" for part in finding.parts]
    return "+".join(parts), f"split into {len(parts)} parts"


def _counted(lesion: Lesion, caliper: Caliper | None) -> str:
    """Return the length that enters the sum: of a node, the short axis."""
    if caliper is None:
        return ""
    axis = caliper.short_axis if lesion.nodal else caliper.long_axis
    return "" if axis is None else f"{axis.value_mm}"
