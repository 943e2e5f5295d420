"""eortc_pet_v1: SUV of two scans to the metabolic response."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from recist_tool.criteria.pet.eortc import EortcUptake, metabolic_response
from recist_tool.model.criteria_settings import EortcPetSettings
from recist_tool.terms import PmrThreshold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "threshold 25 % for all timepoints": {"pmr_threshold": PmrThreshold.ALWAYS_25},
    "PMR (one 15 % threshold throughout)": {"pmr_threshold": PmrThreshold.ALWAYS_15},
    ">= 25 %": {"limit_is_inclusive": True},
}
"""The settings that give each alternative of the file."""


def checks(data: Mapping[str, Any]):
    """Yield a check for each pair of scans and for each alternative."""
    for case in data["cases"]:
        yield case["id"], partial(check, case, case["expected"], {})
        for other in case.get("alternatives") or ():
            convention = other["convention"]
            if convention in CONVENTIONS:
                changes = CONVENTIONS[convention]
                name = f"{case['id']} [{convention}]"
                yield name, partial(check, case, other["expected"], changes)


def check(
    case: Mapping[str, Any], expected: str, changes: Mapping[str, object]
) -> None:
    found = EortcUptake(
        number(case["baseline_suv"]),
        number(case.get("followup_suv")),
        case.get("after_cycles"),
        bool(case.get("new_uptake")),
        number(case.get("extent_change_pct")),
        bool(case.get("resolved_to_background")),
    )
    settings = EortcPetSettings.model_validate(changes)
    assert metabolic_response(found, settings) == expected


def number(value: float | None) -> Decimal | None:
    """Return a number as it is written."""
    return None if value is None else Decimal(str(value))
