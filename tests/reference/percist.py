"""PERCIST 1.0: Wahl et al., J Nucl Med 2009;50:122S-150S; O et al., Radiology 2016."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import eortc
from tests.reference import reading as r
from tests.reference.reading import Json


def convention(patient: Json, name: str, default: object) -> object:
    """Return one convention of PERCIST."""
    return r.other_setting(patient, "percist", name, default)


def region(visit: Json) -> tuple[Json, Fraction] | None:
    """Return the reference region of a scan, and how often its mean is taken."""
    pet = visit.get("pet", {})
    if pet.get("liver"):
        return pet["liver"], Fraction(3, 2)
    if pet.get("blood_pool"):
        return pet["blood_pool"], Fraction(2)
    return None


def hottest(patient: Json, scope: str, visit: Json) -> Fraction | None:
    """Return the SULpeak of the hottest lesion of a scan."""
    shown = eortc.uptakes(patient, scope, visit).values()
    peaks = [r.exact(les["sul_peak"]) for les in shown if "sul_peak" in les]
    return max(peaks, default=None)


def measurable(patient: Json, scope: str) -> bool:
    """Return whether the hottest lesion of baseline is known, and stands out enough.

    What is not known of the reference region is not held against it.
    """
    first = r.baseline(patient)
    peak, reference = hottest(patient, scope, first), region(first)
    if peak is None or missing(patient, scope, first):
        return False
    if reference is None or "sd_sul" not in reference[0]:
        return True
    found, times = reference
    return peak >= times * r.exact(found["mean_sul"]) + 2 * r.exact(found["sd_sul"])


def comparable(patient: Json, visit: Json) -> bool:
    """Return whether a scan can be compared with that of baseline."""
    one, two = r.baseline(patient).get("pet", {}), visit.get("pet", {})
    for name in ("scanner", "reconstruction"):
        if name in one and name in two and one[name] != two[name]:
            return False
    if one.get("tracer", "FDG") != two.get("tracer", "FDG"):
        return False
    return in_time(one, two) and same_dose(one, two) and same_liver(patient, one, two)


def in_time(one: Json, two: Json) -> bool:
    """Return whether both scans came 50 to 70 min after injection, 15 min apart."""
    waits = [r.exact(p["uptake_minutes"]) for p in (one, two) if "uptake_minutes" in p]
    if any(not 50 <= wait <= 70 for wait in waits):
        return False
    return len(waits) < 2 or abs(waits[0] - waits[1]) <= 15


def same_dose(one: Json, two: Json) -> bool:
    """Return whether the injected activities are within 20 %."""
    if "injected_mbq" not in one or "injected_mbq" not in two:
        return True
    first, now = r.exact(one["injected_mbq"]), r.exact(two["injected_mbq"])
    return 5 * abs(now - first) <= first


def same_liver(patient: Json, one: Json, two: Json) -> bool:
    """Return whether the liver is within 20 % and 0.3."""
    if not one.get("liver") or not two.get("liver"):
        return True
    first = r.exact(one["liver"]["mean_sul"])
    apart = abs(r.exact(two["liver"]["mean_sul"]) - first)
    strict = convention(patient, "liver_limit_is_strict", False)
    near = apart < Fraction("0.3") if strict else apart <= Fraction("0.3")
    return near and 5 * apart <= first


def response(patient: Json, scope: str, k: int) -> str:
    """Return the metabolic response of a visit."""
    visit, first = r.visits(patient)[k], r.baseline(patient)
    if "pet" not in first or "pet" not in visit:
        return "NE"
    if eortc.new_uptake(patient, scope, visit):
        return "PMD"
    if not measurable(patient, scope) or not may_judge(patient, visit):
        return "NE"
    if complete(patient, scope, visit):
        return "CMR"
    now, then = hottest(patient, scope, visit), hottest(patient, scope, first)
    if now is None or then is None:
        return "NE"
    return by_peak(patient, scope, k, now, then)


def may_judge(patient: Json, visit: Json) -> bool:
    """Return whether a scan is judged: comparable, or the trial does not ask."""
    asks = convention(patient, "not_comparable_is_ne", True)
    return not asks or comparable(patient, visit)


def complete(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether all lesions are at background and below the reference.

    All uptake of the scan: what baseline did not list is no complete response either.
    """
    reference, peak = region(visit), hottest(patient, scope, visit)
    now = eortc.uptakes(patient, scope, visit)
    if not all(lesion.get("background") for lesion in now.values()):
        return False
    cooler = convention(patient, "not_recorded", "not_evaluated") == "cooler"
    if not eortc.at_background(patient, scope, visit, of_recorded=cooler):
        return False
    return peak is None or reference is None or peak < r.exact(reference[0]["mean_sul"])


def by_peak(patient: Json, scope: str, k: int, now: Fraction, then: Fraction) -> str:
    """Return the response by the hottest lesion and by glycolysis.

    A lesion of baseline that was not recorded may be the hottest: what is recorded
    can show progression, but neither response nor stability.
    """
    least = then
    if convention(patient, "growth_from", "baseline") == "nadir":
        least = nadir(patient, scope, k, then)
    if rose(patient, now, least) or glycolysis_rose(patient, scope, k, now, then):
        return "PMD"
    if missing(patient, scope, r.visits(patient)[k]):
        return "NE"
    fall = then - now
    return "PMR" if 10 * fall >= 3 * then and fall >= Fraction("0.8") else "SMD"


def missing(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether a lesion of baseline may be the hottest of a scan, unrecorded."""
    if convention(patient, "not_recorded", "not_evaluated") == "cooler":
        return False
    now = eortc.uptakes(patient, scope, visit)
    return any(
        "sul_peak" not in now.get(name, {}) and not now.get(name, {}).get("background")
        for name in eortc.uptakes(patient, scope, r.baseline(patient))
    )


def nadir(patient: Json, scope: str, k: int, then: Fraction) -> Fraction:
    """Return the smallest SULpeak of comparable and complete scans before a visit."""
    earlier = [
        hottest(patient, scope, visit)
        for visit in r.visits(patient)[:k]
        if "pet" in visit
        and may_judge(patient, visit)
        and not missing(patient, scope, visit)
    ]
    return min([then, *(peak for peak in earlier if peak is not None)])


def rose(patient: Json, now: Fraction, least: Fraction) -> bool:
    """Return whether SULpeak rose by 30 % and 0.8."""
    rise = now - least
    if convention(patient, "pmd_is_strict", False):
        return 10 * rise > 3 * least and rise > Fraction("0.8")
    return 10 * rise >= 3 * least and rise >= Fraction("0.8")


def glycolysis_rose(
    patient: Json, scope: str, k: int, now: Fraction, then: Fraction
) -> bool:
    """Return whether TLG rose by 75 % while SULpeak did not fall."""
    if not convention(patient, "tlg_counts", True) or now < then:
        return False
    first, after = glycolysis(patient, scope, r.visits(patient)[k])
    return first > 0 and 4 * after >= 7 * first


def glycolysis(patient: Json, scope: str, visit: Json) -> tuple[Fraction, Fraction]:
    """Return TLG at baseline and now, of the lesions of which both scans give it.

    One that the later scan does not have counts at baseline only.
    """
    first, after = Fraction(0), Fraction(0)
    now = eortc.uptakes(patient, scope, visit)
    for name, before in eortc.uptakes(patient, scope, r.baseline(patient)).items():
        if "tlg_g" not in before:
            continue
        then = eortc.figure(now.get(name), "tlg_g")
        if name not in now or then is not None:
            first += r.exact(before["tlg_g"])
            after += then or Fraction(0)
    return first, after
