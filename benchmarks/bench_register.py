"""How near a lesion's place is carried over to its true one, and how long that takes.

Patients scanned twice, turned, bent, breathing, on other grids; the peer is the shift
of the whole body alone. Times are those of all processors together, and by the clock.

Run: ``python -m benchmarks bench_register``
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.registration_scenes import LARGE, SCENES, Scene, scanned
from recist_tool.measure.registration.carry_over import carry_over
from recist_tool.measure.registration.register import STEP_MM, register
from recist_tool.measure.registration.rigid import ScanPair, best_shift
from recist_tool.measure.registration.translation_search import coarsened
from recist_tool.phantom.motion import Motion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.registration_scenes import Twice

TIMED = Scene("512 x 512 x 100", LARGE, LARGE, Motion((2, -2, 3), (8, 5, 15), 15, 3))


class Carried(NamedTuple):
    """How far off one lesion's place is, mm: shifted, registered, proposed."""

    shifted: float
    registered: float
    proposed: float
    is_sure: bool


class Answer(NamedTuple):
    """All lesions of one scene, and what it took."""

    carried: list[Carried]
    processor_s: float
    clock_s: float
    each_s: float


def main() -> None:
    """Print the table of all scenes, then the time at full size."""
    line("scene", ["n", "shifted", "registered", "proposed", "95 %", "most", "sure"])
    found: list[Carried] = []
    for number, scene in enumerate((*SCENES, TIMED), start=1):
        got = answer(scene, scanned(scene, number))
        found += got.carried
        line(scene.name, figures(got.carried))
    line("all", figures(found))
    unsaid = sum(each.is_sure and each.proposed > 8 for each in found)
    sys.stdout.write(
        f"more than 8 mm off and not said to be unsure: {unsaid} of {len(found)}\n"
        f"{TIMED.name}: {got.clock_s:.1f} s by the clock, {got.processor_s:.1f} s of "
        f"the processors; each lesion {1000 * got.each_s:.0f} ms\n"
    )


def answer(scene: Scene, twice: Twice) -> Answer:
    """Return the errors of the lesions that the second scan shows."""
    clock, processor = time.perf_counter(), time.process_time()
    registration = register(twice.first, twice.second)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    pair = ScanPair(*(coarsened(each, STEP_MM) for each in twice[:2])).halved()
    shift = best_shift(pair)
    carried, spent = [], time.process_time()
    for place in twice.places:
        proposal = carry_over(registration, place.caliper, *twice[:2])
        if not place.in_view:
            continue
        at, (ends, _) = place.caliper
        center = twice.first.pixel_to_lps(at, np.array(ends)).mean(axis=0)[np.newaxis]
        there = scene.motion.to_second(center)[0]
        guesses = (
            center[0] + shift,
            registration.map_points(center)[0],
            np.array(proposal.centre_lps),
        )
        off = [float(np.linalg.norm(guess - there)) for guess in guesses]
        carried.append(Carried(*off, proposal.is_sure))
    spent = time.process_time() - spent
    return Answer(carried, processor, clock, spent / len(twice.places))


def figures(carried: Sequence[Carried]) -> list[str]:
    """Return number, medians, the proposal's 95 % and most, and how many are sure."""
    shifted, registered, proposed, sure = (
        np.array(each) for each in zip(*carried, strict=True)
    )
    medians = (np.median(each) for each in (shifted, registered, proposed))
    spread = (np.percentile(proposed, 95), proposed.max())
    return [
        str(len(carried)),
        *(f"{value:.1f}" for value in (*medians, *spread)),
        f"{100 * sure.mean():.0f} %",
    ]


def line(name: str, cells: list[str]) -> None:
    """Print one row of the table; lengths are mm."""
    sys.stdout.write(f"{name:24}" + "".join(f"{cell:>12}" for cell in cells) + "\n")


if __name__ == "__main__":
    main()
