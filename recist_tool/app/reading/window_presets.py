"""Window presets and their keys.

``0`` and ``5`` are findings (gone, too small), each named after the millimetres that it
records, so no preset is on them: one key never means two things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.criteria.course.organs import organ_group

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume


class Window(NamedTuple):
    """The grey values that are shown from black to white."""

    low: float
    high: float

    @classmethod
    def of(cls, width: float, level: float) -> Window:
        """Return the window of a width around a level."""
        return cls(level - width / 2, level + width / 2)

    @property
    def width(self) -> float:
        """The difference between white and black."""
        return self.high - self.low

    @property
    def level(self) -> float:
        """The value in the middle."""
        return (self.high + self.low) / 2


class Preset(NamedTuple):
    """A named window for one kind of image."""

    name: str
    modality: str
    window: Window


PRESETS = {
    "1": Preset("soft tissue", "CT", Window.of(400, 40)),
    "2": Preset("liver", "CT", Window.of(150, 90)),
    "3": Preset("lung", "CT", Window.of(1500, -600)),
    "4": Preset("bone", "CT", Window.of(1800, 400)),
    "6": Preset("PET 0-5", "PT", Window(0, 5)),
    "7": Preset("PET 0-10", "PT", Window(0, 10)),
    "8": Preset("PET 0-15", "PT", Window(0, 15)),
    "9": Preset("brain", "CT", Window.of(80, 40)),
}


ORGAN_PRESETS = {"liver": "2", "lung": "3", "bone": "4"}
"""Organs that are read in a window of their own; all others in that of soft tissue."""


def preset_of_organ(organ: str) -> Window:
    """Return the window in which lesions of an organ are read on CT."""
    return PRESETS[ORGAN_PRESETS.get(organ_group(organ), "1")].window


def first_window(volume: Volume) -> Window:
    """Return the window in which a series is first shown.

    CT and SUV have their presets; anything else spans the 1st to the 99th percentile
    of its middle slice, so that no whole volume is searched.
    """
    if volume.modality == "CT":
        return PRESETS["1"].window
    if volume.units.startswith("SUV"):
        return PRESETS["7"].window
    middle = volume.voxels[len(volume.voxels) // 2]
    low, high = (float(value) for value in np.percentile(middle, (1, 99)))
    return Window(low, high if high > low else low + 1)


def window_name(window: Window, modality: str) -> str:
    """Return the name of the preset that a window is; empty for any other."""
    for preset in PRESETS.values():
        if preset.modality == modality == "CT" and preset.window == window:
            return preset.name
    return ""


def dragged(window: Window, right: float, down: float) -> Window:
    """Return the window after a drag in screen pixels.

    To the right widens it, downwards brightens the image (lowers the level); the step
    follows the width, so CT and SUV feel the same.

    Parameters
    ----------
    window
        As it was when the drag began, HU or SUV.
    right, down
        Way of the pointer since then, screen pixels; to the left and upwards below 0.
    """
    step = max(window.width, 1e-3) / 300
    width = max(window.width + right * step, 1e-3)
    return Window.of(width, window.level - down * step)
