"""What is wrong with findings is said at once, one line each; dates and days agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from recist_tool.criteria.course.course import course
from recist_tool.errors import FindingsError
from recist_tool.model.findings import Findings
from tests.criteria.cases import findings, new

TWO = "T1 liver, T2 lung, X1 bone"
START = {"T1": 40, "T2": 30, "X1": "present"}


def faults(*args: Any, **more: Any) -> list[str]:
    with pytest.raises(FindingsError) as caught:
        course(findings(*args, **more))
    assert str(caught.value).count("\n") == len(caught.value.faults) - 1
    return [str(fault) for fault in caught.value.faults]


def raw(timepoints: list[dict[str, Any]], **fields: Any) -> Findings:
    lesions = [{"id": "T1", "role": "target", "organ": "liver"}]
    made = {"id": "S-1", "lesions": lesions, "timepoints": timepoints}
    return Findings.model_validate(made | fields)


def raw_faults(timepoints: list[dict[str, Any]], **fields: Any) -> list[str]:
    with pytest.raises(FindingsError) as caught:
        course(raw(timepoints, **fields))
    return [str(fault) for fault in caught.value.faults]


def at(name: str, size: float = 40, **when: Any) -> dict[str, Any]:
    return {"id": name, "target": {"T1": {"mm": size}}, **when}


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (
            {"T9": "present"},
            "timepoint TP1, lesion T9: is used as a non-target but is not among the "
            "lesions. Add the lesion or correct the id",
        ),
        (
            {"T1": "merged_into into T9"},
            "timepoint TP1, lesion T1: merged into T9, which is not among the lesions. "
            "Correct the id",
        ),
        (
            {"T1": "merged_into into X1"},
            "timepoint TP1, lesion T1: merged into the non-target X1. Measure the "
            "conglomerate as the target, and mark the other as merged",
        ),
        (
            {"T1": {"state": "merged_into"}},
            "timepoint TP1, lesion T1: merged into a lesion that is not named. Name it",
        ),
        (
            {"T1": "merged_into into T1"},
            "timepoint TP1, lesion T1: merged into T1, which leads back to T1. Measure "
            "one of them as the conglomerate",
        ),
        (
            {"T1": {"mm": 50, "merged_with": ["T1", "T9"]}},
            "timepoint TP1, lesion T1: merged with T9, which is not among the lesions. "
            "Correct the id",
        ),
        (
            {"X1": "merged_into"},
            "timepoint TP1, lesion X1: merged into a lesion that is not named. Name it",
        ),
        (
            {"X1": {"state": "merged_into", "merged_into": "T9"}},
            "timepoint TP1, lesion X1: merged into T9, which is not among the lesions. "
            "Correct the id",
        ),
        (
            {"new": [new("T1")]},
            "timepoint TP1, lesion T1: is new, but was there at baseline. Give it "
            "another id",
        ),
        (
            {"new": [new(), new()]},
            "timepoint TP1, lesion NL1: is listed twice. Give each new lesion its own "
            "id",
        ),
        (
            {"new": [new(first_seen="TP7")]},
            "timepoint TP1, lesion NL1: was first seen at TP7, which is not among the "
            "timepoints. Correct first_seen",
        ),
        (
            {"new": [new(first_seen="TP2")]},
            "timepoint TP1, lesion NL1: was first seen at TP2, which comes later. "
            "Correct first_seen",
        ),
    ],
)
def test_a_fault_at_a_visit_is_one_line_with_place_and_remedy(
    shown: dict[str, Any], line: str
) -> None:
    assert faults(TWO, START, START | shown, START) == [line]


@pytest.mark.parametrize(
    ("finding", "what"),
    [
        (None, "the target has no finding"),
        ("absent", "the target is absent, not measured"),
        ("ne", "the target is ne, not measured"),
        ("merged_into into T2", "the target is merged into, not measured"),
        (0, "the target measures 0 mm"),
    ],
)
def test_a_target_must_be_measured_at_baseline(finding: object, what: str) -> None:
    start = {name: value for name, value in START.items() if name != "T1"}
    if finding is not None:
        start["T1"] = finding
    remedy = "Measure it at baseline, or make it a non-target"
    assert faults(TWO, start) == [f"timepoint BL, lesion T1: {what}. {remedy}"]


def test_a_target_used_as_non_target_is_named_as_such() -> None:
    visit = {"id": "TP1", "day": 56, "target": {"X1": {"mm": 3}}}
    read = findings(TWO, START)
    made = read.model_dump(mode="json") | {
        "timepoints": [read.model_dump(mode="json")["timepoints"][0], visit]
    }
    with pytest.raises(FindingsError, match="X1: is used as a target but is a non-tar"):
        course(Findings.model_validate(made))


def test_a_cycle_of_merges_is_told_for_each_lesion() -> None:
    cycle = {"T1": "merged_into into T2", "T2": "merged_into into T1"}
    lines = faults("T1 liver, T2 lung", {"T1": 1, "T2": 1}, cycle)
    assert [line.partition(":")[0] for line in lines] == [
        "timepoint TP1, lesion T1",
        "timepoint TP1, lesion T2",
    ]


def test_all_faults_are_told_at_once() -> None:
    lines = faults(
        TWO,
        {"T1": "absent", "T2": 30, "marker": "so so"},
        {"T1": "merged_into into T9", "new": [new("X1")]},
    )
    places = [line.partition(":")[0] for line in lines]
    assert sorted(places) == [
        "timepoint BL, lesion T1",
        "timepoint BL, marker",
        "timepoint TP1, lesion T1",
        "timepoint TP1, lesion X1",
    ]


def test_lesions_and_timepoints_have_names_of_their_own() -> None:
    lines = faults("T1 liver, T1 lung, X1 bone", {"T1": 30})
    assert lines == ["lesion T1: is listed 2 times. Give each lesion its own id"]
    twice = [at("BL", day=-12), at("TP1", day=56), at("TP1", day=112)]
    assert raw_faults(twice, reference_date="2024-01-01") == [
        "timepoint TP1: is listed 2 times. Give each its own id"
    ]


def test_two_baselines_are_refused() -> None:
    twice = [at("BL", day=-12), at("BL", day=-3)]
    lines = raw_faults(twice, reference_date="2024-01-01")
    assert "timepoint BL: is listed 2 times. Give each its own id" in lines


def test_a_new_lesion_at_baseline_is_refused() -> None:
    [line] = faults(TWO, START | {"new": [new()]})
    assert line.startswith("timepoint BL: the baseline cannot have new lesions")


def test_a_new_lesion_stays_in_its_organ() -> None:
    lung, bone = {"new": [new()]}, {"new": [new(organ="bone")]}
    [line] = faults(TWO, START, START | lung, START | bone)
    assert "timepoint TP2, lesion NL1: is in bone here and in lung before" in line


class TestDates:
    def test_days_are_counted_from_the_reference_date(self) -> None:
        read = raw([at("BL", date="2023-12-20")], reference_date="2024-01-01")
        assert course(read).baseline.day == -12

    def test_dates_follow_from_days(self) -> None:
        read = raw([at("BL", day=-12)], reference_date="2024-01-01")
        assert course(read).baseline.date == dt.date(2023, 12, 20)

    def test_a_date_that_contradicts_its_day_is_refused(self) -> None:
        both = at("BL", date="2023-12-21", day=-12)
        [line] = raw_faults([both], reference_date="2024-01-01")
        assert "2023-12-21 is day -11 from 2024-01-01, not day -12" in line

    def test_the_reference_follows_from_a_date_with_its_day(self) -> None:
        read = raw([at("BL", date="2023-12-20", day=-12), at("TP1", day=56)])
        of = course(read)
        assert of.follow_ups[0].date == dt.date(2024, 2, 26)
        assert not of.counted_from_baseline

    def test_the_first_treatment_is_day_0_where_no_reference_date_is_given(
        self,
    ) -> None:
        sessions = [{"date": "2024-02-01"}, {"date": "2024-01-01"}]
        of = course(raw([at("BL", date="2023-12-20")], treatment=sessions))
        assert of.baseline.day == -12
        assert not of.counted_from_baseline

    def test_without_a_reference_date_day_0_is_the_baseline_scan(self) -> None:
        of = course(raw([at("BL", date="2023-12-20"), at("TP1", date="2024-01-20")]))
        assert (of.baseline.day, of.follow_ups[0].day) == (0, 31)
        assert of.counted_from_baseline

    def test_days_alone_need_no_date(self) -> None:
        of = course(raw([at("BL", day=-12), at("TP1", day=56)]))
        assert (of.follow_ups[0].day, of.follow_ups[0].date) == (56, None)
        assert not of.counted_from_baseline

    @pytest.mark.parametrize(
        "mixed",
        [
            [at("BL", date="2023-12-20"), at("TP1", day=56)],
            [at("BL", day=-12), at("TP1", date="2024-02-26")],
        ],
    )
    def test_dates_and_days_cannot_be_mixed_without_a_reference(
        self, mixed: list[dict[str, Any]]
    ) -> None:
        [line] = raw_faults(mixed)
        assert line.startswith("timepoint TP1: dates and days cannot be put in one")

    @pytest.mark.parametrize(
        ("names", "days", "line"),
        [
            (
                ("TP1", "BL"),
                (-12, 56),
                "timepoint BL: the baseline is later than TP1. Correct the dates: the "
                "baseline comes first",
            ),
            (
                ("BL", "TP1", "TP2"),
                (-12, 112, 56),
                "timepoint TP2: is earlier than TP1, which is listed before it. List "
                "the timepoints in the order of their dates",
            ),
            (
                ("BL", "TP1", "TP2"),
                (-12, 56, 56),
                "timepoint TP2: has the same date as TP1. Join the two into one "
                "timepoint, or correct a date",
            ),
        ],
    )
    def test_visits_are_in_the_order_of_their_dates(
        self, names: tuple[str, ...], days: tuple[int, ...], line: str
    ) -> None:
        visits = [at(name, day=day) for name, day in zip(names, days, strict=True)]
        assert raw_faults(visits, reference_date="2024-01-01") == [line]

    def test_new_therapy_ends_what_counts(self) -> None:
        follow_up = {"new_therapy": "2024-03-01"}
        read = raw(
            [at("BL", day=-12)], reference_date="2024-01-01", follow_up=follow_up
        )
        assert course(read).last_day == 60
        settings = {"new_therapy_day": 50}
        assert course(read.replaced(settings=settings)).last_day == 50


class TestRecordedResponses:
    def test_lesions_need_a_baseline_with_findings(self) -> None:
        [line] = raw_faults([{"id": "TP1", "day": 56, "overall": "PR"}])
        assert "records a response, so there is no baseline for the lesions" in line

    def test_without_lesions_every_visit_is_after_baseline(self) -> None:
        recorded = [{"id": "TP1", "day": 56, "overall": "PR"}]
        of = course(raw(recorded, lesions=[]))
        assert of.baseline is None
        assert [visit.id for visit in of.follow_ups] == ["TP1"]


def test_a_lesion_that_two_others_claim_is_refused_unless_it_says_where_it_is() -> None:
    lesions, start = "T1 liver, T2 liver, T3 liver", {"T1": 40, "T2": 30, "T3": 20}
    claims = {name: {"mm": 50, "merged_with": [name, "T3"]} for name in ("T1", "T2")}
    for order in (claims, dict(reversed(claims.items()))):
        [told] = faults(lesions, start, order)
        assert told.startswith("timepoint TP1, lesion T3: is merged with T")
    assert course(findings(lesions, start, claims | {"T3": "merged_into into T2"}))
    assert course(findings(lesions, start, claims | {"T3": 10}))
