"""How near a lesion's place is carried over to its true one, and how long that takes.

Patients scanned twice, turned, bent, breathing, on other grids; the peers are the shift
of the whole body alone, and elastix, started from that shift, where ``make bench`` has
put it into an environment of its own. Times are those of all processors together, and
by the clock.

Run: ``python -m benchmarks bench_register``
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks.registration_scenes import LARGE, SCENES, Scene, scanned
from recist_tool.measure.registration.carry_over import carry_over
from recist_tool.measure.registration.deformable import KNOTS
from recist_tool.measure.registration.register import STEP_MM, register
from recist_tool.measure.registration.rigid import ScanPair, best_shift
from recist_tool.measure.registration.translation_search import body, coarsened
from recist_tool.phantom.motion import Motion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.registration_scenes import Place, Twice

PEER: Final = Path(__file__).parent.parent / ".benchmarks" / "elastix"
TIMED = Scene("512 x 512 x 100", LARGE, LARGE, Motion((2, -2, 3), (8, 5, 15), 15, 3))


class Carried(NamedTuple):
    """How far off one lesion's place is, mm: shifted, by elastix, by us, proposed."""

    shifted: float
    elastix: float
    registered: float
    proposed: float
    is_sure: bool


class Answer(NamedTuple):
    """All lesions of one scene, and what it took."""

    carried: list[Carried]
    processor_s: float
    clock_s: float
    each_s: float
    peer: Peer


class Peer(NamedTuple):
    """What elastix answers, and what it took; not a number where it is not there."""

    points: NDArray[np.float64]
    processor_s: float
    clock_s: float


def main() -> None:
    """Print the table of all scenes, then the time at full size."""
    heads = ("n", "shifted", "elastix", "registered", "proposed", "95 %", "most")
    line("scene", [*heads, "sure", "elastix s", "our s"])
    found: list[Carried] = []
    for number, scene in enumerate((*SCENES, TIMED), start=1):
        got = answer(scene, scanned(scene, number))
        found += got.carried
        spent = (got.peer.processor_s, got.processor_s)
        line(scene.name, [*figures(got.carried), *(f"{one:.1f}" for one in spent)])
    line("all", figures(found))
    unsaid = sum(each.is_sure and each.proposed > 8 for each in found)
    sys.stdout.write(
        f"more than 8 mm off and not said to be unsure: {unsaid} of {len(found)}\n"
        f"{TIMED.name}: {got.clock_s:.1f} s by the clock, {got.processor_s:.1f} s of "
        f"the processors; each lesion {1000 * got.each_s:.0f} ms\n"
        f"elastix: {got.peer.clock_s:.1f} s by the clock, {got.peer.processor_s:.1f} s "
        "of the processors\n"
    )


def answer(scene: Scene, twice: Twice) -> Answer:
    """Return the errors of the lesions that the second scan shows."""
    clock, processor = time.perf_counter(), time.process_time()
    places = twice.places
    registration = register(twice.first, twice.second)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    pair = ScanPair(*(coarsened(each, STEP_MM) for each in twice[:2]))
    shift = best_shift(pair.halved())
    peer = elastix(pair, shift, np.concatenate([_center(twice, at) for at in places]))
    carried, spent = [], time.process_time()
    for place, by_elastix in zip(places, peer.points, strict=True):
        proposal = carry_over(registration, place.caliper, *twice[:2])
        if not place.in_view:
            continue
        center = _center(twice, place)
        there = scene.motion.to_second(center)[0]
        guesses = (
            center[0] + shift,
            by_elastix,
            registration.map_points(center)[0],
            np.array(proposal.centre_lps),
        )
        off = [float(np.linalg.norm(guess - there)) for guess in guesses]
        carried.append(Carried(*off, proposal.is_sure))
    spent = time.process_time() - spent
    return Answer(carried, processor, clock, spent / len(places), peer)


def _center(twice: Twice, place: Place) -> NDArray[np.float64]:
    """Return the middle of a lesion's long axis on the first scan, shape (1, 3), mm."""
    at, (ends, _) = place.caliper
    return twice.first.pixel_to_lps(at, np.array(ends)).mean(axis=0)[np.newaxis]


def elastix(
    pair: ScanPair, shift_lps: NDArray[np.float64], points: NDArray[np.float64]
) -> Peer:
    """Return where elastix takes points of shape (points, 3), started from a shift."""
    python = PEER / "bin" / "python"
    if not python.exists():
        return Peer(np.full(points.shape, np.nan), np.nan, np.nan)
    inside = body(pair.fixed)
    fixed, moving = pair.fixed.cropped(inside), pair.moving
    with tempfile.TemporaryDirectory() as folder:
        np.savez(
            Path(folder) / "scans.npz",
            fixed=fixed.hu,
            moving=moving.hu,
            body=body(fixed),
            fixed_origin=fixed.origin_lps,
            moving_origin=moving.origin_lps - shift_lps,
            points=points,
            step_mm=STEP_MM,
            knots_mm=KNOTS * STEP_MM,
        )
        script = str(Path(__file__).with_name("peer_elastix.py"))
        command = [str(python), script, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this program
    answer = json.loads(done.stdout.splitlines()[-1])
    there = np.array(answer["points"]) + shift_lps
    return Peer(there, answer["processor_s"], answer["clock_s"])


def figures(carried: Sequence[Carried]) -> list[str]:
    """Return number, medians, the proposal's 95 % and most, and how many are sure."""
    shifted, by_elastix, registered, proposed, sure = (
        np.array(each) for each in zip(*carried, strict=True)
    )
    tried = (shifted, by_elastix, registered, proposed)
    medians = (np.median(each) for each in tried)
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
