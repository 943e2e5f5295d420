"""The panes on the wall: what hangs where, which one is active, what ties them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari_recist.viewport.annotations.captions import caption_of
from napari_recist.viewport.fusion_loader import FusionLoader
from napari_recist.viewport.image.mip import projections
from napari_recist.viewport.image.reformat import plane_of, refusal
from napari_recist.viewport.image.series_loader import SeriesLoader, SeriesRequest
from napari_recist.viewport.link import LinkMode
from napari_recist.viewport.linking import Linking
from napari_recist.viewport.measuring_viewport import MeasuringViewport
from napari_recist.viewport.registration import ViewportRegistration
from napari_recist.viewport.viewport import LOADING
from napari_recist.viewport.viewport_factory import ViewportFactory
from recist_tool.app import signal
from recist_tool.app.reading import (
    COUNTS,
    DisplaySet,
    DisplaySets,
    Plane,
    RuledFilm,
    series_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from napari.components import ViewerModel
    from numpy.typing import NDArray

    from napari_recist.viewport.annotations.corner_text import Caption
    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.mouse.caliper_tool import CaliperOutcome
    from napari_recist.viewport.viewport_factory import ViewportMaker
    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import CurrentRead, PatientSeries
    from recist_tool.dicom import Series
    from recist_tool.errors import RecistToolError
    from recist_tool.measure import Volume

    Ruled = Callable[[str], Sequence[RuledFilm]]
    """From the visit that is read to what hangs in each pane."""

CHOOSE = "Choose a series: the list below this pane."


class Viewports:
    """One to four panes, of which one is active.

    Attributes
    ----------
    stations
        All panes there are; the first is that of napari's own viewer and shows the
        current visit.
    count
        How many of them are on show.
    active
        The pane in which keys and calipers work.
    arrivals
        Brings series from the disk.
    making
        Makes more panes.
    subject
        Names the patient on the panes, as readers are told it.
    absent
        Says why a film has no image.
    is_gone
        Finds out whether the files of a series went away.
    ruled
        Says what hangs while a visit is read, by a hanging protocol; None where it is
        the usual.
    shown, hung, changed
        Emitted when a series came on show in a pane, with it; when a visit was hung,
        of which series may still come; when anything here changed.
    drew
        Emitted when a caliper was drawn in the active pane, with what was drawn.
    asked
        Emitted when a menu is asked for: the pane; row, column there.
    enlarged
        The pane that fills the wall, or None.
    finds_points
        Whether a click finds the same point in the other panes.
    """

    shown = signal(object)
    hung = signal()
    changed = signal()
    drew = signal(object)
    asked = signal(object, object)

    def __init__(
        self,
        viewer: ViewerModel,
        reading: CurrentRead,
        studies: PatientSeries,
        loader: Loader,
        maker: ViewportMaker | None,
    ) -> None:
        self._reading = reading
        self._films = DisplaySets(reading, studies)
        self._loader = loader
        self.arrivals = SeriesLoader(loader)
        self.arrivals.words = lambda series: series_words(series, reading.blinding)
        self.subject: Callable[[], str] = str
        self.absent: Callable[[DisplaySet], str] = lambda film: ""
        self.is_gone: Callable[[str], bool] = lambda key: False
        self.stations = [MeasuringViewport(viewer, reading, self)]
        self.making = ViewportFactory(maker, self._furnish, self.stations)
        self.count = self._wished = 1
        self.active = self._pointed = self.stations[0]
        self.enlarged: MeasuringViewport | None = None
        self.finds_points = False
        self.ruled: Ruled | None = None
        self._soon: set[MeasuringViewport] = set()
        self.linking = Linking(self, reading)
        self.registering = ViewportRegistration(self, self.linking, reading, loader)
        self.fusing = FusionLoader(self, reading, studies, loader)

    def _furnish(self, viewer: ViewerModel) -> MeasuringViewport:
        return MeasuringViewport(viewer, self._reading, self)

    def close(self) -> None:
        """Leave the viewers as they were."""
        for station in self.stations:
            station.close()

    # ------------------------------------------------------------- which panes

    @property
    def on_show(self) -> list[MeasuringViewport]:
        """The panes on the screen; the current visit first."""
        return self.stations[: self.count]

    @property
    def at_hand(self) -> MeasuringViewport:
        """The pane under the pointer, or the active one where there is none."""
        return self._pointed if self._pointed in self.on_show else self.active

    def set_count(self, count: int) -> None:
        """Show so many panes once they are made, and hang what usually belongs."""
        self.hang_by(count, None)

    def hang_by(self, count: int, ruled: Ruled | None) -> None:
        """Show so many panes once they are made, and hang what belongs into them.

        Parameters
        ----------
        ruled
            Says what hangs while a visit is read, from now on; None for the usual.
        """

        def made() -> None:
            if self.ruled is ruled:
                current = self.stations[0].film.timepoint_id
                self.show_panes(count)
                self.hang(current)

        self.ruled, self._wished = ruled, count
        if ruled is not None and not self.stations[0].film.timepoint_id:
            self.show_panes(1)
            self.hang()  # nothing hung till now: the current visit waits for no pane
        self.making.ensure(count, made)

    def show_panes(self, count: int) -> None:
        """Show so many panes as they are; only the first where there are not enough."""
        self.count = self._wished = count if count <= len(self.stations) else 1
        self.enlarged = None
        if self.active not in self.on_show:
            self.activate(self.stations[0])
        self.changed.emit()

    def cycle_count(self) -> None:
        """Show one pane, then two, then four, then one."""
        self.set_count(COUNTS[(COUNTS.index(self._wished) + 1) % len(COUNTS)])

    def activate(self, station: MeasuringViewport) -> None:
        """Work in another pane: its visit is open from now on."""
        self._pointed = station
        if station is self.active:
            return
        self._work_in(station)
        visit = station.film.timepoint_id
        if visit and visit != self._reading.timepoint_id:
            self._reading.open_timepoint(visit)
        self.changed.emit()

    def _work_in(self, station: MeasuringViewport) -> None:
        """Take mouse and caliper to a pane; the open visit stays."""
        self._pointed = station
        before = self.active
        if station is before:
            return
        before.tool.cancel()
        before.sheet.redraw()
        is_same = station.film.timepoint_id == before.film.timepoint_id
        station.tool.armed, before.tool.armed = is_same and before.tool.armed, False
        self.active = station

    def press(self, station: MeasuringViewport) -> None:
        """Work in the pane that is pressed; one of another visit is only looked at."""
        if self._is_of_open_visit(station):
            self.activate(station)
        else:
            self.point(station)

    def may_draw(self, station: MeasuringViewport) -> bool:
        """Return whether calipers are drawn in a pane; if they are not, say why.

        Only the open visit is measured: another one hangs there to compare with.
        """
        is_open = self._is_of_open_visit(station)
        if not is_open and self.active.hands.is_in_use:
            self._reading.say(
                f"{station.film.timepoint_id} hangs there to compare with: "
                f"{self._reading.timepoint_id} is open, and measured in its own pane.",
                is_error=True,
            )
        return is_open

    def _is_of_open_visit(self, station: MeasuringViewport) -> bool:
        return station.film.timepoint_id in ("", self._reading.timepoint_id)

    def activate_next(self) -> None:
        """Work in the next pane."""
        at = self.on_show.index(self.active)
        self.activate(self.on_show[at - 1])

    def enlarge(self, station: MeasuringViewport) -> None:
        """Let a pane fill the wall, or show all of them again."""
        is_all = self.enlarged is not None or self.count == 1
        self.enlarged = None if is_all else station
        self.changed.emit()

    def point(self, station: MeasuringViewport) -> None:
        """Take the pane under the pointer as the one at hand."""
        self._pointed = station

    # ------------------------------------------------------------- what hangs

    def cycle_link(self) -> None:
        """Tie the panes in the next way."""
        self.tie(self.linking.mode.following)

    def tie(self, mode: LinkMode) -> None:
        """Tie the panes in another way."""
        self.linking.set_mode(mode)
        self._register()
        self._reading.changed.emit()

    def go_to_visit(self, timepoint_id: str) -> None:
        """Open a visit: in the pane that shows it, else as the current one."""
        for station in self.on_show:
            if station.film.timepoint_id == timepoint_id:
                self.activate(station)
                return
        self.hang()

    def hang(self, timepoint_id: str = "") -> None:
        """Hang a visit (the open one) as current, and beside it what belongs there."""
        current = timepoint_id or self._reading.timepoint_id
        if current is None:
            return
        self.enlarged = None
        self._work_in(self.stations[0])  # what it shows yet is not opened by that
        films = self._to_hang(current)
        for station, film in zip(self.on_show, films, strict=False):
            if not self._hangs(station, film.film):
                self.show(station, *film)
        for station in self.on_show[len(films) :]:
            station.hang(DisplaySet())
            station.pane.clear()
            station.pane.tell(CHOOSE)
        self.hung.emit()
        self.changed.emit()

    def _to_hang(self, current: str) -> Sequence[RuledFilm]:
        if self.ruled is not None:
            return self.ruled(current)
        beside = [one.film for one in self.on_show[1:]]
        return [*map(RuledFilm, self._films.to_hang(current, self.count, beside))]

    def belonging(self, station: MeasuringViewport) -> RuledFilm:
        """Return what belongs into a pane of the visit that hangs there."""
        at, current = self.stations.index(station), self.stations[0].film.timepoint_id
        ruled = self.ruled(current) if self.ruled and current else ()
        if at < len(ruled):
            return ruled[at]
        return RuledFilm(station.film._replace(series_key=""))

    def show(
        self, station: MeasuringViewport, film: DisplaySet, lacks: str = ""
    ) -> None:
        """Hang a film; a missing series and a refused plane are told in place.

        Parameters
        ----------
        lacks
            Why nothing can hang there, in words for the pane; empty where it can.
        """
        series = self.series_of(film)
        if series is None:
            station.hang(film)
            station.pane.clear()
            station.pane.tell(lacks or self.absent(film))
            return
        station.hang(film._replace(series_key=series.key))
        wanted = station.film  # the very one: hung once more, it is awaited once more
        if station.pane.volume is None:
            station.pane.tell(LOADING)

        heir = SeriesRequest(
            partial(self._on_whole, station, wanted, series),
            partial(self._on_slices, station, wanted, series),
            partial(self._on_failed, station, wanted),
        )
        self._soon.add(station)

        def load() -> None:
            self._soon.discard(station)
            if station.film is wanted:
                self.arrivals.load(series, heir)

        if station is self.stations[0]:
            load()
        else:
            self.making.soon(load)

    def _hangs(self, station: MeasuringViewport, film: DisplaySet) -> bool:
        """Return whether a film is in its pane, or on its way there."""
        series = self.series_of(film)
        if series is None or station.film != film._replace(series_key=series.key):
            return False
        key = station.film.series_key
        comes = station in self._soon or self.arrivals.awaits(key)
        return comes or station.pane.volume is not None

    def series_of(self, film: DisplaySet) -> Series | None:
        """Return the series of a film, or None where it was not found on disk."""
        return self._films.series_of(film)

    def show_again(self, station: MeasuringViewport) -> None:
        """Show the same film as it is read now, at the place that is in view."""
        film, series, pane = station.film, self.series_of(station.film), station.pane
        looked, mm_per_px = pane.looked, pane.mm_per_px
        if series is None or looked is None:
            return

        def arrived(volume: Volume) -> None:
            if station.film == film:
                self._display(station, volume, series)
                pane.mm_per_px = mm_per_px
                pane.look_at(looked)

        self.arrivals.load(
            series,
            SeriesRequest(arrived, failed=partial(self._on_failed, station, film)),
        )

    def load(
        self,
        series: Series,
        done: Callable[[Volume], None],
        failed: Callable[[RecistToolError], None] | None = None,
    ) -> None:
        """Call `done` with the volume of a series, at once where it is at hand.

        Parameters
        ----------
        done
            Called in the window's thread.
        failed
            Called instead where it cannot be read; None tells the reader.
        """
        self.arrivals.load(series, SeriesRequest(done, failed=failed or self._tell))

    def _tell(self, error: RecistToolError) -> None:
        self._reading.say(str(error), is_error=True)

    def forget(self) -> None:
        """Let go of all images: another patient comes."""
        self.arrivals.forget()
        self._soon.clear()
        self.enlarged, self.finds_points, self.ruled = None, False, None
        for station in self.stations:
            station.hang(DisplaySet())
            station.pane.clear()
            station.sheet.forget()
            station.tool.armed, station.tool.taken = False, None
            station.tool.over(station.tool.spacing, {})
        self.linking.forget()
        self.registering.forget()
        self.fusing.forget()

    def _on_whole(
        self,
        station: MeasuringViewport,
        wanted: DisplaySet,
        series: Series,
        volume: Volume,
    ) -> None:
        if station.film is wanted:
            self._display(station, volume, series)

    def _on_slices(
        self,
        station: MeasuringViewport,
        wanted: DisplaySet,
        series: Series,
        volume: Volume,
        is_loaded: NDArray[np.bool_],
    ) -> None:
        """Show a series as far as it is there, where no other cut of it is wanted."""
        if station.film is not wanted or wanted.plane is not Plane.ACQUIRED:
            return
        if station.pane.acquired is not volume:
            self._put(station, volume, series, wanted.plane)
        station.pane.await_slices(is_loaded)
        self.changed.emit()

    def _on_failed(
        self, station: MeasuringViewport, wanted: DisplaySet, error: RecistToolError
    ) -> None:
        if station.film is not wanted:
            return
        if self.is_gone(wanted.series_key):
            self.show(station, wanted)
        else:
            station.pane.clear()
            station.pane.tell(self._reading.blinding.told(str(error)))
        self._reading.say(str(error), is_error=True)

    def _display(
        self, station: MeasuringViewport, volume: Volume, series: Series
    ) -> None:
        if station.pane.acquired is volume and station.pane.awaits_slices:
            station.pane.await_slices(None)
            self.changed.emit()
            self._register()
            self.shown.emit(station)
            return
        plane = station.film.plane
        why = refusal(volume, plane)
        if why:
            self._reading.say(why, is_error=True)
            plane = Plane.ACQUIRED
        if plane is Plane.PROJECTION:
            self._project(station, volume, series)
            return
        self._put(station, volume, series, plane)

    def _project(
        self, station: MeasuringViewport, volume: Volume, series: Series
    ) -> None:
        wanted = station.film
        station.pane.clear()
        station.pane.tell("Making the MIP \N{HORIZONTAL ELLIPSIS}")

        def made(turned: Volume) -> None:
            if station.film is wanted:
                self._put(station, turned, series, Plane.PROJECTION)

        self._loader.run(
            "Making the MIP",
            lambda advance: projections(volume, advance),
            made,
            self._tell,
        )

    def _put(
        self, station: MeasuringViewport, volume: Volume, series: Series, plane: Plane
    ) -> None:
        if plane is plane_of(volume):
            plane = Plane.ACQUIRED
        with self.linking.suspended():
            station.pane.show(volume, self._caption(station.film, series), plane)
        station.shown = station.film
        station.sheet.forget()
        self.linking.join(station)
        self._register()
        self.fusing.lay_again(station)
        self.shown.emit(station)

    def _register(self) -> None:
        if self.linking.mode is LinkMode.BY_REGISTRATION:
            self.registering.ensure()

    def _write(self, station: MeasuringViewport) -> None:
        """Write on a pane what is so now: the date may be another, or hidden."""
        series = self.series_of(station.shown)
        if series is not None:
            station.pane.write(self._caption(station.shown, series))

    def _caption(self, film: DisplaySet, series: Series) -> Caption:
        current = self.stations[0].film.timepoint_id
        return caption_of(self._reading, self.subject(), film, series, current)

    # ------------------------------------------------------------- what a station tells

    def drawn(self, outcome: CaliperOutcome) -> None:
        """Hand on what was drawn."""
        self.drew.emit(outcome)

    def moved(self, station: MeasuringViewport) -> None:
        """Let linked panes follow."""
        self.linking.follow(station)
        self.changed.emit()

    def windowed(self, station: MeasuringViewport) -> None:
        """Let linked panes take the grey values."""
        self.linking.share_window(station)

    def ask(self, station: MeasuringViewport, at: Pixel) -> None:
        """Hand on where a menu is asked for."""
        self.asked.emit(station, at)

    def find_point(self, station: MeasuringViewport, at: Pixel) -> None:
        """Find a point of a pane in all others."""
        words = self.linking.find_point(station, at)
        if words:
            self._reading.say(words, is_error=True)

    def forget_point(self) -> None:
        """Mark no point any more."""
        for station in self.stations:
            station.pane.mark_found(None)

    def missed(self, key: str) -> None:
        """Say that an end was missed: what is drawn from there is no other lesion."""
        self._reading.say(
            f"The end of {key or 'the caliper'} was missed by little: nothing is "
            "drawn. Take the end, or zoom in to draw beside it.",
            is_error=True,
        )

    def step_alone(self, station: MeasuringViewport, slices: int) -> None:
        """Scroll a pane without the others; the link keeps the new distance."""
        self.linking.step_alone(station, slices)

    def carry(
        self, timepoint_id: str, station: MeasuringViewport, points: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Bring patient points of a visit to where they lie in a pane's series.

        Parameters
        ----------
        points
            Shape (points, 3): x, y, z, mm; see `Linking.carry`.
        """
        return self.linking.carry(timepoint_id, station, points)

    # ------------------------------------------------------------- calipers

    def follow(self) -> None:
        """Look at the case again in every pane; the active one last."""
        with self.linking.suspended():
            for station in reversed(self.on_show):
                self._write(station)
                station.sheet.follow()
        self.linking.draw_crossings()
        self.changed.emit()
