"""Every attribute of DICOM that takes text, in files and in what servers answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydicom import dcmread
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from recist_tool.cli.main import main
from recist_tool.errors import printable
from tests.dicom.mask_files import (
    SERIES,
    ball,
    slices_of,
    write_seg,
    write_structure_set,
)
from tests.hostile.answering import Answering
from tests.hostile.test_every_field import MARK, PLAIN, require_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# fmt: off
TEXT = frozenset((
    "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC",
    "UI", "UR", "UT",
))
LENGTH = {"AE": 16, "CS": 16, "SH": 16, "LO": 64, "PN": 64, "DS": 16, "IS": 12}
NEEDED = frozenset((
    "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID",
    "Modality", "ImageType", "ImagePositionPatient", "ImageOrientationPatient",
    "PixelSpacing", "RescaleSlope", "RescaleIntercept", "PhotometricInterpretation",
    "SpecificCharacterSet", "NumberOfFrames", "FrameOfReferenceUID", "SliceThickness",
    "InstanceNumber", "BurnedInAnnotation",
))
NEEDED_HERE = frozenset((
    "SegmentAlgorithmType", "SpecificCharacterSet", "SegmentedPropertyTypeCodeSequence",
))
# fmt: on
"""Without which a file is no image, and nothing of it is shown."""
HOSTILE = (PLAIN, "ZQX\x1b[2J\x1b]0;t\x07\x9b31m", "=1+ZQX", "[bold]ZQX[/x]:smile:")


def attributes() -> Iterator[tuple[int, str, str]]:
    """Give tag, VR and keyword of each that takes text."""
    for tag, (vr, _, _, _, keyword) in DicomDictionary.items():
        if vr in TEXT and keyword and 0x0008 <= tag >> 16 < 0x7FE0:
            yield tag, vr, keyword


def planted(dataset: Dataset, text: str, but: frozenset[str] = NEEDED) -> None:
    """Put a text into every attribute that a file can do without, as it stands."""
    for tag, vr, keyword in attributes():
        if keyword not in but:
            data = text.encode()[: LENGTH.get(vr, 1000)]
            data += b" " * (len(data) % 2)
            at = Tag(tag)
            dataset[at] = RawDataElement(at, vr, len(data), data, 0, False, True)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_attribute_of_an_image_is_printed_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    images = slices_of(SERIES, tmp_path / "ct")
    for path in images:
        dataset = dcmread(path)
        planted(dataset, text)
        dataset.save_as(path)
    assert main(["scan", str(tmp_path / "ct")]) == 0
    assert main(["scan", str(tmp_path / "ct"), "--json"]) == 0
    told = capsys.readouterr()
    require_plain(told.out + told.err)
    assert "ZQX" in told.out


@pytest.mark.parametrize("text", HOSTILE)
def test_names_in_files_of_masks_are_printed_as_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    images = slices_of(SERIES, tmp_path / "ct")
    seg = dcmread(write_seg(tmp_path / "seg.dcm", images, ball().astype("uint8")))
    for item in seg.SegmentSequence:
        planted(item, text, NEEDED_HERE)
    seg.save_as(tmp_path / "seg.dcm")
    square = [(2, 2, 6), (9, 2, 6), (9, 9, 6), (2, 9, 6)]
    write_structure_set(tmp_path / "rt.dcm", SERIES, {text: [square]})
    voxels = ball().astype("uint8").tobytes()
    (tmp_path / "m.seg.nrrd").write_bytes(
        b"NRRD0005\ntype: uchar\ndimension: 3\nspace: LPS\nsizes: 30 20 8\n"
        b"space directions: (0.5,0,0) (0,0.8,0) (0,0,3)\nencoding: raw\n"
        b"space origin: (0,0,0)\nSegment0_LabelValue:=1\nSegment0_Name:="
        + text.replace("\n", " ").encode()
        + b"\n\n"
        + voxels
    )
    for name in ("seg.dcm", "rt.dcm", "m.seg.nrrd"):
        main(["measure", str(tmp_path / name)])
        main(["measure", str(tmp_path / name), "--json"])
    told = capsys.readouterr()
    require_plain(told.out + told.err)
    assert told.out.count("ZQX") >= 3


@pytest.mark.parametrize("text", HOSTILE)
def test_every_attribute_that_a_server_answers_is_printed_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    study: dict[str, Any] = {}
    for tag, vr, keyword in attributes():
        value: object = {"Alphabetic": text} if vr == "PN" else text
        if keyword == "StudyInstanceUID":
            value = "1.2.3"
        study[f"{tag:08X}"] = {"vr": vr, "Value": [value, value]}
    server = Answering(tmp_path)
    server.says(json.dumps([study]).encode())
    assert main(["scan", server.where]) in (0, 1)
    assert main(["scan", server.where, "--json"]) in (0, 1)
    server.says(json.dumps({"Details": text}).encode(), "500 Internal Server Error")
    assert main(["scan", server.where]) == 1
    server.says(b"[]", f"404 {text}".replace("\n", " ").replace("\r", " "))
    assert main(["scan", server.where]) == 1
    told = capsys.readouterr()
    require_plain(told.out + told.err)
    assert MARK in told.out
    assert printable(text) == text or text not in told.err
