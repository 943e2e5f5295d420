"""What a reader can correct about a series: visit, phase, role, and what is read on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QMenu, QWidget

from recist_tool.app import with_pixel_phase
from recist_tool.dicom import PHASES, second_opinion, series_reference
from recist_tool.model import DetachSeries, PlaceSeries
from recist_tool.terms import SeriesRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.room import Room
    from recist_tool.dicom import Series

MISTAKES = ("of another visit", "of another patient", "there twice", "not to be read")
"""Reasons for taking out what was registered; the journal keeps the one chosen."""


class Placing:
    """Corrections of one series at one visit, as commands of the case."""

    def __init__(self, room: Room, series: Series, timepoint_id: str) -> None:
        self._room = room
        self._series = series
        self._visit = timepoint_id

    def to_visit(self, timepoint_id: str) -> None:
        """Pin the series to a visit, and to no other.

        Raises
        ------
        CommandRefused
            If a reader signed one of the visits.
        """
        self._place(timepoint_id)

    def take_off(self, reason: str) -> None:
        """Take the series off its visit.

        Raises
        ------
        CommandRefused
            If it is not pinned there, a lesion is measured on it, or the visit is
            signed.
        """
        pinned = series_reference(self._series)
        self._room.reading.open_session().do(
            DetachSeries(
                timepoint_id=self._visit,
                series_instance_uid=pinned.series_instance_uid,
                part=pinned.part,
                reason=reason,
            )
        )

    def remove_visit(self, reason: str) -> None:
        """Take the whole visit out of the case.

        Raises
        ------
        CommandRefused
            If anything is recorded at it, or it is signed.
        """
        self._room.reading.remove_visit(self._visit, reason)

    def read_on(self) -> None:
        """Measure the visit on this series."""
        self._place(self._visit, is_reading=True)

    def set_phase(self, phase: str) -> None:
        """Correct the contrast phase."""
        self._place(self._visit, phase=phase)

    def ask_pixels(self) -> None:
        """Ask aorta and liver for the phase; the answer changes nothing."""
        reading = self._room.reading

        def told(series: Series) -> None:
            words = second_opinion(series)
            reading.say(f"{words[:1].upper()}{words[1:]}.")

        self._room.loader.run(
            "Looking at aorta and liver",
            partial(with_pixel_phase, self._series),
            told,
            lambda error: reading.say(str(error), is_error=True),
        )

    def set_role(self, role: SeriesRole) -> None:
        """Correct what the series is good for."""
        self._place(self._visit, role=role)

    def _place(
        self, timepoint_id: str, *, is_reading: bool = False, **changes: object
    ) -> None:
        room = self._room
        if room.reading.session is None:
            room.begin()
        session = room.reading.open_session()
        now = series_reference(self._series)
        known = session.case.pinned(now.series_instance_uid, now.part)
        series = (known or now).replaced(part=now.part, **changes)
        command = PlaceSeries(
            timepoint_id=timepoint_id, series=series, is_reading=is_reading
        )
        session.do(command)


class SeriesMenu(QMenu):
    """The context menu of a series in the list."""

    def __init__(
        self, room: Room, series: Series, timepoint_id: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._room = room
        placing = Placing(room, series, timepoint_id)
        self._add(self, "Read this visit on this series", placing.read_on)
        visits, told = self._submenu("Pin to visit"), room.reading.blinding.date
        for visit in room.reading.visits:
            name = visit.timepoint_id
            act = partial(placing.to_visit, name)
            words = f"{name}   {told(visit.date)}"
            self._add(visits, words, act, name == timepoint_id)
        phases = self._submenu("Phase")
        phases.setEnabled(series.modality != "PT")
        for phase in PHASES:
            act = partial(placing.set_phase, phase)
            self._add(phases, phase, act, phase == series.phase)
        if series.modality == "CT":
            self._add(phases, "Ask aorta and liver", placing.ask_pixels)
        roles = self._submenu("Role")
        for role in SeriesRole:
            act = partial(placing.set_role, role)
            self._add(roles, role.value, act, role == series.role.name)
        off = self._submenu("Take off this visit, because it is")
        out = self._submenu(f"Take {timepoint_id} out of the case, because it is")
        for reason in MISTAKES:
            self._add(off, reason, partial(placing.take_off, reason))
            self._add(out, reason, partial(placing.remove_visit, reason))

    def _submenu(self, title: str) -> QMenu:
        menu = QMenu(title, self)
        self.addMenu(menu)
        return menu

    def _add(
        self,
        menu: QMenu,
        words: str,
        act: Callable[[], None],
        is_so: bool | None = None,
    ) -> None:
        action = menu.addAction(words)
        if is_so is not None:
            action.setCheckable(True)
            action.setChecked(is_so)
        action.triggered.connect(lambda: self._room.reading.attempt(act))
