"""What every set of criteria owes its reader, and properties that all share."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.criteria import CRITERIA
from recist_tool.criteria.answer.vocabulary import RECIST_WORD
from recist_tool.errors import FindingsError
from recist_tool.terms import Criteria, Response
from recist_tool.trial.patient import as_json, assess
from tests.criteria.cases import findings, new

EVERY = list(Criteria)
BY_SIZE = [
    Criteria.RECIST_1_1,
    Criteria.IRECIST,
    Criteria.MRECIST,
    Criteria.WHO,
    Criteria.CHOI,
    Criteria.VOLUMETRIC,
    Criteria.PER_LESION,
]
RANK = (
    Response.CR,
    Response.ICR,
    Response.PR,
    Response.IPR,
    Response.MR,
    Response.SD,
    Response.ISD,
    Response.NC,
    Response.IUPD,
    Response.ICPD,
    Response.PD,
)
DECIDED = [one for one in Response if one not in (Response.NE, Response.NA)]
LESIONS = "T1 liver, T2 lung"
sizes = st.integers(min_value=0, max_value=2000).map(lambda tenths: tenths / 10)
baselines = st.integers(min_value=100, max_value=1500).map(lambda tenths: tenths / 10)


def full(mm: float, hu: float = 80) -> dict[str, float]:
    """Return a lesion with every figure that some criteria ask for."""
    return {
        "mm": mm,
        "perpendicular_mm": mm,
        "viable_mm": mm,
        "hu_mean": hu,
        "volume_ml": round(mm**3 / 2000, 6),
    }


def visit(first: float, second: float, **more: Any) -> dict[str, Any]:
    return {
        "T1": full(first),
        "T2": full(second),
        "pet": {
            "after_cycles": 2,
            "lesions": {
                "T1": {"suv": first, "sul_peak": first},
                "T2": {"suv": second, "sul_peak": second},
            },
        },
        "markers": {"CgA": {"value": first, "uln": 5}},
        "symptoms": {"flushing": {"severity": first}},
        "somatostatin_analogue": {"dose_mg": first},
        "volumes_ml": {"liver": 1500},
        **more,
    }


def overall(criteria: Criteria, *visits: dict[str, Any]) -> Response:
    """Return the response of the last visit."""
    read = findings(LESIONS, *visits, criteria=criteria.value)
    return list(assess(read).overall.timepoints.values())[-1].overall


@pytest.mark.parametrize("criteria", EVERY)
def test_every_criteria_answers_both_scopes_of_one_read(criteria: Criteria) -> None:
    read = findings(LESIONS, visit(40, 30), visit(18, 12), criteria=criteria.value)
    assessed = assess(read)
    assert assessed.criteria is criteria
    for scope in (assessed.overall, assessed.liver):
        assert scope is not None
        answer = scope.timepoints["TP1"]
        assert answer.overall in CRITERIA[criteria].responses
        assert answer.reason
        assert answer.citation
        assert scope.bor_confirmed in CRITERIA[criteria].responses
        assert scope.bor_reason
        assert scope.bor_citation
    assert assessed.overall.timepoints["TP1"].nearest_threshold is not None or (
        criteria is Criteria.SYMPTOMS
    )


@pytest.mark.parametrize("criteria", EVERY)
def test_json_of_every_criteria_holds_what_was_compared(criteria: Criteria) -> None:
    read = findings(LESIONS, visit(40, 30), visit(18, 12), criteria=criteria.value)
    told = as_json(assess(read))["overall"]["timepoints"]["TP1"]
    by_diameters = {Criteria.RECIST_1_1, Criteria.IRECIST, Criteria.MRECIST}
    if criteria in by_diameters:
        assert told["sum_mm"] == 30
        assert "figures" not in told
    else:
        assert told["figures"][0]["value"] is not None
        assert told["figures"][0]["baseline"] is not None


@pytest.mark.parametrize("criteria", EVERY)
def test_a_visit_without_findings_is_not_evaluable(criteria: Criteria) -> None:
    read = findings(LESIONS, visit(40, 30), {}, criteria=criteria.value)
    answer = assess(read).overall.timepoints["TP1"]
    assert answer.overall is Response.NE
    assert answer.reason


@pytest.mark.parametrize("criteria", EVERY)
def test_a_baseline_without_anything_beyond_diameters_is_no_error(
    criteria: Criteria,
) -> None:
    plain = ({"T1": 40, "T2": 30}, {"T1": 30, "T2": 20})
    answer = assess(findings(LESIONS, *plain, criteria=criteria.value)).overall
    assert answer.timepoints["TP1"].reason


@pytest.mark.parametrize("criteria", EVERY)
def test_a_recorded_response_stands_and_a_foreign_word_is_refused(
    criteria: Criteria,
) -> None:
    known = CRITERIA[criteria].responses
    best = next(one for one in Response if one in known)
    read = {"overall": best, "day": 60}
    kept = assess(findings("", read, read | {"day": 90}, criteria=criteria.value))
    assert kept.overall.timepoints["TP1"].overall is best
    foreign = next(one for one in Response if one not in known)
    with pytest.raises(
        FindingsError,
        match=f"{foreign.value} is no response of".replace("(", r"\(").replace(
            ")", r"\)"
        ),
    ):
        assess(
            findings("", read, {"overall": foreign, "day": 90}, criteria=criteria.value)
        )


@pytest.mark.parametrize("criteria", EVERY)
def test_the_readers_own_response_stands_where_findings_give_ne(
    criteria: Criteria,
) -> None:
    known = CRITERIA[criteria].responses
    given_ = next(one for one in DECIDED if one in known)
    shown = {"T1": "ne", "T2": "ne", "overall": given_}
    read = findings(LESIONS, visit(40, 30), shown, criteria=criteria.value)
    answer = assess(read).overall.timepoints["TP1"]
    assert answer.overall is given_
    assert answer.reason.startswith("reader's override of NE")


@given(
    criteria=st.sampled_from(BY_SIZE),
    before=st.tuples(baselines, baselines),
    now=st.tuples(sizes, sizes),
    more=st.integers(min_value=0, max_value=500).map(lambda tenths: tenths / 10),
)
def test_growth_never_improves_a_response(
    criteria: Criteria,
    before: tuple[float, float],
    now: tuple[float, float],
    more: float,
) -> None:
    smaller = overall(criteria, visit(*before), visit(*now))
    grown = visit(round(now[0] + more, 1), now[1])
    larger = overall(criteria, visit(*before), grown)
    assert RANK.index(larger) >= RANK.index(smaller)


@given(
    criteria=st.sampled_from(BY_SIZE),
    before=st.tuples(baselines, baselines),
    now=st.tuples(sizes, sizes),
)
def test_a_new_lesion_never_improves_a_response(
    criteria: Criteria, before: tuple[float, float], now: tuple[float, float]
) -> None:
    without = overall(criteria, visit(*before), visit(*now))
    shown = visit(*now, new=[new("NL1", "lung", mm=12)])
    assert RANK.index(overall(criteria, visit(*before), shown)) >= RANK.index(without)


@given(
    criteria=st.sampled_from(EVERY),
    before=st.tuples(baselines, baselines),
    now=st.tuples(sizes, sizes),
)
def test_the_order_of_lesions_is_irrelevant(
    criteria: Criteria, before: tuple[float, float], now: tuple[float, float]
) -> None:
    visits = (visit(*before), visit(*now))
    straight = findings("T1 liver, T2 lung", *visits, criteria=criteria.value)
    turned = findings("T2 lung, T1 liver", *visits, criteria=criteria.value)
    first, second = (assess(one).overall for one in (straight, turned))
    assert first.timepoints["TP1"].overall is second.timepoints["TP1"].overall
    assert first.bor_confirmed is second.bor_confirmed


@given(
    criteria=st.sampled_from([Criteria.WHO, Criteria.PER_LESION]),
    before=st.tuples(baselines, baselines),
    now=st.tuples(sizes, sizes),
    factor=st.sampled_from([2, 3, 5]),
)
def test_a_larger_scale_keeps_response_and_percentages(
    criteria: Criteria,
    before: tuple[float, float],
    now: tuple[float, float],
    factor: int,
) -> None:
    def scaled(pair: tuple[float, float]) -> dict[str, Any]:
        return visit(*(round(one * factor, 1) for one in pair))

    plain = findings(LESIONS, visit(*before), visit(*now), criteria=criteria.value)
    large = findings(LESIONS, scaled(before), scaled(now), criteria=criteria.value)
    first, second = (assess(one).overall.timepoints["TP1"] for one in (plain, large))
    assert first.overall is second.overall
    assert first.figures[0].pct_from_baseline == second.figures[0].pct_from_baseline


def test_every_response_of_other_criteria_has_its_word_in_recist() -> None:
    foreign = set(Response) - CRITERIA[Criteria.RECIST_1_1].responses
    assert set(RECIST_WORD) == foreign - {Response.IUPD}
    assert set(RECIST_WORD.values()) <= CRITERIA[Criteria.RECIST_1_1].responses


@pytest.mark.parametrize(
    "criteria",
    [one for one in BY_SIZE if one not in (Criteria.WHO, Criteria.PER_LESION)],
)
def test_a_node_too_small_to_measure_is_what_one_of_five_millimetres_is(
    criteria: Criteria,
) -> None:
    parts = {"state": "split", "parts_mm": [5, {"state": "absent"}]}
    measured = full(5) | {"volume_ml": 0.06545}
    shown = ("too_small", measured, parts | {"viable_mm": 5, "volume_ml": 0.06545})
    answers = {
        assess(findings("N1", {"N1": full(20)}, {"N1": now}, criteria=criteria.value))
        .overall.timepoints["TP1"]
        .overall
        for now in shown
    }
    assert len(answers) == 1
    assert answers <= {Response.CR, Response.ICR}


@pytest.mark.parametrize("criteria", BY_SIZE)
@pytest.mark.parametrize("gone", [{"mm": 0}, "absent"])
def test_a_target_of_which_no_diameter_is_left_is_gone(
    criteria: Criteria, gone: object
) -> None:
    nothing = {"state": "split", "parts_mm": [{"state": "absent"}, 0]}
    for now in (gone, nothing):
        shown = {"T1": now, "T2": now}
        assert overall(criteria, visit(40, 30), shown) in (Response.CR, Response.ICR)


@pytest.mark.parametrize("criteria", BY_SIZE)
def test_a_target_that_another_names_as_merged_needs_no_finding_of_its_own(
    criteria: Criteria,
) -> None:
    host = full(70) | {"perpendicular_mm": 35, "volume_ml": 45.5}
    named = {"T1": host, "T2": {"state": "merged_into", "lesion": "T1"}}
    claimed = {"T1": host | {"merged_with": ["T1", "T2"]}}
    baseline = visit(40, 30)
    assert overall(criteria, baseline, named) is overall(criteria, baseline, claimed)
    assert overall(criteria, baseline, named) is not Response.NE


@pytest.mark.parametrize("parts", [[0], [{"state": "absent"}, 0]])
@pytest.mark.parametrize("criteria", EVERY)
def test_a_target_whose_parts_are_all_gone_at_baseline_is_refused(
    criteria: Criteria, parts: list[Any]
) -> None:
    gone = {"state": "split", "parts_mm": parts}
    read = findings("T1 liver", {"T1": gone}, {"T1": 5}, criteria=criteria.value)
    with pytest.raises(FindingsError, match="the target measures 0 mm"):
        assess(read)
