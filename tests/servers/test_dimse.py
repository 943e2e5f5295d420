"""Searching and fetching by DIMSE, from a real PACS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recist_tool.servers.address import DimseAddress, address
from recist_tool.servers.dimse import DimseSource
from recist_tool.servers.download import Download
from recist_tool.servers.query import StudyQuery

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from recist_tool.dicom.scan.image_cache import ImageCache
    from tests.servers.orthanc import Orthanc


def source_of(text: str) -> DimseSource:
    where = address(text)
    assert isinstance(where, DimseAddress)
    return DimseSource(where)


def data_sets(folders: Iterable[Path]) -> set[bytes]:
    """The files without their meta information, which DIMSE does not carry."""
    return {
        without_meta(file.read_bytes())
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file()
    }


def without_meta(content: bytes) -> bytes:
    assert content[128:132] == b"DICM"
    length = int.from_bytes(content[140:144], "little")
    return content[144 + length :]


@pytest.fixture(params=["C-GET", "C-MOVE"])
def source(request: pytest.FixtureRequest, pacs: Orthanc) -> DimseSource:
    how = f"?from=MOVESCU&move={pacs.move_port}" if request.param == "C-MOVE" else ""
    return source_of(pacs.dicom + how)


def test_pulled_data_sets_equal_pushed_data_sets(
    source: DimseSource, patient: Path, cache: ImageCache
):
    studies = source.studies(StudyQuery())
    assert len(studies) == 2
    pulled = Download(source, cache).pull([one.study_instance_uid for one in studies])
    assert pulled.faults == ()
    assert data_sets(pulled.folders) == data_sets([patient])
