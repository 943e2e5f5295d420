"""who_v1: products of two diameters, visit by visit."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from recist_tool.criteria.size_based.figures import burden, from_baseline
from recist_tool.criteria.size_based.who import judge
from recist_tool.model.criteria_settings import WhoSettings
from recist_tool.terms import GrowthOf, Reference, Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "SPD-based PD (later practice, irRC)": {"growth_of": GrowthOf.SUM},
    "PD against baseline only": {"growth_from": Reference.BASELINE},
}
"""The settings that give each alternative of the file."""


def checks(data: Mapping[str, Any]):
    """Yield a check for each course and for each alternative."""
    for case in data["cases"]:
        yield case["id"], partial(check, case, case["expected"], {})
        for other in case.get("alternatives") or ():
            convention = other["convention"]
            if convention in CONVENTIONS:
                changes = CONVENTIONS[convention]
                name = f"{case['id']} [{convention}]"
                yield name, partial(check, case, other["expected"], changes)


def check(
    case: Mapping[str, Any], expected: Sequence[str], changes: Mapping[str, object]
) -> None:
    settings = WhoSettings.model_validate(changes)
    assert [str(one) for one in answers(case, settings)] == list(expected)


def answers(case: Mapping[str, Any], settings: WhoSettings) -> list[Response]:
    """Return the response of each visit of a case."""
    baseline = {
        name: size
        for name, pair in case["baseline_products_mm2"].items()
        if (size := product(pair)) is not None
    }
    past = from_baseline("BL", burden(baseline))
    found: list[Response] = []
    for number, visit in enumerate(case["visits_products_mm2"], start=1):
        now = burden({name: product(visit.get(name)) for name in baseline})
        new = bool(visit.get("new"))
        found.append(Response.PD if new else judge(now, past, settings).response)
        past = past.after(f"TP{number}", now, progressed=found[-1] is Response.PD)
    return found


def product(pair: Sequence[float] | None) -> Decimal | None:
    """Return the exact product of two diameters as they are written."""
    if pair is None or None in pair:
        return None
    long, across = (Decimal(str(one)) for one in pair)
    return long * across
