"""Each lesion at each visit: its size, how it changed, and where it was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.model.finding import calipers_of
from recist_tool.report.case.beside import uptake_figures
from recist_tool.report.case.blocks import (
    DataTable,
    KeyPicture,
    Paragraph,
    PictureRow,
    ReportSection,
    TableColumn,
    TextLine,
    Tone,
)
from recist_tool.report.case.notes import comments_on
from recist_tool.report.case.words import (
    NONE,
    change_words,
    found_words,
    other_figures,
    sizes,
    sum_part_mm,
)
from recist_tool.terms import LYMPH_NODE, LesionRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.model.case import Timepoint
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.finding import Finding
    from recist_tool.model.lesion import Lesion
    from recist_tool.report.case.blocks import Block, Words
    from recist_tool.report.case.matter import CaseMatter

SIDE_BY_SIDE: Final = 4
"""Visits of one table, and images of one row: as many as a page is wide."""

_TITLES: Final = {
    LesionRole.TARGET: "Target lesions",
    LesionRole.NON_TARGET: "Non-target lesions",
    LesionRole.NEW: "New lesions",
}
_NONE_OF: Final = {
    LesionRole.TARGET: "No target lesion: nothing is measured.",
    LesionRole.NON_TARGET: "No non-target lesion.",
    LesionRole.NEW: "No new lesion was recorded.",
}
_HOW: Final = (
    "Long axis × short axis; of a lymph node the short axis counts. Changes are of the "
    "diameter that counts, from baseline."
)
_HOW_ON_PET: Final = "Uptake in the border that is drawn; changes are from baseline."


def lesions(of: CaseMatter, role: LesionRole) -> ReportSection:
    """Return the lesions of a role at all visits, some visits to a table.

    Each table begins with the baseline, so that it can be read for itself.
    """
    rows = [one for one in of.read.lesions if one.role is role]
    if not rows:
        return ReportSection(_TITLES[role], (Paragraph((TextLine(_NONE_OF[role]),)),))
    blocks: list[Block] = [_table(rows, visits, of) for visits in _shares(of)]
    if role is LesionRole.TARGET:
        how = _HOW_ON_PET if of.case.protocol.is_of_pet_alone else _HOW
        blocks.append(Paragraph((TextLine(how, Tone.QUIET),)))
    blocks += comments_on(rows, of)
    return ReportSection(_TITLES[role], tuple(blocks))


def _shares(of: CaseMatter) -> Iterator[tuple[Timepoint, ...]]:
    """Return the visits of each table: baseline, and the next few."""
    baseline, *later = of.visits
    step = SIDE_BY_SIDE - 1
    for start in range(0, max(len(later), 1), step):
        yield baseline, *later[start : start + step]


def _table(
    rows: Sequence[Lesion], visits: Sequence[Timepoint], of: CaseMatter
) -> DataTable:
    columns = (
        TableColumn("Lesion", 1.3),
        *(TableColumn(one.timepoint_id, 1.0, below=of.when(one)) for one in visits),
    )
    cells = tuple(
        (_name(lesion), *(_cell(lesion, one, of) for one in visits)) for lesion in rows
    )
    return DataTable(columns, cells)


def _name(lesion: Lesion) -> Words:
    where = dict.fromkeys((lesion.organ, lesion.name, lesion.finding_site))
    said = ", ".join(one for one in where if one)
    lines = [TextLine(lesion.lesion_id, Tone.STRONG), TextLine(said)]
    if lesion.nodal and LYMPH_NODE not in said:
        lines.append(TextLine(LYMPH_NODE, Tone.QUIET))
    if lesion.first_seen:
        lines.append(TextLine(f"first seen at {lesion.first_seen}", Tone.QUIET))
    return tuple(lines)


def _cell(lesion: Lesion, visit: Timepoint, of: CaseMatter) -> Words:
    finding = of.read.finding(lesion.lesion_id, visit.timepoint_id)
    if finding is None:
        return (TextLine(NONE),)
    uptake = _uptake(lesion, visit, of)
    if uptake is not None:
        places = dict.fromkeys(_where(one, of) for one in calipers_of(finding))
        return (*uptake, *(TextLine(one, Tone.QUIET) for one in places if one))
    lines = [TextLine(one) for one in found_words(finding)]
    before = of.read.finding(lesion.lesion_id, of.baseline.timepoint_id)
    changed = change_words(sum_part_mm(lesion, finding), sum_part_mm(lesion, before))
    if changed and visit is not of.baseline:
        lines.append(TextLine(changed))
    lines += [TextLine(one) for one in other_figures(finding)]
    places = dict.fromkeys(_where(one, of) for one in calipers_of(finding))
    lines += [TextLine(one, Tone.QUIET) for one in places if one]
    return tuple(lines)


def _uptake(lesion: Lesion, visit: Timepoint, of: CaseMatter) -> Words | None:
    """Return what a read of uptake alone compares; None where a size is told."""
    scan = of.read.uptake_at(visit.timepoint_id)
    now = scan and scan.lesions.get(lesion.lesion_id)
    if scan is None or now is None or not of.case.protocol.is_of_pet_alone:
        return None
    first = (
        None if visit is of.baseline else of.read.uptake_at(of.baseline.timepoint_id)
    )
    before = first and first.lesions.get(lesion.lesion_id)
    is_alike = first is not None and first.suv_kind == scan.suv_kind
    figures = uptake_figures(now, scan.suv_kind or "SUV", before if is_alike else None)
    return tuple(map(TextLine, figures))


def _where(caliper: Caliper, of: CaseMatter) -> str:
    """Return series and slice of a caliper, or that there is no image of it."""
    if caliper.plane is None:
        return "typed in"
    return of.place(caliper.plane, caliper.long_axis.ends_lps)


# ------------------------------------------------------------------- key images


def key_images(of: CaseMatter) -> ReportSection:
    """Return the images of the lesions, a row each, at the visits that decide."""
    visits = _deciding(of)
    rows = [
        PictureRow(
            f"{lesion.lesion_id}, {lesion.organ}",
            tuple(
                _picture(lesion, one, found, of)
                for one in visits
                if (found := of.read.finding(lesion.lesion_id, one.timepoint_id))
            ),
        )
        for lesion in of.read.lesions
        if any(
            calipers_of(of.read.finding(lesion.lesion_id, one.timepoint_id))
            for one in visits
        )
    ]
    if not rows:
        text = "No lesion has a caliper on an image."
        return ReportSection("Key images", (Paragraph((TextLine(text),)),))
    left_out = [one.timepoint_id for one in of.visits if one not in visits]
    note = f"Not shown here: {', '.join(left_out)}." if left_out else ""
    below = [Paragraph((TextLine(note, Tone.QUIET),))] if note else []
    return ReportSection("Key images", (*rows, *below))


def _deciding(of: CaseMatter) -> list[Timepoint]:
    """Return baseline, the smallest sum, the visit before the last, and the last."""
    every = of.visits
    if len(every) <= SIDE_BY_SIDE or not of.answered:
        return list(every[:SIDE_BY_SIDE])
    last = of.answered[-1]
    main = next(iter(of.assessments.values())).overall
    answer = main.timepoints.get(last.timepoint_id)
    nadir = of.case.timepoint((answer and answer.nadir_at) or "")
    before = every[every.index(last) - 1]
    return [one for one in every if one in (every[0], nadir, before, last)]


def _picture(
    lesion: Lesion, visit: Timepoint, finding: Finding, of: CaseMatter
) -> KeyPicture:
    name = f"{lesion.lesion_id} at {visit.timepoint_id}, {of.when(visit)}"
    calipers = calipers_of(finding)
    if not calipers:
        said = "; ".join(found_words(finding))
        return KeyPicture(b"", (TextLine(name, Tone.STRONG), TextLine(said)))
    png = of.images.get((lesion.lesion_id, visit.timepoint_id), b"")
    lines = [TextLine(name, Tone.STRONG), *(TextLine(sizes(one)) for one in calipers)]
    if not png:
        lines.append(TextLine("image not at hand; the number stays", Tone.QUIET))
    places = dict.fromkeys(_where(one, of) for one in calipers)
    lines += [TextLine(f"{one}; {of.read.reader_id}", Tone.QUIET) for one in places]
    return KeyPicture(png, tuple(lines))
