"""The grey values that each organ was last read in, so that they come by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from recist_tool.app.reading.window_presets import preset_of_organ
from recist_tool.criteria.course.organs import organ_group

if TYPE_CHECKING:
    from collections.abc import Callable

    from recist_tool.app.reading.window_presets import Window
    from recist_tool.measure.geometry.volume import Volume


class Windowed(Protocol):
    """A series on show, in a window of grey values."""

    @property
    def window(self) -> Window:
        """The grey values on show."""
        ...

    @window.setter
    def window(self, window: Window) -> None: ...

    @property
    def acquired(self) -> Volume | None:
        """The series as it was acquired; None where there is none."""
        ...


class OrganWindows:
    """Shows an organ on CT in the window that the reader last had for it.

    Parameters
    ----------
    pane
        Returns the pane in which is read.
    """

    def __init__(self, pane: Callable[[], Windowed]) -> None:
        self._pane = pane
        self._organ = ""
        self._windows: dict[str, Window] = {}

    def belongs_to(self, organ: str) -> None:
        """Take what is on show as the window of an organ: a lesion there was read."""
        if self._is_ct():
            self._organ = organ_group(organ)

    def turn_to(self, organ: str) -> None:
        """Show an organ in its window; where it is in view already, nothing changes."""
        organ = organ_group(organ)
        if organ == self._organ or not self._is_ct():
            return
        pane = self._pane()
        if self._organ:
            self._windows[self._organ] = pane.window
        self._organ = organ
        pane.window = self._windows.get(organ) or preset_of_organ(organ)

    def forget(self) -> None:
        """Let go of what the reader had in view: another patient comes."""
        self._organ = ""
        self._windows.clear()

    def _is_ct(self) -> bool:
        volume = self._pane().acquired
        return volume is not None and volume.modality == "CT"
