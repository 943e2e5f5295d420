"""What is written on a pane: where it stands, and what goes first where room is short.

No widget here: texts and boxes only. The middle of the pane stays free of writing.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from napari_recist.viewport.annotations.caliper_graphics import Box
from napari_recist.viewport.image.display import AS_STORED, turn_words
from napari_recist.viewport.image.mip import view_axis
from recist_tool.app.reading import Plane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from napari_recist.viewport.image.display import Display
    from recist_tool.app.reading import Window
    from recist_tool.measure import Volume

MARGIN_PX: Final = 8.0
FREE: Final = 0.44
"""How much of its width and height the middle has, in which nothing stands."""

OBLIQUE: Final = 0.26
"""From this direction cosine on (15 degrees) a letter is named."""

BAR_MM: Final = (1, 2, 5, 10, 20, 50, 100, 200)
BAR_PART: Final = 0.3
"""The scale bar is at most this part of the width of the pane."""

WARNING_COLOUR: Final = "#ffcf5c"
WARNING: Final = "\N{WARNING SIGN}"
GAP: Final = "   "
ASKEW: Final = "no slice of the series: napari turned it"


class Corner(Enum):
    """Where a line of text stands."""

    TOP_LEFT = 0
    TOP_RIGHT = 1
    BOTTOM_LEFT = 2
    BOTTOM_RIGHT = 3


class CornerLine(NamedTuple):
    """A line of text; the smaller its rank, the longer it stays when room is short.

    Attributes
    ----------
    short
        What is written where the whole text has no room; empty: as much as has.
    """

    corner: Corner
    rank: int
    text: str
    colour: str = "#f4f4f4"
    short: str = ""


class Caption(NamedTuple):
    """What is known of a pane's series without its pixels; no patient's name.

    Attributes
    ----------
    place
        What the visit is to the one that is read: baseline, nadir …
    warning
        In a few words, what the reader must know before measuring.
    """

    subject_id: str = ""
    timepoint_id: str = ""
    place: str = ""
    date: str = ""
    series: str = ""
    phase: str = ""
    warning: str = ""


class Written(NamedTuple):
    """A text in its place on the pane."""

    box: Box
    text: str
    colour: str


class ScaleBar(NamedTuple):
    """A bar of known length on the screen."""

    length_px: float
    text: str


def letters(direction_lps: NDArray[np.float64]) -> str:
    """Return which way a direction leads in the patient, strongest letter first.

    >>> letters(np.array([1.0, 0.0, 0.0]))
    'L'
    >>> letters(np.array([0.8, -0.6, 0.0]))
    'LA'
    >>> letters(np.array([0.0, 0.1, -0.99]))
    'F'

    Parameters
    ----------
    direction_lps
        Unit vector x, y, z, shape (3,).
    """
    named = zip(direction_lps.tolist(), ("LR", "PA", "HF"), strict=True)
    found = [(abs(part), pair[0 if part > 0 else 1]) for part, pair in named]
    strong = [one for one in found if one[0] >= OBLIQUE]
    return "".join(letter for _, letter in sorted(strong, key=lambda one: -one[0]))


def edge_letters(
    volume: Volume,
    plane: Plane,
    display: Display = AS_STORED,
    slice_index: int | None = None,
) -> tuple[str, str, str, str]:
    """Return the letters at the left, right, top and bottom of a pane.

    Parameters
    ----------
    volume, plane
        As it is shown: cut along `plane`.
    display
        How it lies on the screen; what lies askew has no letters.
    slice_index
        From 0. Of a projection, which of its views: it says what is left and right,
        which None leaves open.
    """
    is_turned = plane is Plane.PROJECTION and display != AS_STORED
    if not display.is_straight or is_turned:
        return "", "", "", ""
    down, right = display.directions(volume)
    top, bottom = letters(-down), letters(down)
    if plane is Plane.PROJECTION:
        if slice_index is None:
            return "", "", top, bottom
        right = view_axis(volume, slice_index)
    return letters(-right), letters(right), top, bottom


def scale_bar(mm_per_px: float, width_px: float) -> ScaleBar | None:
    """Return the longest round length that fits; None where none does.

    >>> scale_bar(0.5, 1000).text
    '10 cm'
    >>> scale_bar(0.001, 300) is None
    True
    """
    room_mm = width_px * BAR_PART * mm_per_px
    fitting = [mm for mm in BAR_MM if mm <= room_mm]
    if not fitting:
        return None
    mm = fitting[-1]
    text = f"{mm} mm" if mm < 10 else f"{mm // 10} cm"
    return ScaleBar(mm / mm_per_px, text)


def lines(
    caption: Caption,
    volume: Volume,
    plane: Plane,
    slice_index: int,
    display: Display = AS_STORED,
) -> list[CornerLine]:
    """Return what stands in the corners above: who, when, which series; where it is.

    Parameters
    ----------
    display
        How the volume lies on the screen.
    plane
        Along which the volume is cut.
    slice_index
        Along that plane, from 0.
    """
    visit = " \N{MIDDLE DOT} ".join(
        part for part in (caption.timepoint_id, caption.place, caption.date) if part
    )
    cut = "" if plane is Plane.ACQUIRED else plane.value
    where = position(volume, plane, slice_index) if display.is_slice else ""
    turned = turn_words(display, volume, plane) if display.is_slice else ASKEW
    texts = [
        CornerLine(
            Corner.TOP_LEFT, 1, text=visit, colour="#ffffff", short=caption.timepoint_id
        ),
        CornerLine(Corner.TOP_LEFT, 4, text=caption.subject_id),
        CornerLine(Corner.TOP_RIGHT, 3, text=caption.series),
        CornerLine(Corner.TOP_RIGHT, 5, text=caption.phase),
        CornerLine(Corner.TOP_RIGHT, 2, text=cut),
        CornerLine(Corner.TOP_RIGHT, 1, text=turned, colour=WARNING_COLOUR),
        CornerLine(Corner.BOTTOM_LEFT, 1, text=where, short=where.partition(GAP)[0]),
    ]
    if caption.warning:
        mark = f"{WARNING} {caption.warning}"
        texts.append(
            CornerLine(Corner.BOTTOM_LEFT, 0, text=mark, colour=WARNING_COLOUR)
        )
    return [one for one in texts if one.text]


_TOWARDS = (("left", "right"), ("back", "front"), ("head", "feet"))
"""Along each axis of the patient: where coordinates grow to, and where they fall."""


def position(volume: Volume, plane: Plane, slice_index: int) -> str:
    """Return which slice is in view, and where it lies in the scanner's space, mm.

    Parameters
    ----------
    volume
        As it is shown: cut along `plane`.
    slice_index
        From 0; of a projection, the view among all around the patient.
    """
    count = len(volume.voxels)
    if plane is Plane.PROJECTION:
        return f"from {360 * slice_index // count}\N{DEGREE SIGN}"
    normal = volume.normal_lps
    axis = int(np.argmax(np.abs(normal)))
    at_mm = float(volume.slice_origins_lps[slice_index][axis])
    towards = _TOWARDS[axis][0 if at_mm >= 0 else 1]
    return f"{slice_index + 1} / {count}{GAP}{abs(at_mm):.1f} mm to {towards}"


def window_line(window: Window, name: str, units: str, *, is_ct: bool) -> CornerLine:
    """Return the window in words: its name, width and level, or from what to what.

    Parameters
    ----------
    name
        Of the preset; may be empty.
    units
        Written before the ends of a window that is no CT's.
    is_ct
        Whether it is told as width and level, HU.
    """
    values = f"W {window.width:.0f} L {window.level:.0f}"
    if not is_ct:
        values = f"{units} {window.low:.4g} \N{EN DASH} {window.high:.4g}"
    return CornerLine(
        Corner.BOTTOM_RIGHT, 1, text=f"{name} {values}".strip(), short=values
    )


def place_lines(
    texts: Sequence[CornerLine],
    size: tuple[float, float],
    height: float,
    width_of: Callable[[str], float],
    taken: Sequence[Box] = (),
) -> list[Written]:
    """Return where each line stands; what has no room is left out, highest rank first.

    Parameters
    ----------
    size
        Width and height of the pane, pixels.
    height
        Of one line, pixels.
    width_of
        Width of a text, pixels.
    taken
        Where nothing may stand: the letters at the edges, the scale bar.
    """
    kept: list[Written] = []
    for line in sorted(texts, key=lambda one: one.rank):
        written = _beside(line, kept, size, height, width_of, taken)
        if written is not None:
            kept.append(written)
    return kept


def _beside(
    line: CornerLine,
    kept: Sequence[Written],
    size: tuple[float, float],
    height: float,
    width_of: Callable[[str], float],
    taken: Sequence[Box],
) -> Written | None:
    room = size[0] / 2 - MARGIN_PX - 2 * height
    is_whole = width_of(line.text) <= room or not line.short
    text = elided(line.text if is_whole else line.short, room, width_of)
    if not text:
        return None
    blocked = [*taken, middle_of(size), *(one.box for one in kept)]
    is_left = line.corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)
    is_top = line.corner in (Corner.TOP_LEFT, Corner.TOP_RIGHT)
    width = width_of(text)
    left = MARGIN_PX if is_left else size[0] - MARGIN_PX - width
    for row in range(math.floor(size[1] / 2 / height)):
        gone = MARGIN_PX / 2 + row * height
        top = gone if is_top else size[1] - gone - height
        box = Box(left, top, left + width, top + height)
        if not any(box.meets(one) for one in blocked):
            return Written(box, text, line.colour)
    return None


def middle_of(size: tuple[float, float]) -> Box:
    """Return the part of a pane in which nothing is written."""
    (width, height), aside = size, (1 - FREE) / 2
    return Box(width * aside, height * aside, width * (1 - aside), height * (1 - aside))


def elided(text: str, room: float, width_of: Callable[[str], float]) -> str:
    """Return as much of a text as fits, with an ellipsis; empty where nothing does.

    Parameters
    ----------
    room
        Screen pixels.
    width_of
        From a text to its width, screen pixels.
    """
    if width_of(text) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        at = (low + high + 1) // 2
        fits = width_of(f"{text[:at].rstrip()}\N{HORIZONTAL ELLIPSIS}") <= room
        low, high = (at, high) if fits else (low, at - 1)
    return f"{text[:low].rstrip()}\N{HORIZONTAL ELLIPSIS}" if low > 2 else ""
