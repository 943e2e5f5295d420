"""``python -m tests.fuzz``: read very many mutants, and print what went wrong."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.fuzz.corpus import fixed_seeds, real_seeds
from tests.fuzz.mutants import recipes
from tests.fuzz.runner import FAILURES, report, run


def main() -> int:
    """Return 1 if any mutant failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="recipes, SEED:NUMBER")
    given = parser.parse_args()
    seeds = [*fixed_seeds(), *real_seeds()]
    wanted = given.only or recipes(seeds, given.mutants)
    began = time.monotonic()

    def told(verdict) -> None:
        if verdict.outcome == "failed":
            sys.stdout.write(report(verdict) + "\n")

    verdicts = run(wanted, given.jobs, told)
    counted = Counter(verdict.outcome for verdict in verdicts)
    slowest = max(verdicts, key=lambda verdict: verdict.seconds)
    largest = max(verdicts, key=lambda verdict: verdict.peak_bytes)
    sys.stdout.write(
        f"{len(verdicts)} mutants of {len(seeds)} seeds in "
        f"{time.monotonic() - began:.0f} s: "
        + ", ".join(f"{number} {outcome}" for outcome, number in counted.most_common())
        + f"; slowest {slowest.recipe} {slowest.seconds:.1f} s"
        f"; largest {largest.recipe} {largest.peak_bytes >> 20} MB\n"
    )
    if counted["failed"]:
        sys.stdout.write(f"failures are kept in {FAILURES}\n")
    return int(counted["failed"] > 0 or len(verdicts) < len(wanted))


if __name__ == "__main__":
    sys.exit(main())
