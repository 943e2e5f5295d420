"""iRECIST: new lesions with a word and a length, without one, doubtful, or back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recist_tool.terms import Response
from tests.criteria.cases import course_of, liver, new, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

ICR, IPR, ISD = Response.ICR, Response.IPR, Response.ISD
IUPD, ICPD, NE = Response.IUPD, Response.ICPD, Response.NE
NED = Response.NED
PERSISTS = Response.NON_ICR_NON_IUPD


def course(lesions: str, *visits: Mapping[str, object]) -> list[Response]:
    """Return the responses to visits, 56 days apart."""
    return course_of(whole(lesions, *visits, criteria="iRECIST"))


def sized(mm: float | None = None, **more: str) -> dict[str, object]:
    return new("NL1", "lung", mm=mm, kind="target", **more)


def shows(t1: float | str, *lesions: dict[str, object]) -> dict[str, object]:
    return {"T1": t1, "new": list(lesions)}


def test_a_lesion_followed_by_size_that_the_reader_compared_was_evaluated() -> None:
    visits = ({"T1": 100}, shows(50, sized()), shows(45, sized(change="same")))
    assert course("T1 liver", *visits) == [IUPD, IPR]
    untold = ({"T1": 100}, shows(50, sized()), shows(45, sized()))
    assert course("T1 liver", *untold) == [IUPD, NE]


@pytest.mark.parametrize("change", ["increased", "unequivocal_pd"])
def test_growth_in_words_counts_where_a_lesion_followed_by_size_was_not_measured(
    change: str,
) -> None:
    visits = ({"T1": 100}, shows(50, sized(12)), shows(45, sized(change=change)))
    assert course("T1 liver", *visits) == [IUPD, ICPD]


def test_unequivocal_growth_in_words_is_no_response_but_confirms_by_size_only() -> None:
    told = sized(16, change="unequivocal_pd")
    visits = ({"T1": 100}, shows(50, sized(15)), shows(45, told))
    assert course("T1 liver", *visits) == [IUPD, IUPD]
    grown = sized(20, change="unequivocal_pd")
    assert course("T1 liver", *visits[:-1], shows(45, grown)) == [IUPD, ICPD]


def test_a_first_measurement_after_the_iupd_is_no_growth() -> None:
    visits = ({"T1": 100}, shows(50, sized()), shows(50, sized(12)))
    assert course("T1 liver", *visits) == [IUPD, IUPD]
    assert course("T1 liver", *visits, shows(50, sized(16.9)))[-1] is IUPD
    assert course("T1 liver", *visits, shows(50, sized(17)))[-1] is ICPD


def test_a_doubtful_visit_is_neither_the_smallest_sum_nor_a_start_of_growth() -> None:
    reset = ({"T1": 100}, shows(50, sized(12)), shows(45, sized(12)))
    doubtful = shows(45, sized(11, status="equivocal"))
    for mm, expected in ((16.9, IPR), (17, IUPD)):
        assert course("T1 liver", *reset, doubtful, shows(45, sized(mm))) == [
            IUPD,
            IPR,
            IPR,
            expected,
        ]


def test_a_lesion_that_comes_later_does_not_hide_growth_of_the_first() -> None:
    second = new("NL2", "bone", mm=10, kind="target")
    reset = (
        {"T1": 100},
        shows(60, sized(20)),
        shows(50, sized(12)),
        shows(48, sized(18), second),
        shows(45, sized(18), second),
    )
    assert course("T1 liver", *reset) == [IUPD, IPR, IUPD, IUPD]


def test_a_lesion_that_had_resolved_is_back_from_nothing() -> None:
    gone = sized(status="resolved")
    visits = ({"T1": 100}, shows(50, sized(12)), shows(50, gone))
    for mm, expected in ((4.9, IPR), (5, IUPD)):
        assert course("T1 liver", *visits, shows(50, sized(mm))) == [
            IUPD,
            IPR,
            expected,
        ]


def test_after_a_visit_without_any_disease_a_lesion_is_new_again() -> None:
    empty: dict[str, object] = {}
    doubtful = {"new": [sized(11, status="equivocal")]}
    visits = (empty, {"new": [sized(10)]}, doubtful, {"new": [sized(9)]})
    assert course("", *visits) == [IUPD, NED, IUPD]
    assert course("", *visits, {"new": [sized(7)]})[-1] is IUPD


def test_a_recorded_icr_makes_a_lesion_new_again() -> None:
    visits = (
        {"T1": 100},
        shows(50, sized(12)),
        {"overall": "iCR"},
        shows("absent", sized(12)),
    )
    assert course("T1 liver", *visits) == [IUPD, ICR, IUPD]


def test_what_went_before_an_icr_is_not_waited_for() -> None:
    other = new("NL2", "bone", kind="non_target")
    visits = (
        {"T1": 100},
        shows(50, sized(12)),
        shows("absent", sized(status="equivocal")),
        shows("absent", other),
        shows("absent", {**other, "status": "resolved"}),
    )
    assert course("T1 liver", *visits) == [IUPD, ICR, IUPD, ICR]


def test_without_targets_a_known_lesion_persists_and_is_no_partial_response() -> None:
    seen = new("NL1", "lung", kind="non_target")
    visits = (
        {"NT1": "present"},
        {"NT1": "present", "new": [seen]},
        {"NT1": "absent", "new": [{**seen, "status": "equivocal"}]},
    )
    assert course("NT1 liver", *visits) == [IUPD, ICR]
    reset = (*visits[:2], {"overall": "iSD"}, {"NT1": "absent", "new": [seen]})
    assert course("NT1 liver", *reset)[-1] is PERSISTS
    assert course("NT1 liver", *reset[:-1], {"NT1": "absent"})[-1] is NE


def test_a_known_lesion_does_not_hold_an_iupd_of_targets_that_fell_back() -> None:
    visits = (
        {"T1": 100},
        shows(60, sized(12)),
        shows(50, sized(12)),
        shows(90, sized(12)),
        shows(55, sized(12)),
        shows(72, sized(12)),
    )
    assert course("T1 liver", *visits) == [IUPD, IPR, IUPD, IPR, IUPD]


def test_the_comparison_of_two_visits_goes_before_the_state_of_a_non_target() -> None:
    smaller = {"state": "increased_not_unequivocal", "change_since_last": "decreased"}
    visits = ({"NT1": "present"}, {"NT1": "unequivocal_pd"}, {"NT1": smaller})
    assert course("NT1 liver", *visits) == [IUPD, PERSISTS]


def test_a_new_lesion_that_stays_after_an_icr_is_disease() -> None:
    lesion = new("NL1", "liver", mm=11)
    visits = (
        {"T1": 50},
        {"T1": "absent"},
        {"T1": "too_small", "new": [lesion]},
        {"T1": "absent", "new": [lesion]},
    )
    read = liver("T1 liver", *visits, criteria="iRECIST")
    assert course_of(read) == [ICR, IUPD, IPR]
    assert [one.effective for one in read.timepoints.values()] == [ICR, IUPD, IUPD]
    assert read.pd_day == 2 * 56
