"""Non-target response, tumour markers, and disease that is back after CR."""

from __future__ import annotations

from typing import Any

import pytest

from recist_tool.errors import FindingsError
from recist_tool.terms import Response
from tests.criteria.cases import course_of, last, liver, whole

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NA, NON = Response.NE, Response.NA, Response.NON_CR_NON_PD
TWO = "X1 lung, X2 bone"
BOTH = {"X1": "present", "X2": "present"}


@pytest.mark.parametrize(
    ("first", "second", "response"),
    [
        ("absent", "absent", CR),
        ("absent", "present", NON),
        ("absent", "increased_not_unequivocal", NON),
        ("absent", "ne", NE),
        ("present", "ne", NE),
        ("absent", "unequivocal_pd", PD),
        ("ne", "unequivocal_pd", PD),
        ("present", "unequivocal_pd", PD),
        ("ne", "ne", NE),
    ],
)
def test_pd_outranks_ne_and_ne_outranks_what_persists(
    first: str, second: str, response: Response
) -> None:
    for states in ({"X1": first, "X2": second}, {"X1": second, "X2": first}):
        answer = last(TWO, BOTH, states)
        assert (answer.nontarget, answer.overall) == (response, response)


def test_what_persists_may_outrank_what_was_not_seen() -> None:
    settings = {"persisting_outranks_unseen": True}
    answer = last(TWO, BOTH, {"X1": "present", "X2": "ne"}, settings=settings)
    assert answer.nontarget is NON
    answer = last(TWO, BOTH, {"X1": "absent", "X2": "ne"}, settings=settings)
    assert answer.nontarget is NE


def test_a_non_target_that_is_not_mentioned_was_not_seen() -> None:
    assert last(TWO, BOTH, {"X1": "absent"}).nontarget is NE


@pytest.mark.parametrize("word", ["present", "absent", "increased_not_unequivocal"])
@pytest.mark.parametrize(("size", "response"), [(9.9, CR), (10, NON)])
def test_the_short_axis_of_a_node_outweighs_the_word(
    word: str, size: float, response: Response
) -> None:
    node = {"NN1": {"state": word, "short_axis_mm": size}}
    assert last("NN1", {"NN1": "present"}, node).nontarget is response


def test_unequivocal_progression_of_a_node_outweighs_its_size() -> None:
    node = {"NN1": {"state": "unequivocal_pd", "short_axis_mm": 9}}
    assert last("NN1", {"NN1": "present"}, node).nontarget is PD


def test_a_size_of_what_is_no_node_changes_nothing() -> None:
    small = {"X1": {"state": "present", "short_axis_mm": 4}, "X2": "absent"}
    assert last(TWO, BOTH, small).nontarget is NON


INTO_T1 = {"state": "merged_into", "merged_into": "T1"}
MERGING = ("T1 liver, X1 liver", {"T1": 40, "X1": "present"})


class TestMerged:
    @pytest.mark.parametrize(
        ("target", "response"), [(50, NON), (0, CR), ("ne", NE), ("too_small", NON)]
    )
    def test_a_non_target_is_there_while_the_target_is_that_it_joined(
        self, target: object, response: Response
    ) -> None:
        answer = last(*MERGING, {"T1": target, "X1": INTO_T1})
        assert answer.nontarget is response

    @pytest.mark.parametrize(("size", "response"), [(9.9, CR), (10, NON)])
    def test_a_non_target_that_joined_a_node_is_gone_when_the_node_is_normal(
        self, size: float, response: Response
    ) -> None:
        into = {"state": "merged_into", "merged_into": "N1"}
        answer = last(
            "N1, NN1", {"N1": 20, "NN1": "present"}, {"N1": size, "NN1": into}
        )
        assert answer.nontarget is response

    def test_the_other_spelling_of_a_merge_is_read_too(self) -> None:
        into = {"state": "merged_into", "lesion": "T1"}
        answer = last(*MERGING, {"T1": 0, "X1": into})
        assert answer.nontarget is CR

    def test_it_is_enough_that_the_target_names_it(self) -> None:
        joined = {"T1": {"mm": 50, "merged_with": ["T1", "X1"]}}
        for word in ("merged_into", {"state": "merged_into"}):
            assert last(*MERGING, joined | {"X1": word}).nontarget is NON
        assert last(*MERGING, joined).nontarget is NON

    def test_a_non_target_may_join_a_non_target(self) -> None:
        into = {"state": "merged_into", "merged_into": "X2"}
        answer = last(TWO, BOTH, {"X1": into, "X2": "absent"})
        assert answer.nontarget is CR

    def test_a_liver_lesion_that_joined_one_outside_was_not_seen_in_the_liver(
        self,
    ) -> None:
        lesions = "T1 adrenal, X1 liver"
        visits = ({"T1": 40, "X1": "present"}, {"T1": 60, "X1": INTO_T1})
        [answer] = liver(lesions, *visits).timepoints.values()
        assert answer.nontarget is NE


