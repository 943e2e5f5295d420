"""A series in memory: every slice decoded straight into one array."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.dicom.header import tags
from recist_tool.dicom.pixels.inflate import Inflated
from recist_tool.dicom.pixels.stored import (
    PixelLayout,
    Ways,
    layout,
    padding_ranges,
    put_decimals,
    put_whole_numbers,
    read_stored,
)
from recist_tool.dicom.pixels.workers import decoding
from recist_tool.dicom.scan.decoded_cache import (
    KeepingVoxels,
    KeptVoxels,
    cached_voxels,
)
from recist_tool.dicom.scan.suv_tags import SeriesSuv, SuvRefusal
from recist_tool.errors import DicomError
from recist_tool.limits import VOXELS, most_voxels
from recist_tool.measure.geometry.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from recist_tool.dicom.scan.series import Series

    Progress = Callable[[int, int], None]

UNSPECIFIED: Final = {"": "unknown", "US": "unknown"}
"""RescaleType (0028,1054) that names no unit: US means unspecified (C.11.1.1.2)."""


def load(series: Series, progress: Progress | None = None) -> Volume:
    """Return the pixels of a series, with its geometry.

    CT is int16 in HU, each slice with its own rescale. Values that are no whole
    numbers, or lie beyond int16, make the volume float32; pixel padding beyond int16
    alone does not, it becomes -32768. PET is float32 in SUVbw, or, where SUV is
    refused, in the units of the file, and `Volume.suv_refused` says why.

    Parameters
    ----------
    progress
        Called with the number of slices read and of all slices. What it raises ends
        the loading.

    Raises
    ------
    DicomError
        If a file is gone, was changed since the scan, cannot be decoded, or the
        volume does not fit into memory.
    """
    loading = open_volume(series, first=0)
    for _ in loading:
        if progress is not None:
            progress(loading.slices_loaded, series.shape[0])
    return loading.volume


def open_volume(series: Series, first: int | None = None) -> Loading:
    """Return a volume whose slices arrive one by one, as they are asked for.

    Parameters
    ----------
    first
        The slice to begin with; the middle one by default. Others follow by distance.

    Raises
    ------
    DicomError
        If the tags do not say what the pixels stand for, or the volume does not fit
        into memory.
    """
    middle = series.shape[0] // 2
    return Loading(series, middle if first is None else first)


class Loading:
    """A series on its way into memory.

    Iterating reads the slices and gives the index of each when it is there::

        loading = open_volume(series)
        for index in loading:
            show(loading.volume, loading.is_loaded)

    The voxels of a slice mean nothing until `is_loaded` says so. Where a value turns
    out not to fit into int16, `volume` becomes another one, float32, and all slices
    arrive anew. To stop, leave the loop; another loop goes on from there. Or call
    `cancel` from another thread, which is final.
    """

    def __init__(self, series: Series, first: int) -> None:
        self._series = series
        self._layouts = tuple(layout(image) for image in series.slices)
        _require_one_kind(series, self._layouts)
        self._factors = _factors(series)
        self._order = _outwards(first, len(series.slices))
        self._cancelled = Event()
        is_whole = series.modality != "PT" and all(
            how.is_integral for how in self._layouts
        )
        self._begin(whole=is_whole)

    @property
    def volume(self) -> Volume:
        """The volume, as far as it is loaded."""
        return self._volume

    @property
    def is_loaded(self) -> NDArray[np.bool_]:
        """Which slices are there, shape (slices,)."""
        return self._is_loaded.copy()

    @property
    def slices_loaded(self) -> int:
        """How many slices are there."""
        return int(self._is_loaded.sum())

    @property
    def is_complete(self) -> bool:
        """Whether all slices are there: only then is the volume one to measure in."""
        return bool(self._is_loaded.all())

    def cancel(self) -> None:
        """End the iteration before the next slice; any thread may call this."""
        self._cancelled.set()

    def __iter__(self) -> Iterator[int]:
        """Read what is not there yet.

        Raises
        ------
        DicomError
            If a file is gone, was changed since the scan, or cannot be decoded, or the
            volume does not fit into memory.
        """
        yield from self._kept_slices()
        yield from self._slices()
        if not self._fits:
            self._begin(whole=False)
            yield from self._slices()
        elif self._keeping is not None and self.is_complete:
            self._keeping.finish()
            self._keeping = None

    def _begin(self, *, whole: bool) -> None:
        voxels = _zeros(self._series, whole=whole)
        self._put = self._put_whole if whole else self._put_decimals
        self._volume = _volume(self._series, self._layouts, voxels)
        self._is_loaded = np.zeros(self._series.shape[0], bool)
        self._fits = True
        cached = cached_voxels(self._series) if whole else None
        self._kept = cached if isinstance(cached, KeptVoxels) else None
        self._keeping = cached if isinstance(cached, KeepingVoxels) else None

    def _kept_slices(self) -> Iterator[int]:
        """Read slices that were decoded before, if any were; the rest is left."""
        for index in self._order if self._kept is not None else ():
            if self._cancelled.is_set():
                return
            if self._kept is not None and not self._is_loaded[index]:
                try:
                    self._kept.read(index, self._volume.voxels[index])
                except OSError:
                    return
                self._is_loaded[index] = True
                yield index

    def _slices(self) -> Iterator[int]:
        """Read slices, as many at a time as can be decoded, until one does not fit."""
        missing = [index for index in self._order if not self._is_loaded[index]]
        if self._cancelled.is_set() or not missing:
            return
        with (
            decoding(self._series.slices) as lanes,
            ThreadPoolExecutor(max_workers=lanes.width) as pool,
        ):
            act = map if lanes.width == 1 else pool.map
            inflated = Inflated()
            first = partial(self._put, Ways(lanes.first, inflated))
            ways = partial(self._put, Ways(lanes.decode, inflated))
            try:  # nothing of the others begins before somebody has the first
                yield from self._arriving(missing[:1], map(first, missing[:1]))
                if self._goes_on():
                    yield from self._arriving(missing[1:], act(ways, missing[1:]))
            finally:
                pool.shutdown(cancel_futures=True)

    def _arriving(self, indices: Sequence[int], put: Iterator[bool]) -> Iterator[int]:
        """Give the slices that are there, until one does not fit."""
        for index, self._fits in zip(indices, put, strict=True):
            if not self._goes_on():
                return
            self._is_loaded[index] = True
            yield index

    def _goes_on(self) -> bool:
        return self._fits and not self._cancelled.is_set()

    def _put_whole(self, ways: Ways, index: int) -> bool:
        """Write a slice as int16; return whether its values fit."""
        image, how = self._series.slices[index], self._layouts[index]
        out = self._volume.voxels[index]
        fits = put_whole_numbers(read_stored(image, how, out, ways), how, out)
        if fits and self._keeping is not None:
            self._keeping.put(index, out)
        return fits

    def _put_decimals(self, ways: Ways, index: int) -> bool:
        image, how = self._series.slices[index], self._layouts[index]
        scratch = np.empty(self._series.shape[1:], np.int16)
        stored = read_stored(image, how, scratch, ways)
        put_decimals(stored, how, self._factors[index], self._volume.voxels[index])
        return True


def _outwards(first: int, count: int) -> list[int]:
    """Return the slices by their distance from one of them.

    >>> _outwards(2, 6)
    [2, 3, 1, 4, 0, 5]
    """
    return sorted(range(count), key=lambda index: (abs(index - first), first - index))


def _zeros(series: Series, *, whole: bool) -> NDArray[np.int16] | NDArray[np.float32]:
    """Return memory for the voxels, which costs none before it is written to."""
    count, most = math.prod(series.shape), most_voxels()
    if count > most:
        raise DicomError.at(
            series.files[0].parent,
            f"its {series.shape[0]} slices have {count:,} voxels",
            f"At most {most:,} are loaded ({VOXELS} names another number)",
        )
    try:
        if whole:
            return np.zeros(series.shape, np.int16)
        return np.zeros(series.shape, np.float32)
    except MemoryError as error:
        size = math.prod(series.shape) * (2 if whole else 4) / 1e9
        raise DicomError.at(
            series.files[0].parent,
            f"its {series.shape[0]} slices need {size:.1f} GB, which is not there",
        ) from error


def _factors(series: Series) -> Sequence[float]:
    if isinstance(series.suv, SeriesSuv):
        return series.suv.by_slice
    return (1.0,) * len(series.slices)


def _volume(
    series: Series,
    layouts: Sequence[PixelLayout],
    voxels: NDArray[np.int16] | NDArray[np.float32],
) -> Volume:
    first = series.slices[0]
    units, suv = _units(series, layouts[0]), series.suv
    return Volume(
        voxels=voxels,
        slice_origins_lps=np.array([image.position_lps for image in series.slices]),
        row_axis_lps=np.array(first.row_axis_lps),
        column_axis_lps=np.array(first.column_axis_lps),
        pixel_spacing_mm=first.pixel_spacing_mm,
        slice_spacing_mm=series.slice_spacing_mm,
        slice_thickness_mm=first.thickness_mm,
        units=units,
        modality=series.modality,
        sop_instance_uids=tuple(image.sop_instance_uid for image in series.slices),
        series_instance_uid=series.series_instance_uid,
        study_instance_uid=series.study_instance_uid,
        frame_of_reference_uid=series.frame_of_reference_uid,
        warnings=series.warnings,
        suv_refused=suv.refused if isinstance(suv, SuvRefusal) else "",
        suv_method=suv.factors.method if isinstance(suv, SeriesSuv) else "",
        suv_scales=suv.scales if isinstance(suv, SeriesSuv) else (),
        frame_numbers=series.frame_numbers,
        padding=padding_ranges(layouts, _factors(series), units),
    )


def _require_one_kind(series: Series, layouts: Sequence[PixelLayout]) -> None:
    """Refuse rescaled slices beside others: no unit is true of both."""
    bare = [not how.is_rescaled for how in layouts]
    if any(bare) and not all(bare):
        raise DicomError.at(
            series.slices[bare.index(True)].path,
            f"{sum(bare)} of {len(bare)} slices have no RescaleSlope (0028,1053) or "
            "RescaleIntercept (0028,1052)",
        )


def _units(series: Series, how: PixelLayout) -> str:
    """Return what a voxel counts; HU only where a CT was rescaled to them."""
    found = series.slices[0].elements
    if series.modality == "PT":
        suv = isinstance(series.suv, SeriesSuv)
        return "SUVbw" if suv else found.text(tags.UNITS) or "unknown"
    if not how.is_rescaled:
        return "stored value"
    if series.modality == "CT" and not how.value_type:  # PS3.3, C.8.2.1.1.2
        return "HU"
    return UNSPECIFIED.get(how.value_type, how.value_type)
