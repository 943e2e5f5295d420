"""The lesions x timepoints table as rows of cells: a pure picture of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari_recist.findings import caliper_of
from napari_recist.projection import role_words, sizes
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
    from napari_recist.findings import Finding
    from napari_recist.reading import Reading
    from recist_tool import (
        Caliper,
        Lesion,
        Response,
        ScopeAssessment,
        TimepointResponse,
    )

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


class Cell(NamedTuple):
    """One cell of the table.

    Attributes
    ----------
    response
        The category shown as a chip, or None.
    lesion_id, timepoint_id
        Where a click leads, where it leads anywhere.
    field
        Which field of the lesion may be edited here: ``name``, ``organ`` or none.
    """

    text: str = ""
    tooltip: str = ""
    response: Response | None = None
    lesion_id: str | None = None
    timepoint_id: str | None = None
    field: str = ""
    is_sum: bool = False


class Table(NamedTuple):
    """Headings and rows; the first two columns are the lesion and its organ."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(reading: Reading) -> Table:
    """Return the table of the read as it stands."""
    case, read = reading.case, reading.read
    if case is None or read is None:
        return Table(("Lesion", "Organ"), ())
    visits = [one.timepoint_id for one in case.timepoints]
    order = list(LesionRole)
    lesions = sorted(read.lesions, key=lambda one: order.index(one.role))
    rows = [_lesion_row(reading, lesion, visits) for lesion in lesions]
    return Table(("Lesion", "Organ", *visits), (*rows, *_scope_rows(reading, visits)))


def _lesion_row(
    reading: Reading, lesion: Lesion, visits: list[str]
) -> tuple[Cell, ...]:
    name = f"{lesion.lesion_id} {lesion.name}".strip()
    about = f"{lesion.lesion_id}: {role_words(lesion.role)}, {lesion.organ}"
    if lesion.nodal:
        about += ", node (counted by its short axis)"
    return (
        Cell(name, about, lesion_id=lesion.lesion_id, field="name"),
        Cell(lesion.organ, about, lesion_id=lesion.lesion_id, field="organ"),
        *(_finding_cell(reading, lesion, visit) for visit in visits),
    )


def _finding_cell(reading: Reading, lesion: Lesion, visit: str) -> Cell:
    finding = reading.read and reading.read.finding(lesion.lesion_id, visit)
    if finding is None:
        waits = any(one == lesion for one in reading.expected(visit))
        here = waits and visit == reading.timepoint_id
        text, tooltip = (WAITING if here else DASH if waits else ""), ""
        tooltip = f"{lesion.lesion_id} has no finding at {visit}" if waits else ""
    else:
        text, tooltip = finding_words(lesion, finding)
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


def _scope_rows(reading: Reading, visits: list[str]) -> list[tuple[Cell, ...]]:
    session = reading.session
    if session is None or session.assessment is None:
        return []
    rows: list[tuple[Cell, ...]] = []
    for name, scope in (
        ("patient", session.assessment.overall),
        ("liver", session.assessment.liver),
    ):
        if scope is not None:
            rows.append(_sum_row(name, scope, visits))
            rows.extend(_change_rows(name, scope, visits))
            rows.append(_response_row(name, scope, visits))
    return rows


def _sum_row(name: str, scope: ScopeAssessment, visits: list[str]) -> tuple[Cell, ...]:
    title = Cell("Sum, mm", f"sum of diameters of the targets, {name}", is_sum=True)
    baseline = scope.baseline_sum_mm
    cells = [
        Cell("" if baseline is None else f"{baseline}", "baseline sum", is_sum=True),
        *(_sum_cell(scope.timepoints.get(visit)) for visit in visits[1:]),
    ]
    return (title, Cell(name, is_sum=True), *cells)


def _sum_cell(answer: TimepointResponse | None) -> Cell:
    if answer is None:
        return Cell(is_sum=True)
    if answer.sum_mm is None:
        partial = answer.partial_sum_mm
        text = "" if partial is None else f"({partial})"
        why = "incomplete: not every target has a size" if text else ""
        return Cell(text, why, is_sum=True)
    return Cell(f"{answer.sum_mm}", sum_words(answer), is_sum=True)


def _change_rows(
    name: str, scope: ScopeAssessment, visits: list[str]
) -> list[tuple[Cell, ...]]:
    answers = [scope.timepoints.get(visit) for visit in visits[1:]]
    from_baseline = [one and one.pct_from_baseline for one in answers]
    from_nadir = [one and one.pct_from_nadir for one in answers]
    rows: list[tuple[Cell, ...]] = []
    for title, changes in (("% baseline", from_baseline), ("% nadir", from_nadir)):
        cells = [
            Cell()
            if change is None or answer is None
            else Cell(f"{change:+.1f}", sum_words(answer), is_sum=True)
            for change, answer in zip(changes, answers, strict=True)
        ]
        if any(cell.text for cell in cells):
            head = (Cell(title, is_sum=True), Cell(name, is_sum=True), Cell())
            rows.append((*head, *cells))
    return rows


def sum_words(answer: TimepointResponse) -> str:
    """Return the changes of a sum, one to a line."""
    lines = [f"sum {answer.sum_mm} mm"]
    if answer.pct_from_baseline is not None:
        lines.append(f"{answer.pct_from_baseline:+.1f} % from baseline")
    if answer.pct_from_nadir is not None:
        lines.append(f"{answer.pct_from_nadir:+.1f} % from nadir")
    if answer.abs_from_nadir_mm is not None:
        where = f" ({answer.nadir_at})" if answer.nadir_at else ""
        lines.append(f"{answer.abs_from_nadir_mm:+} mm from nadir{where}")
    if answer.nearest_threshold:
        lines.append(answer.nearest_threshold)
    return "\n".join(lines)


def _response_row(
    name: str, scope: ScopeAssessment, visits: list[str]
) -> tuple[Cell, ...]:
    best = f"best response {scope.bor_confirmed} (confirmed), {scope.bor_unconfirmed}"
    title = Cell("Response", f"{best} (unconfirmed), {name}", is_sum=True)
    cells = [_response_cell(scope.timepoints.get(visit)) for visit in visits[1:]]
    return (title, Cell(name, is_sum=True), Cell(is_sum=True), *cells)


def _response_cell(answer: TimepointResponse | None) -> Cell:
    if answer is None:
        return Cell(is_sum=True)
    tooltip = f"{answer.overall}: {answer.reason}\n{answer.citation}"
    if answer.nearest_threshold:
        tooltip += f"\n{answer.nearest_threshold}"
    return Cell(str(answer.overall), tooltip, response=answer.overall, is_sum=True)
