"""Figures that a reader gives of a visit: uptake on PET, volumes of organs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from recist_tool.model.case import Case, Read, VisitUptake, VisitVolumes
from recist_tool.model.commands.requirements import (
    refuse,
    require_read,
    require_recordable,
    require_timepoint,
    require_unlocked,
    with_read,
)
from recist_tool.model.mask import LesionMask
from recist_tool.model.numbers import Number
from recist_tool.model.pet import PetScan
from recist_tool.model.record import GrownRecord, Record


class RecordUptake(GrownRecord):
    """Say what the PET scan of a visit shows; replaces what was said before.

    Attributes
    ----------
    masks
        The regions that were measured, by lesion; those of before stay with the lesions
        of the scan that get no other.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"masks"})

    command: Literal["record_uptake"] = "record_uptake"
    reader_id: str
    timepoint_id: str
    pet: PetScan
    masks: Mapping[str, LesionMask] = Field(default={})

    def apply(self, case: Case) -> Case:
        """Return the case with the uptake."""
        read = require_read(case, self.reader_id)
        require_recordable(case, read, self.timepoint_id)
        before = [one for one in read.uptake if one.timepoint_id == self.timepoint_id]
        known = {name: mask for one in before for name, mask in one.masks.items()}
        masks = {
            name: mask
            for name, mask in {**known, **self.masks}.items()
            if name in self.pet.lesions
        }
        entry = VisitUptake(timepoint_id=self.timepoint_id, pet=self.pet, masks=masks)
        others = _uptake_but(read, self.timepoint_id)
        return with_read(case, read.replaced(uptake=(*others, entry)))


class ClearUptake(Record):
    """Take back what was said of the PET scan of a visit."""

    command: Literal["clear_uptake"] = "clear_uptake"
    reader_id: str
    timepoint_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the uptake."""
        read = _open_read(case, self.reader_id, self.timepoint_id)
        others = _uptake_but(read, self.timepoint_id)
        if len(others) == len(read.uptake):
            refuse(self.timepoint_id, "no uptake is recorded")
        return with_read(case, read.replaced(uptake=others))


class RecordVolumes(Record):
    """Give the volumes of organs or regions at a visit; replaces all before.

    Attributes
    ----------
    volumes_ml
        By name: ``liver``, ``liver tumour``.
    """

    command: Literal["record_volumes"] = "record_volumes"
    reader_id: str
    timepoint_id: str
    volumes_ml: Mapping[str, Number] = Field(min_length=1)

    def apply(self, case: Case) -> Case:
        """Return the case with the volumes."""
        read = require_read(case, self.reader_id)
        require_recordable(case, read, self.timepoint_id)
        entry = VisitVolumes(timepoint_id=self.timepoint_id, volumes_ml=self.volumes_ml)
        others = _volumes_but(read, self.timepoint_id)
        return with_read(case, read.replaced(volumes=(*others, entry)))


class ClearVolumes(Record):
    """Take back the volumes of organs and regions at a visit."""

    command: Literal["clear_volumes"] = "clear_volumes"
    reader_id: str
    timepoint_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the volumes."""
        read = _open_read(case, self.reader_id, self.timepoint_id)
        others = _volumes_but(read, self.timepoint_id)
        if len(others) == len(read.volumes):
            refuse(self.timepoint_id, "no volumes are recorded")
        return with_read(case, read.replaced(volumes=others))


def _open_read(case: Case, reader_id: str, timepoint_id: str) -> Read:
    read = require_read(case, reader_id)
    require_timepoint(case, timepoint_id)
    require_unlocked(read, timepoint_id)
    return read


def _uptake_but(read: Read, timepoint_id: str) -> tuple[VisitUptake, ...]:
    return tuple(one for one in read.uptake if one.timepoint_id != timepoint_id)


def _volumes_but(read: Read, timepoint_id: str) -> tuple[VisitVolumes, ...]:
    return tuple(one for one in read.volumes if one.timepoint_id != timepoint_id)
