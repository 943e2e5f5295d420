"""Key images: made as the reader reads, true to the case, beside it, one click away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QImage
from qtpy.QtWidgets import QTableView

from napari_recist.key_images.grid_model import tiles_of
from napari_recist.key_images.render import SIDE_PX, key_image, shot_of
from napari_recist.viewport.annotations.overlay_painter import OverlayPainter
from recist_tool.app.reading.window_presets import PRESETS
from recist_tool.store import CASE_SUFFIX
from recist_tool.terms import LesionRole
from tests.plugin.dock_hands import choose, turn_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def folder(reader: Reader, name: str = "reader-1") -> Path:
    case_path = reader.reading.open_session().case_path
    subject = case_path.name.removesuffix(CASE_SUFFIX)
    return case_path.parent / f"{subject}.key-images" / name


def files(reader: Reader, name: str = "reader-1") -> dict[str, bytes]:
    """Return all that lies in a reader's folder, once nothing is left to do."""
    settle(reader)
    return {one.name: one.read_bytes() for one in folder(reader, name).glob("*")}


def settle(reader: Reader) -> None:
    reader.settle()
    reader.wait_for(lambda: not reader.dock.album.busy)


def grid(reader: Reader) -> QTableView:
    found = reader.dock.findChild(QTableView, "key images")
    assert found is not None
    return found


def tile(reader: Reader, lesion_id: str, visit: str) -> QPoint:
    """Return the middle of a tile of the grid."""
    tiles = tiles_of(reader.reading)
    row, column = tiles.lesions.index(lesion_id), tiles.visits.index(visit)
    table = grid(reader)
    return table.visualRect(table.model().index(row, column)).center()


def test_each_caliper_makes_an_image_named_by_lesion_and_visit(
    measured: Reader,
) -> None:
    made = files(measured)
    assert sorted(made) == ["T1_BL.png", "T2_BL.png"]
    image = QImage.fromData(made["T1_BL.png"])
    assert (image.width(), image.height()) == (SIDE_PX, SIDE_PX)


def test_undo_takes_the_image_away_and_redo_brings_the_same_one_back(
    measured: Reader,
) -> None:
    before = files(measured)
    measured.room.pane.window = PRESETS["3"].window
    measured.key(Qt.Key.Key_Z, CTRL)
    assert list(files(measured)) == ["T1_BL.png"]
    measured.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert files(measured) == before


def test_a_corrected_caliper_makes_another_image(measured: Reader) -> None:
    before = files(measured)
    measured.drag((30, 50), (30, 54))
    after = files(measured)
    assert after.keys() == before.keys()
    assert after["T1_BL.png"] != before["T1_BL.png"]
    assert after["T2_BL.png"] == before["T2_BL.png"]


def test_a_cleared_finding_has_no_image(measured: Reader) -> None:
    measured.reading.choose("T2")
    measured.key(Qt.Key.Key_N)
    measured.drag((20, 60), (20, 70))
    assert "NT1_BL.png" in files(measured)
    measured.key(Qt.Key.Key_Delete)
    assert sorted(files(measured)) == ["T1_BL.png", "T2_BL.png"]


