"""WHO: WHO handbook 1979; Miller et al., Cancer 1981;47:207-214."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined
from tests.reference import reading as r
from tests.reference.reading import Json


def product(patient: Json, lesion: Json, finding: Json) -> Fraction | None:
    """Return longest diameter times greatest perpendicular, mm²."""
    del patient, lesion
    if finding.get("state") == "too_small":
        return Fraction(25)
    if finding.get("state") == "split":
        area = finding.get("area_mm2")
        return None if area is None else r.exact(area)
    across = finding.get("perpendicular_mm")
    return None if across is None else r.exact(finding["mm"]) * r.exact(across)


def target(patient: Json, scope: str, k: int, had_cr: bool) -> str:
    """Return the response of the measured lesions."""
    if not r.lesions(patient, scope, "target"):
        return "NA"
    visit = r.visits(patient)[k]
    if nothing_left(r.sizes(patient, scope, visit, product)):
        return "CR"
    if back_after_cr(patient, scope, k, had_cr) or grew(patient, scope, k):
        return "PD"
    now = r.whole_sum(r.sizes(patient, scope, visit, product))
    first = r.whole_sum(r.sizes(patient, scope, r.baseline(patient), product))
    if now is None or first is None:
        return "NE"
    return "PR" if 2 * now <= first else "NC"


def nothing_left(areas: list[Fraction | None]) -> bool:
    """Return whether no area is left; WHO knows no normal size of a node."""
    return all(area == 0 for area in areas)


def back_after_cr(patient: Json, scope: str, k: int, had_cr: bool) -> bool:
    """Return whether a target is back after overall CR (Eisenhauer 2009, 4.3.5)."""
    seen = r.any_seen(patient, scope, r.visits(patient)[k])
    return had_cr and seen and combined.reappearance_counts(patient)


def grew(patient: Json, scope: str, k: int) -> bool:
    """Return whether one lesion, or the sum, is 25 % above its reference."""
    if r.other_setting(patient, "who", "growth_of", "any_lesion") == "sum":
        return sum_grew(patient, scope, k)
    targets = r.lesions(patient, scope, "target")
    return any(lesion_grew(patient, scope, k, lesion) for lesion in targets)


def sum_grew(patient: Json, scope: str, k: int) -> bool:
    """Return whether the sum of products grew by 25 %."""
    visit = r.visits(patient)[k]
    now = r.partial_sum(r.sizes(patient, scope, visit, product))
    upto = 0 if from_baseline(patient) else k
    least = r.nadir(patient, scope, upto, product)
    return least is not None and now > 0 and 4 * now >= 5 * least


def from_baseline(patient: Json) -> bool:
    """Return whether growth is measured from baseline."""
    return r.other_setting(patient, "who", "growth_from", "nadir") == "baseline"


def lesion_grew(patient: Json, scope: str, k: int, lesion: Json) -> bool:
    """Return whether one lesion grew by 25 %, or is back from 0."""
    visit = r.visits(patient)[k]
    now = r.size_of(patient, scope, visit, lesion, product)
    if now is None or now == 0:
        return False
    members = [lesion, *partners(patient, scope, visit, lesion)]
    least = [smallest(patient, scope, k, member) for member in members]
    known = [value for value in least if value is not None]
    return len(known) == len(least) and 4 * now >= 5 * sum(known)


def partners(patient: Json, scope: str, visit: Json, lesion: Json) -> list[Json]:
    """Return the targets that merged into a lesion at a visit."""
    return [
        other
        for other in r.lesions(patient, scope, "target")
        if r.found(visit, other).get("state") == "merged_into"
        and r.found(visit, other).get("lesion") == lesion["id"]
    ]


def smallest(patient: Json, scope: str, k: int, lesion: Json) -> Fraction | None:
    """Return the smallest product of a lesion before a visit, or that of baseline."""
    earlier = [] if from_baseline(patient) else r.visits(patient)[:k]
    known = [
        r.size_of(patient, scope, visit, lesion, product)
        for visit in [r.baseline(patient), *earlier]
        if r.found(visit, lesion).get("state") != "merged_into"
    ]
    return min((value for value in known if value is not None), default=None)


WAY = combined.Way(target, stable="NC", persisting="NC")
