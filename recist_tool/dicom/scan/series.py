"""A series that makes one volume, as a scan describes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.scan.geometry import stack
from recist_tool.dicom.scan.phase import Phase, proposed_phase
from recist_tool.dicom.scan.roles import Role, proposed_role
from recist_tool.dicom.scan.suv_tags import SeriesSuv, SuvRefusal, series_suv
from recist_tool.measure.geometry.volume import series_key
from recist_tool.measure.pet.suv import dose_entered
from recist_tool.model.case import SeriesReference
from recist_tool.model.suv_override import SuvOverride

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from recist_tool.dicom.header.slice_header import PatientKey, SliceHeader, Triple
    from recist_tool.dicom.scan.split import SliceGroup
    from recist_tool.measure.geometry.volume import GeometryWarning
    from recist_tool.model.case import Case

CONFIRMED: Final = "said by the reader"


@dataclass(frozen=True, eq=False, kw_only=True)
class Series:
    """Slices of one series that make one volume, sorted along their normal.

    Several of these can have one `series_instance_uid`: what only shares the UID was
    split, and `warnings` say so.

    Attributes
    ----------
    patient
        Tells patients apart; never printed.
    study_instance_uid, series_instance_uid
        As in the files; a stable stand-in (2.25.…) where they are empty.
    phase
        Proposed contrast phase; empty if nothing tells. `phase_reason` says what does.
    role
        Proposed use in a read, with what tells so.
    slice_spacing_mm
        Along the normal; None unless the slices make one regular, unsheared box.
    suv
        Of a PET series: its factors, or why there are none.
    pixel_phase
        The second opinion of its pixels, where somebody asked for it.
    """

    patient: PatientKey
    study_instance_uid: str
    study_date: datetime.date | None
    series_instance_uid: str
    modality: str
    description: str
    phase: str
    phase_reason: str
    role: Role
    slices: tuple[SliceHeader, ...]
    slice_spacing_mm: float | None
    warnings: tuple[GeometryWarning, ...]
    shares_uid: bool
    suv: SeriesSuv | SuvRefusal | None
    pixel_phase: Phase | None = None

    @cached_property
    def key(self) -> str:
        """What tells it from every other: its series UID alone may be shared."""
        first = self.slices[0]
        return series_key(first.sop_instance_uid, self.frame_numbers)

    @property
    def patient_id(self) -> str:
        """PatientID as in the files: for tables and JSON, never for messages."""
        return self.patient.patient_id

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, sorted by position; one file can hold many slices."""
        return tuple(dict.fromkeys(image.path for image in self.slices))

    @cached_property
    def frame_numbers(self) -> tuple[int, ...]:
        """Which frame of its file each slice is; empty if each has its own file."""
        if all(image.frame_count == 1 for image in self.slices):
            return ()
        return tuple(image.frame_number for image in self.slices)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows, columns."""
        first = self.slices[0]
        return len(self.slices), first.rows, first.columns

    @property
    def spacing_mm(self) -> tuple[float | None, float | None, float | None]:
        """Between slices, rows, columns; None where it is not one number."""
        rows, columns = self.slices[0].pixel_spacing_mm or (None, None)
        return self.slice_spacing_mm, rows, columns

    @property
    def origin_lps(self) -> Triple:
        """Centre of the first pixel of the first slice, mm."""
        return self.slices[0].position_lps

    @property
    def slice_thickness_mm(self) -> float | None:
        """Nominal thickness; None where unknown."""
        return self.slices[0].thickness_mm

    @property
    def transfer_syntax(self) -> str:
        """UID of how the first slice is encoded."""
        return self.slices[0].header.transfer_syntax

    @property
    def frame_of_reference_uid(self) -> str:
        """Series that share it lie in one coordinate system; may be empty."""
        return self.slices[0].frame_of_reference_uid

    @property
    def series_number(self) -> int | None:
        """Number within the study."""
        return self.slices[0].elements.integer(tags.SERIES_NUMBER)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `recist scan --json` prints for this series."""
        return {
            "patient_id": self.patient_id,
            "study_instance_uid": self.study_instance_uid,
            "study_date": self.study_date.isoformat() if self.study_date else None,
            "series_instance_uid": self.series_instance_uid,
            "modality": self.modality,
            "description": self.description,
            "phase": self.phase,
            "phase_reason": self.phase_reason,
            "role": str(self.role.name),
            "role_reason": self.role.reason,
            "files": len(self.files),
            "shape": list(self.shape),
            "spacing_mm": list(self.spacing_mm),
            "origin_lps": list(self.origin_lps),
            "transfer_syntax": self.transfer_syntax,
            "frame_of_reference_uid": self.frame_of_reference_uid,
            "warnings": [
                {"code": str(warning.code), "text": warning.text}
                for warning in self.warnings
            ],
            "suv": _suv_json(self.suv),
        } | _pixel_phase_json(self.pixel_phase)


