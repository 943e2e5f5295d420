"""One read judged by several sets of criteria, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.trial.patient import assess

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.model.findings import Findings
    from recist_tool.model.protocol import Protocol
    from recist_tool.terms import Criteria
    from recist_tool.trial.patient import PatientAssessment


def assess_each(
    findings: Findings, criteria: Iterable[Criteria], protocol: Protocol | None = None
) -> dict[Criteria, PatientAssessment]:
    """Return the response of one patient by each of some criteria, in their order.

    Parameters
    ----------
    findings
        All visits; its own criteria are one choice among the others.
    criteria
        ``protocol.criteria``, or any choice. What a set of criteria asks for and the
        findings do not hold is not evaluable under it.

    Raises
    ------
    FindingsError
        As `patient.assess`; also where a response was recorded in words that one of
        the criteria does not have.
    AssessmentFailed
        Where the program goes wrong under one of them.
    """
    return {
        one: assess(findings.model_copy(update={"criteria": one}), protocol)
        for one in criteria
    }
