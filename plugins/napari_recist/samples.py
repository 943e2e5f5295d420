"""The synthetic patient as napari sample data."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari import current_viewer
from qtpy.QtCore import QTimer

from napari_recist.layers import image_layer
from recist_tool import DEMO_PATIENT, scan, write_patient

if TYPE_CHECKING:
    from napari.viewer import Viewer

    from napari_recist.layers import LayerData

FOLDER = "recist-phantom-patient"


def phantom_patient() -> list[LayerData]:
    """Return the baseline CT of the synthetic patient.

    Where there is a viewer, its reading room makes the other visits in the background
    and opens the whole patient; the plain layer leaves the viewer then.
    """
    folder = Path(tempfile.gettempdir()) / FOLDER
    baseline = replace(DEMO_PATIENT.visits[0], has_pet=False)
    write_patient(replace(DEMO_PATIENT, visits=(baseline,)), folder)
    viewer = current_viewer()
    if viewer is not None:
        QTimer.singleShot(0, partial(_open_in_room, viewer, folder))
    (series,) = scan([folder / baseline.timepoint_id]).series
    return [image_layer(series)]


def _open_in_room(viewer: Viewer, folder: Path) -> None:
    from napari_recist.window import add_reading_room

    room = add_reading_room(viewer).room
    for layer in list(viewer.layers):
        if layer.source.sample == ("recist-tool", "phantom-patient"):
            viewer.layers.remove(layer)
    room.make_and_open(partial(write_patient, DEMO_PATIENT, folder), folder)
