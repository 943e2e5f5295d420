"""An image series in memory, with its honest geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.terms import WarningCode


class GeometryWarning(NamedTuple):
    """What is not regular about a series: a code for programs, a text for people."""

    code: WarningCode
    text: str


@dataclass(frozen=True, eq=False)
class Volume:
    """The slices of one series, sorted by position along their normal.

    Every slice keeps its own position, so in-plane measuring stays right where the
    stack is tilted or has gaps; what would lie there (`affine_lps`) is refused.

    Attributes
    ----------
    voxels
        Shape (slice, row, column): int16 HU for CT, float32 SUV or rescaled for PET.
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
    units
        ``HU``, ``SUVbw`` or the words of the file.
    sop_instance_uids
        One for each slice.
    warnings
        What is not regular about the series.
    suv_refused
        Why a PET series is not in SUV; empty where it is, or is no PET.
    """

    voxels: NDArray[np.int16] | NDArray[np.float32]
    slice_origins_lps: NDArray[np.float64]
    row_axis_lps: NDArray[np.float64]
    column_axis_lps: NDArray[np.float64]
    pixel_spacing_mm: tuple[float, float] | None
    slice_spacing_mm: float | None
    slice_thickness_mm: float | None
    units: str
    modality: str
    sop_instance_uids: tuple[str, ...]
    series_instance_uid: str
    study_instance_uid: str
    frame_of_reference_uid: str
    warnings: tuple[GeometryWarning, ...] = ()
    suv_refused: str = ""

    @property
    def is_regular(self) -> bool:
        """Whether the slices form one box with even spacing and no shear."""
        return self.slice_spacing_mm is not None and self.pixel_spacing_mm is not None

    @property
    def affine_lps(self) -> NDArray[np.float64]:
        """Map (slice, row, column, 1) to patient LPS in mm; shape (4, 4).

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
        rows_mm, columns_mm = self.pixel_spacing_mm
        normal = np.cross(self.row_axis_lps, self.column_axis_lps)
        affine = np.eye(4)
        affine[:3, 0] = normal * self.slice_spacing_mm
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
