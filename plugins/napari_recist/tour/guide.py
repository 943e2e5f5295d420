"""Who leads a new reader: the empty room, and the tour with a patient of its own."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, QTimer
from qtpy.QtWidgets import QWidget

from napari_recist.room.tour_steps import IMAGE, Tour
from napari_recist.tour.strip import Halo, TourStrip
from napari_recist.tour.welcome import Welcome
from napari_recist.widgets.reader_settings import keep, settings_folder
from recist_tool.model import Protocol
from recist_tool.phantom import TOUR_PATIENT, write_patient

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.room import Room
    from napari_recist.viewport.viewport_grid import ViewportGrid

IMAGES = "images"
LOOK_MS = 200
"""How often it is looked whether a step is done."""

MAKING = "A synthetic patient is made for it; this takes some seconds."
BLINDED = "The tour shows dates and names, which this window's protocol hides."
OVER = "That was a read: all of it was kept the moment it happened. ? shows every key."


def offered_path() -> Path:
    """Return where it is kept that the tour was offered: beside the moved keys."""
    return settings_folder() / "tour.json"


class Guide(QObject):
    """Shows the welcome where nothing is open, and leads through the tour.

    Parameters
    ----------
    key_of
        Returns the key now of the action that came with a key.
    """

    def __init__(
        self,
        room: Room,
        lightbox: ViewportGrid,
        canvas: QWidget,
        key_of: Callable[[str], str],
    ) -> None:
        super().__init__(lightbox)
        self._room = room
        self._lightbox = lightbox
        self._key_of = key_of
        self.welcome = Welcome(canvas)
        self._strip = TourStrip()
        self._halo = Halo()
        self._tour: Tour | None = None
        self._home: TemporaryDirectory[str] | None = None
        self._before: list[Path] = []
        self._protocol: Protocol | None = None
        self._is_closed = False
        self._is_new = not offered_path().exists()
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        lightbox.stand_above(self._strip)
        self._connect()
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Welcome the reader where nothing is open, nor on its way."""
        if self._is_closed:
            return
        is_empty = self._room.is_empty and self._tour is None
        is_free = self._room.viewing.stations[0].pane.is_free
        if is_empty and is_free and not self._room.loader.busy:
            may_search = not self._room.reading.blinding.hidden
            self.welcome.offer(tour=self._is_new, server=may_search)
        elif not self.welcome.isHidden():
            self.welcome.hide()
        if not self._room.is_empty and self.welcome.was_seen:
            self._remember()

    def begin(self) -> None:
        """Make the patient of the tour, in a place of its own, and open it."""
        if self._tour is not None:
            return
        if self._room.reading.blinding.hidden:
            self._room.reading.say(BLINDED, is_error=True)
            return
        self._remember()
        session = self._room.reading.session
        images = sorted(self._room.studies.folders())
        self._before = images if session is None else [session.case_path]
        self._room.put_away()
        intended = self._room.reading.intended
        self._protocol = intended.protocol if intended.is_chosen else None
        self._room.intend(Protocol())  # a trial's may ask for what the tour has not
        self._tour = Tour(self._room)
        self._home = TemporaryDirectory(
            prefix="recist-tour-", ignore_cleanup_errors=True
        )
        home = Path(self._home.name)
        self._strip.say("The tour", MAKING, skips=False)
        self._room.make_and_open(partial(_make, home), home / IMAGES, home / "cases")
        self._clock.start()
        self.refresh()

    def end(self) -> None:
        """Put the patient of the tour away, and open what was open before."""
        if self._tour is None:
            return
        self._leave()
        self._room.loader.cancel()
        self._room.put_away()
        self._clean()
        if self._before:
            self._room.open(self._before)
        self._room.reading.changed.emit()

    def close(self) -> None:
        """Leave nothing of the tour behind."""
        self._is_closed = True
        if self._tour is not None:
            self._room.put_away()
        self._leave()
        layers = self._room.viewing.stations[0].pane.viewer.layers
        layers.events.inserted.disconnect(self.refresh)
        layers.events.removed.disconnect(self.refresh)
        for part in (self._halo, self.welcome):
            part.hide()
            part.deleteLater()
        self._clean()

    def told_why(self) -> None:
        """Notice that the reader rests the pointer on a response."""
        if self._tour is not None:
            self._tour.told_why = True

    def _connect(self) -> None:
        self.welcome.tour_wanted.connect(self.begin)
        self._strip.ended.connect(self.end)
        self._strip.skipped.connect(self._on_skip)
        self._clock.timeout.connect(self._look)
        self._room.reading.changed.connect(self.refresh)
        self._room.loader.begun.connect(self.refresh)
        self._room.loader.rested.connect(self.refresh)
        layers = self._room.viewing.stations[0].pane.viewer.layers
        layers.events.inserted.connect(self.refresh)
        layers.events.removed.connect(self.refresh)

    def _on_skip(self) -> None:
        if self._tour is not None:
            self._tour.skip()
            self._look()

    def _look(self) -> None:
        """See how far the reader has come; another patient ends the tour."""
        tour, home = self._tour, self._home
        if tour is None or home is None:
            return
        folders = self._room.studies.folders()
        if any(not one.is_relative_to(home.name) for one in folders):
            self._leave()
            self._clean()
            return
        tour.look()
        if self._room.pane.volume is not None:
            self._show(tour)

    def _show(self, tour: Tour) -> None:
        if tour.is_over:
            self._halo.surround(None)
            self._strip.say("Done", OVER, end="Done", skips=False)
            return
        head = f"{tour.number} of 5 \N{MIDDLE DOT} {tour.step.title}:"
        self._strip.say(head, tour.words(self._key_of))
        self._halo.surround(self._control(tour.part.control))

    def _control(self, name: str) -> QWidget | None:
        if name == IMAGE:
            shown = self._room.viewing.on_show.index(self._room.viewing.active)
            return self._lightbox.frames[shown]
        return self._lightbox.window().findChild(QWidget, name)

    def _leave(self) -> None:
        if self._tour is None:
            return
        self._tour = None
        self._room.intend(self._protocol)
        self._clock.stop()
        self._strip.hide()
        self._halo.surround(None)

    def _clean(self) -> None:
        if self._home is not None:
            self._home.cleanup()
            self._home = None

    def _remember(self) -> None:
        """Offer the tour no more by itself."""
        if self._is_new:
            self._is_new = False
            self._room.reading.attempt(
                partial(keep, offered_path(), {"tour": "offered"})
            )


def _make(home: Path, advance: Callable[[int, int], None]) -> object:
    """Write the patient of the tour; where it is ended meanwhile, nothing is left."""
    try:
        return write_patient(TOUR_PATIENT, home / IMAGES, advance)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
