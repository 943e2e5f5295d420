"""Liver-specific RECIST 1.1: its own sums, nadir and history."""

from __future__ import annotations

import pytest

from recist_tool.terms import Response
from recist_tool.trial.patient import assess
from tests.criteria.cases import course_of, findings, liver, new, whole

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NED = Response.NE, Response.NED
BOTH = "T1 liver, T2 lung"
START = {"T1": 50, "T2": 20}


def test_sums_and_nadirs_are_the_livers_own() -> None:
    visits = ({"T1": 60, "T2": 40}, {"T1": 36, "T2": 40}, {"T1": 44, "T2": 28})
    in_liver = liver(BOTH, *visits)
    assert in_liver.baseline_sum_mm == 60
    assert in_liver.timepoints["TP2"].nadir_ref_mm == 36
    assert course_of(in_liver) == [PR, PD]
    assert course_of(whole(BOTH, *visits)) == [SD, SD]


@pytest.mark.parametrize("organ", ["lung", "lymph node", "gallbladder", "diaphragm"])
def test_a_new_lesion_outside_the_liver_is_no_liver_pd(organ: str) -> None:
    visits = (START, {"T1": 30, "T2": 18, "new": [new(organ=organ)]})
    assert course_of(liver(BOTH, *visits)) == [PR]
    assert course_of(whole(BOTH, *visits)) == [PD]


@pytest.mark.parametrize("organ", ["liver", "Liver", "liver (segment VII)"])
def test_a_new_lesion_in_the_liver_is_pd_of_both(organ: str) -> None:
    visits = (START, {"T1": 30, "T2": 18, "new": [new(organ=organ)]})
    assert course_of(liver(BOTH, *visits)) == [PD]
    assert course_of(whole(BOTH, *visits)) == [PD]


def test_a_node_noted_as_liver_is_outside_it() -> None:
    node = new(organ="liver", nodal=True)
    visits = (START, {"T1": 30, "T2": 18, "new": [node]})
    assert course_of(liver(BOTH, *visits)) == [PR]


def test_only_liver_non_targets_count() -> None:
    lesions = "T1 liver, X1 liver, X2 lung"
    start = {"T1": 40, "X1": "present", "X2": "present"}
    gone = {"T1": 0, "X1": "absent", "X2": "present"}
    assert course_of(liver(lesions, start, gone)) == [CR]
    assert course_of(whole(lesions, start, gone)) == [PR]


def test_a_liver_that_was_not_imaged_is_ne() -> None:
    visits = (START, {"T1": "ne", "T2": 10})
    assert course_of(liver(BOTH, *visits)) == [NE]


def test_disease_back_after_liver_cr_is_liver_pd_though_the_whole_was_pr() -> None:
    visits = (START, {"T1": 0, "T2": 10}, {"T1": 2, "T2": 10})
    assert course_of(liver(BOTH, *visits)) == [CR, PD]
    assert course_of(whole(BOTH, *visits)) == [PR, PR]


def test_without_targets_in_the_liver_table_2_answers() -> None:
    lesions = "T1 lung, X1 liver"
    in_liver = liver(lesions, {"T1": 40, "X1": "present"}, {"T1": 40, "X1": "present"})
    assert in_liver.baseline_sum_mm is None
    assert course_of(in_liver) == [Response.NON_CR_NON_PD]


def test_without_liver_lesions_the_patient_has_no_liver() -> None:
    assert assess(findings("T1 lung", {"T1": 40}, {"T1": 26})).liver is None


@pytest.mark.parametrize("status", ["definite", "equivocal"])
def test_a_liver_lesion_that_comes_later_gives_the_patient_a_liver(status: str) -> None:
    later = {"T1": 26, "new": [new(organ="liver", status=status)]}
    assessed = assess(findings("T1 lung", {"T1": 40}, {"T1": 26}, later)).liver
    assert assessed is not None
    assert course_of(assessed) == [NED, PD if status == "definite" else NED]


