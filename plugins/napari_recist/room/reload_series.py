"""Panes whose images came, or came with other slices, while the reader was at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.viewport.annotations.captions import FIXED

if TYPE_CHECKING:
    from collections.abc import Collection

    from napari_recist.viewport.viewports import Viewports


def renew(viewing: Viewports, keys: Collection[str]) -> None:
    """Let go of series that have other slices now, also in the panes."""
    for key in keys:
        viewing.arrivals.drop(key)
    for station in viewing.stations:
        if station.film.series_key in keys:
            station.hang(station.film._replace(series_key=""))
            station.pane.clear()


def fill(viewing: Viewports, fresh: Collection[str]) -> None:
    """Hang what was found in panes that wait for it, and leave the others.

    Parameters
    ----------
    fresh
        The series that were missing: where one is read on, another stood in for it.
    """
    if not viewing.active.film.timepoint_id:
        viewing.hang()
    for station in viewing.on_show:
        film = station.film._replace(series_key="")
        first = viewing.series_of(film)
        is_fresh = first is not None and first.series_instance_uid in fresh
        stood_in = is_fresh and film.place in FIXED
        if film.timepoint_id and (station.pane.volume is None or stood_in):
            viewing.show(station, *viewing.belonging(station))
    viewing.changed.emit()
