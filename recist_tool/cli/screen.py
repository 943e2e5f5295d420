"""Where tables for a person go."""

from __future__ import annotations

import errno
import sys

from rich.console import Console


def screen(width_of_a_file: int = 140) -> Console:
    """Return standard output: as wide as the terminal, else as wide as told."""
    return _Screen(width=None if sys.stdout.isatty() else width_of_a_file)


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the end of the command, as for all that is printed."""
        raise BrokenPipeError(errno.EPIPE, "nobody reads on")
