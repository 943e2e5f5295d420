"""Searching and fetching by DICOMweb, from a real PACS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.servers.address import WebAddress, address
from recist_tool.servers.dicomweb import DicomWebSource
from recist_tool.servers.download import Download
from recist_tool.servers.query import StudyQuery

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from recist_tool.dicom.scan.image_cache import ImageCache
    from tests.servers.orthanc import Orthanc


def source_of(url: str) -> DicomWebSource:
    where = address(url)
    assert isinstance(where, WebAddress)
    return DicomWebSource(where)


def bytes_of(folders: Iterable[Path]) -> set[bytes]:
    return {
        file.read_bytes()
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_pulled_bytes_equal_pushed_bytes(
    pacs: Orthanc, patient: Path, cache: ImageCache
):
    source = source_of(pacs.web)
    studies = source.studies(StudyQuery())
    assert len(studies) == 2
    pulled = Download(source, cache).pull([one.study_instance_uid for one in studies])
    assert pulled.faults == ()
    assert bytes_of(pulled.folders) == bytes_of([patient])
