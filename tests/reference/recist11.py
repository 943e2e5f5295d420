"""RECIST 1.1: Eisenhauer et al., Eur J Cancer 2009;45:228-247."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined
from tests.reference import reading as r
from tests.reference.reading import Json


def target(patient: Json, scope: str, k: int, had_cr: bool) -> str:
    """Return the target response (4.3.1, 4.4.2; reappearance 4.3.5)."""
    if not r.lesions(patient, scope, "target"):
        return "NA"
    visit = r.visits(patient)[k]
    if r.all_gone(patient, scope, visit):
        return "CR"
    worse = grew(patient, scope, k) or is_back(patient, scope, k, had_cr)
    if worse and liver_may_progress(patient, scope, k):
        return "PD"
    now = r.whole_sum(r.sizes(patient, scope, visit, r.diameter))
    first = r.whole_sum(r.sizes(patient, scope, r.baseline(patient), r.diameter))
    if now is None or first is None:
        return "NE"
    return "PR" if 10 * now <= 7 * first else "SD"


def grew(patient: Json, scope: str, k: int) -> bool:
    """Return whether what was measured is 20 % and 5 mm above the nadir."""
    least = r.nadir(patient, scope, k, r.diameter)
    values = r.sizes(patient, scope, r.visits(patient)[k], r.diameter)
    now = r.partial_sum(values)
    if least is None:
        return False
    return 5 * now >= 6 * least and now - least >= 5


def liver_may_progress(patient: Json, scope: str, k: int) -> bool:
    """Return whether growth in the liver may be PD by itself."""
    if not combined.asks_whole(patient, scope, WAY):
        return True
    return combined.whole_target(patient, k, WAY) == "PD"


def is_back(patient: Json, scope: str, k: int, had_cr: bool) -> bool:
    """Return whether a target that was gone is back and that alone is PD."""
    convention = r.setting(patient, "reappearance", "after_overall_cr")
    least = r.nadir(patient, scope, k, r.diameter)
    from_zero = convention == "from_zero_nadir" and least == Fraction(0)
    after = convention != "sum_rule_only" and had_cr
    return (from_zero or after) and r.any_seen(patient, scope, r.visits(patient)[k])


WAY = combined.Way(target, marker_speaks=True, asks_whole=True)
