"""How a click holds on lesions as hard as life, and whether its confidence is true.

Each lesion is drawn by chance (`hard_scenes`) and clicked once, anywhere deeper than a
quarter of its greatest depth.

Run: ``python -m benchmarks bench_hard``, or ``python -m benchmarks.bench_hard 500`` for
so many lesions, the kinds in turn.
"""

from __future__ import annotations

import sys
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.bench_click import POOR, Answer, answer, reliability
from benchmarks.hard_scenes import KINDS, hard_lesions
from recist_tool.measure.mask.axes import axes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.real_lesions import RealLesion

LESIONS: Final = 70
NEAR_MM: Final = 3.0


class Outcome(NamedTuple):
    """What came of a click, and by how much its long axis is off; None if refused."""

    answer: Answer
    off_mm: float | None
    off_pixels: float | None


def outcome(lesion: RealLesion) -> Outcome:
    """Return what one click on a lesion gives."""
    (click,) = lesion.clicks(1)
    found = answer(lesion, click)
    if found.long_axis_mm is None or lesion.truth is None:
        return Outcome(found, None, None)
    off = abs(found.long_axis_mm - axes(lesion.truth).long_axis_mm)
    return Outcome(found, off, off / min(lesion.volume.require_pixel_spacing()))


def row(name: str, found: Sequence[Outcome]) -> tuple[str, ...]:
    """Return the figures of some clicks as a line of a table."""
    overlaps = [one.answer.dice for one in found if one.answer.dice is not None]
    refused = len(found) - len(overlaps)
    if not overlaps:
        return (name, str(len(found)), str(refused), *[""] * 6)
    off_mm = np.array([one.off_mm for one in found if one.off_mm is not None])
    pixels = [one.off_pixels for one in found if one.off_pixels is not None]
    return (
        name,
        str(len(found)),
        str(refused),
        f"{median(overlaps):.2f}",
        f"{np.percentile(overlaps, 5):.2f}",
        str(sum(one < POOR for one in overlaps)),
        f"{median(pixels):.2f}",
        f"{np.mean(off_mm <= NEAR_MM):.0%}",
        f"{median(one.answer.seconds for one in found):.2f}",
    )


def main(count: int = LESIONS) -> None:
    """Print the overlap of clicks by kind, and what their confidence is worth."""
    console = Console(highlight=False)
    found = [outcome(lesion) for lesion in hard_lesions(count)]
    titles = ["lesion", "clicks", "refused", "Dice", "5 %", "< 0.5"]
    table = Table(*titles, "long axis off, pixels", "within 3 mm", "s")
    for kind in KINDS:
        here = [one for one in found if one.answer.lesion == kind]
        if here:
            table.add_row(*row(kind, here))
    table.add_section()
    table.add_row(*row("all", found))
    console.print(table)
    console.print("\n".join(reliability([one.answer for one in found])))


if __name__ == "__main__":
    main(next((int(one) for one in sys.argv[1:] if one.isdigit()), LESIONS))
