"""The middle slice of a series in little: read in another thread, once it is asked."""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from qtpy.QtCore import Qt
from qtpy.QtGui import QImage

from napari_recist.key_images.render import greys
from napari_recist.key_images.store import encoded
from recist_tool.app.reading import first_window
from recist_tool.dicom import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.widgets.background import Loader
    from recist_tool.dicom import Series

SIDE_PX: Final = 160
MOST: Final = 200
"""Thumbnails kept; a patient has some ten series."""


class Thumbnails:
    """Makes thumbnails, and keeps them by the keys of their series.

    Parameters
    ----------
    arrived
        Called with the key of a series whose thumbnail there is now.
    """

    def __init__(self, loader: Loader, arrived: Callable[[str], None]) -> None:
        self._loader = loader
        self._arrived = arrived
        self._made: dict[str, bytes] = {}
        self._asked: set[str] = set()

    def html(self, series: Series) -> str:
        """Return a thumbnail as a tag of HTML; empty until it is made.

        Parameters
        ----------
        series
            Where it cannot be read, it stays empty: opening it says why.
        """
        png = self._made.get(series.key)
        if png is not None:
            coded = base64.b64encode(png).decode()
            return f'<img src="data:image/png;base64,{coded}">'
        if series.key not in self._asked:
            self._asked.add(series.key)
            take = partial(self._take, series.key)
            self._loader.quietly("Thumbnail", partial(_thumbnail, series), take, _leave)
        return ""

    def _take(self, key: str, png: bytes) -> None:
        self._made[key] = png
        for oldest in list(self._made)[:-MOST]:
            del self._made[oldest]
            self._asked.discard(oldest)
        self._arrived(key)


def _thumbnail(series: Series) -> bytes:
    """Return the middle slice as PNG, in the window in which it is first shown."""
    middle = len(series.slices) // 2
    volume = load(replace(series, slices=series.slices[middle : middle + 1]))
    is_pet = volume.modality == "PT"
    grey = greys(volume.voxels[0], first_window(volume), is_inverse=is_pet)
    height, width = grey.shape
    rows_mm, columns_mm = volume.pixel_spacing_mm or (1.0, 1.0)
    image = QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8)
    longest = max(height * rows_mm, width * columns_mm)
    small = image.scaled(
        max(1, round(SIDE_PX * width * columns_mm / longest)),
        max(1, round(SIDE_PX * height * rows_mm / longest)),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    return encoded(small)


def _leave(_: object) -> None:
    """Leave it without one."""
