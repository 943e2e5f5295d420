"""Where the pixels of a series lie in the patient, without the pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.terms import WarningCode

SAME_MM: Final = 0.01
"""Two grids are one where no pixel lies further apart."""

OFF_GRID: Final = 0.05
"""Of the spacing: so far slices may lie from an even grid; or, where that is less …"""
OFF_GRID_MM: Final = 0.06
"""… so far: positions are rounded to 0.1 mm, so that two are 0.05 mm off each."""


class GeometryWarning(NamedTuple):
    """What is not regular about a series: a code for programs, a text for people."""

    code: WarningCode
    text: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """The geometry of a series: slices sorted by position along their normal.

    Every slice keeps its own position, so in-plane measuring stays right where the
    stack is tilted or has gaps; what would lie there (`affine_lps`) is refused.

    Attributes
    ----------
    shape
        Slices, rows, columns.
    slice_origins_lps
        Shape (slices, 3): centre of the first pixel of each slice, mm.
    row_axis_lps, column_axis_lps
        Unit vectors, shape (3,): the direction in which the column index grows (along
        a row), and the one in which the row index grows (along a column).
    pixel_spacing_mm
        Distance between rows, between columns, mm; None where the file does not say.
    slice_spacing_mm
        Distance between slices along the normal, mm; None unless it is one number.
    slice_thickness_mm
        Nominal thickness; None where unknown.
    frame_of_reference_uid
        Empty where the file does not say, as in NIfTI.
    warnings
        What is not regular about the series.
    """

    shape: tuple[int, int, int]
    slice_origins_lps: NDArray[np.float64]
    row_axis_lps: NDArray[np.float64]
    column_axis_lps: NDArray[np.float64]
    pixel_spacing_mm: tuple[float, float] | None
    slice_spacing_mm: float | None
    slice_thickness_mm: float | None = None
    frame_of_reference_uid: str = ""
    warnings: tuple[GeometryWarning, ...] = ()

    @property
    def normal_lps(self) -> NDArray[np.float64]:
        """Unit vector across the slices, shape (3,): the order of the slices."""
        return np.cross(self.row_axis_lps, self.column_axis_lps)

    @property
    def is_regular(self) -> bool:
        """Whether the slices form one box with even spacing and no shear."""
        return self.slice_spacing_mm is not None and self.pixel_spacing_mm is not None

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between slices, rows, columns, mm.

        Raises
        ------
        GeometryError
            If the slices are not one regular volume.
        """
        if self.slice_spacing_mm is None or self.pixel_spacing_mm is None:
            codes = ", ".join(str(warning.code) for warning in self.warnings)
            raise GeometryError.at(
                f"series of {len(self.slice_origins_lps)} slices",
                f"not one regular volume ({codes or 'spacing unknown'})",
                "Measure in the plane of its slices only",
            )
        return (self.slice_spacing_mm, *self.pixel_spacing_mm)

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel, ml; refused as `spacing_mm` is."""
        slices_mm, rows_mm, columns_mm = self.spacing_mm
        return slices_mm * rows_mm * columns_mm / 1000

    @property
    def affine_lps(self) -> NDArray[np.float64]:
        """Map (slice, row, column, 1) to patient LPS in mm; shape (4, 4).

        Raises
        ------
        GeometryError
            If the slices are not one regular volume.
        """
        slices_mm, rows_mm, columns_mm = self.spacing_mm
        affine = np.eye(4)
        affine[:3, 0] = self.normal_lps * slices_mm
        affine[:3, 1] = self.column_axis_lps * rows_mm
        affine[:3, 2] = self.row_axis_lps * columns_mm
        affine[:3, 3] = self.slice_origins_lps[0]
        return affine

    def pixel_to_lps(
        self, slice_index: int, rows_columns: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return patient coordinates of points of one slice.

        Parameters
        ----------
        slice_index
            Which slice; its own position is used, whatever the others'.
        rows_columns
            Shape (points, 2): row, column, fractions allowed.

        Returns
        -------
        Array of shape (points, 3), mm.

        Raises
        ------
        GeometryError
            If the pixel spacing is unknown.
        """
        rows_mm, columns_mm = self.require_pixel_spacing()
        points = np.asarray(rows_columns, dtype=np.float64)
        return (
            self.slice_origins_lps[slice_index]
            + points[:, :1] * rows_mm * self.column_axis_lps
            + points[:, 1:] * columns_mm * self.row_axis_lps
        )

    def lps_to_pixel(
        self, slice_index: int, points_lps: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return row, column of patient points projected onto one slice.

        The inverse of `pixel_to_lps`; shape (points, 3) to (points, 2).
        """
        rows_mm, columns_mm = self.require_pixel_spacing()
        offset = np.asarray(points_lps, dtype=np.float64)
        offset = offset - self.slice_origins_lps[slice_index]
        return np.column_stack(
            (
                offset @ self.column_axis_lps / rows_mm,
                offset @ self.row_axis_lps / columns_mm,
            )
        )

    def require_pixel_spacing(self) -> tuple[float, float]:
        """Return distance between rows, between columns, mm, or refuse.

        Raises
        ------
        GeometryError
            If the files do not give PixelSpacing; 1 mm is never assumed.
        """
        if self.pixel_spacing_mm is None:
            raise GeometryError.at(
                "series",
                "PixelSpacing (0028,0030) is missing, so lengths are unknown",
                "Ask for the original series",
            )
        return self.pixel_spacing_mm

    def require_steps_mm(self) -> tuple[float, float, float]:
        """Return how far apart slices, rows and columns are, mm, or refuse.

        Slices that are no regular volume are told apart, not measured across: 1.

        Raises
        ------
        GeometryError
            As `require_pixel_spacing`.
        """
        return (self.slice_spacing_mm or 1.0, *self.require_pixel_spacing())

    def require_same(self, other: Grid, what: str = "mask") -> None:
        """Refuse unless every pixel lies where it lies on the other grid.

        Parameters
        ----------
        other
            The grid of the image.
        what
            What lies on this grid, for the message.

        Raises
        ------
        GeometryError
            If the frame of reference, the number of pixels or their places differ. A
            frame of reference that is unknown differs from none.
        """
        frames = {self.frame_of_reference_uid, other.frame_of_reference_uid} - {""}
        if len(frames) > 1:
            raise GeometryError.at(
                what,
                "its frame of reference is not that of the image",
                "Choose the series on which it was drawn",
            )
        if self.shape != other.shape:
            raise GeometryError.at(
                what,
                f"it has {by(self.shape)} voxels (slices × rows × columns), the image "
                f"has {by(other.shape)}",
                "Choose the series on which it was drawn",
            )
        apart_mm = np.abs(self._corners_lps() - other._corners_lps()).max(initial=0.0)
        if apart_mm > SAME_MM:
            raise GeometryError.at(
                what,
                f"its voxels lie up to {apart_mm:.3g} mm from those of the image",
                "Choose the series on which it was drawn",
            )

    def _corners_lps(self) -> NDArray[np.float64]:
        """Return the four corners of every slice, shape (4 · slices, 3), mm."""
        _, rows, columns = self.shape
        corners = np.array(
            [(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)], float
        )
        return np.concatenate(
            [self.pixel_to_lps(index, corners) for index in range(self.shape[0])]
        )


def is_even(places: NDArray[np.float64], spacing: float) -> bool:
    """Whether no slice lies too far from a grid of even steps.

    Scanners that move the table bed by bed round its place: gaps at the borders of beds
    are then not those within one, though no slice lies off by more than the rounding.

    Parameters
    ----------
    places
        How far each slice lies from its place on the grid, mm.
    spacing
        The step of the grid, mm.
    """
    steps = np.arange(len(places)) - (len(places) - 1) / 2
    # the first and the last are rounded too: the grid is the one that fits best
    slope = float(steps @ places) / max(float(steps @ steps), 1.0)
    off = np.ptp(places - slope * steps) / 2
    return bool(off <= max(OFF_GRID * spacing, OFF_GRID_MM))


def by(shape: tuple[int, ...]) -> str:
    """Return the size of an array for a message: ``41 × 512 × 512``."""
    return " × ".join(map(str, shape))
