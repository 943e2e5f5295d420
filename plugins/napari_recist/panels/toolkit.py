"""The tools beside caliper and masks, their keys, and what a right click offers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import QMimeData, QObject, Signal
from qtpy.QtWidgets import QApplication

from napari_recist.panels.tool_bindings import Tools, with_tool_keys
from napari_recist.room.pet_regions import PetRegions
from napari_recist.room.probes import Probes
from napari_recist.table.clipboard import as_mime
from napari_recist.table.rows import finding_words
from napari_recist.viewport.annotations.mask_outlines import SavedMasks, holds
from napari_recist.viewport.cine import Cine
from napari_recist.viewport.mouse.mouse import REACH_PX
from napari_recist.widgets.inline_question import InlineQuestion
from recist_tool.measure import place_words

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

    from napari_recist.room.room import Room
    from napari_recist.room.segmentation import LesionSegmentation
    from napari_recist.table.cells import Table
    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.viewport_grid import ViewportGrid
    from napari_recist.widgets.key_filter import Key
    from recist_tool.model import Annotation
    from recist_tool.terms import AnnotationKind


class Removal(NamedTuple):
    """Something that can be taken back, in words, and how."""

    words: str
    act: Callable[[], object]


class Toolkit(QObject):
    """What the reader reaches for beside lesions.

    Parameters
    ----------
    table
        Returns the table as it is on show.
    lightbox
        Holds the panes; None where there is no window.

    Signals
    -------
    comment_wanted
        The reader wants to write about the chosen lesion.
    reason_wanted
        A question for a reason is about to be asked.
    left
        It is gone.
    """

    comment_wanted = Signal()
    reason_wanted = Signal()
    left = Signal()

    def __init__(
        self,
        room: Room,
        contouring: LesionSegmentation,
        table: Callable[[], Table],
        lightbox: ViewportGrid | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.room = room
        self.probes = Probes(room, contouring)
        self.regions = PetRegions(room)
        self.cine = Cine(room.viewing, self)
        self.key_of: Callable[[str], str] = lambda came_with: came_with
        self._contouring = contouring
        self._table = table
        self._lightbox = lightbox
        self._masks = SavedMasks()
        self._asked: Removal | None = None
        self._why = InlineQuestion("delete reason", "Why is it taken back?")
        self._why.answered.connect(self._on_reason)
        self._why.left.connect(self.left)
        contouring.facts = self.regions.facts

    def lie_over(self, part: QWidget) -> None:
        """Ask for reasons over a part of the dock."""
        self._why.lie_over(part)

    def with_keys(self, keys: dict[str, Key]) -> dict[str, Key]:
        """Return the keys with those of the tools."""
        tools = Tools(
            probes=self.probes,
            regions=self.regions,
            cine=self.cine,
            ask_slice=self.ask_slice,
            copy=self.copy_table,
        )
        return with_tool_keys(keys, self.room, tools)

    # ------------------------------------------------------------- what is here

    def place_words(self, station: MeasuringViewport, at: Pixel) -> str:
        """Return where a point of a pane lies: slice, row and column, the patient."""
        volume = station.pane.volume
        if volume is None:
            return ""
        return place_words(volume, station.pane.slice_index, at)

    def lesion_words(self, lesion_id: str, timepoint_id: str) -> str:
        """Return a lesion as it was found at a visit."""
        read = self.room.reading.read
        lesion = read and read.lesion(lesion_id)
        finding = read and read.finding(lesion_id, timepoint_id)
        if not lesion or not finding:
            return lesion_id
        short, full = finding_words(lesion, finding)
        told = self.room.reading.blinding.told
        return told(f"{lesion_id} {lesion.organ}: {full or short}")

    def masks_at(self, station: MeasuringViewport, at: Pixel) -> list[str]:
        """Return the lesions in whose mask a point of a pane lies."""
        volume, read = station.pane.acquired, self.room.reading.read
        if volume is None or read is None or not station.pane.can_measure:
            return []
        masks = self._masks.on(volume, read, station.film.timepoint_id)
        index = station.pane.slice_index
        return [name for name, mask in masks.items() if holds(mask, index, at)]

    # ------------------------------------------------------------- measuring

    def ask_slice(self) -> None:
        """Ask which slice to go to."""
        if self._lightbox is not None:
            self._lightbox.ask_slice()

    def take_up(self, station: MeasuringViewport, kind: AnnotationKind) -> None:
        """Take up a tool in a pane."""
        self.room.viewing.press(station)
        if self.probes.kind is not kind:
            self.probes.take_up(kind)

    def take_caliper(self) -> None:
        """Take up the caliper."""
        self.room.arm(on=True)

    def find_here(self, station: MeasuringViewport, at: Pixel) -> None:
        """Find the border of the lesion at a point of a pane."""
        self.room.viewing.press(station)
        self._contouring.click(at, REACH_PX * station.pane.mm_per_px)

    def measure(self, lesion_id: str, timepoint_id: str) -> None:
        """Go to a lesion and take up the caliper for it."""
        self.room.go_to_cell(lesion_id, timepoint_id)
        if self.room.reading.lesion_id == lesion_id:
            self.room.arm(on=True)

    def comment(self, lesion_id: str, timepoint_id: str) -> None:
        """Go to a lesion, and to where a comment on it is written."""
        self.room.go_to_cell(lesion_id, timepoint_id)
        self.comment_wanted.emit()

    # ------------------------------------------------------------- taking back

    def removal_of(self, lesion_id: str) -> Removal:
        """Return how a finding at the open visit, or a bare lesion, is taken back."""
        reading = self.room.reading
        visit, read = reading.timepoint_id or "", reading.read
        has_finding = read is not None and read.finding(lesion_id, visit) is not None
        words = (
            f"Delete {lesion_id} at {visit}" if has_finding else f"Delete {lesion_id}"
        )

        def act() -> None:
            reading.choose(lesion_id)
            self.room.recorder.clear()

        return Removal(words, act)

    def removal_of_drawn(self, annotation: Annotation) -> Removal:
        """Return how a ruler or a region is taken back."""
        name = annotation.annotation_id
        return Removal(f"Delete {name}", partial(self.probes.erase, name))

    def remove(self, removal: Removal, reason: str) -> None:
        """Take something back for a reason, which stands in the journal."""
        reading = self.room.reading

        def with_reason() -> None:
            with reading.open_session().giving(reason):
                removal.act()

        reading.attempt(with_reason)

    def ask_reason(self, removal: Removal) -> None:
        """Ask why something is taken back; nothing is, without an answer."""
        self._asked = removal
        self.reason_wanted.emit()
        self._why.ask()

    def _on_reason(self, reason: str) -> None:
        removal, self._asked = self._asked, None
        if removal is not None:
            self.remove(removal, reason)

    # ------------------------------------------------------------- copying

    def copy_text(self, text: str) -> None:
        """Copy a text."""
        QApplication.clipboard().setText(text)
        self.room.reading.say("Copied.")

    def copy_table(self) -> None:
        """Copy the table as spreadsheets and word processors take it."""
        table = self._table()
        if not table.rows:
            self.room.reading.say("The table is empty: nothing is copied.")
            return
        found: QMimeData = as_mime(table)
        QApplication.clipboard().setMimeData(found)
        count = len(table.rows)
        self.room.reading.say(f"The table is copied: {count} rows.")
