"""`python -m tests.reference --patients 5000`: every set of criteria, every night."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.reference import compare

BATCH = 250


def batch(job: tuple[str, int, int]) -> tuple[str, list[str]]:
    """Compare some patients of one set of criteria."""
    criteria, first, last = job
    return criteria, list(compare.compared(criteria, range(first, last)).differences)


def main() -> int:
    """Compare, print every difference and the counts, and say whether there is one."""
    parser = argparse.ArgumentParser(prog="tests.reference", description=__doc__)
    parser.add_argument("--patients", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--criteria", nargs="*", default=list(compare.CRITERIA))
    options = parser.parse_args()
    end = options.first + options.patients
    jobs = [
        (criteria, first, min(first + BATCH, end))
        for criteria in options.criteria
        for first in range(options.first, end, BATCH)
    ]
    differ = dict.fromkeys(options.criteria, 0)
    with ProcessPoolExecutor() as pool:
        for criteria, lines in pool.map(batch, jobs):
            differ[criteria] += len(lines)
            for line in lines:
                sys.stdout.write(f"{line}\n")
    for criteria, count in differ.items():
        sys.stdout.write(f"{criteria}: {options.patients} patients, {count} differ\n")
    return 1 if any(differ.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
