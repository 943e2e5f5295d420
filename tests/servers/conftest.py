from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from recist_tool.dicom.scan.image_cache import ImageCache
from recist_tool.phantom import SAMPLE_PATIENTS
from tests.servers.orthanc import Orthanc, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.phantoms import Phantoms


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"RECIST_DICOMWEB_{name}", raising=False)
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def cache(tmp_path: Path) -> ImageCache:
    return ImageCache(tmp_path / "cache")


@pytest.fixture(scope="session")
def patient(tmp_path_factory: pytest.TempPathFactory, phantoms: Phantoms) -> Path:
    """Two visits, with CT and PET at the first: ten slices of each."""
    folder = tmp_path_factory.mktemp("patient") / "images"
    shutil.copytree(phantoms.folder_of(SAMPLE_PATIENTS[0]), folder)
    for series in ("BL/CT", "BL/PT", "TP3/CT"):
        for file in sorted((folder / series).iterdir())[10:]:
            file.unlink()
    return folder


@pytest.fixture(scope="session")
def pacs(tmp_path_factory: pytest.TempPathFactory, patient: Path) -> Iterator[Orthanc]:
    """A PACS that holds the patient."""
    with running(tmp_path_factory.mktemp("orthanc")) as pacs:
        pacs.push(sorted(patient.rglob("*.dcm")))
        yield pacs
