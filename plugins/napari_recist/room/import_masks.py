"""Lesions of a file of masks, taken into the read: one after the other, or all.

No Qt here. What is offered lies in the reader's hand like a mask found by a click, and
is recorded as the command line records it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from napari_recist.viewport.annotations.case_graphics import TIMES
from napari_recist.viewport.mouse.mask_edit import Draft
from recist_tool.app import (
    is_whole_organ,
    known_lesions,
    measure_file,
    provenance_of_file,
    twin_of,
)
from recist_tool.errors import CommandRefused, GeometryError
from recist_tool.measure import as_saved_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from napari_recist.room.room import Room
    from napari_recist.room.segmentation import LesionSegmentation
    from napari_recist.widgets.background import Loader
    from recist_tool.app import MeasuredFile, MeasuredLesion, Session
    from recist_tool.errors import Fault, RecistToolError

WHAT = "Reading masks"
STILL_LOADING = "This series is still loading."


class Offer(NamedTuple):
    """One mask of a file, as it is shown in the list.

    Attributes
    ----------
    name
        As the file has it; may be empty.
    lesion_id
        Whose it is, in the case or once it is taken; None for a new lesion.
    is_taken
        Whether it was taken, and is in the case still.
    """

    label: int
    name: str
    sizes: str
    volume: str
    lesion_id: str | None
    is_taken: bool


class Opened(NamedTuple):
    """What a file gave for a series of a visit.

    Attributes
    ----------
    known
        Which lesion of the read each of them is of; None for a new one.
    """

    series_key: str
    timepoint_id: str
    kind: str = ""
    lesions: tuple[MeasuredLesion, ...] = ()
    known: tuple[str | None, ...] = ()


class MaskImport:
    """Offers the lesions of a file, and takes those that the reader wants.

    Attributes
    ----------
    opened
        The file, or None.
    row
        Which of its lesions is in hand, or was last.
    """

    def __init__(
        self, room: Room, loader: Loader, contouring: LesionSegmentation
    ) -> None:
        self._room = room
        self._reading = room.reading
        self._loader = loader
        self._contouring = contouring
        self._taken: dict[int, str] = {}
        self._session: Session | None = None
        self.opened: Opened | None = None
        self.row = 0
        contouring.recorded.connect(self._on_recorded)
        room.reading.changed.connect(self._follow)

    # ------------------------------------------------------------- the file

    def may_open(self) -> bool:
        """Return whether masks can be read for the pane at work; else say why not."""
        return self._reading.attempt(self._asked)

    def open(self, path: Path) -> None:
        """Read a file in the background, for the series on show."""
        self._reading.attempt(partial(self._open, path))

    def _asked(self) -> Opened:
        """Return for which series and visit masks can be read now.

        Raises
        ------
        CommandRefused
            If there is none, or nothing can be measured on it.
        """
        pane, key = self._room.pane, self._room.shown_key
        if pane.volume is None or self._room.studies.find(key) is None:
            raise _nothing_open()
        why = self._room.unmeasurable()
        if why or not pane.can_measure:
            raise CommandRefused(why or STILL_LOADING)
        return Opened(key, self._reading.open_visit_id())

    def _open(self, path: Path) -> None:
        asked = self._asked()
        series = self._room.studies.find(asked.series_key)

        def read(_advance: Callable[[int, int], None]) -> MeasuredFile:
            return measure_file(path, () if series is None else (series,))

        self._loader.run(WHAT, read, partial(self._on_read, asked), self._on_refused)

    def _on_read(self, asked: Opened, measured: MeasuredFile) -> None:
        self._reading.attempt(partial(self._take_up, asked, measured))

    def _take_up(self, asked: Opened, measured: MeasuredFile) -> None:
        told = [*measured.faults, *measured.remarks]
        if measured.volume is None or not measured.lesions:
            raise GeometryError(_first_of(told))
        self._require_on_show(asked)
        segments = [one.segment for one in measured.lesions]
        read, known = self._reading.read, (None,) * len(segments)
        self.opened = asked._replace(
            kind=measured.kind,
            lesions=measured.lesions,
            known=known if read is None else known_lesions(read, segments),
        )
        self._taken, self._session = {}, self._reading.session
        self._offer(0)
        if told:
            self._reading.say(_first_of(told), is_error=bool(measured.faults))

    def _on_refused(self, error: RecistToolError) -> None:
        self._reading.say(str(error), is_error=True)

    def close(self) -> None:
        """Put the file away; what was taken stays in the case."""
        self._let_go()
        self._forget()
        self._reading.changed.emit()

    def _forget(self) -> None:
        self.opened = self._session = None
        self._taken, self.row = {}, 0

    # ------------------------------------------------------------- what is offered

    @property
    def is_offered(self) -> bool:
        """Whether a file is open, and its visit, too."""
        opened = self.opened
        return opened is not None and opened.timepoint_id == self._reading.timepoint_id

    def offers(self) -> list[Offer]:
        """Return the masks of the file as they stand now."""
        return [self._offer_of(row) for row in range(len(self._lesions))]

    @property
    def _lesions(self) -> tuple[MeasuredLesion, ...]:
        return () if self.opened is None else self.opened.lesions

    def _offer_of(self, row: int) -> Offer:
        lesion = self._lesions[row]
        found, label = lesion.measure, lesion.segment.label
        axes, ml, draft = found.axes, found.volume_ml, self._in_hand()
        return Offer(
            label=label,
            name=lesion.segment.name,
            sizes=f"{axes.long_axis_mm:.1f} {TIMES} {axes.short_axis_mm:.1f} mm",
            volume="" if ml is None else f"{ml:.2f} ml",
            lesion_id=draft.lesion_id
            if draft and row == self.row
            else self._whose(row),
            is_taken=self._is_taken(label),
        )

    def _is_taken(self, label: int) -> bool:
        read, lesion_id = self._reading.read, self._taken.get(label)
        if read is None or lesion_id is None or self.opened is None:
            return False
        return read.mask(lesion_id, self.opened.timepoint_id) is not None

    def _whose(self, row: int) -> str | None:
        """Return the lesion of the case that a mask is of; None for a new one."""
        opened, read = self.opened, self._reading.read
        if opened is None or read is None:
            return None
        label = opened.lesions[row].segment.label
        lesion_id = self._taken.get(label, opened.known[row])
        return lesion_id if lesion_id and read.lesion(lesion_id) else None

    def _waiting(self, after: int = -1) -> Iterator[int]:
        """Yield the masks that were not taken, from one on and then from the first."""
        count = len(self._lesions)
        for step in range(1, count + 1):
            row = (after + step) % count
            if not self._is_taken(self._lesions[row].segment.label):
                yield row

    # ------------------------------------------------------------- one, or all

    def show(self, row: int) -> None:
        """Show a mask on the image, in the reader's hand."""
        self._reading.attempt(partial(self._offer, row))

    def step(self, rows: int) -> None:
        """Show the next mask of the list, or the one before."""
        if self._lesions:
            self.show(min(max(self.row + rows, 0), len(self._lesions) - 1))

    def take(self) -> None:
        """Record the mask in hand; show it first where it is not."""
        draft = self._in_hand()
        if draft is None:
            self.show(self.row)
        else:
            self._contouring.accept()

    def take_all(self) -> None:
        """Record all that were not taken, until one is refused."""
        self._reading.attempt(self._take_all)

    def _take_all(self) -> None:
        in_hand, in_row = self._in_hand(), self.row
        said: list[str] = []
        are_new = self._reading.new_wanted
        for row in sorted(self._waiting()):
            draft = self._draft(row)
            # as the reader may have changed it
            if in_hand is not None and row == in_row:
                draft = replace(in_hand, lesion_id=self._whose(row))
            why = self._left_out(row, draft)
            if why:
                said.append(why)
                continue
            self.row = row
            self._reading.new_wanted = are_new  # said once, of all of them
            self._contouring.keep(draft)
            self._mark_taken(draft)
        self._reading.new_wanted = False
        taken = sum(one.is_taken for one in self.offers())
        self._reading.say(" ".join([f"{taken} masks are recorded.", *said]))

    def _left_out(self, row: int, draft: Draft) -> str:
        """Return why a mask is not taken with all others; empty where it is."""
        lesion, read = self._lesions[row], self._reading.read
        name = lesion.segment.name or f"label {lesion.segment.label}"
        length = lesion.measure.axes.long_axis_mm
        if is_whole_organ(lesion.segment.name, length):
            return f"{name} is left out: {length:.0f} mm are a whole organ."
        if read is None or draft.source is None:
            return ""
        saved = as_saved_mask(draft.volume, draft.mask, draft.provenance)
        twin = twin_of(read, draft.timepoint_id, saved)
        return f"{name} is left out: the same region as {twin}." if twin else ""

    def _offer(self, row: int) -> None:
        """Put a mask into the reader's hand, or show the lesion that has it."""
        opened = self._require_on_show(self.opened)
        self.row = row
        if self._is_taken(opened.lesions[row].segment.label):
            self._let_go()
            self._reading.choose(self._whose(row))
            return
        if self._whose(row) is not None or self._reading.subject() is None:
            self._reading.choose(self._whose(row))
        self._contouring.take_in_hand(self._draft(row))

    def _draft(self, row: int) -> Draft:
        opened, volume = self._require_on_show(self.opened), self._room.pane.volume
        if volume is None:
            raise _nothing_open()
        segment = opened.lesions[row].segment
        subject = self._reading.subject()
        return Draft(
            volume,
            segment.mask,
            lesion_id=self._whose(row) or (subject and subject.lesion_id),
            timepoint_id=opened.timepoint_id,
            provenance=provenance_of_file(opened.kind, segment.label),
            source=segment,
        )

    def _in_hand(self) -> Draft | None:
        """Return the mask of the row as it is in the reader's hand, if it is."""
        draft = self._contouring.draft
        if draft is None or draft.source is None or not self._lesions:
            return None
        return draft if draft.source is self._lesions[self.row].segment else None

    def _let_go(self) -> None:
        draft = self._contouring.draft
        if draft is not None and draft.source is not None:
            self._contouring.drop()

    def _require_on_show(self, opened: Opened | None) -> Opened:
        """Return the file, if the pane at work shows what its masks lie on."""
        asked = self._asked()
        if opened is None or opened[:2] != asked[:2]:
            raise CommandRefused.at(
                "masks", "are of another series than the one on show", "Show that again"
            )
        return opened

    # ------------------------------------------------------------- following

    def _on_recorded(self, draft: Draft) -> None:
        """Tick it off, and offer the next unless its axes were just corrected."""
        if draft.source is None or self.opened is None:
            return
        self._mark_taken(draft)
        following = next(self._waiting(self.row), None)
        if following is not None and draft.placed is None:
            self.show(following)
        self._reading.changed.emit()

    def _mark_taken(self, draft: Draft) -> None:
        if draft.source is not None and self._reading.lesion_id is not None:
            self._taken[draft.source.label] = self._reading.lesion_id

    def _follow(self) -> None:
        """Put the file away with its images or its case; follow the chosen lesion."""
        opened, was = self.opened, self._session
        if opened is None:
            return
        self._session = self._reading.session
        is_gone = self._room.studies.find(opened.series_key) is None
        if is_gone or (was is not None and self._session is not was):
            self._forget()
            return
        self._follow_chosen()

    def _follow_chosen(self) -> None:
        """Let the mask in hand be of the lesion that waits for one, as a caliper is."""
        draft = self._in_hand()
        if draft is None or draft.recorded:
            return
        subject = self._reading.subject()
        whose = self._whose(self.row) or (subject and subject.lesion_id)
        if draft.lesion_id != whose:
            self._contouring.draft = replace(draft, lesion_id=whose)
            self._room.sheet.redraw()


def _nothing_open() -> CommandRefused:
    return CommandRefused.at("masks", "lie on a series, and none is open", "Open one")


def _first_of(told: Sequence[Fault]) -> str:
    """Return the first of many things to tell, and how many more there are."""
    more = f" (+{len(told) - 1} more)" if len(told) > 1 else ""
    return f"{told[0]}{more}" if told else "There are no masks in this file."
