"""Choi et al., J Clin Oncol 2007;25:1753-1759."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined
from tests.reference import reading as r
from tests.reference.reading import Json

NOT_SEEN = ("absent", "merged_into", "too_small")


def target(patient: Json, scope: str, k: int, had_cr: bool) -> str:
    """Return the response by size and attenuation."""
    targets = r.lesions(patient, scope, "target")
    if not targets:
        return "NA"
    visit = r.visits(patient)[k]
    if any(r.found(visit, lesion).get("intratumoral_nodule") for lesion in targets):
        return "PD"
    if r.all_gone(patient, scope, visit):
        return "CR"
    if combined.back_after_cr(patient, scope, k, had_cr):
        return "PD"
    now = r.whole_sum(r.sizes(patient, scope, visit, r.diameter))
    first = r.whole_sum(r.sizes(patient, scope, r.baseline(patient), r.diameter))
    if now is None or first is None:
        return "NE"
    return by_size(patient, scope, k, now, first)


def by_size(patient: Json, scope: str, k: int, now: Fraction, first: Fraction) -> str:
    """Return the response where all lesions were measured."""
    fell = attenuation_fell(patient, scope, k)
    if fell:
        return "PR"
    upto = 0 if growth_from_baseline(patient) else k
    least = r.nadir(patient, scope, upto, r.diameter)
    if least is not None and 10 * now >= 11 * least:
        return "NE" if fell is None else "PD"
    if 10 * now <= 9 * first:
        return "PR"
    return "NE" if fell is None else "SD"


def growth_from_baseline(patient: Json) -> bool:
    """Return whether growth is measured from baseline."""
    return r.other_setting(patient, "choi", "growth_from", "nadir") == "baseline"


def attenuation_fell(patient: Json, scope: str, k: int) -> bool | None:
    """Return whether the mean of the lesions still there fell by 15 %; None: unknown.

    Against the mean of the same lesions at baseline, which must be above 0 HU. A lesion
    too small to measure has no attenuation and is left out.
    """
    visit = r.visits(patient)[k]
    there = [
        lesion
        for lesion in r.lesions(patient, scope, "target")
        if r.found(visit, lesion).get("state") not in NOT_SEEN
        and r.size_of(patient, scope, visit, lesion, r.diameter)
    ]
    now = [r.found(visit, lesion).get("hu_mean") for lesion in there]
    first = [r.found(r.baseline(patient), lesion).get("hu_mean") for lesion in there]
    if not there or None in now or None in first:
        return None
    total, before = sum(map(r.exact, now)), sum(map(r.exact, first))
    return None if before <= 0 else 20 * total <= 17 * before


WAY = combined.Way(target, confirms=False)
