"""Cine: the slices of a pane one after the other, until anything else is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QTimer

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.viewports import Viewports

PER_SECOND = 12
"""Slices; views of a projection."""


class Cine:
    """Runs through the series of the pane at hand, and back to its other end.

    Parameters
    ----------
    parent
        Ends the cine with itself.
    """

    def __init__(self, viewing: Viewports, parent: QObject) -> None:
        self._viewing = viewing
        self._station: MeasuringViewport | None = None
        self._clock = QTimer(parent)
        self._clock.setInterval(1000 // PER_SECOND)
        self._clock.timeout.connect(self._on_time)

    @property
    def is_running(self) -> bool:
        """Whether slices follow one another."""
        return self._clock.isActive()

    def toggle(self) -> None:
        """Run, or stand still."""
        if self.is_running:
            self.stop()
            return
        self._station = self._viewing.at_hand
        if self._station.pane.volume is not None:
            self._clock.start()

    def stop(self) -> None:
        """Stand still."""
        self._clock.stop()
        self._station = None

    def _on_time(self) -> None:
        station = self._station
        if station is None or station not in self._viewing.on_show:
            self.stop()
            return
        pane = station.pane
        before = pane.slice_index
        pane.step(-1)
        if pane.volume is None:
            self.stop()
        elif pane.slice_index == before:
            pane.go_to_end(head=True)
