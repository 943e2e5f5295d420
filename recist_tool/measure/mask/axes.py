"""RECIST axes of a mask: the longest diameter in a slice, and the one across it.

The long axis is the longest line in the plane of an acquired slice between two points
of one connected part of the lesion; the short axis is the longest one at right angles
to it in the same part. The slice is the one with the longest diameter as it is
reported, not the one with the largest area. Nothing is resampled: oblique series are
measured in their own slices, non-square pixels in millimetres.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.measure.caliper.caliper import PlaneCaliper
from recist_tool.measure.geometry.boundary import beyond_centres_mm
from recist_tool.measure.mask import chords
from recist_tool.measure.mask.parts import parts
from recist_tool.terms import Boundary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recist_tool.measure.caliper.caliper import Ends, Spacing
    from recist_tool.measure.mask.chords import Chord
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.measure.mask.parts import MaskPart

    _Measure = Callable[[MaskPart, Spacing, bool], "_Measured"]

SAME_MM: Final = 1e-9
"""Lengths that differ by less are one length; the part with more pixels is taken."""


class Axes(NamedTuple):
    """The two axes of a lesion.

    Attributes
    ----------
    slice_index
        Of the grid: where both axes lie.
    long_ends, short_ends
        Row, column of their ends in that slice.
    boundary
        What the ends reach to.
    """

    slice_index: int
    long_ends: Ends
    short_ends: Ends
    long_axis_mm: float
    short_axis_mm: float
    boundary: Boundary

    @property
    def caliper(self) -> PlaneCaliper:
        """Both axes as if a reader had drawn them."""
        return PlaneCaliper(self.long_ends, self.short_ends)


class _Measured(NamedTuple):
    part: MaskPart
    long_axis: Chord
    short_axis: Chord


def axes(
    mask: Mask, boundary: Boundary = Boundary.EDGE, *, inside_only: bool = False
) -> Axes:
    """Return the RECIST axes of a lesion.

    Parameters
    ----------
    boundary
        ``edge``: lengths reach to where the lesion ends on average, beyond its
        outermost voxel centres; pixels that share a corner are connected.
        ``voxel-centre``: between the centres of the two farthest voxels, and the
        short axis between the farthest two within 1 degree of a right angle; pixels
        that share a side are connected. So the ULS23 challenge measures.
    inside_only
        Leave out lines that leave the lesion between their ends, as in concave
        lesions. Holes within a slice of the lesion are no outside.

    Raises
    ------
    GeometryError
        If the mask is empty or the pixel spacing is unknown.
    """
    spacing = mask.grid.require_pixel_spacing()
    mask.require_voxels()
    edge = boundary is Boundary.EDGE
    measured = _to_edge if edge else _between_centres
    candidates = parts(mask, corners=edge)
    part, long_axis, short_axis = _longest(candidates, spacing, inside_only, measured)
    return Axes(
        slice_index=part.slice_index,
        long_ends=long_axis.ends,
        short_ends=short_axis.ends,
        long_axis_mm=long_axis.length_mm,
        short_axis_mm=short_axis.length_mm,
        boundary=boundary,
    )


def _longest(
    candidates: Iterator[MaskPart],
    spacing: Spacing,
    inside_only: bool,
    measured: _Measure,
) -> _Measured:
    """Return the part with the longest line as it is reported, and both its lines."""
    best = measured(next(candidates), spacing, inside_only)
    for part in candidates:
        if _at_most_mm(part, spacing) < best.long_axis.length_mm - SAME_MM:
            break
        other = measured(part, spacing, inside_only)
        more_mm = other.long_axis.length_mm - best.long_axis.length_mm
        more_pixels = part.pixels > best.part.pixels
        if more_mm > SAME_MM or (more_mm > -SAME_MM and more_pixels):
            best = other
    return best


def _at_most_mm(part: MaskPart, spacing: Spacing) -> float:
    """Return what no axis of a part exceeds: none lacks more than that of a bare line.

    Nor does the disc of its area reach further than a pixel's diagonal beyond its
    outermost centres.
    """
    pixel_mm2 = spacing[0] * spacing[1]
    line_mm = beyond_centres_mm(part.longest_mm, 0.0, 1, pixel_mm2).long_mm
    return part.longest_mm + max(line_mm, math.hypot(*spacing))


def _between_centres(part: MaskPart, spacing: Spacing, inside_only: bool) -> _Measured:
    """Return both axes of a part between the centres of its pixels."""
    long_axis = chords.longest(part, spacing, inside_only)
    along = long_axis.along(spacing)
    short_axis = chords.nearly_across(part, along, spacing, inside_only)
    return _Measured(part, long_axis, short_axis)


def _to_edge(part: MaskPart, spacing: Spacing, inside_only: bool) -> _Measured:
    """Return both axes of a part drawn out to its border."""
    long_axis = chords.longest(part, spacing, inside_only)
    along = long_axis.along(spacing)
    short_axis = chords.across(part, along, spacing, inside_only)
    missing = beyond_centres_mm(
        long_axis.length_mm,
        short_axis.length_mm,
        1 if inside_only else part.pixels,  # inner lines may be short
        spacing[0] * spacing[1],
    )
    across = chords.turned(along)[:, 1]
    return _Measured(
        part,
        long_axis.longer(missing.long_mm, along, spacing),
        short_axis.longer(missing.short_mm, across, spacing),
    )
