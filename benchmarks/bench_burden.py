"""A liver with 55 metastases: from one click the others, their burden and its growth.

At each of two visits one lesion of middle size is clicked, the others are proposed, and
each is accepted or dropped as the truth says. Lesions are found again by registering
the two scans. Actions: find, click, accept, ask for the others, one for each proposal.

Run: ``python -m benchmarks bench_burden``, or ``python -m benchmarks.bench_burden 5``
for so many patients.
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.many_metastases import SPACING_MM, metastatic_liver
from recist_tool.measure.mask.growth import growth_of_all
from recist_tool.measure.registration.register import register
from recist_tool.measure.segment.organ import organ_at_click
from recist_tool.measure.segment.others import others_like
from recist_tool.measure.segment.segment import segment_click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.many_metastases import Visit
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.measure.registration.result import Registration

COUNT: Final = 55
LEAST_MM: Final = 8.0
MIDDLE_MM: Final = (15.0, 25.0)
HIT: Final = 0.3  # of a proposal lies in a lesion: it is of that lesion
FIRST_ACTIONS: Final = 4
LIVER_AT: Final = (34, (140, 60))
"""Slice, row and column of plain liver in the first scan."""


class FoundVisit(NamedTuple):
    """What was proposed at a visit, and what of it the reader accepted.

    Attributes
    ----------
    accepted
        By the number of the lesion; the seen one is among them.
    """

    accepted: dict[int, Mask]
    false: int
    proposed: int
    seconds: float


def found_at(visit: Visit, seen: int, organ: Mask) -> FoundVisit:
    """Return what is proposed from one click."""
    middle = visit.lesions[seen].middle_mm / SPACING_MM + visit.shift
    slice_index, row, column = np.rint(middle).astype(int).tolist()
    start = time.process_time()
    lesion = segment_click(visit.volume, slice_index, (row, column))
    proposals = others_like(visit.volume, lesion.mask, organ)
    seconds = time.process_time() - start
    labels = np.zeros(visit.volume.shape, np.int16)
    for number in visit.lesions:
        truth = visit.truth(number)
        labels[truth.box][truth.inside] = number + 1
    accepted = {seen: lesion.mask}
    false = 0
    for one in proposals:
        held = np.bincount(labels[one.mask.box][one.mask.inside], minlength=2)
        number = int(held[1:].argmax())
        if held[number + 1] < HIT * one.mask.voxels or number in accepted:
            false += 1
        else:
            accepted[number] = one.mask
    return FoundVisit(accepted, false, len(proposals), seconds)


def row(name: str, visit: Visit, found: FoundVisit) -> tuple[str, ...]:
    """Return the figures of a visit as a line of a table."""
    large = [
        number for number, one in visit.lesions.items() if one.diameter_mm > LEAST_MM
    ]
    held = sum(number in found.accepted for number in large)
    true_ml = sum(one.volume_ml for one in visit.lesions.values())
    ours_ml = sum(one.volume_ml for one in found.accepted.values())
    actions = (FIRST_ACTIONS + found.proposed) / len(found.accepted)
    return (
        name,
        f"{held} of {len(large)}",
        str(found.false),
        f"{actions:.2f}",
        f"{ours_ml:.1f}",
        f"{true_ml:.1f} ({100 * (ours_ml / true_ml - 1):+.1f} %)",
        f"{found.seconds:.1f}",
    )


def growth_lines(
    visits: Sequence[Visit], found: Sequence[FoundVisit], laid: Registration
) -> list[str]:
    """Return in lines how the growth of all and of each agrees with the truth."""
    numbers = [list(one.accepted) for one in found]
    masks = [list(one.accepted.values()) for one in found]
    all_of = growth_of_all(masks[0], masks[1], laid.map_points)
    pairs = [
        (numbers[0][one.before], one)
        for one in all_of.lesions
        if one.before is not None and one.after is not None
    ]
    right = sum(numbers[1][one.after or 0] == number for number, one in pairs)
    first, second = (visit.lesions for visit in visits)
    off = np.array(
        [
            (
                first[number].diameter_mm,
                (one.after_ml / one.before_ml) ** (1 / 3)
                / (second[number].diameter_mm / first[number].diameter_mm)
                - 1,
            )
            for number, one in pairs
            if number in second
        ]
    )
    large = np.abs(off[off[:, 0] > LEAST_MM, 1])
    truths = [sum(one.volume_ml for one in each.values()) for each in (first, second)]
    true_growth = 100 * (truths[1] / truths[0] - 1)
    return [
        f"burden grew by {all_of.percent or 0:+.1f} %, in truth {true_growth:+.1f} %; "
        f"{all_of.gone} gone, {all_of.new} new, mixed: {all_of.is_mixed}",
        f"{right} of {len(pairs)} lesions were found again as the same; their growth "
        f"by diameter is off by {100 * median(large):.1f} % in the median, within 5 % "
        f"in {(large <= 0.05).mean():.0%} of those over {LEAST_MM:g} mm",
    ]


def main(patients: int = 1) -> None:
    """Print what was found, and what it costs a reader."""
    console = Console(highlight=False)
    for seed in range(patients):
        visits = metastatic_liver(COUNT, seed)
        low, high = MIDDLE_MM
        seen = next(
            number
            for number, one in visits[0].lesions.items()
            if low < one.diameter_mm < high and number in visits[1].lesions
        )
        table = Table(
            "visit", f"over {LEAST_MM:g} mm", "false", "actions", "ml", "truth", "s"
        )
        slice_index, pixel = LIVER_AT
        by_click = organ_at_click(visits[0].volume, slice_index, pixel)
        found = [found_at(one, seen, one.liver) for one in visits]
        for name, visit, one in zip(("first", "second"), visits, found, strict=True):
            table.add_row(*row(name, visit, one))
        clicked = found_at(visits[0], seen, by_click)
        table.add_row(*row("first, liver by click", visits[0], clicked))
        console.print(table)
        laid = register(visits[0].volume, visits[1].volume)
        for line in growth_lines(visits, found, laid):
            console.print(f"  {line}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
