"""Digits that identify stand in no number of a cleaned file, nor does a body's size."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.deidentify.table import ANY_PRIVATE, rows
from tests.dicom.series_files import Files, pet

if TYPE_CHECKING:
    from pydicom.uid import UID

KEY = Pseudonyms(b"0123456789abcdef")
TABLE = Path(__file__).with_name("table_e1_1.tsv")


def cleaned(
    folder: Path, dataset: Dataset, syntax: UID = ExplicitVRLittleEndian
) -> Any:
    folder.mkdir(exist_ok=True)
    path = folder / "a.dcm"
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(
        path,
        implicit_vr=False,
        little_endian=syntax != ExplicitVRBigEndian,
        enforce_file_format=False,
    )
    (written,) = deidentify(path, folder / "out", KEY).written
    return dcmread(written.target)


IDENTIFIERS = {
    "PatientID": "HOSP0077411901",
    "AccessionNumber": "A-55512347",
    "StudyID": "20231187",
    "OtherPatientIDs": "661-22-9034",
    "AdmissionID": "4418876",
    "PatientTelephoneNumbers": "(030) 1234567",
    "StudyDate": "20240102",
    "DeviceSerialNumber": "0087124",
    "GantryID": "0005012",
}


WHOLE = (
    *("77411901", "55512347", "20231187", "661229034", "4418876", "1234567"),
    *("20240102", "+0077411901", "-77411901", "5012"),
)
DECIMAL = ("87124.0", "7.7411901e7", "55.512347")


@pytest.mark.parametrize(
    ("place", "number"),
    [
        *product(["InstanceNumber", "KVP", "deep"], WHOLE),
        *product(["KVP", "deep"], DECIMAL),
    ],
)
def test_a_number_that_identifies_in_the_file_stays_in_no_numeric_element(
    tmp_path: Path, place: str, number: str
) -> None:
    known = number != "5012"  # four digits find nobody
    image = Files(count=1).dataset(0)
    for name, value in IDENTIFIERS.items():
        setattr(image, name, value)
    holder, tag = image, 0x00180060  # KVP
    if place == "deep":
        holder = Dataset()
        image.ReferencedImageSequence = [holder]
    if place == "InstanceNumber":
        tag = 0x00200013
    holder.add_new(tag, "LO", number[:16])
    holder[tag].VR = "IS" if place == "InstanceNumber" else "DS"
    after = cleaned(tmp_path, image)
    if place == "deep":
        (after,) = after.ReferencedImageSequence
    left = after.get_item(tag)
    text = b"" if left is None else left.value or b""
    assert (number.encode() in text) is not known


def test_identifiers_within_sequences_count_too(tmp_path: Path) -> None:
    image, request = Files(count=1).dataset(0), Dataset()
    request.AccessionNumber = "99182736"
    image.RequestAttributesSequence = [request]
    image.AcquisitionNumber = 99182736
    assert not cleaned(tmp_path, image).get("AcquisitionNumber")


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_binary_numbers_are_looked_at_in_the_order_of_their_bytes(
    tmp_path: Path, syntax: UID
) -> None:
    image = Files(count=1).dataset(0)
    image.AccessionNumber = "5551234"
    image.add_new(0x00189305, "FD", 5551234.0)  # RevolutionTime
    image.add_new(0x00189306, "FD", 5551235.0)  # SingleCollimationWidth
    image.add_new(0x00280009, "AT", 0x00181063)
    image.add_new(0x00186020, "SL", 5551234)  # ReferencePixelX0
    image.add_new(0x00186022, "SL", 5551235)
    after = cleaned(tmp_path, image, syntax)
    assert "RevolutionTime" not in after
    assert after[0x00189306].value == 5551235.0
    assert 0x00186020 not in after
    assert after[0x00186022].value == 5551235


def test_what_is_measured_stays_though_descriptions_have_its_digits(
    tmp_path: Path,
) -> None:
    files = pet(SeriesDescription="PET 370000000 Bq", AccessionNumber="123456")
    files.isotope["RadionuclideTotalDose"] = "370000000"
    image = files.dataset(0)
    image.ImagePositionPatient = ["-123.456", "0", "123.4560"]
    after = cleaned(tmp_path, image)
    isotope = after.RadiopharmaceuticalInformationSequence[0]
    assert float(isotope.RadionuclideTotalDose) == 370000000
    assert [float(one) for one in after.ImagePositionPatient] == [-123.456, 0, 123.456]


def test_of_the_patients_body_weight_size_and_sex_stay_alone(tmp_path: Path) -> None:
    from pydicom.datadict import DicomDictionary, dictionary_keyword

    image = pet(PatientWeight="71", PatientSize="1.8", PatientSex="F").dataset(0)
    texts = {"DS": "31.5", "FL": 31.5, "FD": 31.5, "US": 31, "CS": "HUMAN", "IS": "31"}
    for tag, (vr, *_) in DicomDictionary.items():
        if tag >> 16 == 0x0010 and tag not in image and vr in texts:
            image.add_new(tag, vr, texts[vr])
    image.WaterEquivalentDiameter = 281.5
    image.BodyPartThickness = "61"
    after = cleaned(tmp_path, image)
    kept = {dictionary_keyword(one.tag) for one in after if one.tag.group == 0x0010}
    empty = {"PatientName", "PatientID", "PatientBirthDate", "PatientSexNeutered"}
    empty |= {"AnatomicalOrientationType"}
    assert kept - empty == {"PatientSex", "PatientSize", "PatientWeight"}
    assert "WaterEquivalentDiameter" not in after
    assert "BodyPartThickness" not in after


def test_the_table_is_that_of_another_reader_of_the_standard() -> None:
    """`table_e1_1.tsv` says where it is from."""
    lines = [one for one in TABLE.read_text("utf-8").splitlines() if one[0] != "#"]
    theirs = {tag: tuple(codes) for tag, *codes in csv.reader(lines, delimiter="\t")}
    ours = {
        "odd,any" if row.tag == ANY_PRIVATE else row.tag: (row.basic, *row[3:])
        for row in rows()
    }
    assert len(theirs) == 621
    assert ours == theirs
