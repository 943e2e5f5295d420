"""Ready-made patients and the story of their disease.

Two liver targets and one liver non-target, a lung nodule and a para-aortic node as
targets, a portal node as non-target. Radioembolisation is given twelve days after
baseline. The liver responds and keeps its response; at the last visit a new lung nodule
comes, so that the whole patient progresses while the liver is in partial response.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from decimal import Decimal

from recist_tool.phantom.spec import (
    Acquisition,
    Ellipsoid,
    Expected,
    LesionSpec,
    LesionState,
    PatientSpec,
    PhantomVisit,
    Stage,
)
from recist_tool.terms import LIVER, LYMPH_NODE, LesionRole, NewLesions, Response

_CR, _PR, _SD, _PD = Response.CR, Response.PR, Response.SD, Response.PD
_NON_CR = Response.NON_CR_NON_PD
_NO, _YES = NewLesions.NO, NewLesions.YES


def _answer(
    sum_mm: str,
    target: Response,
    non_target: Response,
    new_lesions: NewLesions,
    overall: Response,
) -> Expected:
    return Expected(
        sum_mm=Decimal(sum_mm),
        target=target,
        non_target=non_target,
        new_lesions=new_lesions,
        overall=overall,
    )


# fmt: off
_VISITS = (
    PhantomVisit(timepoint_id="BL", date=dt.date(2024, 3, 6), label="Baseline",
          overall=Expected(sum_mm=Decimal("140.0")),
          liver=Expected(sum_mm=Decimal("103.0")),
          has_pet=True),
    PhantomVisit(timepoint_id="TP1", date=dt.date(2024, 5, 13), label="8 weeks",
          overall=_answer("122.0", _SD, _NON_CR, _NO, _SD),
          liver=_answer("89.0", _SD, _NON_CR, _NO, _SD), offset_lps=(4.0, -3.0, 5.0)),
    PhantomVisit(timepoint_id="TP2", date=dt.date(2024, 7, 8), label="16 weeks",
          overall=_answer("93.0", _PR, _NON_CR, _NO, _PR),
          liver=_answer("64.0", _PR, _CR, _NO, _PR), offset_lps=(-3.0, 2.0, -5.0),
          has_pet=True),
    PhantomVisit(timepoint_id="TP3", date=dt.date(2024, 9, 2), label="24 weeks",
          overall=_answer("68.0", _PR, _NON_CR, _YES, _PD),
          liver=_answer("38.0", _PR, _CR, _NO, _PR), offset_lps=(2.0, 4.0, 10.0)),
)

_MEASURED, _TOO_SMALL = LesionState.MEASURED, LesionState.TOO_SMALL
_PRESENT, _NEW = LesionState.PRESENT, LesionState.NEW
_ABSENT = Stage(LesionState.ABSENT)

_LESIONS = (
    LesionSpec(
        lesion_id="T1", role=LesionRole.TARGET, organ=LIVER, site="segment VIII",
        center_lps=(-88.0, -8.0, 25.0), hu=66.0, course=(
            Stage(_MEASURED, Ellipsoid(62, 47, 50, 35, (0.25, -0.15)), 9.5),
            Stage(_MEASURED, Ellipsoid(54, 42, 46, 30, (0.25, -0.15)), 7.0),
            Stage(_MEASURED, Ellipsoid(40, 33, 38, 75, (0.15, 0.10)), 4.2),
            Stage(_MEASURED, Ellipsoid(33, 27, 32, 80, (0.15, 0.10)), 3.8),
        )),
    LesionSpec(
        lesion_id="T2", role=LesionRole.TARGET, organ=LIVER, site="segment IVb",
        center_lps=(-24.0, -54.0, 20.0), hu=62.0, course=(
            Stage(_MEASURED, Ellipsoid(41, 30, 36, -20, (-0.30, 0.10)), 8.0),
            Stage(_MEASURED, Ellipsoid(35, 26, 30, -20, (-0.30, 0.10)), 6.0),
            Stage(_MEASURED, Ellipsoid(24, 19, 22, -15, (-0.20, 0.10)), 3.6),
            Stage(_TOO_SMALL, Ellipsoid(4, 3.5, 6), 2.4),
        )),
    LesionSpec(
        lesion_id="T3", role=LesionRole.TARGET, organ="lung", site="right lower lobe",
        center_lps=(-84.0, 45.0, 75.0), hu=42.0, course=(
            Stage(_MEASURED, Ellipsoid(18, 15, 19, 50, (0.20, 0.20)), 5.5),
            Stage(_MEASURED, Ellipsoid(16, 13, 17, 50, (0.20, 0.20)), 4.8),
            Stage(_MEASURED, Ellipsoid(16, 14, 17, 45, (0.20, 0.20)), 4.6),
            Stage(_MEASURED, Ellipsoid(21, 17, 22, 45, (0.20, 0.20)), 6.0),
        )),
    LesionSpec(
        lesion_id="T4", role=LesionRole.TARGET, organ=LYMPH_NODE,
        site="left para-aortic", center_lps=(35.0, 7.0, -75.0), hu=88.0, course=(
            Stage(_MEASURED, Ellipsoid(27, 19, 34, 70, (0.05, 0.10)), 6.5),
            Stage(_MEASURED, Ellipsoid(25, 17, 31, 70, (0.05, 0.10)), 5.2),
            Stage(_MEASURED, Ellipsoid(20, 13, 26, 70, (0.05, 0.10)), 3.0),
            Stage(_MEASURED, Ellipsoid(16, 9, 22, 70, (0.05, 0.10)), 2.0),
        ), nodal=True),
    LesionSpec(
        lesion_id="NT1", role=LesionRole.NON_TARGET, organ=LIVER, site="segment VI",
        center_lps=(-108.0, -4.0, -45.0), hu=68.0, course=(
            Stage(_PRESENT, Ellipsoid(17, 14, 18, 10, (0.10, 0.0)), 5.5),
            Stage(_PRESENT, Ellipsoid(11, 9, 12, 10, (0.10, 0.0)), 3.8),
            _ABSENT,
            _ABSENT,
        )),
    LesionSpec(
        lesion_id="NT2", role=LesionRole.NON_TARGET, organ=LYMPH_NODE,
        site="portocaval", center_lps=(-34.0, -2.0, -20.0), hu=84.0, course=(
            Stage(_PRESENT, Ellipsoid(19, 13, 20, -25, (0.0, 0.10)), 4.5),
            Stage(_PRESENT, Ellipsoid(18, 12, 19, -25, (0.0, 0.10)), 4.0),
            Stage(_PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
            Stage(_PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
        ), nodal=True),
    LesionSpec(
        lesion_id="NL1", role=LesionRole.NEW, organ="lung", site="left lower lobe",
        center_lps=(92.0, 40.0, 85.0), hu=40.0, course=(
            None,
            None,
            None,
            Stage(_NEW, Ellipsoid(14, 12, 15, 20, (0.10, 0.0)), 4.5),
        )),
)
# fmt: on

_CT = Acquisition(
    256,
    256,
    slices=80,
    pixel_spacing_mm=(1.5, 1.5),
    slice_spacing_mm=5.0,
    slice_thickness_mm=5.0,
    center_lps=(0.0, 22.0, -77.5),
)
_PET = Acquisition(
    128,
    128,
    slices=80,
    pixel_spacing_mm=(4.0, 4.0),
    slice_spacing_mm=5.0,
    slice_thickness_mm=5.0,
    center_lps=(0.0, 22.0, -77.5),
)

DEMO_PATIENT = PatientSpec(
    subject_id="SYN-001",
    seed=1,
    sex="F",
    birth_date=dt.date(1961, 4, 12),
    weight_kg=68.0,
    height_m=1.66,
    reference_date=dt.date(2024, 3, 18),
    ct=_CT,
    visits=_VISITS,
    lesions=_LESIONS,
    pet=_PET,
)


def _variant(
    number: str, ct: Acquisition, pet: Acquisition | None = None
) -> PatientSpec:
    """Return the demo patient on another grid; sums follow from its sections."""
    visits = tuple(
        replace(
            visit,
            overall=replace(visit.overall, sum_mm=None),
            liver=replace(visit.liver, sum_mm=None),
            has_pet=visit.has_pet and pet is not None,
        )
        for visit in _VISITS
    )
    return replace(
        DEMO_PATIENT, subject_id=f"SYN-{number}", ct=ct, pet=pet, visits=visits
    )


def _tilted(grid: Acquisition, about_x_deg: float, about_z_deg: float) -> Acquisition:
    """Return an axial grid turned as a whole, its axes still at right angles."""
    a, b = math.radians(about_x_deg), math.radians(about_z_deg)
    row = (math.cos(b), math.sin(b), 0.0)
    column = (-math.sin(b) * math.cos(a), math.cos(b) * math.cos(a), math.sin(a))
    return replace(grid, row_axis_lps=_rounded(row), column_axis_lps=_rounded(column))


def _rounded(axis: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return an axis as its decimal strings say it."""
    x, y, z = (round(part, 10) for part in axis)
    return (x, y, z)


