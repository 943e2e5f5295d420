"""How a click holds on real tumours, and whether its confidence means something.

Clicks lie by chance in the lesion: on PET on any voxel over half of its maximum, on CT
deeper than a quarter of its greatest depth. The truth on PET is the 41 % region of what
was outlined. A metastasis that nobody outlined shows how far its long axis spreads.

Run: ``python -m benchmarks bench_click``, or ``python -m benchmarks.bench_click 50
--deep`` for so many clicks a lesion, on PET none near the border.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.real_lesions import (
    dice,
    real_folder,
    real_metastasis,
    real_nodule,
    real_tumours_on_pet,
)
from recist_tool.errors import GeometryError
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.segment.segment import segment_click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.real_lesions import RealLesion

CLICKS: Final = 20
BINS: Final = (0.0, 0.5, 0.7, 0.8, 0.9, 1.001)
GOOD, FAIR, POOR, FRAGMENT = 0.8, 0.7, 0.5, 0.25


class Answer(NamedTuple):
    """What came of one click.

    Attributes
    ----------
    dice, long_axis_mm
        None where the click was refused; the overlap also where nobody knows better.
    """

    lesion: str
    apart: bool
    dice: float | None
    long_axis_mm: float | None
    confidence: float
    seconds: float


def answer(lesion: RealLesion, click: tuple[int, int, int]) -> Answer:
    """Return what a click on a lesion gives."""
    start = time.process_time()
    try:
        found = segment_click(lesion.volume, click[0], click[1:])
    except GeometryError:
        seconds = time.process_time() - start
        return Answer(lesion.name, lesion.apart, None, None, 0.0, seconds)
    seconds = time.process_time() - start
    overlap = None
    if lesion.truth is not None:
        overlap = dice(found.mask, lesion.truth_at(click, found.mask))
    return Answer(
        lesion=lesion.name,
        apart=lesion.apart,
        dice=overlap,
        long_axis_mm=axes(found.mask).long_axis_mm,
        confidence=found.confidence,
        seconds=seconds,
    )


def answers(lesion: RealLesion, count: int) -> list[Answer]:
    """Return what each of so many clicks on a lesion gives."""
    return [answer(lesion, click) for click in lesion.clicks(count)]


def row(name: str, found: Sequence[Answer]) -> tuple[str, ...]:
    """Return the figures of some answers as a line of a table."""
    given = [one for one in found if one.long_axis_mm is not None]
    lengths = [one.long_axis_mm for one in given if one.long_axis_mm is not None]
    overlaps = [one.dice for one in given if one.dice is not None]
    sure = [one.confidence for one in given]
    low, middle, high = np.percentile(lengths, [25, 50, 75]) if lengths else [0.0] * 3
    figures = [""] * 3
    if overlaps:
        figures = [
            f"{median(overlaps):.2f}",
            str(sum(one < POOR for one in overlaps)),
            str(sum(one < FRAGMENT for one in overlaps)),
        ]
    return (
        name,
        str(len(found)),
        str(len(found) - len(given)),
        *figures,
        f"{middle:.1f} ({high - low:.1f})",
        f"{median(sure):.2f}" if sure else "",
        f"{median(one.seconds for one in found):.2f}",
    )


def reliability(found: Sequence[Answer]) -> list[str]:
    """Return in lines how the confidence of answers agrees with their overlap."""
    pairs = np.array(
        [(one.confidence, one.dice) for one in found if one.dice is not None]
    )
    if not len(pairs):
        return []
    sure, overlap = pairs.T
    lines = [
        f"expected overlap {sure.mean():.2f}, measured {overlap.mean():.2f}",
        _share("confidence >= 0.9 reach Dice 0.7", overlap[sure >= 0.9] >= FAIR),
        _share("Dice >= 0.8 carry >= 0.8", sure[overlap >= GOOD] >= GOOD),
    ]
    for low, high in pairwise(BINS):
        held = (sure >= low) & (sure < high)
        if held.any():
            lines.append(
                f"  {low:.1f}–{min(high, 1):.1f}: {held.sum()} answers, expected "
                f"{sure[held].mean():.2f}, measured {overlap[held].mean():.2f}"
            )
    return lines


def _share(what: str, held: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    return f"of {len(held)} with {what}: {held.mean():.0%}" if len(held) else what


def main(count: int = CLICKS, *, deep: bool = False) -> None:
    """Print the overlap of clicks on each lesion, and what confidence is worth."""
    console = Console(highlight=False)
    folder = real_folder()
    if folder is None:
        console.print("RECIST_REAL_IMAGES is not set: no real lesions to click on")
        return
    titles = ["lesion", "clicks", "refused", "Dice", "< 0.5", "< 0.25"]
    table = Table(*titles, "long axis (IQR), mm", "confidence", "s")
    on_pet: list[Answer] = []
    for lesion in real_tumours_on_pet(folder, deep=deep):
        here = answers(lesion, count)
        table.add_row(*row(lesion.name + " apart" * lesion.apart, here))
        on_pet += here
    together = [one for one in on_pet if not one.apart]
    table.add_row(*row("PET, those apart left out", together), end_section=True)
    nodule = answers(real_nodule(folder), count)
    table.add_row(*row("LIDC-0001", nodule))
    table.add_row(*row("CRLM-1004", answers(real_metastasis(folder), count)))
    console.print(table)
    for name, some in (
        ("PET, those apart left out", together),
        ("all", on_pet + nodule),
    ):
        console.print(f"{name}:")
        console.print("\n".join(reliability(some)))


if __name__ == "__main__":
    main(
        next((int(one) for one in sys.argv[1:] if one.isdigit()), CLICKS),
        deep="--deep" in sys.argv,
    )
