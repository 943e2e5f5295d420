from __future__ import annotations

import datetime as dt
import gc
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import napari.plugins
import pytest
from napari._app_model._app import NapariApplication
from napari._qt import qt_main_window
from napari._qt._qapp_model import qactions
from qtpy.QtCore import QCoreApplication, QEvent, Qt
from qtpy.QtWidgets import QApplication

from napari_recist.window import add_reading_room
from recist_tool.app import Session
from recist_tool.app.reading.current_read import CurrentRead
from recist_tool.model import Timepoint
from recist_tool.phantom import SMALL_PATIENT
from tests.plugin.hands import Reader
from tests.plugin.shared_room import SIZE, SharedRoom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from napari.viewer import Viewer
    from pytestqt.qtbot import QtBot

    from napari_recist.panels.dock import ReadingRoom
    from tests.phantoms import Phantoms


@pytest.fixture(scope="module", autouse=True)
def _settled_heap() -> None:
    """Leave out of the many collections that napari asks for what stays for good.

    That is what imports made, and some thousand objects of each napari window.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _registered_once() -> Iterator[None]:
    """Let each application of napari take its commands once.

    Napari's fixtures, which put an application of their own in the place of its usual
    one, end by letting napari forget that the usual one has them.
    """
    with pytest.MonkeyPatch.context() as patches:
        plugins = _once_an_application(napari.plugins._initialize_plugins)
        patches.setattr(napari.plugins, "_initialize_plugins", plugins)
        actions = _once_an_application(qactions.init_qactions)
        for module in (qactions, qt_main_window):
            patches.setattr(module, "init_qactions", actions)
        yield


def _once_an_application(register: Any) -> Callable[[], None]:
    known: WeakSet[NapariApplication] = WeakSet()

    def once() -> None:
        app = NapariApplication.get_app_model()
        if app not in known:
            known.add(app)
            register.__wrapped__()

    once.cache_clear = lambda: None  # type: ignore[attr-defined]
    return once


@pytest.fixture(autouse=True)
def _own_cases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECIST_CASES", str(tmp_path / "cases"))
    monkeypatch.setenv("RECIST_READER", "reader-1")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    """Leave no room behind: the next test would read its words on the screen."""
    yield
    if QApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        tops = [one for one in QApplication.topLevelWidgets() if one.parent() is None]
        assert not {"ReadingRoom", "QueryDialog"} & {type(one).__name__ for one in tops}


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[CurrentRead]:
    """A read of three visits, open at baseline."""
    session = Session.create(tmp_path, subject_id="S-1", reader_id="reader-1")
    reading = CurrentRead()
    reading.take(session)
    reading.join(
        [
            Timepoint(timepoint_id=name, date=dt.date(2024, month, 1))
            for name, month in (("BL", 1), ("TP1", 3), ("TP2", 5))
        ]
    )
    yield reading
    reading.leave()


@pytest.fixture(scope="session")
def patient(phantoms: Phantoms) -> Path:
    return phantoms.folder_of(SMALL_PATIENT)


@pytest.fixture(scope="session")
def _shared() -> Iterator[SharedRoom]:
    shared = SharedRoom()
    yield shared
    shared.end()


@pytest.fixture
def make_reader(
    _shared: SharedRoom, qtbot: QtBot, phantoms: Phantoms
) -> Iterator[Callable[[], Reader]]:
    """Give the room of this process to the test, and others beside it."""
    yield lambda: _shared.take(qtbot, phantoms.folder_of(SMALL_PATIENT))
    _shared.give_back(qtbot)


@pytest.fixture
def make_own_reader(
    make_napari_viewer_proxy: Callable[..., Viewer], qtbot: QtBot
) -> Iterator[Callable[[], Reader]]:
    """Make readers with windows of their own."""
    docks: list[ReadingRoom] = []

    def make() -> Reader:
        viewer = make_napari_viewer_proxy(show=True)
        viewer.window.resize(*SIZE)
        dock = add_reading_room(viewer)
        docks.append(dock)
        return Reader(viewer, dock, qtbot)

    yield make
    for dock in docks:
        qtbot.waitUntil(lambda dock=dock: not dock.loader.busy, timeout=30_000)
        dock.close_room()
    qtbot.wait(50)  # panes beside the first are deleted by the event loop


@pytest.fixture
def reader(make_reader: Callable[[], Reader], patient: Path) -> Reader:
    """A reader with the patient open at baseline."""
    reader = make_reader()
    reader.open(patient)
    return reader


@pytest.fixture
def measured(reader: Reader) -> Reader:
    """A reader with T1 and T2 drawn at baseline."""
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    reader.drag((60, 30), (60, 45))
    return reader
