"""Whose report it is: patient, treatment, scans, what is compared, who signed."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from recist_tool.model.finding import calipers_of
from recist_tool.report.case.blocks import (
    DataTable,
    Facts,
    Paragraph,
    ReportSection,
    TableColumn,
    TextLine,
    Tone,
    Verbatim,
)
from recist_tool.report.case.words import NONE
from recist_tool.terms import Blinded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.model.case import Lock, SeriesReference, Timepoint
    from recist_tool.model.follow_up import Treatment
    from recist_tool.report.case.blocks import Words
    from recist_tool.report.case.matter import CaseMatter

UNSIGNED = "not signed"


def identity(of: CaseMatter) -> Facts:
    """Return whose read it is, under what, and how far it is signed."""
    case, read = of.case, of.read
    rows = [
        ("Subject", of.blinding.subject(case.subject_id)),
        ("Read by", f"{read.reader_id} ({read.role.value.replace('_', ' ')})"),
        ("Criteria", ", ".join(one.value for one in case.protocol.criteria)),
        ("Protocol", case.protocol.name),
        ("Visits", _span(of)),
        ("Status", status(of)),
    ]
    return Facts(tuple(rows))


def status(of: CaseMatter) -> str:
    """Return whether the read is final: all of its visits are signed."""
    unsigned = [one for one in of.visits if not of.read.locked(one.timepoint_id)]
    if not unsigned:
        return "final: every visit that was read is signed"
    names = ", ".join(one.timepoint_id for one in unsigned)
    return f"preliminary: {names} {UNSIGNED}"


def _span(of: CaseMatter) -> str:
    names = dict.fromkeys((of.visits[0].timepoint_id, of.visits[-1].timepoint_id))
    days = {one.timepoint_id: of.when(one) for one in of.visits}
    told = " to ".join(f"{name} ({days[name]})" for name in names)
    return f"{len(of.visits)} of {len(of.case.timepoints)} read: {told}"


def therapy(of: CaseMatter) -> ReportSection:
    """Return what the patient was treated with, and what became of them."""
    told, case = of.blinding, of.case
    rows: list[tuple[str, str]] = []
    if case.reference_date is not None:
        rows.append(
            ("Day 0 (treatment or randomisation)", told.date(case.reference_date))
        )
    rows += [
        (f"Treated on {told.date(one.date)}", _dose(one)) for one in case.treatments
    ]
    rows += [
        (name.replace("_", " "), f"{value}") for name, value in case.groups.items()
    ]
    if case.follow_up is not None:
        known = (
            ("New anticancer therapy from", told.date(case.follow_up.new_therapy)),
            (
                "Clinical progression on",
                told.date(case.follow_up.clinical_progression),
            ),
            ("Last known alive on", told.date(case.follow_up.last_alive)),
            ("Died on", told.date(case.follow_up.death)),
            ("Cause of death", case.follow_up.death_cause or ""),
        )
        rows += [(name, value) for name, value in known if value]
    if not rows:
        return ReportSection(
            "Therapy", (_plain("No treatment is recorded in the case."),)
        )
    return ReportSection("Therapy", (Facts(tuple(rows)),))


def _dose(treatment: Treatment) -> str:
    activity = treatment.activity_gbq
    parts = [
        "" if activity is None else f"{activity:g} GBq",
        treatment.target,
        f"in {treatment.fractions} parts" if treatment.fractions > 1 else "",
    ]
    return ", ".join(part for part in parts if part) or "no details recorded"


def technique(of: CaseMatter) -> ReportSection:
    """Return the series of each visit, by the short names that the report uses."""
    columns = (
        TableColumn("Series", 0.6, is_number=True),
        TableColumn("Visit", 0.8, is_number=True),
        TableColumn("Day" if of.blinding.hides(Blinded.DATES) else "Date", 1.0, True),
        TableColumn("What", 3.0),
        TableColumn("Slices", 0.6, is_number=True),
        TableColumn("Thickness", 0.9, is_number=True),
    )
    names = of.series_names
    thick = _thickness(of)
    rows = [
        (
            _line(names[series.key]),
            _line(visit.timepoint_id),
            _line(of.when(visit)),
            _line(_what(series, of)),
            _line(f"{series.slices or NONE}"),
            _line(thick.get(series.series_instance_uid, NONE)),
        )
        for visit in of.case.timepoints
        for series in visit.series
    ]
    bare = [one.timepoint_id for one in of.case.timepoints if not one.series]
    below = [_plain(f"Without images: {', '.join(bare)}.")] if bare else []
    table = [DataTable(columns, tuple(rows))] if rows else []
    return ReportSection("Technique and series", (*table, *below))


def _what(series: SeriesReference, of: CaseMatter) -> str:
    said = of.blinding.description(series.description)
    phase = f"{series.phase} phase" if series.phase else ""
    return ", ".join(part for part in (series.modality, said, phase) if part)


def _thickness(of: CaseMatter) -> dict[str, str]:
    """Return the nominal thickness of the slices that were measured on, by series."""
    planes = [
        caliper.plane
        for entry in of.read.findings
        for caliper in calipers_of(entry.finding)
    ]
    return {
        plane.series_instance_uid: f"{plane.slice_thickness_mm:g} mm"
        for plane in planes
        if plane is not None and plane.slice_thickness_mm is not None
    }


def comparison(of: CaseMatter) -> ReportSection:
    """Return what the last visit is compared with."""
    visits = of.answered
    if not visits:
        text = "This is the baseline: later visits are compared with it."
        return ReportSection("Comparison", (_plain(text),))
    last, baseline = visits[-1], of.baseline
    lines = [f"Baseline {_named(baseline, of)}"]
    main = of.assessments[next(iter(of.assessments))].overall
    answer = main.timepoints.get(last.timepoint_id)
    nadir = answer and of.case.timepoint(answer.nadir_at or "")
    if nadir:
        lines.append(f"Smallest sum before it: {_named(nadir, of)}")
    for before, after in pairwise((baseline, *visits)):
        if after is last:
            lines.append(f"Visit before it: {_named(before, of)}")
    text = f"{_named(last, of)} is compared with:"
    rows = tuple(TextLine(one) for one in (text, *lines))
    return ReportSection("Comparison", (Paragraph(rows),))


def _named(visit: Timepoint, of: CaseMatter) -> str:
    label = f", {visit.label}" if visit.label else ""
    return f"{visit.timepoint_id} ({of.when(visit)}{label})"


def signatures(of: CaseMatter) -> ReportSection:
    """Return who signed each visit, and what was changed since."""
    locks = {one.timepoint_id: one for one in of.read.locks}
    columns = (
        TableColumn("Visit", 0.8, is_number=True),
        TableColumn("Signed by", 1.6),
        TableColumn("When", 1.4, is_number=True),
        TableColumn("Since then", 3.0),
    )
    rows = [
        tuple(_signed(visit, locks.get(visit.timepoint_id), of))
        for visit in of.case.timepoints
    ]
    return ReportSection("Reader and signatures", (DataTable(columns, tuple(rows)),))


def _signed(visit: Timepoint, lock: Lock | None, of: CaseMatter) -> Iterator[Words]:
    yield _line(visit.timepoint_id)
    if lock is None:
        yield from (_line(UNSIGNED), _line(NONE), _line(""))
        return
    yield _line(lock.signed_by)
    yield _line(_moment(lock.at))
    yield _line(of.outdated.get(visit.timepoint_id, "unchanged"))


def origin(of: CaseMatter) -> ReportSection:
    """Return which program wrote the report, of which case, and when."""
    rows = (
        ("Written", _moment(of.at)),
        ("Program", of.program),
        ("Journal of the case", f"{of.entries} entries; SHA-256 of the last:"),
        ("", Verbatim(of.head)),
        ("", "Not a certified medical device: for research and education only."),
    )
    return ReportSection("Where this report comes from", (Facts(rows),))


def _moment(at: dt.datetime) -> Verbatim:
    """Return when somebody signed or wrote, also where days of visits are hidden.

    Whoever reads it knows the day: counted from the baseline, it would tell that.
    """
    return Verbatim(f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC")


def _line(text: str) -> Words:
    return (TextLine(text),)


def _plain(text: str) -> Paragraph:
    return Paragraph((TextLine(text, Tone.PLAIN),))
