from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from napari_recist.room.finding_recorder import Recorder
from napari_recist.table.cells import Cell, Table
from napari_recist.table.rows import DASH, WAITING
from napari_recist.table.rows import table_of as rows_of
from napari_recist.table.scope_rows import FOLDED, UNFOLDED
from napari_recist.viewport.annotations.case_graphics import Placed, placed_marks
from napari_recist.viewport.mouse.caliper_tool import NEW, CaliperOutcome
from recist_tool.app.reading.assessment import CurrentAssessment, offered, whys
from recist_tool.app.reading.clinical_data import ClinicalData, responses_of
from recist_tool.app.reading.current_read import CurrentRead, NewLesion
from recist_tool.app.reading.states import State
from recist_tool.measure import PlaneCaliper
from recist_tool.model import (
    AttachSeries,
    OverrideResponse,
    Protocol,
    SeriesReference,
    VisitOverride,
)
from recist_tool.terms import Criteria, LesionRole, Response, Scope
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from recist_tool.measure import Volume


def axis(length_mm: float) -> PlaneCaliper:
    return PlaneCaliper(((20.0, 5.0), (20.0, 5.0 + 2 * length_mm)))


@pytest.fixture
def told(reading: CurrentRead) -> CurrentRead:
    """Two liver targets of 30 and 20 mm, one non-target; TP1 read as 18 mm and gone."""
    recorder = Recorder(reading)
    for length in (30, 20):
        recorder.caliper_drawn(CaliperOutcome(NEW, axis(length)), volume(), 1)
    reading.describe(NewLesion(LesionRole.NON_TARGET, "bone", "L2"))
    reading.choose(None)
    recorder.present()
    reading.open_timepoint("TP1")
    reading.choose("T1")
    recorder.caliper_drawn(CaliperOutcome(NEW, axis(18)), volume(), 3)
    reading.choose("T2")
    recorder.gone()
    reading.choose("NT1")
    recorder.present()
    return reading


def table_of(reading: CurrentRead, *unfolded: str) -> Table:
    return rows_of(reading, CurrentAssessment().judged(reading.session), unfolded)


def placed(reading: CurrentRead, seen: Volume) -> list[Placed]:
    def still(visit: str, points: NDArray[np.float64]) -> NDArray[np.float64]:
        del visit
        return points

    return placed_marks(reading, seen, reading.open_visit_id(), still)


def row(table: Table, title: str, of: str) -> dict[str, Cell]:
    cells = next(
        cells
        for cells in table.rows
        if (cells[0].text.lstrip(f"{FOLDED}{UNFOLDED} "), cells[1].text) == (title, of)
    )
    return dict(zip(table.headings, cells, strict=True))


def test_a_case_without_lesions_has_an_empty_table(reading: CurrentRead) -> None:
    table = table_of(reading)
    assert table.headings == ("Lesion", "Organ", "BL", "TP1", "TP2")
    assert [cells for cells in table.rows if cells[0].lesion_id] == []


def test_no_case_has_no_visits() -> None:
    assert table_of(CurrentRead()) == Table(("Lesion", "Organ"), ())


def test_each_finding_stands_at_its_lesion_and_visit(told: CurrentRead) -> None:
    table = table_of(told)
    first = row(table, "T1", "liver")
    assert [first[name].text for name in ("BL", "TP1", "TP2")] == ["30.0", "18.0", DASH]
    assert row(table, "T2", "liver")["TP1"].text == "0"
    assert row(table, "NT1 L2", "bone")["BL"].text == "present"


def test_what_the_open_visit_waits_for_is_marked(told: CurrentRead) -> None:
    told.open_timepoint("TP2")
    assert row(table_of(told), "T1", "liver")["TP2"].text == WAITING


def test_sums_and_responses_stand_for_patient_and_liver(told: CurrentRead) -> None:
    table = table_of(told)
    for scope in ("patient", "liver"):
        assert row(table, "Sum, mm", scope)["BL"].text == "50.0"
        assert row(table, "Sum, mm", scope)["TP1"].text == "18.0"
        assert row(table, "% baseline", scope)["TP1"].text == "-64.0"
        assert row(table, "Response", scope)["TP1"].chip is Response.PR


def test_a_chip_tells_its_reason_its_source_and_the_nearest_limit(
    told: CurrentRead,
) -> None:
    tooltip = row(table_of(told), "Response", "patient")["TP1"].tooltip
    assert tooltip.startswith("PR: ")
    assert "Eisenhauer 2009" in tooltip
    assert "PR" in tooltip.splitlines()[-1]
    assert "mm" in tooltip.splitlines()[-1]


