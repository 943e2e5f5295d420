"""Synthetic patients of known size, written as DICOM.

>>> from recist_tool.phantom import DEMO_PATIENT, truth
>>> truth(DEMO_PATIENT).timepoint("BL").lesion("T1").caliper.long_axis_mm
62.0
"""

from recist_tool.phantom.patients import (
    CORONAL_PATIENT,
    DEMO_PATIENT,
    NON_SQUARE_PATIENT,
    OBLIQUE_PATIENT,
    PATIENTS,
    READING_PATIENT,
    SAGITTAL_PATIENT,
    SAMPLE_PATIENTS,
    SMALL_PATIENT,
    THIN_PATIENT,
    TOUR_PATIENT,
)
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
from recist_tool.phantom.truth import (
    CaliperTruth,
    LesionTruth,
    ResponseTruth,
    SeriesTruth,
    TimepointTruth,
    Truth,
    truth,
)
from recist_tool.phantom.write import Progress, write_patient, write_samples

__all__ = [
    "Acquisition",
    "Expected",
    "CaliperTruth",
    "CORONAL_PATIENT",
    "DEMO_PATIENT",
    "Ellipsoid",
    "LesionSpec",
    "LesionTruth",
    "NON_SQUARE_PATIENT",
    "OBLIQUE_PATIENT",
    "PATIENTS",
    "PatientSpec",
    "Progress",
    "READING_PATIENT",
    "ResponseTruth",
    "SAGITTAL_PATIENT",
    "SAMPLE_PATIENTS",
    "SMALL_PATIENT",
    "SeriesTruth",
    "Stage",
    "LesionState",
    "THIN_PATIENT",
    "TOUR_PATIENT",
    "TimepointTruth",
    "Truth",
    "PhantomVisit",
    "truth",
    "write_patient",
    "write_samples",
]
