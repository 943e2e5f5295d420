"""Response of each lesion: the limits of Miller 1981 for one lesion."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined
from tests.reference import reading as r
from tests.reference.reading import Json
from tests.reference.who import area_after_cr, joined, nothing_left, smallest, together


def area(patient: Json, lesion: Json, finding: Json) -> Fraction | None:
    """Return the product of two diameters, or the square where baseline had one."""
    if finding.get("state") == "too_small":
        return Fraction(25)
    two = measured_across(r.found(r.baseline(patient), lesion))
    if finding.get("state") == "split":
        if not two:
            return sum((r.part(p) ** 2 for p in finding["parts_mm"]), Fraction(0))
        given = finding.get("area_mm2")
        return None if given is None else r.exact(given)
    length, across = r.exact(finding["mm"]), finding.get("perpendicular_mm")
    if not two:
        return length * length
    return None if across is None else length * r.exact(across)


def measured_across(finding: Json) -> bool:
    """Return whether a finding holds a second diameter."""
    return "perpendicular_mm" in finding or "area_mm2" in finding


def by_limits(patient: Json, now: Fraction, first: Fraction, least: Fraction) -> str:
    """Return the response of an area that is not gone."""
    if now > 0 and 4 * now >= 5 * least:
        return "PD"
    strict = r.other_setting(patient, "per_lesion", "pr_is_strict", False)
    if 2 * now < first or (2 * now == first and not strict):
        return "PR"
    minor = r.other_setting(patient, "per_lesion", "minor_from_percent", 25)
    return "MR" if 100 * now <= (100 - minor) * first else "SD"


def target(patient: Json, scope: str, k: int, had_cr: bool) -> str:
    """Return the response of the mean area, which a missing lesion leaves unknown."""
    if not r.lesions(patient, scope, "target"):
        return "NA"
    visit = r.visits(patient)[k]
    values = r.sizes(patient, scope, visit, area)
    if nothing_left(values):
        return "CR"
    if area_after_cr(patient, scope, k, had_cr):
        return "PD"
    now, least = r.whole_sum(values), r.nadir(patient, scope, k, area)
    first = r.whole_sum(r.sizes(patient, scope, r.baseline(patient), area))
    if now is None or first is None or least is None:
        return "NE"
    return by_limits(patient, now, first, least)


def of_lesion(patient: Json, scope: str, k: int, lesion: Json) -> str:
    """Return the response of one lesion; of those that merged, that of the whole."""
    visit, first = r.visits(patient)[k], r.baseline(patient)
    names = joined(patient, scope, visit, lesion)
    now = together(patient, scope, visit, names, area)
    before = together(patient, scope, first, names, area)
    past = [first, *r.visits(patient)[:k]]
    least = smallest(patient, scope, past, names, area)
    if now is None or before is None or least is None:
        return "NE"
    return by_limits(patient, now, before, least) if now else "CR"


WAY = combined.Way(target, confirms=False, normal_nodes=False)
