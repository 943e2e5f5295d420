"""One lesion of one read, followed over all timepoints."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from recist_tool.model.record import Record
from recist_tool.terms import LesionRole


class Lesion(Record):
    """A lesion as a reader named it.

    Attributes
    ----------
    lesion_id
        Short name in tables: ``T1``, ``NT2``, ``NL1``; unique in the read.
    tracking_uid
        DICOM Tracking Unique Identifier; never changes.
    organ
        The organ in words of the protocol's list, lower case.
    finding_site
        Where in the organ, in the reader's words ("segment VII"); the note of the
        lesion in findings, by which a trial may count nodes as liver.
    nodal
        A lymph node: counted by its short axis.
    blastic, previously_irradiated, progressed_since
        What measurability asks for (Eisenhauer 2009, 3.1.2 and 3.1.3).
    first_seen
        Timepoint where a new lesion was first noted.
    """

    lesion_id: str = Field(min_length=1, max_length=32)
    tracking_uid: str
    role: LesionRole
    organ: str = Field(min_length=1)
    name: str = ""
    finding_site: str = ""
    nodal: bool = False
    blastic: bool = False
    previously_irradiated: bool = False
    progressed_since: bool = False
    first_seen: str | None = None

    @model_validator(mode="after")
    def _new_lesions_have_a_first_visit(self) -> Self:
        require_first_visit(self.role, self.first_seen)
        return self


def require_first_visit(role: LesionRole, first_seen: str | None) -> None:
    """Hold new lesions, and no others, to a visit at which they were first seen.

    Raises
    ------
    ValueError
        If a new lesion names none, or another lesion names one.
    """
    if (role is LesionRole.NEW) != (first_seen is not None):
        msg = "a new lesion, and only a new lesion, names where it was first seen"
        raise ValueError(msg)
