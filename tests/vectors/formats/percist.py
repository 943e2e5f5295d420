"""percist_v1: thresholds, measurability, response and comparability of scans."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from recist_tool.criteria.pet.comparability import differences
from recist_tool.criteria.pet.percist import (
    PercistUptake,
    blood_pool_threshold,
    liver_threshold,
    measurable,
    metabolic_response,
)
from recist_tool.model.criteria_settings import PercistSettings
from recist_tool.model.pet import PetScan, ReferenceRegion
from tests.vectors.formats.eortc_pet import number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "strictly greater than 30 %": {"pmd_is_strict": True},
    "SULpeak only": {"tlg_counts": False},
    "liver difference strictly below 0.3": {"liver_limit_is_strict": True},
}
"""The settings that give each alternative of the file."""
REGIONS = {"liver": liver_threshold, "blood": blood_pool_threshold}
SCANS = ("uptake_min", "dose_mbq", "injected_mbq", "scanner", "reconstruction")


def checks(data: Mapping[str, Any]):
    """Yield a check for each case and for each alternative."""
    for case in data["cases"]:
        yield case["id"], partial(check, case, case["expected"], {})
        for other in case.get("alternatives") or ():
            convention = other["convention"]
            if convention in CONVENTIONS:
                changes = CONVENTIONS[convention]
                name = f"{case['id']} [{convention}]"
                yield name, partial(check, case, other["expected"], changes)


def check(
    case: Mapping[str, Any], expected: Mapping[str, Any], changes: Mapping[str, object]
) -> None:
    settings = PercistSettings.model_validate(changes)
    answer = {
        "threshold": threshold,
        "measurable": is_measurable,
        "response": response,
        "comparability": comparable,
    }[case["kind"]]
    assert answer(case, settings) == dict(expected)


def threshold(case: Mapping[str, Any], settings: PercistSettings) -> dict[str, object]:
    del settings
    return {"threshold_sul": float(_threshold(case))}


def is_measurable(
    case: Mapping[str, Any], settings: PercistSettings
) -> dict[str, object]:
    del settings
    peak = Decimal(str(case["baseline_sulpeak"]))
    return {"measurable": measurable(peak, _threshold(case))}


def response(case: Mapping[str, Any], settings: PercistSettings) -> dict[str, object]:
    region = _key(case, "liver", "followup") or _key(case, "blood", "followup")
    found = PercistUptake(
        number(case["baseline_sulpeak"]),
        number(case.get("followup_sulpeak")),
        number(case.get(region)),
        bool(case.get("all_lesions_background")),
        bool(case.get("new_lesion")),
        number(case.get("tlg_change_pct")),
    )
    return {"response": str(metabolic_response(found, settings))}


def comparable(case: Mapping[str, Any], settings: PercistSettings) -> dict[str, object]:
    found = differences(_scan(case, 0), _scan(case, 1), settings)
    return {"comparable": not found}


def _threshold(case: Mapping[str, Any]) -> Decimal:
    [name] = [name for name in REGIONS if _key(case, name, "mean")]
    region = {
        "mean_sul": number(case[_key(case, name, "mean")]),
        "sd_sul": number(case[_key(case, name, "sd")]),
    }
    found = REGIONS[name](ReferenceRegion.model_validate(region))
    assert found is not None
    return found


def _key(case: Mapping[str, Any], *parts: str) -> str:
    """Return the key of a case that begins and goes on with `parts`, or nothing."""
    first, *rest = parts
    return next(
        (
            key
            for key in case
            if key.startswith(first) and all(part in key for part in rest)
        ),
        "",
    )


def _scan(case: Mapping[str, Any], place: int) -> PetScan:
    """Return the first or the second scan of a case about two."""
    said = {key: case[key][place] for key in SCANS if key in case}
    if case.get("same_scanner") is False:
        said["scanner"] = f"scanner {place}"
    dose = said.pop("dose_mbq", said.pop("injected_mbq", None))
    liver = case.get(f"{('baseline', 'followup')[place]}_liver_sul")
    return PetScan.model_validate(
        {
            "uptake_minutes": number(said.pop("uptake_min", None)),
            "injected_mbq": number(dose),
            "liver": None if liver is None else {"mean_sul": number(liver)},
            **said,
        }
    )
