"""The values of elements as text, numbers, dates and times (PS3.5, 6.2)."""

from __future__ import annotations

import math
import re
import struct
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final, TypeAlias

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.charsets import decoded as decoded

Item: TypeAlias = "dict[int, bytes | tuple[Item, ...]]"

TIME: Final = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6})\d*)?")
DATETIME: Final = re.compile(r"(\d{8})([\d.]*)([+-]\d{4})?")


class Elements:
    """The wanted elements of one data set, read as what they should be.

    A value that is absent, empty or not of its kind reads as None (or as empty text):
    what must be there is asked for by the code that needs it.
    """

    __slots__ = ("_found", "_little", "_outer")

    def __init__(
        self, found: Item, *, little: bool = True, outer: Elements | None = None
    ) -> None:
        self._found = found
        self._little = little
        self._outer = outer

    @property
    def found(self) -> Item:
        """The elements as they were read: bytes, or the items of a sequence."""
        return self._found

    @property
    def is_little_endian(self) -> bool:
        """The order of bytes of binary values."""
        return self._little

    def __contains__(self, tag: int) -> bool:
        return tag in self._found

    def raw(self, tag: int) -> bytes:
        """Return the bytes of a value; empty if it is absent or a sequence."""
        value = self._found.get(tag, b"")
        return value if isinstance(value, bytes) else b""

    def _bytes(self, tag: int) -> bytes:
        return self.raw(tag).strip(b" \0")

    def text(self, tag: int) -> str:
        """Return a value as text, whatever its character set; empty if absent."""
        value = self._bytes(tag)
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        return decoded(value, self.inherited(tags.SPECIFIC_CHARACTER_SET))

    def texts(self, tag: int) -> tuple[str, ...]:
        """Return the values of a multi-valued element."""
        text = self.text(tag)
        return tuple(part.strip() for part in text.split("\\")) if text else ()

    def numbers(self, tag: int) -> tuple[float, ...] | None:
        """Return decimal strings as finite numbers; None if one of them is not."""
        value = self._bytes(tag)
        if b"_" in value:  # which Python allows between digits
            return None
        try:
            values = tuple(float(part) for part in value.split(b"\\"))
        except ValueError:
            return None
        return values if all(map(math.isfinite, values)) else None

    def number(self, tag: int) -> float | None:
        """Return a decimal string; None where there are several."""
        values = self.numbers(tag)
        return values[0] if values is not None and len(values) == 1 else None

    def why_no(self, tag: int, wanted: str) -> str:
        """Say why an element is not the numbers that were wanted; never what it holds.

        A comma is not read as a decimal point: DICOM knows it in no number (PS3.5,
        6.2), and elsewhere it parts thousands.

        Parameters
        ----------
        wanted
            Such as "number", or "pair of numbers".
        """
        value = self._bytes(tag)
        if not value:
            return "is missing"
        comma = ": it has a comma, where DICOM has a point" if b"," in value else ""
        return f"is no {wanted}{comma}"

    def integer(self, tag: int) -> int | None:
        """Return an integer string."""
        value = self.number(tag)
        return int(value) if value is not None and value == int(value) else None

    def short(self, tag: int, *, signed: bool = False) -> int | None:
        """Return a two-byte integer (US, SS); None where there are several."""
        value = self.raw(tag)
        if len(value) != 2:
            return None
        order = "little" if self._little else "big"
        return int.from_bytes(value, order, signed=signed)

    def longs(self, tag: int) -> tuple[int, ...]:
        """Return the four-byte unsigned integers (UL) of an element."""
        value = self.raw(tag)
        return struct.unpack_from(f"{self._order}{len(value) // 4}L", value)

    def double(self, tag: int) -> float | None:
        """Return the first of the eight-byte floats (FD), if it is finite."""
        value = self.raw(tag)
        if len(value) < 8:
            return None
        (number,) = struct.unpack_from(f"{self._order}d", value)
        return number if math.isfinite(number) else None

    @property
    def _order(self) -> str:
        return "<" if self._little else ">"

    def date(self, tag: int) -> date | None:
        """Return a date (DA)."""
        return _date(self.text(tag))

    def time(self, tag: int) -> time | None:
        """Return a time of day (TM)."""
        return _time(self.text(tag))

    def moment(self, date_tag: int, time_tag: int) -> datetime | None:
        """Return a date and a time as one moment on the scanner's clock."""
        day, at = self.date(date_tag), self.time(time_tag)
        return None if day is None or at is None else on_clock(day, at)

    def datetime(self, tag: int) -> datetime | None:
        """Return a date-time (DT) as a moment on the scanner's clock.

        An offset from UTC counts only where the file also says on which offset its
        dates and times are; else the clock that is written is the scanner's.
        """
        match = DATETIME.fullmatch(self.text(tag))
        if match is None:
            return None
        day, at = _date(match[1]), _time(match[2])
        if day is None or at is None:
            return None
        moment, here = on_clock(day, at), _zone(self.inherited(tags.TIMEZONE_OFFSET))
        there = _zone(match[3] or "")
        if here is None or there is None:
            return moment
        try:
            shifted = moment.replace(tzinfo=there).astimezone(here)
        except OverflowError:  # on the first or the last day that there is
            return None
        return shifted.replace(tzinfo=UTC)

    def items(self, tag: int) -> tuple[Elements, ...]:
        """Return the items of a sequence."""
        value = self._found.get(tag, ())
        return tuple(
            Elements(item, little=self._little, outer=self)
            for item in (value if isinstance(value, tuple) else ())
        )

    def inherited(self, tag: int) -> str:
        """Return what holds for the items of its sequences too (PS3.3, C.12.1.1)."""
        value = self._bytes(tag).decode("ascii", "replace")
        return value if value or self._outer is None else self._outer.inherited(tag)


def on_clock(day: date, at: time) -> datetime:
    """Return a moment on the scanner's clock; UTC stands for that clock."""
    return datetime.combine(day, at, tzinfo=UTC)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace(".", ""))
    except ValueError:
        return None


def _time(text: str) -> time | None:
    match = TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction = match.groups("0")
    try:
        # a leap second, 60, is allowed in DICOM but not in Python
        return time(
            int(hour), int(minute), min(int(second), 59), int(f"{fraction:0<6}")
        )
    except ValueError:
        return None


def _zone(text: str) -> timezone | None:
    if re.fullmatch(r"[+-][01]\d[0-5]\d", text) is None:
        return None
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
