"""Make the cohorts of the documentation: synthetic patients, drawn with a fixed seed.

    python docs/examples/make.py [FOLDER]

registry.jsonl
    200 patients of a registry of radioembolisation over 24 months: sums of diameters
    at one month and every three, treatment of one or both lobes, deaths.
registry-settings.json
    The conventions of that registry: the schedule of its scans.
two-readers.jsonl
    60 patients of such a registry, each read by the site and by central review.
response-34.jsonl
    34 patients, responses alone, with the counts of a published trial at one month.
pet-84.jsonl
    84 patients, responses on PET alone, with the counts of a published review.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from pathlib import Path
from typing import Any

REFERENCE = dt.date(2022, 1, 10)
HERE = Path(__file__).parent
REGISTRY_SETTINGS = {"visit_interval_days": 91, "visit_window_days": 14}


def day(number: int, start: dt.date = REFERENCE) -> str:
    """Return a day counted from the reference date."""
    return (start + dt.timedelta(days=number)).isoformat()


def registry(n: int = 200, seed: int = 90) -> list[dict[str, Any]]:
    """Return patients of a registry, two years from the first to the last one."""
    draw = random.Random(seed)  # noqa: S311 - the same patients each time
    return [_patient(f"S{place:03d}", draw) for place in range(1, n + 1)]


def _patient(name: str, draw: random.Random) -> dict[str, Any]:
    start = REFERENCE + dt.timedelta(days=draw.randrange(200))
    mutant = draw.random() < 0.45
    death = 30 + int(draw.expovariate(1 / (380 if mutant else 560)))
    seen = min(death, draw.randint(420, 730))
    visits = _visits(draw, seen)
    lesions = [
        {"id": "T1", "role": "target", "organ": "liver"},
        {"id": "T2", "role": "target", "organ": "liver"},
    ]
    if draw.random() < 0.4:
        lesions.append({"id": "T3", "role": "target", "organ": "lung"})
    return {
        "id": name,
        "reference_date": start.isoformat(),
        "lesions": lesions,
        "timepoints": _timepoints(draw, visits, lesions, start),
        "follow_up": _follow_up(draw, death, seen, start),
        "treatment": _treatment(draw, start),
        "groups": {"KRAS": "mutant" if mutant else "wild type"},
    }


def _visits(draw: random.Random, seen: int) -> list[int]:
    return [
        due + draw.randint(-5, 5)
        for due in (30, *range(91, seen - 5, 91))
        if due < seen - 5 and draw.random() > 0.06
    ]


def _timepoints(
    draw: random.Random,
    visits: list[int],
    lesions: list[dict[str, str]],
    start: dt.date,
) -> list[dict[str, Any]]:
    """Return a baseline and visits: each lesion shrinks, then grows back."""
    sizes = {one["id"]: round(draw.uniform(15, 70), 1) for one in lesions}
    fate = draw.choices(["grows", "shrinks", "goes"], (0.16, 0.76, 0.08))[0]
    depth = {one["id"]: _depth(draw, fate) for one in lesions}
    turn, pace = draw.uniform(80, 500), draw.lognormvariate(-6.6, 0.9)
    if fate == "grows":
        turn, pace = 10, max(pace, 0.0025)
    baseline = {"id": "BL", "date": day(-draw.randint(3, 25), start)}
    baseline |= {"target": {name: {"mm": mm} for name, mm in sizes.items()}}
    made: list[dict[str, Any]] = [baseline]
    for place, at in enumerate(visits, start=1):
        shrunk = min(at / turn, 1)
        growth = min(max(at - turn, 0) * pace, 2)
        found = {
            name: _found(mm * (1 - depth[name] * shrunk) * (1 + growth), draw)
            for name, mm in sizes.items()
        }
        visit = {"id": f"TP{place}", "date": day(at, start), "target": found}
        if draw.random() < 0.015 + growth / 10:
            organ = draw.choice(["liver", "lung", "peritoneum"])
            new = {"id": f"N{place}", "organ": organ, "status": "definite"}
            visit["new"] = [new]
            return [*made, visit]
        made.append(visit)
    return made


def _depth(draw: random.Random, fate: str) -> float:
    """Return the share by which a lesion shrinks at its smallest."""
    if fate == "grows":
        return 0
    return 1 if fate == "goes" else draw.betavariate(1.4, 2.0)


def _found(mm: float, draw: random.Random) -> dict[str, Any]:
    if draw.random() < 0.006:
        return {"state": "ne", "reason": "motion"}
    size = round(mm + draw.gauss(0, 0.8), 1)
    return {"mm": size} if size >= 5 else {"state": "absent"}


def _follow_up(
    draw: random.Random, death: int, seen: int, start: dt.date
) -> dict[str, str]:
    if death <= seen:
        return {"death": day(death, start)}
    return {"last_alive": day(seen, start)}


def _treatment(draw: random.Random, start: dt.date) -> list[dict[str, Any]]:
    """Return both lobes at once, one after the other, or the right lobe alone."""
    way = draw.choice(["both", "later", "right"])
    right = {
        "date": start.isoformat(),
        "activity_gbq": round(draw.uniform(0.8, 2.2), 1),
    }
    sessions = [right | {"target": "right lobe"}]
    if way != "right":
        later = day(28 if way == "later" else 0, start)
        left = {"date": later, "activity_gbq": round(draw.uniform(0.4, 1.2), 1)}
        sessions.append(left | {"target": "left lobe"})
    return sessions


def two_readers(n: int = 60, seed: int = 7) -> list[dict[str, Any]]:
    """Return a registry's patients by two readers whose calipers differ by 6 %."""
    draw = random.Random(seed)  # noqa: S311 - the same patients each time
    reads: list[dict[str, Any]] = []
    for one in registry(n, seed):
        del one["groups"]
        again = json.loads(json.dumps(one))
        for visit in again["timepoints"]:
            for found in visit["target"].values():
                if "mm" in found:
                    found["mm"] = round(found["mm"] * draw.gauss(1, 0.06), 1)
            if "new" in visit and draw.random() < 0.3:
                del visit["new"]
        reads += [one | {"reader": "site"}, again | {"reader": "central"}]
    return reads


def responses(
    counts: dict[str, int], on: int, criteria: str = "RECIST 1.1"
) -> list[dict[str, Any]]:
    """Return patients of whom the response at one visit alone is known."""
    words = [word for word, count in counts.items() for _ in range(count)]
    return [
        {
            "id": f"N{place:02d}",
            "criteria": criteria,
            "reference_date": REFERENCE.isoformat(),
            "timepoints": [
                {"id": "TP1", "date": day(on), "overall": word, "liver": word}
            ],
        }
        for place, word in enumerate(words, start=1)
    ]


def main(folder: Path = HERE) -> None:
    """Write the cohorts, one patient a line."""
    cohorts = {
        "registry.jsonl": registry(),
        "two-readers.jsonl": two_readers(),
        "response-34.jsonl": responses({"PR": 8, "SD": 23, "PD": 3}, 30),
        "pet-84.jsonl": responses({"CMR": 20, "PMR": 36, "SMD": 28}, 91, "EORTC PET"),
    }
    for name, cohort in cohorts.items():
        lines = "".join(json.dumps(one) + "\n" for one in cohort)
        (folder / name).write_text(lines, "utf-8")
    settings = json.dumps(REGISTRY_SETTINGS, indent=1) + "\n"
    (folder / "registry-settings.json").write_text(settings, "utf-8")


if __name__ == "__main__":
    main(*(Path(folder) for folder in sys.argv[1:]))
