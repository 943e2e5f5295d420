"""A reader with bad hands: thousands of random, plausible events, and what follows.

``python -m tests.plugin.robot --events 20000 --seed 1`` (on a screen; ``make nightly``
does it) opens the synthetic patient, with ``--real`` a real liver CT and a moved copy,
or with ``--images`` any series, and clicks, drags, types, turns the wheel, loses the
focus, resizes and changes visits. After each event: no exception, the window alive,
nothing signed, nothing recorded but by a gesture that means it; and the picture matches
its letters. How far it is, with its seed, is told every 30 seconds, or as ``--every``
says. What fails prints seed and event.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter, deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QKeySequence, QMouseEvent, QWheelEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTabBar,
    QWidget,
)

from napari_recist.viewport.annotations.overlay_widget import canvas_of
from napari_recist.widgets.key_filter import FIELDS
from recist_tool.model import caliper_of
from recist_tool.phantom import SMALL_PATIENT, write_patient
from tests.plugin.robot_eyes import assert_alive, assert_picture, leave_dialogs

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from tests.plugin.hands import Reader

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MIDDLE, NONE = Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
BARE = Qt.KeyboardModifier.NoModifier
HELD: Final = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.MetaModifier,
)
NAMED: Final = (
    *("Backspace", "Delete", "Home", "End", "PageUp", "PageDown", "Left", "Right"),
    *("Up", "Down", "Tab", "Backtab", "Escape", "Return", "Enter", "F1", "F2", "F6"),
)
KEYS: Final = [
    *(Qt.Key(at) for at in range(0x20, 0x60)),
    *(getattr(Qt.Key, f"Key_{name}") for name in NAMED),
]
OWN: Final = (
    "M T N W Space [ ] 0 5 P D E Delete Ctrl+Z Ctrl+Y B L R V O X S G Escape "
    "Y Shift+Y Shift+O Shift+E Shift+D Shift+S Shift+V Shift+H Shift+B Shift+X Shift+F "
    "Shift+C Home End PgUp PgDown Ctrl+G Ctrl+C Ctrl+R"
)
SILENT: Final = frozenset(
    (
        *("CreateCase", "StartRead", "AddTimepoint", "ReviseTimepoint"),
        *("AttachSeries", "PlaceSeries", "LocateSeries", "DetachSeries"),
    )
)
"""What registers patients and images: no reading."""

CHANGING: Final = (
    *("0", "5", "P", "D", "E", "Del", "Delete", "Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z"),
    *("Shift+H", "Shift+B"),
)
"""Keys that may change the read; all others only look."""

SIGNED: Final = frozenset({"LockTimepoint", "UnlockTimepoint"})
DRAWN: Final = frozenset({"DrawAnnotation"})
NEVER_PRESSED: Final = ("sign", "begin", "opened", "open", "pacs")
REACH_MM_PER_PX: Final = 12.0
EVERY_S: Final = 30.0
SIZES: Final = ((1366, 768), (1100, 700), (1600, 900), (1280, 1000))


class Gesture(NamedTuple):
    """What the hand did, and how many changes of the read it may mean."""

    words: str
    changes: int = 0
    ends: tuple[Any, Any] | None = None


class Robot:
    """Does random things at a window.

    Parameters
    ----------
    seed
        Of everything that it does.
    """

    def __init__(self, reader: Reader, seed: int) -> None:
        self._reader = reader
        self._chance = random.Random(seed)  # noqa: S311 - which slip, no secret
        self.done: deque[str] = deque(maxlen=25)
        self.counted: Counter[str] = Counter()
        self._nudged = self._left_field = self._held_probe = False
        self._acts: list[tuple[int, Callable[[], Gesture]]] = [
            (20, self._drag),
            (12, self._click),
            (6, self._other_drag),
            (14, self._wheel),
            (22, self._own_key),
            (14, self._any_key),
            (4, self._type),
            (10, self._dock_click),
            (2, self._resize),
            (5, self._cell),
            (3, self._key_in_drag),
            (4, self._point),
            (4, self._menu),
            (3, self._scroll),
        ]

    def step(self) -> None:
        """Do one thing, and look at what came of it."""
        before = self._entries()
        self._left_field = isinstance(QApplication.focusWidget(), FIELDS)
        self._held_probe = self._reader.dock.kit.probes.kind is not None
        weights = [weight for weight, _ in self._acts]
        (_, act) = self._chance.choices(self._acts, weights)[0]
        gesture = act()
        self.done.append(gesture.words)
        self.counted[act.__name__.strip("_")] += 1
        leave_dialogs()
        QApplication.processEvents()
        self._look(gesture, before)

    def _look(self, gesture: Gesture, before: int) -> None:
        made = [one.command for one in self._new_entries(before)]
        kinds = [type(one).__name__ for one in made]
        assert not SIGNED & set(kinds), "a visit was signed"
        meant = [one for one in made if type(one).__name__ not in SILENT]
        drew = DRAWN & set(kinds)
        assert not drew or self._held_probe, "a ruler was drawn without one in the hand"
        allowed = gesture.changes + self._nudged + self._left_field
        assert len(meant) <= allowed, f"recorded unasked: {kinds}"
        self._nudged = self._reader.room.tool.is_nudged
        if gesture.ends is not None:
            self._assert_drawn(meant, gesture.ends)
        assert_alive(self._reader)
        viewing = self._reader.room.viewing
        for station in viewing.on_show:
            if viewing.enlarged in (None, station):
                assert_picture(station)

    def _assert_drawn(self, made: list[Any], ends: tuple[Any, Any]) -> None:
        """Hold a drawn caliper to where the hand drew it."""
        for command in made:
            caliper = caliper_of(getattr(command, "finding", None))
            if caliper is None or caliper.long_axis.ends_pixel is None:
                continue
            spacing = self._reader.room.pane.volume.pixel_spacing_mm
            reach = 2 * self._reader.room.pane.mm_per_px / min(spacing) + 0.5
            drawn = [(row, column) for column, row in caliper.long_axis.ends_pixel]
            for wanted in ends:
                off = min(
                    max(abs(a - b) for a, b in zip(one, wanted, strict=True))
                    for one in drawn
                )
                assert off <= reach, f"drawn {drawn}, the hand went {ends}"

    def _entries(self) -> int:
        session = self._reader.reading.session
        return 0 if session is None else len(session.entries)

    def _new_entries(self, before: int) -> list[Any]:
        session = self._reader.reading.session
        return [] if session is None else list(session.entries[before:])

    # ------------------------------------------------------------- the mouse

    def _drag(self) -> Gesture:
        station, canvas = self._pane()
        start, end = self._place(canvas), self._place(canvas)
        armed = self._reader.room.tool.armed
        other = station.hands.other or station.hands.probe
        free = armed and other is None and not station.tool.busy
        ends = None
        pixels = [station.pane.pixel(self._world(station, at)) for at in (start, end)]
        is_bare = self._is_bare(station, pixels[0])
        if free and all(pixels) and is_bare:
            ends = (pixels[0], pixels[1])
        self._mouse(canvas, QEvent.Type.MouseMove, start, NONE, NONE)
        self._mouse(canvas, QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
        self._mouse(canvas, QEvent.Type.MouseMove, end, NONE, LEFT)
        self._mouse(canvas, QEvent.Type.MouseButtonRelease, end, LEFT, NONE)
        words = f"drag {start.toTuple()} {end.toTuple()} armed {armed}"
        may = armed or not is_bare or other
        return Gesture(words, changes=1 if may else 0, ends=ends)

    def _click(self) -> Gesture:
        station, canvas = self._pane()
        at, button = (
            self._place(canvas),
            self._chance.choice([LEFT, LEFT, RIGHT, MIDDLE]),
        )
        hands = station.hands
        armed = self._reader.room.tool.armed or bool(hands.other or hands.probe)
        busy = self._reader.room.tool.busy
        double = self._chance.random() < 0.2
        pixel = station.pane.pixel(self._world(station, at))
        may = armed or busy or not self._is_bare(station, pixel)
        for _ in range(2 if double else 1):
            self._mouse(canvas, QEvent.Type.MouseButtonPress, at, button, button)
            self._mouse(canvas, QEvent.Type.MouseButtonRelease, at, button, NONE)
        return Gesture(f"click {at.toTuple()} armed {armed}", changes=int(may))

    def _other_drag(self) -> Gesture:
        _, canvas = self._pane()
        button, held = self._chance.choice([RIGHT, MIDDLE]), self._modifiers()
        start, end = self._place(canvas), self._place(canvas)
        for kind, at, pressed, down in (
            (QEvent.Type.MouseButtonPress, start, button, button),
            (QEvent.Type.MouseMove, end, NONE, button),
            (QEvent.Type.MouseButtonRelease, end, button, NONE),
        ):
            self._mouse(canvas, kind, at, pressed, down, held)
        return Gesture(f"{button.name} drag")

    def _point(self) -> Gesture:
        """Find a point of a pane in the others: that records nothing."""
        _, canvas = self._pane()
        at, held = self._place(canvas), Qt.KeyboardModifier.ShiftModifier
        self._mouse(canvas, QEvent.Type.MouseButtonPress, at, LEFT, LEFT, held)
        self._mouse(canvas, QEvent.Type.MouseButtonRelease, at, LEFT, NONE, held)
        return Gesture(f"Shift+click {at.toTuple()}")

    def _scroll(self) -> Gesture:
        _, canvas = self._pane()
        start, end = self._place(canvas), self._place(canvas)
        held = Qt.KeyboardModifier.ControlModifier
        self._mouse(canvas, QEvent.Type.MouseButtonPress, start, LEFT, LEFT, held)
        self._mouse(canvas, QEvent.Type.MouseMove, end, NONE, LEFT, held)
        self._mouse(canvas, QEvent.Type.MouseButtonRelease, end, LEFT, NONE, held)
        return Gesture("Ctrl+drag")

    def _menu(self) -> Gesture:
        """Ask for the menu of a place, and choose anything in it."""
        _, canvas = self._pane()
        at = self._place(canvas)
        self._mouse(canvas, QEvent.Type.MouseButtonPress, at, RIGHT, RIGHT)
        self._mouse(canvas, QEvent.Type.MouseButtonRelease, at, RIGHT, NONE)
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            return Gesture(f"no menu at {at.toTuple()}")
        offered = [
            one
            for part in (menu, *menu.findChildren(QMenu))
            for one in part.actions()
            if one.isEnabled() and one.menu() is None and not one.isSeparator()
        ]
        chosen = self._chance.choice(offered)
        words = chosen.text().partition("\t")[0]
        chosen.trigger()
        return Gesture(f"menu at {at.toTuple()}: {words}", changes=1)

    def _key_in_drag(self) -> Gesture:
        _, canvas = self._pane()
        start, end = self._place(canvas), self._place(canvas)
        name = self._chance.choice(["Ctrl+Z", "Escape", "N", "M", "Space", "R", "]"])
        self._mouse(canvas, QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
        self._mouse(canvas, QEvent.Type.MouseMove, end, NONE, LEFT)
        self._press(name, canvas)
        self._mouse(canvas, QEvent.Type.MouseButtonRelease, end, LEFT, NONE)
        return Gesture(f"{name} in a drag", changes=1)

    def _wheel(self) -> Gesture:
        _, canvas = self._pane()
        at, held = self._place(canvas), self._modifiers()
        turned = QPoint(0, 120 * self._chance.choice([-3, -1, 1, 2]))
        event = QWheelEvent(
            QPointF(at),
            QPointF(canvas.mapToGlobal(at)),
            QPoint(),
            turned,
            NONE,
            held,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)
        return Gesture(f"wheel {turned.y()} {held}")

    # ------------------------------------------------------------- keys

    def _own_key(self) -> Gesture:
        name = self._chance.choice(OWN.split())
        self._press(name)
        return Gesture(f"key {name}", changes=int(name in CHANGING))

    def _any_key(self) -> Gesture:
        key, held = self._chance.choice(KEYS), self._modifiers()
        sequence = QKeySequence(key.value | held.value).toString()
        QTest.keyClick(self._focus(), key, held)
        # a key that writes something counts by that, whatever is held with it
        bare = sequence.rpartition("+")[2]
        may = {sequence, bare} & {*CHANGING, "Return", "Enter", "Space", "Y"}
        return Gesture(f"key {sequence}", changes=int(bool(may)))

    def _type(self) -> Gesture:
        text = self._chance.choice(["2024-03-06", "5", "0", "12.5", "liver", "1.8"])
        focus = self._focus()
        is_field = isinstance(focus, QLineEdit)
        for sign in text:
            QTest.keyClicks(self._focus(), sign)
            leave_dialogs()
        return Gesture(f"typed {text} field {is_field}", changes=len(text))

    def _press(self, name: str, widget: QWidget | None = None) -> None:
        pressed = QKeySequence(name)[0]
        focus = widget or self._focus()
        QTest.keyClick(focus, pressed.key(), pressed.keyboardModifiers())

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self._reader.canvas

    def _modifiers(self) -> Qt.KeyboardModifier:
        held = BARE
        for one in HELD:
            if self._chance.random() < 0.15:
                held |= one
        return held

    # ------------------------------------------------------------- the panel

    def _dock_click(self) -> Gesture:
        kinds = (QLabel, QLineEdit, QTabBar, QComboBox, QPushButton)
        kind = self._chance.choice(kinds)
        found = [
            one
            for one in self._reader.dock.findChildren(kind)
            if one.isVisible() and one.objectName() not in NEVER_PRESSED
        ]
        if not found:
            return Gesture("nothing to click")
        widget = self._chance.choice(found)
        at = QPoint(
            self._chance.randrange(max(widget.width(), 1)), widget.height() // 2
        )
        QTest.mouseClick(widget, LEFT, pos=at)
        may = isinstance(widget, QPushButton)
        words = f"clicked {kind.__name__} {widget.objectName()}"
        return Gesture(words, changes=int(may))

    def _cell(self) -> Gesture:
        reading = self._reader.reading
        names = [one.lesion_id for one in reading.read.lesions] if reading.read else []
        visits = [one.timepoint_id for one in reading.visits]
        if not names:
            return Gesture("no cell")
        name, visit = self._chance.choice(names), self._chance.choice(visits)
        self._reader.room.go_to_cell(name, visit)
        return Gesture(f"cell {name} {visit}")

    def _resize(self) -> Gesture:
        size = self._chance.choice(SIZES)
        self._reader.dock.window().resize(*size)
        return Gesture(f"resize {size}")

    # ------------------------------------------------------------- hands

    def _pane(self) -> tuple[MeasuringViewport, QWidget]:
        viewing = self._reader.room.viewing
        others = self._chance.choice(viewing.on_show)
        station = viewing.active if self._chance.random() < 0.7 else others
        station = viewing.enlarged or station
        canvas = canvas_of(station.pane.viewer)
        assert canvas is not None
        return station, canvas

    def _place(self, canvas: QWidget) -> QPoint:
        x = int(self._chance.triangular(0, canvas.width() - 1))
        y = int(self._chance.triangular(0, canvas.height() - 1))
        return QPoint(x, y)

    def _world(self, station: MeasuringViewport, at: QPoint) -> tuple[float, ...]:
        """Return the place of a pane under a point of its canvas."""
        pane, display = station.pane, station.pane.display
        high, wide = pane.viewer.canvas.size
        down, right = pane.viewer.scene.camera.center[-2:]
        seen = (
            float(down) + display.down[1] * (at.y() - high / 2) * pane.mm_per_px,
            float(right) + display.right[1] * (at.x() - wide / 2) * pane.mm_per_px,
        )
        return (0.0, *display.placed(seen))

    def _is_bare(self, station: MeasuringViewport, pixel: Any) -> bool:
        reach = REACH_MM_PER_PX * station.pane.mm_per_px
        return pixel is not None and station.tool.grip(pixel, reach) is None

    def _mouse(
        self,
        canvas: QWidget,
        kind: QEvent.Type,
        at: QPoint,
        button: Qt.MouseButton,
        down: Qt.MouseButton,
        held: Qt.KeyboardModifier = BARE,
    ) -> None:
        place, anywhere = QPointF(at), QPointF(canvas.mapToGlobal(at))
        event = QMouseEvent(kind, place, anywhere, button, down, held)
        QApplication.sendEvent(canvas, event)
        QApplication.processEvents()


def without_files(put: Callable[[object, str, object], object] = setattr) -> None:
    """Let no dialog for files wait for an answer.

    Parameters
    ----------
    put
        Puts an answer in the place of each dialog.
    """
    for name in ("getOpenFileName", "getSaveFileName"):
        put(QFileDialog, name, staticmethod(lambda *_, **__: ("", "")))
    put(QFileDialog, "getOpenFileNames", staticmethod(lambda *_, **__: ([], "")))
    put(QFileDialog, "getExistingDirectory", staticmethod(lambda *_, **__: ""))


def run(
    reader: Reader,
    events: int,
    seed: int,
    tell: Callable[[str], object],
    *,
    every_s: float = EVERY_S,
) -> Robot:
    """Let a robot do so many things; what fails is told with its seed, and raised.

    Parameters
    ----------
    events, seed
        How many, and of which chance.
    tell
        Takes the lines.
    every_s
        Seconds from one line of how far it is to the next.
    """
    robot, raised = Robot(reader, seed), []
    begun = told = time.monotonic()
    before, sys.excepthook = sys.excepthook, lambda *error: raised.append(error)
    try:
        for _ in range(events):
            robot.step()
            assert not raised, f"raised: {raised[0]}"
            now = time.monotonic()
            if now - told >= every_s:
                told, done = now, robot.counted.total()
                tell(f"seed {seed}: {done} of {events} events, {now - begun:.0f} s")
    except BaseException:
        count = robot.counted.total()
        tell(f"seed {seed}, event {count}, after:\n  " + "\n  ".join(robot.done))
        raise
    finally:
        sys.excepthook = before
    tell(f"seed {seed}: {events} events, {dict(robot.counted)}")
    return robot


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Let the robot at a window; return the exit status."""
    from tests.plugin.own_window import sit_down
    from tests.plugin.real_liver import Patient

    parser = argparse.ArgumentParser(prog="python -m tests.plugin.robot")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=None)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--images", type=Path, nargs="*", default=())
    which.add_argument("--real", action="store_true")
    parser.add_argument("--every", type=float, default=EVERY_S, metavar="SECONDS")
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    without_files()
    with tempfile.TemporaryDirectory(prefix="recist-robot-") as folder:
        os.environ["RECIST_CASES"] = str(Path(folder, "cases"))  # a seed begins anew
        images = list(asked.images)
        if asked.real:
            images = list(Patient(Path(folder) / "later").folders)
        elif not images:
            images = [Path(folder) / "images"]
            write_patient(SMALL_PATIENT, images[0])
        reader = sit_down(images, SIZES[0])
        _say(f"seed {seed}: {asked.events} events, told every {asked.every:g} s")
        run(reader, asked.events, seed, _say, every_s=asked.every)
        reader.settle()
        reader.dock.close_room()
        reader.viewer.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
