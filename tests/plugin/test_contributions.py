"""What napari finds in the manifest: reader, sample, widget."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

import numpy as np
import pytest
from npe2 import PluginManifest

from napari_recist.layers import image_layers
from napari_recist.reader import get_reader, read
from napari_recist.window import TITLE, open_reading_room
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari.viewer import Viewer
    from pytestqt.qtbot import QtBot


def test_every_command_of_the_manifest_can_be_imported() -> None:
    manifest = PluginManifest.from_distribution("recist-tool")
    commands = manifest.contributions.commands or []
    names = [command.python_name for command in commands]
    assert len(names) == 3
    for name in names:
        module, attribute = str(name).split(":")
        assert hasattr(__import__(module, fromlist=[attribute]), attribute)


@pytest.mark.parametrize(
    "name", ["S-1.case.json", "DICOMDIR", "0001.dcm", "0001.DCM", "disc.zip"]
)
def test_cases_and_dicom_files_are_ours(name: str) -> None:
    assert get_reader(f"/data/{name}") is read


@pytest.mark.parametrize("name", ["notes.txt", "image.nii.gz", "case.json", "12345678"])
def test_other_files_are_left_to_others(name: str) -> None:
    assert get_reader(f"/data/{name}") is None


def test_a_folder_of_dicom_is_ours_and_a_list_is_ours_only_as_a_whole(
    patient: Path,
) -> None:
    assert get_reader(str(patient)) is read
    assert get_reader([str(patient), "/data/notes.txt"]) is None


@pytest.mark.parametrize("name", ["empty", "image.zarr"])
def test_a_folder_without_dicom_is_left_to_others(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    (folder / "0").mkdir(parents=True)
    if name != "empty":
        (folder / ".zattrs").write_text("{}")
        (folder / "0" / "0.0").write_bytes(bytes(4096))
    assert get_reader(str(folder)) is None


def test_dicom_without_its_mark_is_ours_too(patient: Path, tmp_path: Path) -> None:
    whole = next((patient / "BL" / "CT").iterdir()).read_bytes()
    (tmp_path / "bare").write_bytes(whole[132:])
    assert get_reader(str(tmp_path)) is read


@pytest.mark.parametrize(
    ("name", "is_asked"), [("DICOMDIR", True), ("img1.tif", False), ("a.dcm", True)]
)
def test_napari_asks_us_only_for_names_that_may_be_ours(
    name: str, is_asked: bool
) -> None:
    manifest = PluginManifest.from_distribution("recist-tool")
    (reader,) = manifest.contributions.readers or []
    patterns = [one.lower() for one in reader.filename_patterns]
    assert any(fnmatch(name, one) for one in patterns) is is_asked


def test_without_a_window_a_folder_gives_image_layers(patient: Path) -> None:
    layers = image_layers([patient / "BL" / "CT"])
    ((voxels, settings, kind),) = layers
    assert kind == "image"
    assert voxels.dtype == np.int16
    assert len(settings["scale"]) == 3
    assert settings["contrast_limits"] == (-160, 240)


def test_a_folder_without_series_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DicomError, match="no CT or PET"):
        image_layers([tmp_path])


@pytest.mark.gui
def test_opening_a_folder_in_napari_opens_the_reading_room(
    make_napari_viewer_proxy: Callable[..., Viewer], patient: Path, qtbot: QtBot
) -> None:
    viewer = make_napari_viewer_proxy(show=True)
    assert read(str(patient)) == [(None,)]
    dock = viewer.window.dock_widgets[TITLE]
    qtbot.waitUntil(lambda: not dock.loader.busy, timeout=30_000)
    assert dock.room.pane.volume is not None
    dock.close_room()


@pytest.mark.gui
def test_a_picture_of_the_window_is_saved_and_the_window_closed(
    patient: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    picture = tmp_path / "room.png"
    open_reading_room([patient / "BL"], block=False, screenshot=picture)
    qtbot.waitUntil(picture.exists, timeout=30_000)
