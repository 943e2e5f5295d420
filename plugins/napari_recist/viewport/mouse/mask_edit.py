"""A mask that is being changed: proposed by a click, painted, or taken up again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from napari_recist.viewport.annotations.case_graphics import live_sizes
from napari_recist.viewport.image.coordinates import plane_spacing
from recist_tool import __version__
from recist_tool.app import provenance_of
from recist_tool.measure import (
    Mask,
    add_ellipse,
    axes,
    erase_ellipse,
    length_mm,
    united,
    without,
)
from recist_tool.model import MeasuringMethod, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from napari_recist.viewport.image.coordinates import Pixel, Spacing
    from recist_tool.dicom import Segment
    from recist_tool.measure import Axes, PlacedCaliper, Segmentation, Volume
    from recist_tool.model import LesionMask

CUT_OFF = "cut_off"
"""What became of it, in the record of how a mask came to be; nothing: left out."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A mask in the reader's hands.

    Attributes
    ----------
    lesion_id
        Whose it is; None for a new lesion.
    provenance
        How it came to be, as it will be recorded.
    confidence
        0 to 1, of a proposal; None where the reader painted.
    recorded
        Whether the case holds the mask as it was before this change.
    placed
        The axes as a reader pulled them; None where they are those of the mask.
    source
        What of a file it was taken from; None where it was found or drawn here.
    cut
        What was cut off it as a hotter neighbour's; None where nothing was.
    has_cut
        Whether the reader took that in.
    """

    volume: Volume
    mask: Mask
    lesion_id: str | None
    timepoint_id: str
    provenance: Provenance
    confidence: float | None = None
    recorded: bool = False
    placed: PlacedCaliper | None = None
    source: Segment | None = None
    cut: Mask | None = None
    has_cut: bool = False

    def corrected(self, placed: PlacedCaliper) -> Draft:
        """Return the draft with axes that the reader pulled."""
        edited = self.provenance.replaced(edited=True)
        return replace(self, placed=placed, provenance=edited)

    def changed(self, edit: Callable[[Mask], Mask]) -> Draft:
        """Return the draft after an edit by the reader."""
        edited = self.provenance.replaced(edited=True)
        return replace(self, mask=edit(self.mask), provenance=edited)

    def with_cut(self, *, taken_in: bool) -> Draft:
        """Return the draft with what was cut off taken in, or left out again."""
        if self.cut is None or taken_in == self.has_cut:
            return self
        kept = {k: v for k, v in self.provenance.parameters.items() if k != CUT_OFF}
        if taken_in:
            kept[CUT_OFF] = "taken in"
        return replace(
            self,
            mask=(united if taken_in else without)(self.mask, self.cut),
            provenance=self.provenance.replaced(parameters=kept),
            has_cut=taken_in,
        )

    def painted(
        self, slice_index: int, at: Pixel, radius_mm: float, *, adds: bool
    ) -> Draft:
        """Return the draft after one touch of a round brush.

        Parameters
        ----------
        at
            Row, column of the brush's middle; fractions allowed.
        adds
            Whether the brush adds voxels, not takes them away.

        Raises
        ------
        GeometryError
            If the brush covers no pixel of the image.
        """
        touch = add_ellipse if adds else erase_ellipse
        radii_mm = (radius_mm, radius_mm)
        return self.changed(lambda mask: touch(mask, slice_index, at, radii_mm))

    @cached_property
    def axes(self) -> Axes | None:
        """Its RECIST axes; None while it is empty."""
        return axes(self.mask) if self.mask.inside.any() else None

    @property
    def cut_words(self) -> str:
        """What was cut off, and the key for it; empty where nothing was."""
        if self.cut is None:
            return ""
        if self.has_cut:
            return f"{self._cut_ml} that was cut off is in: U leaves it out. "
        return f"{self._cut_ml} beside it (hatched) was cut off: U takes it in. "

    @property
    def _cut_ml(self) -> str:
        if self.cut is None or not self.cut.grid.is_regular:
            return "Uptake"
        return f"{self.cut.volume_ml:.1f} ml"

    @property
    def name(self) -> str:
        """Whose it is, in doubt until it is recorded."""
        name = self.lesion_id or "New"
        return name if self.recorded else f"{name}?"

    @property
    def sizes(self) -> str:
        """The lengths of its axes as they are written, mm; empty while it is."""
        if self.axes is None:
            return ""
        return live_sizes(self.axes.caliper, plane_spacing(self.volume))


class Seek(NamedTuple):
    """A lesion whose border is to be found.

    Attributes
    ----------
    lesion_id
        Whose it is; None for a new lesion.
    find
        Called in another thread.
    known
        What else is to be recorded of how it was found, by name.
    """

    volume: Volume
    lesion_id: str | None
    find: Callable[[], Segmentation]
    known: Mapping[str, float | str] = {}


def is_same(one: Mask, other: Mask) -> bool:
    """Return whether two masks of a series hold the same voxels."""
    here, there = (np.argwhere(mask.inside) + mask.start for mask in (one, other))
    return np.array_equal(here, there)


def touches(
    start: Pixel, stop: Pixel, radius_mm: float, spacing: Spacing
) -> list[Pixel]:
    """Return where a brush touches on its way, so that a quick hand leaves no gaps.

    At least at its end; half its radius apart or less.

    Parameters
    ----------
    start, stop
        Row, column of the last touch and of this one; fractions allowed.
    radius_mm
        Of the brush, above 0.

    Returns
    -------
    Row, column of each touch; the start is not among them.
    """
    steps = max(math.ceil(2 * length_mm(spacing, start, stop) / radius_mm), 1)
    parts = np.arange(1, steps + 1)[:, None] / steps
    way = np.array(start) + parts * np.subtract(stop, start)
    return [(row, column) for row, column in way.tolist()]


def found_draft(found: Segmentation, seek: Seek, timepoint_id: str) -> Draft:
    """Return what was found, as a proposal.

    Parameters
    ----------
    found
        What was looked for by `seek`; its method and parameters become the provenance.
    timepoint_id
        The visit of the series.
    """
    how = provenance_of(found)
    how = how.replaced(parameters={**how.parameters, **seek.known})
    return Draft(
        seek.volume,
        found.mask,
        lesion_id=seek.lesion_id,
        timepoint_id=timepoint_id,
        provenance=how,
        confidence=found.confidence,
        cut=found.cut,
    )


def empty_draft(volume: Volume, lesion_id: str | None, timepoint_id: str) -> Draft:
    """Return a mask on which nothing was painted yet.

    Parameters
    ----------
    lesion_id
        None for a new lesion.
    """
    mask = Mask(volume.grid, (0, 0, 0), np.zeros((0, 0, 0), np.bool_))
    return Draft(
        volume,
        mask,
        lesion_id=lesion_id,
        timepoint_id=timepoint_id,
        provenance=by_brush(),
    )


def taken_up(
    volume: Volume, mask: Mask, saved: LesionMask, lesion_id: str, timepoint_id: str
) -> Draft:
    """Return a mask of the case to change.

    Parameters
    ----------
    mask
        The voxels of `saved` on `volume`.
    saved
        As the case has it: its provenance is kept.
    """
    how = saved.provenance or by_brush()
    return Draft(
        volume,
        mask,
        lesion_id=lesion_id,
        timepoint_id=timepoint_id,
        provenance=how,
        recorded=True,
    )


def by_brush() -> Provenance:
    """Return the record of a mask that a reader painted."""
    return made_here(MeasuringMethod.MASK, "brush")


def made_here(
    method: MeasuringMethod, algorithm: str = "", **parameters: float | str
) -> Provenance:
    """Return the record of a measurement that this program helped to make."""
    return Provenance(
        method=method,
        program=f"recist_tool {__version__}",
        algorithm=algorithm,
        parameters=parameters,
    )
