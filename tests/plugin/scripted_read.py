"""A read of a synthetic patient by mouse and keys, each action counted.

A key press, a click, a drag and a turn of the wheel to a slice are one action each.
After every action the reader looks at the screen until it shows what was done. Where a
read was broken off it goes on, so that it can be killed and begun again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QApplication, QComboBox, QTableView

from napari_recist.panels.lesion_bar import PICKED
from napari_recist.table.rows import DASH, WAITING
from napari_recist.viewport.image.coordinates import plane_spacing, towards_head
from napari_recist.viewport.link import LinkMode
from recist_tool.app.reading.signing import is_signed
from recist_tool.measure import propose_short_axis
from recist_tool.phantom import LesionState
from recist_tool.terms import LesionRole
from tests.plugin.dock_hands import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from recist_tool.app import Session
    from tests.plugin.hands import Reader
    from tests.plugin.read_plan import Ends, Look, Pixel, Plan

ROLE_KEYS = {LesionRole.TARGET: "T", LesionRole.NON_TARGET: "N", LesionRole.NEW: "W"}
FINDING_KEYS = {
    LesionState.TOO_SMALL: "5",
    LesionState.ABSENT: "0",
    LesionState.PRESENT: "P",
}
LIVER_WINDOW = "2"
ZOOM_NOTCHES = 3
NOT_READ = ("", DASH, WAITING)
LONG_WAIT_MS = 180_000


class Action(NamedTuple):
    """One thing that a hand did.

    Attributes
    ----------
    kind
        Key, drag or wheel.
    lesion_id
        For which lesion; empty for what belongs to the visit as a whole.
    """

    number: int
    kind: str
    what: str
    timepoint_id: str
    lesion_id: str


def nobody(action: Action) -> None:
    """Hear of an action and do nothing."""


class ScriptedRead:
    """Reads a patient as a radiologist would who sees the truth.

    Parameters
    ----------
    reader
        At a window that has the patient open.
    done
        Called after each action, once the screen shows it.
    side_by_side
        Whether follow-ups are read beside the baseline, linked by registration.
    carries
        Whether the lesions of the baseline are carried over to each follow-up.
    nudges
        Whether the first lesion of each visit is nudged there and back.
    """

    def __init__(
        self,
        reader: Reader,
        plan: Plan,
        done: Callable[[Action], None] = nobody,
        *,
        side_by_side: bool = False,
        carries: bool = False,
        nudges: bool = False,
    ) -> None:
        self.actions: list[Action] = []
        self._reader = reader
        self._reading = reader.reading
        self._plan = plan
        self._done = done
        self.side_by_side = side_by_side
        self._carries = carries
        self._nudges = nudges

    @property
    def session(self) -> Session:
        """The case that is read."""
        return self._reading.open_session()

    @property
    def mm_per_px(self) -> float:
        """Millimetres in one pixel of the screen."""
        return self._reader.room.pane.mm_per_px

    def run(self) -> None:
        """Read what is not read yet, and sign every visit."""
        self._take_seat()
        baseline, *later = self._plan
        if not self._is_signed(baseline):
            self._read_baseline(baseline)
        for visit in later:
            if not self._is_signed(visit):
                self._read_follow_up(visit)

    def _take_seat(self) -> None:
        """Bring the window to the front, as it is where there is a window manager."""
        self._reader.viewer.window.activate()
        self._reader.dock.window().setFocus()
        self._reader.wait_for(lambda: QApplication.focusWidget() is not None)

    # ------------------------------------------------------------- visits

    def _read_baseline(self, visit: str) -> None:
        for look in self._plan[visit]:
            if self._shown(look) in NOT_READ:
                self._find(look)
        self._sign()

    def _read_follow_up(self, visit: str) -> None:
        while self._reading.timepoint_id != visit:
            self._key("Space" if is_signed(self._reading) else "]")
        self._hang_side_by_side()
        if self._carries:
            self._key("C")
        while self._reading.expected():
            if self._reading.lesion not in self._reading.expected():
                self._key("Space")
            self._follow(self._look(visit, self._reading.lesion_id))
        for look in self._plan[visit]:
            if look.is_new and not self._shown(look):
                self._key(ROLE_KEYS[look.role], look)
                self._draw(look)
        self._sign()

    def _hang_side_by_side(self) -> None:
        """Hang the baseline beside the visit, linked by registration, and zoom in.

        All of that stays as it is for the visits that follow.
        """
        viewing = self._reader.room.viewing
        if not self.side_by_side:
            return
        if viewing.count == 1:
            self._key("B")
            self._zoom_in()
        while viewing.linking.mode is not LinkMode.BY_REGISTRATION:
            self._key("L")

    def _sign(self) -> None:
        self._key("Ctrl+Return")
        click(self._reader, "signing sign")
        self._look_at_screen()
        self._tell("click", "Sign", "")
        assert is_signed(self._reading)

    # ------------------------------------------------------------- lesions

    def _find(self, look: Look) -> None:
        """Measure a lesion at baseline: say what it is, go there, draw it."""
        if self._waiting(look):
            self._key("Space")
        elif self._must_say(look):
            self._say(look)
        if look.lesion_id == "T1" and self._reader.room.pane.window.width != 150:
            self._key(LIVER_WINDOW, look)
        self._draw(look)

    def _waiting(self, look: Look) -> bool:
        """Return whether a lesion was added, and the program killed before it was
        measured."""
        return look.lesion_id in [one.lesion_id for one in self._reading.expected()]

    def _must_say(self, look: Look) -> bool:
        new = self._reading.new_lesion
        said = (new.role, new.organ, new.nodal) == (look.role, look.organ, look.nodal)
        return not (said and self._reader.room.tool.armed)

    def _say(self, look: Look) -> None:
        self._key(ROLE_KEYS[look.role], look)
        new = self._reading.new_lesion
        if (new.organ, new.nodal) != (look.organ, look.nodal):
            self._key("O", look)
            self._key(self._digit_of(look.organ), look)
        assert self._reading.new_lesion.organ == look.organ

    def _digit_of(self, organ: str) -> str:
        box = self._reader.dock.findChild(QComboBox, "organ")
        row = box.findText(organ)
        assert 0 <= row < PICKED
        return str(row + 1)

    def _follow(self, look: Look) -> None:
        """Say what became of a lesion."""
        if look.state in FINDING_KEYS:
            self._key(FINDING_KEYS[look.state], look)
        else:
            self._draw(look)
        assert self._shown(look) not in NOT_READ

    def _draw(self, look: Look) -> None:
        """Go to the slice of a lesion and draw its caliper; of a node, both axes."""
        volume = self._reader.room.pane.volume
        assert volume is not None
        assert look.caliper is not None
        if not self._reader.room.tool.armed:
            self._key("M", look)
        self._scroll_to(look.slice_index(volume), look)
        long_ends, short_ends = look.caliper
        self._drag(long_ends[0], long_ends[1], look)
        if short_ends is not None:
            start = propose_short_axis(plane_spacing(volume), long_ends)[0]
            self._drag(start, _nearer(start, short_ends), look)
        self._reader.wait_for(lambda: self._shown(look) not in NOT_READ)
        if self._nudges and look.lesion_id == "T1":
            for name in ("Ctrl+Right", "Ctrl+Right", "Ctrl+Left", "Ctrl+Left"):
                self._key(name, look)

    # ------------------------------------------------------------- hands

    def _key(self, name: str, look: Look | None = None) -> None:
        pressed = QKeySequence(name)[0]
        widget = QApplication.focusWidget() or self._reader.canvas
        self._reader.key(pressed.key(), pressed.keyboardModifiers(), widget)
        self._look_at_screen()
        lesion_id = look.lesion_id if look else ""
        if name == "Space" and self._reading.lesion in self._reading.expected():
            lesion_id = self._reading.lesion_id or ""
        self._tell("key", name, lesion_id)

    def _drag(self, start: Pixel, end: Pixel, look: Look) -> None:
        self._reader.pull(start, end)
        self._look_at_screen()
        self._tell("drag", "draw", look.lesion_id)

    def _scroll_to(self, slice_index: int, look: Look) -> None:
        """Turn the wheel until a slice is in view; at the slice, do nothing."""
        pane = self._reader.room.pane
        if pane.slice_index == slice_index:
            return
        assert pane.volume is not None
        while pane.slice_index != slice_index:
            up = (slice_index > pane.slice_index) == (towards_head(pane.volume) > 0)
            self._reader.wheel(1 if up else -1)
        self._look_at_screen()
        self._tell("wheel", f"slice {slice_index + 1}", look.lesion_id)

    def _zoom_in(self) -> None:
        self._reader.wheel(ZOOM_NOTCHES, ctrl=True)
        self._look_at_screen()
        self._tell("wheel", "zoom", "")

    def _tell(self, kind: str, what: str, lesion_id: str) -> None:
        visit = self._reading.timepoint_id or ""
        action = Action(len(self.actions) + 1, kind, what, visit, lesion_id)
        self.actions.append(action)
        self._done(action)

    # ------------------------------------------------------------- eyes

    def _look_at_screen(self) -> None:
        """Wait until nothing loads any more; nothing may have been refused."""
        self._reader.settle(LONG_WAIT_MS)
        self._reader.wait_for(self._has_its_size)
        assert not self._reading.note.is_error, self._reading.note.text

    def _has_its_size(self) -> bool:
        canvas = self._reader.canvas
        now = self._reader.room.pane.viewer.canvas.size
        return tuple(now) == (canvas.height(), canvas.width())

    def _shown(self, look: Look) -> str:
        """Return what stands in the table for a lesion at a visit."""
        return cell_text(self._reader, look.lesion_id, look.timepoint_id)

    def _is_signed(self, visit: str) -> bool:
        read = self._reading.read
        return read is not None and read.locked(visit)

    def _look(self, visit: str, lesion_id: str | None) -> Look:
        return next(one for one in self._plan[visit] if one.lesion_id == lesion_id)


def cell_text(reader: Reader, lesion_id: str, timepoint_id: str) -> str:
    """Return what the table on the screen says of a lesion at a visit."""
    model = reader.dock.findChild(QTableView, "lesions").model()
    horizontal = Qt.Orientation.Horizontal
    headings = [
        model.headerData(column, horizontal) for column in range(model.columnCount())
    ]
    for row in range(model.rowCount()):
        if model.index(row, 0).data().split()[0] == lesion_id:
            return str(model.index(row, headings.index(timepoint_id)).data())
    return ""


def actions_of(actions: Sequence[Action]) -> dict[str, dict[str, int]]:
    """Return how many actions each lesion took, by visit; "" for the visit itself."""
    counted: dict[str, dict[str, int]] = {}
    for one in actions:
        visit = counted.setdefault(one.timepoint_id, {})
        visit[one.lesion_id] = visit.get(one.lesion_id, 0) + 1
    return counted


def mean_per_lesion(actions: Mapping[str, int]) -> float:
    """Return the mean of a visit, with what belongs to the visit as a whole."""
    return sum(actions.values()) / len([name for name in actions if name])


def report(counted: Mapping[str, Mapping[str, int]]) -> str:
    """Return the counts as lines for people."""
    lines = ["", "actions for each lesion (the visit: hanging and signing):"]
    for visit, lesions in counted.items():
        each = "  ".join(f"{name or 'visit'} {n}" for name, n in lesions.items())
        lines.append(f"{visit:4} mean {mean_per_lesion(lesions):.2f}:  {each}")
    return "\n".join(lines)


def _nearer(start: Pixel, ends: Ends) -> Pixel:
    """Return the end that lies on the same side."""
    return min(ends, key=lambda end: math.dist(start, end))
