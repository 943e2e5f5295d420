"""What a synthetic patient is: the scanner's grid, the visits, the lesions' course."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.terms import LesionRole, NewLesions, Response

if TYPE_CHECKING:
    from numpy.typing import NDArray

PointLPS = tuple[float, float, float]
"""Patient coordinates x, y, z towards left, posterior, superior, mm."""


class LesionState(StrEnum):
    """What a reader should find of a lesion at a visit."""

    MEASURED = "measured"
    TOO_SMALL = "too_small"
    ABSENT = "absent"
    PRESENT = "present"
    NEW = "new"


@dataclass(frozen=True)
class Acquisition:
    """The grid of one series.

    Attributes
    ----------
    pixel_spacing_mm
        Distance between rows, between columns, mm.
    row_axis_lps, column_axis_lps
        Unit vectors along which the column index, and the row index, grow.
    center_lps
        Middle of the box of slices, mm.
    """

    rows: int
    columns: int
    slices: int
    pixel_spacing_mm: tuple[float, float]
    slice_spacing_mm: float
    slice_thickness_mm: float
    row_axis_lps: PointLPS = (1.0, 0.0, 0.0)
    column_axis_lps: PointLPS = (0.0, 1.0, 0.0)
    center_lps: PointLPS = (0.0, 0.0, 0.0)

    @property
    def normal_lps(self) -> PointLPS:
        """Direction in which the slices are counted."""
        x, y, z = np.cross(self.row_axis_lps, self.column_axis_lps).tolist()
        return (x, y, z)

    @property
    def steps_lps(self) -> NDArray[np.float64]:
        """Shape (3, 3): one step of slice, row and column index, mm."""
        spacing = (self.slice_spacing_mm, *self.pixel_spacing_mm)
        axes = (self.normal_lps, self.column_axis_lps, self.row_axis_lps)
        return np.array(axes) * np.array(spacing)[:, None]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows, columns."""
        return (self.slices, self.rows, self.columns)

    def slice_origin_lps(self, index: int) -> NDArray[np.float64]:
        """Return the centre of the first pixel of a slice, as in the file: shape (3,).

        Rounded to 0.00001 mm, so that the decimal string of the file is the number.
        """
        middle = (np.array(self.shape) - 1) / 2
        offset = (np.array((index, 0, 0)) - middle) @ self.steps_lps
        return np.round(np.array(self.center_lps) + offset, 5)


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid, given by its section with the axial plane through its centre.

    Attributes
    ----------
    long_mm, short_mm
        Axes (diameters) of that section, mm.
    height_mm
        Extent along the body axis, mm.
    angle_deg
        Direction of the long axis, from left (x) towards posterior (y).
    lean
        Shift of the centre of the axial sections in x and y for each mm along z. With
        it the six numbers describe every ellipsoid, however it is turned.
    """

    long_mm: float
    short_mm: float
    height_mm: float
    angle_deg: float = 0.0
    lean: tuple[float, float] = (0.0, 0.0)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Shape (3, 3): Q of the surface p' Q p = 1 around the centre, 1/mm²."""
        angle = np.deg2rad(self.angle_deg)
        along, across = self.long_mm / 2, self.short_mm / 2
        rows = np.array(
            [
                [np.cos(angle) / along, np.sin(angle) / along, 0.0],
                [-np.sin(angle) / across, np.cos(angle) / across, 0.0],
                [0.0, 0.0, 2.0 / self.height_mm],
            ]
        )
        shear = np.eye(3)
        shear[:2, 2] = -np.array(self.lean)
        whitening = rows @ shear
        return whitening.T @ whitening

    @property
    def volume_ml(self) -> float:
        """Volume, ml."""
        return float(np.pi / 6 * self.long_mm * self.short_mm * self.height_mm / 1000)


@dataclass(frozen=True)
class Stage:
    """One lesion at one visit: how it looks and what a reader should call it.

    Attributes
    ----------
    shape
        None where the lesion is gone.
    suv
        SUVbw of its inside on FDG-PET, g/ml.
    """

    state: LesionState
    shape: Ellipsoid | None = None
    suv: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LesionSpec:
    """One lesion and its course.

    Attributes
    ----------
    role
        The role that a reader should give it.
    course
        One stage for each visit, in their order; None before a new lesion comes.
    """

    lesion_id: str
    role: LesionRole
    organ: str
    site: str
    center_lps: PointLPS
    hu: float
    course: tuple[Stage | None, ...]
    nodal: bool = False


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The response at one visit, as the story of the patient tells it.

    Attributes
    ----------
    sum_mm
        Sum of diameters; None leaves it to the arithmetic of the lesions.
    target, non_target, new_lesions, overall
        None at baseline.
    """

    sum_mm: Decimal | None = None
    target: Response | None = None
    non_target: Response | None = None
    new_lesions: NewLesions | None = None
    overall: Response | None = None


@dataclass(frozen=True, kw_only=True)
class PhantomVisit:
    """One timepoint.

    Attributes
    ----------
    offset_lps
        How the patient lies against the scanner's axes at this visit, mm.
    has_pet
        Whether the visit is a PET/CT.
    overall, liver
        Expected response for the whole patient, and for the liver.
    """

    timepoint_id: str
    date: dt.date
    label: str
    overall: Expected = Expected()
    liver: Expected = Expected()
    offset_lps: PointLPS = (0.0, 0.0, 0.0)
    has_pet: bool = False


@dataclass(frozen=True, kw_only=True)
class PatientSpec:
    """All that makes a synthetic patient; equal specs give equal bytes.

    Attributes
    ----------
    subject_id
        PatientID in the files.
    reference_date
        Day 0, the date of treatment.
    noise_hu
        Standard deviation of the CT noise, HU.
    """

    subject_id: str
    seed: int
    sex: str
    birth_date: dt.date
    weight_kg: float
    height_m: float
    reference_date: dt.date
    ct: Acquisition
    visits: tuple[PhantomVisit, ...]
    lesions: tuple[LesionSpec, ...]
    pet: Acquisition | None = None
    noise_hu: float = 11.0

    def __post_init__(self) -> None:
        for lesion in self.lesions:
            if len(lesion.course) != len(self.visits):
                msg = f"{lesion.lesion_id}: one stage for each visit is needed"
                raise ValueError(msg)
        if self.pet is None and any(visit.has_pet for visit in self.visits):
            msg = "a visit has PET, but the patient has no PET acquisition"
            raise ValueError(msg)
