"""How a click on PET holds on hard synthetic tumours, kind by kind.

Clicks lie by chance on voxels over half the maximum. The truth is the 41 % region of
the same tumour without noise and without what lies beside it.

Run: ``python -m benchmarks bench_pet``, or ``python -m benchmarks.bench_pet 20`` for so
many tumours of each kind.
"""

from __future__ import annotations

import sys
from itertools import groupby
from statistics import mean
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.bench_click import answers, reliability, row
from benchmarks.pet_scenes import pet_scenes
from benchmarks.real_lesions import RealLesion, dice

if TYPE_CHECKING:
    from benchmarks.bench_click import Answer

EACH: Final = 12
CLICKS: Final = 5


def main(each: int = EACH) -> None:
    """Print the overlap of clicks by kind, and what confidence is worth."""
    console = Console(highlight=False, width=130)
    titles = ["kind", "clicks", "refused", "Dice", "< 0.5", "< 0.25"]
    rest = ["long axis (IQR), mm", "confidence", "s", "5 % of Dice", "41 % and tumour"]
    table = Table(*titles, *rest)
    every: list[Answer] = []
    for kind, scenes in groupby(pet_scenes(each), key=lambda one: one.kind):
        here: list[Answer] = []
        with_body: list[float] = []
        for scene in scenes:
            lesion = RealLesion(kind, scene.volume, scene.region, scene.clickable)
            here += answers(lesion, CLICKS)
            with_body.append(dice(scene.region, scene.body))
        held = [one.dice for one in here if one.dice is not None]
        fifth = f"{np.quantile(held, 0.05):.2f}" if held else ""
        table.add_row(*row(kind, here), fifth, f"{mean(with_body):.2f}")
        every += here
    held = [one.dice for one in every if one.dice is not None]
    table.add_row(*row("all", every), f"{np.quantile(held, 0.05):.2f}")
    console.print(table)
    console.print("\n".join(reliability(every)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
