"""ADTTE: time to event of each read, as the trial's endpoints give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.terms import Ending
from recist_tool.trial.best_response import BestResponse
from recist_tool.trial.patient_result import patient_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.cdisc.dataset import Value
    from recist_tool.cdisc.subject import SubjectRead
    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.patient_result import PatientResult, ScopeResult
    from recist_tool.trial.time_to_event import TimeToEvent

    Record = dict[str, Value]

PARAMETERS: Final = {
    "OS": "Overall Survival (days)",
    "PFS": "Progression-Free Survival (days)",
    "DOR": "Duration of Response (days)",
    "TTR": "Time to Response (days)",
    "LPFS": "Liver: Progression-Free Survival (days)",
    "LDOR": "Liver: Duration of Response (days)",
    "LTTR": "Liver: Time to Response (days)",
}
_CNSR: Final = {
    Ending.PROGRESSION: 0,
    Ending.DEATH: 0,
    Ending.CENSORED: 1,
    Ending.EXTRAHEPATIC_PROGRESSION: 2,
}


def timed(reading: SubjectRead) -> bool:
    """Return whether a read has times to events.

    It needs a day from which they are counted, and criteria that say which visits
    make a response.
    """
    findings, best = reading.findings, reading.assessment.overall.bor_why
    if not isinstance(best, BestResponse):
        return False
    if findings.reference_date is not None or findings.treatment:
        return True
    days_from_reference = not reading.course.counted_from_baseline
    return days_from_reference and any(one.date for one in reading.visits.values())


def adtte_records(reading: SubjectRead, settings: TrialSettings) -> Iterator[Record]:
    """Return one record for each endpoint of a read; none without a reference date.

    ``CNSR`` is 0 for an event, 1 where the time was censored, 2 where another event
    came first; ``EVNTDESC`` says why.
    """
    if not timed(reading):
        return
    result = patient_result(reading.findings, settings)
    for code, time in _times(result).items():
        yield {
            **_record(reading, code),
            "AVAL": time.days,
            "STARTDT": time.start,
            "ADT": time.date,
            "CNSR": _CNSR[time.ending],
            "EVNTDESC": time.why,
        }
    for code, scope in (("TTR", result.overall), ("LTTR", result.liver)):
        if scope is not None and scope.dor is not None:
            yield {**_record(reading, code), **_response(result, scope, scope.dor)}


def _times(result: PatientResult) -> dict[str, TimeToEvent]:
    """Return the times of a patient; endpoints that do not apply are left out."""
    whole, liver = result.overall, result.liver
    times = {
        "OS": result.os,
        "PFS": whole.pfs,
        "DOR": whole.dor,
        "LPFS": liver.pfs if liver else None,
        "LDOR": liver.dor if liver else None,
    }
    return {code: time for code, time in times.items() if time is not None}


def _response(result: PatientResult, scope: ScopeResult, dor: TimeToEvent) -> Record:
    """Return the time to the response that `dor` begins with."""
    return {
        "AVAL": scope.response_days,
        "STARTDT": result.course.reference_date,
        "ADT": dor.start,
        "CNSR": 0,
        "EVNTDESC": "first CR or PR that counts",
    }


def _record(reading: SubjectRead, code: str) -> Record:
    return {
        "STUDYID": reading.study,
        "USUBJID": reading.findings.id,
        **reading.who("RS"),
        "PARAMCD": code,
        "PARAM": PARAMETERS[code],
    }
