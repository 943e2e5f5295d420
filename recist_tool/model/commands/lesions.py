"""Changes of what a reader found: lesions, and what was seen of them."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from recist_tool.model.case import Case, Read, VisitUptake
from recist_tool.model.commands.figures import RecordUptake
from recist_tool.model.commands.requirements import (
    refuse,
    require_in_sequence,
    require_lesion,
    require_read,
    require_recordable,
    require_timepoint,
    require_unlocked,
    with_read,
)
from recist_tool.model.finding import (
    Finding,
    LesionFinding,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
)
from recist_tool.model.lesion import Lesion
from recist_tool.model.mask import LesionMask
from recist_tool.model.pet import PetScan
from recist_tool.model.record import GrownRecord, Record
from recist_tool.terms import LesionRole

_UNSEEN: Final = frozenset(["absent", "not_evaluable", "merged_into"])


class AddLesion(Record):
    """Add a lesion to a read."""

    command: Literal["add_lesion"] = "add_lesion"
    reader_id: str
    lesion: Lesion

    def apply(self, case: Case) -> Case:
        """Return the case with the lesion; ids and tracking UIDs are unique."""
        read = require_read(case, self.reader_id)
        new = self.lesion
        if read.lesion(new.lesion_id) is not None:
            refuse(new.lesion_id, "a lesion of this name exists", "Choose another")
        if any(one.tracking_uid == new.tracking_uid for one in read.lesions):
            refuse(new.lesion_id, "its tracking UID belongs to another lesion")
        if new.first_seen is not None:
            require_recordable(case, read, new.first_seen)
        return with_read(case, read.replaced(lesions=(*read.lesions, new)))


class ReviseLesion(Record):
    """Correct name, organ, role or another property of a lesion."""

    command: Literal["revise_lesion"] = "revise_lesion"
    reader_id: str
    lesion: Lesion

    def apply(self, case: Case) -> Case:
        """Return the case with the lesion as corrected; its tracking UID stays."""
        read = require_read(case, self.reader_id)
        old = require_lesion(read, self.lesion.lesion_id)
        if old.tracking_uid != self.lesion.tracking_uid:
            refuse(old.lesion_id, "the tracking UID of a lesion never changes")
        found = [one for one in read.findings if one.lesion_id == old.lesion_id]
        for one in found:
            require_unlocked(read, one.timepoint_id)
            _require_fitting(self.lesion, one.finding)
        first_seen = self.lesion.first_seen
        if first_seen is not None:
            require_timepoint(case, first_seen)
            if first_seen != old.first_seen:
                require_in_sequence(case, read, first_seen)
        lesions = tuple(
            self.lesion if one.lesion_id == old.lesion_id else one
            for one in read.lesions
        )
        return with_read(case, read.replaced(lesions=lesions))


class RemoveLesion(Record):
    """Take a lesion, its findings and its uptake out of a read."""

    command: Literal["remove_lesion"] = "remove_lesion"
    reader_id: str
    lesion_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the lesion; the journal keeps it."""
        read = require_read(case, self.reader_id)
        require_lesion(read, self.lesion_id)
        for one in read.findings:
            if one.lesion_id == self.lesion_id:
                require_unlocked(read, one.timepoint_id)
            elif self.lesion_id in partners(one.finding):
                refuse(
                    self.lesion_id,
                    f"{one.lesion_id} is merged with it at {one.timepoint_id}",
                    "Undo the merge first",
                )
        for one in read.comments:
            if one.lesion_id == self.lesion_id:
                require_unlocked(read, one.timepoint_id)
        lesions = tuple(one for one in read.lesions if one.lesion_id != self.lesion_id)
        findings = tuple(
            one for one in read.findings if one.lesion_id != self.lesion_id
        )
        kept = read.replaced(
            lesions=lesions,
            findings=findings,
            uptake=tuple(_uptake_but(read, one, self.lesion_id) for one in read.uptake),
            comments=tuple(
                one for one in read.comments if one.lesion_id != self.lesion_id
            ),
        )
        return with_read(case, kept)


