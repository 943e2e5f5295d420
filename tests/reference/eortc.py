"""EORTC PET: Young et al., Eur J Cancer 1999;35:1773-1782."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined
from tests.reference import reading as r
from tests.reference.reading import Json


def place_of(patient: Json, name: str) -> Json:
    """Return where a lesion of the PET is: the patient's own, or as first scanned."""
    for lesion in patient.get("lesions", []):
        if lesion["id"] == name:
            return lesion
    for visit in [r.baseline(patient), *r.visits(patient)]:
        pet: Json = visit.get("pet", {})
        place: Json = pet.get("lesions", {}).get(name, {})
        if "organ" in place:
            return place
    return {}


def uptakes(patient: Json, scope: str, visit: Json) -> dict[str, Json]:
    """Return the lesions of a scan that are in the scope."""
    pet: Json = visit.get("pet", {})
    shown: Json = pet.get("lesions", {})
    return {
        name: lesion
        for name, lesion in shown.items()
        if r.counts(patient, scope, place_of(patient, name))
    }


def figure(lesion: Json | None, name: str) -> Fraction | None:
    """Return a figure of a lesion; at background without one it is 0."""
    if lesion is None:
        return None
    if lesion.get(name) is not None:
        return r.exact(lesion[name])
    return Fraction(0) if lesion.get("background") else None


def new_uptake(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether uptake or a lesion is new."""
    news = combined.new_ones(patient, scope, visit)
    if any(new["status"] == "definite" for new in news):
        return True
    return any(les.get("new") for les in uptakes(patient, scope, visit).values())


def at_background(
    patient: Json, scope: str, visit: Json, *, of_recorded: bool = False
) -> bool:
    """Return whether every lesion of baseline, or each recorded, is at background."""
    names = list(uptakes(patient, scope, r.baseline(patient)))
    now = uptakes(patient, scope, visit)
    if of_recorded:
        names = [name for name in names if name in now]
    return bool(names) and all(
        now.get(name, {}).get("background", False) for name in names
    )


def extent_grew(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether the longest dimension of an uptake grew by more than 20 %."""
    now = uptakes(patient, scope, visit)
    for name, before in uptakes(patient, scope, r.baseline(patient)).items():
        after = now.get(name, {})
        both = "extent_mm" in before and "extent_mm" in after
        if both and 5 * r.exact(after["extent_mm"]) > 6 * r.exact(before["extent_mm"]):
            return True
    return False


def response(patient: Json, scope: str, k: int) -> str:
    """Return the metabolic response of a visit."""
    visit, first = r.visits(patient)[k], r.baseline(patient)
    if "pet" not in first or "pet" not in visit:
        return "NE"
    if new_uptake(patient, scope, visit) or extent_grew(patient, scope, visit):
        return "PMD"
    if at_background(patient, scope, visit):
        return "CMR"
    before = sums(patient, scope, first)
    after = sums(patient, scope, visit)
    kinds = {visit["pet"].get("suv_kind"), first["pet"].get("suv_kind")} - {None}
    if before is None or after is None or before == 0 or len(kinds) > 1:
        return "NE"
    return by_change(patient, visit, before, after)


def sums(patient: Json, scope: str, visit: Json) -> Fraction | None:
    """Return the sum of SUV over the lesions of baseline; None: one is missing."""
    names = list(uptakes(patient, scope, r.baseline(patient)))
    now = uptakes(patient, scope, visit)
    values = [figure(now.get(name), "suv") for name in names]
    return r.whole_sum(values) if values else None


def by_change(patient: Json, visit: Json, before: Fraction, after: Fraction) -> str:
    """Return the response by the change of SUV."""
    inclusive = r.other_setting(patient, "eortc_pet", "limit_is_inclusive", False)
    rise, fall = 100 * (after - before), 100 * (before - after)
    if rise > 25 * before or (inclusive and rise == 25 * before):
        return "PMD"
    rule = r.other_setting(patient, "eortc_pet", "pmr_threshold", "by_cycle")
    once = visit["pet"].get("after_cycles", 2) <= 1
    if rule == "always_15" or (rule == "by_cycle" and once):
        return "PMR" if fall >= 15 * before else "SMD"
    enough = fall > 25 * before or (inclusive and fall == 25 * before)
    return "PMR" if enough else "SMD"
