"""Keeping the desk of a read as it is, and laying it out again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari_recist.room.workspace import ViewportState, Workspace, read_desk, write_desk
from napari_recist.viewport.link import PointInView
from recist_tool.app.reading import COUNTS, RuledFilm, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_recist.room.hang_saved import SavedHanging
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.viewports import Viewports
    from recist_tool.app.reading import CurrentRead


class WorkspaceStore:
    """Writes the desk whenever it changed, and lays it out when a case is opened."""

    def __init__(
        self, viewing: Viewports, reading: CurrentRead, hanging: SavedHanging
    ) -> None:
        self._viewing = viewing
        self._reading = reading
        self._hanging = hanging
        self._kept: Workspace | None = None
        self._coming: Workspace | None = None
        self._awaited: dict[MeasuringViewport, ViewportState] = {}

    def keep(self) -> None:
        """Write the desk where it changed since it was written last."""
        session = self._reading.session
        comes = self._coming is not None or self._awaited
        if session is None or comes or self._viewing.active.pane.volume is None:
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

    def forget(self) -> None:
        """Let go of the desk: another patient comes."""
        self._kept = self._coming = None
        self._awaited.clear()

    def desk(self) -> Workspace:
        """Return what is before the reader's eyes."""
        viewing, reading = self._viewing, self._reading
        return Workspace(
            count=viewing.count,
            active=viewing.stations.index(viewing.active),
            link=viewing.linking.mode,
            hanging=self._hanging.name,
            timepoint_id=reading.timepoint_id,
            lesion_id=reading.lesion_id,
            panes=tuple(self._state(station) for station in viewing.on_show),
        )

    def seen_first(self) -> set[str]:
        """Return the visits that are before the reader's eyes when the case opens."""
        desk = self._left()
        if desk is not None:
            return {one.timepoint_id for one in desk.panes if one.timepoint_id}
        alone = self._viewing.count == 1  # what belongs beside it depends on what is
        return {self._reading.timepoint_id or ""} if alone else set()

    def lay_out(self) -> bool:
        """Bring the desk back as the reader left it; return whether there was one.

        The first pane comes at once, others as soon as they are made.
        """
        desk, viewing = self._left(), self._viewing
        if desk is None:
            return False
        first = desk.panes[0].timepoint_id
        self._coming = desk
        viewing.linking.mode = desk.link
        self._hanging.resume(desk.hanging)
        viewing.show_panes(1)
        self._reading.resume(first, desk.lesion_id if self._knows(desk) else None)
        self._hang(desk.panes[:1], viewing.on_show)
        self._reading.changed.emit()
        viewing.making.ensure(desk.count, partial(self._hang_others, desk))
        return True

    def _left(self) -> Workspace | None:
        """Return the desk as the reader left it, where it is one of the open case."""
        session = self._reading.session
        desk = session and read_desk(session.case_path, session.reader_id)
        if not desk or desk.count not in COUNTS or not desk.panes:
            return None
        known: set[str | None] = {one.timepoint_id for one in self._reading.visits}
        is_known = {desk.timepoint_id, desk.panes[0].timepoint_id} <= known
        return desk if is_known else None

    def _hang_others(self, desk: Workspace) -> None:
        """Hang what was beside the first pane, unless another case came meanwhile."""
        if self._coming is not desk:
            return
        self._coming, viewing = None, self._viewing
        viewing.show_panes(desk.count)
        self._hang(desk.panes[1:], viewing.on_show[1:])
        viewing.active = viewing.on_show[min(desk.active, len(viewing.on_show) - 1)]
        self._reading.resume(desk.timepoint_id or "", self._reading.lesion_id)
        self._reading.changed.emit()

    def _hang(
        self, panes: Sequence[ViewportState], stations: Sequence[MeasuringViewport]
    ) -> None:
        viewing = self._viewing
        hung: list[tuple[MeasuringViewport, str]] = []
        for station, state in zip(stations, panes, strict=False):
            is_there = viewing.series_of(state.film) is not None
            station.hang(state.film)
            film, lacks = RuledFilm(state.film)
            if not is_there:  # what is gone leaves its place to what belongs there
                film, lacks = viewing.belonging(station)
            station.hang(film)
            station.pane.clear()
            if is_there:
                self._awaited[station] = state
            if state.fused is not None:
                viewing.fusing.want(station)
            hung.append((station, lacks))
        for station, lacks in hung:
            viewing.show(station, station.film, lacks)

    def arrived(self, station: MeasuringViewport) -> None:
        """Bring what is in view back, once its series is there."""
        state = self._awaited.pop(station, None)
        volume = station.pane.volume
        if state is None or volume is None:
            return
        pane = station.pane
        pane.magnification = state.magnification
        pane.look_at(PointInView(volume, state.slice_index, state.centre))
        pane.window = Window(*state.window)
        pane.fused.window = Window(*state.fused_window)
        if state.fused is not None:
            pane.fused.blend = state.fused
        station.sheet.stay()

    def _knows(self, desk: Workspace) -> bool:
        read = self._reading.read
        return bool(read and desk.lesion_id and read.lesion(desk.lesion_id))

    def _state(self, station: MeasuringViewport) -> ViewportState:
        pane, film = station.pane, station.film
        looked = pane.looked
        return ViewportState(
            timepoint_id=film.timepoint_id,
            series_key=film.series_key,
            plane=film.plane,
            place=film.place,
            slice_index=pane.slice_index,
            centre=(0.0, 0.0) if looked is None else looked.pixel,
            magnification=pane.magnification,
            window=(pane.window.low, pane.window.high),
            fused=pane.fused.blend if self._viewing.fusing.wants(station) else None,
            fused_window=(pane.fused.window.low, pane.fused.window.high),
        )
