"""Series as plain napari image layers, for scripts without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_recist.viewport.image.coordinates import layer_scale
from recist_tool.app.reading import first_window, is_case, series_words
from recist_tool.dicom import load, scan
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from recist_tool.dicom import Series

LayerData = tuple[Any, dict[str, Any], str]


def image_layers(paths: Sequence[Path]) -> list[LayerData]:
    """Return every series under some folders as a napari image layer.

    Raises
    ------
    DicomError
        If there is no series, or a case is given: a case needs the reading room.
    """
    for path in paths:
        if is_case(path):
            raise DicomError.at(path.name, "is a case", "Open it in the reading room")
    found = scan(list(paths)).series
    if not found:
        raise DicomError.at(paths[0], "holds no CT or PET series in DICOM format")
    return [image_layer(series) for series in found]


def image_layer(series: Series) -> LayerData:
    """Return one series as a napari image layer in its own voxel grid."""
    volume = load(series)
    settings = {
        "name": f"{series.study_date}  {series_words(series)}",
        "scale": layer_scale(volume),
        "contrast_limits": tuple(first_window(volume)),
        "colormap": "gray_r" if volume.modality == "PT" else "gray",
        "metadata": {"series_instance_uid": series.series_instance_uid},
    }
    return volume.voxels, settings, "image"