class RecordFinding(GrownRecord):
    """Say what was found of a lesion at a visit; replaces what was said before.

    Attributes
    ----------
    mask
        The voxels that were measured. A finding without one takes away the mask of the
        finding before; then it is not written, so that earlier versions can read it.
    pet
        What the PET scan of the visit shows with it, where the lesion was measured on
        that: as `RecordUptake` gives it. None leaves that as it is.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"mask", "pet"})

    command: Literal["record_finding"] = "record_finding"
    reader_id: str
    lesion_id: str
    timepoint_id: str
    finding: Finding
    mask: LesionMask | None = None
    pet: PetScan | None = None

    def apply(self, case: Case) -> Case:
        """Return the case with the finding."""
        read = require_read(case, self.reader_id)
        lesion = require_lesion(read, self.lesion_id)
        require_recordable(case, read, self.timepoint_id)
        _require_fitting(lesion, self.finding)
        if self.timepoint_id == case.timepoints[0].timepoint_id:
            _require_measured(lesion, self.finding)
        if self.mask is not None and self.finding.kind in _UNSEEN:
            refuse(
                self.lesion_id,
                f"a lesion that is '{self.finding.kind.replace('_', ' ')}' has no mask",
                "Record the finding without it",
            )
        for partner in partners(self.finding):
            require_lesion(read, partner)
            if partner == self.lesion_id:
                refuse(self.lesion_id, "a lesion cannot merge with itself")
        entry = LesionFinding(
            lesion_id=self.lesion_id,
            timepoint_id=self.timepoint_id,
            finding=self.finding,
            mask=self.mask,
        )
        others = _findings_but(read, self.lesion_id, self.timepoint_id)
        found = with_read(case, read.replaced(findings=(*others, entry)))
        if self.pet is None:
            return found
        return RecordUptake(
            reader_id=self.reader_id, timepoint_id=self.timepoint_id, pet=self.pet
        ).apply(found)


class ClearFinding(Record):
    """Take back what was said of a lesion at a visit."""

    command: Literal["clear_finding"] = "clear_finding"
    reader_id: str
    lesion_id: str
    timepoint_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the finding."""
        read = require_read(case, self.reader_id)
        if read.finding(self.lesion_id, self.timepoint_id) is None:
            refuse(self.lesion_id, f"nothing is recorded at {self.timepoint_id}")
        require_unlocked(read, self.timepoint_id)
        others = _findings_but(read, self.lesion_id, self.timepoint_id)
        uptake = tuple(
            _unmeasured(one, self.lesion_id)
            if one.timepoint_id == self.timepoint_id
            else one
            for one in read.uptake
        )
        return with_read(case, read.replaced(findings=others, uptake=uptake))


def _require_fitting(lesion: Lesion, finding: Finding) -> None:
    fits = {
        LesionRole.TARGET: {
            "measured",
            "absent",
            "too_small",
            "not_evaluable",
            "split",
            "merged_into",
        },
        LesionRole.NON_TARGET: {
            "non_target",
            "absent",
            "not_evaluable",
            "merged_into",
        },
        LesionRole.NEW: {"new_lesion"},
    }[lesion.role]
    if finding.kind not in fits:
        role = lesion.role.value.replace("_", "-")
        refuse(
            lesion.lesion_id,
            f"a {role} lesion cannot be '{finding.kind.replace('_', ' ')}'",
            "Change the role of the lesion, or record another finding",
        )
    if not lesion.nodal or finding.kind != "measured":
        return
    if finding.caliper.short_axis is None:
        refuse(lesion.lesion_id, "a node is measured by its short axis; draw it")


def _require_measured(lesion: Lesion, finding: Finding) -> None:
    """Hold a target to a size at baseline: it is what all later visits compare with."""
    if lesion.role is LesionRole.TARGET and finding.kind not in {"measured", "split"}:
        refuse(
            lesion.lesion_id,
            "a target is measured at baseline",
            "Measure it, make it a non-target, or remove it",
        )


def partners(finding: Finding) -> tuple[str, ...]:
    """Return the lesions that a finding joins with its own."""
    if isinstance(finding, MergedInto):
        return (finding.lesion_id,)
    if isinstance(finding, NonTargetSeen | NewLesionSeen):
        return ()
    return getattr(finding, "merged_with", ())


def _findings_but(
    read: Read, lesion_id: str, timepoint_id: str
) -> tuple[LesionFinding, ...]:
    return tuple(
        one
        for one in read.findings
        if (one.lesion_id, one.timepoint_id) != (lesion_id, timepoint_id)
    )


def _unmeasured(uptake: VisitUptake, lesion_id: str) -> VisitUptake:
    """Return uptake without what the mask of a finding said of a lesion.

    What was typed stays, and what was measured on a mask of its own.
    """
    one = uptake.pet.lesions.get(lesion_id)
    if one is None or one.mask is not None:
        return uptake
    kept = one.replaced(**dict.fromkeys(one.methods), methods={})
    lesions = {**uptake.pet.lesions, lesion_id: kept}
    if kept == type(kept)():
        del lesions[lesion_id]
    return uptake.replaced(pet=uptake.pet.replaced(lesions=lesions))


def _uptake_but(read: Read, uptake: VisitUptake, lesion_id: str) -> VisitUptake:
    measured = uptake.pet.lesions
    if lesion_id not in measured:
        return uptake
    require_unlocked(read, uptake.timepoint_id)
    others = {name: one for name, one in measured.items() if name != lesion_id}
    return uptake.replaced(pet=uptake.pet.replaced(lesions=others))
