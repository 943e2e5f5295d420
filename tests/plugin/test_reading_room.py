"""The reading room in a real napari window, with real mouse and key events."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QLabel, QLineEdit

from napari_recist.viewport.annotations.corner_text import Caption
from recist_tool.app import Session
from recist_tool.model import Absent, Measured, NonTargetSeen, NotEvaluable, TooSmall
from recist_tool.phantom import SMALL_PATIENT
from recist_tool.terms import LesionRole
from tests.dicom.series_files import Files
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui


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
    note = reader.dock.findChild(QLabel, "note")
    assert note.isVisible()
    assert "no lesion is chosen" in note.text()


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


def test_images_of_somebody_else_do_not_join_a_case_whose_own_are_missing(
    make_own_reader: Callable[[], Reader], patient: Path, tmp_path: Path
) -> None:
    own, moved = tmp_path / "own", tmp_path / "moved"
    shutil.copytree(patient / "BL" / "CT", own / "CT")
    first = make_own_reader()
    first.open(own)
    first.key(Qt.Key.Key_M)
    first.drag((40, 40), (40, 60))
    assert first.reading.session is not None
    path = first.reading.session.case_path
    first.dock.close_room()
    own.rename(moved)
    second = make_own_reader()
    second.open(path)
    case = second.reading.case
    Files().write(tmp_path / "other")
    second.open(tmp_path / "other")
    assert second.reading.case == case
    assert second.reading.note.is_error
    assert "may be of another patient" in second.reading.note.text
    second.open(moved)
    assert second.room.pane.volume is not None
    assert isinstance(second.finding("T1"), Measured)


def test_a_folder_without_images_gets_one_line(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    reader = make_reader()
    reader.open(tmp_path)
    assert reader.reading.note.is_error
    assert "no CT or PET series" in reader.reading.note.text


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


def test_not_evaluable_asks_why_and_records_the_reason(
    reader: Reader, qtbot: QtBot
) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.key(Qt.Key.Key_Space)
    reader.viewer.window.activate()
    reader.key(Qt.Key.Key_X)
    field = reader.dock.findChild(QComboBox, "reason").lineEdit()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "breathing")
    reader.key(Qt.Key.Key_Return, widget=field)
    assert reader.finding("T1", "TP1") == NotEvaluable(reason="breathing")


def test_escape_leaves_the_reason_unsaid(reader: Reader, qtbot: QtBot) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    reader.viewer.window.activate()
    reader.key(Qt.Key.Key_X)
    field = reader.dock.findChild(QComboBox, "reason").lineEdit()
    qtbot.waitUntil(field.hasFocus)
    reader.key(Qt.Key.Key_Escape, widget=field)
    assert isinstance(reader.finding("T1"), Measured)


def test_a_wrong_date_of_a_visit_is_corrected_before_and_after_the_case_begins(
    reader: Reader,
) -> None:
    reading, room = reader.reading, reader.room
    reading.attempt(lambda: room.set_date("TP3", "2024-10-01"))
    room.begin()
    reading.attempt(lambda: room.set_date("TP2", "2024-07-09"))
    assert [str(one.date) for one in reading.visits][2:] == ["2024-07-09", "2024-10-01"]


def test_what_is_no_date_is_said_to_be_none(reader: Reader) -> None:
    before = reader.reading.visits
    assert not reader.reading.attempt(lambda: reader.room.set_date("TP1", "May"))
    assert "Write it as" in reader.reading.note.text
    assert reader.reading.visits == before


def test_day_0_typed_in_its_field_is_saved(reader: Reader) -> None:
    reader.room.begin()
    field = reader.dock.findChild(QLineEdit, "day 0")
    field.setText("2024-03-18")
    field.editingFinished.emit()
    assert str(reader.reading.case.reference_date) == "2024-03-18"


def test_a_pseudonym_typed_before_the_first_caliper_names_the_case(
    reader: Reader,
) -> None:
    field = reader.dock.findChild(QLineEdit, "subject")
    field.setText("SIRT-017")
    field.editingFinished.emit()
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    assert reader.reading.session.case_path.name == "SIRT-017.case.json"
    assert reader.reading.session.case_path.parent.name == "SIRT-017"


def test_the_wheel_over_the_organ_does_not_change_it(reader: Reader) -> None:
    box = reader.dock.findChild(QComboBox, "organ")
    before = box.currentText()
    reader.wheel(-3, widget=box)
    assert box.currentText() == before


def test_a_series_without_pixel_spacing_is_shown_but_not_measured(
    reader: Reader,
) -> None:
    reader.room.pane.show(volume(spacing=None), Caption(series="no spacing"))
    reader.key(Qt.Key.Key_M)
    assert not reader.room.tool.armed
    assert "how large its pixels are" in reader.reading.note.text


@pytest.mark.skipif(
    "RECIST_REAL_IMAGES" not in os.environ, reason="RECIST_REAL_IMAGES is not set"
)
def test_a_tilted_series_is_measured_in_the_plane_of_its_slices(
    make_reader: Callable[[], Reader],
) -> None:
    reader = make_reader()
    reader.open(Path(os.environ["RECIST_REAL_IMAGES"]) / "awkward" / "gantrytilting")
    assert "measure in its slices only" in reader.reading.note.text
    reader.key(Qt.Key.Key_M)
    reader.drag((200, 200), (200, 300))
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    _, columns_mm = reader.room.pane.volume.pixel_spacing_mm
    assert float(found.caliper.long_axis.value_mm) == pytest.approx(
        100 * columns_mm, abs=2 * reader.room.pane.mm_per_px
    )


def test_no_layer_of_the_viewer_but_the_image_is_needed(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    assert len(reader.viewer.layers) == 1
