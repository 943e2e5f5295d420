"""One read by several sets of criteria."""

from __future__ import annotations

import pytest

from recist_tool.errors import FindingsError
from recist_tool.model.case import Read
from recist_tool.model.finding import LesionFinding, Measured, NewLesionSeen, Split
from recist_tool.model.read_findings import findings_of
from recist_tool.terms import Criteria, LesionRole, NewLesionStatus, Response
from recist_tool.trial.side_by_side import assess_each
from tests import builders
from tests.criteria.cases import findings


def drawn(*found: tuple[str, str, object]):
    """Return the findings of a read of one liver target, drawn with calipers."""
    lesions = [builders.lesion("T1")]
    if any(name == "NL1" for name, _, _ in found):
        lesions.append(
            builders.lesion("NL1", role=LesionRole.NEW, first_seen="TP1", organ="liver")
        )
    read = Read(
        reader_id="reader",
        lesions=tuple(lesions),
        findings=tuple(
            LesionFinding.model_validate(
                {"lesion_id": name, "timepoint_id": at, "finding": finding}
            )
            for name, at, finding in found
        ),
    )
    case = builders.case(2).replaced(reads=(read,))
    made = findings_of(case, "reader")
    assert made is not None
    return made


def test_a_drawn_read_serves_every_criteria_without_another_viewer() -> None:
    read = drawn(
        (
            "T1",
            "BL",
            Measured(
                caliper=builders.caliper(40, 25), viable_mm=40, hu_mean=80, volume_ml=20
            ),
        ),
        (
            "T1",
            "TP1",
            Measured(
                caliper=builders.caliper(38, 13), viable_mm=10, hu_mean=60, volume_ml=19
            ),
        ),
    )
    wanted = (
        Criteria.RECIST_1_1,
        Criteria.WHO,
        Criteria.MRECIST,
        Criteria.CHOI,
        Criteria.VOLUMETRIC,
    )
    found = assess_each(read, wanted)
    assert tuple(found) == wanted
    answers = [one.overall.timepoints["TP1"].overall for one in found.values()]
    assert answers == [
        Response.SD,
        Response.PR,
        Response.PR,
        Response.PR,
        Response.SD,
    ]


def test_parts_of_a_drawn_lesion_give_their_area_where_both_axes_are_drawn() -> None:
    whole = Measured(caliper=builders.caliper(40, 25))
    parts = (builders.caliper(20, 10), None, builders.caliper(10, 5))
    read = drawn(("T1", "BL", whole), ("T1", "TP1", Split(parts=parts)))
    answer = assess_each(read, [Criteria.WHO])[Criteria.WHO].overall.timepoints["TP1"]
    assert answer.figures[0].value == 250
    half = drawn(
        ("T1", "BL", whole),
        ("T1", "TP1", Split(parts=(builders.caliper(20), builders.caliper(10, 5)))),
    )
    [unknown] = assess_each(half, [Criteria.WHO]).values()
    assert unknown.overall.timepoints["TP1"].overall is Response.NE


def test_what_was_drawn_of_a_new_lesion_reaches_the_criteria() -> None:
    same = Measured(caliper=builders.caliper(40, 25), viable_mm=40)
    nodule = NewLesionSeen(
        status=NewLesionStatus.DEFINITE,
        caliper=builders.caliper(12, 10),
        enhancement="atypical",
    )
    read = drawn(("T1", "BL", same), ("T1", "TP1", same), ("NL1", "TP1", nodule))
    found = assess_each(read, [Criteria.RECIST_1_1, Criteria.MRECIST])
    answers = [one.overall.timepoints["TP1"].overall for one in found.values()]
    assert answers == [Response.PD, Response.SD]


def test_a_response_recorded_in_words_of_one_criteria_is_refused_by_another() -> None:
    read = findings("", {"overall": "PR", "day": 56})
    with pytest.raises(FindingsError, match="PR is no response of PERCIST"):
        assess_each(read, [Criteria.RECIST_1_1, Criteria.PERCIST])
