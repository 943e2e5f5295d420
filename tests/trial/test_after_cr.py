"""Disease after a complete response: one answer for the visit and all that follows."""

from __future__ import annotations

from typing import Any

import pytest

from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.model.protocol import Settings
from recist_tool.terms import AfterCr, Response
from recist_tool.trial.patient import as_json, assess
from tests.criteria.cases import codes, findings, liver, new, whole
from tests.trial.best import best_response

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NON = Response.NE, Response.NON_CR_NON_PD
BY_SIZE = ("RECIST 1.1", "WHO", "Choi", "mRECIST", "volumetric", "per lesion")
BOTH = "T1 liver, X1 lung"


def full(mm: float) -> dict[str, Any]:
    """Return a target with every figure that some criteria ask for."""
    return {
        "mm": mm,
        "perpendicular_mm": mm,
        "viable_mm": mm,
        "hu_mean": 60,
        "volume_ml": mm**3 / 2000,
    }


def both(target: Any, other: str, **more: Any) -> dict[str, Any]:
    return {"T1": target, "X1": other, **more}


START = both(full(50), "present")
GONE = both("absent", "absent")
UNSEEN = both("absent", "ne")


class TestWhatWasNotSeen:
    """Table 3, note a, speaks of disease that is seen."""

    def test_a_non_target_not_evaluated_after_cr_is_no_progression(self) -> None:
        found = whole(BOTH, START, GONE, UNSEEN, GONE, GONE, GONE)
        assert (found.bor_confirmed, found.pd_date) == (CR, None)
        assert found.timepoints["TP2"].overall is PR
        assert found.timepoints["TP2"].restated_overall is None
        assert codes(BOTH, START, GONE, UNSEEN, GONE) == set()

    @pytest.mark.parametrize("marker", [None, "raised"])
    def test_nor_is_a_marker_that_was_not_drawn_or_is_raised(self, marker: Any) -> None:
        visits = (
            {"T1": 50, "marker": "raised"},
            {"T1": 0, "marker": "normal"},
            {"T1": 0, "marker": marker},
            {"T1": 0, "marker": "normal"},
        )
        for scope in (whole("T1 liver", *visits), liver("T1 liver", *visits)):
            assert (scope.bor_confirmed, scope.pd_date) == (CR, None)

    def test_a_raised_marker_beside_non_targets_alone_is_none_either(self) -> None:
        visits = [
            {"X1": state, "marker": marker}
            for state, marker in (
                ("present", "raised"),
                ("absent", "normal"),
                ("absent", "raised"),
                ("absent", "normal"),
            )
        ]
        found = whole("X1 lung", *visits)
        assert found.timepoints["TP2"].overall is NON
        assert (found.bor_confirmed, found.pd_date) == (CR, None)

    @pytest.mark.parametrize("criteria", ["RECIST 1.1", "WHO", "mRECIST", "volumetric"])
    def test_cr_then_not_seen_then_cr_is_cr_under_all_that_confirm(
        self, criteria: str
    ) -> None:
        found = whole(BOTH, START, GONE, UNSEEN, GONE, criteria=criteria)
        assert found.bor_confirmed is CR
        first = found.bor_why.first_response(confirmed=True)
        assert first is not None
        assert first.timepoint_id == "TP1"

    def test_so_many_visits_not_seen_as_ne_may_lie_between(self) -> None:
        visits = (BOTH, START, GONE, UNSEEN, UNSEEN, GONE)
        assert whole(*visits).bor_confirmed is not CR
        assert whole(*visits, settings={"max_ne_between": 2}).bor_confirmed is CR
        never = whole(BOTH, START, GONE, UNSEEN, GONE, settings={"max_ne_between": 0})
        assert never.bor_confirmed is PR  # Table 1 makes TP2 one, and TP3 confirms it

    @pytest.mark.parametrize(("criteria", "answer"), [("WHO", PR), ("iRECIST", None)])
    def test_targets_still_gone_confirm_the_pr_before_an_early_cr(
        self, criteria: str, answer: Response | None
    ) -> None:
        partial = both(full(20), "present")
        visits = (START, partial, GONE | {"day": 70}, UNSEEN)
        answer = answer or Response.IPR
        assert whole(BOTH, *visits, criteria=criteria).bor_confirmed is answer
        assert whole(BOTH, *visits).bor_confirmed is PR

    def test_in_sequences_the_visit_says_whether_disease_was_seen(self) -> None:
        course = [Dated(56, CR), Dated(112, PR, disease=False), Dated(168, CR)]
        found = best_response(course, Settings())
        assert (found.confirmed, found.disease_after_cr) == (CR, None)
        ended = best_response(course[:2], Settings())
        assert (ended.confirmed, ended.citation) == (
            SD,
            "Eisenhauer 2009, Table 3 row 5",
        )


