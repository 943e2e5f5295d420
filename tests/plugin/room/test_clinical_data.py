"""What is written down beside the measurements becomes commands of the case."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from napari_recist.room.finding_recorder import Recorder
from recist_tool.app.reading.clinical_data import ClinicalData, rows_of, scan_values
from recist_tool.errors import CommandRefused
from recist_tool.terms import LesionRole, Scope

if TYPE_CHECKING:
    from recist_tool.app.reading.current_read import CurrentRead

CEA = {"name": "CEA", "value": Decimal("8.4"), "unit": "µg/l", "uln": Decimal(5)}


@pytest.fixture
def chart(reading: CurrentRead) -> ClinicalData:
    return ClinicalData(reading)


def test_markers_are_recorded_at_the_open_visit(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    reading.open_timepoint("TP1")
    chart.set_markers([CEA])
    known = reading.open_session().case.clinical_at("TP1")
    assert known is not None
    assert known.markers["CEA"].value == Decimal("8.4")
    assert rows_of(known.markers)[0]["unit"] == "µg/l"
    assert reading.open_session().case.clinical_at("BL") is None


def test_each_part_of_the_clinical_record_keeps_the_others(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    chart.set_markers([CEA])
    chart.set_symptoms([{"name": "pain", "severity": Decimal(3)}])
    chart.set_analogue({"drug": "lanreotide", "dose_mg": Decimal(120)})
    chart.set_raised({"marker_raised": True})
    assert list(chart.clinical.markers) == ["CEA"]
    assert list(chart.clinical.symptoms) == ["pain"]
    assert chart.clinical.somatostatin_analogue is not None
    assert chart.clinical.marker_raised is True


def test_the_last_thing_taken_out_takes_the_record_back(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    chart.set_markers([CEA])
    chart.set_markers([])
    assert reading.open_session().case.clinical_at("BL") is None
    reading.undo()
    assert list(chart.clinical.markers) == ["CEA"]


def test_a_marker_listed_twice_is_refused_and_leaves_no_trace(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    entries = reading.open_session().entries
    with pytest.raises(CommandRefused, match="listed twice"):
        chart.set_markers([CEA, CEA])
    assert reading.open_session().entries == entries


def test_a_symptom_that_says_nothing_is_refused(chart: ClinicalData) -> None:
    with pytest.raises(CommandRefused, match="severity"):
        chart.set_symptoms([{"name": "pain"}])


def test_volumes_are_recorded_and_taken_back(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    chart.set_volumes([{"name": "liver", "volume_ml": Decimal(1500)}])
    assert reading.open_read().volumes_at("BL") == {"liver": 1500}
    chart.set_volumes([])
    assert reading.open_read().volumes_at("BL") is None
    with pytest.raises(CommandRefused):
        chart.set_volumes([{"name": "liver"}])


def test_uptake_of_lesions_and_of_the_scan_keep_each_other(chart: ClinicalData) -> None:
    chart.set_uptake([{"name": "T1", "sul_peak": Decimal("6.1")}])
    values = {"uptake_minutes": Decimal(62), "liver_mean_sul": Decimal("1.9")}
    chart.set_scan(values)
    assert chart.uptake is not None
    assert chart.uptake.lesions["T1"].sul_peak == Decimal("6.1")
    assert chart.uptake.liver is not None
    shown = scan_values(chart.uptake)
    assert {name: shown[name] for name in values} == values
    chart.set_uptake([])
    chart.set_scan({})
    assert chart.uptake is None


def test_a_reference_region_needs_its_mean(chart: ClinicalData) -> None:
    with pytest.raises(CommandRefused, match="mean sul"):
        chart.set_scan({"liver_sd_sul": Decimal("0.2")})


def test_treatments_stand_by_date_and_make_day_0(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    later = {"date": dt.date(2024, 2, 1), "activity_gbq": Decimal("1.8")}
    first = {"date": dt.date(2024, 1, 9), "target": "right lobe"}
    chart.set_treatments([later, first])
    case = reading.open_session().case
    assert [one.date for one in case.treatments] == [first["date"], later["date"]]
    assert case.day_0 == first["date"]
    with pytest.raises(CommandRefused, match="date"):
        chart.set_treatments([{"target": "left lobe"}])


def test_follow_up_is_set_and_taken_back(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    chart.set_follow_up({"death": dt.date(2025, 1, 1)})
    assert reading.open_session().case.follow_up is not None
    chart.set_follow_up({})
    assert reading.open_session().case.follow_up is None


def test_day_0_is_not_emptied(chart: ClinicalData) -> None:
    with pytest.raises(CommandRefused, match="Day 0"):
        chart.set_day_0({})


def test_a_response_is_held_to_be_another_only_for_a_reason(
    reading: CurrentRead, chart: ClinicalData
) -> None:
    reading.next_new(LesionRole.NON_TARGET)
    Recorder(reading).present()
    reading.open_timepoint("TP1")
    values = {"scope": "liver", "response": "SD"}
    with pytest.raises(CommandRefused, match="Reason"):
        chart.override(values)
    chart.override({**values, "reason": "necrosis"})
    assert [one.reason for one in chart.overrides()] == ["necrosis"]
    chart.withdraw(Scope.LIVER.value)
    assert chart.overrides() == []


def test_a_response_needs_a_scope(chart: ClinicalData) -> None:
    with pytest.raises(CommandRefused, match="scope"):
        chart.override({"response": "SD", "reason": "necrosis"})
