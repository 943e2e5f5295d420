"""New lesions: definite, equivocal, confirmed later, and dated back."""

from __future__ import annotations

import datetime as dt

import pytest

from recist_tool.terms import NewLesions, Response
from tests.criteria.cases import course_of, last, new, whole

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
ONE = "T1 liver"
TP1 = dt.date(2024, 2, 26)
TP2 = dt.date(2024, 4, 22)
TP3 = dt.date(2024, 6, 17)


def seen(size: float, *lesions: dict[str, object]) -> dict[str, object]:
    return {"T1": size, "new": list(lesions)}


@pytest.mark.parametrize("size", [100, 70, 20])
def test_a_definite_new_lesion_is_pd_whatever_the_targets_do(size: float) -> None:
    answer = last(ONE, {"T1": 100}, seen(size, new()))
    assert (answer.new_lesions, answer.overall) == (NewLesions.YES, PD)


def test_a_new_lesion_is_pd_where_no_target_was_seen() -> None:
    assert last(ONE, {"T1": 100}, seen("ne", new())).overall is PD


def test_a_new_lesion_outside_the_baseline_scan_is_pd() -> None:
    outside = new(organ="brain", region_imaged_at_baseline=False)
    assert last(ONE, {"T1": 100}, seen(90, outside)).overall is PD


def test_a_new_lesion_where_there_was_no_disease_is_pd() -> None:
    assert last("", {}, {"new": [new()]}).overall is PD


def test_an_equivocal_lesion_is_not_pd_until_it_is_confirmed() -> None:
    answer = last(ONE, {"T1": 100}, seen(60, new(status="equivocal")))
    assert (answer.new_lesions, answer.overall) == (NewLesions.EQUIVOCAL, PR)
    assert answer.restated_overall is None


def test_one_definite_among_equivocal_lesions_is_pd() -> None:
    both = seen(60, new(status="equivocal"), new("NL2"))
    assert last(ONE, {"T1": 100}, both).new_lesions is NewLesions.YES


def test_a_resolved_lesion_is_none() -> None:
    equivocal = seen(90, new(status="equivocal"))
    assessed = whole(ONE, {"T1": 100}, equivocal, seen(90, new(status="resolved")))
    assert course_of(assessed) == [SD, SD]
    assert assessed.timepoints["TP2"].new_lesions is NewLesions.NO
    assert assessed.pd_date is None


class TestConfirmedLater:
    equivocal = seen(90, new(status="equivocal"))
    definite = seen(90, new())

    def test_pd_is_dated_to_the_first_visit_that_showed_it(self) -> None:
        assessed = whole(ONE, {"T1": 100}, self.equivocal, self.definite)
        first, second = assessed.timepoints.values()
        assert (first.overall, first.restated_overall) == (SD, PD)
        assert (second.overall, second.restated_overall) == (PD, None)
        assert assessed.pd_date == TP1
        assert (assessed.bor_unconfirmed, assessed.bor_confirmed) == (PD, PD)

    def test_the_visit_that_confirmed_it_is_not_after_pd_as_read(self) -> None:
        assessed = whole(ONE, {"T1": 100}, self.equivocal, self.definite, {"T1": 90})
        after = [answer.post_pd for answer in assessed.timepoints.values()]
        assert after == [False, False, True]

    def test_every_visit_at_which_it_was_equivocal_is_restated(self) -> None:
        visits = (self.equivocal, self.equivocal, self.definite)
        assessed = whole(ONE, {"T1": 100}, *visits)
        restated = [one.restated_overall for one in assessed.timepoints.values()]
        assert restated == [PD, PD, None]

    def test_a_visit_between_that_did_not_show_it_stays(self) -> None:
        visits = (self.equivocal, {"T1": 90}, self.definite)
        assessed = whole(ONE, {"T1": 100}, *visits)
        restated = [one.restated_overall for one in assessed.timepoints.values()]
        assert restated == [PD, None, None]

    def test_first_seen_dates_it_where_nothing_was_noted_then(self) -> None:
        late = seen(90, new(first_seen="TP1"))
        assessed = whole(ONE, {"T1": 100}, {"T1": 90}, late)
        assert assessed.timepoints["TP1"].restated_overall is PD
        assert assessed.pd_date == TP1

    def test_another_lesion_confirms_nothing(self) -> None:
        assessed = whole(ONE, {"T1": 100}, self.equivocal, seen(90, new("NL2")))
        assert assessed.timepoints["TP1"].restated_overall is None
        assert assessed.pd_date == TP2

    def test_a_visit_that_was_pd_as_read_needs_no_restating(self) -> None:
        grown = seen(130, new(status="equivocal"))
        assessed = whole(ONE, {"T1": 100}, grown, self.definite)
        assert assessed.timepoints["TP1"].restated_overall is None

    def test_responses_after_the_dated_pd_do_not_count(self) -> None:
        visits = (self.equivocal, {"T1": 50}, {"T1": 50}, self.definite)
        assert whole(ONE, {"T1": 100}, *visits).bor_confirmed is PD

    def test_responses_before_it_do(self) -> None:
        visits = ({"T1": 50}, {"T1": 50}, self.equivocal, self.definite)
        assessed = whole(ONE, {"T1": 100}, *visits)
        assert (assessed.bor_confirmed, assessed.pd_date) == (PR, TP3)

    @pytest.mark.parametrize(
        ("dating", "bor", "pd_date"),
        [
            ("first_seen", PD, TP1),
            ("bor_as_read", SD, TP1),
            ("as_read", SD, TP2),
        ],
    )
    def test_how_it_is_dated_is_a_setting(
        self, dating: str, bor: Response, pd_date: dt.date
    ) -> None:
        settings = {"equivocal_dating": dating}
        visits = ({"T1": 100}, self.equivocal, self.definite)
        assessed = whole(ONE, *visits, settings=settings)
        assert (assessed.bor_confirmed, assessed.pd_date) == (bor, pd_date)

    def test_pet_without_a_baseline_pet_is_dated_to_the_first_positive_pet(
        self,
    ) -> None:
        on_pet = new(organ="bone", status="equivocal", evidence="fdg_pet_no_baseline")
        on_ct = new(organ="bone", evidence="ct", mm=15)
        assessed = whole(ONE, {"T1": 100}, seen(96, on_pet), seen(96, on_ct))
        assert assessed.pd_date == TP1


def test_pet_at_a_known_site_that_does_not_grow_is_not_pd() -> None:
    lesions = "T1 liver, X1 lung"
    visits = ({"T1": 50, "X1": "present", "fdg_pet": {"done": False}},)
    now = {"T1": 48, "X1": "present", "fdg_pet": {"positive_at": "X1"}}
    assert last(lesions, *visits, now).overall is SD


def test_no_disease_at_baseline_and_none_since_is_ned() -> None:
    assessed = whole("", {}, {}, {})
    assert course_of(assessed) == [Response.NED, Response.NED]
    assert assessed.bor_confirmed is Response.NED


def test_no_disease_may_be_told_as_ne() -> None:
    assessed = whole("", {}, {}, settings={"no_disease_as": "NE"})
    assert course_of(assessed) == [Response.NE]
