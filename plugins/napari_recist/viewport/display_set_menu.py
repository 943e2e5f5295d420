"""What can hang in a pane: every series of every visit, along every plane."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QMenu, QWidget

from napari_recist.viewport.image.reformat import plane_of, refusal
from recist_tool.app.reading import UNDATED, DisplaySet, Plane, series_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_recist.viewport.host import ViewportHost
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from recist_tool.dicom import Series
    from recist_tool.model import Timepoint


class DisplaySetMenu(QMenu):
    """The menu of one pane, made anew whenever it opens."""

    def __init__(
        self,
        station: Callable[[], MeasuringViewport | None],
        room: Callable[[], ViewportHost | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._station = station
        self._room = room
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        station, room = self._station(), self._room()
        if station is None or room is None:
            return
        for visit in room.reading.visits:
            found = room.studies.of_visit(visit)
            self._add_visit(station, room, visit.timepoint_id, found)
            self._add_missing(station, room, visit)
        self._add_visit(station, room, UNDATED, room.studies.undated())
        self.addSeparator()
        self._add_planes(station, room)

    def _add_visit(
        self,
        station: MeasuringViewport,
        room: ViewportHost,
        visit: str,
        found: Sequence[Series],
    ) -> None:
        told = room.reading.blinding
        for series in found:
            film = DisplaySet(visit, series.key)
            action = self.addAction(f"{visit}   {series_words(series, told)}")
            action.setCheckable(True)
            hung = station.film
            is_hung = (hung.timepoint_id, hung.series_key) == film[:2]
            action.setChecked(is_hung)
            action.triggered.connect(partial(room.hang_film, station, film))

    def _add_missing(
        self, station: MeasuringViewport, room: ViewportHost, visit: Timepoint
    ) -> None:
        """Add what was not found: chosen, the pane asks where it is."""
        for lost in room.missing.of_visit(visit):
            words = series_words(lost, room.reading.blinding)
            film = DisplaySet(visit.timepoint_id, lost.series_instance_uid)
            action = self.addAction(f"{visit.timepoint_id}   {words}   (not found)")
            action.triggered.connect(partial(room.hang_film, station, film))

    def _add_planes(self, station: MeasuringViewport, room: ViewportHost) -> None:
        volume = station.pane.acquired
        if volume is None or station.pane.plane is Plane.PROJECTION:
            volume = None
        own = None if volume is None else plane_of(volume)
        for plane in Plane:
            if plane is own:
                continue
            why = "" if volume is None else refusal(volume, plane)
            action = self.addAction(plane.value)
            action.setCheckable(True)
            action.setChecked(station.film.plane is plane)
            action.setEnabled(not why)
            action.setToolTip(why)
            film = station.film._replace(plane=plane)
            action.triggered.connect(partial(room.hang_film, station, film))
