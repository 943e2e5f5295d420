"""What a search finds, and finds alike by DICOMweb and DIMSE."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from recist_tool.errors import InputError
from recist_tool.servers import ImageServer, StudyQuery
from tests.servers.orthanc import Orthanc, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.dicom.scan.image_cache import ImageCache


@pytest.fixture(params=["DICOMweb", "DIMSE"])
def server(request: pytest.FixtureRequest, pacs: Orthanc) -> ImageServer:
    return ImageServer(pacs.web if request.param == "DICOMweb" else pacs.dicom)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (StudyQuery(), 2),
        (StudyQuery(patient_id="SYN-101"), 2),
        (StudyQuery(patient_id="SYN-*"), 2),
        (StudyQuery(patient_id="SYN-10?"), 2),
        (StudyQuery(patient_id="SYN"), 0),
        (StudyQuery(patient_name="SYNTHETIC^PHANTOM"), 2),
        (StudyQuery(patient_name="synth*"), 2),
        (StudyQuery(patient_name="NOBODY*"), 0),
        (StudyQuery(study_date="20240306"), 1),
        (StudyQuery(study_date="20240101-20240401"), 1),
        (StudyQuery(study_date="20240401-"), 1),
        (StudyQuery(study_date="-20240306"), 1),
        (StudyQuery(modality="ct"), 2),
        (StudyQuery(modality="PT"), 1),
        (StudyQuery(modality="MR"), 0),
        (StudyQuery(accession_number="none"), 0),
        (StudyQuery(study_instance_uids=("1.2.3",)), 0),
    ],
)
def test_a_search_finds_what_matches(
    server: ImageServer, query: StudyQuery, found: int
):
    assert len(server.find(query)) == found


def test_a_study_is_described(server: ImageServer):
    newest, oldest = server.find(StudyQuery())
    assert newest.study_date > oldest.study_date
    assert oldest.as_json() == {
        "study_instance_uid": oldest.study_instance_uid,
        "study_date": "2024-03-06",
        "patient_id": "SYN-101",
        "patient_name": "SYNTHETIC PHANTOM",
        "modalities": ["CT", "PT"],
        "description": "PET/CT abdomen",
        "accession_number": "",
        "images": 20,
    }


def test_of_a_modality_only_its_series_are_fetched(server: ImageServer):
    (study,) = server.find(StudyQuery(modality="PT"))
    pulled = server.pull([study.study_instance_uid], "PT")
    assert pulled.images == 10
    assert pulled.fetched == 10


@pytest.mark.parametrize(
    "query",
    [
        StudyQuery(study_date="2024-01-01"),
        StudyQuery(study_date="20240230"),
        StudyQuery(study_date="20240301-20240201"),
        StudyQuery(study_date="-"),
        StudyQuery(study_date="20240101-20240201-20240301"),
        StudyQuery(patient_id="A\\B"),
        StudyQuery(patient_name="A\x1b[2J"),
        StudyQuery(study_instance_uids=("../../x",)),
        StudyQuery(study_instance_uids=("1" * 65,)),
    ],
)
def test_what_cannot_be_asked_is_refused(server: ImageServer, query: StudyQuery):
    with pytest.raises(InputError):
        server.find(query)


COMPRESSED = (
    "JPEG2000.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "ExplVR_BigEnd.dcm",
    "SC_rgb_rle.dcm",
    "image_dfl.dcm",
)
"""Files that pydicom brings along, each of another UID."""


@pytest.fixture(scope="module")
def compressed() -> list[Path]:
    return [Path(str(get_testdata_file(name))) for name in COMPRESSED]


@pytest.fixture(scope="module")
def mixed(
    tmp_path_factory: pytest.TempPathFactory, compressed: list[Path]
) -> Iterator[Orthanc]:
    with running(tmp_path_factory.mktemp("mixed")) as pacs:
        pacs.push(compressed)
        yield pacs


def pulled_files(where: str, cache: ImageCache) -> list[Path]:
    server = ImageServer(where, cache)
    pulled = server.pull([one.study_instance_uid for one in server.find(StudyQuery())])
    assert pulled.faults == ()
    return [file for folder in pulled.folders for file in folder.rglob("*.dcm")]


def test_by_dicomweb_every_byte_comes_as_it_is_stored(
    mixed: Orthanc, compressed: list[Path], cache: ImageCache
):
    got = {file.read_bytes() for file in pulled_files(mixed.web, cache)}
    assert got == {file.read_bytes() for file in compressed}


def test_by_dimse_pixels_come_in_the_encoding_in_which_they_are_stored(
    mixed: Orthanc, compressed: list[Path], cache: ImageCache
):
    def pixels(file: Path) -> tuple[str, bytes]:
        found = dcmread(file)
        return found.file_meta.TransferSyntaxUID, found.PixelData

    got = set(map(pixels, pulled_files(mixed.dicom, cache)))
    assert got == set(map(pixels, compressed))
