"""The one place that draws: words come out as they stand, whoever wrote them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from recist_tool.errors import printable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from matplotlib.figure import Figure


def draw(figure: Figure, to: Path | BinaryIO, **options: Any) -> None:
    """Save a figure; letters that no font or file of text can hold are replaced.

    Parameters
    ----------
    options
        Of matplotlib's ``savefig``.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    from matplotlib.text import Text
    from matplotlib.ticker import FixedFormatter

    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            formatter = axis.get_major_formatter()
            if isinstance(formatter, FixedFormatter):  # it writes its words anew
                formatter.seq = [_plain(str(one)) for one in formatter.seq]
    texts: list[Any] = figure.findobj(Text)
    for text in texts:
        text.set_text(_plain(text.get_text()))
    with warnings.catch_warnings():
        # a name in letters that the font lacks is drawn as boxes; the tables have it
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        figure.savefig(to, **options)


def _plain(words: str) -> str:
    return "\n".join(map(printable, words.split("\n")))
