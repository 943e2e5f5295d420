"""How many patients are assessed in a second, and whether more of them cost more each.

As a script does it: one patient is read, assessed, written and let go. Times are those
of the processor, so that other work on the machine does not count.

Run: ``python benchmarks/bench_assess.py``
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any, NamedTuple

from recist_tool.model.findings import Findings
from recist_tool.trial.patient import as_json, assess

VISITS = 8
PATIENTS = 10_000
GROWTH = (1_000, 10_000, 100_000)
SAMPLE = 1_000
RUNS = 3
"""The quickest counts: other work on the machine only ever slows one down."""


def patient(number: int, chance: random.Random) -> dict[str, Any]:
    """Return a patient with baseline and eight visits: 4-5 targets, 1-3 non-targets."""
    organs = ["liver", "liver", "lung", "lung", "lymph node"][: chance.choice((4, 5))]
    sizes = {f"T{at}": chance.uniform(15, 60) for at, _ in enumerate(organs, start=1)}
    others = [f"NT{at}" for at in range(1, chance.randint(2, 4))]
    lesions = [
        {
            "id": name,
            "role": "target",
            "organ": organ,
            "nodal": organ == "lymph node",
        }
        for name, organ in zip(sizes, organs, strict=True)
    ]
    lesions += [
        {"id": name, "role": "non_target", "organ": chance.choice(("liver", "bone"))}
        for name in others
    ]
    visits = [visit(at, sizes, others, chance) for at in range(VISITS + 1)]
    return {
        "id": f"S-{number:06}",
        "reference_date": "2024-01-01",
        "lesions": lesions,
        "timepoints": visits,
    }


def visit(
    at: int, sizes: dict[str, float], others: list[str], chance: random.Random
) -> dict[str, Any]:
    """Return one visit; sizes drift from visit to visit."""
    target: dict[str, Any] = {}
    for name in sizes:
        if at:
            sizes[name] *= chance.uniform(0.75, 1.2)
        target[name] = {"mm": round(sizes[name], 1)}
        if at and chance.random() < 0.02:
            target[name] = {"state": "ne", "reason": "not imaged"}
    new = []
    if at > 2 and chance.random() < 0.05:
        new = [{"id": f"NL{at}", "organ": "lung", "status": "definite", "mm": 12}]
    return {
        "id": f"TP{at}" if at else "BL",
        "day": 56 * at if at else -12,
        "target": target,
        "nontarget": dict.fromkeys(others, "present"),
        "new": new,
    }


def patients(count: int) -> list[str]:
    """Return that many patients as JSON, always the same ones."""
    chance = random.Random(1)  # noqa: S311 - a benchmark needs no secret
    return [json.dumps(patient(number, chance)) for number in range(count)]


class Seconds(NamedTuple):
    """Processor time of the three steps, s."""

    parse: float
    assess: float
    write: float


def seconds(count: int) -> Seconds:
    """Return the time that `count` patients take."""
    lines = patients(SAMPLE)
    parse = assess_alone = write = 0.0
    for number in range(count):
        start = time.process_time()
        findings = Findings.model_validate_json(lines[number % SAMPLE])
        read = time.process_time()
        assessment = assess(findings)
        done = time.process_time()
        json.dumps(as_json(assessment))
        write += time.process_time() - done
        assess_alone += done - read
        parse += read - start
    return Seconds(parse, assess_alone, write)


def main() -> None:
    """Print patients per second, and the growth with the number of patients."""
    taken = min((seconds(PATIENTS) for _ in range(RUNS)), key=lambda one: one.assess)
    report(f"{PATIENTS} patients x {VISITS} visits, findings parsed", taken.assess)
    report("... and parsing their JSON", taken.parse + taken.assess)
    report("... and writing all answers", sum(taken))
    first = None
    for size in GROWTH:
        each = seconds(size).assess / size
        first = first or each
        figure = f"{1e6 * each:6.0f} us each, {each / first:.2f} x the first"
        sys.stdout.write(f"growth: {size:7} patients {figure}\n")


def report(what: str, taken: float) -> None:
    """Print one line of the benchmark."""
    rate = PATIENTS / taken
    sys.stdout.write(f"{what:45} {taken:7.2f} s {rate:9.0f} patients/s\n")


if __name__ == "__main__":
    main()
