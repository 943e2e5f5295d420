"""Sums of a visit as TR holds them: of the whole patient, and of the liver alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.cdisc.responses import sums_viable
from recist_tool.cdisc.results import (
    ZERO,
    Result,
    measured,
    not_done,
    percentage,
)
from recist_tool.criteria.course.course import view
from recist_tool.criteria.recist11.sums import diameter, visit_sum
from recist_tool.terms import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.cdisc.subject import SubjectRead
    from recist_tool.criteria.answer.answer import ScopeAssessment, TimepointResponse
    from recist_tool.criteria.course.course import View
    from recist_tool.model.findings import FindingsTimepoint

GROUPS: Final = {Scope.OVERALL: "TARGET", Scope.LIVER: "LIVER TARGET"}
INCOMPLETE: Final = "NOT ALL TARGET LESIONS WERE EVALUATED"


def scopes_of(reading: SubjectRead) -> dict[Scope, ScopeAssessment]:
    """Return the assessments of a read; of the liver only where it has lesions."""
    liver = reading.assessment.liver
    whole = {Scope.OVERALL: reading.assessment.overall}
    return whole if liver is None else {**whole, Scope.LIVER: liver}


def sum_results(
    reading: SubjectRead, seen: FindingsTimepoint
) -> Iterator[tuple[str, Result]]:
    """Return the sums of one visit with the group they belong to."""
    for scope, assessed in scopes_of(reading).items():
        part = view(reading.course, scope)
        if not part.targets:
            continue
        answer = assessed.timepoints.get(seen.id)
        if sums_viable(reading.assessment.criteria):
            compared = _viable(assessed, answer)
        else:
            compared = _changes(answer)
        for result in (*_sums(part, seen), *compared):
            yield GROUPS[scope], result


def _sums(part: View, seen: FindingsTimepoint) -> Iterator[Result]:
    total = visit_sum(part, seen).complete_mm
    if total is None:
        yield not_done("SUMDIAM", INCOMPLETE)
        return
    yield measured("SUMDIAM", total)
    outside_nodes = [
        diameter(part, seen, lesion) for lesion in part.targets if not lesion.nodal
    ]
    if outside_nodes:
        yield measured("SUMNLNLD", sum((mm or ZERO for mm in outside_nodes), ZERO))


def _viable(
    assessed: ScopeAssessment, answer: TimepointResponse | None
) -> Iterator[Result]:
    """Return the sum of viable diameters; its changes have no term."""
    total = assessed.baseline_sum_mm if answer is None else answer.sum_mm
    if total is None:
        yield not_done("SUMVDIAM", INCOMPLETE)
    else:
        yield measured("SUMVDIAM", total)


def _changes(answer: TimepointResponse | None) -> Iterator[Result]:
    if answer is None:
        return
    if answer.pct_from_baseline is not None:
        yield percentage("PCBSD", answer.pct_from_baseline)
    if answer.abs_from_nadir_mm is not None:
        yield measured("ACNSD", answer.abs_from_nadir_mm)
    if answer.pct_from_nadir is not None:
        yield percentage("PCNSD", answer.pct_from_nadir)
