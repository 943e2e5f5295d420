"""The lesions x timepoints table as rows of cells: a pure picture of the case."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from napari_recist.table.cells import Cell, Table
from napari_recist.table.scope_rows import scope_rows
from napari_recist.table.signed_rows import signed_rows
from napari_recist.viewport.annotations.case_graphics import sizes
from recist_tool.app import in_table_order
from recist_tool.app.reading import role_words, uptake_lines
from recist_tool.model import (
    Absent,
    Measured,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    Split,
    TooSmall,
    caliper_of,
    part_name,
)
from recist_tool.terms import Criteria, NewLesionStatus, NonTargetStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from recist_tool.app.reading import Assessed, CurrentRead
    from recist_tool.model import Blinding, Caliper, Finding, Lesion, PetLesion

DASH = "\N{EN DASH}"
WAITING = "to do"
"""Stands where the open visit still needs a finding."""

TYPED = "\N{DAGGER}"
"""Behind uptake that was typed, not measured here."""

UPTAKE = {Criteria.EORTC_PET: "suv", Criteria.PERCIST: "sul_peak"}
"""What criteria of PET follow of a lesion."""

LOST = "*"
"""Behind what was measured on an image that is not at hand."""

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
    reading: CurrentRead,
    judged: Assessed,
    unfolded: Collection[str],
    why_lost: Callable[[Finding], str] = lambda finding: "",
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
    why_lost
        Returns why there is no picture of a finding; empty where there is.
    is_brief
        Whether of the others only sums and responses are shown.
    """
    case = reading.case
    if case is None:
        return Table(("Lesion", "Organ"), ())
    visits = [one.timepoint_id for one in case.timepoints]
    rows = lesion_rows(reading, why_lost, judged.criteria)
    told = reading.blinding
    answers = scope_rows(judged, visits, unfolded, is_brief=is_brief)
    signed = signed_rows(reading.open_session().outdated, judged.criteria, visits)
    rows.extend(
        tuple(_told(one, told) for one in row) if told.hidden else row
        for row in (*answers, *signed)
    )
    read = reading.read
    notes = {one: told.told(read.comment(one)) for one in visits} if read else {}
    return Table(("Lesion", "Organ", *visits), tuple(rows), notes)


def lesion_rows(
    reading: CurrentRead,
    why_lost: Callable[[Finding], str] = lambda finding: "",
    criteria: Criteria | None = None,
) -> list[tuple[Cell, ...]]:
    """Return a row for each lesion: name, organ, and what was found at each visit.

    Parameters
    ----------
    why_lost
        As `table_of` takes it.
    criteria
        Those of PET show the uptake that they follow, all others sizes.
    """
    case, read = reading.case, reading.read
    if case is None or read is None:
        return []
    lesions = in_table_order(read.lesions)
    visits = [one.timepoint_id for one in case.timepoints]
    found = {(one.lesion_id, one.timepoint_id): one.finding for one in read.findings}
    seen = _Seen(
        findings=found,
        waiting={
            at: _ids(reading.expected(at))
            if any((one.lesion_id, at) not in found for one in lesions)
            else ()
            for at in visits
        },
        open_visit=reading.timepoint_id,
        told=reading.blinding,
        why_lost=why_lost,
        uptake={
            (name, one.timepoint_id): lesion
            for one in read.uptake
            for name, lesion in one.pet.lesions.items()
        },
        comments={
            (one.lesion_id, one.timepoint_id): one.text
            for one in read.comments
            if one.lesion_id is not None
        },
        figure=UPTAKE.get(criteria, "") if criteria else "",
    )
    return [_lesion_row(lesion, seen) for lesion in lesions]


class _Seen(NamedTuple):
    """What the rows are made of, looked up once for all of them.

    Attributes
    ----------
    findings
        By lesion and visit.
    waiting
        The lesions that have none yet, by visit; all visits in their order.
    uptake, comments
        By lesion and visit.
    figure
        Of uptake, shown in place of sizes; empty where sizes are.
    """

    findings: Mapping[tuple[str, str], Finding]
    waiting: Mapping[str, Collection[str]]
    open_visit: str | None
    told: Blinding
    why_lost: Callable[[Finding], str]
    uptake: Mapping[tuple[str, str], PetLesion]
    comments: Mapping[tuple[str, str], str]
    figure: str


def _told(cell: Cell, blinding: Blinding) -> Cell:
    """Return a cell without what is not told: figures can be named by a date."""
    text, tooltip = blinding.told(cell.text), blinding.told(cell.tooltip)
    return cell._replace(text=text, tooltip=tooltip)


