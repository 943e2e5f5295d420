"""One window for the tests of a process: put away after each, and looked at.

A napari window and a reading room in it take three seconds of processor to make and to
end. A room that was put away is as a new one, so the next reader can have it: that is
so for a real reader who opens another patient, and it is held here after each test.
What differs by anything but a trace that is named in `KEPT` ends with its window.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import re
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, cast

import napari
import pytest
from napari._qt.qt_viewer import QtViewer
from napari.settings import get_settings
from qtpy.QtCore import QCoreApplication, QEvent
from qtpy.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QWidget,
)
from shiboken6 import isValid

from napari_recist.panels.help_sheet import HelpSheet
from napari_recist.panels.worklist import WorklistPanel
from napari_recist.room.segmentation import BRUSH_MM
from napari_recist.viewport.link import LinkMode
from napari_recist.window import add_reading_room
from recist_tool.app.reading import reader_id
from recist_tool.errors import CommandRefused
from recist_tool.terms import SuvUnit
from tests.plugin.hands import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytestqt.qtbot import QtBot

    from napari_recist.panels.dock import ReadingRoom

SIZE = (1366, 768)
LETTERS = 9
"""Points: as napari comes."""

OURS = ("napari_recist", "recist_tool")
PLAIN = (bool, int, float, str, bytes, type(None), dt.date, Path, enum.Enum)

KEPT = re.compile(
    r"\.album\._engraver|\._stamps(\[| count)"  # letters as they were painted
    r"|\._read\._table\._room|\._room\._switches|loader\._acts"
    # for all patients
    r"|\.(loader|contouring|carrying|others)\._asked|locator\._sought"
    # of the last image, key, file or mask, until the next one
    r"|\]\.shown\[[012]\]|pane\._fit|fused\._(layer|units)|slices\._value"
    r"|tool\.(pointer|spacing|_\w+_mm)|_keys\._missed"
    # as much as had room
    r"|_read\._fold|^SumPlot plot enabled|^QScrollBar  enabled"
    r"|^QWidget qt_scrollarea_vcontainer"
    r"|pane\.(_picture|fused)\._(window|range|scale)|\._keys\._climbs|_masks\._is_asked"
    r"|nudging\._end|contouring\.(_chosen_then|_tools|_masks|_before|_painted_to)"
    r"|\._asked_at|_guide\._before|recorder\._(splitting|first_parts)|_keys\._reached"
    # out of sight until there is a case, and written anew then
    r"|_pages\._(beside\[|images\.)"
    # panes beside the first stay, out of sight, and are hung anew
    r"|(stations|frames)(\[[1-3]\]| count)|making\._wanted|carrying\._hooked"
    r"|probes\._tools(\[| count)"
)
"""What may differ in a room that is used again."""

State = dict[str, object]


class SharedRoom:
    """A window with a reading room, made when it is first wanted.

    A test that wants another beside it has one that ends with the test.
    """

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self._others: list[Reader] = []
        self._as_new: State = {}
        self._patches = pytest.MonkeyPatch()
        self._is_for_one = False
        self.is_taken = False

    def take(self, qtbot: QtBot, patient: Path) -> Reader:
        """Return a reader in a room that is as new."""
        if self._reader is not None and not _is_open(self._reader.dock):
            was_taken = self.is_taken
            self.end()
            self._is_for_one = was_taken  # the next is made as the test has set things
        elif self.is_taken:
            self._others.append(self._made(qtbot))
            return self._others[-1]
        if self._reader is None:
            self._reader = self._made(qtbot)
            with _no_cases():
                self._reader.room.intend(None)
                self._reader.open(patient)
                self._reader.room.put_away()
            QApplication.processEvents()
            self._as_new = state_of(self._reader)
        _window(self._reader).show()
        self.is_taken = True
        return Reader(self._reader.viewer, self._reader.dock, qtbot)

    def give_back(self, qtbot: QtBot) -> None:
        """Put the room away, and end it where a trace of the test stays."""
        reader, self.is_taken = self._reader, False
        while self._others:
            self._others[-1].settle()
            _close(self._others.pop())
        if reader is None:
            return
        if self._is_for_one or not _is_open(reader.dock):
            self.end()
            return
        hands = Reader(reader.viewer, reader.dock, qtbot)  # its own qtbot is gone
        hands.settle()
        reader.room.put_away()
        reader.room.reader = reader_id()
        _leave_as_usual(reader)
        hands.settle()
        hands.wait_for(lambda: reader.dock.loader.is_quiet)
        left = differences(self._as_new, state_of(reader))
        if left:
            self.end()
        else:
            _window(reader).hide()
            QtViewer._instances.clear()  # napari's own fixtures look for what stayed

    def end(self) -> None:
        """Close the window."""
        reader, self._reader = self._reader, None
        self.is_taken = self._is_for_one = False
        if reader is not None:
            _close(reader)
            self._patches.undo()

    def _made(self, qtbot: QtBot) -> Reader:
        self._patches.setattr(
            "napari._qt.threads.status_checker.StatusChecker.start", _no_thread
        )
        viewer = napari.Viewer(show=True, show_welcome_screen=False)
        dock = add_reading_room(viewer)
        reader = Reader(viewer, dock, qtbot)
        qtbot.wait_exposed(_window(reader), timeout=5000)
        _window(reader).resize(*SIZE)
        QApplication.processEvents()
        return reader


def state_of(reader: Reader) -> State:
    """Return every plain value that a room holds, and what is seen of it."""
    dock = reader.dock
    seen = Counter([*_seen(dock), *_seen(dock.lightbox), reader.viewer.theme])
    return dict(_walk(dock, "dock", set())) | seen


def _seen(whole: QWidget) -> Iterator[str]:
    """Yield a line for each part in sight."""
    for one in whole.findChildren(QWidget):
        if not one.isVisibleTo(whole):
            continue
        words = [type(one).__name__, one.objectName()]
        if isinstance(one, QAbstractButton | QLabel):
            words.append(one.text())
        if isinstance(one, QAbstractButton):
            words.append("down" if one.isChecked() else "up")
        yield " ".join([*words, "enabled" if one.isEnabledTo(whole) else "disabled"])


def differences(before: State, after: State) -> list[str]:
    """Return where two states differ, a line each."""
    return [
        f"{one}: {before.get(one, 'absent')!r} -> {after.get(one, 'absent')!r}"
        for one in sorted(before.keys() | after.keys())
        if before.get(one, "absent") != after.get(one, "absent")
        and not KEPT.search(one)
    ]


def _walk(value: Any, path: str, seen: set[int]) -> Iterator[tuple[str, object]]:
    if isinstance(value, PLAIN):
        yield path, value
    elif isinstance(value, FunctionType | MethodType):
        yield path, value.__qualname__  # a test may have put its own in the place
    elif id(value) not in seen:
        seen.add(id(value))
        parts = _parts(value)
        yield f"{path} count", len(parts)
        for name, one in parts:
            yield from _walk(one, f"{path}{name}", seen)


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Return what a container or one of our own objects holds, by name."""
    if isinstance(value, Mapping):
        items = cast("Mapping[object, Any]", value).items()
        return [(f"[{key}]", one) for key, one in items]
    if isinstance(value, list | tuple | set | frozenset | deque):
        members = cast("Iterable[Any]", value)
        return [(f"[{number}]", one) for number, one in enumerate(members)]
    kind = cast("type[Any]", type(value))
    if kind.__module__.split(".")[0] not in OURS:
        return []
    held = getattr(value, "__dict__", {})
    slots = {one: getattr(value, one, None) for one in getattr(kind, "__slots__", ())}
    return [(f".{name}", one) for name, one in {**held, **slots}.items()]


