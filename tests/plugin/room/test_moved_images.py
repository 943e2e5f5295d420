"""Images that moved, went away, or never were: told in place, nothing lost."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QFileDialog, QPushButton, QTableView

from napari_recist.panels.series_list import SeriesList
from napari_recist.viewport.viewport_grid import ViewportFrame
from recist_tool.app import Session
from recist_tool.dicom import scan
from recist_tool.model import AddTimepoint, LocateSeries, NotEvaluable
from recist_tool.store.casefile import load_case
from tests.builders import timepoint
from tests.dicom.series_files import Files
from tests.plugin.kept_case import Kept, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot
    from qtpy.QtWidgets import QTreeWidgetItem

    from recist_tool.dicom import ScanResult
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


@pytest.fixture
def kept(patient: Path, tmp_path: Path) -> Kept:
    return keep(patient, tmp_path)


class Seeker:
    """A reader whose images are not where they were."""

    def __init__(
        self, reader: Reader, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.reader = reader
        self._qtbot = qtbot
        self._monkeypatch = monkeypatch
        self.began_in: list[str] = []

    @property
    def frame(self) -> ViewportFrame:
        return self.reader.dock.lightbox.frames[0]

    @property
    def words(self) -> str:
        """What stands in the middle of the empty pane."""
        return self.reader.room.pane.scene().note

    @property
    def note(self) -> str:
        return self.reader.reading.note.text

    @property
    def can_locate(self) -> bool:
        return self.frame.locate.isVisible()

    def locate(self, folder: Path) -> None:
        """Press the button in the pane, and choose a folder."""

        def choose(parent: object, title: str, start: str) -> str:
            self.began_in.append(start)
            return str(folder)

        self._monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose)
        assert self.can_locate
        self._qtbot.mouseClick(self.frame.locate, Qt.MouseButton.LeftButton)
        self.reader.settle()

    def lines(self, visit: str) -> list[QTreeWidgetItem]:
        """Return the lines of a visit in the list of series."""
        tree = self.reader.dock.findChild(SeriesList)
        tops = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
        top = next(one for one in tops if one.text(0) == visit)
        return [top.child(row) for row in range(top.childCount())]

    def click_line(self, item: QTreeWidgetItem) -> None:
        tree = item.treeWidget()
        item.parent().setExpanded(True)
        tree.scrollToItem(item)
        at = tree.visualItemRect(item).center()
        self._qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self.reader.settle()

    def cell(self, lesion_id: str, visit: str) -> tuple[str, str]:
        """Return what a cell of the table says, and says under the pointer."""
        table = self.reader.dock.findChild(QTableView, "lesions")
        index = self._index(table, lesion_id, visit)
        tip = index.data(Qt.ItemDataRole.ToolTipRole)
        return index.data(Qt.ItemDataRole.DisplayRole), tip

    def click_cell(self, lesion_id: str, visit: str) -> None:
        table = self.reader.dock.findChild(QTableView, "lesions")
        at = table.visualRect(self._index(table, lesion_id, visit)).center()
        self._qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self.reader.settle()

    def _index(self, table: QTableView, lesion_id: str, visit: str) -> object:
        model = table.model()
        columns = [
            model.headerData(column, Qt.Orientation.Horizontal)
            for column in range(model.columnCount())
        ]
        rows = [model.index(row, 0).data() for row in range(model.rowCount())]
        row = next(i for i, text in enumerate(rows) if text.startswith(lesion_id))
        return model.index(row, columns.index(visit))


@pytest.fixture
def open_seeker(
    make_reader: Callable[[], Reader], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], Seeker]:
    def opened(case_path: Path) -> Seeker:
        seeker = Seeker(make_reader(), qtbot, monkeypatch)
        seeker.reader.open(case_path)
        return seeker

    return opened


# ----------------------------------------------------------------- a moved folder


def test_a_moved_folder_is_found_again_once_one_visit_is_shown(
    open_seeker: Callable[[Path], Seeker], kept: Kept
) -> None:
    before = kept.case
    moved = kept.images.rename(kept.images.with_name("archive"))
    seeker = open_seeker(kept.case_path)
    assert "The images of BL were not found" in seeker.words
    assert "…/BL/CT" in seeker.words
    assert seeker.reader.reading.note.is_error
    seeker.locate(moved / "BL")
    assert seeker.began_in == [str(moved.parent)]
    assert seeker.reader.room.pane.volume is not None
    assert not seeker.can_locate
    assert seeker.note == "6 of 6 missing series found. The case remembers where."
    seeker.reader.dock.close_room()
    folders = [one.folder for at in kept.case.timepoints for one in at.series]
    assert all(one.startswith(str(moved)) for one in folders)
    assert kept.case.reads == before.reads
    again = open_seeker(kept.case_path)
    assert again.reader.room.pane.volume is not None
    assert not again.can_locate


def test_a_folder_of_other_images_is_refused_and_the_case_stays_as_it_was(
    open_seeker: Callable[[Path], Seeker], kept: Kept, tmp_path: Path
) -> None:
    kept.images.rename(tmp_path / "archive")
    seeker = open_seeker(kept.case_path)
    case = seeker.reader.reading.case
    Files().write(tmp_path / "other")
    (tmp_path / "nothing").mkdir()
    for folder, words in (
        ("other", "holds none of this case's images"),
        ("nothing", "an empty folder"),
    ):
        seeker.locate(tmp_path / folder)
        assert f"{folder}: {words}" in seeker.note
        assert "\n" not in seeker.note
        assert seeker.can_locate
    assert seeker.reader.reading.case == case
    assert seeker.reader.room.studies.folders() == set()


def test_images_of_others_in_that_folder_are_left_alone(
    open_seeker: Callable[[Path], Seeker], kept: Kept, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    kept.images.rename(archive / "S-1")
    Files().write(archive / "other")
    seeker = open_seeker(kept.case_path)
    seeker.locate(archive)
    assert "6 of 6 missing series found. 1 of another patient" in seeker.note
    assert len(seeker.reader.room.studies.people) == 1


def test_undo_takes_back_a_measurement_and_not_where_images_lie(
    open_seeker: Callable[[Path], Seeker], kept: Kept
) -> None:
    moved = kept.images.rename(kept.images.with_name("archive"))
    seeker = open_seeker(kept.case_path)
    seeker.locate(moved)
    reading = seeker.reader.reading
    assert isinstance(reading.session.entries[-1].command, LocateSeries)
    before = reading.case
    seeker.reader.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert reading.case.reads != before.reads
    assert reading.case.timepoints[0].series[0].folder.startswith(str(moved))


def test_opening_the_moved_folder_itself_is_remembered_too(
    make_own_reader: Callable[[], Reader],
    patient: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = keep(patient, tmp_path)
    monkeypatch.setenv("RECIST_CASES", str(tmp_path))
    moved = kept.images.rename(tmp_path / "archive")
    reader = make_own_reader()
    reader.open(moved)
    assert reader.reading.case.subject_id == "S-1"
    folders = [one.folder for at in kept.case.timepoints for one in at.series]
    assert all(one.startswith(str(moved)) for one in folders)


# ----------------------------------------------------------------- some are missing


def test_a_missing_series_is_named_in_the_list_and_asked_for_in_the_pane(
    open_seeker: Callable[[Path], Seeker], kept: Kept, tmp_path: Path
) -> None:
    lost = (kept.images / "BL" / "PT").rename(tmp_path / "PET elsewhere")
    seeker = open_seeker(kept.case_path)
    assert seeker.reader.room.pane.volume.modality == "CT"
    ct, pet = seeker.lines("BL")
    assert "not found" not in ct.text(1)
    assert pet.text(1) == "not found"
    assert pet.foreground(0).color() != ct.foreground(0).color()
    assert "PT  PET" in seeker.note
    assert seeker.cell("T1", "BL")[0] == "62"
    seeker.click_line(pet)
    assert "of BL was not found" in seeker.words
    assert "…/BL/PT" in seeker.words
    seeker.locate(lost)
    assert seeker.reader.room.studies.missing(seeker.reader.reading.visits[0]) == []
    assert seeker.reader.room.pane.volume is not None


def test_the_first_images_are_shown_while_those_of_other_visits_are_looked_for(
    make_reader: Callable[[], Reader],
    kept: Kept,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, whole = make_reader(), threading.Event()
    pane, missing = reader.room.pane, reader.room.missing
    shown_before: list[bool] = []

    def slow(folders: Sequence[Path], *rest: object) -> ScanResult:
        if any("TP1" in one.parts for one in folders):
            shown_before.append(pane.volume is not None)
            assert whole.wait(30)
        return scan(folders, *rest)

    monkeypatch.setattr("napari_recist.room.relocate_images.FIRST_SHOWN_S", 30.0)
    monkeypatch.setattr("napari_recist.room.relocate_images.scan", slow)
    reader.dock.open([kept.case_path])
    assert not reader.dock.window().updatesEnabled()  # painted once, with the image
    qtbot.waitUntil(lambda: pane.volume is not None, timeout=20_000)
    assert reader.dock.window().updatesEnabled()
    qtbot.waitUntil(lambda: shown_before == [True])
    assert missing.searching
    assert len({one.timepoint_id for one in reader.reading.visits}) > 1
    shown, visit = pane.volume, reader.reading.timepoint_id
    whole.set()
    reader.settle()
    assert not missing.searching
    assert pane.volume is shown
    assert reader.reading.timepoint_id == visit
    assert not any(map(reader.room.studies.missing, reader.reading.visits))


def test_a_window_paints_soon_where_no_image_comes(
    make_reader: Callable[[], Reader], kept: Kept, qtbot: QtBot
) -> None:
    shutil.rmtree(kept.images)
    reader = make_reader()
    reader.dock.open([kept.case_path])
    qtbot.waitUntil(reader.dock.window().updatesEnabled, timeout=5_000)
    reader.settle()
    assert reader.room.pane.volume is None


def test_what_stands_in_for_a_missing_ct_gives_way_to_it(
    open_seeker: Callable[[Path], Seeker], kept: Kept, tmp_path: Path
) -> None:
    lost = (kept.images / "BL" / "CT").rename(tmp_path / "CT elsewhere")
    seeker = open_seeker(kept.case_path)
    reader = seeker.reader
    assert reader.room.pane.volume.modality == "PT"
    assert "CT  Portal venous" in seeker.note
    assert "was not found" in seeker.note
    text, tip = seeker.cell("T1", "BL")
    assert text == "62*"
    assert "not at hand" in tip
    assert seeker.cell("T1", "TP1")[0] == "54"
    assert reader.room.sheet.ticks() == []
    reader.room.locate(lost)
    reader.settle()
    assert reader.room.pane.volume.modality == "CT"
    assert seeker.cell("T1", "BL")[0] == "62"


def test_a_series_of_which_slices_are_gone_says_how_many_and_whose(
    open_seeker: Callable[[Path], Seeker], kept: Kept
) -> None:
    kept.image_of("T1", "BL").unlink()
    seeker = open_seeker(kept.case_path)
    written = " ".join(one.text for one in seeker.reader.room.pane.scene().lines)
    assert "slices is not at hand" in written
    assert "The slices of T1 at BL are not at hand" in seeker.note
    assert "not at hand" in seeker.lines("BL")[0].toolTip(0)


def test_a_lesion_on_a_slice_that_is_gone_keeps_its_number_without_a_picture(
    open_seeker: Callable[[Path], Seeker], kept: Kept
) -> None:
    before = kept.measured("T1", "BL")
    kept.image_of("T1", "BL").unlink()
    seeker = open_seeker(kept.case_path)
    reader = seeker.reader
    assert seeker.cell("T1", "BL")[0] == "62*"
    assert seeker.cell("T2", "BL")[0] == "41"
    assert not [one for one in reader.room.sheet.ticks() if one.text.startswith("T1")]
    reader.room.pane.go_to(3)
    seeker.click_cell("T1", "BL")
    assert reader.room.pane.slice_index == 3
    assert seeker.note.startswith("T1 at BL has no picture: the slice")
    assert reader.reading.lesion_id == "T1"
    seeker.click_cell("T2", "BL")
    assert reader.room.pane.slice_index != 3
    assert not reader.reading.note.is_error
    assert reader.finding("T1") == before


def test_slices_that_came_back_are_shown_again(
    open_seeker: Callable[[Path], Seeker], kept: Kept, tmp_path: Path
) -> None:
    image = kept.image_of("T1", "BL")
    aside = image.rename(tmp_path / "aside.dcm")
    seeker = open_seeker(kept.case_path)
    count = len(seeker.reader.room.pane.volume.voxels)
    aside.rename(image)
    seeker.reader.open(kept.images / "BL")
    assert len(seeker.reader.room.pane.volume.voxels) == count + 1
    assert seeker.cell("T1", "BL")[0] == "62"


def test_a_cell_leads_to_the_series_on_which_the_lesion_was_measured(
    open_seeker: Callable[[Path], Seeker], kept: Kept
) -> None:
    seeker = open_seeker(kept.case_path)
    seeker.click_line(seeker.lines("BL")[1])
    assert seeker.reader.room.pane.volume.modality == "PT"
    seeker.click_cell("T1", "BL")
    assert seeker.reader.room.pane.volume.modality == "CT"
    placed = [one.text for one in seeker.reader.room.sheet.ticks()]
    assert any(one.startswith("T1") for one in placed)


def test_files_that_go_away_while_the_case_is_open_are_asked_for(
    open_seeker: Callable[[Path], Seeker], kept: Kept, tmp_path: Path
) -> None:
    seeker = open_seeker(kept.case_path)
    assert seeker.reader.room.pane.volume is not None
    lost = (kept.images / "TP1").rename(tmp_path / "unplugged")
    seeker.reader.key(Qt.Key.Key_BracketRight)
    seeker.reader.settle()
    assert "The images of TP1 were not found" in seeker.words
    seeker.locate(lost)
    assert seeker.reader.room.pane.volume is not None
    assert seeker.reader.reading.timepoint_id == "TP1"


def test_a_damaged_file_is_left_out_and_told(
    open_seeker: Callable[[Path], Seeker], kept: Kept
) -> None:
    image = kept.image_of("T2", "BL")
    image.write_bytes(image.read_bytes()[:2000])
    seeker = open_seeker(kept.case_path)
    assert seeker.reader.room.pane.volume is not None
    assert f"1 file is left out, {image.name}: cut off" in seeker.note


# ----------------------------------------------------------------- no images at all


def test_a_visit_without_images_takes_what_needs_no_caliper(
    open_seeker: Callable[[Path], Seeker], kept: Kept, qtbot: QtBot
) -> None:
    with Session.open(kept.case_path, reader_id="reader-1") as session:
        late = session.case.timepoints[-1].date.replace(month=12)
        by_report = timepoint(0).replaced(timepoint_id="TP4", date=late)
        session.do(AddTimepoint(timepoint=by_report))
    seeker = open_seeker(kept.case_path)
    reader = seeker.reader
    reader.reading.open_timepoint("TP4")
    reader.settle()
    assert "No images of TP4 are known" in seeker.words
    assert not seeker.can_locate
    assert not reader.reading.note.is_error
    reader.key(Qt.Key.Key_Space)
    chosen = reader.reading.lesion_id
    reader.key(Qt.Key.Key_0)
    assert reader.finding(chosen, "TP4") is not None
    reader.key(Qt.Key.Key_Space)
    reader.reading.attempt(lambda: reader.room.recorder.not_evaluable("by report"))
    second = reader.reading.lesion_id
    assert reader.finding(second, "TP4") == NotEvaluable(reason="by report")
    reader.key(Qt.Key.Key_N)
    assert not reader.reading.note.is_error
    reader.key(Qt.Key.Key_M)
    assert not reader.room.tool.armed
    assert "No image is on show" in seeker.note
    qtbot.wait(50)
    assert load_case(kept.case_path).case == reader.reading.case


def test_a_visit_of_pet_alone_is_shown_and_nothing_is_missing(
    make_own_reader: Callable[[], Reader], patient: Path, tmp_path: Path
) -> None:
    shutil.copytree(patient / "BL" / "PT", tmp_path / "pet")
    reader = make_own_reader()
    reader.open(tmp_path / "pet")
    assert reader.room.pane.volume.modality == "PT"
    assert not reader.reading.note.is_error
    visit = reader.reading.visits[0]
    assert reader.room.missing.of_visit(visit) == []
    reader.room.begin()
    reader.key(Qt.Key.Key_N)
    reader.key(Qt.Key.Key_P)
    assert reader.finding("NT1") is not None


def test_the_button_lies_in_its_pane(
    open_seeker: Callable[[Path], Seeker], kept: Kept, tmp_path: Path
) -> None:
    kept.images.rename(tmp_path / "archive")
    seeker = open_seeker(kept.case_path)
    seeker.reader.key(Qt.Key.Key_B)
    seeker.reader.settle()
    for frame in seeker.reader.dock.lightbox.frames[:2]:
        button = frame.findChild(QPushButton, "locate")
        assert frame.rect().contains(button.geometry())
    assert seeker.frame.childAt(seeker.frame.locate.geometry().center()) is (
        seeker.frame.locate
    )
    assert seeker.frame.locate.pos() != QPoint(0, 0)
