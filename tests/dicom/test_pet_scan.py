"""How a PET was made, as its tags say and a reader corrects them."""

from __future__ import annotations

import datetime

import pytest

from recist_tool.dicom.scan.pet_scan import ScanFacts, scan_facts
from recist_tool.dicom.scan.scan import scan
from recist_tool.model.suv_override import SuvOverride
from tests.dicom.series_files import pet


def facts(folder, series, override=None):
    series.write(folder)
    (found,) = scan([folder]).series
    return scan_facts(found, override)


def test_uptake_time_activity_scanner_and_reconstruction_are_the_tags(tmp_path):
    made = pet(
        Manufacturer="Maker",
        ManufacturerModelName="Model 7",
        ReconstructionMethod="OSEM 3i",
        ConvolutionKernel="XYZ Gauss 5",
    )
    found = facts(tmp_path, made)
    assert found.scanner == "Maker Model 7"
    assert found.reconstruction == "OSEM 3i XYZ Gauss 5"
    assert found.uptake_minutes == pytest.approx(60)
    assert found.injected_mbq == pytest.approx(370)


def test_what_the_tags_do_not_say_is_not_known(tmp_path):
    made = pet(Manufacturer="")
    made.isotope.clear()
    assert facts(tmp_path, made) == ScanFacts()


def test_what_a_reader_lets_stand_counts(tmp_path):
    override = SuvOverride(
        series_instance_uid="1.2.3",
        reason="chart",
        total_dose_bq=250e6,
        injected_at=datetime.datetime(2024, 1, 2, 9, 45),  # noqa: DTZ001
    )
    found = facts(tmp_path, pet(), override)
    assert found.injected_mbq == pytest.approx(250)
    assert found.uptake_minutes is not None
