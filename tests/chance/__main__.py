"""``python -m tests.chance``: very many random sessions and patients.

What fails prints its seed; ``--only SEED`` gives the same session again.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chance.answers import judge
from tests.chance.findings import random_findings
from tests.chance.sessions import random_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def main() -> int:
    """Return 1 if any session or patient failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.chance")
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--patients", type=int, default=5000)
    parser.add_argument("--first", type=int, default=10_000, help="seed of the first")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", type=int, help="seeds of sessions")
    given = parser.parse_args()
    first = given.first
    if given.only:
        return int(_run("sessions", session, given.only, given.jobs))
    failed = _run("sessions", session, range(first, first + given.sessions), given.jobs)
    failed |= _run(
        "patients", patient, range(first, first + given.patients), given.jobs
    )
    return int(failed)


def session(seed: int) -> Counter[str]:
    """Run a session in a folder of its own; return what was done, or ``failed``."""
    with tempfile.TemporaryDirectory(prefix="recist-chance-") as folder:
        return _counted(seed, lambda: _silent_session(Path(folder), seed))


def _silent_session(folder: Path, seed: int) -> Counter[str]:
    with contextlib.redirect_stdout(io.StringIO()):  # what `recist verify` prints
        return random_session(folder, seed)


def patient(seed: int) -> Counter[str]:
    """Judge a patient; return how often there was an answer, or ``failed``."""
    findings = random_findings(seed)
    if findings is None:
        return Counter(["not in the format"])
    return _counted(seed, lambda: judge(findings))


def _counted(seed: int, act: Callable[[], Counter[str]]) -> Counter[str]:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - the others are tried all the same
        sys.stdout.write(f"seed {seed}: {type(error).__name__}: {error}\n")
        return Counter(["failed"])


def _run(
    what: str, one: Callable[[int], Counter[str]], seeds: Iterable[int], jobs: int
) -> bool:
    began, counts, number = time.monotonic(), Counter[str](), 0
    with ProcessPoolExecutor(jobs, initializer=_without_waiting) as pool:
        for found in pool.map(one, seeds, chunksize=10):
            counts += found
            number += 1
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    sys.stdout.write(f"{number} {what} in {time.monotonic() - began:.0f} s: {told}\n")
    return counts["failed"] > 0


def _without_waiting() -> None:
    """Do not wait for the disk: power cuts are not what is tried here."""
    os.fsync = lambda descriptor: None


if __name__ == "__main__":
    sys.exit(main())
