"""The criteria of PET once more: small, slow, from their papers (see `references`)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.criteria.references import new_lesion, number

if TYPE_CHECKING:
    from tests.criteria.references import Json, Scope


def eortc(scope: Scope) -> list[str]:
    """EORTC 1999 after an unknown number of cycles: 25 % both ways."""
    return [_eortc(scope, visit) for visit in scope.visits[1:]]


def _eortc(scope: Scope, visit: Json) -> str:
    before, now = scope.visits[0].get("pet"), visit.get("pet")
    if before is None or now is None:
        return "NE"
    first, later = (scanned(scope, one) for one in (before, now))
    if new_lesion(scope, visit):
        return "PMD"
    if first and all(later.get(one, {}).get("background") for one in first):
        return "CMR"
    suv = [number(one.get("suv")) for one in first.values()]
    after = [_suv_now(later.get(name)) for name in first]
    if not first or None in (*suv, *after) or before["suv_kind"] != now["suv_kind"]:
        return "NE"
    change = sum(after) / sum(suv) - 1
    if change > Fraction(1, 4):
        return "PMD"
    return "PMR" if change < -Fraction(1, 4) else "SMD"


def _suv_now(found: Json | None) -> Fraction | None:
    if found is None:
        return None
    if "suv" not in found:
        return Fraction(0) if found.get("background") else None
    return number(found["suv"])


def scanned(scope: Scope, scan: Json) -> dict[str, Json]:
    """Return the lesions of a scan that the scope counts; X1 is in the liver."""
    known = {one["id"]: one for one in scope.read["lesions"]}
    return {
        name: one
        for name, one in scan["lesions"].items()
        if scope.counts(known.get(name, {"organ": "liver"}))
    }


def percist(scope: Scope) -> list[str]:
    """PERCIST 1.0: the hottest lesion of two scans, where none may be hotter."""
    return [_percist(scope, visit) for visit in scope.visits[1:]]


def _percist(scope: Scope, visit: Json) -> str:
    before, now = scope.visits[0].get("pet"), visit.get("pet")
    if before is None or now is None:
        return "NE"
    if new_lesion(scope, visit):
        return "PMD"
    first, later = (scanned(scope, one) for one in (before, now))
    strict = scope.setting("percist", "not_recorded") == "not_evaluated"
    scanners = {before["scanner"], now["scanner"]} - {None}
    hottest = _hottest(first)
    if hottest is None or hottest < Fraction("2.65") or len(scanners) > 1:
        return "NE"
    if strict and any(not _measured(one) for one in first.values()):
        return "NE"
    missing = strict and not all(
        _measured(later.get(name)) for name in {**first, **later}
    )
    return _metabolic(first, later, missing=missing)


def _metabolic(first: Json, later: Json, *, missing: bool) -> str:
    hottest, peak = _hottest(first), _hottest(later)
    cold = bool(later) and all(one.get("background") for one in later.values())
    if cold and not missing and (peak is None or peak < Fraction(3, 2)):
        return "CMR"
    if peak is None or hottest is None:
        return "NE"
    rise, fall = peak - hottest, hottest - peak
    least = max(hottest * Fraction(3, 10), Fraction("0.8"))
    if rise >= least or (rise >= 0 and _tlg_rose(first, later)):
        return "PMD"
    if missing:
        return "NE"
    return "PMR" if fall >= least else "SMD"


def _tlg_rose(first: Json, later: Json) -> bool:
    pairs = [
        (number(one["tlg_g"]), number(later.get(name, {"tlg_g": 0})["tlg_g"]))
        for name, one in first.items()
        if "tlg_g" in one and "tlg_g" in later.get(name, {"tlg_g": 0})
    ]
    before, now = (sum(one) for one in zip(*pairs, strict=True)) if pairs else (0, 0)
    return bool(before) and now >= before * Fraction(7, 4)


def _measured(found: Json | None) -> bool:
    return found is not None and ("sul_peak" in found or bool(found.get("background")))


def _hottest(lesions: Json) -> Fraction | None:
    return max(
        (
            Fraction(str(one["sul_peak"]))
            for one in lesions.values()
            if "sul_peak" in one
        ),
        default=None,
    )
