"""Which keys stand together on the sheet of keys, under which heading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from napari_recist.widgets.key_filter import Key

GROUPS: Final[Mapping[str, str]] = {
    "Measure": "M T N W Shift+M = S Delete",
    "Say what became of a lesion": "0 5 X P D E G Shift+L Shift+P",
    "Describe a lesion": "O Shift+T Shift+N",
    "Go on": "Space Shift+Space [ ] Ctrl+Return K",
    "Find and outline": "A Return Enter U Q C H I Shift+A + - Shift+I",
    "Probe, without a lesion": "Y Shift+Y Shift+O Shift+E Shift+D Shift+S Shift+V "
    "Shift+H Shift+B",
    "Look": "Up Down Home End PgUp PgDown Ctrl+G Shift+C B Ctrl+H Shift+F Shift+X L F "
    "1 2 3 4 6 7 8 9 R Shift+R Ctrl+R V",
    "Take back, and answer": "Escape Ctrl+Z Ctrl+Y Ctrl+Shift+Z Alt+Y Alt+N",
    "Window": "F6 Tab Ctrl+PgDown Ctrl+PgUp Ctrl+B Ctrl+C ?",
}
"""By heading: the keys as they came, whatever they are on now."""
NUDGED: Final = "Nudge a caliper"
"""Arrows with other keys, however many there are."""
OTHERS: Final = "Others"
THE_MOUSE: Final = "Mouse"
ARROWS: Final = ("Up", "Down", "Left", "Right")


class SheetRow(NamedTuple):
    """A line of the sheet.

    Attributes
    ----------
    key
        None for what the mouse does, which is not moved.
    """

    name: str
    meaning: str
    key: Key | None = None


class SheetGroup(NamedTuple):
    """A heading, and what stands below it."""

    heading: str
    rows: tuple[SheetRow, ...]


def grouped(
    keys: Sequence[tuple[Key, str]], mouse: Sequence[tuple[str, str]]
) -> list[SheetGroup]:
    """Return what the sheet shows, by heading.

    Parameters
    ----------
    keys
        Each action with the key that it is on now.
    mouse
        What the mouse does, by gesture.
    """
    heading_of = {
        name: heading for heading, names in GROUPS.items() for name in names.split()
    }
    rows: dict[str, list[SheetRow]] = {one: [] for one in (*GROUPS, NUDGED, OTHERS)}
    for key, now in keys:
        held, _, last = key.sequence.rpartition("+")
        usual = NUDGED if held and last in ARROWS else OTHERS
        heading = heading_of.get(key.sequence, usual)
        rows[heading].append(SheetRow(now or "none", key.meaning, key))
    rows[THE_MOUSE] = [SheetRow(*one) for one in mouse]
    return [SheetGroup(heading, tuple(of)) for heading, of in rows.items() if of]


def fitting(groups: Sequence[SheetGroup], words: Sequence[str]) -> list[SheetGroup]:
    """Return the groups with the rows that hold every word."""
    found = [
        group._replace(
            rows=tuple(
                row
                for row in group.rows
                if all(word in f"{row.name} {row.meaning}".casefold() for word in words)
            )
        )
        for group in groups
    ]
    return [group for group in found if group.rows]


def in_columns(lines: Sequence[int], count: int) -> list[range]:
    """Return which groups stand in each column; none is parted, the order stays.

    Columns are about as long, and there may be fewer.

    >>> in_columns([9, 10, 4, 7, 13], 2)
    [range(0, 2), range(2, 5)]

    Parameters
    ----------
    lines
        How many lines each group takes.
    count
        How many columns there may be.
    """
    longest = max(lines, default=0)
    while len(parts := _filled(lines, longest)) > count:
        longest += 1
    return parts


def _filled(lines: Sequence[int], longest: int) -> list[range]:
    """Return columns filled one after the other up to a length."""
    parts, begin, taken = [], 0, 0
    for at, one in enumerate(lines):
        if taken + one > longest:
            parts.append(range(begin, at))
            begin, taken = at, 0
        taken += one
    return [*parts, range(begin, len(lines))] if lines else []
