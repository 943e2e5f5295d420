"""``python -m tests.hostile``: what each attack takes, in a table."""

from __future__ import annotations

import argparse
import sys

from tests.hostile.attacks import ATTACKS
from tests.hostile.measured import measured


def main() -> int:
    """Return 1 if any attack did what it was made for."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument("--only", nargs="*", default=list(ATTACKS))
    given = parser.parse_args()
    for name in given.only:
        taken = measured(ATTACKS[name])
        last = (taken.said.strip().splitlines() or [""])[-1]
        sys.stdout.write(
            f"{name}: {taken.seconds:.1f} s, {taken.peak_bytes >> 20} MB, "
            f"exit {taken.status}, {len(taken.said.splitlines())} lines: {last[:150]}\n"
        )
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
