"""The key images of the open read: made as it goes, and true to the case.

Whatever changed the case, by whichever way: what the images show is held against what
the case holds. One that shows another finding is taken away, one that is missing is
drawn as soon as its series is on show; one image a turn of the window.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import QObject, QTimer, Signal

from napari_recist.key_images.render import key_image, shot_of
from napari_recist.key_images.store import KeyImageStore
from napari_recist.viewport.annotations.overlay_painter import OverlayPainter
from recist_tool.app.reading import Plane
from recist_tool.store import KeyImages, key_image_content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qtpy.QtGui import QImage

    from napari_recist.key_images.render import KeyImageContents
    from napari_recist.room.room import Room
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.widgets.background import Loader
    from recist_tool.app import Session
    from recist_tool.app.reading import Window
    from recist_tool.errors import RecistToolError
    from recist_tool.measure import Volume
    from recist_tool.model import Case, Lesion, LesionFinding, Read

Place = tuple[str, str]
"""Lesion and visit, by their ids."""


class Wanted(NamedTuple):
    """What the case holds, and an image is to show.

    Attributes
    ----------
    content
        As `key_image_content` says it.
    """

    lesion: Lesion
    entry: LesionFinding
    content: str

    @property
    def place(self) -> Place:
        """Lesion and visit."""
        return self.entry.lesion_id, self.entry.timepoint_id


class KeyImageRecorder(QObject):
    """Keeps the key images of one reader's read, and gives them out in little.

    Signals
    -------
    changed
        Another image can be shown, or one no longer.
    """

    changed = Signal()

    def __init__(
        self, room: Room, loader: Loader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._room = room
        self._loader = loader
        self._engraver: OverlayPainter | None = None
        self._session: Session | None = None
        self._kept: KeyImageStore | None = None
        self._case: Case | None = None
        self._there: list[Volume] = []
        self._wanted: Mapping[Place, Wanted] = {}
        self._to_draw: list[Wanted] = []
        self._is_told = False
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._draw_next)
        room.reading.changed.connect(self._follow)

    @property
    def busy(self) -> bool:
        """Whether images are still to be drawn, written or read."""
        return self._turn.isActive() or not self._loader.is_quiet

    # ------------------------------------------------------------- what is shown

    def small(self, place: Place) -> QImage | None:
        """Return an image in little, once it is read; None where none is true."""
        wanted = self._wanted.get(place)
        if wanted is None or self._kept is None:
            return None
        return self._kept.small(self._kept.path(place).name, wanted.content)

    def has(self, place: Place) -> bool:
        """Return whether an image shows what the case holds there."""
        wanted = self._wanted.get(place)
        return wanted is not None and self._is_kept(wanted)

    def whole(self, place: Place) -> bytes | None:
        """Return an image as PNG, read now; None where none is true, or readable."""
        if self._kept is None or not self.has(place):
            return None
        try:
            return self._kept.path(place).read_bytes()
        except OSError:
            return None

    # ------------------------------------------------------------- the case

    def _follow(self) -> None:
        """Look at the room again; most of what changes there concerns no image."""
        session = self._room.reading.session
        if session is not self._session:
            self._turn_to(session)
        case, there = None if session is None else session.case, self._volumes()
        if case is not self._case or not _are_same(there, self._there):
            self._case, self._there = case, there
            self._look_again()

    def _turn_to(self, session: Session | None) -> None:
        """Turn to the read of another case, or of another reader, or to none."""
        self._session, self._kept = session, None
        self._wanted, self._to_draw = {}, []
        self._is_told = False
        if session is not None:
            images = KeyImages(session.case_path, session.reader_id)
            self._kept = KeyImageStore(
                images,
                self._loader,
                self._look_again,
                partial(self._on_refused, session),
            )
        self.changed.emit()

    def _look_again(self) -> None:
        """Take away what is no longer true, and draw what is missing."""
        session, kept = self._session, self._kept
        if session is None or kept is None or not kept.is_known:
            return
        self._wanted = _wanted_of(session.read, self._wanted)
        every = self._wanted.values()
        kept.keep_only({kept.path(one.place).name: one.content for one in every})
        missing = [one for one in every if not self._is_kept(one)]
        self._to_draw = [
            one
            for one in missing
            if not kept.bring_back(kept.path(one.place).name, one.content)
        ]
        self._go_on()
        self.changed.emit()

    def _volumes(self) -> list[Volume]:
        """Return the series that are on show, and whole."""
        panes = [station.pane for station in self._room.viewing.on_show]
        shown = [pane.acquired for pane in panes if not pane.awaits_slices]
        return [volume for volume in shown if volume is not None]

    def _is_kept(self, wanted: Wanted) -> bool:
        kept = self._kept
        if kept is None:
            return False
        return kept.holds(kept.path(wanted.place).name, wanted.content)

    def _on_refused(self, session: Session, error: RecistToolError) -> None:
        """Tell once that the disk refuses; reading goes on.

        What was still to be written of another read is not told over this one.
        """
        if session is self._session and not self._is_told:
            self._is_told = True
            self._room.reading.say(str(error), is_error=True)

    # ------------------------------------------------------------- drawing

    def _go_on(self) -> None:
        if self._to_draw:
            self._turn.start(0)

    def _draw_next(self) -> None:
        """Draw one image; those whose series is not on show wait until it is."""
        self._there = self._volumes()  # a series can be on show before it is whole
        while self._to_draw and not self._draw(self._to_draw.pop(0)):
            pass
        self._go_on()

    def _draw(self, wanted: Wanted) -> bool:
        viewing, kept = self._room.viewing, self._kept
        for station in (viewing.active, *viewing.on_show):
            volume = station.pane.acquired
            if volume is None or station.pane.awaits_slices or kept is None:
                continue
            shot = shot_of(volume, wanted.lesion, wanted.entry)
            if shot is not None:
                self._engraver = self._engraver or OverlayPainter()
                image = key_image(shot, _window(station, shot), self._engraver)
                kept.put(kept.path(wanted.place).name, wanted.content, image)
                self.changed.emit()
                return True
        return False


def _wanted_of(read: Read, before: Mapping[Place, Wanted]) -> dict[Place, Wanted]:
    """Return what images are to show; what did not change is not worked out again."""
    lesions = {one.lesion_id: one for one in read.lesions}
    found: dict[Place, Wanted] = {}
    for entry in read.findings:
        lesion = lesions[entry.lesion_id]
        place = entry.lesion_id, entry.timepoint_id
        known = before.get(place)
        if known is None or not _is_same(known, lesion, entry):
            known = Wanted(lesion, entry, key_image_content(lesion, entry))
        if known.content:
            found[place] = known
    return found


def _is_same(known: Wanted, lesion: Lesion, entry: LesionFinding) -> bool:
    return (
        known.lesion is lesion
        and known.entry.finding is entry.finding
        and known.entry.mask is entry.mask
    )


def _are_same(volumes: Sequence[Volume], others: Sequence[Volume]) -> bool:
    pairs = zip(volumes, others, strict=False)
    return len(volumes) == len(others) and all(one is other for one, other in pairs)


def _window(station: MeasuringViewport, shot: KeyImageContents) -> Window:
    """Return the grey values that the reader saw the slice in, else the usual ones."""
    pane = station.pane
    is_seen = pane.plane is Plane.ACQUIRED and pane.slice_index == shot.slice_index
    return pane.window if is_seen else shot.usual_window or pane.window