class TestOneTruth:
    RECORDED: tuple[dict[str, Any], ...] = (
        {},
        {"overall": "CR", "liver": "CR", "day": 30},
    ) + ({"overall": "PR", "liver": "PR"},) * 2

    def test_recorded_disease_after_cr_is_pd_everywhere(self) -> None:
        read = findings("", *self.RECORDED)
        for scope in (assess(read).overall, assess(read).liver):
            assert scope is not None
            visit = scope.timepoints["TP2"]
            assert (visit.overall, visit.restated_overall) == (PR, PD)
            assert (scope.bor_confirmed, scope.pd_day) == (PD, 112)
            assert visit.reason == (
                "recorded as PR; no findings were given; disease after CR at TP1: "
                "restated as PD"
            )
            assert visit.citation.endswith("Eisenhauer 2009, Table 3, note a")
        told = as_json(assess(read))["overall"]["timepoints"]["TP2"]
        assert (told["overall"], told["restated_overall"]) == ("PR", "PD")

    def test_a_cr_that_is_reread_is_a_pr_at_its_own_visit_too(self) -> None:
        found = whole("", *self.RECORDED, settings={"after_cr": "reread_as_pr"})
        visits = [one.effective for one in found.timepoints.values()]
        assert visits == [PR, PR, PR]
        assert (found.bor_unconfirmed, found.bor_confirmed) == (PR, PR)
        assert found.pd_date is None
        assert "so that the CR was not real" in found.timepoints["TP1"].reason

    def test_each_cr_that_lapses_is_reread(self) -> None:
        course = ({}, *({"overall": word} for word in ("CR", "PR", "CR", "SD")))
        found = whole("", *course, settings={"after_cr": "reread_as_pr"})
        assert [one.effective for one in found.timepoints.values()] == [PR, PR, PR, SD]

    def test_as_recorded_nothing_is_restated(self) -> None:
        found = whole("", *self.RECORDED, settings={"after_cr": "as_recorded"})
        assert not any(one.restated_overall for one in found.timepoints.values())
        assert (found.bor_confirmed, found.pd_date) == (PR, None)

    def test_a_confirmed_cr_was_real_whatever_the_setting_rereads(self) -> None:
        course = ({}, *({"overall": word} for word in ("CR", "CR", "PR")))
        found = whole("", *course, settings={"after_cr": "reread_as_pr"})
        assert [one.effective for one in found.timepoints.values()] == [CR, CR, PD]
        assert (found.bor_confirmed, found.pd_day) == (CR, 168)

    def test_a_relapse_under_new_treatment_rereads_no_cr(self) -> None:
        course = ({}, {"overall": "CR"}, {"overall": "PR"})
        settings = {"after_cr": "reread_as_pr", "new_therapy_day": 60}
        found = whole("", *course, settings=settings)
        assert not any(one.restated_overall for one in found.timepoints.values())
        assert found.bor_unconfirmed is CR

    def test_a_recorded_response_after_cr_by_findings_counts(self) -> None:
        found = whole("T1 liver", {"T1": 50}, {"T1": 0}, {"overall": "PR"})
        assert (found.timepoints["TP2"].restated_overall, found.pd_day) == (PD, 112)

    def test_findings_after_a_recorded_cr_count(self) -> None:
        found = whole("T1 liver", {"T1": 50}, {"overall": "CR"}, {"T1": 2})
        assert (found.timepoints["TP2"].overall, found.pd_day) == (PD, 112)

    def test_with_the_sum_rule_only_a_small_relapse_is_restated(self) -> None:
        settings = {"reappearance": "sum_rule_only"}
        found = whole("T1 liver", {"T1": 50}, {"T1": 0}, {"T1": 2}, settings=settings)
        visit = found.timepoints["TP2"]
        assert (visit.overall, visit.restated_overall) == (PR, PD)
        assert found.pd_day == 112

    def test_the_liver_is_pd_only_with_the_patient_where_the_trial_says_so(
        self,
    ) -> None:
        course = (
            {},
            {"overall": "SD", "liver": "CR"},
            {"overall": "SD", "liver": "PR"},
        )
        settings = {"liver_pd_requires_overall": True}
        assert liver("", *course, settings=settings).pd_date is None
        assert liver("", *course).pd_day == 112

    @pytest.mark.parametrize("dating", ["first_seen", "bor_as_read", "as_read"])
    def test_it_is_so_however_equivocal_lesions_are_dated(self, dating: str) -> None:
        settings = {"equivocal_dating": dating}
        found = whole("", *self.RECORDED, settings=settings)
        assert (found.timepoints["TP2"].restated_overall, found.pd_day) == (PD, 112)