def _kept(spec: PatientSpec, number: str, timepoints: tuple[str, ...]) -> PatientSpec:
    """Return a patient with some of the visits only."""
    numbers = [
        index
        for index, visit in enumerate(spec.visits)
        if visit.timepoint_id in timepoints
    ]
    lesions = tuple(
        replace(lesion, course=tuple(lesion.course[index] for index in numbers))
        for lesion in spec.lesions
        if any(lesion.course[index] is not None for index in numbers)
    )
    visits = tuple(spec.visits[index] for index in numbers)
    return replace(spec, subject_id=f"SYN-{number}", visits=visits, lesions=lesions)


NON_SQUARE_PATIENT = _variant(
    "002", replace(_CT, rows=200, columns=320, pixel_spacing_mm=(1.8, 1.2))
)
"""Rows further apart than columns."""

OBLIQUE_PATIENT = _variant("003", _tilted(_CT, 14.0, 9.0))
"""Slices neither axial, sagittal nor coronal, at right angles to their stack."""

_SAGITTAL = _variant(
    "004",
    Acquisition(
        200, 160, slices=90, pixel_spacing_mm=(2.0, 1.75), slice_spacing_mm=4.0,
        slice_thickness_mm=4.0, row_axis_lps=(0.0, 1.0, 0.0),
        column_axis_lps=(0.0, 0.0, -1.0),
        center_lps=(0.0, 22.0, -77.0),
    ),
)  # fmt: skip

