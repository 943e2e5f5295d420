"""Which server an address names, and which addresses are refused."""

from __future__ import annotations

import pytest

from recist_tool.errors import SourceError
from recist_tool.servers.address import DimseAddress, address, is_address

SECRET = "hunter2"  # noqa: S105 - what must not be repeated


@pytest.mark.parametrize("text", ["images/CT", "C:\\images", "study.zip", "http.dcm"])
def test_a_path_is_no_address(text: str):
    assert not is_address(text)


def test_an_address_of_dimse_says_who_calls_whom_and_where_we_listen():
    found = address("dicoms://PACS@10.0.0.7:2762?from=READER&move=11112", {})
    assert found == DimseAddress("PACS", "10.0.0.7", 2762, "READER", 11112, True)
    assert str(found) == "dicoms://PACS@10.0.0.7:2762"


def test_our_ae_title_is_of_the_environment_unless_the_address_says_it():
    environment = {"RECIST_AET": "ROOM3"}
    assert address("dicom://A@b:104", environment).calling == "ROOM3"
    assert address("dicom://A@b:104", {}).calling == "RECIST_TOOL"


@pytest.mark.parametrize(
    "text",
    [
        f"https://reader:{SECRET}@pacs/dicom-web",
        f"http://reader:{SECRET}@pacs/dicom-web",
        f"https://{SECRET}@pacs/dicom-web",
        f"dicom://PACS:{SECRET}@pacs:104",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str):
    with pytest.raises(SourceError) as refused:
        address(text)
    assert "holds a password" in str(refused.value)
    assert "RECIST_DICOMWEB_PASSWORD" in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://pacs/images",
        "https://",
        "https:///dicom-web",
        "https://pacs:port/dicom-web",
        "https://pacs:99999/dicom-web",
        "https://pacs/dicom-web?PatientID=1",
        "https://[pacs/dicom-web",
        "dicom://pacs:104",
        "dicom://PACS@pacs",
        "dicom://PACS@pacs:104/path",
        "dicom://PACS@pacs:104?move=0",
        "dicom://PACS@pacs:104?move=x",
        "dicom://PACS@pacs:104?tls=no",
        "dicom://A_TITLE_OF_17_CHARS@pacs:104",
        "dicom://PACS@pacs:104?from=",
    ],
)
def test_what_is_no_address_is_refused_in_one_line(text: str):
    with pytest.raises(SourceError) as refused:
        address(text, {})
    assert len(str(refused.value).splitlines()) == 1
