"""What a report is made of: sections of text, tables and pictures, in no format yet.

Every word is in here before a format is chosen, so that HTML and PDF say the same.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from recist_tool.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable

_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_UNITS: Final = r"mm[²³]?|cm³|ml|%|HU|SU[VL]\w*|[GM]Bq|g|days?|×|±"
_JOINT: Final = re.compile(
    rf"(?<=\d) (?=(?:{_UNITS})(?!\w))|(?<=[×±]) (?=\d)"
    r"|(?<=\bday) (?=[+-]?\d)|(?<=\bTable) (?=\d)|(?<=\brow) (?=\d)"
)


class Tone(Enum):
    """How a line is said."""

    PLAIN = "plain"
    QUIET = "quiet"
    STRONG = "strong"
    CHIP = "chip"  # a response: it stands out in grey as well


class Verbatim(str):
    """A text that is shown as it is: a digest is no date, whatever its digits."""

    __slots__ = ()


class TextLine(NamedTuple):
    """A line of a cell or of a paragraph."""

    text: str
    tone: Tone = Tone.PLAIN


Words = tuple[TextLine, ...]
"""The lines of one cell."""


class TableColumn(NamedTuple):
    """A column of a table.

    Attributes
    ----------
    share
        Of the width, beside that of the others.
    is_number
        Its lines are never broken.
    below
        A second line of the heading.
    """

    title: str
    share: float = 1.0
    is_number: bool = False
    below: str = ""

    @property
    def heading(self) -> tuple[str, ...]:
        """The lines of its heading."""
        return (self.title, self.below) if self.below else (self.title,)


class DataTable(NamedTuple):
    """Rows of cells under their headings.

    Attributes
    ----------
    groups
        Headings above the headings, each with the number of its columns.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Words, ...], ...]
    groups: tuple[tuple[str, int], ...] = ()


class Facts(NamedTuple):
    """What is known, by name."""

    rows: tuple[tuple[str, str], ...]


class Paragraph(NamedTuple):
    """Lines of text, one after the other; boxed where they are what matters."""

    lines: Words
    is_boxed: bool = False


class KeyPicture(NamedTuple):
    """A picture with what is to be known of it.

    Attributes
    ----------
    png
        Empty where it is not at hand, as the caption says.
    """

    png: bytes
    caption: Words


class PictureRow(NamedTuple):
    """The pictures of one lesion, side by side."""

    title: str
    pictures: tuple[KeyPicture, ...]


class Chart(NamedTuple):
    """A figure that is drawn from the numbers, and what it shows."""

    png: bytes
    title: str


Block = DataTable | Facts | Paragraph | PictureRow | Chart


class ReportSection(NamedTuple):
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


class Report(NamedTuple):
    """All that a report says.

    Attributes
    ----------
    about
        Below the title: whose it is, by which criteria.
    foot
        At the foot of each page.
    """

    title: str
    about: str
    foot: str
    sections: tuple[ReportSection, ...]

    def told(self, tell: Callable[[str], str]) -> Report:
        """Return the same with every text as readers may see it, on unbroken lines.

        Parameters
        ----------
        tell
            Returns a text without what is not told.
        """
        return cast("Report", _each(self, lambda text: unbroken(printable(tell(text)))))


def unbroken(text: str) -> str:
    r"""Return a text in which no number is parted from its unit.

    >>> unbroken("32.1 × 20.0 mm on day 56").split(" ")
    ['32.1\xa0×\xa020.0\xa0mm', 'on', 'day\xa056']
    """
    return _JOINT.sub(_NO_BREAK, text)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """Return a record with a change made to each text in it."""
    if type(value) is str:
        return change(value)
    if not isinstance(value, tuple):
        return value
    record = cast("tuple[Any, ...]", value)
    parts = [_each(one, change) for one in record]
    return type(record)(*parts) if hasattr(record, "_fields") else tuple(parts)
