"""What a patient's JSON says of one visit: exact numbers, days, places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

Json = dict[str, Any]
Size = Callable[[Json, Json, Json], Fraction | None]
"""What a target counts: of the patient, the lesion and its finding; None: missing."""

WHOLE, LIVER = "overall", "liver"


def exact(number: Any) -> Fraction:
    """Return a number of the JSON as it was written."""
    return Fraction(str(number))


def setting(patient: Json, name: str, default: Any) -> Any:
    """Return one convention of RECIST 1.1, or its default."""
    return patient.get("settings", {}).get(name, default)


def other_setting(patient: Json, criteria: str, name: str, default: Any) -> Any:
    """Return one convention of another set of criteria, or its default."""
    others = patient.get("settings", {}).get("other_criteria", {})
    return others.get(criteria, {}).get(name, default)


def date_of(patient: Json, visit: Json) -> dt.date:
    """Return the day of a visit as a date."""
    if "date" in visit:
        return dt.date.fromisoformat(visit["date"])
    return reference(patient) + dt.timedelta(days=visit["day"])


def reference(patient: Json) -> dt.date:
    """Return day 0."""
    return dt.date.fromisoformat(patient["reference_date"])


def day_of(patient: Json, visit: Json) -> int:
    """Return days from the reference date."""
    return (date_of(patient, visit) - reference(patient)).days


def baseline(patient: Json) -> Json:
    """Return the baseline visit, an empty one where there is none."""
    return next((v for v in patient["timepoints"] if v["id"] == "BL"), {"id": "BL"})


def visits(patient: Json) -> list[Json]:
    """Return the visits after baseline in the order of their days."""
    later = [v for v in patient["timepoints"] if v["id"] != "BL"]
    return sorted(later, key=lambda visit: day_of(patient, visit))


def in_liver(patient: Json, place: Json) -> bool:
    """Return whether a lesion counts as liver: parenchyma, or a node so named."""
    if place.get("nodal") or place.get("organ") == "lymph node":
        return place.get("note") in setting(patient, "hepatic_node_sites", [])
    return place.get("organ") == "liver"


def counts(patient: Json, scope: str, place: Json) -> bool:
    """Return whether a lesion belongs to the scope."""
    return scope == WHOLE or in_liver(patient, place)


def lesions(patient: Json, scope: str, role: str) -> list[Json]:
    """Return the baseline lesions of one role in one scope."""
    return [
        lesion
        for lesion in patient.get("lesions", [])
        if lesion["role"] == role and counts(patient, scope, lesion)
    ]


def only_in_liver(patient: Json) -> bool:
    """Return whether all disease of baseline is in the liver."""
    return all(in_liver(patient, lesion) for lesion in patient.get("lesions", []))


def found(visit: Json, lesion: Json) -> Json:
    """Return the finding of a target; one without any was not evaluated."""
    return visit.get("target", {}).get(lesion["id"], {"state": "ne"})


def host(patient: Json, scope: str, finding: Json) -> Json | None:
    """Return the target of the scope into which a target merged."""
    name = finding.get("lesion")
    targets = lesions(patient, scope, "target")
    return next((lesion for lesion in targets if lesion["id"] == name), None)


def size_of(
    patient: Json, scope: str, visit: Json, lesion: Json, size: Size
) -> Fraction | None:
    """Return what a target counts at a visit; None where it is missing.

    A partner that merged counts 0, not missing, where the whole is measured
    (Eisenhauer 2009, 4.3.2); where the whole lies outside the scope, it is missing.
    """
    finding = found(visit, lesion)
    state = finding.get("state")
    if state == "absent":
        return Fraction(0)
    if state == "ne":
        return None
    if state == "merged_into":
        whole = host(patient, scope, finding)
        return None if whole is None else Fraction(0)
    nothing = state != "too_small" and diameter(patient, lesion, finding) == 0
    return Fraction(0) if nothing else size(patient, lesion, finding)


def sizes(patient: Json, scope: str, visit: Json, size: Size) -> list[Fraction | None]:
    """Return what each target of the scope counts at a visit."""
    return [
        size_of(patient, scope, visit, lesion, size)
        for lesion in lesions(patient, scope, "target")
    ]


def whole_sum(values: list[Fraction | None]) -> Fraction | None:
    """Return the sum; None where a target is missing."""
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(values) else None


def partial_sum(values: list[Fraction | None]) -> Fraction:
    """Return the sum of what was measured, the rest taken as 0."""
    return sum((value for value in values if value is not None), Fraction(0))


def nadir(patient: Json, scope: str, k: int, size: Size) -> Fraction | None:
    """Return the smallest complete sum before visit `k`, baseline included."""
    earlier = [
        whole_sum(sizes(patient, scope, visit, size))
        for visit in [baseline(patient), *visits(patient)[:k]]
    ]
    return min((value for value in earlier if value is not None), default=None)


def diameter(patient: Json, lesion: Json, finding: Json) -> Fraction | None:
    """Return the diameter that RECIST 1.1 counts, mm (Eisenhauer 2009, 4.3.2)."""
    del patient, lesion
    if finding.get("state") == "too_small":
        return Fraction(5)
    if finding.get("state") == "split":
        return sum((part(piece) for piece in finding["parts_mm"]), Fraction(0))
    return exact(finding["mm"])


def part(piece: Any) -> Fraction:
    """Return the diameter of a part of a split lesion; 0 where it is gone."""
    return Fraction(0) if isinstance(piece, dict) else exact(piece)


def gone(patient: Json, scope: str, visit: Json, lesion: Json) -> bool:
    """Return whether a target is gone: 0 mm, or a node under 10 mm, as is each part.

    What merged is gone when the whole is.
    """
    finding = found(visit, lesion)
    if finding.get("state") == "merged_into":
        whole = host(patient, scope, finding)
        return whole is not None and gone(patient, scope, visit, whole)
    value = size_of(patient, scope, visit, lesion, diameter)
    if value is None:
        return False
    if not lesion.get("nodal"):
        return value == 0
    return all(part(piece) < 10 for piece in finding.get("parts_mm", [])) and (
        "parts_mm" in finding or value < 10
    )


def seen(patient: Json, scope: str, visit: Json, lesion: Json) -> bool:
    """Return whether a target is there: measured or stated, and not gone."""
    value = size_of(patient, scope, visit, lesion, diameter)
    return value is not None and not gone(patient, scope, visit, lesion)


def all_gone(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether every target of the scope is gone."""
    targets = lesions(patient, scope, "target")
    return all(gone(patient, scope, visit, lesion) for lesion in targets)


def any_seen(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether a target of the scope is there."""
    targets = lesions(patient, scope, "target")
    return any(seen(patient, scope, visit, lesion) for lesion in targets)


def any_left(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether a target of the scope has a diameter, whatever it is."""
    targets = lesions(patient, scope, "target")
    return any(size_of(patient, scope, visit, one, diameter) for one in targets)
