"""The contrast phase of a series, asked of its pixels as a second opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.phase import Phase
from recist_tool.dicom.scan.pixel_phase import phase_of_pixels
from recist_tool.dicom.scan.series import seconded
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from recist_tool.dicom.load import Progress
    from recist_tool.dicom.scan.series import Series


def with_pixel_phase(series: Series, progress: Progress | None = None) -> Series:
    """Return a CT with what aorta and liver say of its phase; others as they are.

    Parameters
    ----------
    progress
        As `recist_tool.dicom.load` takes it: the pixels are read.
    """
    if series.modality != "CT":
        return series
    try:
        opinion = phase_of_pixels(load(series, progress))
    except DicomError as error:
        opinion = Phase("", f"cannot tell: {error.faults[0].what}")
    return seconded(series, opinion)
