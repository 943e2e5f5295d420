"""Response by volume: the limits of RECIST 1.1 or WHO for spheres, or QIBA's."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined
from tests.reference import reading as r
from tests.reference.reading import Json

SPHERE_OF_5_MM = Fraction("0.06544984694978735914")
"""Pi / 6 times 125 mm³, ml."""


def volume(patient: Json, lesion: Json, finding: Json) -> Fraction | None:
    """Return the volume of a lesion, ml."""
    del patient, lesion
    if finding.get("state") == "too_small":
        return SPHERE_OF_5_MM
    value = finding.get("volume_ml")
    return None if value is None else r.exact(value)


def at_most(patient: Json, now: Fraction, first: Fraction) -> bool:
    """Return whether the fall is a response."""
    limits = r.other_setting(patient, "volumetric", "limits", "sphere")
    if limits == "who_sphere":
        return now**2 <= Fraction(1, 8) * first**2
    share = {"sphere": Fraction("0.343"), "qiba_lung": Fraction("0.65")}[limits]
    return now <= share * first


def at_least(patient: Json, now: Fraction, least: Fraction) -> bool:
    """Return whether the growth is progression."""
    limits = r.other_setting(patient, "volumetric", "limits", "sphere")
    if limits == "who_sphere":
        return now**2 >= Fraction(125, 64) * least**2
    share = {"sphere": Fraction("1.728"), "qiba_lung": Fraction("1.55")}[limits]
    return now >= share * least


def target(patient: Json, scope: str, k: int, had_cr: bool) -> str:
    """Return the response by the sum of volumes."""
    if not r.lesions(patient, scope, "target"):
        return "NA"
    visit = r.visits(patient)[k]
    if r.all_gone(patient, scope, visit):
        return "CR"
    values = r.sizes(patient, scope, visit, volume)
    least, part = r.nadir(patient, scope, k, volume), r.partial_sum(values)
    grew = least is not None and part > 0 and at_least(patient, part, least)
    if grew or combined.back_after_cr(patient, scope, k, had_cr):
        return "PD"
    now = r.whole_sum(values)
    first = r.whole_sum(r.sizes(patient, scope, r.baseline(patient), volume))
    if now is None or first is None:
        return "NE"
    return "PR" if at_most(patient, now, first) else "SD"


WAY = combined.Way(target)
