"""What a report says of the segments of a segmentation."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComprehensiveSRStorage, ExplicitVRLittleEndian

from recist_tool.app.report_check import with_report
from recist_tool.dicom.masks.sr import read_sr_measurements
from recist_tool.errors import DicomError
from tests.dicom.mask_files import SERIES, ball, slices_of, write_seg
from tests.dicom.series_files import new_uid


def code(value, scheme, meaning):
    found = Dataset()
    found.CodeValue, found.CodingSchemeDesignator, found.CodeMeaning = (
        value,
        scheme,
        meaning,
    )
    return [found]


def item(kind, name, *content, **fields):
    found = Dataset()
    found.ValueType = kind
    found.ConceptNameCodeSequence = code(*name)
    if content:
        found.ContentSequence = list(content)
    for keyword, value in fields.items():
        setattr(found, keyword, value)
    return found


def number(name, value, unit, *content):
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = code(unit, "UCUM", unit)
    return item("NUM", name, *content, MeasuredValueSequence=[measured])


def how(*name):
    return item(
        "CODE", ("121401", "DCM", "Derivation"), ConceptCodeSequence=code(*name)
    )


def group(segmentation_uid, label, *numbers):
    reference = Dataset()
    reference.ReferencedSOPInstanceUID = segmentation_uid
    reference.ReferencedSegmentNumber = label
    segment = item(
        "IMAGE",
        ("121191", "DCM", "Referenced Segment"),
        ReferencedSOPSequence=[reference],
    )
    return item("CONTAINER", ("125007", "DCM", "Measurement Group"), segment, *numbers)


def write_report(path, *groups):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = ComprehensiveSRStorage
    meta.MediaStorageSOPInstanceUID = new_uid()
    report = Dataset()
    report.file_meta = meta
    report.Modality = "SR"
    report.PatientName = "PLANTED^NAME"
    report.SOPClassUID = ComprehensiveSRStorage
    report.ContentSequence = [
        item("CONTAINER", ("126010", "DCM", "Imaging Measurements"), *groups)
    ]
    report.save_as(path, enforce_file_format=True)
    return path


VOLUME = ("118565006", "SCT", "Volume")
SUV = ("126401", "DCM", "SUVbw")


def test_numbers_are_read_with_how_they_were_derived(tmp_path):
    mean = number(SUV, "6.5", "{SUVbw}g/ml", how("373098007", "SCT", "Mean"))
    path = write_report(
        tmp_path / "sr.dcm", group("1.2", 1, mean), group("1.3", 1, mean)
    )
    (found,) = read_sr_measurements(path, "1.2")
    assert (found.label, found.meaning, found.value) == (1, "SUVbw, Mean", 6.5)
    assert (found.code, found.derivation) == ("126401", "373098007")


def test_a_report_stands_beside_what_is_measured(tmp_path):
    answer = {
        "units": "SUVbw",
        "lesions": [{"label": 1, "volume_ml": 2.0, "mean": 6.4, "suv_peak": 7.0}],
    }
    images = slices_of(SERIES, tmp_path / "ct")
    seg = write_seg(tmp_path / "seg.dcm", images, ball())
    from pydicom import dcmread

    uid = dcmread(seg).SOPInstanceUID
    numbers = (
        number(VOLUME, "2100", "mm3"),
        number(SUV, "6.5", "{SUVbw}g/ml", how("373098007", "SCT", "Mean")),
        number(("1", "99X", "Other"), "3", "1"),
    )
    report = write_report(tmp_path / "sr.dcm", group(uid, 1, *numbers))
    (lesion,) = with_report(answer, seg, report)["lesions"]
    assert lesion["reported"] == [
        {"name": "Volume", "value": pytest.approx(2.1), "unit": "ml", "measured": 2.0},
        {"name": "SUVbw, Mean", "value": 6.5, "unit": "{SUVbw}g/ml", "measured": 6.4},
        {"name": "Other", "value": 3.0, "unit": "1", "measured": None},
    ]
    hu = with_report(answer | {"units": "HU"}, seg, report)["lesions"][0]["reported"]
    assert hu[1]["measured"] is None  # HU are no SUV


def test_a_report_of_another_segmentation_is_refused(tmp_path):
    path = write_report(tmp_path / "sr.dcm", group("1.3", 1, number(VOLUME, "1", "ml")))
    with pytest.raises(
        DicomError, match=r"^sr\.dcm: it holds no measurements of this segmentation$"
    ):
        read_sr_measurements(path, "1.2")


def test_content_that_is_nested_without_end_is_refused(tmp_path):
    deep = group("1.2", 1, number(VOLUME, "1", "ml"))
    for _ in range(20):
        deep = item("CONTAINER", ("1", "99X", "Nest"), deep)
    with pytest.raises(DicomError, match="nested more than 16 deep"):
        read_sr_measurements(write_report(tmp_path / "sr.dcm", deep), "1.2")


def test_what_is_no_report_is_refused(tmp_path):
    (image, *_) = slices_of(SERIES, tmp_path / "ct")
    with pytest.raises(DicomError, match="it is no structured report"):
        read_sr_measurements(image, "1.2")
