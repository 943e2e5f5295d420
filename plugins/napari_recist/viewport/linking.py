"""Keeping the panes of the wall together, in millimetres of the patient."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import numpy as np

from napari_recist.viewport.link import (
    LinkMode,
    are_parallel,
    first_shift,
    found,
    line_of,
    shift,
)
from recist_tool.app.reading import Plane
from recist_tool.model import caliper_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from napari_recist.viewport.image.coordinates import Ends, Pixel
    from napari_recist.viewport.link import Points, Tie
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from recist_tool.app.reading import CurrentRead
    from recist_tool.measure import Volume
    from recist_tool.model import SeriesReference

    Name = tuple[str, str]
    Pair = tuple[Name, Name]

DOUBTFUL_MM = 10.0
UNKNOWN_MM = 50.0
STILL_PX = 0.5
"""A linked pane is not moved by less than this."""


class ViewportsToLink(Protocol):
    """What linking needs to know of the panes."""

    @property
    def on_show(self) -> Sequence[MeasuringViewport]:
        """The panes on the screen."""
        ...

    @property
    def active(self) -> MeasuringViewport:
        """The pane in which the reader works."""
        ...


class Linking:
    """Lets panes follow the one that the reader moves.

    Attributes
    ----------
    mode
        What ties them: nothing, a distance set by hand, a registration, a lesion.
    """

    def __init__(self, wall: ViewportsToLink, reading: CurrentRead) -> None:
        self._wall = wall
        self._reading = reading
        self.mode = LinkMode.BY_HAND
        self._shifts: dict[Pair, Points] = {}
        self._registered: dict[Pair, Tie] = {}
        self._resting = False

    def set_mode(self, mode: LinkMode) -> None:
        """Tie the panes in another way; by hand, as far apart as they are now.

        So they stay, with the lesion in view, until a registration is there.
        """
        self.mode = mode
        self._keep_distances()
        if mode not in (LinkMode.BY_HAND, LinkMode.OFF):
            self.tie_again()

    def forget(self) -> None:
        """Forget all distances and registrations: another patient comes."""
        self._shifts.clear()
        self._registered.clear()

    def join(self, station: MeasuringViewport) -> None:
        """Bring a pane with a new series to where the others are, in their window."""
        others = [
            one
            for one in (self._wall.active, *self._wall.on_show)
            if one is not station and one.pane.volume is not None
        ]
        if self.mode is not LinkMode.OFF and others:
            with self.suspended():
                self._tie(others[0], station)
                _share_window(others[0], station)
        self.draw_crossings()

    def follow(self, source: MeasuringViewport) -> None:
        """Bring the other panes to where one is."""
        if self._resting:
            return
        with self.suspended():
            if self.mode is not LinkMode.OFF:
                for station in self._wall.on_show:
                    if station is not source:
                        self._tie(source, station)
        self.draw_crossings()

    def tie_again(self) -> None:
        """Bring the other panes to where the active one is, as it is known now."""
        self.follow(self._wall.active)

    def share_window(self, source: MeasuringViewport) -> None:
        """Give the grey values of a pane to those that count the same."""
        if self._resting or self.mode is LinkMode.OFF:
            return
        with self.suspended():
            for station in self._wall.on_show:
                _share_window(source, station)

    def step_alone(self, station: MeasuringViewport, slices: int) -> None:
        """Scroll a pane without the others, and keep the new distances by hand."""
        with self.suspended():
            station.pane.step(slices)
        if self.mode is LinkMode.BY_HAND:
            self._keep_distances()
        self.draw_crossings()

    def carry(
        self, timepoint_id: str, station: MeasuringViewport, points: Points
    ) -> Points:
        """Bring patient points of a visit to where they lie in a pane's series.

        Parameters
        ----------
        timepoint_id
            The visit to which the points belong.
        station
            The pane to whose series they are brought.
        points
            Shape (points, 3): x, y, z, mm; they stay as they are where nothing ties the
            two.
        """
        if station.pane.acquired is None:
            return points
        for other in self._wall.on_show:
            at_visit = other.film.timepoint_id == timepoint_id
            if at_visit and other.pane.acquired is not None:
                return self._how(other, station).mapping(points)
        return self._by_way_of_others(timepoint_id, station, points)

    def _by_way_of_others(
        self, timepoint_id: str, station: MeasuringViewport, points: Points
    ) -> Points:
        """Bring points of a visit that hangs nowhere by way of one that does.

        Registered are the visits that hung together: mostly each with the baseline.
        """
        if self.mode is not LinkMode.BY_REGISTRATION:
            return points
        visit = self._reading.visit_of(timepoint_id)
        for other in self._wall.on_show:
            onward = self._registered.get((_name(other), _name(station)))
            for series in () if visit is None or onward is None else visit.series:
                there = self._from(series, other)
                if onward is not None and there is not None:
                    return onward.mapping(there.mapping(points))
        return points

    def _from(self, series: SeriesReference, station: MeasuringViewport) -> Tie | None:
        """Return how a series of the case lies in that of a pane, if it is known."""
        ties = self._registered.items()
        here = _name(station)
        return next(
            (tie for (name, to), tie in ties if to == here and series.is_of(*name)),
            None,
        )

    def find_point(self, source: MeasuringViewport, at: Pixel) -> str:
        """Bring a point of a pane into view, and mark it, in all others.

        Along any plane: what shares a frame of reference needs no link, what is
        registered is found by that, the rest by how the panes are linked.

        Returns
        -------
        What stands against it, or is unsure; empty where nothing does.
        """
        volume = source.pane.volume
        if volume is None or source.pane.plane is Plane.PROJECTION:
            return "On a projection no point is one point of the patient."
        if volume.pixel_spacing_mm is None:
            return "This series does not say where its pixels lie."
        slice_index = source.pane.slice_index
        point = volume.pixel_to_lps(slice_index, np.array([at]))
        unsure: list[str] = []
        with self.suspended():
            source.pane.mark_found((slice_index, at))
            for station in self._wall.on_show:
                if station is not source:
                    unsure += self._find_in(source, station, point)
        self.draw_crossings()
        return " ".join(dict.fromkeys(unsure))

    def _find_in(
        self, source: MeasuringViewport, target: MeasuringViewport, point: Points
    ) -> list[str]:
        """Find a patient point of one pane in another; return what is unsure."""
        pane = target.pane
        one, other, shown = source.pane.acquired, pane.acquired, pane.volume
        pane.mark_found(None)
        if one is None or other is None or shown is None:
            return []
        if pane.plane is Plane.PROJECTION:
            return []
        tie = self._way(source, target, one, other)
        there = found(shown, tie.mapping(point))
        if there is None:
            return []
        pane.go_to(there.slice_index)
        pane.bring_into_view(there.pixel)
        pane.mark_found((there.slice_index, there.pixel))
        doubt = doubt_words(tie.doubt_mm(point))
        name = target.film.timepoint_id
        if doubt:
            return [f"{name}: {doubt}."]
        if self.is_registered(one, other):
            return []
        return [f"{name} is not registered: its point is by the link of the panes (L)."]

    def _way(
        self,
        source: MeasuringViewport,
        target: MeasuringViewport,
        one: Volume,
        other: Volume,
    ) -> Tie:
        """Return the surest way from the points of one pane to those of another."""
        known = self._registered.get(_pair(one, other))
        if known is not None:
            return known
        if _share(one, other):
            return shift(np.zeros(3))
        return self._how(source, target)

    def register(self, source: Volume, target: Volume, tie: Tie) -> None:
        """Take how the patient points of one series lie in another.

        Parameters
        ----------
        source, target
            From the first to the second; the way back is another tie.
        tie
            Takes the place of the one known for this pair.
        """
        self._registered[_pair(source, target)] = tie

    def is_registered(self, source: Volume, target: Volume) -> bool:
        """Return whether two series need no registration (any more)."""
        return _pair(source, target) in self._registered or _share(source, target)

    def share(self, source: Volume, target: Volume) -> bool:
        """Return whether two series lie in one coordinate system."""
        return _share(source, target)

    def draw_crossings(self) -> None:
        """Show on each pane where the slices of the others cut it."""
        for station in self._wall.on_show:
            lines = [
                self._crossing(other, station)
                for other in self._wall.on_show
                if other is not station
            ]
            station.pane.cross([line for line in lines if line is not None])

    @contextmanager
    def suspended(self) -> Generator[None]:
        """Move panes one by one, without the others following."""
        before, self._resting = self._resting, True
        try:
            yield
        finally:
            self._resting = before

    def _tie(self, source: MeasuringViewport, target: MeasuringViewport) -> None:
        looked, volume = source.pane.looked, target.pane.volume
        if looked is None or volume is None or not _can_tie(source, target):
            return
        point = looked.point_lps
        if point is None:
            return
        tie = self._how(source, target)
        there = found(volume, tie.mapping(point))
        if there is None:
            return
        pane = target.pane
        pane.doubt = doubt_words(tie.doubt_mm(point))
        if abs(pane.mm_per_px / source.pane.mm_per_px - 1) > 1e-4:
            pane.mm_per_px = source.pane.mm_per_px
        pane.go_to(there.slice_index)
        now = pane.to_screen(there.pixel)
        height, width = pane.viewer.canvas.size
        if max(abs(now[0] - width / 2), abs(now[1] - height / 2)) > STILL_PX:
            pane.centre_on(there.pixel)

    def _how(self, source: MeasuringViewport, target: MeasuringViewport) -> Tie:
        one, other = source.pane.acquired, target.pane.acquired
        if one is None or other is None:
            return shift(np.zeros(3))
        if self.mode is LinkMode.BY_REGISTRATION and _pair(one, other) in (
            self._registered
        ):
            return self._registered[_pair(one, other)]
        if self.mode is LinkMode.BY_LESION:
            between = self._between_lesions(source, target)
            if between is not None:
                return shift(between)
        if self.mode is LinkMode.BY_REGISTRATION and _share(one, other):
            return shift(np.zeros(3))
        return shift(self._shifts.get(_pair(one, other), first_shift(one, other)))

    def _between_lesions(
        self, source: MeasuringViewport, target: MeasuringViewport
    ) -> Points | None:
        """Return the vector between the chosen lesion at two visits; None without."""
        here = self._lesion_lps(source.film.timepoint_id)
        there = self._lesion_lps(target.film.timepoint_id)
        return None if here is None or there is None else there - here

    def _lesion_lps(self, timepoint_id: str) -> NDArray[np.float64] | None:
        read, lesion_id = self._reading.read, self._reading.lesion_id
        if read is None or lesion_id is None:
            return None
        caliper = caliper_of(read.finding(lesion_id, timepoint_id))
        if caliper is None or caliper.long_axis.ends_lps is None:
            return None
        return np.mean(np.array(caliper.long_axis.ends_lps), axis=0)

    def _keep_distances(self) -> None:
        """Remember how far apart the panes are."""
        for source in self._wall.on_show:
            for target in self._wall.on_show:
                here, there = source.pane.looked, target.pane.looked
                if source is target or here is None or there is None:
                    continue
                if not _can_tie(source, target):
                    continue
                start, end = here.point_lps, there.point_lps
                if start is not None and end is not None:
                    pair = (_name(source), _name(target))
                    self._shifts[pair] = (end - start)[0]

    def _crossing(
        self, source: MeasuringViewport, target: MeasuringViewport
    ) -> Ends | None:
        plane, across = source.pane.volume, target.pane.volume
        if plane is None or across is None or not _share(plane, across):
            return None
        if source.pane.plane is Plane.PROJECTION:
            return None
        return line_of(plane, source.pane.slice_index, across, target.pane.slice_index)


def doubt_words(doubt_mm: float) -> str:
    """Return what to write where a registration may be far off; else nothing."""
    if doubt_mm < DOUBTFUL_MM:
        return ""
    if doubt_mm >= UNKNOWN_MM:
        return "not seen on both scans: link unsure"
    return f"registration ± {doubt_mm:.0f} mm"


def _can_tie(source: MeasuringViewport, target: MeasuringViewport) -> bool:
    """Return whether two panes show the patient in one and the same plane."""
    one, other = source.pane.volume, target.pane.volume
    if one is None or other is None:
        return False
    planes = (source.pane.plane, target.pane.plane)
    return Plane.PROJECTION not in planes and are_parallel(one, other)


def _share(one: Volume, other: Volume) -> bool:
    """Return whether two series lie in one coordinate system."""
    is_one_series = one.series_instance_uid == other.series_instance_uid
    frames = {one.frame_of_reference_uid, other.frame_of_reference_uid}
    return len(frames) == 1 and (is_one_series or "" not in frames)


def _share_window(source: MeasuringViewport, target: MeasuringViewport) -> None:
    """Give the grey values of a pane to another that counts the same."""
    one, other = source.pane.volume, target.pane.volume
    if one is not None and other is not None and one.units == other.units:
        target.pane.window = source.pane.window


def _name(station: MeasuringViewport) -> Name:
    """Return what names the series in a pane; empty where none is."""
    volume = station.pane.acquired
    return ("", "") if volume is None else (volume.series_instance_uid, volume.key)


def _pair(source: Volume, target: Volume) -> Pair:
    return (
        (source.series_instance_uid, source.key),
        (target.series_instance_uid, target.key),
    )
