"""mRECIST: Lencioni and Llovet, Semin Liver Dis 2010;30:52-60."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined, others
from tests.reference import reading as r
from tests.reference.reading import Json


def viable(patient: Json, lesion: Json, finding: Json) -> Fraction | None:
    """Return the longest enhancing diameter, mm.

    A lesion without one at baseline is followed by its whole diameter.
    """
    if follows_whole(patient, lesion):
        return r.diameter(patient, lesion, finding)
    if finding.get("state") == "too_small":
        return Fraction(5)
    length = finding.get("viable_mm")
    return None if length is None else r.exact(length)


def follows_whole(patient: Json, lesion: Json) -> bool:
    """Return whether a lesion had no viable diameter at baseline."""
    return r.found(r.baseline(patient), lesion).get("viable_mm") is None


def target(patient: Json, scope: str, k: int, had_cr: bool) -> str:
    """Return the response of the enhancing tumour."""
    if not r.lesions(patient, scope, "target"):
        return "NA"
    visit = r.visits(patient)[k]
    if no_enhancement(patient, scope, visit):
        return "CR"
    if grew(patient, scope, k) or back(patient, scope, k, had_cr):
        return "PD"
    now = r.whole_sum(r.sizes(patient, scope, visit, viable))
    first = r.whole_sum(r.sizes(patient, scope, r.baseline(patient), viable))
    if now is None or first is None:
        return "NE"
    return "PR" if 10 * now <= 7 * first else "SD"


def back(patient: Json, scope: str, k: int, had_cr: bool) -> bool:
    """Return whether enhancement is back after overall CR."""
    visit = r.visits(patient)[k]
    targets = r.lesions(patient, scope, "target")
    enhancing = any(enhances(patient, scope, visit, lesion) for lesion in targets)
    return had_cr and enhancing and others.reappearance_counts(patient)


def no_enhancement(patient: Json, scope: str, visit: Json) -> bool:
    """Return whether no target enhances, or is a node of 10 mm that does."""
    targets = r.lesions(patient, scope, "target")
    return all(without_viable(patient, scope, visit, lesion) for lesion in targets)


def without_viable(patient: Json, scope: str, visit: Json, lesion: Json) -> bool:
    """Return whether a target was seen, and no viable tumour of it."""
    finding = r.found(visit, lesion)
    if finding.get("state") == "merged_into":
        whole = r.host(patient, scope, finding)
        return whole is not None and without_viable(patient, scope, visit, whole)
    if r.gone(patient, scope, visit, lesion):
        return True
    return r.size_of(patient, scope, visit, lesion, viable) == 0


def enhances(patient: Json, scope: str, visit: Json, lesion: Json) -> bool:
    """Return whether viable tumour of one target is seen."""
    value = r.size_of(patient, scope, visit, lesion, viable)
    gone = without_viable(patient, scope, visit, lesion)
    return value is not None and not gone


def grew(patient: Json, scope: str, k: int) -> bool:
    """Return whether the viable sum is 20 % above the smallest."""
    least = r.nadir(patient, scope, k, viable)
    now = r.partial_sum(r.sizes(patient, scope, r.visits(patient)[k], viable))
    limb = r.exact(r.other_setting(patient, "mrecist", "min_growth_mm", 0))
    if least is None or now <= least:
        return False
    return 5 * now >= 6 * least and now - least >= limb


def counts(patient: Json, scope: str, k: int, new: Json) -> bool:
    """Return whether a definite new lesion is new disease."""
    del scope
    if new.get("cytology_positive") is not None and new["organ"] != "liver":
        return bool(new["cytology_positive"])
    look = new.get("enhancement")
    if new["organ"] != "liver" or new.get("nodal") or look is None or "mm" not in new:
        return True
    if look == "typical":
        return r.exact(new["mm"]) >= 10
    first = first_size(patient, k, new["id"])
    return first is not None and r.exact(new["mm"]) - first >= 10


def first_size(patient: Json, k: int, name: str) -> Fraction | None:
    """Return the size of a new lesion when it first showed."""
    shown = [
        r.exact(new["mm"])
        for visit in r.visits(patient)[: k + 1]
        for new in visit.get("new", [])
        if new["id"] == name and "mm" in new
    ]
    return shown[0] if shown else None


WAY = combined.Way(target, counts=counts)
