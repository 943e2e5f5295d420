"""A later scan of a patient: the files again, with other UIDs, days and values."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
from pydicom import dcmread
from pydicom.uid import generate_uid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from recist_tool.dicom import Series

    Change = Callable[[int, NDArray[np.float64]], NDArray[np.float64]]

UIDS = (
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
)
INJECTED = "RadiopharmaceuticalStartDateTime"
DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")


def write_later_copy(
    series: Series, folder: Path, days: int, change: Change | None = None
) -> None:
    """Write what a series would be some days later.

    Series of one examination stay in one study and one frame of reference: each UID
    is made from the one before.

    Parameters
    ----------
    change
        Returns the values of a slice, of the number that it has in the series from 0,
        as they are later; values are those of the file, rescaled. None for the same.
    """
    folder.mkdir(parents=True)
    for index, one in enumerate(series.slices):
        dataset = dcmread(one.path)
        for name in UIDS:
            old = str(dataset.get(name))
            dataset[name].value = generate_uid(entropy_srcs=[old, f"{days} days later"])
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        for name in DATES:
            if dataset.get(name):
                dataset[name].value = _later(dataset[name].value, days)
        for isotope in dataset.get("RadiopharmaceuticalInformationSequence", ()):
            if isotope.get(INJECTED):
                isotope[INJECTED].value = _later(isotope[INJECTED].value, days)
        if change is not None:
            slope, at_0 = float(dataset.RescaleSlope), float(dataset.RescaleIntercept)
            stored = dataset.pixel_array
            values = change(index, stored * slope + at_0)
            later = np.rint((values - at_0) / slope).astype(stored.dtype)
            dataset.PixelData = later.tobytes()
        dataset.save_as(folder / f"{index:04}.dcm")


def _later(moment: str, days: int) -> str:
    """Return a date, or a date and time, some days later."""
    day = dt.date.fromisoformat(moment[:8]) + dt.timedelta(days=days)
    return f"{day:%Y%m%d}{moment[8:]}"
