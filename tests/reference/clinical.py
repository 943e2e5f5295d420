"""Markers, symptoms and drug use: response beside images; there is no one paper."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import reading as r
from tests.reference.reading import Json

DAYS_PER_MONTH = Fraction("30.4375")


def markers_that_answer(patient: Json) -> list[str]:
    """Return the marker of the trial, or each that was raised at baseline.

    Where none was and the trial judges normal ones too, each that was measured.
    """
    named = r.other_setting(patient, "biochemical", "marker", None)
    if named is not None:
        return [named]
    first = r.baseline(patient).get("markers", {})
    raised = [name for name, value in first.items() if is_raised(value)]
    return raised or list(first)


def is_raised(value: Json) -> bool:
    """Return whether a value is above its upper limit of normal."""
    return value.get("uln") is not None and r.exact(value["value"]) > r.exact(
        value["uln"]
    )


def biochemical(patient: Json, scope: str, k: int) -> str:
    """Return the response of the tumour markers, which must agree."""
    if scope == r.LIVER and not r.only_in_liver(patient):
        return "NE"
    visit = r.visits(patient)[k]
    found = {one_marker(patient, visit, name) for name in markers_that_answer(patient)}
    if found == {"RESPONSE", "RESPONSE (NORMALISED)"}:
        return "RESPONSE"
    return next(iter(found)) if len(found) == 1 else "NE"


def one_marker(patient: Json, visit: Json, name: str) -> str:
    """Return the response of one tumour marker."""
    first = r.baseline(patient).get("markers", {}).get(name)
    now = visit.get("markers", {}).get(name)
    if not first or not now or not same_kind(first, now):
        return "NE"
    asks = r.other_setting(patient, "biochemical", "needs_raised_baseline", True)
    if asks and not is_raised(first):
        return "NE"
    if 2 * r.exact(now["value"]) > r.exact(first["value"]):
        return "NO RESPONSE"
    return "RESPONSE (NORMALISED)" if normalised(first, now) else "RESPONSE"


def same_kind(first: Json, now: Json) -> bool:
    """Return whether two values have one unit and one assay, where both say."""
    return all(
        len({first.get(name), now.get(name)} - {None}) < 2 for name in ("unit", "assay")
    )


def normalised(first: Json, now: Json) -> bool:
    """Return whether a marker is at or below its limit."""
    limit = now.get("uln", first.get("uln"))
    return limit is not None and r.exact(now["value"]) <= r.exact(limit)


def symptoms(patient: Json, scope: str, k: int) -> str:
    """Return whether symptoms were relieved."""
    if scope == r.LIVER and not r.only_in_liver(patient):
        return "NE"
    first = r.baseline(patient).get("symptoms", {})
    had = {n: s for n, s in first.items() if r.exact(s.get("severity", 0)) > 0}
    if not had:
        return "NA"
    now = r.visits(patient)[k].get("symptoms", {})
    changes = {name: change(first.get(name), now[name]) for name in now}
    if "worse" in changes.values():
        return "NO RESPONSE"
    if not {*had} & {*now}:
        return "NE"
    relieved = any(changes.get(name) == "better" for name in had)
    return "RESPONSE" if relieved else "NO RESPONSE"


def change(first: Json | None, now: Json) -> str:
    """Return ``better``, ``worse`` or ``same`` of one symptom."""
    before = r.exact((first or {}).get("severity", 0))
    if now.get("relieved") and before > 0:
        return "better"
    after = r.exact(now.get("severity", before))
    if after > before:
        return "worse"
    return "better" if after < before and "relieved" not in now else "same"


def analogue(patient: Json, scope: str, k: int) -> str:
    """Return the response by the dose of a somatostatin analogue."""
    if scope == r.LIVER and not r.only_in_liver(patient):
        return "NE"
    first = r.baseline(patient).get("somatostatin_analogue")
    if not first or rate(first) == 0:
        return "NA"
    now = r.visits(patient)[k].get("somatostatin_analogue")
    if not now:
        return "NE"
    if rate(now) == 0:
        return "RESPONSE (OFF DRUG)" if long_off(patient, k) else "RESPONSE"
    drugs = {now.get("drug", ""), first.get("drug", "")} - {""}
    if len(drugs) > 1:
        return "NE"
    least = r.other_setting(patient, "symptoms", "min_reduction_percent", 50)
    fell = 100 * rate(now) <= (100 - least) * rate(first)
    return "RESPONSE" if fell else "NO RESPONSE"


def rate(dose: Json) -> Fraction:
    """Return a dose by time, mg in 28 days."""
    return 28 * r.exact(dose["dose_mg"]) / dose.get("interval_days", 28)


def long_off(patient: Json, k: int) -> bool:
    """Return whether the patient has been off the drug for longer than asked."""
    seen = r.visits(patient)
    since = k
    for j in range(k - 1, -1, -1):
        dose = seen[j].get("somatostatin_analogue")
        if dose and rate(dose) > 0:
            break
        since = j if dose else since
    months = r.other_setting(patient, "symptoms", "off_months", 6)
    days = (r.date_of(patient, seen[k]) - r.date_of(patient, seen[since])).days
    return days > months * DAYS_PER_MONTH
