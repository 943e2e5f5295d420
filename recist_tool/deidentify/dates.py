"""Dates and times as DICOM writes them, moved by whole days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

DATE: Final = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
TIME: Final = re.compile(
    r"(?:[01]\d|2[0-3])(?::?[0-5]\d(?::?[0-6]\d(?:\.\d{1,10})?)?)?"
)
ZONE: Final = re.compile(r"[+-](?:0\d|1[0-4])[0-5]\d")
DATETIME: Final = re.compile(rf"(\d{{8}})((?:{TIME.pattern})?(?:{ZONE.pattern})?)")


def shifted_date(text: str, days: int) -> str:
    """Return a date (DA) moved by days; empty if it is no date.

    >>> shifted_date("20240301", -1)
    '20240229'
    >>> shifted_date("Thursday", -1)
    ''
    """
    match = DATE.fullmatch(text)
    if match is None:
        return ""
    try:
        day = date(*map(int, match.groups())) + timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{day.year:04}{day.month:02}{day.day:02}"


def shifted_datetime(text: str, days: int) -> str:
    """Return a date-time (DT) moved by days; empty if it has no full date.

    >>> shifted_datetime("20240301235959.5+0100", -1)
    '20240229235959.5+0100'
    """
    match = DATETIME.fullmatch(text)
    day = shifted_date(match[1], days) if match else ""
    return day + match[2] if match and day else ""


def valid_time(text: str) -> str:
    """Return a time of day (TM): whole days leave it as it is; empty if it is none."""
    return text if TIME.fullmatch(text) else ""


def valid_zone(text: str) -> str:
    """Return an offset from UTC; empty if it is none."""
    return text if ZONE.fullmatch(text) else ""