def series_of(group: SliceGroup) -> Series:
    """Return the series that a group of slices makes."""
    slices, spacing, warnings = stack(group.slices)
    first = slices[0]
    found = first.elements
    phase = proposed_phase(found) if first.modality == "CT" else Phase("", "")
    return Series(
        patient=first.patient,
        study_instance_uid=group.study_instance_uid,
        study_date=found.date(tags.STUDY_DATE),
        series_instance_uid=group.series_instance_uid,
        modality=first.modality,
        description=found.text(tags.SERIES_DESCRIPTION),
        phase=phase.name,
        phase_reason=phase.reason,
        role=proposed_role(first),
        slices=slices,
        slice_spacing_mm=spacing,
        warnings=(*group.warnings, *warnings),
        shares_uid=group.shares_uid,
        suv=series_suv(slices) if first.modality == "PT" else None,
    )


def series_reference(series: Series) -> SeriesReference:
    """Return how a case remembers a series; the folder is only a hint."""
    return SeriesReference(
        series_instance_uid=series.series_instance_uid,
        study_instance_uid=series.study_instance_uid,
        modality=series.modality,
        description=series.description,
        phase=series.phase,
        folder=str(series.files[0].parent.absolute()),
        slices=len(series.slices),
        part=series.key if series.shares_uid else "",
    )


def as_remembered(series: Series, case: Case) -> Series:
    """Return a series with what a reader said of it in a case.

    The phase and the role that were confirmed, and the values that stand for the tags
    of a PET, with a reason that says so.
    """
    pinned = case.pinned(series.series_instance_uid, series.key)
    if pinned is not None and pinned.phase and pinned.phase != series.phase:
        series = replace(series, phase=pinned.phase, phase_reason=CONFIRMED)
    if pinned is not None and pinned.role is not None:
        series = replace(series, role=Role(pinned.role, CONFIRMED))
    override = case.suv_override(series.series_instance_uid)
    if override is not None and series.modality == "PT":
        series = replace(series, suv=series_suv(series.slices, override))
    return series


def proposed_dose(series: Series) -> SuvOverride | None:
    """Return the dose of a PET as it may have been entered, in kBq or MBq.

    For a person to let it stand for the tag, never taken by itself; None where the dose
    is missing, or plausible in becquerels.
    """
    isotopes = series.slices[0].elements.items(tags.RADIOPHARMACEUTICAL)
    if not isinstance(series.suv, SuvRefusal) or len(isotopes) != 1:
        return None
    entered = dose_entered(isotopes[0].number(tags.TOTAL_DOSE) or 0.0)
    if entered is None:
        return None
    return SuvOverride(
        series_instance_uid=series.series_instance_uid,
        total_dose_bq=entered.bq,
        reason=f"RadionuclideTotalDose was entered in {entered.unit}",
    )


def with_proposed_dose(series: Series) -> Series:
    """Return a PET with its dose taken as it may have been entered.

    Any other series, and a PET whose dose is plausible, stays as it is.
    """
    override = proposed_dose(series)
    if override is None:
        return series
    return replace(series, suv=series_suv(series.slices, override))


def seconded(series: Series, opinion: Phase) -> Series:
    """Return a series with what its pixels say of its contrast phase.

    A phase that words or times propose stays; where nothing does, the pixels do.
    """
    if opinion.name and not series.phase:
        reason = f"proposed by its pixels: {opinion.reason}"
        series = replace(series, phase=opinion.name, phase_reason=reason)
    return replace(series, pixel_phase=opinion)


def second_opinion(series: Series) -> str:
    """Return in words what the pixels of a series say of its phase; empty if unasked.

    Told beside what else says the phase, which it never replaces.
    """
    opinion = series.pixel_phase
    if opinion is None:
        return ""
    if not opinion.name:
        return f"of its phase the pixels {opinion.reason}"
    seen = f"its pixels speak for {opinion.name} ({opinion.reason})"
    if series.phase_reason.endswith(opinion.reason):
        return f"{seen}; nothing else says its phase"
    if opinion.name == series.phase:
        return f"{seen}, too"
    return f"{seen}, but it is {series.phase}: {series.phase_reason}"


def _pixel_phase_json(opinion: Phase | None) -> dict[str, str]:
    if opinion is None:
        return {}
    return {"pixel_phase": opinion.name, "pixel_phase_reason": opinion.reason}


def _suv_json(suv: SeriesSuv | SuvRefusal | None) -> dict[str, Any] | None:
    if suv is None:
        return None
    if isinstance(suv, SuvRefusal):
        return {"refused": suv.refused}
    answer: dict[str, Any] = suv.factors._asdict()
    if not suv.is_uniform:
        answer |= {"suvbw_factor": None, "sul_factor": None}
        answer["suvbw_factor_by_slice"] = list(suv.by_slice)
    return answer
