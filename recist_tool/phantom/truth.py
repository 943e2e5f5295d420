"""What is true of a synthetic patient: the answers a tool should find."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from recist_tool.model.record import Record
from recist_tool.phantom.section import Section, best_section, pixels
from recist_tool.phantom.spec import LesionState, PointLPS
from recist_tool.terms import LIVER, LesionRole, NewLesions, Response, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from recist_tool.phantom.spec import (
        Acquisition,
        Expected,
        LesionSpec,
        PatientSpec,
        PhantomVisit,
        Stage,
    )

EndsLPS = tuple[PointLPS, PointLPS]
EndsPixel = tuple[tuple[float, float], tuple[float, float]]

_NAMESPACE = uuid.UUID("6d5b2f4e-0c1a-5e57-9d3c-8f0a4b7e2c11")


def uid(*names: object) -> str:
    """Return a UID under 2.25 (ITU-T X.667) that depends on the names alone."""
    text = "/".join(str(name) for name in names)
    return f"2.25.{uuid.uuid5(_NAMESPACE, text).int}"


def study_uid(spec: PatientSpec, visit: PhantomVisit) -> str:
    """Return the Study Instance UID of a visit."""
    return uid(spec.subject_id, spec.seed, visit.timepoint_id)


def frame_uid(spec: PatientSpec, visit: PhantomVisit) -> str:
    """Return the Frame of Reference UID that all series of a visit share."""
    return uid(spec.subject_id, spec.seed, visit.timepoint_id, "frame")


def instance_uid(
    spec: PatientSpec, visit: PhantomVisit, modality: str, index: int
) -> str:
    """Return the SOP Instance UID of one slice.

    Parameters
    ----------
    modality
        ``CT`` or ``PT``.
    index
        Of the slice, from 0.
    """
    return uid(spec.subject_id, spec.seed, visit.timepoint_id, modality, index)


class CaliperTruth(Record):
    """The two axes of a lesion where it is longest in the plane of a slice.

    Attributes
    ----------
    slice_index
        From 0 in the order of position along the normal (axial: from the feet).
    instance_number
        As in the file.
    long_axis_mm, short_axis_mm
        Of the ellipse in which the middle plane of that slice cuts the lesion.
    long_ends_lps, short_ends_lps
        mm.
    long_ends_pixel, short_ends_pixel
        Column, row; (0, 0) is the centre of the first pixel.
    """

    slice_index: int
    instance_number: int
    sop_instance_uid: str
    long_axis_mm: float
    short_axis_mm: float
    long_ends_lps: EndsLPS
    short_ends_lps: EndsLPS
    long_ends_pixel: EndsPixel
    short_ends_pixel: EndsPixel


class LesionTruth(Record):
    """One lesion at one visit.

    Attributes
    ----------
    counted_mm
        What enters the sum of diameters, mm; None for lesions that are not targets.
    caliper
        None where the lesion is gone.
    volume_ml
        Of the whole ellipsoid.
    suv
        SUVbw inside on the PET of the visit, g/ml; None without PET or lesion.
    """

    lesion_id: str
    role: LesionRole
    organ: str
    site: str
    nodal: bool
    state: LesionState
    counted_mm: Decimal | None
    caliper: CaliperTruth | None
    center_lps: PointLPS
    volume_ml: float
    suv: float | None

    @property
    def hepatic(self) -> bool:
        """Whether the lesion counts for the liver-specific response."""
        return self.organ == LIVER and not self.nodal


class SeriesTruth(Record):
    """One series as written."""

    modality: str
    folder: str
    series_instance_uid: str
    description: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    slice_thickness_mm: float
    origin_lps: PointLPS
    row_axis_lps: PointLPS
    column_axis_lps: PointLPS


class ResponseTruth(Record):
    """The expected answer at one visit for one scope; None where it is baseline."""

    sum_mm: Decimal
    target: Response | None
    non_target: Response | None
    new_lesions: NewLesions | None
    overall: Response | None


class TimepointTruth(Record):
    """One visit: its series, its lesions, its answers."""

    timepoint_id: str
    date: dt.date
    label: str
    study_instance_uid: str
    frame_of_reference_uid: str
    series: tuple[SeriesTruth, ...]
    lesions: tuple[LesionTruth, ...]
    expected: dict[Scope, ResponseTruth]

    def lesion(self, lesion_id: str) -> LesionTruth | None:
        """Return one lesion, or None where it has not come yet."""
        return next((one for one in self.lesions if one.lesion_id == lesion_id), None)


class Truth(Record):
    """All answers of one synthetic patient."""

    subject_id: str
    reference_date: dt.date
    timepoints: tuple[TimepointTruth, ...]

    def timepoint(self, timepoint_id: str) -> TimepointTruth | None:
        """Return one visit, or None."""
        return next(
            (one for one in self.timepoints if one.timepoint_id == timepoint_id), None
        )


def truth(spec: PatientSpec) -> Truth:
    """Return what is true of a patient, without writing files."""
    return Truth(
        subject_id=spec.subject_id,
        reference_date=spec.reference_date,
        timepoints=tuple(
            _timepoint(spec, number) for number in range(len(spec.visits))
        ),
    )


def series_of(spec: PatientSpec, visit: PhantomVisit) -> tuple[SeriesTruth, ...]:
    """Return the series of a visit, CT first."""
    phase = f"Portal venous {spec.ct.slice_thickness_mm:.1f}"
    found = [_series(spec, visit, "CT", (spec.ct, phase))]
    if visit.has_pet and spec.pet is not None:
        found.append(_series(spec, visit, "PT", (spec.pet, "PET FDG AC")))
    return tuple(found)


def _timepoint(spec: PatientSpec, number: int) -> TimepointTruth:
    visit = spec.visits[number]
    lesions = tuple(
        _lesion(spec, visit, lesion, stage)
        for lesion in spec.lesions
        if (stage := lesion.course[number]) is not None
    )
    return TimepointTruth(
        timepoint_id=visit.timepoint_id,
        date=visit.date,
        label=visit.label,
        study_instance_uid=study_uid(spec, visit),
        frame_of_reference_uid=frame_uid(spec, visit),
        series=series_of(spec, visit),
        lesions=lesions,
        expected={
            Scope.OVERALL: _response(visit.overall, lesions),
            Scope.LIVER: _response(
                visit.liver, tuple(one for one in lesions if one.hepatic)
            ),
        },
    )


def _response(answer: Expected, lesions: tuple[LesionTruth, ...]) -> ResponseTruth:
    total = sum((one.counted_mm or Decimal(0) for one in lesions), Decimal(0))
    return ResponseTruth(
        sum_mm=total if answer.sum_mm is None else answer.sum_mm,
        target=answer.target,
        non_target=answer.non_target,
        new_lesions=answer.new_lesions,
        overall=answer.overall,
    )


def _lesion(
    spec: PatientSpec, visit: PhantomVisit, lesion: LesionSpec, stage: Stage
) -> LesionTruth:
    center = _shifted(lesion.center_lps, visit.offset_lps)
    found = stage.shape and best_section(stage.shape, center, spec.ct)
    caliper = _caliper(spec, visit, found) if found else None
    return LesionTruth(
        lesion_id=lesion.lesion_id,
        role=lesion.role,
        organ=lesion.organ,
        site=lesion.site,
        nodal=lesion.nodal,
        state=stage.state,
        counted_mm=_counted_mm(lesion, stage, caliper),
        caliper=caliper,
        center_lps=center,
        volume_ml=round(stage.shape.volume_ml, 4) if stage.shape else 0.0,
        suv=stage.suv if visit.has_pet and stage.shape else None,
    )


def _counted_mm(
    lesion: LesionSpec, stage: Stage, caliper: CaliperTruth | None
) -> Decimal | None:
    """Return what Eisenhauer 2009, 4.3.2 puts into the sum, to 0.1 mm."""
    if lesion.role is not LesionRole.TARGET:
        return None
    if stage.state is LesionState.TOO_SMALL:
        return Decimal("5.0")
    if caliper is None:
        return Decimal("0.0")
    length = caliper.short_axis_mm if lesion.nodal else caliper.long_axis_mm
    return Decimal(f"{length:.1f}")


def _caliper(spec: PatientSpec, visit: PhantomVisit, found: Section) -> CaliperTruth:
    grid, index = spec.ct, found.slice_index
    return CaliperTruth(
        slice_index=index,
        instance_number=grid.slices - index,
        sop_instance_uid=instance_uid(spec, visit, "CT", index),
        long_axis_mm=round(found.long_axis_mm, 4),
        short_axis_mm=round(found.short_axis_mm, 4),
        long_ends_lps=_ends_lps(found.long_ends_lps),
        short_ends_lps=_ends_lps(found.short_ends_lps),
        long_ends_pixel=_ends_pixel(found.long_ends_lps, grid, index),
        short_ends_pixel=_ends_pixel(found.short_ends_lps, grid, index),
    )


def _series(
    spec: PatientSpec, visit: PhantomVisit, modality: str, what: tuple[Acquisition, str]
) -> SeriesTruth:
    grid, description = what
    x, y, z = grid.slice_origin_lps(0).tolist()
    return SeriesTruth(
        modality=modality,
        folder=f"{visit.timepoint_id}/{modality}",
        series_instance_uid=uid(
            spec.subject_id, spec.seed, visit.timepoint_id, modality
        ),
        description=description,
        shape=grid.shape,
        spacing_mm=(grid.slice_spacing_mm, *grid.pixel_spacing_mm),
        slice_thickness_mm=grid.slice_thickness_mm,
        origin_lps=(x, y, z),
        row_axis_lps=grid.row_axis_lps,
        column_axis_lps=grid.column_axis_lps,
    )


def _shifted(center: PointLPS, offset: PointLPS) -> PointLPS:
    x, y, z = (round(a + b, 6) for a, b in zip(center, offset, strict=True))
    return (x, y, z)


def _ends_lps(ends: NDArray[np.float64]) -> EndsLPS:
    (a, b, c), (d, e, f) = (ends.round(4) + 0.0).tolist()
    return ((a, b, c), (d, e, f))


def _ends_pixel(ends: NDArray[np.float64], grid: Acquisition, index: int) -> EndsPixel:
    (a, b), (c, d) = (pixels(ends, grid, index).round(4) + 0.0).tolist()
    return ((a, b), (c, d))