def test_in_a_patient_with_disease_in_the_liver_alone_both_are_the_same() -> None:
    visits = ({"T1": 50}, {"T1": 30, "marker": "raised"}, {"T1": 0}, {"T1": 2})
    assessed = assess(findings("T1 liver", *visits))
    assert assessed.liver is not None
    assert course_of(assessed.liver) == course_of(assessed.overall) == [PR, CR, PD]
    assert assessed.liver.bor_confirmed == assessed.overall.bor_confirmed


class TestMergeAcrossTheBorder:
    def test_a_liver_target_that_joined_one_outside_is_missing_not_0(self) -> None:
        lesions = "T1 liver, T2 adrenal"
        joined = {"T1": "merged_into into T2", "T2": 80}
        [answer] = liver(lesions, {"T1": 40, "T2": 30}, joined).timepoints.values()
        assert (answer.target, answer.sum_mm) == (NE, None)

    def test_the_whole_patient_counts_it_once(self) -> None:
        lesions = "T1 liver, T2 adrenal"
        joined = {"T1": "merged_into into T2", "T2": 80}
        [answer] = whole(lesions, {"T1": 40, "T2": 30}, joined).timepoints.values()
        assert answer.sum_mm == 80


ONLY_WITH_WHOLE = {"liver_pd_requires_overall": True}


class TestOnlyWithTheWhole:
    def test_growth_of_the_liver_alone_is_not_liver_pd(self) -> None:
        visits = ({"T1": 50, "T2": 100}, {"T1": 62, "T2": 90})
        assert course_of(liver(BOTH, *visits)) == [PD]
        assert course_of(liver(BOTH, *visits, settings=ONLY_WITH_WHOLE)) == [SD]

    def test_growth_that_the_whole_shares_is(self) -> None:
        visits = ({"T1": 50, "T2": 10}, {"T1": 70, "T2": 10})
        assert course_of(liver(BOTH, *visits, settings=ONLY_WITH_WHOLE)) == [PD]

    def test_a_new_lesion_elsewhere_does_not_make_growth_of_the_liver_pd(self) -> None:
        visits = ({"T1": 50, "T2": 100}, {"T1": 62, "T2": 90, "new": [new()]})
        assert course_of(liver(BOTH, *visits, settings=ONLY_WITH_WHOLE)) == [SD]

    def test_nor_does_one_dated_back_make_disease_after_cr_liver_pd(self) -> None:
        visits = (
            {"T1": 50, "T2": 50},
            {"T1": "absent", "T2": 50},
            {"T1": "too_small", "T2": 40, "new": [new(status="equivocal")]},
            {"T1": "too_small", "T2": 40, "new": [new()]},
        )
        settings = {**ONLY_WITH_WHOLE, "reappearance": "sum_rule_only"}
        answers = assess(findings(BOTH, *visits, settings=settings))
        whole_words = [one.effective for one in answers.overall.timepoints.values()]
        assert whole_words[1:] == [PD, PD]
        assert answers.liver is not None
        words = [one.effective for one in answers.liver.timepoints.values()]
        assert words == [CR, PR, PR]
        assert answers.liver.pd_day is None

    def test_a_new_liver_lesion_still_is(self) -> None:
        visits = (START, {"T1": 30, "T2": 18, "new": [new(organ="liver")]})
        assert course_of(liver(BOTH, *visits, settings=ONLY_WITH_WHOLE)) == [PD]


def test_a_trial_may_count_hilar_nodes_as_liver() -> None:
    node = {"id": "N1", "role": "target", "organ": "lymph node", "nodal": True}
    node["note"] = "hepatic hilum"
    lesions = [{"id": "T1", "role": "target", "organ": "liver"}, node]
    read = findings("T1 liver, N1", {"T1": 40, "N1": 22}, {"T1": 26, "N1": 30})
    for sites, response in ((["hepatic hilum"], SD), (["splenic hilum"], PR)):
        counted = read.replaced(lesions=lesions, settings={"hepatic_node_sites": sites})
        in_liver = assess(counted).liver
        assert in_liver is not None
        assert course_of(in_liver) == [response]