def test_a_lesion_that_is_gone_has_no_image_at_that_visit(measured: Reader) -> None:
    measured.key(Qt.Key.Key_BracketRight)
    measured.settle()
    measured.reading.choose("T1")
    measured.key(Qt.Key.Key_M)
    measured.drag((30, 30), (30, 45))
    assert "T1_TP1.png" in files(measured)
    measured.key(Qt.Key.Key_0)
    measured.key(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert sorted(files(measured)) == ["T1_BL.png", "T2_BL.png"]


def test_a_lesion_of_another_role_has_its_image_under_its_new_name(
    measured: Reader,
) -> None:
    before = files(measured)
    measured.reading.choose("T2")
    choose(measured, "role", "non-target")
    after = files(measured)
    assert sorted(after) == ["NT1_BL.png", "T1_BL.png"]
    assert after["T1_BL.png"] == before["T1_BL.png"]


@pytest.mark.parametrize(("key", "digit"), [(Qt.Key.Key_1, "1"), (Qt.Key.Key_3, "3")])
def test_a_lesion_is_seen_in_the_window_that_the_reader_used(
    reader: Reader, key: Qt.Key, digit: str
) -> None:
    reader.key(key)
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    made = QImage.fromData(files(reader)["T1_BL.png"])
    series, read = reader.room.pane.volume, reader.reading.read
    assert series is not None
    assert read is not None
    shot = shot_of(series, read.lesions[0], read.findings[0])
    assert shot is not None
    assert made == key_image(shot, PRESETS[digit].window, OverlayPainter())


def test_readers_of_one_case_keep_and_see_their_own(measured: Reader) -> None:
    of_first = files(measured)
    measured.room.change_reader("reader-2")
    settle(measured)
    assert not measured.dock.album.has(("T1", "BL"))
    measured.drag((40, 30), (40, 60))
    assert list(files(measured, "reader-2")) == ["T1_BL.png"]
    assert files(measured) == of_first
    assert files(measured, "reader-2")["T1_BL.png"] != of_first["T1_BL.png"]


def test_a_case_opened_again_shows_its_images_without_its_series(
    measured: Reader, make_reader: Callable[[], Reader]
) -> None:
    settle(measured)
    path = measured.reading.open_session().case_path
    measured.dock.close_room()
    again = make_reader()
    again.room.studies.add = lambda series: ()  # type: ignore[method-assign]
    again.open(path)
    turn_to(again, "Images")
    again.wait_for(lambda: again.dock.album.small(("T1", "BL")) is not None)
    assert again.room.pane.volume is None
    assert again.dock.album.has(("T2", "BL"))


def test_images_are_read_only_once_they_are_to_be_seen(
    measured: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(measured)
    path = measured.reading.open_session().case_path
    measured.room.put_away()
    read: list[Path] = []
    from napari_recist.key_images import store as kept_images

    real = kept_images._in_little
    monkeypatch.setattr(
        kept_images, "_in_little", lambda one: (read.append(one), real(one))[1]
    )
    measured.open(path)
    settle(measured)
    assert read == []
    turn_to(measured, "Images")
    settle(measured)
    assert sorted(one.name for one in read) == ["T1_BL.png", "T2_BL.png"]


def test_an_image_of_another_finding_is_not_shown_but_drawn_anew(
    measured: Reader,
) -> None:
    made = files(measured)
    path, place = measured.reading.open_session().case_path, folder(measured)
    measured.room.put_away()
    (place / "T1_BL.png").write_bytes(made["T2_BL.png"])
    (place / "T9_BL.png").write_bytes(made["T2_BL.png"])
    (place / "notes.txt").write_text("a reader's own")
    measured.open(path)
    after = files(measured)
    assert sorted(after) == ["T1_BL.png", "T2_BL.png", "notes.txt"]
    assert after["T1_BL.png"] not in made.values() or (
        after["T1_BL.png"] == made["T1_BL.png"]
    )
    assert measured.dock.album.has(("T1", "BL"))


def test_a_damaged_image_is_drawn_anew_once_it_is_seen(measured: Reader) -> None:
    made = files(measured)
    path, place = measured.reading.open_session().case_path, folder(measured)
    measured.room.put_away()
    (place / "T1_BL.png").write_bytes(made["T1_BL.png"][:400])
    measured.open(path)
    turn_to(measured, "Images")
    measured.wait_for(lambda: measured.dock.album.small(("T1", "BL")) is not None)
    assert len(files(measured)["T1_BL.png"]) > 400


def test_images_that_are_missing_are_made_when_their_series_comes_on_show(
    measured: Reader,
) -> None:
    settle(measured)
    path, place = measured.reading.open_session().case_path, folder(measured)
    measured.room.put_away()
    for one in place.iterdir():
        one.unlink()
    measured.open(path)
    assert sorted(files(measured)) == ["T1_BL.png", "T2_BL.png"]


def test_a_disk_that_refuses_is_told_once_and_reading_goes_on(reader: Reader) -> None:
    reader.room.make_ready()
    settle(reader)
    folder(reader).parent.touch()  # a file where the folder should be
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    settle(reader)
    assert reader.reading.note.is_error
    assert "key images: cannot be kept" in reader.reading.note.text
    assert reader.finding("T1") is not None
    reader.drag((60, 30), (60, 45))
    settle(reader)
    assert not reader.reading.note.is_error
    assert reader.finding("T2") is not None
    assert reader.dock.album.small(("T1", "BL")) is not None  # of this sitting
    folder(reader).parent.unlink()
    reader.drag((60, 45), (60, 48))
    assert sorted(files(reader)) == ["T1_BL.png", "T2_BL.png"]


def test_another_case_leaves_the_images_of_the_first_alone(
    measured: Reader, tmp_path: Path
) -> None:
    before, place = files(measured), folder(measured)
    measured.room.reading.leave()
    measured.room.reading.changed.emit()
    settle(measured)
    assert not measured.dock.album.has(("T1", "BL"))
    assert {one.name: one.read_bytes() for one in place.iterdir()} == before


# ------------------------------------------------------------- the page


def test_a_click_on_an_image_goes_to_the_lesion_at_that_visit(
    measured: Reader, qtbot: QtBot
) -> None:
    measured.key(Qt.Key.Key_BracketRight)
    measured.settle()
    turn_to(measured, "Images")
    settle(measured)
    place = tile(measured, "T2", "BL")
    qtbot.mouseClick(grid(measured).viewport(), Qt.MouseButton.LeftButton, pos=place)
    measured.settle()
    reading = measured.reading
    assert (reading.lesion_id, reading.timepoint_id) == ("T2", "BL")
    assert tiles_of(reading).here() == (1, 0)


def test_after_a_click_the_keys_still_act_on_the_image(
    measured: Reader, qtbot: QtBot
) -> None:
    turn_to(measured, "Images")
    settle(measured)
    qtbot.mouseClick(
        grid(measured).viewport(),
        Qt.MouseButton.LeftButton,
        pos=tile(measured, "T2", "BL"),
    )
    before = measured.room.pane.slice_index
    measured.key(Qt.Key.Key_Up)
    assert measured.room.pane.slice_index != before


def test_arrows_choose_an_image_and_enter_goes_there(measured: Reader) -> None:
    measured.viewer.window.activate()
    measured.reading.choose("T1")
    measured.key(Qt.Key.Key_K)
    settle(measured)
    table, before = grid(measured), measured.room.pane.slice_index
    measured.wait_for(table.hasFocus)
    measured.key(Qt.Key.Key_Down, widget=table)
    measured.key(Qt.Key.Key_Right, widget=table)
    assert measured.room.pane.slice_index == before
    measured.key(Qt.Key.Key_Return, widget=table)
    measured.settle()
    reading = measured.reading
    assert (reading.lesion_id, reading.timepoint_id) == ("T2", "TP1")
    assert not table.hasFocus()


def test_escape_gives_the_keys_back(measured: Reader) -> None:
    measured.viewer.window.activate()
    measured.key(Qt.Key.Key_K)
    table = grid(measured)
    measured.wait_for(table.hasFocus)
    measured.key(Qt.Key.Key_Escape, widget=table)
    assert not table.hasFocus()
    assert measured.room.tool.armed  # the key meant the grid, not the caliper


def test_the_image_is_seen_whole_while_the_pointer_rests_on_it(
    measured: Reader,
) -> None:
    turn_to(measured, "Images")
    settle(measured)
    model = grid(measured).model()
    tips = [
        model.data(model.index(0, column), Qt.ItemDataRole.ToolTipRole)
        for column in (0, 1)
    ]
    assert "data:image/png;base64," in tips[0]
    assert str(folder(measured).parent) not in tips[0]
    assert "T1 at TP1" in tips[1]
    assert "image" not in tips[1]


def test_before_the_first_lesion_the_page_says_how_it_is_filled(
    reader: Reader,
) -> None:
    turn_to(reader, "Images")
    assert not grid(reader).isVisible()
    reader.key(Qt.Key.Key_K)
    reader.key(Qt.Key.Key_M)
    assert reader.room.tool.armed


def test_a_finding_without_caliper_says_in_words_what_was_found(
    measured: Reader,
) -> None:
    measured.key(Qt.Key.Key_BracketRight)
    measured.settle()
    measured.reading.choose("T1")
    measured.key(Qt.Key.Key_5)
    first, second, *_ = tiles_of(measured.reading).rows[0]
    assert (first.awaits, second.awaits) == (True, False)
    assert second.words == "<5"
    assert measured.reading.lesion is not None
    assert measured.reading.lesion.role is LesionRole.TARGET
