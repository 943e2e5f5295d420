"""endpoints_v1: rates, curves, PFS, liver PFS, duration of response, two readers."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

import pytest

from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.model.protocol import Settings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import (
    CurveLimits,
    Ending,
    LiverProgression,
    RateLimits,
    Response,
)
from recist_tool.trial.agreement import ProgressionAgreement
from recist_tool.trial.patient_course import Assessment, PatientCourse
from recist_tool.trial.rates import disease_control_rate, rate, response_rate
from recist_tool.trial.survival import kaplan_meier
from recist_tool.trial.time_to_event import (
    duration_of_liver_response,
    duration_of_response,
    liver_progression_free_survival,
    progression_free_survival,
)
from tests.trial.best import best_response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from recist_tool.trial.time_to_event import TimeToEvent

COUNTED = {"missed_visits": "counted"}
COMPETES = {"liver_progression": "competes"}
CENSORS = {"liver_progression": "censors"}
CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "EMA/ITT rule: count every PD or death at its own date": {
        "censoring": "every_event"
    },
    "protocol counts symptomatic deterioration": {
        "symptomatic_progression_counts": True
    },
    "earliest scan date of the visit (many BICR charters, CDISC ADaM default)": {
        "visit_dating": "earliest_scan"
    },
    "count scheduled visits with no assessment inside their windows (day 105-119, "
    "161-175: two missed)": COUNTED,
    "count missed visits": COUNTED,
    "2 x interval + one window = 119": {"missed_visits": "one_window"},
    "competing risk: first event is extrahepatic PD": COMPETES,
    "competing risk (SIRFLOX cumulative incidence of liver progression): death "
    "competes": COMPETES,
    "censor at extrahepatic PD": CENSORS,
    "end/censor at any-site PD": CENSORS,
}
"""The settings that give each alternative of the file."""


def checks(data: Mapping[str, Any]):
    """Yield a check for each case and for each alternative that a setting gives."""
    for case in data["cases"]:
        check = KINDS[case["kind"]]
        yield case["id"], partial(check, case, case["expected"], {})
        for other in case.get("alternatives") or ():
            changes = CONVENTIONS.get(other["convention"])
            if changes is not None:
                name = f"{case['id']} [{other['convention']}]"
                yield name, partial(check, case, other, changes)


def check_rate(case: Mapping[str, Any], expected: Mapping[str, Any], _: object) -> None:
    near = partial(pytest.approx, abs=case.get("absolute_tolerance", 1e-6))
    for limits in RateLimits:
        answer = rate(case["responders"], case["n"], limits)
        assert answer.rate == near(expected["rate"])
        if f"{limits}_95" in expected:
            assert answer.ci95 == near(tuple(expected[f"{limits}_95"]))


def check_rates_from_bor(
    case: Mapping[str, Any], expected: Mapping[str, Any], _: object
) -> None:
    given = next(value for key, value in case.items() if key.startswith("bor"))
    if isinstance(given, dict):
        given = [name for name, count in given.items() for _ in range(count)]
    responses = [Response(name) for name in given]
    answers = {
        "orr": response_rate(responses),
        "dcr": disease_control_rate(responses),
    }
    for key, value in expected.items():
        name, _, part = key.lower().partition("_")
        if name == "n":
            assert len(responses) == value
        elif part in {"", "rate"}:
            assert answers[name].rate == pytest.approx(value, abs=1e-6)
        else:
            assert answers[name].ci95 == pytest.approx(tuple(value), abs=1e-6)


def check_km(case: Mapping[str, Any], expected: Mapping[str, Any], _: object) -> None:
    times, events = zip(*case["data"], strict=True)
    near = partial(pytest.approx, abs=case.get("absolute_tolerance", 1e-6))
    for key, value in expected.items():
        curve = kaplan_meier(times, events, _scale(key))
        if key.startswith("median"):
            got = curve.median
            assert (got[1:] if isinstance(value, list) else got.value) == near(
                tuple(value) if isinstance(value, list) else value
            )
            continue
        steps = value.items() if isinstance(value, dict) else value
        for time, number in steps:
            at = curve.at(float(time))
            if isinstance(number, list):
                assert at[1:] == near(tuple(number))
            elif "se" in key.split("_") or "greenwood" in key:
                place = int(curve.times.searchsorted(float(time), side="right")) - 1
                assert curve.std_err[place] == near(number)
            else:
                assert at.value == near(number)


def check_pfs(
    case: Mapping[str, Any], expected: Mapping[str, Any], changes: Mapping[str, object]
) -> None:
    settings = settings_of(case, changes)
    answer = progression_free_survival(course_of(case), settings)
    assert answer.event is expected["event"], answer.why
    assert answer.date.isoformat() == expected["date"], answer.why
    if "day" in expected:
        assert (answer.date - answer.start).days == expected["day"]
    if "time_days_plus1" in expected:
        assert answer.days == expected["time_days_plus1"]
    if "gap_days" in expected and not answer.event:
        assert f"{expected['gap_days']} days" in answer.why
        assert f"limit {expected['limit_days']}" in answer.why


def check_liver_pfs(
    case: Mapping[str, Any], expected: Mapping[str, Any], changes: Mapping[str, object]
) -> None:
    settings = settings_of(case, changes)
    answer = liver_progression_free_survival(course_of(case), settings)
    if answer is None:
        assert expected["event"] in {"excluded", None}
        return
    competes = settings.liver_progression is LiverProgression.COMPETES
    word = {
        Ending.PROGRESSION: "liver_pd",
        Ending.DEATH: "competing_death" if competes else "death",
        Ending.EXTRAHEPATIC_PROGRESSION: "competing_extrahepatic_pd",
        Ending.CENSORED: "censored",
    }[answer.ending]
    assert (word, answer.date.isoformat()) == (expected["event"], expected["date"])


def check_dor(
    case: Mapping[str, Any], expected: Mapping[str, Any], changes: Mapping[str, object]
) -> None:
    course = course_of(case)
    visits = [
        Dated((one.date - course.reference_date).days, one.response)
        for one in course.assessments
    ]
    best = best_response(visits, Settings.model_validate(case.get("settings", {})))
    settings = settings_of(case, changes)
    first = best.first_response(confirmed=settings.confirmed_responses)
    start = first and course.reference_date + dt.timedelta(days=first.day)
    if "overall_pd" in case:  # the assessments are those of the liver
        pd = Assessment(dt.date.fromisoformat(case["overall_pd"]), Response.PD)
        course = course._replace(liver=course.assessments, assessments=(pd,))
        answer = duration_of_liver_response(course, start, settings)
    else:
        answer = duration_of_response(course, start, settings)
    dor_as_expected(answer, expected)


def dor_as_expected(answer: TimeToEvent | None, expected: Mapping[str, Any]) -> None:
    if answer is None:
        assert expected.get("start") is None
        return
    got = {
        "start": answer.start.isoformat(),
        "end": answer.date.isoformat(),
        "event": answer.event,
        "days_plus1": answer.days,
    }
    asked = got.keys() & expected.keys()
    assert asked
    assert {key: got[key] for key in asked} == {key: expected[key] for key in asked}


def check_readers(
    case: Mapping[str, Any], expected: Mapping[str, Any], _: object
) -> None:
    counts = case["counts"]
    answer = ProgressionAgreement(*(counts[key] for key in AMIT))
    assert answer.early_discrepancy_rate == pytest.approx(expected["EDR"])
    assert answer.late_discrepancy_rate == pytest.approx(expected["LDR"])
    assert answer.agreement == pytest.approx(expected["PD_agreement"])


AMIT = ("a1", "a2", "a3", "b", "c", "d")

KINDS = {
    "rate": check_rate,
    "rates_from_bor": check_rates_from_bor,
    "km": check_km,
    "pfs": check_pfs,
    "liver_pfs": check_liver_pfs,
    "dor": check_dor,
    "reader_discordance": check_readers,
}


def settings_of(
    case: Mapping[str, Any], changes: Mapping[str, object]
) -> TrialSettings:
    """Return the settings of a case; without a schedule no visit is ever missed."""
    schedule = {
        "visit_interval_days": case.get("visit_interval_days"),
        "visit_window_days": case.get("visit_window_days", 0),
    }
    return TrialSettings.model_validate(schedule | changes)


def course_of(case: Mapping[str, Any]) -> PatientCourse:
    """Return the course of a case of any kind."""
    visits = case.get("assessments", case.get("overall", []))
    restated = case.get("restated_pd")
    fields = ("death", "last_alive", "new_therapy", "clinical_progression")
    return PatientCourse(
        reference_date=_reference(case, visits),
        assessments=tuple(_assessment(one, restated) for one in visits),
        liver=tuple(_assessment(one) for one in case["liver"])
        if case.get("liver") is not None
        else None,
        has_baseline=case.get("baseline", True) not in (False, None, "missing"),
        **{field: _date(case.get(field)) for field in fields},
    )


def _reference(case: Mapping[str, Any], visits: list[Mapping[str, Any]]) -> dt.date:
    if "reference_date" in case:
        return dt.date.fromisoformat(case["reference_date"])
    first = visits[0]
    return dt.date.fromisoformat(first["date"]) - dt.timedelta(days=first["day"])


def _assessment(visit: Mapping[str, Any], restated: str | None = None) -> Assessment:
    scans = {
        name: dt.date.fromisoformat(day)
        for name, day in visit.get("component_dates", {}).items()
    }
    dates = tuple(scans.values())
    date = _date(visit.get("date")) or max(dates)
    why = visit.get("reason", "")
    is_restated = restated is not None and visit.get("date") == restated
    return Assessment(
        date,
        Response.PD if is_restated else Response(visit["overall"]),
        target_scans=dates if "new" not in why else (),
        new_lesion_scans=_showing_new(scans, why) if "new" in why else (),
    )


def _showing_new(scans: Mapping[str, dt.date], why: str) -> tuple[dt.date, ...]:
    """Return the dates of the scans that the reason names; of all, if it names none."""
    named = tuple(
        day
        for name, day in scans.items()
        if any(len(word) > 2 and word in why.split() for word in name.split())
    )
    return named or tuple(scans.values())


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _scale(key: str) -> CurveLimits:
    word = key.replace("-", "").replace("_", "")
    if "plain" in word or "linear" in word:
        return CurveLimits.PLAIN
    is_log = "log" in word and "loglog" not in word
    return CurveLimits.LOG if is_log else CurveLimits.LOG_LOG