def test_targets_stand_before_non_targets_whatever_the_order(
    reading: CurrentRead,
) -> None:
    recorder = Recorder(reading)
    reading.next_new(LesionRole.NON_TARGET)
    recorder.present()
    reading.next_new(LesionRole.TARGET)
    recorder.caliper_drawn(CaliperOutcome(NEW, axis(20)), volume(), 1)
    names = [cells[0].text for cells in table_of(reading).rows if cells[0].lesion_id]
    assert names == ["T1", "NT1"]


def test_a_node_shows_the_axis_that_counts(reading: CurrentRead) -> None:
    recorder = Recorder(reading)
    reading.describe(NewLesion(LesionRole.TARGET, "lymph node", nodal=True))
    cross = PlaneCaliper(((20.0, 5.0), (20.0, 65.0)), ((0.0, 35.0), (40.0, 35.0)))
    recorder.caliper_drawn(CaliperOutcome(NEW, cross), volume(), 1)
    cell = row(table_of(reading), "T1", "lymph node")["BL"]
    assert cell.text == "20.0"
    assert "30.0" in cell.tooltip


def test_a_caliper_is_drawn_on_its_own_slice_and_no_other(told: CurrentRead) -> None:
    told.open_timepoint("BL")
    told.choose(None)
    found = placed(told, volume())
    assert [(one.slice_index, one.mark.key) for one in found] == [(1, "T1"), (1, "T2")]


def test_a_caliper_of_another_series_is_not_drawn(told: CurrentRead) -> None:
    told.open_timepoint("BL")
    assert placed(told, _other_series()) == []


def test_an_unmeasured_lesion_shows_where_it_was(told: CurrentRead) -> None:
    told.open_timepoint("TP2")
    told.choose("T1")
    (ghost,) = placed(told, volume())
    assert ghost.mark.ghost
    assert not ghost.can_take
    assert ghost.slice_index == 3
    assert ghost.mark.label == "T1 at TP1: 18.0 mm"


def test_a_lesion_that_is_measured_here_has_no_ghost(told: CurrentRead) -> None:
    told.choose("T1")
    assert all(not one.mark.ghost for one in placed(told, volume()))


def _other_series() -> Volume:
    from dataclasses import replace

    return replace(volume(), sop_instance_uids=tuple(f"9.{n}" for n in range(5)))


def test_the_sums_outside_the_liver_stand_below_those_of_the_liver(
    told: CurrentRead,
) -> None:
    told.open_timepoint("BL")
    told.describe(NewLesion(LesionRole.TARGET, "lung"))
    told.choose(None)
    recorder = Recorder(told)
    recorder.caliper_drawn(CaliperOutcome(NEW, axis(12)), volume(), 1)
    told.open_timepoint("TP1")
    told.choose("T3")
    recorder.caliper_drawn(CaliperOutcome(NEW, axis(9)), volume(), 1)
    table = table_of(told)
    assert row(table, "Sum, mm", "extrahepatic")["BL"].text == "12.0"
    assert row(table, "% baseline", "extrahepatic")["TP1"].text == "-25.0"
    assert row(table, "Sum, mm", "patient")["TP1"].text == "27.0"
    assert table.rows[-1][1].text == "extrahepatic"


def test_a_brief_table_has_sums_and_responses_and_no_figures(told: CurrentRead) -> None:
    judged = CurrentAssessment().judged(told.session)
    rows = rows_of(told, judged, (), is_brief=True).rows
    titles = [cells[0].text for cells in rows if cells[0].is_sum]
    assert {one.partition(" ")[2] or one for one in titles} <= {"Sum, mm", "Response"}
    answers = [cells[1].text for cells in rows if cells[0].is_answer]
    assert answers == ["patient", "liver"]


def test_a_scope_unfolds_to_every_part_of_its_response(told: CurrentRead) -> None:
    folded = [cells[0].text for cells in table_of(told).rows]
    assert "Target" not in folded
    table = table_of(told, "patient")
    assert row(table, "Target", "patient")["TP1"].chip is Response.PR
    assert row(table, "Non-target", "patient")["TP1"].chip is Response.NON_CR_NON_PD
    assert row(table, "New", "patient")["TP1"].text == "no"
    assert row(table, "mm nadir", "patient")["TP1"].text == "-32.0"
    assert row(table, "to limit", "patient")["TP1"].text == "PR -17.0"
    assert [cells for cells in table.rows if cells[0].text == "Target"][1:] == []