class TestBackAfterCr:
    gone_and_back = ("present", "absent", "present")

    def test_a_non_target_back_after_cr_is_pd(self) -> None:
        visits = [{"X1": word} for word in self.gone_and_back]
        assert course_of(whole("X1 lung", *visits)) == [CR, PD]

    def test_a_non_target_back_without_cr_is_not_pd(self) -> None:
        lesions = "T1 liver, X1 lung"
        visits = [{"T1": 50, "X1": word} for word in self.gone_and_back]
        assert course_of(whole(lesions, *visits)) == [SD, SD]

    def test_it_is_pd_though_another_was_not_seen(self) -> None:
        gone = {"X1": "absent", "X2": "absent"}
        answer = last(TWO, BOTH, gone, {"X1": "present", "X2": "ne"})
        assert answer.nontarget is PD

    def test_not_seen_after_cr_is_not_back(self) -> None:
        gone = {"X1": "absent", "X2": "absent"}
        answer = last(TWO, BOTH, gone, {"X1": "absent", "X2": "ne"})
        assert answer.nontarget is NE

    def test_a_normal_node_after_cr_is_not_back(self) -> None:
        sizes = (15, 8, 9.9)
        visits = [{"NN1": {"state": "present", "short_axis_mm": mm}} for mm in sizes]
        assert course_of(whole("NN1", *visits)) == [CR, CR]

    def test_the_sum_rule_alone_leaves_it_to_the_reader(self) -> None:
        visits = [{"X1": word} for word in self.gone_and_back]
        settings = {"reappearance": "sum_rule_only"}
        assert course_of(whole("X1 lung", *visits, settings=settings)) == [CR, NON]


class TestMarker:
    def course(self, *markers: Any, **settings: Any) -> list[Response]:
        sizes = (40, *(0 for _ in markers[1:]))
        states = ("present", *("absent" for _ in markers[1:]))
        visits = [
            {"T1": size, "X1": state, "marker": marker}
            for size, state, marker in zip(sizes, states, markers, strict=True)
        ]
        return course_of(whole("T1 liver, X1 lung", *visits, settings=settings))

    @pytest.mark.parametrize(
        ("now", "overall"), [("raised", PR), ("normal", CR), (None, PR)]
    )
    def test_cr_needs_a_marker_raised_at_baseline_to_be_normal(
        self, now: str | None, overall: Response
    ) -> None:
        assert self.course("raised", now) == [overall]

    @pytest.mark.parametrize("then", ["normal", None])
    def test_a_marker_not_raised_at_baseline_does_not_speak(
        self, then: str | None
    ) -> None:
        assert self.course(then, "raised") == [CR]

    def test_a_trial_may_leave_the_marker_out(self) -> None:
        assert self.course("raised", "raised", marker_required_for_cr=False) == [CR]

    def test_a_marker_still_raised_is_non_cr_and_one_not_measured_is_ne(self) -> None:
        visits = ({"X1": "present", "marker": "raised"},)
        for now, response in (("raised", NON), (None, NE), ("normal", CR)):
            answer = last("X1 lung", *visits, {"X1": "absent", "marker": now})
            assert answer.nontarget is response

    def test_it_holds_back_cr_where_there_is_no_non_target(self) -> None:
        answer = last("T1", {"T1": 40, "marker": True}, {"T1": 0, "marker": True})
        assert (answer.target, answer.nontarget, answer.overall) == (CR, NON, PR)

    def test_it_changes_nothing_short_of_cr(self) -> None:
        answer = last("T1", {"T1": 40, "marker": True}, {"T1": 20, "marker": True})
        assert (answer.nontarget, answer.overall) == (NA, PR)

    def test_it_speaks_for_the_liver_where_all_disease_is_there(self) -> None:
        visits = ({"T1": 40, "marker": True}, {"T1": 0, "marker": True})
        [answer] = liver("T1 liver", *visits).timepoints.values()
        assert answer.overall is PR

    def test_it_does_not_speak_for_the_liver_where_disease_is_elsewhere_too(
        self,
    ) -> None:
        visits = ({"T1": 40, "T2": 20, "marker": True}, {"T1": 0, "T2": 9})
        [answer] = liver("T1 liver, T2 lung", *visits).timepoints.values()
        assert answer.overall is CR

    @pytest.mark.parametrize(
        ("raised", "normal"),
        [
            ("raised", "normal"),
            ("elevated", "Normal"),
            ("High", "within normal limits"),
            (True, False),
            ({"raised": True}, {"raised": False}),
            ({"normal": False}, {"normal": True}),
            ({"state": "raised"}, {"state": "normal"}),
            ({"name": "CEA", "status": "elevated"}, {"name": "CEA", "status": "low"}),
            ({"value": 12, "uln": 5}, {"value": 5, "uln": 5}),
            ({"value": 5.1, "uln": "5", "unit": "ng/ml"}, {"value": 4, "uln": 5}),
            ({"CEA": "normal", "CgA": "raised"}, {"CEA": "normal", "CgA": False}),
            ({"CEA": {"value": 9, "uln": 5}}, {"CEA": {"value": 3, "uln": 5}}),
            ({"CEA": 9, "ULN": 5}, {"CEA": 3, "ULN": 5}),
            ("not normal", "no longer raised"),
            ("above_ULN", "not elevated"),
            ({"raised": "yes"}, {"raised": "no"}),
            ({"normalised": False}, {"normalised": True}),
        ],
    )
    def test_it_is_read_in_the_words_that_people_write(
        self, raised: Any, normal: Any
    ) -> None:
        assert self.course(raised, raised, normal) == [PR, CR]

    @pytest.mark.parametrize(
        "marker",
        [
            "somewhat",
            "neither normal nor raised",
            {"value": 12},
            {"value": "much", "uln": 5},
            {"value": "nan", "uln": 5},
            {"value": True, "uln": 5},
            {"value": [12], "uln": 5},
            {"raised": "perhaps"},
            {"normal": "perhaps"},
            {},
            {"CEA": 12},
            {"CEA": 12, "CgA": 7},
        ],
    )
    def test_what_cannot_be_read_is_refused_in_one_line(self, marker: Any) -> None:
        with pytest.raises(FindingsError) as caught:
            self.course("raised", marker)
        [fault] = caught.value.faults
        assert fault.where == "timepoint TP1, marker"
        assert "\n" not in str(fault)
