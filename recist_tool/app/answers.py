"""What follows from the reads of a case: sums and responses, kept while they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import to_json

from recist_tool.errors import (
    AssessmentFailed,
    CommandRefused,
    Fault,
    FindingsError,
    unforeseen,
)
from recist_tool.model.read_findings import findings_of
from recist_tool.trial.extrahepatic import extrahepatic_sums
from recist_tool.trial.judging import judging
from recist_tool.trial.patient import as_json, failed_json, tell_all, tell_rest
from recist_tool.trial.side_by_side import assess_each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.model.case import Case, Read
    from recist_tool.model.findings import Findings
    from recist_tool.model.protocol import Protocol
    from recist_tool.terms import Criteria
    from recist_tool.trial.extrahepatic import ExtrahepaticSums
    from recist_tool.trial.patient import PatientAssessment


class Answer(NamedTuple):
    """A read and what follows from it.

    Attributes
    ----------
    findings
        None while nothing is recorded.
    by_criteria
        By each of the protocol's criteria; empty where `problems` forbid it. What it
        says only when it is asked was asked once.
    written
        The same as the case file keeps it, failures among it.
    failed
        What went wrong in the program under criteria of the protocol; these are not in
        `by_criteria`.
    """

    read: Read
    protocol: Protocol
    findings: Findings | None = None
    by_criteria: Mapping[Criteria, PatientAssessment] = {}
    problems: tuple[Fault, ...] = ()
    written: Mapping[str, Any] = {}
    failed: Mapping[Criteria, Fault] = {}

    @property
    def is_unreadable(self) -> bool:
        """Whether the read cannot even be put as findings; `problems` say why."""
        return self.findings is None and bool(self.problems)

    def by(self, criteria: Criteria) -> PatientAssessment | None:
        """Return the assessment by any criteria; None while nothing is recorded.

        Raises
        ------
        FindingsError
            If these criteria, or any, cannot judge the read.
        AssessmentFailed
            Where the program goes wrong under these criteria.
        """
        known = self.by_criteria.get(criteria)
        if known is not None or self.findings is None:
            return known
        if criteria in self.failed:
            raise AssessmentFailed(self.failed[criteria])
        assessment = _assessed(self.findings, criteria, self.protocol)
        tell_all(assessment)
        return assessment

    def extrahepatic_by(self, criteria: Criteria) -> ExtrahepaticSums | None:
        """Return the sums of the targets outside the liver; None without any.

        Raises
        ------
        FindingsError
            If the read cannot be judged.
        AssessmentFailed
            Where the program goes wrong under these criteria.
        """
        if self.findings is None:
            return None
        judged = self.findings.model_copy(update={"criteria": criteria})
        return extrahepatic_sums(judged)


class Answers:
    """The answers of all reads of a case, by reader."""

    def __init__(self) -> None:
        self._of: dict[str, Answer] = {}
        self._shared: Case | None = None

    def require_readable(self, before: Answers) -> None:
        """Refuse a change after which a read could be judged by nobody.

        Parameters
        ----------
        before
            What followed from the case before; a read that was so already can be
            mended.

        Raises
        ------
        CommandRefused
            With what went wrong.
        """
        for reader_id, one in self._of.items():
            known = before._of.get(reader_id)
            if one.is_unreadable and not (known and known.is_unreadable):
                raise CommandRefused.of(one.problems)

    def __getitem__(self, reader_id: str) -> Answer:
        """Return what follows from the read of a reader."""
        return self._of[reader_id]

    def after(self, case: Case) -> Answers:
        """Return the answers of a case: those of reads that did not change are kept."""
        following = Answers()
        following._shared = case.replaced(reads=())
        known = self._of if following._shared == self._shared else {}
        following._of = {
            read.reader_id: found
            if (found := known.get(read.reader_id)) and found.read is read
            else _answer(case, read)
            for read in case.reads
        }
        return following

    def written(self) -> dict[str, Any]:
        """Return the assessments as the case file keeps them."""
        return {name: one.written for name, one in self._of.items() if one.written}


def _answer(case: Case, read: Read) -> Answer:
    """Return what follows from a read; whatever goes wrong is in it, and not raised."""
    protocol = case.protocol
    try:
        findings = findings_of(case, read.reader_id)
    except Exception as error:  # noqa: BLE001 - a case opens whatever is in it
        return Answer(read, protocol, problems=(_unreadable(read, error),))
    if findings is None:
        return Answer(read, protocol)
    found: dict[Criteria, PatientAssessment] = {}
    failed: dict[Criteria, Fault] = {}
    written: dict[str, Any] = {}
    for criteria in protocol.criteria:
        try:
            found[criteria] = _assessed(findings, criteria, protocol)
            written[criteria.value] = _written(found[criteria])
        except FindingsError as error:
            return Answer(read, protocol, findings=findings, problems=error.faults)
        except AssessmentFailed as failure:
            found.pop(criteria, None)
            failed[criteria] = failure.faults[0]
            judged = findings.model_copy(update={"criteria": criteria})
            written[criteria.value] = failed_json(judged, failure)
    return Answer(
        read,
        protocol,
        findings=findings,
        by_criteria=found,
        written=written,
        failed=failed,
    )


def _assessed(
    findings: Findings, criteria: Criteria, protocol: Protocol
) -> PatientAssessment:
    return assess_each(findings, [criteria], protocol)[criteria]


def _written(assessment: PatientAssessment) -> dict[str, Any]:
    """Return an assessment as the case file can keep it; all it says is asked once."""
    written = as_json(assessment)
    tell_rest(assessment)
    with judging(assessment.criteria):
        to_json(written)
    return written


def _unreadable(read: Read, error: Exception) -> Fault:
    return Fault(
        f"read of {read.reader_id}",
        f"cannot be judged by any criteria: {unforeseen(error)}",
        "Report this fault of the program",
    )
