"""ADTTE: time to event of each subject, as the trial's endpoints give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from recist_tool.report.cdisc.dataset import Value
    from recist_tool.trial.time_to_event import TimeToEvent

    Record = dict[str, Value]

PARAMETERS: Final = {
    "OS": "Overall Survival (days)",
    "PFS": "Progression-Free Survival (days)",
    "LPFS": "Liver: Progression-Free Survival (days)",
    "DOR": "Duration of Response (days)",
    "LDOR": "Liver: Duration of Response (days)",
}
EVENT: Final = 0
CENSORED: Final = 1


class SubjectTimes(NamedTuple):
    """Times of one subject.

    Attributes
    ----------
    times
        By parameter code; an endpoint that the subject does not have is left out.
    """

    study: str
    subject_id: str
    times: Mapping[str, TimeToEvent]


def adtte_records(subject: SubjectTimes) -> Iterator[Record]:
    """Return one record for each endpoint of a subject.

    ``CNSR`` is 0 for an event and 1 where the time was censored, whatever the reason;
    `EVNTDESC` gives the reason.
    """
    for code, label in PARAMETERS.items():
        time = subject.times.get(code)
        if time is not None:
            yield {
                "STUDYID": subject.study,
                "USUBJID": subject.subject_id,
                "PARAMCD": code,
                "PARAM": label,
                "AVAL": time.days,
                "STARTDT": time.start,
                "ADT": time.date,
                "CNSR": EVENT if time.event else CENSORED,
                "EVNTDESC": time.why,
            }
