"""RECIST axes of a mask: the longest diameter in a slice, and the one across it.

The long axis is the longest line in the plane of an acquired slice between two points
of one connected part of the lesion; the short axis is the longest one at right angles
to it in the same part. The slice is the one with the longest diameter, not the one with
the largest area. Nothing is resampled: oblique series are measured in their own slices,
non-square pixels in millimetres.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.measure.caliper.caliper import PlaneCaliper
from recist_tool.measure.geometry.boundary import beyond_centres_mm
from recist_tool.measure.mask import chords
from recist_tool.measure.mask.parts import parts
from recist_tool.terms import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.measure.caliper.caliper import Ends, Spacing
    from recist_tool.measure.mask.chords import Chord
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.measure.mask.parts import MaskPart

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
    part, long_axis = _longest(parts(mask, corners=edge), spacing, inside_only)
    along = long_axis.along(spacing)
    across = chords.across if edge else chords.nearly_across
    short_axis = across(part, along, spacing, inside_only)
    if edge:
        pixels = 1 if inside_only else part.pixels  # inner lines may be short
        long_axis, short_axis = _to_edge(long_axis, short_axis, pixels, spacing)
    return Axes(
        slice_index=part.slice_index,
        long_ends=long_axis.ends,
        short_ends=short_axis.ends,
        long_axis_mm=long_axis.length_mm,
        short_axis_mm=short_axis.length_mm,
        boundary=boundary,
    )


def _longest(
    candidates: Iterator[MaskPart], spacing: Spacing, inside_only: bool
) -> tuple[MaskPart, Chord]:
    """Return the part with the longest line, and the line."""
    best = next(candidates)
    chord = chords.longest(best, spacing, inside_only)
    for part in candidates:
        if part.longest_mm < chord.length_mm - SAME_MM:
            break
        other = chords.longest(part, spacing, inside_only)
        more_mm = other.length_mm - chord.length_mm
        if more_mm > SAME_MM or (more_mm > -SAME_MM and part.pixels > best.pixels):
            best, chord = part, other
    return best, chord


def _to_edge(
    long_axis: Chord, short_axis: Chord, pixels: int, spacing: Spacing
) -> tuple[Chord, Chord]:
    """Return both lines drawn out to the border."""
    along = long_axis.along(spacing)
    across = chords.turned(along)[:, 1]
    missing = beyond_centres_mm(
        long_axis.length_mm,
        short_axis.length_mm,
        pixels,
        spacing[0] * spacing[1],
    )
    return (
        long_axis.longer(missing.long_mm, along, spacing),
        short_axis.longer(missing.short_mm, across, spacing),
    )
