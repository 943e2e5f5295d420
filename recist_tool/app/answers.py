"""What follows from the reads of a case: sums and responses, kept while they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from recist_tool.errors import FindingsError
from recist_tool.model.read_findings import findings_of
from recist_tool.trial.extrahepatic import extrahepatic_sums
from recist_tool.trial.patient import as_json
from recist_tool.trial.side_by_side import assess_each

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.errors import Fault
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
        By each of the protocol's criteria; empty where `problems` forbid it.
    written
        The same as the case file keeps it.
    """

    read: Read
    protocol: Protocol
    findings: Findings | None
    by_criteria: Mapping[Criteria, PatientAssessment]
    problems: tuple[Fault, ...]
    written: Mapping[str, Any]

    def by(self, criteria: Criteria) -> PatientAssessment | None:
        """Return the assessment by any criteria; None while nothing is recorded.

        Raises
        ------
        FindingsError
            If these criteria, or any, cannot judge the read.
        """
        known = self.by_criteria.get(criteria)
        if known is not None or self.findings is None:
            return known
        return assess_each(self.findings, [criteria], self.protocol)[criteria]

    def extrahepatic_by(self, criteria: Criteria) -> ExtrahepaticSums | None:
        """Return the sums of the targets outside the liver; None without any.

        Raises
        ------
        FindingsError
            If the read cannot be judged.
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

    def __getitem__(self, reader_id: str) -> Answer:
        """Return what follows from the read of a reader."""
        return self._of[reader_id]

    def follow(self, case: Case) -> None:
        """Assess the reads that changed: what another reader found stays as it was."""
        shared = case.replaced(reads=())
        known = self._of if shared == self._shared else {}
        self._shared = shared
        self._of = {
            read.reader_id: found
            if (found := known.get(read.reader_id)) and found.read is read
            else _answer(case, read)
            for read in case.reads
        }

    def written(self) -> dict[str, Any]:
        """Return the assessments as the case file keeps them."""
        return {name: one.written for name, one in self._of.items() if one.written}


def _answer(case: Case, read: Read) -> Answer:
    protocol, findings = case.protocol, findings_of(case, read.reader_id)
    if findings is None:
        return Answer(read, protocol, None, {}, (), {})
    try:
        by_criteria = assess_each(findings, protocol.criteria, protocol)
    except FindingsError as error:
        return Answer(read, protocol, findings, {}, error.faults, {})
    written = {one.value: as_json(found) for one, found in by_criteria.items()}
    return Answer(read, protocol, findings, by_criteria, (), written)
