"""What people drop on the window: opened, or refused in one line; the rest stays."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QMimeData, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication

from recist_tool.dicom.scan import scan as scanning
from recist_tool.store.casefile import journal_path
from tests.plugin.kept_case import keep
from tests.plugin.medium import write_medium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qtpy.QtWidgets import QWidget

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


def drop(reader: Reader, *urls: QUrl, on: QWidget | None = None) -> None:
    """Drag files onto a widget of the window, and let them go there."""
    widget, mime = on or reader.canvas, QMimeData()
    mime.setUrls(list(urls))
    at = QPointF(widget.rect().center())
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(at.toPoint(), copy, mime, left, none)
    QApplication.sendEvent(widget, entered)
    QApplication.sendEvent(widget, QDropEvent(at, copy, mime, left, none))
    reader.settle()


def drop_paths(reader: Reader, *paths: Path, on: QWidget | None = None) -> None:
    drop(reader, *(QUrl.fromLocalFile(str(path)) for path in paths), on=on)


def truncated(folder: Path, image: Path) -> Path:
    path = folder / "truncated.dcm"
    path.write_bytes(image.read_bytes()[:3000])
    return path


def no_image(folder: Path, image: Path) -> Path:
    del image
    path = folder / "text.dcm"
    path.write_text("no image")
    return path


def empty(folder: Path, image: Path) -> Path:
    del image
    path = folder / "empty"
    path.mkdir()
    return path


def cut_archive(folder: Path, image: Path) -> Path:
    whole = Path(shutil.make_archive(str(folder / "cut"), "zip", image.parent))
    whole.write_bytes(whole.read_bytes()[:5000])
    return whole


def closed(folder: Path, image: Path) -> Path:
    path = folder / "closed"
    shutil.copytree(image.parent, path)
    return path


def misspelt(folder: Path, image: Path) -> Path:
    path = keep(image.parents[2], folder / "misspelt").case_path
    path.write_text(path.read_text().replace('"reference_date"', '"referense_date"', 1))
    return path


def tampered(folder: Path, image: Path) -> Path:
    path = keep(image.parents[2], folder / "tampered").case_path
    journal = journal_path(path)
    lines = journal.read_text().splitlines(keepends=True)
    entry = json.loads(lines[4])
    lines[4] = json.dumps(entry | {"reason": "other"}) + "\n"
    journal.write_text("".join(lines))
    return path


def without_journal(folder: Path, image: Path) -> Path:
    path = keep(image.parents[2], folder / "alone").case_path
    journal_path(path).unlink()
    return path


REFUSED = {
    truncated: "truncated.dcm: cut off",
    no_image: "text.dcm: not a DICOM file",
    empty: "empty: an empty folder",
    cut_archive: "the archive is damaged",
    closed: "closed: cannot be read: Permission denied",
    misspelt: "referense_date: unknown field",
    tampered: "journal entry 4: was changed after it was written",
    without_journal: "the journal of this case is missing",
}


def test_what_cannot_be_opened_is_told_in_one_line_and_what_is_open_stays(
    measured: Reader,
    patient: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = sorted((patient / "BL" / "CT").iterdir())[0]
    listed = os.scandir

    def forbidding(folder: Path | int) -> Iterator[os.DirEntry[str]]:
        if not isinstance(folder, int) and Path(folder).name == "closed":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(scanning.os, "scandir", forbidding)
    session = measured.reading.session
    case, volume = measured.reading.case, measured.room.pane.volume
    told: dict[str, str] = {}
    for make, words in REFUSED.items():
        for on in (measured.canvas, measured.dock):
            folder = tmp_path / make.__name__ / str(on is measured.dock)
            folder.mkdir(parents=True)
            measured.reading.say("")
            drop_paths(measured, make(folder, image), on=on)
            note = measured.reading.note
            told[make.__name__] = note.text
            assert note.is_error
            assert words in note.text
    assert not [text for text in told.values() if "\n" in text or "Traceback" in text]
    assert measured.reading.session is session
    assert measured.reading.case == case
    assert measured.room.pane.volume is volume
    assert len(measured.viewer.layers) == 1


def test_a_web_address_is_not_fetched(measured: Reader) -> None:
    case = measured.reading.case
    drop(measured, QUrl("https://example.org/scan.dcm"))
    assert "Only files and folders of this computer" in measured.reading.note.text
    assert measured.reading.case == case


def test_text_is_left_to_the_fields(measured: Reader) -> None:
    mime = QMimeData()
    mime.setText("liver")
    entered = QDragEnterEvent(
        QPointF(5, 5).toPoint(),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    entered.ignore()
    measured.dock.dragEnterEvent(entered)
    assert not entered.isAccepted()


def as_zip(images: Path, folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder / "visit"), "zip", images))


def as_dicomdir(images: Path, folder: Path) -> Path:
    return write_medium(images, folder / "medium")


def as_one_file(images: Path, folder: Path) -> Path:
    del folder
    return sorted(images.rglob("*.dcm"))[0]


def as_folder(images: Path, folder: Path) -> Path:
    del folder
    return images


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_folders_archives_media_and_single_files_are_opened(
    make_reader: Callable[[], Reader],
    patient: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))
    images = patient / "BL" / "CT"
    count = len(list(images.iterdir()))
    reader = make_reader()
    for give, slices in (
        (as_one_file, 1),
        (as_zip, count),
        (as_dicomdir, count),
        (as_folder, count),
    ):
        drop_paths(reader, give(images, tmp_path))
        assert reader.room.pane.volume is not None
        assert len(reader.room.pane.volume.voxels) == slices
        assert not reader.reading.note.is_error
    assert len(reader.room.studies.folders()) >= 1


def test_a_case_and_the_folder_of_a_case_are_opened(
    make_reader: Callable[[], Reader], patient: Path, tmp_path: Path
) -> None:
    kept = keep(patient, tmp_path)
    reader = make_reader()
    drop_paths(reader, kept.case_path)
    assert reader.reading.session is not None
    session = reader.reading.session
    drop_paths(reader, kept.case_path.parent, on=reader.dock)
    assert reader.reading.session is session
    assert not reader.reading.note.is_error


def test_a_folder_of_several_cases_says_how_to_go_on(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    for name in ("S-1", "S-2"):
        (tmp_path / f"{name}.case.json").write_text("{}")
    reader = make_reader()
    drop_paths(reader, tmp_path)
    assert "holds 2 cases" in reader.reading.note.text
    assert "Worklist" in reader.reading.note.text


def test_the_viewer_takes_drops_again_once_the_room_is_gone(reader: Reader) -> None:
    assert not reader.dock.lightbox.frames[0].qt_viewer.acceptDrops()
    qt_viewer = reader.dock.lightbox.frames[0].qt_viewer
    reader.viewer.window.remove_dock_widget(reader.dock)
    assert qt_viewer.acceptDrops()
