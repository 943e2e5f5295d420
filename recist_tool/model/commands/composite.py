"""Acts of a reader that change several things at once: one entry, one undo each."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from recist_tool.model.case import Case, Read, SeriesReference
from recist_tool.model.commands.figures import RecordUptake
from recist_tool.model.commands.lesions import (
    AddLesion,
    RecordFinding,
    ReviseLesion,
    partners,
)
from recist_tool.model.commands.requirements import (
    refuse,
    require_lesion,
    require_read,
    require_unlocked,
    with_read,
)
from recist_tool.model.commands.visits import AttachSeries
from recist_tool.model.finding import Finding, finding_in_role
from recist_tool.model.lesion import Lesion, require_first_visit
from recist_tool.model.mask import LesionMask
from recist_tool.model.pet import PetScan
from recist_tool.model.record import GrownRecord, Record
from recist_tool.terms import LesionRole


class AddMeasuredLesion(GrownRecord):
    """Add a lesion with what was found of it: a caliper was drawn.

    Attributes
    ----------
    mask, pet
        As `RecordFinding` has them.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"pet"})

    command: Literal["add_measured_lesion"] = "add_measured_lesion"
    reader_id: str
    lesion: Lesion
    timepoint_id: str
    finding: Finding
    mask: LesionMask | None = None
    pet: PetScan | None = None

    def apply(self, case: Case) -> Case:
        """Return the case with the lesion and its finding."""
        added = AddLesion(reader_id=self.reader_id, lesion=self.lesion).apply(case)
        return RecordFinding(
            reader_id=self.reader_id,
            lesion_id=self.lesion.lesion_id,
            timepoint_id=self.timepoint_id,
            finding=self.finding,
            mask=self.mask,
            pet=self.pet,
        ).apply(added)


class ChangeLesionRole(Record):
    """Give a lesion another role, and the name that goes with it: T3 becomes NT1.

    Its tracking UID, its findings and its masks stay; a finding is kept in the words of
    the new role.

    Attributes
    ----------
    new_id
        Its name from now on; unique in the read.
    first_seen
        For a new lesion, and only for one: the timepoint where it was first noted.
    """

    command: Literal["change_lesion_role"] = "change_lesion_role"
    reader_id: str
    lesion_id: str
    role: LesionRole
    new_id: str = Field(min_length=1, max_length=32)
    first_seen: str | None = None

    @model_validator(mode="after")
    def _new_lesions_have_a_first_visit(self) -> Self:
        require_first_visit(self.role, self.first_seen)
        return self

    def apply(self, case: Case) -> Case:
        """Return the case with the lesion in its new role."""
        read = require_read(case, self.reader_id)
        old = require_lesion(read, self.lesion_id)
        if read.lesion(self.new_id) is not None:
            refuse(self.new_id, "a lesion of this name exists", "Choose another")
        self._require_apart(read)
        for scan in read.uptake:
            if self.lesion_id in scan.pet.lesions:
                require_unlocked(read, scan.timepoint_id)
        bare = read.replaced(
            lesions=tuple(
                one.replaced(lesion_id=self.new_id) if one == old else one
                for one in read.lesions
            ),
            findings=tuple(
                one for one in read.findings if one.lesion_id != self.lesion_id
            ),
            uptake=tuple(
                one.replaced(pet=self._renamed(one.pet)) for one in read.uptake
            ),
            comments=tuple(
                one.replaced(lesion_id=self.new_id)
                if one.lesion_id == self.lesion_id
                else one
                for one in read.comments
            ),
        )
        lesion = old.replaced(
            lesion_id=self.new_id, role=self.role, first_seen=self.first_seen
        )
        changed = ReviseLesion(reader_id=self.reader_id, lesion=lesion).apply(
            with_read(case, bare)
        )
        for one in read.findings:
            if one.lesion_id != self.lesion_id:
                continue
            require_unlocked(read, one.timepoint_id)
            changed = RecordFinding(
                reader_id=self.reader_id,
                lesion_id=self.new_id,
                timepoint_id=one.timepoint_id,
                finding=self._kept(one.finding, one.timepoint_id),
                mask=one.mask,
            ).apply(changed)
        return changed

    def _require_apart(self, read: Read) -> None:
        """Refuse where the lesion is merged with another: of one role both are."""
        for one in read.findings:
            merged = partners(one.finding)
            if merged and self.lesion_id in (one.lesion_id, *merged):
                refuse(
                    self.lesion_id,
                    f"is merged with another at {one.timepoint_id}",
                    "Undo the merge first",
                )

    def _renamed(self, pet: PetScan) -> PetScan:
        lesions = {
            self.new_id if name == self.lesion_id else name: one
            for name, one in pet.lesions.items()
        }
        return pet.replaced(lesions=lesions)

    def _kept(self, finding: Finding, timepoint_id: str) -> Finding:
        """Return a finding in the words of the new role, or refuse."""
        kept = finding_in_role(finding, self.role)
        if kept is None:
            what = finding.kind.replace("_", " ")
            role = self.role.value.replace("_", "-")
            refuse(
                f"{self.lesion_id}, {timepoint_id}",
                f"a {role} lesion cannot be '{what}' without a caliper",
                "Measure it there, or take that finding back, first",
            )
        return kept


class ImportedLesion(Record):
    """One lesion of a file, measured.

    Attributes
    ----------
    lesion_id
        Whose it is in the read.
    added
        The lesion where the read did not know it; None where it did.
    """

    lesion_id: str
    added: Lesion | None = None
    finding: Finding
    mask: LesionMask | None = None


class ImportLesions(GrownRecord):
    """Take the lesions of a file into a read.

    Attributes
    ----------
    series
        What they were measured on, where it was not pinned to the visit yet.
    pet
        What the PET scan of the visit shows with them, where it was measured on that.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"pet"})

    command: Literal["import_lesions"] = "import_lesions"
    reader_id: str
    timepoint_id: str
    series: SeriesReference | None = None
    lesions: tuple[ImportedLesion, ...] = Field(min_length=1)
    pet: PetScan | None = None

    def apply(self, case: Case) -> Case:
        """Return the case with all of them; one that is refused refuses all."""
        if self.series is not None:
            attach = AttachSeries(timepoint_id=self.timepoint_id, series=self.series)
            case = attach.apply(case)
        for one in self.lesions:
            if one.added is not None:
                add = AddLesion(reader_id=self.reader_id, lesion=one.added)
                case = add.apply(case)
            case = RecordFinding(
                reader_id=self.reader_id,
                lesion_id=one.lesion_id,
                timepoint_id=self.timepoint_id,
                finding=one.finding,
                mask=one.mask,
            ).apply(case)
        if self.pet is None:
            return case
        return RecordUptake(
            reader_id=self.reader_id, timepoint_id=self.timepoint_id, pet=self.pet
        ).apply(case)
