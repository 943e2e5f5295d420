"""A report in its order: what matters first, what it rests on after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.report.case.answers import figures, remarks, responses
from recist_tool.report.case.beside import beside_images
from recist_tool.report.case.blocks import Chart, Facts, Report, ReportSection
from recist_tool.report.case.conclusion import conclusion
from recist_tool.report.case.head import (
    comparison,
    identity,
    origin,
    signatures,
    status,
    technique,
    therapy,
)
from recist_tool.report.case.lesions import key_images, lesions
from recist_tool.report.case.notes import other_measurements, visit_comments
from recist_tool.report.plain_words import protocol_words
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.report.case.matter import CaseMatter


def report_of(of: CaseMatter) -> Report:
    """Return what a report says, as the readers of the case may see it."""
    subject = of.blinding.subject(of.case.subject_id)
    criteria = ", ".join(one.value for one in of.assessments)
    state = status(of).partition(":")[0]
    report = Report(
        title="Tumour response",
        about=f"{subject}, by {criteria}",
        foot=f"{subject}, read by {of.read.reader_id}, {state}",
        sections=(ReportSection("", (identity(of),)), *_sections(of)),
    )
    return report.told(of.blinding.told)


def _sections(of: CaseMatter) -> Iterator[ReportSection]:
    yield conclusion(of)
    yield therapy(of)
    yield technique(of)
    yield comparison(of)
    yield from (lesions(of, role) for role in LesionRole)
    yield from visit_comments(of)
    for assessment in of.assessments.values():
        answered = responses(of, assessment)
        more = figures(of, assessment)
        yield answered._replace(blocks=(*answered.blocks, *more))
    yield from beside_images(of)
    yield from other_measurements(of)
    if of.sums:
        yield ReportSection("Sums over time", (Chart(of.sums, "Sums of diameters"),))
    yield remarks(of)
    yield signatures(of)
    yield key_images(of)
    yield ReportSection("Settings", (Facts(protocol_words(of.case.protocol)),))
    yield origin(of)
