"""Patients for trials, each with only what the test is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from recist_tool.model.findings import Findings

REFERENCE = dt.date(2024, 1, 1)


def on(day: int) -> str:
    return (REFERENCE + dt.timedelta(days=day)).isoformat()


def patient(
    name: str, words: str = "", liver: str | None = None, **fields: Any
) -> Findings:
    """Return a patient with liver lesions whose responses only are known: ``56 PR``."""
    overall = _by_day(words)
    hepatic = _by_day(overall and words if liver is None else liver)
    baseline = {"id": "BL", "day": -12, "nontarget": {"NT1": "present"}}
    timepoints = [baseline] + [
        {
            "id": f"TP{place}",
            "day": day,
            "overall": overall.get(day, "NE"),
            "liver": hepatic.get(day, "NE"),
        }
        for place, day in enumerate(sorted({*overall, *hepatic}), start=1)
    ]
    lesions = [{"id": "NT1", "role": "non_target", "organ": "liver"}]
    given = {"id": name, "reference_date": on(0), "lesions": lesions}
    return Findings.model_validate(given | {"timepoints": timepoints} | fields)


def _by_day(words: str | dict[int, str]) -> dict[int, str]:
    if not words:
        return {}
    pairs = (one.split() for one in words.split(","))
    return {int(day): word for day, word in pairs}


def measured(
    name: str, *, organ: str = "liver", sums: tuple[float, ...], **fields: Any
):
    """Return a patient with one target, measured at baseline and every 56 days."""
    timepoints = [
        {
            "id": f"TP{place}" if place else "BL",
            "day": 56 * place if place else -12,
            "target": {"T1": {"mm": mm}},
        }
        for place, mm in enumerate(sums)
    ]
    lesions = [{"id": "T1", "role": "target", "organ": organ}]
    given = {"id": name, "reference_date": on(0), "lesions": lesions}
    return Findings.model_validate(given | {"timepoints": timepoints} | fields)


def registry(n: int = 200, seed: int = 20240101) -> list[Findings]:
    """Return a cohort like a registry's: visits every eight weeks over 24 months."""
    rng = np.random.default_rng(seed)
    cohort: list[Findings] = []
    for place in range(n):
        death = int(rng.exponential(500)) + 20
        last = min(death, int(rng.uniform(200, 730)))
        days = [day for day in range(56, last + 1, 56) if rng.random() > 0.1]
        words = rng.choice(["PR", "SD", "SD", "PD", "NE", "CR"], (2, len(days)))
        overall, liver = (
            ", ".join(f"{day} {word}" for day, word in zip(days, row, strict=True))
            for row in words
        )
        known = "death" if death <= last else "last_alive"
        cohort.append(
            patient(
                f"S{place}",
                overall,
                liver,
                follow_up={known: on(last)},
                groups={"arm": "AB"[place % 2]},
            )
        )
    return cohort
