"""Masks of files at the window: listed in place, taken, undone, refused in a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.sr.codedict import codes
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QFileDialog

from napari_recist.panels.mask_list import MaskList, MaskTable
from recist_tool.app import Session, import_lesions, measure_file
from recist_tool.model import Measured
from recist_tool.phantom import SMALL_PATIENT
from recist_tool.terms import LesionRole
from tests.dicom.mask_files import write_nifti, write_seg
from tests.phantoms import two_hot_lesions
from tests.plugin.dock_hands import press

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.phantoms import Phantoms
    from tests.plugin.hands import Reader

    Choose = Callable[[Reader, Path], None]

pytestmark = pytest.mark.gui

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
DOME, HILUM = "Dome", "Hilum"
MASKED = frozenset(
    {"case_uid", "tracking_uid", "at", "previous_hash", "entry_hash", "head", "folder"}
)


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Choose:
    """Choose a file behind the button, and wait for what comes of it."""

    def choose(reader: Reader, path: Path) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        press(reader, "take masks")
        reader.settle()

    return choose


def lump(reader: Reader, middle: tuple[int, int, int]) -> np.ndarray[Any, Any]:
    """Return a box of voxels of the series on show, as labels of 0 and 1."""
    volume = reader.room.pane.volume
    assert volume is not None
    inside = np.zeros(volume.voxels.shape, np.uint8)
    k, j, i = middle
    inside[k - 1 : k + 2, j - 3 : j + 4, i - 6 : i + 7] = 1
    return inside


def seg(
    reader: Reader,
    path: Path,
    names: Iterable[str] = (DOME, HILUM),
    middles: Iterable[tuple[int, int, int]] = ((3, 40, 40), (5, 60, 60)),
    regions: Any = (codes.SCT.Liver,),
) -> Path:
    """Write a DICOM SEG of lumps on the series on show, in the liver by their code."""
    series = reader.room.studies.find(reader.room.shown_key)
    assert series is not None
    pixels = np.stack([lump(reader, one) for one in middles], -1)
    images = [one.path for one in series.slices]
    return write_seg(path, images, pixels, tuple(names), regions=regions)


def table_of(reader: Reader) -> MaskTable:
    return reader.dock.findChild(MaskTable, "masks")


def rows_of(reader: Reader) -> list[list[str]]:
    table = table_of(reader)
    return [
        [table.item(row, column).text() for column in range(4)]
        for row in range(table.rowCount())
    ]


def is_listed(reader: Reader) -> bool:
    return reader.dock.findChild(MaskList).isVisible()


def test_the_masks_of_a_file_are_listed_and_the_first_is_shown(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    assert is_listed(reader)
    names, sizes, volumes, whose = zip(*rows_of(reader), strict=True)
    assert (names, whose) == ((DOME, HILUM), ("new", "new"))
    spacing = SMALL_PATIENT.ct.pixel_spacing_mm[0]
    assert float(sizes[0].split()[0]) == pytest.approx(
        spacing * np.hypot(7, 13), abs=1.5 * spacing
    )
    assert all(one.endswith(" ml") for one in volumes)
    assert reader.room.pane.slice_index in (2, 3, 4)
    assert [one.dashed for one in reader.room.pane.scene().outlines] == [True]
    assert reader.reading.session is None


def test_enter_takes_one_after_the_other_as_the_form_says(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    reader.key(Qt.Key.Key_Return, widget=table_of(reader))
    assert [row[3] for row in rows_of(reader)] == ["\u2713 T1", "new"]
    assert reader.room.pane.slice_index in (4, 5, 6)
    reader.key(Qt.Key.Key_N)
    reader.key(Qt.Key.Key_Return)
    read = reader.reading.open_read()
    assert [(one.lesion_id, one.name, one.organ) for one in read.lesions] == [
        ("T1", DOME, "liver"),
        ("NT1", HILUM, "liver"),
    ]
    assert read.lesions[1].role is LesionRole.NON_TARGET
    for lesion_id, label in (("T1", 1), ("NT1", 2)):
        saved = read.mask(lesion_id, "BL")
        assert saved is not None
        how = saved.provenance
        assert how is not None
        assert (how.algorithm, how.parameters["label"]) == ("DICOM SEG", label)
        assert not how.edited


def test_a_click_shows_a_mask_and_take_records_it(
    reader: Reader, choose: Choose, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    table = table_of(reader)
    place = table.visualItemRect(table.item(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert reader.room.pane.slice_index in (4, 5, 6)
    press(reader, "masks take")
    assert [row[3] for row in rows_of(reader)] == ["new", "\u2713 T1"]
    assert reader.reading.open_read().lesions[0].name == HILUM


def test_all_of_them_are_the_case_that_the_command_line_makes(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    path = seg(reader, tmp_path / "seg.dcm")
    choose(reader, path)
    press(reader, "masks take all")
    session = reader.reading.open_session()
    series = reader.room.studies.find(reader.room.shown_key)
    assert series is not None
    with Session.create(
        tmp_path / "other", subject_id=session.case.subject_id, reader_id="reader-1"
    ) as other:
        for entry in session.entries:
            if entry.command.command in ("add_timepoint", "attach_series"):
                other.do(entry.command)
        list(import_lesions(other, "BL", measure_file(path, (series,))))
        assert _plain(session) == _plain(other)
    assert [row[3] for row in rows_of(reader)] == ["\u2713 T1", "\u2713 T2"]


def _plain(session: Session) -> object:
    """Return the lesions, findings and masks of a read without what differs always."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: without(one) for key, one in value.items() if key not in MASKED
            }
        return [without(one) for one in value] if isinstance(value, list) else value

    return without(json.loads(session.read.model_dump_json()))