SAGITTAL_PATIENT = replace(
    _SAGITTAL,
    visits=tuple(
        visit
        if visit.timepoint_id != "TP2"
        else replace(
            visit,
            overall=Expected(
                sum_mm=None,
                target=_SD,
                non_target=_NON_CR,
                new_lesions=_NO,
                overall=_SD,
            ),
        )
        for visit in _SAGITTAL.visits
    ),
)
"""In this plane the node shrinks less, and the sum at TP2 falls by 26.8 %: SD."""

CORONAL_PATIENT = _variant(
    "005",
    Acquisition(
        200, 192, slices=66, pixel_spacing_mm=(2.0, 2.0), slice_spacing_mm=4.0,
        slice_thickness_mm=4.0, row_axis_lps=(1.0, 0.0, 0.0),
        column_axis_lps=(0.0, 0.0, -1.0),
        center_lps=(0.0, 12.0, -77.0),
    ),
)  # fmt: skip

THIN_PATIENT = _variant(
    "006", replace(_CT, slices=160, slice_spacing_mm=2.5, slice_thickness_mm=2.5)
)
"""Slices of 2.5 mm."""

_SMALL_CT = Acquisition(
    128,
    128,
    slices=40,
    pixel_spacing_mm=(2.75, 2.75),
    slice_spacing_mm=5.0,
    slice_thickness_mm=5.0,
    center_lps=(0.0, 4.0, 2.5),
)
_SMALL_PET = Acquisition(
    64,
    64,
    slices=40,
    pixel_spacing_mm=(5.5, 5.5),
    slice_spacing_mm=5.0,
    slice_thickness_mm=5.0,
    center_lps=(0.0, 4.0, 2.5),
)

SMALL_PATIENT = replace(
    DEMO_PATIENT, subject_id="SYN-007", ct=_SMALL_CT, pet=_SMALL_PET
)
"""The demo patient on a coarse grid: quick to make."""

