"""A key image: one lesion at one visit, in the middle of a field of fixed size.

It names the lesion and the visit by their short names alone: no patient, no day.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from qtpy.QtCore import QPointF, QRectF
from qtpy.QtGui import QImage, QPainter

from napari_recist.viewport.annotations.caliper_graphics import CaliperMark, sketch
from napari_recist.viewport.annotations.case_graphics import sizes
from napari_recist.viewport.annotations.corner_text import (
    Corner,
    CornerLine,
    edge_letters,
    position,
    window_line,
)
from napari_recist.viewport.annotations.mask_outlines import Outline, border, on_screen
from napari_recist.viewport.annotations.overlay_painter import OverlayContents
from napari_recist.viewport.image.coordinates import (
    middle,
    plane_spacing,
    screen_of,
    world_of,
)
from napari_recist.widgets.role_colours import ROLE_COLOURS
from recist_tool.app.reading import Plane, preset_of_organ, window_name
from recist_tool.measure import from_record, from_saved_mask, length_mm
from recist_tool.model import calipers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_recist.viewport.annotations.caliper_graphics import Point
    from napari_recist.viewport.annotations.overlay_painter import OverlayPainter
    from napari_recist.viewport.image.coordinates import Pixel
    from recist_tool.app.reading import Window
    from recist_tool.measure import Volume
    from recist_tool.model import Lesion, LesionFinding

SIDE_PX: Final = 384
FIELD_MM: Final = 120.0
FILLED: Final = 0.75
"""How much of the field a lesion takes at most; else the field is doubled."""


class KeyImageContents(NamedTuple):
    """What a key image shows.

    Attributes
    ----------
    marks
        The calipers of the lesion on the slice; the longest first.
    outlines
        The border of its mask there, (row, column).
    """

    volume: Volume
    slice_index: int
    title: str
    marks: tuple[CaliperMark, ...]
    outlines: tuple[Outline, ...]
    organ: str

    @property
    def middle(self) -> Pixel:
        """What is in the middle, (row, column)."""
        return middle(self.marks[0].caliper)

    @property
    def field_mm(self) -> float:
        """The side of the field."""
        spacing = plane_spacing(self.volume)
        longest = length_mm(spacing, *self.marks[0].caliper.long_ends)
        doublings = math.ceil(math.log2(max(longest / (FILLED * FIELD_MM), 1.0)))
        return FIELD_MM * 2**doublings

    @property
    def reach_pixels(self) -> Pixel:
        """Rows and columns from the middle to the edge of the field."""
        rows_mm, columns_mm = plane_spacing(self.volume)
        return self.field_mm / 2 / rows_mm, self.field_mm / 2 / columns_mm

    @property
    def usual_window(self) -> Window | None:
        """The grey values in which such a lesion is looked at; None on PET."""
        is_ct = self.volume.modality == "CT"
        return preset_of_organ(self.organ) if is_ct else None

    def to_picture(self, pixel: Pixel) -> Point:
        """Return x, y on the key image of a (row, column)."""
        centre = world_of(self.middle, self.volume)
        world = world_of(pixel, self.volume)
        return screen_of(world, centre, SIDE_PX / self.field_mm, (SIDE_PX, SIDE_PX))


def shot_of(
    volume: Volume, lesion: Lesion, entry: LesionFinding
) -> KeyImageContents | None:
    """Return how a finding is shown; None where its image is not in the series.

    Of a lesion that fell into parts, the largest is in the middle.

    Parameters
    ----------
    volume
        Of the series that the caliper of the finding names.
    entry
        The finding at its visit, with its mask where it has one.
    """
    calipers = calipers_of(entry.finding)
    largest_first = sorted(calipers, key=lambda one: -one.long_axis.value_mm)
    placed = [(from_record(volume, one), one) for one in largest_first]
    found = [(place, one) for place, one in placed if place is not None]
    if not found:
        return None
    at = found[0][0].slice_index
    name, role = lesion.lesion_id, lesion.role
    marks = tuple(
        CaliperMark("", f"{name}  {sizes(one)}", caliper=place.caliper, role=role)
        for place, one in found
        if place.slice_index == at
    )
    mask = from_saved_mask(volume, entry.mask) if entry.mask else None
    outline = () if mask is None else (Outline(border(mask, at), ROLE_COLOURS[role]),)
    title = f"{name} \N{MIDDLE DOT} {entry.timepoint_id}"
    return KeyImageContents(
        volume=volume,
        slice_index=at,
        title=title,
        marks=marks,
        outlines=outline,
        organ=lesion.organ,
    )


def key_image(
    shot: KeyImageContents, window: Window, engraver: OverlayPainter
) -> QImage:
    """Draw a key image; for the window's thread, some milliseconds.

    Parameters
    ----------
    window
        The grey values from black to white; on PET from white to black.
    """
    image = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    _paint_pixels(painter, shot, window)
    engraver.paint(painter, _scene(shot, window), (float(SIDE_PX), float(SIDE_PX)))
    painter.end()
    return image


def _scene(shot: KeyImageContents, window: Window) -> OverlayContents:
    volume, spacing = shot.volume, plane_spacing(shot.volume)
    is_ct = volume.modality == "CT"
    name = window_name(window, volume.modality)
    where = position(volume, Plane.ACQUIRED, shot.slice_index)
    lines = [
        CornerLine(Corner.TOP_LEFT, 0, text=shot.title, colour="#ffffff"),
        CornerLine(Corner.BOTTOM_LEFT, 1, text=where),
        window_line(window, name, volume.units, is_ct=is_ct),
    ]
    return OverlayContents(
        sketches=[sketch(mark, spacing, shot.to_picture) for mark in shot.marks],
        lines=lines,
        letters=edge_letters(volume, Plane.ACQUIRED),
        mm_per_px=shot.field_mm / SIDE_PX,
        outlines=on_screen(shot.outlines, shot.to_picture),
    )


def _paint_pixels(painter: QPainter, shot: KeyImageContents, window: Window) -> None:
    """Paint the pixels of the field where they lie."""
    rows, columns = (
        slice(max(math.floor(at - reach), 0), math.ceil(at + reach) + 1)
        for at, reach in zip(shot.middle, shot.reach_pixels, strict=True)
    )
    values = shot.volume.voxels[shot.slice_index, rows, columns]
    grey = greys(values, window, is_inverse=shot.volume.modality == "PT")
    height, width = grey.shape
    first = rows.start - 0.5, columns.start - 0.5
    last = first[0] + height, first[1] + width
    corners = [QPointF(*shot.to_picture(one)) for one in (first, last)]
    pixels = QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8)
    painter.drawImage(QRectF(*corners), pixels)


def greys(
    values: NDArray[np.generic], window: Window, *, is_inverse: bool
) -> NDArray[np.uint8]:
    """Return values as 0 (black) to 255; what is no number is at the lower end.

    Parameters
    ----------
    values
        Of a slice, (row, column), in the units of the window.
    is_inverse
        Black is the upper end, as PET is looked at.
    """
    part = np.clip((values.astype(np.float64) - window.low) / window.width, 0.0, 1.0)
    part = np.nan_to_num(1.0 - part if is_inverse else part)
    return np.ascontiguousarray(np.rint(255 * part), np.uint8)
