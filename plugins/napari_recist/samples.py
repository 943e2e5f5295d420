"""The synthetic patient as napari sample data."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari import current_viewer
from qtpy.QtCore import QTimer

from napari_recist.layers import image_layer
from napari_recist.reader import NO_LAYERS
from recist_tool.dicom import scan
from recist_tool.phantom import DEMO_PATIENT, write_patient

if TYPE_CHECKING:
    from napari.viewer import Viewer

FOLDER = "recist-phantom-patient"


def phantom_patient() -> list[Any]:
    """Return the baseline CT of the synthetic patient.

    Where there is a viewer, its reading room makes the whole patient in the background
    and opens it; no layer is returned then.
    """
    folder = Path(tempfile.gettempdir()) / FOLDER
    viewer = current_viewer()
    if viewer is not None:
        QTimer.singleShot(0, partial(_open_in_room, viewer, folder))
        return NO_LAYERS
    baseline = replace(DEMO_PATIENT.visits[0], has_pet=False)
    write_patient(replace(DEMO_PATIENT, visits=(baseline,)), folder)
    (series,) = scan([folder / baseline.timepoint_id]).series
    return [image_layer(series)]


def _open_in_room(viewer: Viewer, folder: Path) -> None:
    from napari_recist.window import add_reading_room

    room = add_reading_room(viewer).room
    room.make_and_open(partial(write_patient, DEMO_PATIENT, folder), folder)
