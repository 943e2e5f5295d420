"""iRECIST: progression that asks to be confirmed."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from recist_tool.criteria.irecist.table import TABLE_2, row_for
from recist_tool.terms import Response
from tests.criteria.cases import codes, course_of, last, liver, new, whole

ICR, IPR, ISD = Response.ICR, Response.IPR, Response.ISD
IUPD, ICPD, NE = Response.IUPD, Response.ICPD, Response.NE
I = {"criteria": "iRECIST"}  # noqa: E741 - the i of iRECIST


def conventions(**changes: object) -> dict[str, object]:
    return I | {"settings": {"other_criteria": {"irecist": changes}}}


def sums(*sizes: float | str, lesions: str = "T1 liver", **more: object) -> list[str]:
    """Return the responses to the sizes of one target, 56 days apart."""
    visits = [{"T1": size} for size in (100, *sizes)]
    return course_of(whole(lesions, *visits, **(I | more)))


def with_new(mm: float, *lesions: dict[str, object]) -> dict[str, object]:
    return {"T1": mm, "new": list(lesions)}


def grown_target(mm: float) -> dict[str, object]:
    return new("NL1", "liver", mm=mm, kind="target")


def resolved() -> dict[str, object]:
    return new("NL1", "liver", status="resolved")


def by_eye(change: str | None = None, name: str = "NL1") -> dict[str, object]:
    return new(name, "lung", kind="non_target", change=change)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((125, 130), [IUPD, ICPD]),
        ((125, 129.9), [IUPD, IUPD]),
        ((125, 129, 130), [IUPD, IUPD, ICPD]),
        ((125, 125), [IUPD, IUPD]),
        ((125, 119), [IUPD, ISD]),
        ((125, 65, 64), [IUPD, IPR, IPR]),
        ((125, "absent"), [IUPD, ICR]),
        ((125, 110, 126, 131), [IUPD, ISD, IUPD, ICPD]),
        ((125, 110, 126, 130), [IUPD, ISD, IUPD, IUPD]),
        ((125, "ne", 130), [IUPD, NE, ICPD]),
        ((70, 84, 88, 89), [IPR, IUPD, IUPD, ICPD]),
        ((100, "ne"), [ISD, NE]),
    ],
)
def test_five_more_millimetres_since_the_iupd_confirm_and_falling_back_resets(
    sizes: tuple[float | str, ...], expected: list[Response]
) -> None:
    assert sums(*sizes) == expected


def test_a_scan_before_four_weeks_does_not_confirm_but_a_later_one_does() -> None:
    visits = (
        {"T1": 100},
        {"T1": 125},
        {"T1": 131, "day": 83},
        {"T1": 131, "day": 84},
    )
    assessed = whole("T1 liver", *visits, **I)
    assert course_of(assessed) == [IUPD, IUPD, ICPD]
    early = assessed.timepoints["TP2"].reason
    assert early.startswith("iUPD of TP1 stands: 27 days after it is too early")
    anytime = whole("T1 liver", *visits, **conventions(confirm_min_days=0))
    assert course_of(anytime) == [IUPD, ICPD, ICPD]


def test_the_answer_says_what_confirms_and_names_the_row_of_table_2() -> None:
    answer = last("T1 liver", {"T1": 100}, {"T1": 125}, {"T1": 131}, **I)
    assert answer.reason.startswith("confirms the iUPD of TP1: sum 6.0 mm above that")
    assert "31.0 %" in answer.reason
    assert answer.citation == "Seymour 2017, Table 2 row 7"
    assert answer.nearest_threshold == "11.0 mm above PD"


def test_a_new_lesion_that_grows_five_millimetres_confirms() -> None:
    for mm, expected in ((19.9, IUPD), (20, ICPD)):
        visits = (
            {"T1": 100},
            with_new(100, grown_target(15)),
            with_new(100, grown_target(mm)),
        )
        assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, expected]


def test_growth_of_new_lesions_adds_up_over_visits() -> None:
    visits = [with_new(100, grown_target(mm)) for mm in (15, 19, 21)]
    found = course_of(whole("T1 liver", {"T1": 100}, *visits, **I))
    assert found == [IUPD, IUPD, ICPD]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("same", IUPD),
        ("decreased", IUPD),
        ("increased", ICPD),
        ("unequivocal_pd", ICPD),
    ],
)
def test_any_growth_of_a_new_lesion_followed_by_eye_confirms(
    change: str, expected: Response
) -> None:
    visits = ({"T1": 100}, with_new(100, by_eye()), with_new(100, by_eye(change)))
    assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, expected]


def test_small_new_lesions_are_followed_by_eye_and_their_sizes_compared() -> None:
    def small(mm: float) -> dict[str, object]:
        return with_new(100, new("NL1", "lung", mm=mm))

    found = course_of(whole("T1 liver", {"T1": 100}, small(6), small(7), **I))
    assert found == [IUPD, ICPD]
    same = course_of(whole("T1 liver", {"T1": 100}, small(6), small(6), **I))
    assert same == [IUPD, IUPD]


def test_one_more_new_lesion_confirms() -> None:
    second = with_new(100, by_eye("same"), by_eye(name="NL2"))
    visits = ({"T1": 100}, with_new(100, by_eye()), second)
    assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, ICPD]


def test_an_equivocal_new_lesion_is_no_progression() -> None:
    shown = with_new(100, new("NL1", "lung", status="equivocal"))
    assert course_of(whole("T1 liver", {"T1": 100}, shown, **I)) == [ISD]


def test_progression_in_another_category_confirms() -> None:
    target_then_new = ({"T1": 100}, {"T1": 125}, with_new(125, grown_target(12)))
    assert course_of(whole("T1 liver", *target_then_new, **I)) == [IUPD, ICPD]
    lesions = "T1 liver, B1 bone"
    new_then_other = (
        {"T1": 100, "B1": "present"},
        with_new(100, by_eye()) | {"B1": "present"},
        with_new(100, by_eye("same")) | {"B1": "unequivocal_pd"},
    )
    assert course_of(whole(lesions, *new_then_other, **I)) == [IUPD, ICPD]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("unequivocal_pd", IUPD),
        ("increased_not_unequivocal", ICPD),
        ({"state": "unequivocal_pd", "change_since_last": "same"}, IUPD),
        ({"state": "unequivocal_pd", "change_since_last": "increased"}, ICPD),
        ({"state": "present", "change_since_last": "increased"}, ICPD),
        ({"state": "increased_not_unequivocal", "change_since_last": "same"}, ISD),
        ("present", ISD),
        ("absent", ISD),
    ],
)
def test_any_further_growth_of_non_targets_confirms(
    later: object, expected: Response
) -> None:
    visits = (
        {"T1": 100, "B1": "present"},
        {"T1": 100, "B1": "unequivocal_pd"},
        {"T1": 100, "B1": later},
    )
    found = course_of(whole("T1 liver, B1 bone", *visits, **I))
    assert found == [IUPD, expected]


def test_unequivocal_growth_of_another_non_target_confirms() -> None:
    visits = (
        {"T1": 100, "B1": "present", "B2": "present"},
        {"T1": 100, "B1": "unequivocal_pd", "B2": "present"},
        {"T1": 100, "B1": "unequivocal_pd", "B2": "unequivocal_pd"},
    )
    found = course_of(whole("T1 liver, B1 bone, B2 bone", *visits, **I))
    assert found == [IUPD, ICPD]


def test_targets_that_shrink_further_outweigh_a_new_lesion_that_does_not_grow() -> None:
    visits = (
        {"T1": 100},
        with_new(50, grown_target(12)),
        with_new(45, grown_target(12)),
        with_new(45, resolved()),
    )
    assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, IPR, IPR]
    literal = conventions(unchanged_new_lesion_keeps_iupd=True)
    assert course_of(whole("T1 liver", *visits, **literal)) == [IUPD, IUPD, IPR]


def test_a_new_lesion_without_any_change_keeps_iupd() -> None:
    visits = [with_new(50, grown_target(12))] * 3
    assert course_of(whole("T1 liver", {"T1": 100}, *visits, **I)) == [IUPD] * 3


def test_no_complete_response_while_a_new_lesion_is_there() -> None:
    visits = (
        {"T1": 100},
        with_new(50, grown_target(12)),
        with_new(0, grown_target(12)),
        {"T1": "absent"},
        {"T1": "absent", "new": [resolved()]},
    )
    assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, IPR, IPR, ICR]


def test_after_a_reset_known_new_lesions_open_again_only_by_their_own_progression() -> (
    None
):
    reset = (
        {"T1": 100},
        with_new(50, grown_target(20)),
        with_new(45, grown_target(20)),
    )
    for mm, expected in ((24.9, IPR), (25, IUPD)):
        visits = (*reset, with_new(44, grown_target(mm)))
        assert course_of(whole("T1 liver", *visits, **I))[-1] is expected


def test_two_lesions_compare_with_the_nadir_and_partial_sums_still_confirm() -> None:
    lesions = "T1 liver, T2 liver"
    visits = (
        {"T1": 60, "T2": 40},
        {"T1": 85, "T2": 40},
        {"T1": 130, "T2": "ne"},
    )
    assert course_of(whole(lesions, *visits, **I)) == [IUPD, ICPD]


def test_the_progression_is_dated_by_the_first_iupd_of_the_confirmed_pair() -> None:
    visits = ({"T1": 100}, *({"T1": mm} for mm in (125, 110, 126, 132)))
    assessed = whole("T1 liver", *visits, **I)
    assert assessed.pd_day == 3 * 56
    assert (assessed.bor_unconfirmed, assessed.bor_citation) == (
        ISD,
        "Seymour 2017, Table 3",
    )


@pytest.mark.parametrize(
    ("sizes", "rule", "day"),
    [
        ((100, 125), "without_later_scan", 112),
        ((100, 125, "ne"), "without_later_scan", 112),
        ((125, 129), "without_later_scan", 56),  # all later iUPD: Seymour 2017
        ((125, 129, "ne", 127), "without_later_scan", 56),
        ((125, 110, 126, 128), "without_later_scan", 168),  # the first fell back
        ((125, 110), "without_later_scan", None),
        ((125, 129), "always", 56),
        ((125, 129), "never", None),
        ((125, 100), "always", 56),
        ((125, 131), "never", 56),
        ((100, 100), "always", None),
    ],
)
def test_an_unconfirmed_progression_dates_it_as_the_settings_say(
    sizes: tuple[float | str, ...], rule: str, day: int | None
) -> None:
    visits = [{"T1": size} for size in (100, *sizes)]
    settings = conventions(unconfirmed_progression=rule)
    assert whole("T1 liver", *visits, **settings).pd_day == day


def test_visits_after_confirmed_progression_are_shown_and_not_used() -> None:
    visits = [{"T1": size} for size in (100, 125, 131, 131, 50, "ne")]
    assessed = whole("T1 liver", *visits, **I)
    assert course_of(assessed) == [IUPD, ICPD, ICPD, IPR, NE]
    assert [one.post_pd for one in assessed.timepoints.values()] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert assessed.bor_unconfirmed is ICPD


def test_best_response_looks_past_an_unconfirmed_progression() -> None:
    visits = [{"T1": size} for size in (100, 125, 65, 64)]
    assessed = whole("T1 liver", *visits, **I)
    assert (assessed.bor_unconfirmed, assessed.bor_confirmed) == (IPR, IPR)
    assert assessed.bor_reason == "iPR at TP2 confirmed by TP3, 56 days later"
    assert assessed.pd_day is None


def test_stable_disease_before_the_minimum_is_no_best_response() -> None:
    visits = ({"T1": 100}, {"T1": 100, "day": 41}, {"T1": 125}, {"T1": 131})
    assert whole("T1 liver", *visits, **I).bor_unconfirmed is ICPD
    later = ({"T1": 100}, {"T1": 100, "day": 42}, *visits[2:])
    assert whole("T1 liver", *later, **I).bor_unconfirmed is ISD


def test_only_non_targets_are_answered_in_the_words_of_the_paper() -> None:
    answer = last("B1 bone", {"B1": "present"}, {"B1": "present"}, **I)
    assert answer.overall is Response.NON_ICR_NON_IUPD
    gone = last("B1 bone", {"B1": "present"}, {"B1": "absent"}, **I)
    assert gone.overall is ICR


def test_the_liver_confirms_by_liver_lesions_alone() -> None:
    lesions = "T1 liver, T2 lung"
    visits = (
        {"T1": 50, "T2": 50},
        {"T1": 65, "T2": 60},
        {"T1": 65, "T2": 70},
    )
    assert course_of(whole(lesions, *visits, **I)) == [IUPD, ICPD]
    assert course_of(liver(lesions, *visits, **I)) == [IUPD, IUPD]


def test_recorded_responses_take_part_in_the_course() -> None:
    days = (56, 112, 168)
    words = ("iUPD", "NE", "iCPD")
    visits = [
        {"overall": word, "day": day} for word, day in zip(words, days, strict=True)
    ]
    assessed = whole("", {"overall": "iSD", "day": 20}, *visits, **I)
    assert course_of(assessed) == [ISD, IUPD, NE, ICPD]
    assert assessed.pd_day == 56


def test_more_new_targets_than_five_or_two_in_an_organ_are_told() -> None:
    crowd = [new(f"NL{n}", "liver", mm=20, kind="target") for n in range(3)]
    found = codes("T1 liver", {"T1": 100}, with_new(100, *crowd), **I)
    assert "new-target-selection" in found
    pair = codes("T1 liver", {"T1": 100}, with_new(100, *crowd[:2]), **I)
    assert "new-target-selection" not in pair


def test_every_printed_row_is_found_by_its_findings() -> None:
    for row in TABLE_2:
        for target, non_target in product(row.target, row.non_target):
            for prior in (False, True):
                answer = row.with_prior if prior else row.without_prior
                if answer is None:
                    continue
                found = row_for(target, non_target, row.new, prior=prior)
                assert found is not None
                ours = found.with_prior if prior else found.without_prior
                assert ours is answer


def test_growth_is_exact() -> None:
    visits = ({"T1": Decimal("14.0")}, {"T1": Decimal("19.0")}, {"T1": Decimal("24.0")})
    assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, ICPD]


class TestWhatWasNotEvaluated:
    """It leaves an iUPD waiting: only iSD, iPR and iCR reset the bar."""

    NON_TARGET = ("B1 bone", {"B1": "present"}, {"B1": "unequivocal_pd"})
    BOTH = ("T1 liver, B1 bone", {"T1": 100, "B1": "present"})

    def test_a_non_target_not_seen_does_not_reset(self) -> None:
        later = ({"B1": "ne"}, {"B1": "unequivocal_pd", "new": [by_eye()]})
        assessed = whole(*self.NON_TARGET, *later, **I)
        assert course_of(assessed) == [IUPD, NE, ICPD]
        assert assessed.pd_day == 56

    def test_nor_beside_targets_that_are_stable(self) -> None:
        visits = (
            {"T1": 100, "B1": "unequivocal_pd"},
            {"T1": 100, "B1": "ne"},
            {"T1": 100, "B1": "increased_not_unequivocal"},
        )
        found = course_of(whole(*self.BOTH, *visits, **I))
        assert found == [IUPD, NE, ICPD]

    def test_targets_that_fell_back_reset_whatever_else_was_not_seen(self) -> None:
        visits = ({"T1": 125, "B1": "present"}, {"T1": 100, "B1": "ne"})
        assert course_of(whole(*self.BOTH, *visits, **I)) == [IUPD, ISD]

    def test_a_new_lesion_of_which_nothing_is_said_is_not_gone(self) -> None:
        visits = ({"T1": 50}, with_new(50, grown_target(12)), {"T1": 50})
        confirmed = with_new(50, grown_target(18))
        assessed = whole("T1 liver", *visits, confirmed, **I)
        assert course_of(assessed) == [IUPD, NE, ICPD]
        assert assessed.pd_day == 56
        assert "nothing is said of new lesion NL1" in assessed.timepoints["TP2"].reason
        assert codes("T1 liver", *visits, **I) == {"no-finding"}

    def test_one_that_resolved_is_gone(self) -> None:
        visits = ({"T1": 50}, with_new(50, grown_target(12)), with_new(50, resolved()))
        assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, ISD]
        assert codes("T1 liver", *visits, **I) == set()

    def test_a_silence_is_no_nadir_of_new_lesions(self) -> None:
        visits = (
            {"T1": 100},
            with_new(50, grown_target(20)),
            with_new(45, grown_target(20)),  # the bar is reset
            {"T1": 44},
            with_new(44, grown_target(20)),
        )
        found = course_of(whole("T1 liver", *visits, **I))
        assert found == [IUPD, IPR, IPR, IPR]

    def test_growth_by_eye_is_against_the_last_measurement(self) -> None:
        visits = [with_new(100, new("NL1", "lung", mm=mm)) for mm in (6, 8)]
        found = course_of(
            whole("T1 liver", {"T1": 100}, visits[0], {"T1": 100}, visits[1], **I)
        )
        assert found == [IUPD, NE, ICPD]

    def test_a_marker_that_was_not_drawn_does_not_reset(self) -> None:
        visits = (
            {"B1": "present", "marker": "raised"},
            {"B1": "unequivocal_pd", "marker": "raised"},
            {"B1": "absent"},
            {"B1": "unequivocal_pd", "new": [by_eye()], "marker": "raised"},
        )
        assert course_of(whole("B1 bone", *visits, **I)) == [IUPD, NE, ICPD]


class TestScansForSymptoms:
    """Before four weeks a further new lesion confirms, growth does not (EORTC FAQ)."""

    START = ({"T1": 100}, with_new(100, by_eye()))
    FURTHER = with_new(100, by_eye("same"), by_eye(name="NL2")) | {"day": 70}

    def test_a_further_new_lesion_confirms(self) -> None:
        told = self.FURTHER | {"symptomatic": True}
        assert course_of(whole("T1 liver", *self.START, told, **I)) == [IUPD, ICPD]

    def test_growth_alone_does_not(self) -> None:
        grown = with_new(140, by_eye("increased")) | {"day": 70, "symptomatic": True}
        assert course_of(whole("T1 liver", *self.START, grown, **I)) == [IUPD, IUPD]

    def test_nor_does_a_scan_that_was_only_early(self) -> None:
        told = self.FURTHER | {"symptomatic": False}
        assert course_of(whole("T1 liver", *self.START, told, **I)) == [IUPD, IUPD]
        assert codes("T1 liver", *self.START, told, **I) == set()

    def test_where_nobody_said_a_person_is_asked(self) -> None:
        visits = (*self.START, self.FURTHER)
        assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, IUPD]
        assert codes("T1 liver", *visits, **I) == {"early-new-lesion"}


class TestDiseaseAfterIcr:
    def test_recorded_after_icr_is_iupd_and_dates_progression(self) -> None:
        visits = ({}, {"overall": "iCR"}, {"overall": "iPR"}, {"overall": "iPR"})
        assessed = whole("", *visits, **I)
        restated = [one.restated_overall for one in assessed.timepoints.values()]
        assert restated == [None, IUPD, IUPD]
        assert (assessed.pd_day, assessed.bor_confirmed) == (112, ISD)

    def test_a_later_icpd_confirms_that_iupd(self) -> None:
        visits = ({}, {"overall": "iCR"}, {"overall": "iSD"}, {"overall": "iCPD"})
        assert whole("", *visits, **I).pd_day == 112

    def test_a_recorded_icr_is_a_cr_for_what_is_seen_after_it(self) -> None:
        visits = ({"T1": 50}, {"overall": "iCR"}, {"T1": 2})
        assert course_of(whole("T1 liver", *visits, **I)) == [ICR, IUPD]

    def test_a_new_lesion_that_is_back_after_icr_is_progression_again(self) -> None:
        visits = (
            {"T1": 100},
            with_new(100, grown_target(12)),
            with_new(0, resolved()),
            with_new(0, grown_target(12)),
        )
        assert course_of(whole("T1 liver", *visits, **I)) == [IUPD, ICR, IUPD]
