"""Series that share a UID: a case knows which of them was meant."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.series import as_remembered, series_reference
from recist_tool.errors import CommandRefused
from recist_tool.model.case import Case, SeriesReference, Timepoint
from recist_tool.model.commands import AttachSeries, PlaceSeries
from tests.dicom.awkward_series import two_phases_by_time
from tests.dicom.series_files import Files

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.dicom.scan.series import Series

DAY = datetime.date(2024, 1, 2)


@pytest.fixture
def phases(tmp_path: Path) -> tuple[Series, Series]:
    two_phases_by_time(tmp_path)
    first, second = scan([tmp_path], cached=False).series
    assert first.series_instance_uid == second.series_instance_uid
    return first, second


def case_with(*series: SeriesReference) -> Case:
    case = Case(
        case_uid="1.2",
        subject_id="S",
        timepoints=(Timepoint(timepoint_id="BL", date=DAY),),
    )
    for one in series:
        case = AttachSeries(timepoint_id="BL", series=one).apply(case)
    return case


def test_what_is_said_of_one_phase_is_not_said_of_the_other(
    phases: tuple[Series, Series],
) -> None:
    first, second = phases
    said = series_reference(second).replaced(phase="delayed")
    case = PlaceSeries(timepoint_id="BL", series=said).apply(case_with())
    assert as_remembered(second, case).phase == "delayed"
    assert as_remembered(first, case) is first


def test_both_are_pinned_and_the_one_to_read_stands_first(
    phases: tuple[Series, Series],
) -> None:
    first, second = map(series_reference, phases)
    case = case_with(first, second)
    with pytest.raises(CommandRefused, match="pinned here already"):
        AttachSeries(timepoint_id="BL", series=second).apply(case)
    case = PlaceSeries(timepoint_id="BL", series=second, is_reading=True).apply(case)
    assert case.timepoints[0].series == (second, first)


def test_volumes_are_told_apart_as_their_series_are(
    phases: tuple[Series, Series],
) -> None:
    assert [load(one).key for one in phases] == [one.key for one in phases]
    assert len({one.key for one in phases}) == 2


def test_a_case_that_does_not_know_the_part_means_any(
    phases: tuple[Series, Series],
) -> None:
    older = series_reference(phases[0]).replaced(part="")
    case = case_with(older)
    assert {case.pinned(one.series_instance_uid, one.key) for one in phases} == {older}
    assert "part" not in older.model_dump()


def test_a_series_with_a_uid_of_its_own_needs_nothing_more(tmp_path: Path) -> None:
    Files().write(tmp_path)
    (series,) = scan([tmp_path], cached=False).series
    assert series_reference(series).part == ""