def _ids(lesions: Iterable[Lesion]) -> list[str]:
    return [one.lesion_id for one in lesions]


def _lesion_row(lesion: Lesion, seen: _Seen) -> tuple[Cell, ...]:
    name = f"{lesion.lesion_id} {lesion.name}".strip()
    about = f"{lesion.lesion_id}: {role_words(lesion.role)}, {lesion.organ}"
    if lesion.nodal:
        about += ", node (counted by its short axis)"
    return (
        Cell(name, about, lesion_id=lesion.lesion_id, field="name"),
        Cell(lesion.organ, about, lesion_id=lesion.lesion_id, field="organ"),
        *(_visit_cell(lesion, visit, seen) for visit in seen.waiting),
    )


def _visit_cell(lesion: Lesion, visit: str, seen: _Seen) -> Cell:
    """Return a cell with uptake and comment, where there are any."""
    cell, key = _size_cell(lesion, visit, seen), (lesion.lesion_id, visit)
    uptake, comment = seen.uptake.get(key), seen.comments.get(key)
    lines = [cell.tooltip]
    if uptake is not None:
        lines += uptake_lines(uptake)
        cell = cell._replace(text=_uptake_text(uptake, seen.figure) or cell.text)
    if comment:
        lines.append(f"Comment: {comment}")
    if lines[1:]:
        text = seen.told.told("\n".join(filter(None, lines)))
        return cell._replace(tooltip=text, has_comment=bool(comment))
    return cell


def _uptake_text(uptake: PetLesion, figure: str) -> str:
    """Return the uptake that criteria follow, marked where it was typed."""
    value: Decimal | None = getattr(uptake, figure) if figure else None
    if value is None:
        return ""
    return f"{value:.1f}{'' if figure in uptake.methods else TYPED}"


def _size_cell(lesion: Lesion, visit: str, seen: _Seen) -> Cell:
    finding = seen.findings.get((lesion.lesion_id, visit))
    cell = Cell(lesion_id=lesion.lesion_id, timepoint_id=visit)
    if finding is not None:
        text, tooltip = finding_words(lesion, finding)
        tooltip = "\n".join([tooltip, *_mask_figures(finding)]).strip()
        cell = cell._replace(text=text, tooltip=seen.told.told(tooltip))
        lost = seen.why_lost(finding)
        return _without_picture(cell, lost) if lost else cell
    if lesion.lesion_id not in seen.waiting[visit]:
        return cell
    text = WAITING if visit == seen.open_visit else DASH
    return cell._replace(
        text=text, tooltip=f"{lesion.lesion_id} has no finding at {visit}"
    )


def _mask_figures(finding: Finding) -> list[str]:
    """Return the figures beside a size, marked where they were typed."""
    if not isinstance(finding, Measured):
        return []
    known = (
        ("mean", finding.hu_mean, "HU", "hu_mean"),
        ("volume", finding.volume_ml, "ml", "volume_ml"),
    )
    return [
        f"{words} {value} {unit}{', typed' if name in finding.typed else ''}"
        for words, value, unit, name in known
        if value is not None
    ]


def _without_picture(cell: Cell, why: str) -> Cell:
    """Return a cell that says that its image is not at hand; the number stays."""
    tooltip = f"{cell.tooltip}\n{LOST} image not at hand: {why}; the number stays"
    return cell._replace(text=f"{cell.text}{LOST}", tooltip=tooltip.strip())


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
            words = _split_words(lesion, finding)
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


def _split_words(lesion: Lesion, finding: Split) -> tuple[str, str]:
    """Return the sum of the parts, and each of them by name."""
    lengths = [_length(lesion, one) or Decimal() for one in finding.parts]
    named = (
        f"{part_name(lesion.lesion_id, at)} {one}" for at, one in enumerate(lengths)
    )
    return f"{sum(lengths)}", f"split: {' + '.join(named)} mm"


def _counted(lesion: Lesion, caliper: Caliper | None) -> str:
    length = _length(lesion, caliper)
    return "" if length is None else f"{length}"


def _length(lesion: Lesion, caliper: Caliper | None) -> Decimal | None:
    """Return the length that enters the sum: of a node, the short axis, mm."""
    if caliper is None:
        return None
    axis = caliper.short_axis if lesion.nodal else caliper.long_axis
    return None if axis is None else axis.value_mm
