"""Where tables for a person go."""

from __future__ import annotations

import sys

from rich.console import Console


def screen(width_of_a_file: int = 140) -> Console:
    """Return standard output: as wide as the terminal, else as wide as told."""
    return Console(width=None if sys.stdout.isatty() else width_of_a_file)
