"""``python -m tests.hostile``: what each attack takes, in a table."""

from __future__ import annotations

import argparse
import sys

from tests.hostile.attacks import ATTACKS
from tests.hostile.measured import faults_of, measured


def main() -> int:
    """Return 1 if any attack did what it was made for."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument("--only", nargs="*", default=list(ATTACKS))
    given = parser.parse_args()
    failed = 0
    for name in given.only:
        taken = measured(ATTACKS[name])
        faults = faults_of(ATTACKS[name], taken)
        failed += bool(faults)
        last = (taken.said.strip().splitlines() or [""])[-1]
        sys.stdout.write(
            f"{name}: {taken.seconds:.1f} s, {taken.peak_bytes >> 20} MB, "
            f"exit {taken.status}, {len(taken.said.splitlines())} lines: {last[:150]}\n"
        )
        sys.stdout.writelines(f"  FAILED: {fault}\n" for fault in faults)
        sys.stdout.flush()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
