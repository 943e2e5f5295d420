"""Best overall response: Table 3, the minimum for SD, and what confirms what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.model.protocol import Settings
from recist_tool.terms import Response
from recist_tool.trial.best_response import TABLE_3, BestResponse
from tests.trial.best import best_response

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NED, NON = Response.NE, Response.NED, Response.NON_CR_NON_PD
AT_56 = "(day 56, minimum 42 days)"


def best(*course: Response | int, **conventions: Any) -> BestResponse:
    """Return the best of responses 56 days apart, or each after its day."""
    visits: list[Dated] = []
    day = 0
    for item in course:
        if isinstance(item, Response):
            given_day = day if day and (not visits or day > visits[-1].day) else None
            last = visits[-1].day if visits else 0
            visits.append(Dated(given_day or last + 56, item, f"TP{len(visits) + 1}"))
        else:
            day = item
    return best_response(visits, Settings.model_validate(conventions))


class TestTable3:
    @pytest.mark.parametrize("row", TABLE_3, ids=lambda row: f"row {row.number}")
    def test_the_engine_agrees_where_the_first_visit_met_the_minimum(
        self, row: Any
    ) -> None:
        answer = best(42, row.first, 70, row.later)
        assert answer.confirmed is row.minimum_met
        assert answer.citation == f"Eisenhauer 2009, Table 3 row {row.number}" or (
            row.first is NE
        )

    @pytest.mark.parametrize("row", TABLE_3, ids=lambda row: f"row {row.number}")
    def test_the_engine_agrees_where_the_first_visit_was_too_early(
        self, row: Any
    ) -> None:
        assert best(41, row.first, 69, row.later).confirmed is row.too_early

    def test_rows_are_numbered_as_printed_and_each_is_there_once(self) -> None:
        assert [row.number for row in TABLE_3] == list(range(1, 12))
        assert len({(row.first, row.later) for row in TABLE_3}) == len(TABLE_3)


class TestMinimumForSd:
    @pytest.mark.parametrize(("day", "answer"), [(41, NE), (42, SD)])
    @pytest.mark.parametrize("response", [CR, PR, SD])
    def test_alone_it_counts_from_day_42(
        self, response: Response, day: int, answer: Response
    ) -> None:
        assert best(day, response).confirmed is answer

    @pytest.mark.parametrize(("day", "answer"), [(41, PD), (42, SD)])
    @pytest.mark.parametrize("response", [CR, PR, SD])
    def test_before_pd_it_counts_from_day_42(
        self, response: Response, day: int, answer: Response
    ) -> None:
        assert best(day, response, 98, PD).confirmed is answer

    @pytest.mark.parametrize(("day", "answer"), [(41, NE), (42, NON)])
    def test_it_holds_for_non_cr_non_pd(self, day: int, answer: Response) -> None:
        found = best(day, NON)
        assert (found.unconfirmed, found.confirmed) == (answer, answer)

    def test_it_may_be_waived_for_non_cr_non_pd(self) -> None:
        assert best(10, NON, sd_minimum_for_non_cr_non_pd=False).confirmed is NON

    def test_cr_and_pr_without_confirmation_need_none(self) -> None:
        for response in (CR, PR):
            assert best(10, response).unconfirmed is response

    def test_a_later_visit_may_meet_it(self) -> None:
        assert best(30, SD, 60, SD).confirmed is SD
        assert best(30, PR, 41, SD, 42, SD).confirmed is SD

    def test_the_length_is_a_setting(self) -> None:
        assert best(56, SD, sd_min_days=57).confirmed is NE
        assert best(56, SD, sd_min_days=56).confirmed is SD

    def test_a_response_confirmed_early_needs_none(self) -> None:
        assert best(7, PR, 35, PR).confirmed is PR


class TestConfirmation:
    @pytest.mark.parametrize(("days", "answer"), [(27, SD), (28, PR)])
    def test_pr_is_confirmed_from_28_days(self, days: int, answer: Response) -> None:
        assert best(56, PR, 56 + days, PR).confirmed is answer

    @pytest.mark.parametrize(("days", "answer"), [(27, SD), (28, CR)])
    def test_cr_is_confirmed_from_28_days(self, days: int, answer: Response) -> None:
        assert best(56, CR, 56 + days, CR).confirmed is answer

    def test_the_interval_is_a_setting(self) -> None:
        assert best(56, PR, 84, PR, confirm_min_days=29).confirmed is SD

    def test_a_third_visit_confirms_where_the_second_came_too_soon(self) -> None:
        assert best(56, PR, 70, PR, 84, PR).confirmed is PR
        assert best(56, CR, 70, CR, 84, CR).confirmed is CR
        assert best(56, PR, 70, CR, 84, CR).confirmed is PR

    def test_a_pr_after_a_cr_confirms_nothing(self) -> None:
        assert best(56, PR, 70, CR, 112, PR).confirmed is SD
        assert best(56, PR, 70, CR, 112, PR, after_cr="as_recorded").confirmed is SD
        assert best(CR, PR, CR).confirmed is SD
        assert best(CR, SD, CR).confirmed is SD

    def test_a_cr_late_enough_confirms_a_pr_whatever_follows(self) -> None:
        found = best(PR, CR, PR)
        assert found.confirmed is PR
        assert found.disease_after_cr is not None

    def test_cr_confirmed_stays_cr_whatever_follows(self) -> None:
        for later in (PR, SD, PD):
            assert best(CR, CR, later).confirmed is CR

    @pytest.mark.parametrize(
        ("course", "allowed", "answer"),
        [
            ((PR, NE, PR), 1, PR),
            ((PR, NE, PR), 0, SD),
            ((PR, NE, NE, PR), 1, SD),
            ((PR, NE, NE, PR), 2, PR),
            ((CR, NE, CR), 1, CR),
            ((CR, NE, CR), 0, SD),
            ((CR, NE, NE, CR), 1, SD),
            ((CR, NE, NE, CR), 2, CR),
            ((PR, NE, CR), 1, PR),
        ],
    )
    def test_so_many_ne_may_lie_between(
        self, course: tuple[Response, ...], allowed: int, answer: Response
    ) -> None:
        assert best(*course, max_ne_between=allowed).confirmed is answer

    @pytest.mark.parametrize(
        ("course", "allowed", "answer"),
        [
            ((PR, SD, PR), {}, PR),
            ((PR, SD, CR), {}, PR),
            ((PR, SD, PR), {"one_sd_between_pr_ok": False}, SD),
            ((PR, SD, SD, PR), {}, SD),
            ((PR, SD, SD, PR), {"any_sd_between_pr_ok": True}, PR),
            ((PR, SD, NE, PR), {}, PR),
            ((PR, SD, NE, NE, PR), {}, SD),
            ((CR, SD, CR), {"any_sd_between_pr_ok": True}, SD),
            ((PR, SD, PD), {}, SD),
        ],
    )
    def test_one_sd_may_lie_between_two_pr(
        self, course: tuple[Response, ...], allowed: dict[str, Any], answer: Response
    ) -> None:
        assert best(*course, **allowed).confirmed is answer

    def test_a_later_pair_may_confirm_what_an_earlier_did_not(self) -> None:
        assert best(PR, SD, SD, PR, PR).confirmed is PR


class TestAfterCr:
    def test_a_true_cr_makes_the_disease_after_it_pd(self) -> None:
        found = best(CR, PR)
        assert (found.unconfirmed, found.confirmed) == (CR, SD)
        assert best(30, CR, 86, PR).confirmed is PD
        assert best(30, CR, 86, NON).confirmed is PD

    def test_a_cr_that_was_not_real_is_read_as_pr(self) -> None:
        found = best(CR, PR, after_cr="reread_as_pr")
        assert (found.unconfirmed, found.confirmed) == (PR, PR)
        assert best(30, CR, 86, SD, after_cr="reread_as_pr").confirmed is SD

    def test_a_confirmed_cr_is_never_reread(self) -> None:
        assert best(CR, CR, PR, after_cr="reread_as_pr").confirmed is CR

    def test_as_recorded_later_visits_give_sd_at_least(self) -> None:
        assert best(30, CR, 86, PR, after_cr="as_recorded").confirmed is SD
        assert best(30, CR, 86, SD, after_cr="as_recorded").confirmed is SD
        assert best(CR, PR, PR, after_cr="as_recorded").confirmed is PR

    def test_pd_and_ne_after_cr_need_no_query(self) -> None:
        for later in (PD, NE):
            assert best(CR, later).disease_after_cr is None

    def test_visits_after_that_pd_do_not_count(self) -> None:
        assert best(CR, SD, PR, PR).confirmed is SD


class TestPeriod:
    def test_it_ends_at_the_first_pd(self) -> None:
        assert best(PD, PR, PR).confirmed is PD
        assert best(PR, PR, PD, CR, CR).confirmed is PR
        assert best(SD, PD, CR).unconfirmed is SD

    @pytest.mark.parametrize(("day", "answer"), [(112, PR), (111, SD)])
    def test_visits_after_new_therapy_do_not_count(
        self, day: int, answer: Response
    ) -> None:
        assert best(PR, PR, new_therapy_day=day).confirmed is answer

    def test_pd_after_new_therapy_does_not_count(self) -> None:
        assert best(30, SD, 86, PD, new_therapy_day=60).confirmed is NE

    def test_no_visit_is_ne(self) -> None:
        found = best()
        assert (found.unconfirmed, found.confirmed) == (NE, NE)
        assert found.reason == "no visit after baseline counts"

    def test_ne_throughout_is_ne(self) -> None:
        assert best(NE, NE).confirmed is NE
        assert best(NE, PD).confirmed is PD


class TestOtherPatients:
    def test_non_targets_alone(self) -> None:
        assert best(NON, PD).confirmed is NON
        assert best(CR, CR).confirmed is CR
        assert best(NON, CR).unconfirmed is CR

    def test_no_disease(self) -> None:
        assert best(NED, NED).confirmed is NED
        assert best(NE, NED).confirmed is NED
        assert best(PD).confirmed is PD


class TestSentences:
    @pytest.mark.parametrize(
        ("course", "reason", "citation"),
        [
            (
                (PR, CR),
                "PR at TP1 confirmed by CR at TP2, 56 days later",
                "Table 3 row 6",
            ),
            (
                (PR, PD),
                f"SD by PR at TP1 {AT_56}; PR at TP1 was not confirmed",
                "Table 3 row 9",
            ),
            (
                (PR,),
                f"SD by PR at TP1 {AT_56}; PR at TP1 was not confirmed",
                "Table 3 row 10",
            ),
            ((SD, PD), f"SD by SD at TP1 {AT_56}", "4.4.3"),
            ((30, SD, 86, PD), "PD at TP2", "4.4.3"),
            ((30, SD), "no visit reached the minimum of 42 days", "4.4.3"),
            ((NE, NE), "NE throughout", "4.4.3"),
            (
                (30, CR, 86, PR),
                "PD at TP2; CR at TP1 was not confirmed",
                "Table 3 row 2",
            ),
        ],
    )
    def test_they_name_the_visits_and_the_row(
        self, course: tuple[Any, ...], reason: str, citation: str
    ) -> None:
        found = best(*course)
        assert found.reason == reason
        assert found.citation == f"Eisenhauer 2009, {citation}"


responses = st.lists(st.sampled_from([CR, PR, SD, PD, NE]), max_size=6)


@given(responses)
def test_what_comes_after_pd_changes_nothing(course: list[Response]) -> None:
    ended = best(*course, PD)
    longer = best(*course, PD, CR, CR)
    assert ended[:2] == longer[:2]


@given(responses, st.integers(min_value=0, max_value=3))
def test_allowing_more_ne_between_never_worsens(
    course: list[Response], allowed: int
) -> None:
    order = [CR, PR, SD, PD, NE]
    strict = best(*course, max_ne_between=allowed).confirmed
    lenient = best(*course, max_ne_between=allowed + 1).confirmed
    assert order.index(lenient) <= order.index(strict)


@given(responses)
def test_confirmation_never_improves(course: list[Response]) -> None:
    order = [CR, PR, SD, PD, NE]
    found = best(*course)
    assert order.index(found.unconfirmed) <= order.index(found.confirmed)


def test_a_cr_confirmed_after_the_disease_does_not_make_the_earlier_one_real() -> None:
    course = (56, CR, 97, SD, 140, CR, 168, CR)
    assert best(*course, after_cr="reread_as_pr").confirmed is CR
    assert best(*course).confirmed is SD