def test_other_criteria_judge_the_same_read_and_say_what_they_lack(
    told: CurrentRead,
) -> None:
    judge = CurrentAssessment()
    judge.criteria = Criteria.PERCIST
    judged = judge.judged(told.session)
    cells = row(rows_of(told, judged, ()), "Response", "patient")
    assert cells["TP1"].chip is Response.NE
    assert "no PET scan at baseline" in whys(judged, "TP1")[0].short
    judge.criteria = Criteria.WHO
    assert judge.judged(told.session).criteria is Criteria.WHO


def test_all_criteria_are_offered_those_of_the_protocol_first() -> None:
    protocol = Protocol(criteria=(Criteria.MRECIST, Criteria.RECIST_1_1))
    names = [words for _, words in offered(protocol)]
    assert names[:2] == ["mRECIST", "RECIST 1.1"]
    assert len(names) == len(Criteria)
    assert "WHO (not in the protocol)" in names


def test_what_stands_against_an_assessment_is_said_in_its_place(
    reading: CurrentRead,
) -> None:
    recorder = Recorder(reading)
    recorder.caliper_drawn(CaliperOutcome(NEW, axis(20)), volume(), 1)
    recorder.clear()
    judged = CurrentAssessment().judged(reading.session)
    assert judged.found is None
    assert whys(judged, "BL") == []


def test_the_reader_s_own_response_stands_below_the_computed_one(
    told: CurrentRead,
) -> None:
    told.open_session().do(
        OverrideResponse(
            reader_id="reader-1",
            override=VisitOverride(
                scope=Scope.LIVER,
                timepoint_id="TP1",
                response=Response.SD,
                reason="necrosis",
            ),
        )
    )
    table = table_of(told)
    said = row(table, "Reader says", "liver")["TP1"]
    assert (said.text, said.tooltip) == ("SD", "necrosis")
    assert row(table, "Response", "liver")["TP1"].chip is Response.PR


def test_a_judge_does_not_judge_twice_what_did_not_change(told: CurrentRead) -> None:
    judge = CurrentAssessment()
    first = judge.judged(told.session)
    assert judge.judged(told.session) is first
    Recorder(told).clear()
    assert judge.judged(told.session) is not first


def test_what_follows_progression_says_so_and_the_best_response_has_its_row(
    told: CurrentRead,
) -> None:
    recorder = Recorder(told)
    found = row(table_of(told), "Best response", "patient")
    assert found["TP1"].chip is Response.SD
    assert found["TP1"].text == "SD (PR?)"
    assert "without confirmation: PR" in found["TP1"].tooltip
    told.choose("NT1")
    recorder.say(State.PROGRESSION)
    told.open_timepoint("TP2")
    for lesion_id in ("T1", "T2"):
        told.choose(lesion_id)
        recorder.gone()
    told.choose("NT1")
    recorder.present()
    table = table_of(told)
    response = row(table, "Response", "patient")
    assert (response["TP1"].text, response["TP2"].text) == ("PD", "PR after PD")
    assert "counts for nothing" in response["TP2"].tooltip
    best = row(table, "Best response", "patient")
    assert (best["TP1"].text, best["TP2"].text) == ("", "PD")


def test_judged_by_says_what_the_criteria_miss(told: CurrentRead) -> None:
    judge = CurrentAssessment()
    judge.criteria = Criteria.MRECIST
    texts = " ".join(one.text for one in judge.judged(told.session).messages)
    assert "no viable diameter at baseline: it is followed whole" in texts
    pet = SeriesReference(
        series_instance_uid="9", study_instance_uid="8", modality="PT"
    )
    told.open_session().do(AttachSeries(timepoint_id="TP1", series=pet))
    judge.criteria = Criteria.PERCIST
    said = [one.short for one in whys(judge.judged(told.session), "TP1")]
    assert "A PET is there at TP1, and its uptake is not measured" in said[-1]


@pytest.mark.parametrize("criteria", list(Criteria))
def test_a_response_is_held_to_be_what_its_criteria_know(
    told: CurrentRead, criteria: Criteria
) -> None:
    words = responses_of(Protocol(criteria=(criteria,)))
    assert words
    assert ("iUPD" in words) is (criteria is Criteria.IRECIST)
    assert ("PMR" in words) is (criteria in {Criteria.PERCIST, Criteria.EORTC_PET})
    values = {"scope": "overall", "response": "iUPD", "reason": "x"}
    assert not told.attempt(lambda: ClinicalData(told).override(values))
    assert "is no word of the criteria" in told.note.text
