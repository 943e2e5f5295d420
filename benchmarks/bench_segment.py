"""How well and how fast a click finds a lesion, by contrast, size and neighbourhood.

Each scene is a dented ellipsoid in liver with correlated noise, clicked well inside.
The peer is a region grown from the same click (scikit-image `flood`), given the true
contrast: it takes all that is nearer to the lesion's HU than to the liver's.

Run: ``python -m benchmarks bench_segment``
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.lesion_scenes import LIVER_HU, NOISE_HU, PLACES, Scene, render
from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.segment.segment import segment_click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.lesion_scenes import Rendered

CNRS: Final = (1, 2, 3, 4, 6)
DIAMETERS_MM: Final = (8, 12, 20, 35, 60)
AIMED_CNR: Final = 2
PIXEL_MM: Final = 0.75


class Outcome(NamedTuple):
    """What came of one click; Dice 0 where it was refused."""

    cnr: int
    diameter_mm: int
    place: str
    dice: float
    axis_error_mm: float | None
    seconds: float
    peer_dice: float
    peer_seconds: float


def scenes() -> Iterable[tuple[int, Scene]]:
    """Yield contrast-to-noise ratio and scene; hypo- and hyperdense in turn."""
    seed = 0
    for cnr in CNRS:
        for diameter in DIAMETERS_MM:
            for place in PLACES:
                seed += 1
                sign = 1 if seed % 3 == 0 else -1
                yield cnr, Scene(diameter, sign * cnr * NOISE_HU, place, seed)


def outcome(cnr: int, scene: Scene) -> Outcome:
    """Return what a click finds of a scene, beside what the peer finds."""
    rendered = render(scene)
    slice_index, row, column = rendered.click
    start = time.process_time()
    try:
        found = segment_click(rendered.volume, slice_index, (row, column)).mask
    except GeometryError:
        found = None
    seconds = time.process_time() - start
    error = None
    if found is not None:
        truth = axes(rendered.truth).long_axis_mm
        error = abs(axes(found).long_axis_mm - truth)
    start = time.process_time()
    peer = grown(rendered, scene.contrast_hu)
    return Outcome(
        cnr,
        round(scene.diameter_mm),
        scene.place,
        0.0 if found is None else dice(found, rendered.truth),
        error,
        seconds,
        dice(peer, rendered.truth),
        time.process_time() - start,
    )


def grown(rendered: Rendered, contrast_hu: float) -> Mask:
    """Return the region connected to the click, after a blur, by half the contrast."""
    from skimage.segmentation import (  # pyright: ignore[reportMissingTypeStubs]
        flood,  # pyright: ignore[reportUnknownVariableType]
    )

    hu = blurred(rendered.volume.voxels.astype(np.float32), (0.5, 1.5, 1.5))
    hu[rendered.click] = LIVER_HU + contrast_hu
    inside = np.asarray(
        flood(hu, rendered.click, tolerance=abs(contrast_hu) / 2), np.bool_
    )
    return Mask.of_full(inside, rendered.volume.grid)


def dice(one: Mask, other: Mask) -> float:
    """Return the overlap of two masks of one grid, from 0 to 1."""
    common = one.as_full() & other.as_full()
    return 2 * int(common.sum()) / (one.voxels + other.voxels)


def main() -> None:
    """Print medians of Dice by contrast and size, by place, and the time of a click."""
    console = Console(highlight=False)
    found = [outcome(cnr, scene) for cnr, scene in scenes()]
    table = Table("CNR", *(f"{size} mm" for size in DIAMETERS_MM), title="median Dice")
    for cnr in CNRS:
        cells = (
            median(
                one.dice for one in found if (one.cnr, one.diameter_mm) == (cnr, size)
            )
            for size in DIAMETERS_MM
        )
        table.add_row(str(cnr), *(f"{cell:.2f}" for cell in cells))
    console.print(table)
    aimed = [one for one in found if one.cnr >= AIMED_CNR]
    for place in PLACES:
        here = median(one.dice for one in aimed if one.place == place)
        console.print(f"  {place:<8} median Dice {here:.3f} at CNR >= {AIMED_CNR}")
    off_mm = median(one.axis_error_mm for one in aimed if one.axis_error_mm is not None)
    console.print(
        f"CNR >= {AIMED_CNR}: median Dice {median(one.dice for one in aimed):.3f} "
        f"(region growing {median(one.peer_dice for one in aimed):.3f}), "
        f"refused {sum(one.dice == 0 for one in aimed)} of {len(aimed)}, "
        f"long axis off by {off_mm:.2f} mm = {off_mm / PIXEL_MM:.2f} pixel"
    )
    seconds = sorted(one.seconds for one in found)
    console.print(
        f"a click takes {median(seconds):.2f} s, at most {seconds[-1]:.2f} s "
        f"(region growing {median(one.peer_seconds for one in found):.2f} s)"
    )


if __name__ == "__main__":
    main()
