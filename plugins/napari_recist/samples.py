"""The synthetic patient as napari sample data."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from napari import current_viewer
from qtpy.QtCore import QTimer

from napari_recist.layers import image_layer
from recist_tool import DEMO_PATIENT, scan, write_patient

if TYPE_CHECKING:
    from napari_recist.layers import LayerData

FOLDER = "recist-phantom-patient"


def phantom_patient() -> list[LayerData]:
    """Return the baseline CT of the synthetic patient.

    Where there is a viewer, its reading room opens the whole patient as well.
    """
    folder = Path(tempfile.gettempdir()) / FOLDER
    write_patient(DEMO_PATIENT, folder)
    if current_viewer() is not None:
        QTimer.singleShot(0, lambda: _open_in_room(folder))
    series = scan([folder]).series
    return [image_layer(min(series, key=lambda one: (one.study_date, one.modality)))]


def _open_in_room(folder: Path) -> None:
    from napari_recist.window import add_reading_room

    viewer = current_viewer()
    if viewer is not None:
        add_reading_room(viewer).open([folder])
