"""Random reads as a file of findings holds them, such as a reader could have drawn.

Calipers have the longer axis first, a node has both, and the parts of a lesion are as
long as broad.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

SITES = ("liver", "liver", "lung", "lymph node", "ascites")
HILUM = "hepatic hilum"
Chance = random.Random


def chance_of(seed: int) -> Chance:
    """Return the chance that makes the read of a seed."""
    return Chance(seed)


def random_read(chance: Chance) -> dict[str, Any]:
    """Return findings as a file would hold them."""
    lesions = _lesions(chance)
    days = [-chance.randrange(1, 14)]
    for _ in range(chance.randrange(1, 5)):
        days.append(max(days[-1], 0) + chance.randrange(20, 80))
    names = ["BL", *(f"TP{number}" for number in range(1, len(days)))]
    new = _new_lesions(chance, names)
    usual = 0.85 if chance.random() < 0.5 else 1
    made = {
        "id": "S-1",
        "reference_date": "2024-01-01",
        "settings": _settings(chance),
        "lesions": lesions,
        "timepoints": [
            _visit(chance, lesions, names, number, day, new, usual)
            for number, day in enumerate(days)
        ],
    }
    if chance.random() < 0.3:
        made["follow_up"] = {"last_alive": "2025-06-01", "new_therapy": "2024-05-01"}
        made["treatment"] = [{"date": "2024-01-01", "activity_gbq": 2.5}]
        made["groups"] = {"arm": "SIRT"}
    return made


def recorded_read(chance: Chance) -> dict[str, Any]:
    """Return findings of which only the responses were written down."""
    words = ["CR", "PR", "SD", "PD", "NE"]
    visits = [
        {"overall": chance.choice(words)}
        | ({"liver": chance.choice(words)} if chance.random() < 0.5 else {})
        for _ in range(chance.randrange(1, 6))
    ]
    return {
        "id": "S-1",
        "reference_date": "2024-01-01",
        "timepoints": [
            {"id": f"TP{number}", "date": _date(50 * number)} | visit
            for number, visit in enumerate(visits, start=1)
        ],
    }


def _lesions(chance: Chance) -> list[dict[str, Any]]:
    lesions: list[dict[str, Any]] = []
    for role, prefix, most in (("target", "T", 4), ("non_target", "NT", 3)):
        for number in range(1, chance.randrange(role == "target", most + 1) + 1):
            organ = chance.choice(SITES[:4])
            made = {"id": f"{prefix}{number}", "role": role, "organ": organ}
            made["nodal"] = organ == "lymph node"
            if made["nodal"] and chance.random() < 0.5:
                made["note"] = HILUM
            lesions.append(made)
    return lesions


def _settings(chance: Chance) -> dict[str, Any]:
    sites = [HILUM] if chance.random() < 0.5 else []
    dating = chance.choice(["first_seen", "bor_as_read", "as_read"])
    others = {
        "percist": {"not_recorded": chance.choice(["not_evaluated", "cooler"])},
        "who": {"growth_of": chance.choice(["any_lesion", "sum"])},
    }
    return {
        "hepatic_node_sites": sites,
        "equivocal_dating": dating,
        "other_criteria": others,
    }


def _new_lesions(chance: Chance, names: list[str]) -> list[dict[str, Any]]:
    """Return new lesions by name, place and the visit that first showed each."""
    if len(names) < 2 or chance.random() < 0.5:
        return []
    made: list[dict[str, Any]] = []
    for number in range(1, chance.randrange(1, 3) + 1):
        organ = chance.choice(SITES)
        first = chance.choice(names[1:])
        nodal = organ == "lymph node"
        made.append(
            {"id": f"NL{number}", "organ": organ, "nodal": nodal, "first_seen": first}
        )
    return made


def _visit(
    chance: Chance,
    lesions: list[dict[str, Any]],
    names: list[str],
    number: int,
    day: int,
    new: list[dict[str, Any]],
    usual: float,
) -> dict[str, Any]:
    seen: dict[str, Any] = {"id": names[number], "date": _date(day)}
    targets = [one for one in lesions if one["role"] == "target"]
    others = [one for one in lesions if one["role"] != "target"]
    seen["target"] = _targets(chance, targets, baseline=number == 0)
    seen["nontarget"] = _nontargets(chance, others, baseline=number == 0)
    seen["new"] = [
        _new_seen(chance, one, names[number])
        for one in new
        if names.index(one["first_seen"]) <= number and chance.random() < 0.8
    ]
    if chance.random() < usual:
        seen["pet"] = _pet(chance, lesions, usual, baseline=number == 0)
    seen |= _clinic(chance)
    if chance.random() < 0.3:
        seen["volumes_ml"] = {"liver": chance.randrange(1000, 2500)}
    if number and chance.random() < 0.2:
        seen["overall"] = chance.choice(["PR", "SD", "PD", "NE"])
        seen["liver"] = chance.choice(["SD", None])
    if number and chance.random() < 0.2:
        said = {"scope": "overall", "response": "PR", "reason": "as seen"}
        seen["overrides"] = [said]
    if chance.random() < 0.3:
        seen["target_scan_dates"] = [_date(day - 2), _date(day)]
    return seen


def _clinic(chance: Chance) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if chance.random() < 0.5:
        known["marker"] = chance.choice([True, False, "normal", {"CEA": "raised"}])
        known["markers"] = {
            name: {"value": chance.randrange(1, 500), "uln": 100}
            for name in chance.sample(["CgA", "CEA"], chance.randrange(1, 3))
        }
    if chance.random() < 0.4:
        known["symptoms"] = {"flushing": {"severity": chance.randrange(4)}}
        known["somatostatin_analogue"] = {"dose_mg": chance.choice([0, 15, 30])}
    if chance.random() < 0.2:
        known["fdg_pet"] = {"done": True, "result": "positive", "positive_at": "bone"}
    return known


def _targets(
    chance: Chance, targets: list[dict[str, Any]], *, baseline: bool
) -> dict[str, Any]:
    found = {
        one["id"]: _target(chance, one["nodal"], baseline=baseline) for one in targets
    }
    if not baseline:
        found = {
            name: one for name, one in found.items() if one and chance.random() < 0.95
        }
        _merge(chance, found)
    return found


def _merge(chance: Chance, found: dict[str, Any]) -> None:
    measured = [name for name, one in found.items() if "mm" in one]
    if len(measured) > 1 and chance.random() < 0.2:
        host, partner = chance.sample(measured, 2)
        found[host]["merged_with"] = [host, partner]
        found[partner] = {"state": "merged_into", "lesion": host}


def _target(chance: Chance, nodal: bool, *, baseline: bool) -> dict[str, Any]:
    kinds = ["measured"] * 6 + ["split"]
    if not baseline:
        kinds += ["absent", "too_small", "ne"]
    kind = chance.choice(kinds)
    if kind == "measured":
        return _axes(chance, nodal) | _more(chance) | _nodule(chance)
    if kind == "split":
        return _split(chance, nodal)
    if kind == "ne":
        return {"state": "ne", "reason": "not imaged"}
    return {"state": kind}


def _axes(chance: Chance, nodal: bool) -> dict[str, Any]:
    short, long = sorted(chance.randrange(60, 600) / 10 for _ in range(2))
    if nodal:
        return {"mm": short, "perpendicular_mm": long}
    return {"mm": long} | ({"perpendicular_mm": short} if chance.random() < 0.8 else {})


def _more(chance: Chance) -> dict[str, Any]:
    figures = {
        "viable_mm": chance.choice([0, 8, 15, 30]),
        "hu_mean": chance.randrange(20, 100),
        "volume_ml": chance.randrange(1, 60),
    }
    return {name: one for name, one in figures.items() if chance.random() < 0.8}


def _nodule(chance: Chance) -> dict[str, Any]:
    return {"intratumoral_nodule": True} if chance.random() < 0.05 else {}


def _split(chance: Chance, nodal: bool) -> dict[str, Any]:
    parts = [chance.randrange(5, 40) for _ in range(2)]
    made: dict[str, Any] = {"state": "split", "parts_mm": parts}
    if nodal or chance.random() < 0.7:
        made["area_mm2"] = sum(part**2 for part in parts)
    if chance.random() < 0.3:
        made["parts_mm"] = [*parts, {"state": "absent"}]
    return made | _more(chance)


def _nontargets(
    chance: Chance, others: list[dict[str, Any]], *, baseline: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in others:
        if chance.random() < 0.05 and not baseline:
            continue
        words = ["present"] * 4 + ["absent", "ne", "increased_not_unequivocal"]
        state = "present" if baseline else chance.choice([*words, "unequivocal_pd"])
        detailed: dict[str, Any] = {"state": state}
        if state not in ("absent", "ne"):
            if one["nodal"]:
                detailed["short_axis_mm"] = chance.randrange(50, 250) / 10
            detailed["change_since_last"] = chance.choice(["increased", "same", None])
        found[one["id"]] = detailed if len(detailed) > 1 else state
    return found


def _new_seen(chance: Chance, one: dict[str, Any], at: str) -> dict[str, Any]:
    made = {"id": one["id"], "organ": one["organ"], "nodal": one["nodal"]}
    if at != one["first_seen"]:
        made["first_seen"] = one["first_seen"]
    made["status"] = chance.choice(["definite", "equivocal", "resolved"])
    if chance.random() < 0.8:
        made["mm"] = chance.randrange(50, 400) / 10
    made["kind"] = chance.choice(["target", "non_target", None])
    made["change"] = chance.choice(["increased", "same", None])
    made["enhancement"] = chance.choice(["typical", "atypical", None])
    made["cytology_positive"] = chance.choice([True, False, None])
    made["note"] = chance.choice([HILUM, None])
    made["scan_date"] = chance.choice(["2024-03-01", None])
    return made


def _pet(
    chance: Chance, lesions: list[dict[str, Any]], usual: float, *, baseline: bool
) -> dict[str, Any]:
    """Return a scan; `usual` is how often a thing is as at the scan before."""

    def rarely() -> bool:
        return chance.random() >= usual

    names = [one["id"] for one in lesions] + ["X1"]
    cold = 0.9 if chance.random() < 0.2 and not baseline else 0.1 * (not baseline)
    scanned = {
        name: _uptake(chance, usual, is_cold=chance.random() < cold)
        | ({"organ": "liver"} if name == "X1" else {})
        for name in names
        if not rarely()
    }
    return {
        "lesions": scanned,
        "liver": {"mean_sul": 1.5, "sd_sul": 0.2},
        "scanner": chance.choice(["B", None]) if rarely() else "A",
        "suv_kind": "SUVbw mean" if rarely() else "SUVbw max",
    }


def _uptake(chance: Chance, usual: float, *, is_cold: bool) -> dict[str, Any]:
    if is_cold:
        figures = {"sul_peak": chance.randrange(5, 18) / 10, "suv": 0.5, "tlg_g": 0}
    else:
        figures = {
            name: chance.randrange(10, 80) / 10 for name in ("sul_peak", "suv")
        } | {"tlg_g": chance.randrange(5, 90)}
    kept = {name: one for name, one in figures.items() if chance.random() < usual}
    return kept | ({"background": True} if is_cold else {})


def _date(day: int) -> str:
    return (dt.date(2024, 1, 1) + dt.timedelta(days=day)).isoformat()
