"""The reading room in a real napari window, with real mouse and key events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QMouseEvent, QWheelEvent
from qtpy.QtWidgets import QApplication, QLineEdit

from napari_recist.overlay import canvas_of
from napari_recist.window import add_reading_room
from recist_tool import (
    Absent,
    LesionRole,
    Measured,
    NonTargetSeen,
    Session,
    TooSmall,
    write_patient,
)
from recist_tool.phantom import SMALL_PATIENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from napari.viewer import Viewer
    from pytestqt.qtbot import QtBot
    from qtpy.QtWidgets import QWidget

    from napari_recist.dock import ReadingRoom

pytestmark = pytest.mark.gui

Pixel = tuple[float, float]


@pytest.fixture(scope="session")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("patient")
    write_patient(SMALL_PATIENT, folder)
    return folder


class Reader:
    """A reader at the window: what hands and eyes do."""

    def __init__(self, viewer: Viewer, dock: ReadingRoom, qtbot: QtBot) -> None:
        self.viewer = viewer
        self.dock = dock
        self.room = dock.room
        self.reading = dock.room.reading
        self._qtbot = qtbot
        canvas = canvas_of(viewer)
        assert canvas is not None
        self.canvas: QWidget = canvas

    def open(self, *paths: Path) -> None:
        self.dock.open(paths)
        self.settle()

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not self.dock.loader.busy, timeout=30_000)
        QApplication.processEvents()

    def at(self, pixel: Pixel) -> QPoint:
        x, y = self.room.pane.to_screen(pixel)
        return QPoint(round(x), round(y))

    def drag(
        self,
        *pixels: Pixel,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        points = [self.at(pixel) for pixel in pixels]
        none = Qt.MouseButton.NoButton
        self._mouse(QEvent.Type.MouseMove, points[0], none, none)
        self._mouse(QEvent.Type.MouseButtonPress, points[0], button, button)
        for point in points[1:]:
            self._mouse(QEvent.Type.MouseMove, point, none, button)
        self._mouse(QEvent.Type.MouseButtonRelease, points[-1], button, none)

    def _mouse(
        self,
        kind: QEvent.Type,
        at: QPoint,
        button: Qt.MouseButton,
        held: Qt.MouseButton,
    ) -> None:
        place, anywhere = QPointF(at), QPointF(self.canvas.mapToGlobal(at))
        no_keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, place, anywhere, button, held, no_keys)
        QApplication.sendEvent(self.canvas, event)
        QApplication.processEvents()

    def click(self, pixel: Pixel) -> None:
        self.drag(pixel)

    def wheel(self, notches: int, *, ctrl: bool = False) -> None:
        middle = QPointF(self.canvas.rect().center())
        modifiers = Qt.KeyboardModifier.NoModifier
        if ctrl:
            modifiers = Qt.KeyboardModifier.ControlModifier
        event = QWheelEvent(
            middle,
            QPointF(self.canvas.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)
        QApplication.processEvents()

    def key(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        widget: QWidget | None = None,
    ) -> None:
        self._qtbot.keyClick(widget or self.canvas, key, modifier)
        QApplication.processEvents()

    def finding(self, lesion_id: str, visit: str = "BL") -> object:
        assert self.reading.read is not None
        return self.reading.read.finding(lesion_id, visit)


@pytest.fixture
def make_reader(
    make_napari_viewer_proxy: Callable[..., Viewer], qtbot: QtBot
) -> Iterator[Callable[[], Reader]]:
    docks: list[ReadingRoom] = []

    def make() -> Reader:
        viewer = make_napari_viewer_proxy(show=True)
        viewer.window.resize(1366, 768)
        dock = add_reading_room(viewer)
        docks.append(dock)
        return Reader(viewer, dock, qtbot)

    yield make
    for dock in docks:
        qtbot.waitUntil(lambda dock=dock: not dock.loader.busy, timeout=30_000)
        dock.close_room()


@pytest.fixture
def reader(make_reader: Callable[[], Reader], patient: Path) -> Reader:
    """A reader with the patient open at baseline."""
    reader = make_reader()
    reader.open(patient)
    return reader


def test_opening_a_folder_shows_the_baseline_and_proposes_its_visits(
    reader: Reader,
) -> None:
    assert [one.timepoint_id for one in reader.reading.visits] == [
        "BL",
        "TP1",
        "TP2",
        "TP3",
    ]
    assert reader.reading.timepoint_id == "BL"
    assert reader.room.pane.volume is not None
    assert reader.room.pane.volume.modality == "CT"
    assert reader.reading.session is None


def test_the_screen_and_the_mouse_agree_on_where_a_pixel_is(reader: Reader) -> None:
    seen: list[Pixel | None] = []
    reader.viewer.mouse_move_callbacks.append(
        lambda _, event: seen.append(reader.room.pane.pixel(event.position))
    )
    reader.room.pane.viewer.scene.camera.zoom *= 1.7
    reader.click((40.0, 60.0))
    per_pixel = reader.room.pane.mm_per_px / 3
    assert seen[-1] == pytest.approx((40.0, 60.0), abs=per_pixel + 0.5)


def test_the_wheel_steps_slices_and_with_ctrl_zooms(reader: Reader) -> None:
    pane = reader.room.pane
    start, zoom = pane.slice_index, pane.mm_per_px
    reader.wheel(1)
    assert pane.slice_index == start + 1
    reader.wheel(-2)
    assert pane.slice_index == start - 1
    assert pane.mm_per_px == zoom
    reader.wheel(1, ctrl=True)
    assert pane.slice_index == start - 1
    assert pane.mm_per_px < zoom


def test_a_right_drag_changes_window_and_level_and_draws_nothing(
    reader: Reader,
) -> None:
    before = reader.room.pane.window
    reader.room.arm(on=True)
    reader.drag((40, 40), (60, 60), button=Qt.MouseButton.RightButton)
    after = reader.room.pane.window
    assert after.width > before.width
    assert after.level < before.level
    assert reader.reading.session is None


def test_a_middle_drag_pans(reader: Reader) -> None:
    before = reader.at((40.0, 40.0))
    reader.drag((40, 40), (50, 60), button=Qt.MouseButton.MiddleButton)
    after = reader.at((40.0, 40.0))
    assert after.x() > before.x()
    assert after.y() > before.y()


def test_number_keys_set_window_presets(reader: Reader) -> None:
    reader.key(Qt.Key.Key_2)
    assert (reader.room.pane.window.width, reader.room.pane.window.level) == (150, 90)
    reader.key(Qt.Key.Key_6)
    assert (reader.room.pane.window.width, reader.room.pane.window.level) == (150, 90)
    assert "PT" in reader.reading.note.text


def test_two_clicks_begin_the_case_and_record_a_target(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    reader.click((40, 40))
    assert reader.reading.session is None
    reader.click((40, 60))
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    spacing = SMALL_PATIENT.ct.pixel_spacing_mm[1]
    per_px = reader.room.pane.mm_per_px
    assert float(found.caliper.long_axis.value_mm) == pytest.approx(
        20 * spacing, abs=2 * per_px
    )
    assert found.caliper.short_axis is None
    session = reader.reading.session
    assert session is not None
    assert session.case_path.exists()
    assert session.reader_id == "reader-1"


def test_the_dashed_short_axis_is_recorded_once_it_is_dragged(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 50), (40, 60))
    reader.drag((45, 50), (47, 50), (48, 50))
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert found.caliper.short_axis is not None
    assert found.caliper.short_axis.value_mm < found.caliper.long_axis.value_mm
    assert len(reader.reading.read.lesions) == 1


def test_undo_and_redo_act_on_the_case_by_their_keys(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    recorded = reader.finding("T1")
    reader.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert reader.finding("T1") is None
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    reader.key(Qt.Key.Key_Z, both)
    assert reader.finding("T1") == recorded


def test_a_follow_up_is_read_by_space_and_one_key_each(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    reader.drag((60, 30), (60, 50))
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    assert reader.reading.timepoint_id == "TP1"
    reader.key(Qt.Key.Key_Space)
    reader.key(Qt.Key.Key_0)
    reader.key(Qt.Key.Key_Space)
    reader.key(Qt.Key.Key_5)
    assert reader.finding("T1", "TP1") == Absent()
    assert reader.finding("T2", "TP1") == TooSmall()


def test_a_non_target_is_added_with_two_keys(reader: Reader) -> None:
    reader.room.begin()
    reader.key(Qt.Key.Key_N)
    reader.key(Qt.Key.Key_P)
    assert reader.finding("NT1") == NonTargetSeen()


def test_keys_typed_into_a_field_stay_there(reader: Reader, qtbot: QtBot) -> None:
    field = reader.dock.findChild(QLineEdit, "name")
    reader.viewer.window.activate()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    for key in (Qt.Key.Key_M, Qt.Key.Key_0, Qt.Key.Key_T):
        reader.key(key, widget=field)
    assert field.text().lower() == "m0t"
    assert not reader.room.tool.armed
    assert not reader.reading.note.is_error


def test_what_the_core_refuses_is_said_in_place(reader: Reader) -> None:
    reader.key(Qt.Key.Key_0)
    assert reader.reading.note.is_error
    note = reader.dock.findChild(type(reader.dock._note), "note")
    assert note.isVisible()
    assert "no case is open" in note.text() or "no lesion" in note.text()


def test_the_caliper_goes_where_it_was_drawn_after_zoom_and_pan(
    reader: Reader,
) -> None:
    reader.wheel(4, ctrl=True)
    reader.drag((40, 40), (44, 46), button=Qt.MouseButton.MiddleButton)
    reader.key(Qt.Key.Key_M)
    reader.drag((42, 42), (42, 50))
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert found.caliper.long_axis.ends_pixel is not None
    per_pixel = reader.room.pane.mm_per_px / SMALL_PATIENT.ct.pixel_spacing_mm[0]
    (column, row), _ = found.caliper.long_axis.ends_pixel
    assert (row, column) == pytest.approx((42, 42), abs=per_pixel)


def test_a_case_found_for_the_same_studies_is_gone_on_with(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    first = make_reader()
    first.open(patient)
    first.key(Qt.Key.Key_M)
    first.drag((40, 40), (40, 60))
    recorded = first.finding("T1")
    first.dock.close_room()
    second = make_reader()
    second.open(patient)
    assert second.finding("T1") == recorded


def test_a_case_file_opens_with_its_images(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    first = make_reader()
    first.open(patient)
    first.key(Qt.Key.Key_M)
    first.drag((40, 40), (40, 60))
    assert first.reading.session is not None
    path = first.reading.session.case_path
    first.dock.close_room()
    second = make_reader()
    second.open(path)
    assert second.room.pane.volume is not None
    assert isinstance(second.finding("T1"), Measured)


def test_a_folder_without_images_gets_one_line(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    reader = make_reader()
    reader.open(tmp_path)
    assert reader.reading.note.is_error
    assert "No CT or PET series" in reader.reading.note.text


def test_a_case_open_elsewhere_gets_one_line(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    session = Session.create(tmp_path, subject_id="S-1", reader_id="other")
    reader = make_reader()
    reader.open(session.case_path)
    assert reader.reading.note.is_error
    assert "another window" in reader.reading.note.text
    session.close()


def test_a_pet_series_is_shown_in_suv_with_its_own_presets(reader: Reader) -> None:
    visit = reader.reading.visits[0]
    pet = [one for one in reader.room.studies.of_visit(visit) if one.modality == "PT"]
    reader.room.show_series(pet[0].slices[0].sop_instance_uid, visit.timepoint_id)
    reader.settle()
    assert reader.room.pane.volume.units == "SUVbw"
    reader.key(Qt.Key.Key_6)
    assert tuple(reader.room.pane.window) == (0, 5)


def test_taking_the_dock_out_gives_the_mouse_and_the_case_back(
    reader: Reader,
) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    session = reader.reading.session
    assert session is not None
    path = session.case_path
    reader.viewer.window.remove_dock_widget(reader.dock)
    assert len(reader.viewer.layers) == 0
    with Session.open(path, reader_id="reader-1") as again:
        assert again.read.finding("T1", "BL") is not None


def test_the_role_keys_say_what_the_next_caliper_is(reader: Reader) -> None:
    reader.key(Qt.Key.Key_N)
    assert reader.reading.new_lesion.role is LesionRole.NON_TARGET
    assert reader.room.tool.armed
    reader.key(Qt.Key.Key_Escape)
    assert not reader.room.tool.armed
