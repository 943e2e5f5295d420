"""Ready-made patients: the demo patient on other grids, and small ones."""

from __future__ import annotations

import math
from dataclasses import replace

from recist_tool.phantom.course_words import NO, NON_CR, SD
from recist_tool.phantom.demo_patient import DEMO_PATIENT
from recist_tool.phantom.reading_patient import READING_PATIENT
from recist_tool.phantom.spec import Acquisition, Expected, PatientSpec


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
        for visit in DEMO_PATIENT.visits
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
    "002", replace(DEMO_PATIENT.ct, rows=200, columns=320, pixel_spacing_mm=(1.8, 1.2))
)
"""Rows further apart than columns."""

OBLIQUE_PATIENT = _variant("003", _tilted(DEMO_PATIENT.ct, 14.0, 9.0))
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
                target=SD,
                non_target=NON_CR,
                new_lesions=NO,
                overall=SD,
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
    "006",
    replace(DEMO_PATIENT.ct, slices=160, slice_spacing_mm=2.5, slice_thickness_mm=2.5),
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

_SAMPLE_CT = replace(
    _SMALL_CT, rows=96, columns=96, slices=39, pixel_spacing_mm=(3.5, 3.5)
)

TOUR_PATIENT = _kept(
    replace(
        DEMO_PATIENT,
        visits=tuple(replace(visit, has_pet=False) for visit in DEMO_PATIENT.visits),
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
