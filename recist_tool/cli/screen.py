"""Where tables for a person go."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from recist_tool.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


def screen(width_of_a_file: int = 140) -> Console:
    """Return standard output: as wide as the terminal, else as wide as told."""
    width = None if sys.stdout.isatty() else width_of_a_file
    return _Screen(width=width, highlight=False, markup=False, emoji=False)


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the end of the command, as for all that is printed."""
        raise BrokenPipeError(errno.EPIPE, "nobody reads on")

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Keep out of texts what the terminal would obey: only styles command it."""
        for text, style, control in super().render(renderable, options):
            lines = text if control else "\n".join(map(printable, text.split("\n")))
            yield Segment(text=lines, style=style, control=control)
