"""Series on their way from the disk into the panes, the slice in the middle first."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from napari_recist.viewport.image.volume_cache import VolumeCache
from recist_tool.app import signal
from recist_tool.app.reading import series_words
from recist_tool.dicom import open_volume
from recist_tool.errors import SuvRefused
from recist_tool.terms import SuvUnit

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from napari_recist.widgets.background import Loader
    from recist_tool.dicom import Loading, Series
    from recist_tool.errors import RecistToolError
    from recist_tool.measure import Volume

LOOK_S: Final = 0.1
"""How often a pane hears of new slices."""


class SeriesRequest(NamedTuple):
    """Who waits for a series.

    Attributes
    ----------
    done
        Called with the whole volume.
    begun
        Called while slices arrive, with the volume and which slices are there.
    failed
        Called with why there is none.
    """

    done: Callable[[Volume], None]
    begun: Callable[[Volume, NDArray[np.bool_]], None] | None = None
    failed: Callable[[RecistToolError], None] | None = None


class SeriesLoader:
    """Loads each series once, whoever asks for it, and keeps those used last.

    Attributes
    ----------
    unit
        Of SUV, in which whole PET volumes are handed out.
    refused
        Emitted with why a PET has to stay in its own unit.
    words
        Names a series, as readers are told it.
    """

    refused = signal(str)

    def __init__(self, loader: Loader) -> None:
        self.unit = SuvUnit.BODY_WEIGHT
        self.words: Callable[[Series], str] = series_words
        self._loader = loader
        self._shelf = VolumeCache()
        self._heirs: dict[str, list[SeriesRequest]] = {}

    def awaits(self, key: str) -> bool:
        """Return whether a series is on its way."""
        return key in self._heirs

    def forget(self) -> None:
        """Let go of all images: another patient comes."""
        self._shelf.clear()
        self._heirs.clear()

    def drop(self, key: str) -> None:
        """Let go of one series: it is read in another way from now on."""
        self._shelf.drop(key)

    def load(self, series: Series, heir: SeriesRequest) -> None:
        """Hand a series to an heir, at once where it is at hand."""
        key = series.key
        known = self._shelf.get(key)
        if known is not None:
            heir.done(self._in_unit(known))
            return
        self._heirs.setdefault(key, []).append(heir)
        if len(self._heirs[key]) > 1:
            return
        self._loader.run(
            f"Loading {self.words(series)}",
            partial(self._read, series, key),
            partial(self._on_loaded, key),
            partial(self._on_failed, key),
        )

    def _read(
        self, series: Series, key: str, advance: Callable[[int, int], None]
    ) -> Volume:
        """Read all slices, and say now and then which are there; in the background."""
        loading = open_volume(series)
        told = 0.0
        for _ in loading:
            advance(loading.slices_loaded, series.shape[0])
            if time.monotonic() - told > LOOK_S:
                told = time.monotonic()
                self._loader.later(partial(self._on_slices, key, loading))
        return loading.volume

    def _on_slices(self, key: str, loading: Loading) -> None:
        for heir in self._heirs.get(key, []):
            if heir.begun is not None:
                heir.begun(loading.volume, loading.is_loaded)

    def _on_loaded(self, key: str, volume: Volume) -> None:
        self._shelf.put(key, volume)
        shown = self._in_unit(volume)
        for heir in self._heirs.pop(key, []):
            heir.done(shown)

    def _in_unit(self, volume: Volume) -> Volume:
        """Return a PET in the wanted unit, or as it is where that is refused."""
        if volume.modality != "PT" or volume.suv_refused:
            return volume
        try:
            return volume.in_suv(self.unit)
        except SuvRefused as error:
            self.refused.emit(str(error))
            return volume

    def _on_failed(self, key: str, error: RecistToolError) -> None:
        for heir in self._heirs.pop(key, []):
            if heir.failed is not None:
                heir.failed(error)