class TestDiseaseBackUnderOtherCriteria:
    """Their papers are silent; RECIST 1.1 is not (4.3.5)."""

    @pytest.mark.parametrize("criteria", BY_SIZE)
    @pytest.mark.parametrize(
        "relapse", [both(full(2), "absent"), both("absent", "present")]
    )
    def test_a_lesion_that_is_back_after_cr_is_pd_whatever_its_size(
        self, criteria: str, relapse: dict[str, Any]
    ) -> None:
        found = whole(BOTH, START, GONE, relapse, criteria=criteria)
        answer = found.timepoints["TP2"]
        assert (answer.overall, found.pd_day) == (PD, 112)
        if "sum 2.0 mm, above nadir" not in answer.reason:
            assert "back after CR at TP1" in answer.reason
        asked = codes(BOTH, START, GONE, relapse, criteria=criteria)
        assert "disease-after-cr" in asked

    @pytest.mark.parametrize("criteria", BY_SIZE)
    def test_beside_a_target_that_was_not_seen_too(self, criteria: str) -> None:
        lesions = "T1 liver, T2 liver"
        start = {"T1": full(50), "T2": full(30)}
        gone = {"T1": "absent", "T2": "absent"}
        back = {"T1": full(3), "T2": "ne"}
        found = whole(lesions, start, gone, back, criteria=criteria)
        assert found.timepoints["TP2"].overall is PD

    @pytest.mark.parametrize("criteria", ["WHO", "volumetric"])
    def test_one_that_is_there_and_lacks_the_figure_is_seen(
        self, criteria: str
    ) -> None:
        visits = (START, GONE, both({"mm": 4}, "absent"))
        found = whole(BOTH, *visits, criteria=criteria)
        assert found.timepoints["TP2"].overall is PD

    def test_one_of_which_nobody_knows_whether_it_enhances_is_not(self) -> None:
        visits = (START, GONE, both({"mm": 40}, "absent"))
        found = whole(BOTH, *visits, criteria="mRECIST")
        assert found.timepoints["TP2"].overall is NE

    @pytest.mark.parametrize("criteria", BY_SIZE)
    @pytest.mark.parametrize("convention", list(AfterCr))
    def test_the_sum_rule_alone_leaves_it_to_after_cr(
        self, criteria: str, convention: AfterCr
    ) -> None:
        settings = {"reappearance": "sum_rule_only", "after_cr": convention}
        visits = (START, GONE, both("absent", "present"))
        found = whole(BOTH, *visits, criteria=criteria, settings=settings)
        stands = [one.effective for one in found.timepoints.values()]
        assert found.timepoints["TP2"].overall is PR
        assert (
            stands
            == {
                AfterCr.PD: [CR, PD],
                AfterCr.REREAD_AS_PR: [PR, PR],
                AfterCr.AS_RECORDED: [CR, PR],
            }[convention]
        )

    @pytest.mark.parametrize("criteria", BY_SIZE)
    def test_what_is_back_without_a_cr_before_is_not_pd_by_itself(
        self, criteria: str
    ) -> None:
        lesions = "T1 liver, T2 liver"
        start = {"T1": full(80), "T2": full(80)}
        partly = {"T1": full(60), "T2": full(3)}
        found = whole(lesions, start, partly, partly, criteria=criteria)
        assert found.timepoints["TP2"].overall is not PD


class TestEquivocalThatResolved:
    def visits(self, *statuses: str, size: float = 30) -> list[dict[str, Any]]:
        seen = [
            {"T1": size, "new": [new("NL", "lung", status=status)] if status else []}
            for status in statuses
        ]
        return [{"T1": 50}, *seen]

    def test_progression_is_not_dated_back_over_the_resolution(self) -> None:
        visits = self.visits("equivocal", "resolved", "definite")
        found = whole("T1 liver", *visits)
        assert (found.bor_confirmed, found.pd_day) == (PR, 168)
        assert codes("T1 liver", *visits) == {"resolved-then-definite"}

    def test_it_is_to_the_first_sign_after_it(self) -> None:
        words = ("equivocal", "resolved", "equivocal", "definite")
        found = whole("T1 liver", *self.visits(*words))
        assert found.pd_day == 168

    def test_first_seen_does_not_reach_over_it_either(self) -> None:
        visits = self.visits("equivocal", "resolved", "definite")
        visits[3]["new"][0]["first_seen"] = "TP1"
        assert whole("T1 liver", *visits).pd_day == 168

    @pytest.mark.parametrize("criteria", ["WHO", "mRECIST", "Choi", "iRECIST"])
    def test_other_criteria_ask_too(self, criteria: str) -> None:
        visits = self.visits("equivocal", "resolved", "definite")
        asked = codes("T1 liver", *visits, criteria=criteria)
        assert "resolved-then-definite" in asked
