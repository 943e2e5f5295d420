"""What a reader probes on one image: values at a point, lengths, angles, regions.

Points are (row, column) of the image's own grid, as for calipers. A pixel is in a
region if its centre is; its area is that of the outline as drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import length_mm
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask.polygon import filled
from recist_tool.measure.mask.statistics import is_image, statistics
from recist_tool.measure.pet.peak import RADIUS_MM, mean_in_1_ml
from recist_tool.measure.pet.reference_region import LIVER_MM, Ball, placed
from recist_tool.terms import AnnotationKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Pixel, Spacing
    from recist_tool.measure.geometry.volume import Volume

    Floats = NDArray[np.float64]

CORNERS: Final = 720
"""Of the outline of an ellipse: half a degree from one to the next."""

SPHERES_MM: Final = {
    AnnotationKind.SPHERE_1_ML: RADIUS_MM,
    AnnotationKind.SPHERE_3_CM: LIVER_MM / 2,
}
"""Their radii."""


class Probed(NamedTuple):
    """What was probed.

    Attributes
    ----------
    figures
        By name: ``length_mm``, ``angle_deg``, ``area_mm2``, ``volume_ml``; ``mean``,
        ``sd``, ``min``, ``max`` in `units`.
    units
        Of the image; empty where no value was looked at.
    """

    figures: Mapping[str, float]
    units: str = ""


def value_at(volume: Volume, slice_index: int, pixel: Pixel) -> float | None:
    """Return the value of the voxel at a point; None beyond the image and in padding.

    Parameters
    ----------
    slice_index
        Of the volume, from 0.
    pixel
        Row, column; fractions allowed.
    """
    row, column = (math.floor(one + 0.5) for one in pixel)
    slices, rows, columns = volume.shape
    if not (0 <= slice_index < slices and 0 <= row < rows and 0 <= column < columns):
        return None
    value = volume.voxels[slice_index : slice_index + 1, row, column]
    return float(value[0]) if is_image(volume, value)[0] else None


def probe(
    volume: Volume, slice_index: int, kind: AnnotationKind, points: Sequence[Pixel]
) -> Probed:
    """Return what a ruler, an angle or a region measures on a slice.

    Parameters
    ----------
    slice_index
        Of the volume, from 0.
    kind
        What was drawn.
    points
        Row, column of its points, as `recist_tool.model.Annotation` has them.

    Raises
    ------
    GeometryError
        If the pixel spacing is unknown, nothing was drawn, a region holds no pixel of
        the image, or a sphere leaves the image.
    SuvRefused
        If values are asked of a PET without SUV.
    """
    spacing = volume.require_pixel_spacing()
    if kind is AnnotationKind.RULER:
        return Probed({"length_mm": _some(length_mm(spacing, *points))})
    if kind is AnnotationKind.ANGLE:
        return Probed({"angle_deg": angle_deg(spacing, *points)})
    if kind in SPHERES_MM:
        return _sphere(volume, slice_index, kind, points[0])
    corners = outline(kind, points, spacing)
    area = _some(_area_mm2(corners, spacing), "area")
    inside = filled([corners], volume.shape[1:])
    mask = Mask(volume, (slice_index, 0, 0), inside[None]).cropped()
    if not mask.inside.any():
        raise GeometryError.at("region", "it holds no pixel", "Draw it larger")
    return Probed({**_values(mask, volume), "area_mm2": area}, volume.units)


def outline(kind: AnnotationKind, points: Sequence[Pixel], spacing: Spacing) -> Floats:
    """Return the corners of the outline of a flat region, shape (corners, 2).

    Parameters
    ----------
    kind
        A circle, an ellipse or a freehand line.
    points
        Row, column, as `probe` takes them.
    spacing
        Distance between rows, between columns, mm: a circle is round in the patient.
    """
    if kind is AnnotationKind.FREEHAND:
        return np.array(points, np.float64)
    first, second = np.array(points, np.float64)
    if kind is AnnotationKind.CIRCLE:
        middle = first
        radii = length_mm(spacing, *points) / np.array(spacing)
    else:
        middle, radii = (first + second) / 2, np.abs(second - first) / 2
    return rounded(middle, radii)


def rounded(middle: Floats, radii: Floats) -> Floats:
    """Return the corners of an ellipse along rows and columns, shape (corners, 2).

    Parameters
    ----------
    middle, radii
        Rows, columns.
    """
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    return middle + np.stack([np.sin(turn), np.cos(turn)], axis=1) * radii


def angle_deg(spacing: Spacing, end: Pixel, corner: Pixel, other_end: Pixel) -> float:
    """Return the angle between two legs, degrees from 0 to 180.

    >>> round(angle_deg((1.0, 2.0), (0, 1), (0, 0), (2, 0)), 6)
    90.0

    Parameters
    ----------
    end, corner, other_end
        Row, column; the legs meet at the corner.

    Raises
    ------
    GeometryError
        If a leg has no length.
    """
    legs = [
        ((one[0] - corner[0]) * spacing[0], (one[1] - corner[1]) * spacing[1])
        for one in (end, other_end)
    ]
    for leg in legs:
        _some(math.hypot(*leg))
    (a, b), (c, d) = legs
    return math.degrees(math.atan2(abs(a * d - b * c), a * c + b * d))


def _sphere(
    volume: Volume, slice_index: int, kind: AnnotationKind, at: Pixel
) -> Probed:
    row, column = (math.floor(one + 0.5) for one in at)
    radius = SPHERES_MM[kind]
    if kind is AnnotationKind.SPHERE_1_ML:
        mean = mean_in_1_ml(volume, (slice_index, row, column))
        mask = placed(volume, (slice_index, row, column), Ball(radius))
        figures = {**_values(mask, volume), "mean": mean}
    else:
        mask = placed(volume, (slice_index, *at), Ball(radius))
        figures = _values(mask, volume)
    millilitres = 4 / 3 * math.pi * radius**3 / 1000
    return Probed({**figures, "volume_ml": millilitres}, volume.units)


def _values(mask: Mask, volume: Volume) -> dict[str, float]:
    found = statistics(mask, volume)
    return {
        "mean": found.mean,
        "sd": found.sd,
        "min": found.minimum,
        "max": found.maximum,
    }


def _area_mm2(corners: Floats, spacing: Spacing) -> float:
    """Return the area that a line goes round, mm² (the shoelace formula)."""
    y, x = (corners * spacing).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _some(size: float, what: str = "length") -> float:
    if size <= 0:
        raise GeometryError.at("drawing", f"it has no {what}", "Draw it again")
    return size
