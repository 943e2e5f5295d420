"""RS: the responses of each visit and the best one, of the whole patient and the liver.

RECIST 1.1 has no response of the liver alone, so the liver's records stand under
``PROTOCOL DEFINED RESPONSE CRITERIA``, subcategory ``LIVER``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.cdisc.codes import term
from recist_tool.cdisc.responses import (
    category,
    overall_test,
    standard,
    subcategory,
)
from recist_tool.cdisc.sums import scopes_of
from recist_tool.cdisc.tu import timing
from recist_tool.terms import NewLesions, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.cdisc.dataset import Value
    from recist_tool.cdisc.subject import SubjectRead
    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.terms import Criteria, Scope

    Record = dict[str, Value]


def rs_records(reading: SubjectRead) -> Iterator[Record]:
    """Return the records of one read: each visit, then the best response."""
    scopes = scopes_of(reading)
    for name, visit in reading.visits.items():
        for scope, assessed in scopes.items():
            answer = assessed.timepoints.get(name)
            if answer is None:
                continue
            for result in _results(answer, reading.assessment.criteria, scope):
                yield {
                    **_record(reading, scope, *result),
                    **timing("RS", visit),
                    "RSLNKGRP": reading.link_group(visit),
                }
    for scope, assessed in scopes.items():
        if assessed.bor_confirmed is not Response.NA:
            best = assessed.bor_confirmed.value
            yield _record(reading, scope, "BESTRESP", best, best)


def _results(
    answer: TimepointResponse, criteria: Criteria, scope: Scope
) -> Iterator[tuple[str, str, str]]:
    """Return test, result as read, and result as it stands.

    The two differ where disease after CR restates the response: the standard result
    is then that of best response and of the date of progression. What there was no
    disease for has no record.
    """
    responses = {"TRGRESP": answer.target, "NTRGRESP": answer.nontarget}
    for test, response in responses.items():
        if response not in (None, Response.NA):
            yield test, response.value, response.value
    if answer.new_lesions is not None:
        for test, word in _new_lesions(answer.new_lesions):
            yield test, word, word
    if answer.overall is not Response.NA:
        stands = answer.effective if answer.restated_because else answer.overall
        yield overall_test(criteria, scope), answer.overall.value, stands.value


def _new_lesions(found: NewLesions) -> Iterator[tuple[str, str]]:
    if found is NewLesions.NO:
        yield "NEWLIND", "N"
        return
    yield "NEWLIND", "Y"
    sure = found is NewLesions.YES
    yield "NEWLPROG", "UNEQUIVOCAL" if sure else "EQUIVOCAL"


def _record(
    reading: SubjectRead, scope: Scope, test: str, as_read: str, stands: str
) -> Record:
    criteria = reading.assessment.criteria
    return {
        **reading.subject("RS"),
        **reading.who("RS"),
        "RSTESTCD": test,
        "RSTEST": term("ONCRTSCD", test).name,
        "RSCAT": category(criteria, scope),
        "RSSCAT": subcategory(criteria, scope),
        "RSORRES": as_read,
        "RSSTRESC": standard(stands),
    }
