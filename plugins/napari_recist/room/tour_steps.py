"""The tour: five steps of a first read, each done when the reader did it. No Qt.

It looks at the read and at the pane, and goes on by itself; there is nothing to click
for the next step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.model import Measured, caliper_of
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.room import Room
    from recist_tool.app.reading import Window

LESION_SLICE: Final = 61
"""Where the first lesion of the patient is largest, counted as on the screen."""

SOUGHT: Final = 2
"""From how many slices away it is in view."""

IMAGE, CALIPER, VISITS = "image", "caliper", "visits"
ANSWERS, SIGN = "answers", "sign"
"""Names of what the reader uses next."""


class TourPart(NamedTuple):
    """One thing to do.

    Attributes
    ----------
    words
        What to do; a key stands in braces, named by the action that came with it.
    control
        What is used for it.
    is_done
        Whether the reader did it.
    """

    words: str
    control: str
    is_done: Callable[[Tour], bool]


class Step(NamedTuple):
    """One of the five steps."""

    title: str
    parts: tuple[TourPart, ...]


class Tour:
    """How far the reader is on the tour.

    Attributes
    ----------
    told_why
        Whether the reader rested the pointer on a response, which says why.
    """

    def __init__(self, room: Room) -> None:
        self.room = room
        self.told_why = False
        self._at = (0, 0)
        self._window: Window | None = None

    @property
    def is_over(self) -> bool:
        """Whether all steps are done or passed over."""
        return self._at[0] >= len(STEPS)

    @property
    def number(self) -> int:
        """The number of the step, counted from 1."""
        return self._at[0] + 1

    @property
    def step(self) -> Step:
        """The step that the reader is on."""
        return STEPS[self._at[0]]

    @property
    def part(self) -> TourPart:
        """What is to be done now."""
        return self.step.parts[self._at[1]]

    def words(self, key_of: Callable[[str], str]) -> str:
        """Return what to do now, with the keys where the reader has them."""
        keys = {came_with: key_of(came_with) or came_with for came_with in KEYS}
        return self.part.words.format_map({KEYS[key]: now for key, now in keys.items()})

    def look(self) -> None:
        """Go on as far as the reader has come."""
        pane = self.room.pane
        if pane.volume is None:
            return
        if self._window is None:
            self._window = pane.window
        while not self.is_over and self.part.is_done(self):
            step, part = self._at
            is_last = part + 1 == len(self.step.parts)
            self._at = (step + 1, 0) if is_last else (step, part + 1)

    def skip(self) -> None:
        """Pass over the step."""
        self._at = (self._at[0] + 1, 0)

    # ------------------------------------------------------------- what was done

    def sees_lesion(self) -> bool:
        """Return whether the first lesion is in view."""
        return abs(self.room.pane.slice_index + 1 - LESION_SLICE) <= SOUGHT

    def has_windowed(self) -> bool:
        """Return whether the grey values are others than at first."""
        return self.room.pane.window != self._window

    def is_armed(self) -> bool:
        """Return whether the caliper is in hand, or was used."""
        return self.room.tool.armed or self.has_target()

    def has_target(self) -> bool:
        """Return whether a target is measured at the first visit."""
        return bool(self._measured(at_first=True))

    def has_short_axis(self) -> bool:
        """Return whether a target has its short axis, drawn or found."""
        calipers = [caliper_of(one) for one in self._measured(at_first=True)]
        return any(one is not None and one.short_axis is not None for one in calipers)

    def is_at_follow_up(self) -> bool:
        """Return whether a later visit is open."""
        return not self.room.reading.is_baseline

    def has_followed(self) -> bool:
        """Return whether a target is measured at a later visit."""
        return bool(self._measured(at_first=False))

    def has_asked_why(self) -> bool:
        """Return whether a response was asked for its reason."""
        return self.told_why

    def is_signed(self) -> bool:
        """Return whether any visit is signed."""
        read = self.room.reading.read
        return read is not None and bool(read.locks)

    def _measured(self, *, at_first: bool) -> list[Measured]:
        reading = self.room.reading
        if reading.read is None or not reading.visits:
            return []
        first = reading.visits[0].timepoint_id
        targets = {
            one.lesion_id
            for one in reading.read.lesions
            if one.role is LesionRole.TARGET
        }
        return [
            one.finding
            for one in reading.read.findings
            if isinstance(one.finding, Measured)
            and one.lesion_id in targets
            and (one.timepoint_id == first) is at_first
        ]


KEYS: Final = {
    "2": "liver",
    "M": "caliper",
    "A": "find",
    "Return": "accept",
    "]": "next_visit",
    "Space": "next",
    "Ctrl+Return": "sign",
}
"""The actions that the words name, by the keys that they come with."""

STEPS: Final = (
    Step(
        "Look",
        (
            TourPart(
                f"Turn the wheel over the image up to slice {LESION_SLICE}: "
                "there is a dark spot in the liver.",
                IMAGE,
                Tour.sees_lesion,
            ),
            TourPart(
                "Press {liver} for the liver window, or drag with the right button.",
                IMAGE,
                Tour.has_windowed,
            ),
        ),
    ),
    Step(
        "Measure a target",
        (
            TourPart(
                "Press {caliper}: the caliper is in hand.", CALIPER, Tour.is_armed
            ),
            TourPart(
                "Click one end of the longest diameter of the spot, then the other.",
                IMAGE,
                Tour.has_target,
            ),
        ),
    ),
    Step(
        "Short axis",
        (
            TourPart(
                "Pull an end of the dashed line to the edge of the spot. "
                "Or press {find}, click in the spot, then {accept}.",
                IMAGE,
                Tour.has_short_axis,
            ),
        ),
    ),
    Step(
        "Follow up",
        (
            TourPart(
                "Press {next_visit}: the next visit.", VISITS, Tour.is_at_follow_up
            ),
            TourPart(
                "Press {next}: the grey line is the target as it was. "
                "Draw it as it is now.",
                IMAGE,
                Tour.has_followed,
            ),
        ),
    ),
    Step(
        "Answer",
        (
            TourPart(
                "Rest the pointer on a response below the table: it says why.",
                ANSWERS,
                Tour.has_asked_why,
            ),
            TourPart(
                "Press {sign}, then click Sign, to sign the visit.",
                SIGN,
                Tour.is_signed,
            ),
        ),
    ),
)
