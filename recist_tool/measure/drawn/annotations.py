"""Rulers and regions as they are saved, and back on the images that they lie on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import Pixel, image_plane
from recist_tool.measure.drawn.probing import probe
from recist_tool.model.annotation import Annotation
from recist_tool.model.pet import RegionPlace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.diameter import ImagePlane, PixelPoint
    from recist_tool.terms import AnnotationKind

DIGITS = 4
"""Of saved figures, behind the point."""


class Drawn(NamedTuple):
    """What a reader drew on a slice: row, column of its points."""

    slice_index: int
    kind: AnnotationKind
    points: tuple[Pixel, ...]


def as_annotation(
    volume: Volume, drawn: Drawn, annotation_id: str, timepoint_id: str
) -> Annotation:
    """Return what was drawn as it is saved, with what it measures.

    Parameters
    ----------
    volume
        The series that it was drawn on, as acquired.
    annotation_id
        Its name on the image.
    timepoint_id
        The visit of the series.

    Raises
    ------
    GeometryError, SuvRefused
        As `recist_tool.measure.drawn.probing` tells; and if the slice was interpolated.
    """
    if volume.is_resampled:
        raise GeometryError.at(
            "drawing", "this slice was resampled", "Draw it on the original slices"
        )
    found = probe(volume, drawn.slice_index, drawn.kind, drawn.points)
    places = volume.pixel_to_lps(drawn.slice_index, np.array(drawn.points))
    return Annotation(
        annotation_id=annotation_id,
        timepoint_id=timepoint_id,
        kind=drawn.kind,
        plane=image_plane(volume, drawn.slice_index),
        points_pixel=swapped(drawn.points),
        points_lps=tuple((x, y, z) for x, y, z in places.tolist()),
        figures={
            name: Decimal(repr(round(one, DIGITS)))
            for name, one in found.figures.items()
        },
        units=found.units,
    )


def from_annotation(volume: Volume, annotation: Annotation) -> Drawn | None:
    """Return where an annotation lies on a series; None if it is not on it."""
    slice_index = slice_of(volume, annotation.plane)
    if slice_index is None:
        return None
    return Drawn(slice_index, annotation.kind, swapped(annotation.points_pixel))


def region_place(volume: Volume, slice_index: int, pixel: Pixel) -> RegionPlace:
    """Return the middle of a region as it is saved.

    Parameters
    ----------
    slice_index
        Of the volume, from 0.
    pixel
        Row, column; fractions allowed.
    """
    x, y, z = volume.pixel_to_lps(slice_index, np.array([pixel]))[0].tolist()
    (middle,) = swapped((pixel,))
    return RegionPlace(
        plane=image_plane(volume, slice_index),
        middle_pixel=middle,
        middle_lps=(x, y, z),
    )


def slice_of(volume: Volume, plane: ImagePlane) -> int | None:
    """Return which slice of a series an image is; None for none, or for several."""
    if plane.series_instance_uid != volume.series_instance_uid:
        return None
    slices = volume.slices_of(plane.sop_instance_uid, plane.frame_number)
    return slices[0] if len(slices) == 1 else None


def swapped(points: Sequence[Pixel] | Sequence[PixelPoint]) -> tuple[Pixel, ...]:
    """Return (row, column) pairs as (column, row) pairs, or the other way round."""
    return tuple((second, first) for first, second in points)
