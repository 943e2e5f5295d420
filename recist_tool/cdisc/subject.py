"""What the tables are made of: the reads of one subject, with who read them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.course.course import Course, course
from recist_tool.criteria.course.organs import is_node
from recist_tool.errors import Fault, FindingsError
from recist_tool.model.finding import (
    Measured,
    NewLesionSeen,
    NonTargetSeen,
    Split,
)
from recist_tool.model.protocol import Protocol
from recist_tool.model.read_findings import findings_of
from recist_tool.terms import ReaderRole
from recist_tool.trial.patient import assess

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from recist_tool.cdisc.dataset import Value
    from recist_tool.model.case import Case, Read
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.finding import Finding
    from recist_tool.model.findings import Findings, FindingsLesion
    from recist_tool.trial.patient import PatientAssessment

    Place = tuple[str, str]
    """Lesion and timepoint."""


class Evaluator(NamedTuple):
    """Who read, in the words of CDISC; never the reader's own id.

    Attributes
    ----------
    evaluator, evaluator_id
        ``--EVAL`` and ``--EVALID``; empty where it is not known or only one read.
    accepted
        Whether the trial takes this read where there are several.
    prefix
        Before link ids, so that lesions of two readers keep apart: ``R1-``.
    """

    evaluator: str = ""
    evaluator_id: str = ""
    accepted: bool = False
    prefix: str = ""


class SubjectVisit(NamedTuple):
    """One timepoint; `study_day` counts from 1 and knows no day 0."""

    id: str
    number: int
    date: dt.date | None
    study_day: int | None


class Calipers(NamedTuple):
    """What was drawn on images, by lesion and timepoint; empty for typed findings.

    Attributes
    ----------
    drawn
        Calipers of the lesion, one for each part; None is a part that is gone.
    modality
        DICOM modality of the series that a caliper was drawn on.
    tracking_uid
        By lesion.
    """

    drawn: Mapping[Place, tuple[Caliper | None, ...]]
    modality: Mapping[Place, str]
    tracking_uid: Mapping[str, str]


class SubjectRead(NamedTuple):
    """One read of one subject."""

    study: str
    findings: Findings
    assessment: PatientAssessment
    course: Course
    visits: Mapping[str, SubjectVisit]
    evaluator: Evaluator
    calipers: Calipers

    def link_id(self, lesion_id: str) -> str:
        """Return how TU and TR name a lesion of this read."""
        return self.evaluator.prefix + lesion_id

    def link_group(self, visit: SubjectVisit) -> str:
        """Return what joins the measurements of a visit with its responses."""
        return f"{self.evaluator.prefix}A{visit.number}"

    def subject(self, domain: str) -> dict[str, Value]:
        """Return the identifiers of every record of a domain."""
        return {
            "STUDYID": self.study,
            "DOMAIN": domain,
            "USUBJID": self.findings.id,
        }

    def who(self, prefix: str) -> dict[str, Value]:
        """Return ``--EVAL``, ``--EVALID`` and ``--ACPTFL``."""
        return {
            f"{prefix}EVAL": self.evaluator.evaluator,
            f"{prefix}EVALID": self.evaluator.evaluator_id,
            f"{prefix}ACPTFL": "Y" if self.evaluator.accepted else None,
        }


class Subject(NamedTuple):
    """All reads of one subject."""

    readings: tuple[SubjectRead, ...]


NO_CALIPERS: Final = Calipers({}, {}, {})

_EVALUATORS: Final = {
    ReaderRole.INVESTIGATOR: Evaluator("INVESTIGATOR", prefix="INV-"),
    ReaderRole.READER_1: Evaluator(
        "INDEPENDENT ASSESSOR", "RADIOLOGIST 1", prefix="R1-"
    ),
    ReaderRole.READER_2: Evaluator(
        "INDEPENDENT ASSESSOR", "RADIOLOGIST 2", prefix="R2-"
    ),
    ReaderRole.ADJUDICATOR: Evaluator(
        "INDEPENDENT ASSESSOR", "ADJUDICATOR 1", prefix="ADJ-"
    ),
}
_SEVERAL_INVESTIGATORS: Final = ("READER 1", "READER 2", "READER 3")


def subject_of_findings(
    findings: Findings, *, study: str = "", protocol: Protocol | None = None
) -> Subject:
    """Return the one read that findings hold; who read is not known.

    Parameters
    ----------
    study
        ``STUDYID``; left empty where it is not given.

    Raises
    ------
    FindingsError
        As `recist_tool.trial.patient.assess`.
    """
    order = [one.id for one in findings.timepoints]
    return Subject(
        (_reading(study, findings, protocol, order, Evaluator(), NO_CALIPERS),)
    )


def require_once(patient_id: str, where: str, first: dict[str, str]) -> None:
    """Refuse a patient who was in the tables already: two subjects would be one.

    Parameters
    ----------
    where
        What holds this subject, in words.
    first
        Where each patient was first; this one is added.

    Raises
    ------
    FindingsError
        If it is there a second time.
    """
    if first.setdefault(patient_id, where) != where:
        raise FindingsError.at(
            "id",
            f"the same as in {first[patient_id]}: their records could not be "
            "told apart",
            "Export each reader's reads by themselves",
        )


def subject_of_case(
    case: Case, *, study: str = "", accepted: str | None = None
) -> Subject:
    """Return every read of a case that holds findings.

    Parameters
    ----------
    study
        ``STUDYID``; left empty where it is not given.
    accepted
        The reader whose read the trial takes. By default it is the adjudicator's where
        there is one; of several other reads none is marked.

    Raises
    ------
    FindingsError
        If nothing was read, `accepted` did not read, or two reads have one role.
    """
    found = [
        (read, findings)
        for read in case.reads
        if (findings := findings_of(case, read.reader_id)) is not None
    ]
    if not found:
        raise FindingsError("nothing was read in this case yet")
    who = _evaluators([read for read, _ in found], accepted)
    order = [one.timepoint_id for one in case.timepoints]
    return Subject(
        tuple(
            _reading(
                study, findings, case.protocol, order, evaluator, _calipers(case, read)
            )
            for (read, findings), evaluator in zip(found, who, strict=True)
        )
    )


def _reading(
    study: str,
    findings: Findings,
    protocol: Protocol | None,
    order: Sequence[str],
    evaluator: Evaluator,
    calipers: Calipers,
) -> SubjectRead:
    of = course(findings)
    return SubjectRead(
        study=study,
        findings=findings,
        assessment=assess(findings, protocol),
        course=of,
        visits={visit.id: visit for visit in _visits(of, order)},
        evaluator=evaluator,
        calipers=calipers,
    )


def _visits(of: Course, order: Sequence[str]) -> Iterator[SubjectVisit]:
    seen = (of.baseline, *of.follow_ups) if of.baseline else of.follow_ups
    for one in seen:
        day = None if of.counted_from_baseline else study_day(one.day)
        yield SubjectVisit(one.id, order.index(one.id) + 1, one.date, day)


def study_day(days: int) -> int:
    """Return the study day of a date so many days from the reference date.

    >>> study_day(0), study_day(-12)
    (1, -12)
    """
    return days + 1 if days >= 0 else days


def nodal(reading: SubjectRead, lesion: FindingsLesion) -> bool:
    """Return whether a lesion counts by its short axis."""
    words = reading.findings.settings.organ_words
    return is_node(lesion.organ, lesion.nodal, words)


def _evaluators(reads: Sequence[Read], accepted: str | None) -> list[Evaluator]:
    if accepted is not None and accepted not in [read.reader_id for read in reads]:
        raise FindingsError.at("accepted read", "this reader has no read in the case")
    who = [_EVALUATORS[read.role] for read in reads]
    if len(reads) == 1:
        return [who[0]._replace(prefix="", accepted=accepted is not None)]
    numbered = _numbered(reads, who)
    taken = [_accepted(read, accepted) for read in reads]
    return [
        one._replace(accepted=is_taken)
        for one, is_taken in zip(numbered, taken, strict=True)
    ]


def _accepted(read: Read, accepted: str | None) -> bool:
    if accepted is None:
        return read.role is ReaderRole.ADJUDICATOR
    return read.reader_id == accepted


def _numbered(reads: Sequence[Read], who: list[Evaluator]) -> list[Evaluator]:
    """Return the evaluators with several investigators told apart by number."""
    roles = Counter(read.role for read in reads)
    faults = [
        Fault(
            f"role {role.value}",
            f"{count} reads of this case have it: CDISC cannot tell them apart",
            "Keep each read in a case of its own",
        )
        for role, count in roles.items()
        if count > (len(_SEVERAL_INVESTIGATORS) if _is_investigator(role) else 1)
    ]
    if faults:
        raise FindingsError.of(faults)
    if roles[ReaderRole.INVESTIGATOR] == 1:
        return who
    numbers = iter(_SEVERAL_INVESTIGATORS)
    return [
        _investigator(next(numbers)) if _is_investigator(read.role) else one
        for read, one in zip(reads, who, strict=True)
    ]


def _is_investigator(role: ReaderRole) -> bool:
    return role is ReaderRole.INVESTIGATOR


def _investigator(evaluator_id: str) -> Evaluator:
    number = evaluator_id.rpartition(" ")[2]
    return Evaluator("INVESTIGATOR", evaluator_id, prefix=f"INV{number}-")


def _calipers(case: Case, read: Read) -> Calipers:
    modalities = {
        series.series_instance_uid: series.modality
        for timepoint in case.timepoints
        for series in timepoint.series
    }
    drawn = {
        (entry.lesion_id, entry.timepoint_id): calipers
        for entry in read.findings
        if (calipers := _drawn(entry.finding))
    }
    modality = {
        place: modalities[caliper.plane.series_instance_uid]
        for place, calipers in drawn.items()
        for caliper in calipers
        if caliper is not None
        and caliper.plane is not None
        and caliper.plane.series_instance_uid in modalities
    }
    uids = {lesion.lesion_id: lesion.tracking_uid for lesion in read.lesions}
    return Calipers(drawn, modality, uids)


def _drawn(finding: Finding) -> tuple[Caliper | None, ...]:
    match finding:
        case Measured():
            return (finding.caliper,)
        case Split():
            return finding.parts
        case NonTargetSeen() | NewLesionSeen():
            return () if finding.caliper is None else (finding.caliper,)
        case _:
            return ()
