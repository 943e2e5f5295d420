"""Proposed timepoints, phases and the series to read."""

from __future__ import annotations

import datetime

import pytest

from recist_tool.dicom.scan.scan import propose_timepoints, scan
from tests.dicom.series_files import Files, pet


def proposed(folder):
    ((_, timepoints),) = propose_timepoints(scan([folder]).series)
    return timepoints


def test_the_earliest_study_is_the_baseline(tmp_path):
    for number, day in enumerate(("20240601", "20240110", "20240301")):
        Files().tagged(StudyDate=day).write(tmp_path / str(number))
    timepoints = proposed(tmp_path)
    assert [timepoint.name for timepoint in timepoints] == ["BL", "TP1", "TP2"]
    assert [timepoint.date for timepoint in timepoints] == [
        datetime.date(2024, 1, 10),
        datetime.date(2024, 3, 1),
        datetime.date(2024, 6, 1),
    ]


def test_ct_and_pet_of_one_day_are_one_timepoint_read_on_ct(tmp_path):
    Files(count=12).write(tmp_path / "ct")
    pet().but(count=40).write(tmp_path / "pet")
    (timepoint,) = proposed(tmp_path)
    assert len(timepoint.series) == 2
    assert timepoint.reading.modality == "CT"


def test_studies_of_nobody_known_are_not_taken_for_one_patient(tmp_path):
    for number in (1, 2):
        nobody = Files().tagged(PatientID="", PatientName="")
        nobody.write(tmp_path / str(number))
    assert len(propose_timepoints(scan([tmp_path]).series)) == 2


def test_a_study_without_a_date_is_kept_apart(tmp_path):
    Files().write(tmp_path / "a")
    Files().tagged(StudyDate="").write(tmp_path / "b")
    names = [timepoint.name for timepoint in proposed(tmp_path)]
    assert names == ["BL", "undated"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"SeriesDescription": "portal venous"}, {"SeriesDescription": "arterial"}),
        ({"SeriesDescription": "arterial"}, {"SeriesDescription": "native"}),
        ({}, {"SeriesDescription": "without contrast"}),
        ({"SliceThickness": "5"}, {"SliceThickness": "5.1"}),
        ({"ConvolutionKernel": "B30f"}, {"ConvolutionKernel": "LUNG"}),
        ({"SeriesDescription": "Abdomen"}, {"SeriesDescription": "Thorax Lunge"}),
        ({"Modality": "CT"}, {"Modality": "MR"}),
        ({}, {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}),
        ({}, {"PixelSpacing": None}),
    ],
)
def test_the_series_to_read_is_the_better_one(tmp_path, better, worse):
    good = Files(count=12).tagged(**better)
    good.write(tmp_path / "b")
    Files(count=14).tagged(**worse).write(tmp_path / "a")
    (timepoint,) = proposed(tmp_path)
    assert timepoint.reading.series_instance_uid == good.series_uid
    assert "12 slices" in timepoint.reason


def test_a_regular_series_is_preferred_to_a_longer_one_with_a_gap(tmp_path):
    good = Files(count=12)
    good.write(tmp_path / "a")
    paths = Files(count=40).write(tmp_path / "b")
    paths[5].unlink()
    (timepoint,) = proposed(tmp_path)
    assert timepoint.reading.series_instance_uid == good.series_uid


def test_where_nothing_can_be_read_the_reason_says_so(tmp_path):
    pet().write(tmp_path)
    (timepoint,) = proposed(tmp_path)
    assert timepoint.reading is None
    assert timepoint.reason == "no CT or MR series here can be measured"


@pytest.mark.parametrize(
    ("words", "phase"),
    [
        ("Abdomen portal venous 5.0", "portal venous"),
        ("ABD_PV_3mm", "portal venous"),
        ("Oberbauch venös", "portal venous"),
        ("Leber art. 3.0", "arterial"),
        ("late arterial", "arterial"),
        ("Liver delayed 3 min", "delayed"),
        ("Nativ 5.0", "native"),
        ("Abdomen w/o contrast", "native"),
        ("part of chest", ""),
        ("ventilation", ""),
        ("Thorax", ""),
    ],
)
def test_words_of_the_description_propose_a_phase(tmp_path, words, phase):
    Files(count=1).tagged(
        SeriesDescription=words, SpecificCharacterSet="ISO_IR 192"
    ).write(tmp_path)
    assert scan([tmp_path]).series[0].phase == phase


@pytest.mark.parametrize(
    ("started", "phase"),
    [
        ("115930", "arterial"),
        ("115850", "portal venous"),
        ("115600", "delayed"),
        ("120500", ""),
        ("113000", ""),
    ],
)
def test_the_time_since_the_bolus_proposes_a_phase(tmp_path, started, phase):
    Files(count=1).tagged(
        AcquisitionDate="20240102",
        AcquisitionTime="120000",
        ContrastBolusStartTime=started,
    ).write(tmp_path)
    series = scan([tmp_path]).series[0]
    assert series.phase == phase
    assert bool(series.phase_reason) is bool(phase)


def test_a_pet_some_days_after_its_ct_is_the_same_visit_dated_by_the_ct(tmp_path):
    Files(count=12).tagged(StudyDate="20240110").write(tmp_path / "ct")
    pet(StudyDate="20240117").write(tmp_path / "pet")
    (timepoint,) = proposed(tmp_path)
    assert timepoint.date == datetime.date(2024, 1, 10)
    assert timepoint.reading.modality == "CT"
    assert timepoint.pet.modality == "PT"
    assert timepoint.reason.endswith("one visit with studies of 7 days")


def test_studies_of_more_than_a_week_are_two_visits(tmp_path):
    Files().tagged(StudyDate="20240110").write(tmp_path / "a")
    Files().tagged(StudyDate="20240118").write(tmp_path / "b")
    assert [one.name for one in proposed(tmp_path)] == ["BL", "TP1"]


def test_the_last_visit_up_to_day_0_is_the_baseline(tmp_path):
    for number, day in enumerate(("20231101", "20240110", "20240301")):
        Files().tagged(StudyDate=day).write(tmp_path / str(number))
    series = scan([tmp_path]).series
    for day_0, names in (
        (datetime.date(2024, 1, 10), ["PRE1", "BL", "TP1"]),
        (datetime.date(2024, 1, 9), ["BL", "TP1", "TP2"]),
        (datetime.date(2023, 1, 1), ["BL", "TP1", "TP2"]),
        (None, ["BL", "TP1", "TP2"]),
    ):
        ((_, timepoints),) = propose_timepoints(series, day_0)
        assert [one.name for one in timepoints] == names


def test_the_low_dose_ct_of_a_pet_is_read_only_where_there_is_no_other(tmp_path):
    Files(count=40).tagged(SeriesDescription="CTAC").write(tmp_path / "a")
    (alone,) = proposed(tmp_path)
    assert "low-dose CT of a PET/CT" in alone.reason
    Files(count=12).tagged(SeriesDescription="Abdomen").write(tmp_path / "b")
    (both,) = proposed(tmp_path)
    assert both.reading.description == "Abdomen"


def test_a_pet_whose_suv_can_be_computed_is_preferred(tmp_path):
    pet(SeriesDescription="no weight", PatientWeight="").but(count=9).write(
        tmp_path / "a"
    )
    pet(SeriesDescription="whole").write(tmp_path / "b")
    (timepoint,) = proposed(tmp_path)
    assert timepoint.pet.description == "whole"