def test_what_is_undone_waits_in_the_list_again(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    press(reader, "masks take all")
    reader.key(Qt.Key.Key_Z, CONTROL)  # a lesion and its mask are one change
    assert [row[3] for row in rows_of(reader)] == ["\u2713 T1", "new"]
    reader.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert [row[3] for row in rows_of(reader)] == ["\u2713 T1", "\u2713 T2"]


def test_a_mask_measures_the_lesion_that_waits_and_is_chosen(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    measured.reading.open_timepoint("TP1")
    measured.settle()
    choose(measured, seg(measured, tmp_path / "seg.dcm"))
    measured.reading.choose("T2")
    drawn = measured.dock.contouring.draft
    assert drawn is not None
    assert drawn.name == "T2?"
    measured.reading.open_read()
    measured.key(Qt.Key.Key_Return)
    measured.key(Qt.Key.Key_Return)
    assert isinstance(measured.finding("T2", "TP1"), Measured)
    assert rows_of(measured)[0][3] == "\u2713 T2"


def test_what_is_told_of_a_mask_in_hand_names_the_lesion_that_it_measures(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    measured.reading.open_timepoint("TP1")
    measured.settle()
    measured.reading.choose("T2")
    choose(measured, seg(measured, tmp_path / "seg.dcm"))
    assert measured.reading.note.text.startswith("T2?")


def test_a_lesion_is_known_again_by_its_name(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    measured.reading.open_timepoint("TP1")
    measured.settle()
    choose(measured, seg(measured, tmp_path / "seg.dcm", ("T2", "T1")))
    assert [row[3] for row in rows_of(measured)] == ["T2", "T1"]
    press(measured, "masks take all")
    for lesion_id in ("T1", "T2"):
        assert isinstance(measured.finding(lesion_id, "TP1"), Measured)


def test_a_mask_in_hand_is_pulled_before_it_is_recorded(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    draft = reader.dock.contouring.draft
    assert draft is not None
    assert draft.axes is not None
    end = draft.axes.caliper.long_ends[1]
    reader.pull(end, (end[0] + 4, end[1] + 4))
    assert [row[3] for row in rows_of(reader)] == ["\u2713 T1", "new"]
    saved = reader.reading.open_read().mask("T1", "BL")
    assert saved is not None
    assert saved.provenance is not None
    assert saved.provenance.edited


def test_arrows_choose_among_masks_and_escape_gives_the_keys_back(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    reader.dock.window().activateWindow()
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    table = table_of(reader)
    reader.wait_for(table.hasFocus)
    reader.key(Qt.Key.Key_Down, widget=table)
    assert table.currentRow() == 1
    assert reader.room.pane.slice_index in (4, 5, 6)
    reader.key(Qt.Key.Key_Escape, widget=table)
    assert not table.hasFocus()
    assert reader.dock.contouring.draft is not None


def test_a_file_is_put_away_and_what_was_taken_stays(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    press(reader, "masks take")
    press(reader, "masks close")
    assert not is_listed(reader)
    assert reader.dock.contouring.draft is None
    assert isinstance(reader.finding("T1"), Measured)


def test_masks_are_listed_at_their_own_visit_only(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    reader.reading.open_timepoint("TP1")
    reader.settle()
    assert not is_listed(reader)
    assert reader.dock.contouring.draft is None
    reader.reading.open_timepoint("BL")
    reader.settle()
    assert is_listed(reader)
    press(reader, "masks take")
    press(reader, "masks take")
    assert isinstance(reader.finding("T1"), Measured)


# ------------------------------------------------------------- bad input


def refused(reader: Reader, choose: Choose, path: Path) -> str:
    """Return the one line in which a file is refused; all else is as it was."""
    before = reader.reading.case
    choose(reader, path)
    note = reader.reading.note
    assert note.is_error
    assert "\n" not in note.text
    assert "Traceback" not in note.text
    assert not is_listed(reader)
    assert reader.reading.case is before
    assert reader.dock.contouring.draft is None
    return note.text


def test_a_file_that_is_none_is_refused(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    path = tmp_path / "list.nii"
    path.write_text("Doe, John: a list of lesions")
    assert "list.nii" in refused(measured, choose, path)
    assert "Doe" not in measured.reading.note.text


def test_a_file_that_went_is_refused(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    assert "gone.dcm" in refused(measured, choose, tmp_path / "gone.dcm")


def test_an_image_is_no_file_of_masks(measured: Reader, choose: Choose) -> None:
    series = measured.room.studies.find(measured.room.shown_key)
    assert series is not None
    assert refused(measured, choose, series.slices[0].path)


def test_masks_of_another_geometry_are_refused(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    labels = np.ones((4, 5, 6), np.uint8)
    path = write_nifti(tmp_path / "small.nii.gz", labels)
    assert "small.nii.gz" in refused(measured, choose, path)


def test_masks_of_another_patient_are_refused_by_their_frame_of_reference(
    reader: Reader, choose: Choose, tmp_path: Path, phantoms: Phantoms
) -> None:
    reader.open(phantoms.folder_of(two_hot_lesions()))
    path = seg(reader, tmp_path / "theirs.dcm")
    reader.room.put_away()
    reader.open(phantoms.folder_of(SMALL_PATIENT))
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    said = refused(reader, choose, path)
    assert "frame of reference" in said
    assert "SYN" not in said


def test_masks_without_a_voxel_are_refused(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    path = write_nifti(tmp_path / "empty.nii.gz", np.zeros((4, 5, 6), np.uint8))
    assert "empty.nii.gz" in refused(measured, choose, path)


def test_masks_that_share_voxels_are_told_and_measured_as_they_are(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    middles = ((3, 40, 40), (3, 42, 42))
    choose(reader, seg(reader, tmp_path / "both.dcm", middles=middles))
    assert "share" in reader.reading.note.text
    assert not reader.reading.note.is_error
    assert len(rows_of(reader)) == 2


def test_without_a_series_there_is_nothing_to_read_masks_for(
    make_reader: Callable[[], Reader], choose: Choose, tmp_path: Path
) -> None:
    reader = make_reader()
    choose(reader, tmp_path / "seg.dcm")
    assert "none is open" in reader.reading.note.text
    assert not is_listed(reader)


def test_a_target_at_follow_up_is_refused_and_the_list_stays(
    measured: Reader, choose: Choose, tmp_path: Path
) -> None:
    measured.reading.open_timepoint("TP1")
    measured.settle()
    choose(measured, seg(measured, tmp_path / "seg.dcm"))
    measured.key(Qt.Key.Key_T)
    press(measured, "masks take all")
    assert measured.reading.note.is_error
    assert "W for a new one" in measured.reading.note.text
    assert [row[3] for row in rows_of(measured)] == ["new", "new"]
    measured.key(Qt.Key.Key_W)
    press(measured, "masks take all")
    assert [row[3] for row in rows_of(measured)] == ["\u2713 NL1", "\u2713 NL2"]


def test_the_list_is_clicked_where_it_is_seen(
    reader: Reader, choose: Choose, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(reader, seg(reader, tmp_path / "seg.dcm"))
    table = table_of(reader)
    place = table.visualItemRect(table.item(1, 1)).center() + QPoint(1, 0)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: rows_of(reader)[1][3] != "new")


def test_the_organ_comes_from_the_code_of_the_mask_and_never_from_a_default(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    bare = seg(reader, tmp_path / "bare.dcm", (DOME,), [(3, 40, 70)], regions=None)
    choose(reader, bare)
    reader.key(Qt.Key.Key_Return, widget=table_of(reader))
    assert "in which organ its mask is" in reader.reading.question
    assert reader.reading.open_read().lesions == ()
    reader.key(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    read = reader.reading.open_read()
    assert [one.organ for one in read.lesions] == ["liver"]
    press(reader, "masks close")
    lungs = seg(reader, tmp_path / "lung.dcm", regions=(codes.SCT.Lung,))
    choose(reader, lungs)
    reader.key(Qt.Key.Key_T)
    press(reader, "masks take all")
    read = reader.reading.open_read()
    assert [one.organ for one in read.lesions] == ["liver", "lung"]


def test_take_all_leaves_out_a_whole_organ_and_a_region_that_is_there_twice(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    series = reader.room.studies.find(reader.room.shown_key)
    assert series is not None
    lumps = [lump(reader, at) for at in ((3, 40, 40), (3, 40, 40), (5, 60, 60))]
    whole = np.zeros_like(lumps[0])
    whole[4, 5:-5, 5:-5] = 1
    pixels = np.stack([*lumps, whole], -1)
    names = (DOME, "Dome again", HILUM, "Liver")
    images = [one.path for one in series.slices]
    path = write_seg(
        tmp_path / "all.dcm", images, pixels, names, regions=(codes.SCT.Liver,)
    )
    choose(reader, path)
    press(reader, "masks take all")
    names = [one.name for one in reader.reading.open_read().lesions]
    assert names == [DOME, HILUM]
    told = reader.reading.note.text
    assert "2 masks are recorded." in told
    assert "Dome again is left out: the same region as T1." in told
    assert "Liver is left out" in told
    place = table_of(reader).visualItemRect(table_of(reader).item(1, 0)).center()
    QTest.mouseClick(table_of(reader).viewport(), Qt.MouseButton.LeftButton, pos=place)
    reader.key(Qt.Key.Key_T)
    press(reader, "masks take")
    assert "has the same voxels as T1" in reader.reading.question
    assert len(reader.reading.open_read().lesions) == 2


def test_a_mask_on_pet_enters_the_sum_only_when_that_is_confirmed(
    reader: Reader, choose: Choose, tmp_path: Path
) -> None:
    pet = next(
        one
        for one in reader.room.studies.of_visit(reader.reading.visits[0])
        if one.modality == "PT"
    )
    reader.room.show_series(pet.key, "BL")
    reader.settle()
    path = seg(reader, tmp_path / "pet.dcm", middles=((3, 20, 20), (5, 30, 30)))
    choose(reader, path)
    press(reader, "masks take all")
    assert "measured on PET" in reader.reading.question
    assert reader.reading.open_read().lesions == ()
    reader.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert reader.reading.open_read().lesions == ()
    press(reader, "masks take all")
    reader.key(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert len(reader.reading.open_read().lesions) == 2
