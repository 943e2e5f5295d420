"""What a cleaned file keeps, and which files are not written at all."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import InputError
from tests.dicom.series_files import Files, pet

KEY = Pseudonyms(b"0123456789abcdef")


def one_file(folder, dataset):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "a.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path


def cleaned(tmp_path, dataset):
    export = deidentify(one_file(tmp_path / "in", dataset), tmp_path / "out", KEY)
    (written,) = export.written
    return dcmread(written.target)


def test_the_philips_factors_that_suv_needs_are_kept_and_their_neighbours_dropped(
    tmp_path,
):
    image = pet().dataset(0)
    block = image.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(0x00, "DS", "0.000551")
    block.add_new(0x09, "DS", "1.25")
    block.add_new(0x01, "LO", "PLANTED")
    image.private_block(0x0019, "SOMEBODY", create=True).add_new(1, "LO", "PLANTED")
    after = cleaned(tmp_path, image)
    kept = after.private_block(0x7053, "Philips PET Private Group")
    assert (float(kept[0x00].value), float(kept[0x09].value)) == (0.000551, 1.25)
    private = [element.tag for element in after if element.tag.is_private]
    assert private == [0x70530010, 0x70531000, 0x70531009]


def test_the_scan_time_of_ge_moves_with_the_other_dates(tmp_path):
    image = pet().dataset(0)
    block = image.private_block(0x0009, "GEMS_PETD_01", create=True)
    block.add_new(0x0D, "DT", "20240102110000.00")
    after = cleaned(tmp_path, image)
    moved = after.private_block(0x0009, "GEMS_PETD_01")[0x0D].value
    assert str(moved)[:8] == after.SeriesDate != "20240102"
    assert str(moved)[8:14] == "110000"


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"BurnedInAnnotation": "YES"}, "BurnedInAnnotation"),
        ({"ConversionType": "WSD"}, "secondary capture"),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, "colour"),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "ImageType"),
        ({"SeriesDescription": "Dose Report"}, "SeriesDescription"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "no CT, PET or MR"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.33", "Modality": "SR"}, "report"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.104.1"}, "no CT, PET or MR"),
        ({"OverlayBitPosition": 12}, "no overlay"),
    ],
)
def test_a_file_whose_identity_could_stay_unseen_is_refused(tmp_path, tags, why):
    image = Files().dataset(0)
    position = tags.pop("OverlayBitPosition", None)
    for name, value in tags.items():
        setattr(image, name, value)
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    if position is not None:
        why = "overlay"
        image.add_new(0x60000010, "US", image.Rows)
        image.add_new(0x60000102, "US", position)
    export = deidentify(one_file(tmp_path / "in", image), tmp_path / "out", KEY)
    assert export.written == ()
    (refused,) = export.refused
    assert why in refused.why


def test_the_names_of_drawn_structures_are_replaced_and_their_places_kept(tmp_path):
    source = Path(str(get_testdata_file("rtstruct.dcm", download=False)))
    before = dcmread(source, force=True)  # it has no file meta information
    (written,) = deidentify(source, tmp_path / "out", KEY).written
    after = dcmread(written.target)
    names = {str(roi.ROIName) for roi in before.StructureSetROISequence}
    left = {str(roi.ROIName) for roi in after.StructureSetROISequence}
    assert len(left) == len(before.StructureSetROISequence)
    assert not names & left
    assert contours(after) == contours(before)


def contours(structures: Dataset) -> list[list[float]]:
    return [
        [float(value) for value in contour.ContourData]
        for roi in structures.ROIContourSequence
        for contour in roi.get("ContourSequence", ())
    ]


def test_times_between_scan_and_injection_stay_across_midnight(tmp_path):
    late = {"SeriesDate": "20240103", "SeriesTime": "003000"}
    late |= {"AcquisitionDate": "20240103", "AcquisitionTime": "003000"}
    files = pet(**late)
    files.isotope["RadiopharmaceuticalStartDateTime"] = "20240102233000"
    after = cleaned(tmp_path, files.dataset(0))
    isotope = after.RadiopharmaceuticalInformationSequence[0]
    injected = str(isotope.RadiopharmaceuticalStartDateTime)
    days = [
        datetime.date.fromisoformat(text)
        for text in (injected[:8], str(after.SeriesDate))
    ]
    assert days[1] - days[0] == datetime.timedelta(days=1)
    assert injected[8:14] == "233000"


REAL = os.environ.get("RECIST_REAL_IMAGES")


@pytest.mark.skipif(REAL is None, reason="RECIST_REAL_IMAGES names no folder")
@pytest.mark.parametrize(
    "name", ["ct_liver_dcmqi/ct-3slice", "petct_sts_003/PET", "suv_objects/DRO/DRO_4_2"]
)
def test_real_series_measure_the_same_after_cleaning(tmp_path, name):
    folder = Path(REAL or "", name)
    deidentify(folder, tmp_path / "out", KEY)
    (before,), (after,) = (scan([place]).series for place in (folder, tmp_path / "out"))
    assert (before.shape, before.spacing_mm) == (after.shape, after.spacing_mm)
    assert before.origin_lps == after.origin_lps
    if before.suv is not None:
        assert before.suv.factors == after.suv.factors
    assert np.array_equal(load(before).voxels, load(after).voxels)


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "lpt9"])
def test_a_subject_is_no_device(tmp_path, name):
    source = one_file(tmp_path / "in", Files().dataset(0))
    with pytest.raises(InputError, match="name of a device"):
        deidentify(source, tmp_path / "out", KEY, subject_id=name)
