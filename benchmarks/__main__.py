"""Run every benchmark and print its figures: ``python -m benchmarks [NAME …]``.

Each module ``bench_*`` has a ``main()`` that prints what it measured, always beside a
peer measured in the same run. Times depend on the machine; the ratios are what counts.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path

from rich.console import Console


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    console = Console(highlight=False)
    console.print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, {platform.system()}"
    )
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    for stem in names or found:
        console.rule(stem.removeprefix("bench_"))
        importlib.import_module(f"benchmarks.{stem}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
