"""``python -m recist_tool.phantom FOLDER [PATIENT…]``: write synthetic patients."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from recist_tool.errors import RecistToolError
from recist_tool.phantom.patients import PATIENTS, SAMPLE_PATIENTS
from recist_tool.phantom.write import write_samples


def main(arguments: list[str] | None = None) -> int:
    """Write the named patients, by default the small samples; return the exit status.

    Parameters
    ----------
    arguments
        As on the command line; None takes those of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m recist_tool.phantom")
    parser.add_argument("folder", type=Path, help="where the patients are written")
    parser.add_argument(
        "patients",
        nargs="*",
        metavar="PATIENT",
        help=f"any of {', '.join(PATIENTS)}; without one, the small samples",
    )
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.patients if name not in PATIENTS]
    if unknown:
        parser.error(f"no such patient: {', '.join(unknown)}")
    specs = tuple(PATIENTS[name] for name in asked.patients) or SAMPLE_PATIENTS
    try:
        write_samples(asked.folder, specs)
    except RecistToolError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
