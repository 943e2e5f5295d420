"""What can hardly be is asked about, and changes no answer."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import recist_tool.criteria.answer.plausible
from recist_tool.model.protocol import Protocol
from recist_tool.terms import Criteria, Response
from recist_tool.trial.patient import as_json, assess
from tests.criteria.cases import REFERENCE, findings, new

TODAY = dt.date(2026, 1, 1)
ROOT = Path(recist_tool.criteria.answer.plausible.__file__).parents[3]
TWO = "T1 liver, T2 lung"


def asked(lesions, *visits, protocol=None, **more):
    """Return codes that are asked only because somebody knows the day."""
    read = findings(lesions, *visits, **more)
    every = assess(read, protocol, today=TODAY).messages
    return {one.code for one in every} - {one.code for one in assess(read).messages}


def on(*days: int | str) -> list[dict[str, object]]:
    """Return visits on some days, or dates."""
    start = dt.date.fromisoformat(REFERENCE)
    made: list[dict[str, object]] = []
    for day in days:
        if isinstance(day, int):
            made.append({"T1": 40, "day": day})
        else:
            date = dt.date.fromisoformat(day)
            made.append({"T1": 40, "day": (date - start).days, "date": day})
    return made


def both(field: str, before: object, after: object) -> list[dict[str, object]]:
    return [{"T1": {"mm": 50, field: one}} for one in (before, after)]


def pet(**about: object) -> dict[str, object]:
    return {"T1": 40, "pet": {"lesions": {}, **about}}


@pytest.mark.parametrize(
    ("code", "visits"),
    [
        ("implausible-size", [{"T1": 5000}]),
        ("implausible-size", [{"T1": 505}, {"T1": 480}]),
        ("implausible-size", [{"T1": {"mm": 50, "perpendicular_mm": 600}}]),
        ("implausible-size", [{"T1": {"mm": 50, "volume_ml": 50000}}]),
        ("implausible-size", [{"T1": {"mm": 50, "hu_mean": 900}}]),
        ("implausible-size", [{"T1": 50, "volumes_ml": {"liver": 50000}}]),
        ("implausible-size", [{"T1": 50}, {"T1": 50, "new": [new(mm=700)]}]),
        ("implausible-size", [pet(lesions={"T1": {"suv": 400}})]),
        ("implausible-size", [pet(lesions={"T1": {"sul_peak": 400}})]),
        ("size-jump", [{"T1": 50}, {"T1": 3.0}]),
        ("size-jump", [{"T1": 5.0}, {"T1": 52}]),
        ("size-jump", [{"T1": 48}, {"T1": "ne"}, {"T1": 505}]),
        ("size-jump", both("viable_mm", 45, "4.5")),
        ("size-jump", both("perpendicular_mm", 40, 4)),
        ("size-jump", both("volume_ml", 60, "0.06")),
        ("viable-longer-than-lesion", [{"T1": {"mm": 30, "viable_mm": 40}}]),
        ("implausible-injection", [pet(injected_mbq="0.3")]),
        ("implausible-injection", [pet(injected_mbq=250000)]),
        ("date-in-future", on("2023-12-20", "2026-03-01")),
        ("visit-a-year-off", on(-12, 60, 120, 540)),
        ("visit-a-year-off", on("2023-12-20", "2025-02-20")),
        ("visit-a-year-off", on("2022-12-20", "2024-01-31")),
        (
            "day-and-month-swapped",
            on("2024-01-10", "2024-03-09", "2024-05-08", "2024-10-07", "2024-12-06"),
        ),
        ("markers-not-used", [{"T1": 40, "markers": {"CgA": {"value": 4}}}]),
    ],
)  # fmt: skip
def test_this_is_asked(code, visits):
    assert code in asked("T1 liver", *visits)


@pytest.mark.parametrize(
    "visits",
    [
        [{"T1": 180}, {"T1": 60}, {"T1": 20}, {"T1": 9}, {"T1": "absent"}],
        [{"T1": 12}, {"T1": 80}],
        [{"T1": {"mm": 50, "volume_ml": 60, "hu_mean": 120, "viable_mm": 50}}],
        [pet(injected_mbq=300, lesions={"T1": {"suv": 60}})],
        on("2023-12-20", "2024-02-26", "2024-04-22", "2025-12-31"),
        on("2024-01-10", "2024-03-09", "2024-05-08", "2024-07-10"),
        on(-12, 30, 90, 120, 300),
        [{"T1": 40, "marker": False, "markers": {"CgA": {"value": 4}}}],
        [{"T1": 40}, {"T1": 40}, {"T1": 40}],
    ],
)
def test_this_is_not(visits):
    assert asked("T1 liver", *visits) == set()


@pytest.mark.parametrize("activity", [2500, 25, 0.0025])
def test_an_activity_in_another_unit_is_asked(activity):
    given_ = [{"date": "2024-01-01", "activity_gbq": activity}]
    assert asked("T1 liver", {"T1": 40}, treatment=given_) == {"implausible-activity"}


@pytest.mark.parametrize("activity", [None, 0, 0.3, 2.5, 7.4])
def test_a_usual_activity_is_not(activity):
    given_ = [{"date": "2024-01-01", "activity_gbq": activity}]
    assert asked("T1 liver", {"T1": 40}, treatment=given_) == set()


@pytest.mark.parametrize("field", ["death", "last_alive", "new_therapy"])
@pytest.mark.parametrize(("days", "told"), [(1, set()), (2, {"date-in-future"})])
def test_follow_up_after_tomorrow_is_asked(field, days, told):
    # somewhere it is tomorrow already
    known = {field: TODAY + dt.timedelta(days=days)}
    assert asked("T1 liver", {"T1": 40}, follow_up=known) == told


@pytest.mark.parametrize("field", ["death", "last_alive", "new_therapy"])
def test_follow_up_before_baseline_is_asked(field):
    first = dt.date.fromisoformat(REFERENCE)
    early = {field: first - dt.timedelta(days=400)}
    assert asked("T1 liver", {"T1": 40}, follow_up=early) == {"date-before-baseline"}
    assert asked("T1 liver", {"T1": 40}, follow_up={field: first}) == set()


def test_to_live_on_after_death_is_asked():
    died = dt.date.fromisoformat(REFERENCE) + dt.timedelta(days=300)
    for days, told in ((0, set()), (1, {"alive-after-death"})):
        known = {"death": died, "last_alive": died + dt.timedelta(days=days)}
        assert asked("T1 liver", {"T1": 40}, follow_up=known) == told


def test_a_visit_that_repeats_another_to_the_tenth_is_asked():
    same = {"T1": 40.3, "T2": 21.7}
    assert asked(TWO, same, same) == {"visit-repeats-another"}
    assert asked(TWO, same, {"T1": 40.3, "T2": 21.6}) == set()


def test_a_simple_cyst_is_no_disease():
    cyst = {"id": "T1", "role": "target", "organ": "liver", "note": "Simple cyst"}
    read = findings("T1 liver", {"T1": 40}).replaced(lesions=[cyst])
    codes = [one.code for one in assess(read, today=TODAY).messages]
    assert codes == ["simple-cyst"]


def test_markers_are_used_where_the_protocol_asks_for_them():
    seen = {"T1": 40, "markers": {"CgA": {"value": 4}}}
    both = Protocol(criteria=(Criteria.RECIST_1_1, Criteria.BIOCHEMICAL))
    assert asked("T1 liver", seen, protocol=both) == set()


@pytest.mark.parametrize("criteria", ["RECIST 1.1", "iRECIST", "WHO", "mRECIST"])
@pytest.mark.parametrize(
    "known",
    [
        {"volumes_ml": {"liver tumour": 300}},
        {"pet": {"lesions": {"A": {"organ": "liver"}}}},
    ],
)
def test_disease_that_no_lesion_tells_of_is_not_no_disease(criteria, known):
    found = assess(findings("", known, known, criteria=criteria)).overall
    assert found.timepoints["TP1"].overall is Response.NE
    assert found.bor_confirmed is Response.NE
    nothing = assess(findings("", {}, {}, criteria=criteria)).overall
    assert nothing.timepoints["TP1"].overall is Response.NED


@given(st.lists(st.integers(0, 900), min_size=2, max_size=5), st.integers(0, 900))
def test_asking_changes_no_answer(sizes, day):
    visits = [{"T1": size or "ne"} for size in sizes]
    read = findings("T1 liver", {"T1": 40}, *visits)
    day_ = dt.date(2024, 1, 1) + dt.timedelta(days=day)
    before, after = as_json(assess(read)), as_json(assess(read, today=day_))
    assert len(after.pop("messages")) >= len(before.pop("messages"))
    assert before == after


def test_each_question_is_explained():
    source = (ROOT / "recist_tool" / "criteria" / "answer" / "plausible.py").read_text(
        "utf-8"
    )
    page = (ROOT / "docs" / "rules" / "recist11.md").read_text("utf-8")
    codes = set(re.findall(r'yield "([a-z-]+)"', source))
    assert len(codes) >= 11
    assert {one for one in codes if f"`{one}`" not in page} == set()