# fmt: off
READING_PATIENT = PatientSpec(
    subject_id="SYN-008",
    seed=8,
    sex="M",
    birth_date=dt.date(1957, 9, 30),
    weight_kg=81.0,
    height_m=1.78,
    reference_date=dt.date(2024, 3, 18),
    ct=Acquisition(
        256, 256, slices=40, pixel_spacing_mm=(1.4, 1.4), slice_spacing_mm=5.0,
        slice_thickness_mm=5.0, center_lps=(0.0, 4.0, 2.5)
    ),
    pet=Acquisition(
        96, 96, slices=40, pixel_spacing_mm=(4.0, 4.0), slice_spacing_mm=5.0,
        slice_thickness_mm=5.0, center_lps=(0.0, 4.0, 2.5)
    ),
    visits=(
        PhantomVisit(timepoint_id="BL", date=dt.date(2024, 3, 6), label="Baseline",
              overall=Expected(sum_mm=Decimal("144.0")),
              liver=Expected(sum_mm=Decimal("86.0")),
              has_pet=True),
        PhantomVisit(timepoint_id="TP1", date=dt.date(2024, 5, 13), label="8 weeks",
              overall=_answer("123.0", _SD, _NON_CR, _NO, _SD),
              liver=_answer("72.0", _SD, _NON_CR, _NO, _SD),
              offset_lps=(4.0, -3.0, 5.0)),
        PhantomVisit(timepoint_id="TP2", date=dt.date(2024, 7, 8), label="16 weeks",
              overall=_answer("91.0", _PR, _NON_CR, _NO, _PR),
              liver=_answer("49.0", _PR, _NON_CR, _NO, _PR),
              offset_lps=(-3.0, 2.0, -5.0)),
        PhantomVisit(timepoint_id="TP3", date=dt.date(2024, 9, 2), label="24 weeks",
              overall=_answer("60.0", _PR, _NON_CR, _YES, _PD),
              liver=_answer("31.0", _PR, _NON_CR, _YES, _PD),
              offset_lps=(2.0, 4.0, 10.0)),
    ),
    lesions=(
        LesionSpec(
            lesion_id="T1", role=LesionRole.TARGET, organ=LIVER, site="segment VIII",
            center_lps=(-88.0, -8.0, 25.0), hu=66.0, course=(
                Stage(_MEASURED, Ellipsoid(52, 41, 46, 30, (0.20, -0.10)), 9.0),
                Stage(_MEASURED, Ellipsoid(44, 36, 40, 30, (0.20, -0.10)), 6.5),
                Stage(_MEASURED, Ellipsoid(31, 26, 30, 55, (0.15, 0.10)), 4.0),
                Stage(_MEASURED, Ellipsoid(26, 21, 25, 60, (0.15, 0.10)), 3.6),
            )),
        LesionSpec(
            lesion_id="T2", role=LesionRole.TARGET, organ=LIVER, site="segment IVb",
            center_lps=(-24.0, -54.0, 20.0), hu=64.0, course=(
                Stage(_MEASURED, Ellipsoid(34, 27, 31, -20, (-0.20, 0.10)), 7.5),
                Stage(_MEASURED, Ellipsoid(28, 22, 26, -20, (-0.20, 0.10)), 5.5),
                Stage(_MEASURED, Ellipsoid(18, 15, 18, -15, (-0.20, 0.10)), 3.4),
                Stage(_TOO_SMALL, Ellipsoid(4, 3.5, 6), 2.4),
            )),
        LesionSpec(
            lesion_id="T3", role=LesionRole.TARGET, organ="lung",
            site="right lower lobe", center_lps=(-84.0, 45.0, 75.0), hu=42.0, course=(
                Stage(_MEASURED, Ellipsoid(22, 18, 21, 50, (0.20, 0.20)), 6.0),
                Stage(_MEASURED, Ellipsoid(19, 16, 19, 50, (0.20, 0.20)), 5.2),
                Stage(_MEASURED, Ellipsoid(17, 14, 17, 45, (0.20, 0.20)), 4.6),
                Stage(_MEASURED, Ellipsoid(20, 16, 19, 45, (0.20, 0.20)), 5.4),
            )),
        LesionSpec(
            lesion_id="T4", role=LesionRole.TARGET, organ="lung",
            site="left lower lobe", center_lps=(92.0, 40.0, 85.0), hu=40.0, course=(
                Stage(_MEASURED, Ellipsoid(15, 13, 16, 20, (0.10, 0.0)), 4.8),
                Stage(_MEASURED, Ellipsoid(13, 11, 14, 20, (0.10, 0.0)), 4.0),
                Stage(_MEASURED, Ellipsoid(11, 9, 12, 20, (0.10, 0.0)), 3.2),
                _ABSENT,
            )),
        LesionSpec(
            lesion_id="T5", role=LesionRole.TARGET, organ=LYMPH_NODE,
            site="left para-aortic", center_lps=(35.0, 7.0, -75.0), hu=88.0, course=(
                Stage(_MEASURED, Ellipsoid(30, 21, 36, 70, (0.05, 0.10)), 7.0),
                Stage(_MEASURED, Ellipsoid(27, 19, 32, 70, (0.05, 0.10)), 5.6),
                Stage(_MEASURED, Ellipsoid(21, 14, 26, 70, (0.05, 0.10)), 3.2),
                Stage(_MEASURED, Ellipsoid(16, 9, 22, 70, (0.05, 0.10)), 2.0),
            ), nodal=True),
        LesionSpec(
            lesion_id="NT1", role=LesionRole.NON_TARGET, organ=LYMPH_NODE,
            site="portocaval",
            center_lps=(-34.0, -2.0, -20.0), hu=84.0, course=(
                Stage(_PRESENT, Ellipsoid(19, 13, 20, -25, (0.0, 0.10)), 4.5),
                Stage(_PRESENT, Ellipsoid(18, 12, 19, -25, (0.0, 0.10)), 4.0),
                Stage(_PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
                Stage(_PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
            ), nodal=True),
        LesionSpec(
            lesion_id="NT2", role=LesionRole.NON_TARGET, organ=LIVER,
            site="segment VI", center_lps=(-108.0, -4.0, -45.0), hu=68.0, course=(
                Stage(_PRESENT, Ellipsoid(17, 14, 18, 10, (0.10, 0.0)), 5.5),
                Stage(_PRESENT, Ellipsoid(11, 9, 12, 10, (0.10, 0.0)), 3.8),
                _ABSENT,
                _ABSENT,
            )),
        LesionSpec(
            lesion_id="NT3", role=LesionRole.NON_TARGET, organ=LIVER,
            site="segment VII", center_lps=(-90.0, 35.0, 30.0), hu=66.0, course=(
                Stage(_PRESENT, Ellipsoid(16, 13, 15, 40, (0.0, 0.10)), 5.0),
                Stage(_PRESENT, Ellipsoid(14, 12, 14, 40, (0.0, 0.10)), 4.4),
                Stage(_PRESENT, Ellipsoid(13, 11, 13, 40, (0.0, 0.10)), 4.0),
                Stage(_PRESENT, Ellipsoid(12, 10, 12, 40, (0.0, 0.10)), 3.8),
            )),
        LesionSpec(
            lesion_id="NL1", role=LesionRole.NEW, organ=LIVER, site="segment V",
            center_lps=(-98.0, -36.0, -20.0), hu=62.0, course=(
                None,
                None,
                None,
                Stage(_NEW, Ellipsoid(18, 15, 17, 25, (0.10, 0.0)), 6.0),
            )),
    ),
)
# fmt: on
"""Five targets, three non-targets, at the last visit a new lesion: a read to be timed.

Of the targets one becomes too small to measure and one goes; the new lesion lies in the
liver, so that both the patient and the liver progress.
"""

_SAMPLE_CT = replace(
    _SMALL_CT, rows=96, columns=96, slices=39, pixel_spacing_mm=(3.5, 3.5)
)

TOUR_PATIENT = _kept(
    replace(
        DEMO_PATIENT,
        visits=tuple(replace(visit, has_pet=False) for visit in _VISITS),
        pet=None,
    ),
    "TOUR",
    ("BL", "TP1"),
)
"""Two visits of the demo patient, CT only: made in seconds, for a first read."""

SAMPLE_PATIENTS = (
    _kept(
        replace(
            SMALL_PATIENT,
            ct=replace(_SAMPLE_CT, center_lps=(0.0, 4.0, 5.0)),
            pet=Acquisition(
                48,
                48,
                slices=39,
                pixel_spacing_mm=(7.5, 7.5),
                slice_spacing_mm=5.0,
                slice_thickness_mm=5.0,
                center_lps=(0.0, 4.0, 5.0),
            ),
        ),
        "101",
        ("BL", "TP3"),
    ),
    _kept(_variant("102", _tilted(_SAMPLE_CT, 14.0, 9.0)), "102", ("BL",)),
    _kept(
        _variant("103", replace(_SAMPLE_CT, rows=70, pixel_spacing_mm=(4.0, 3.5))),
        "103",
        ("BL",),
    ),
)
"""The small series that are committed in ``test_images``."""

PATIENTS = {
    spec.subject_id: spec
    for spec in (
        DEMO_PATIENT,
        NON_SQUARE_PATIENT,
        OBLIQUE_PATIENT,
        SAGITTAL_PATIENT,
        CORONAL_PATIENT,
        THIN_PATIENT,
        SMALL_PATIENT,
        TOUR_PATIENT,
        READING_PATIENT,
        *SAMPLE_PATIENTS,
    )
}
"""All ready-made patients by subject_id."""