def _leave_as_usual(reader: Reader) -> None:
    """Take back what a reader sets, and would find again with the next patient."""
    appearance = get_settings().appearance
    if (appearance.theme, appearance.font_size) != ("dark", LETTERS):
        appearance.theme, appearance.font_size = "dark", LETTERS
    viewing, dock = reader.room.viewing, reader.dock
    viewing.arrivals.unit = SuvUnit.BODY_WEIGHT
    viewing.linking.set_mode(LinkMode.BY_HAND)
    viewing.fusing._wanted.clear()
    viewing.show_panes(1)
    reader.viewer.theme = appearance.theme
    dock.contouring.brush_mm = BRUSH_MM
    dock._read._by_hand = None
    with _no_cases(), contextlib.suppress(CommandRefused):  # a blinding one stays
        reader.room.intend(None)
    _window(reader).resize(*SIZE)
    sheet = dock.lightbox.findChild(HelpSheet)
    keys = sheet.findChild(QPushButton, "reset keys")
    if keys.isEnabled():
        keys.click()
    if sheet.isVisible():
        sheet.findChild(QPushButton, "close keys").click()
    patients = dock.findChild(WorklistPanel)
    patients.findChild(QLineEdit).clear()
    patients.findChild(QCheckBox).setChecked(False)
    patients._take(())
    pages = dock.findChild(QTabWidget, "pages")
    assert pages is not None
    pages.setCurrentIndex(0)
    dock.refresh()  # at the size of letters that is usual again


@contextlib.contextmanager
def _no_cases() -> Iterator[None]:
    """Let no folder of cases say under which protocol they begin."""
    with pytest.MonkeyPatch.context() as nothing:
        nothing.setenv("RECIST_CASES", "no cases here")
        yield


def _close(reader: Reader) -> None:
    if isValid(reader.dock):
        reader.dock.close_room()
    if hasattr(reader.viewer.window, "_qt_window"):
        reader.viewer.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()
    QtViewer._instances.clear()


def _window(reader: Reader) -> QWidget:
    return reader.dock.window()


def _no_thread(checker: object) -> None:
    """Let nobody check napari's status bar in a thread: nothing stands there."""


def _is_open(dock: ReadingRoom) -> bool:
    return isValid(dock) and dock.parentWidget() is not None and not dock.loader.closed
