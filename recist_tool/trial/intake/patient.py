"""One read of one patient on its way into a trial, and where it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.model.blinding import Blinding
from recist_tool.model.findings import Findings
from recist_tool.model.protocol import Protocol

if TYPE_CHECKING:
    from recist_tool.terms import Criteria, ReaderRole


class Patient(NamedTuple):
    """One read of one patient, and where it was found.

    Attributes
    ----------
    where
        File, and line in a file of many.
    source
        What holds it and others: what concerns many of them is told once for it.
    reader_id
        Who read it; empty for findings that do not say.
    role
        Of the reader of a case; findings do not say.
    is_one_of_several
        Whether others read the same case: an answer must say whose it is.
    blinding
        How the case is told to its readers; findings hide nothing.
    """

    where: str
    source: str
    findings: Findings
    protocol: Protocol
    reader_id: str = ""
    role: ReaderRole | None = None
    is_one_of_several: bool = False
    blinding: Blinding = Blinding()

    @classmethod
    def of(cls, findings: Findings, where: str, source: str) -> Patient:
        """Return the read that findings without a case are.

        Parameters
        ----------
        where
            File, and line in a file of many: told with every fault.
        source
            What holds it and others: what concerns many is told once for it.
        """
        protocol = Protocol(settings=findings.settings)
        return cls(
            where=where,
            source=source,
            findings=findings,
            protocol=protocol,
            reader_id=findings.reader or "",
        )


def under(patient: Patient, criteria: Criteria | None) -> Findings:
    """Return the findings of a patient, under other criteria where some are chosen."""
    if criteria is None:
        return patient.findings
    return patient.findings.replaced(criteria=criteria)
