"""Gives recipes to workers, and takes their verdicts, or their end, as the answer."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread, Timer
from typing import TYPE_CHECKING

from tests.fuzz.corpus import fixed_seeds, real_seeds
from tests.fuzz.mutants import mutant
from tests.fuzz.subject import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[2]
FAILURES = ROOT / "fuzz-failures"
LONGEST_S = 120.0


def run(
    recipes: Sequence[str],
    jobs: int,
    told: Callable[[Verdict], None] = lambda verdict: None,
) -> list[Verdict]:
    """Return the verdict on every mutant; those that failed are kept as files."""
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    for recipe in recipes:
        todo.put(recipe)
    verdicts: list[Verdict] = []

    def answered(verdict: Verdict) -> None:
        verdicts.append(verdict)
        told(verdict)

    # what killed workers leave behind goes too
    with TemporaryDirectory(prefix="recist-fuzz-") as place:
        threads = [
            Thread(target=_work, args=(todo, answered, place)) for _ in range(jobs)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    _keep([verdict for verdict in verdicts if verdict.outcome == "failed"])
    return verdicts


def _work(
    todo: queue.SimpleQueue[str], answered: Callable[[Verdict], None], place: str
) -> None:
    process = None
    try:
        while True:
            recipe = todo.get_nowait()
            process = process or _started(place)
            answer = _asked(process, recipe)
            if answer:
                content = json.loads(answer)
                answered(Verdict(**content))
                continue
            process.communicate()
            answered(_ended(recipe, process.returncode))
            process = None
    except queue.Empty:
        pass
    finally:
        if process is not None:
            process.kill()
            process.communicate()


def _started(place: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this Python, a folder of ours
        [sys.executable, "-m", "tests.fuzz.worker", place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _asked(process: subprocess.Popen[str], recipe: str) -> str:
    """Return a line of answer; empty if the worker ended, or had to be ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    alarm = Timer(LONGEST_S, process.kill)
    alarm.start()
    try:
        process.stdin.write(recipe + "\n")
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return ""
    finally:
        alarm.cancel()


def _ended(recipe: str, status: int) -> Verdict:
    fault = f"the process ended: status {status} (-24: CPU time, -9: {LONGEST_S:g} s)"
    seeds = {seed.name: seed for seed in (*fixed_seeds(), *real_seeds())}
    how = mutant(recipe, seeds[recipe.rpartition(":")[0]]).how
    return Verdict(recipe, "failed", (fault,), how, 0.0, 0)


def _keep(failed: Sequence[Verdict]) -> None:
    """Write the files of mutants that failed, for a look at them."""
    if not failed:
        return
    seeds = {seed.name: seed for seed in (*fixed_seeds(), *real_seeds())}
    for verdict in failed:
        files = mutant(verdict.recipe, seeds[verdict.recipe.rpartition(":")[0]]).files
        folder = FAILURES / verdict.recipe.replace("/", "_").replace(":", "-")
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def report(verdict: Verdict) -> str:
    """Return the recipe of a failure and what went wrong."""
    faults = "\n  ".join(verdict.faults)
    return f"{verdict.recipe} ({', '.join(verdict.how)})\n  {faults}"
