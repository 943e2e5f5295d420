"""ADRS: responses by visit and the parameters that a trial counts.

Parameters of the liver alone have the same code with an ``L`` before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.cdisc.responses import (
    NON_TARGET_STABLE,
    OBJECTIVE,
    STABLE,
    category,
    rank,
)
from recist_tool.cdisc.sums import scopes_of
from recist_tool.criteria.answer.best_response import Best
from recist_tool.terms import Response, Scope
from recist_tool.trial.best_response import BestResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.cdisc.dataset import Value
    from recist_tool.cdisc.subject import SubjectRead
    from recist_tool.criteria.answer.answer import ScopeAssessment, TimepointResponse
    from recist_tool.model.protocol import Settings

    Record = dict[str, Value]

PARAMETERS: Final = {
    "OVR": "Overall Response",
    "BOR": "Best Overall Response (Confirmation Not Required)",
    "CBOR": "Best Overall Response (Confirmation Required)",
    "RSP": "Response (Confirmation Not Required)",
    "CRSP": "Response (Confirmation Required)",
    "CB": "Clinical Benefit (CR, PR or SD)",
    "PD": "Progressive Disease",
    "MDIS": "Measurable Disease at Baseline",
}
REGIONS: Final = {Scope.OVERALL: "WHOLE PATIENT", Scope.LIVER: "LIVER"}
_BENEFIT: Final = OBJECTIVE | STABLE | NON_TARGET_STABLE


class ScopeCourse(NamedTuple):
    """The visits of one scope, and what best response made of them.

    Criteria that ask for no confirmation leave those two out.

    Attributes
    ----------
    used
        Response of each visit that counted, by timepoint, as it was taken.
    confirmed
        Timepoint of the best response that a later visit confirmed.
    first_confirmed
        Timepoint of the first such response: of PR, CR, CR the PR, which the first CR
        confirms (Eisenhauer 2009, 4.6.2).
    """

    assessed: ScopeAssessment
    used: dict[str, Response]
    confirmed: str | None
    first_confirmed: str | None
    settings: Settings

    def first(
        self, wanted: frozenset[str], *, lasting: bool = False
    ) -> TimepointResponse | None:
        """Return the first visit used with one of the responses.

        SD and NON-CR/NON-PD count from the minimum of the protocol on; with `lasting`
        every response does.
        """
        answers = self.assessed.timepoints
        return next(
            (
                answers[name]
                for name, response in self.used.items()
                if response in wanted
                and (
                    answers[name].day >= self.settings.sd_min_days
                    or not (lasting or self._waits(response))
                )
            ),
            None,
        )

    def at(self, timepoint_id: str | None) -> TimepointResponse | None:
        """Return the answer of a visit; None for none."""
        if timepoint_id is None:
            return None
        return self.assessed.timepoints[timepoint_id]

    def _waits(self, response: Response) -> bool:
        if response in NON_TARGET_STABLE:
            return self.settings.sd_minimum_for_non_cr_non_pd
        return response in STABLE


def adrs_records(reading: SubjectRead) -> Iterator[Record]:
    """Return the records of one read, parameter by parameter."""
    for scope, assessed in scopes_of(reading).items():
        course = _course(reading, assessed)
        for name, answer in assessed.timepoints.items():
            if answer.effective is Response.NA:
                continue
            yield {
                **_record(reading, scope, "OVR"),
                **_response(answer.effective),
                **when(reading, answer),
                "RSASREAD": answer.overall.value,
                "ANL01FL": "Y" if name in course.used else None,
            }
        yield from _summary(reading, scope, course)


def parameter(scope: Scope, code: str, text: str, criteria: str) -> dict[str, Value]:
    """Return the parameter of a scope: its code, its text, and two categories.

    Parameters
    ----------
    code, text
        ``PARAMCD`` and ``PARAM`` of the whole patient; those of the liver follow from
        them.
    criteria
        ``PARCAT1``: by which criteria.
    """
    liver = scope is Scope.LIVER
    return {
        "PARAMCD": f"L{code}" if liver else code,
        "PARAM": f"Liver: {text}" if liver else text,
        "PARCAT1": criteria,
        "PARCAT2": REGIONS[scope],
    }


def when(reading: SubjectRead, answer: TimepointResponse) -> Record:
    """Return analysis visit, date and day of a visit."""
    visit = reading.visits[answer.timepoint_id]
    return {
        "AVISIT": visit.id,
        "AVISITN": visit.number,
        "ADT": visit.date,
        "ADY": visit.study_day,
    }


def _course(reading: SubjectRead, assessed: ScopeAssessment) -> ScopeCourse:
    best, settings = assessed.bor_why, reading.findings.settings
    if not isinstance(best, BestResponse | Best):
        until_pd = {
            name: answer.effective
            for name, answer in assessed.timepoints.items()
            if not answer.post_pd
        }
        return ScopeCourse(
            assessed=assessed,
            used=until_pd,
            confirmed=None,
            first_confirmed=None,
            settings=settings,
        )
    used = {one.timepoint_id: one.response for one in best.used}
    first = best.first_response(confirmed=True) if best.pair else None
    return ScopeCourse(
        assessed=assessed,
        used=used,
        confirmed=best.pair.first.timepoint_id if best.pair else None,
        first_confirmed=first.timepoint_id if first else None,
        settings=settings,
    )


def _summary(
    reading: SubjectRead, scope: Scope, course: ScopeCourse
) -> Iterator[Record]:
    """Return one record for each parameter of the whole course."""
    assessed = course.assessed
    for code, best, at in _best_responses(course):
        if best is Response.NA:
            continue
        dated = when(reading, at) if at else {}
        yield {**_record(reading, scope, code), **_response(best), **dated}
    for code, met, at in _events(course):
        dated = when(reading, at) if met and at else {}
        yield {**_record(reading, scope, code), **_flag(yes=met), **dated}
    if reading.course.baseline is not None:
        measurable = assessed.baseline_sum_mm is not None
        yield {**_record(reading, scope, "MDIS"), **_flag(yes=measurable)}


def _best_responses(
    course: ScopeCourse,
) -> Iterator[tuple[str, Response, TimepointResponse | None]]:
    unconfirmed = course.assessed.bor_unconfirmed
    yield "BOR", unconfirmed, course.first(frozenset({unconfirmed}))
    confirmed = course.assessed.bor_confirmed
    at = course.at(course.confirmed)
    if at is None and confirmed in STABLE:  # an unconfirmed CR or PR is SD
        at = course.first(OBJECTIVE | STABLE, lasting=True)
    yield "CBOR", confirmed, at or course.first(frozenset({confirmed}))


def _events(
    course: ScopeCourse,
) -> Iterator[tuple[str, bool, TimepointResponse | None]]:
    assessed = course.assessed
    best = assessed.bor_unconfirmed
    yield "RSP", best in OBJECTIVE, course.first(OBJECTIVE)
    yield (
        "CRSP",
        assessed.bor_confirmed in OBJECTIVE,
        course.at(course.first_confirmed),
    )
    yield "CB", best in _BENEFIT, course.first(_BENEFIT)
    yield "PD", assessed.pd_day is not None, _progression(assessed)


def _progression(assessed: ScopeAssessment) -> TimepointResponse | None:
    answers = assessed.timepoints.values()
    return next((one for one in answers if one.day == assessed.pd_day), None)


def _record(reading: SubjectRead, scope: Scope, code: str) -> Record:
    criteria = category(reading.assessment.criteria)
    return {
        "STUDYID": reading.study,
        "USUBJID": reading.findings.id,
        **reading.who("RS"),
        **parameter(scope, code, PARAMETERS[code], criteria),
    }


def _response(response: Response) -> Record:
    return {"AVALC": response.value, "AVAL": rank(response)}


def _flag(*, yes: bool) -> Record:
    return {"AVALC": "Y" if yes else "N", "AVAL": int(yes)}
