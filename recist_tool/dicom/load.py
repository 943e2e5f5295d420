"""A series in memory: every slice decoded straight into one array."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.dicom import tags
from recist_tool.dicom.pixels import (
    Layout,
    layout,
    padding_ranges,
    put_decimals,
    put_whole_numbers,
    read_stored,
)
from recist_tool.dicom.suv_tags import SeriesSuv, SuvRefusal
from recist_tool.dicom.workers import decoding
from recist_tool.errors import DicomError
from recist_tool.measure.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from recist_tool.dicom.series import Series
    from recist_tool.dicom.workers import Decode

    Progress = Callable[[int, int], None]


def load(series: Series, progress: Progress | None = None) -> Volume:
    """Return the pixels of a series, with its geometry.

    CT is int16 in HU, each slice with its own rescale. Values that are no whole
    numbers, or lie beyond int16, make the volume float32; pixel padding beyond int16
    alone does not, it becomes -32768. PET is float32 in SUVbw, or, where SUV is
    refused, in the units of the file, and `Volume.suv_refused` says why.

    Parameters
    ----------
    progress
        Called with the number of slices read and of all slices.

    Raises
    ------
    DicomError
        If a file is gone, was changed since the scan, cannot be decoded, or the
        volume does not fit into memory.
    """
    layouts = tuple(layout(image) for image in series.slices)
    report = progress or _silent
    try:
        voxels = _voxels(series, layouts, report)
    except MemoryError as error:
        size = series.shape[0] * series.shape[1] * series.shape[2] * 2 / 1e9
        raise DicomError.at(
            series.files[0].parent,
            f"its {series.shape[0]} slices need {size:.1f} GB, which is not there",
        ) from error
    return _volume(series, layouts, voxels)


def _silent(done: int, total: int) -> None:
    """Report progress to nobody."""


def _voxels(
    series: Series, layouts: Sequence[Layout], report: Progress
) -> NDArray[np.int16] | NDArray[np.float32]:
    if series.modality != "PT" and all(how.is_integral for how in layouts):
        whole = _whole_numbers(series, layouts, report)
        if whole is not None:
            return whole
    return _decimals(series, layouts, report)


def _whole_numbers(
    series: Series, layouts: Sequence[Layout], report: Progress
) -> NDArray[np.int16] | None:
    """Return all values as int16; None if one of them does not fit."""
    voxels = np.empty(series.shape, np.int16)

    def put(index: int, decode: Decode) -> bool:
        image, how, out = series.slices[index], layouts[index], voxels[index]
        return put_whole_numbers(read_stored(image, how, out, decode), how, out)

    return voxels if _each(series, put, report) else None


def _decimals(
    series: Series, layouts: Sequence[Layout], report: Progress
) -> NDArray[np.float32]:
    voxels = np.empty(series.shape, np.float32)
    factors = _factors(series)

    def put(index: int, decode: Decode) -> bool:
        image, how = series.slices[index], layouts[index]
        scratch = np.empty(series.shape[1:], np.int16)
        stored = read_stored(image, how, scratch, decode)
        put_decimals(stored, how, factors[index], voxels[index])
        return True

    _each(series, put, report)
    return voxels


def _each(series: Series, put: Callable[[int, Decode], bool], report: Progress) -> bool:
    """Do something with every slice, as many at a time as can be decoded.

    Stops and returns False where `put` does.
    """
    total = len(series.slices)
    with (
        decoding(series.slices) as lanes,
        ThreadPoolExecutor(max_workers=lanes.width) as pool,
    ):

        def one(index: int) -> bool:
            return put(index, lanes.decode)

        act = map if lanes.width == 1 else pool.map
        try:
            for done, fits in enumerate(act(one, range(total)), start=1):
                if not fits:
                    return False
                report(done, total)
        finally:
            pool.shutdown(cancel_futures=True)
    return True


def _factors(series: Series) -> Sequence[float]:
    if isinstance(series.suv, SeriesSuv):
        return series.suv.by_slice
    return (1.0,) * len(series.slices)


def _volume(
    series: Series,
    layouts: Sequence[Layout],
    voxels: NDArray[np.int16] | NDArray[np.float32],
) -> Volume:
    first = series.slices[0]
    units = _units(series, layouts[0])
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
        suv_refused=series.suv.refused if isinstance(series.suv, SuvRefusal) else "",
        frame_numbers=series.frame_numbers,
        padding=padding_ranges(layouts, _factors(series), units),
    )


def _units(series: Series, how: Layout) -> str:
    """Return what a voxel counts; HU only where a CT was rescaled to them."""
    found = series.slices[0].elements
    if series.modality == "PT":
        suv = isinstance(series.suv, SeriesSuv)
        return "SUVbw" if suv else found.text(tags.UNITS) or "unknown"
    if not how.is_rescaled:
        return "stored value"
    said = how.value_type
    if series.modality == "CT" and said in ("", "HU", "US"):
        return "HU"
    return said or "unknown"
