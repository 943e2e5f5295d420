from __future__ import annotations

import pytest

from napari_recist.caliper_tool import NEW, Outcome
from napari_recist.projection import placed_marks
from napari_recist.reading import NewLesion, Reading
from napari_recist.recording import Recorder
from napari_recist.summary import DASH, WAITING, Cell, Table, table_of
from recist_tool import LesionRole, PlaneCaliper, Response
from tests.plugin.volumes import volume


def axis(length_mm: float) -> PlaneCaliper:
    return PlaneCaliper(((20.0, 5.0), (20.0, 5.0 + 2 * length_mm)))


@pytest.fixture
def told(reading: Reading) -> Reading:
    """Two liver targets of 30 and 20 mm, one non-target; TP1 read as 18 mm and gone."""
    recorder = Recorder(reading)
    for length in (30, 20):
        recorder.caliper_drawn(Outcome(NEW, axis(length)), volume(), 1)
    reading.describe(NewLesion(LesionRole.NON_TARGET, "bone", "L2"))
    reading.choose(None)
    recorder.present()
    reading.open_timepoint("TP1")
    reading.choose("T1")
    recorder.caliper_drawn(Outcome(NEW, axis(18)), volume(), 3)
    reading.choose("T2")
    recorder.gone()
    reading.choose("NT1")
    recorder.present()
    return reading


def row(table: Table, title: str, of: str) -> dict[str, Cell]:
    cells = next(
        cells for cells in table.rows if (cells[0].text, cells[1].text) == (title, of)
    )
    return dict(zip(table.headings, cells, strict=True))


def test_a_case_without_lesions_has_an_empty_table(reading: Reading) -> None:
    table = table_of(reading)
    assert table.headings == ("Lesion", "Organ", "BL", "TP1", "TP2")
    assert [cells for cells in table.rows if cells[0].lesion_id] == []


def test_no_case_has_no_visits() -> None:
    assert table_of(Reading()) == Table(("Lesion", "Organ"), ())


def test_each_finding_stands_at_its_lesion_and_visit(told: Reading) -> None:
    table = table_of(told)
    first = row(table, "T1", "liver")
    assert [first[name].text for name in ("BL", "TP1", "TP2")] == ["30.0", "18.0", DASH]
    assert row(table, "T2", "liver")["TP1"].text == "0"
    assert row(table, "NT1 L2", "bone")["BL"].text == "present"


def test_what_the_open_visit_waits_for_is_marked(told: Reading) -> None:
    told.open_timepoint("TP2")
    assert row(table_of(told), "T1", "liver")["TP2"].text == WAITING


def test_sums_and_responses_stand_for_patient_and_liver(told: Reading) -> None:
    table = table_of(told)
    for scope in ("patient", "liver"):
        assert row(table, "Sum, mm", scope)["BL"].text == "50.0"
        assert row(table, "Sum, mm", scope)["TP1"].text == "18.0"
        assert row(table, "% baseline", scope)["TP1"].text == "-64.0"
        assert row(table, "Response", scope)["TP1"].response is Response.PR


def test_a_chip_tells_its_reason_its_source_and_the_nearest_limit(
    told: Reading,
) -> None:
    tooltip = row(table_of(told), "Response", "patient")["TP1"].tooltip
    assert tooltip.startswith("PR: ")
    assert "Eisenhauer 2009" in tooltip
    assert "PR" in tooltip.splitlines()[-1]
    assert "mm" in tooltip.splitlines()[-1]


def test_targets_stand_before_non_targets_whatever_the_order(reading: Reading) -> None:
    recorder = Recorder(reading)
    reading.next_new(LesionRole.NON_TARGET)
    recorder.present()
    reading.next_new(LesionRole.TARGET)
    recorder.caliper_drawn(Outcome(NEW, axis(20)), volume(), 1)
    names = [cells[0].text for cells in table_of(reading).rows if cells[0].lesion_id]
    assert names == ["T1", "NT1"]


def test_a_node_shows_the_axis_that_counts(reading: Reading) -> None:
    recorder = Recorder(reading)
    reading.describe(NewLesion(LesionRole.TARGET, "lymph node", nodal=True))
    cross = PlaneCaliper(((20.0, 5.0), (20.0, 65.0)), ((0.0, 35.0), (40.0, 35.0)))
    recorder.caliper_drawn(Outcome(NEW, cross), volume(), 1)
    cell = row(table_of(reading), "T1", "lymph node")["BL"]
    assert cell.text == "20.0"
    assert "30.0" in cell.tooltip


def test_a_caliper_is_drawn_on_its_own_slice_and_no_other(told: Reading) -> None:
    told.open_timepoint("BL")
    told.choose(None)
    placed = placed_marks(told, volume())
    assert [(one.slice_index, one.mark.key) for one in placed] == [(1, "T1"), (1, "T2")]


def test_a_caliper_of_another_series_is_not_drawn(told: Reading) -> None:
    told.open_timepoint("BL")
    assert placed_marks(told, _other_series()) == []


def test_an_unmeasured_lesion_shows_where_it_was(told: Reading) -> None:
    told.open_timepoint("TP2")
    told.choose("T1")
    (ghost,) = placed_marks(told, volume())
    assert ghost.mark.ghost
    assert not ghost.can_take
    assert ghost.slice_index == 3
    assert ghost.mark.label == "T1 at TP1: 18.0"


def test_a_lesion_that_is_measured_here_has_no_ghost(told: Reading) -> None:
    told.choose("T1")
    assert all(not one.mark.ghost for one in placed_marks(told, volume()))


def _other_series():
    from dataclasses import replace

    return replace(volume(), sop_instance_uids=tuple(f"9.{n}" for n in range(5)))
