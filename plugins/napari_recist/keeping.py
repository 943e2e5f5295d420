"""Keeping the desk of a read as it is, and laying it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.desk import Desk, PaneState, read_desk, write_desk
from napari_recist.hanging import COUNTS
from napari_recist.link import Looked
from napari_recist.windows import Window

if TYPE_CHECKING:
    from napari_recist.reading import Reading
    from napari_recist.station import Station
    from napari_recist.viewing import Viewing


class Keeper:
    """Writes the desk whenever it changed, and lays it out when a case is opened."""

    def __init__(self, viewing: Viewing, reading: Reading) -> None:
        self._viewing = viewing
        self._reading = reading
        self._kept: Desk | None = None
        self._awaited: dict[Station, PaneState] = {}

    def keep(self) -> None:
        """Write the desk where it changed since it was written last."""
        session = self._reading.session
        if session is None or self._awaited or self._viewing.active.pane.volume is None:
            return
        desk = self.desk()
        if desk == self._kept:
            return
        self._kept = desk
        try:
            write_desk(session.case_path, session.reader_id, desk)
        except OSError:
            self._reading.say(
                "Where you are in the images could not be saved: the disk refuses.",
                is_error=True,
            )

    def desk(self) -> Desk:
        """Return what is before the reader's eyes."""
        viewing, reading = self._viewing, self._reading
        return Desk(
            count=viewing.count,
            active=viewing.stations.index(viewing.active),
            link=viewing.linking.mode,
            timepoint_id=reading.timepoint_id,
            lesion_id=reading.lesion_id,
            panes=tuple(self._state(station) for station in viewing.on_show),
        )

    def lay_out(self) -> bool:
        """Bring the desk back as the reader left it; return whether there was one."""
        session, viewing = self._reading.session, self._viewing
        desk = session and read_desk(session.case_path, session.reader_id)
        known = {one.timepoint_id for one in self._reading.visits}
        if not desk or desk.count not in COUNTS or desk.timepoint_id not in known:
            return False
        viewing.linking.mode = desk.link
        viewing.show_panes(desk.count)
        hung = list(zip(viewing.on_show, desk.panes, strict=False))
        for station, state in hung:
            station.hang(state.film)
            station.pane.clear()
        viewing.active = viewing.on_show[min(desk.active, len(viewing.on_show) - 1)]
        self._reading.timepoint_id = desk.timepoint_id
        self._reading.lesion_id = desk.lesion_id if self._knows(desk) else None
        self._awaited = {
            station: state
            for station, state in hung
            if viewing.series_of(state.film) is not None
        }
        for station, state in hung:
            if state.fused is not None:
                viewing.fusing.want(station)
            viewing.show(station, state.film)
        self._reading.changed()
        return True

    def arrived(self, station: Station) -> None:
        """Bring what is in view back, once its series is there."""
        state = self._awaited.pop(station, None)
        volume = station.pane.volume
        if state is None or volume is None:
            return
        pane = station.pane
        pane.mm_per_px = state.mm_per_px
        pane.look_at(Looked(volume, state.slice_index, state.centre))
        pane.window = Window(*state.window)
        pane.fused.window = Window(*state.fused_window)
        if state.fused is not None:
            pane.fused.blend = state.fused
        station.sheet.stay()

    def _knows(self, desk: Desk) -> bool:
        read = self._reading.read
        return bool(read and desk.lesion_id and read.lesion(desk.lesion_id))

    def _state(self, station: Station) -> PaneState:
        pane, film = station.pane, station.film
        looked = pane.looked
        return PaneState(
            timepoint_id=film.timepoint_id,
            series_key=film.series_key,
            plane=film.plane,
            place=film.place,
            slice_index=pane.slice_index,
            centre=(0.0, 0.0) if looked is None else looked.pixel,
            mm_per_px=pane.mm_per_px,
            window=(pane.window.low, pane.window.high),
            fused=pane.fused.blend if self._viewing.fusing.wants(station) else None,
            fused_window=(pane.fused.window.low, pane.fused.window.high),
        )
