"""How right and how fast masks become numbers.

Lengths and volumes of random ellipsoids against their formulas; then all figures of a
label image of 300 × 512 × 512 with 50 lesions, against PyRadiomics (mesh and voxel
volume, largest diameter in a slice and in space) and against scikit-image's
`feret_diameter_max`; and SULpeak of a whole-body PET. Seconds are of the processor.

Run: ``python -m benchmarks bench_mask``; ``make bench`` installs PyRadiomics first, in
an environment of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.ellipsoids import LABEL_SPACING_MM, label_image, random_ellipsoid
from recist_tool.measure.geometry.grid import Grid
from recist_tool.measure.geometry.volume import Volume
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.mask import Mask, masks_of_labels
from recist_tool.measure.mask_measure import measure_mask
from recist_tool.measure.pet.peak import suv_peak

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ELLIPSOIDS: Final = 2500
RATIOS: Final = {"needle to sphere": 0.05, "1:3 to sphere": 0.3, "spheres": 1.0}
BANDS_MM: Final = (4, 8, 15, 30, 60, 121)
SHAPE: Final = (300, 512, 512)
COUNTS: Final = (10, 25, 50)
ROUNDS: Final = 5
PEER_LESIONS: Final = 6
TARGET: Final = 200
PEER: Final = Path(__file__).parent.parent / ".benchmarks" / "pyradiomics"
BODY: Final = (400, 200, 200)


def main() -> None:
    """Print accuracy, then speed."""
    console = Console(highlight=False)
    for name, ratio in RATIOS.items():
        console.print(accuracy(name, ratio))
    console.print(volumes())
    for line in speed():
        console.print(line)
    console.print(peak())


def accuracy(name: str, least_ratio: float) -> Table:
    """Return the errors of both axes by the longest diameter, in pixels."""
    chance = np.random.default_rng(2024)
    sizes, errors = [], []
    for _ in range(ELLIPSOIDS):
        true = random_ellipsoid(chance, least_ratio=least_ratio)
        found = axes(true.mask)
        both = found.long_axis_mm - true.long_mm, found.short_axis_mm - true.short_mm
        errors.append(np.array(both) / true.pixel_mm)
        sizes.append(true.long_mm)
    title = f"axes of {ELLIPSOIDS} ellipsoids, {name}: mean error in pixels"
    table = Table("mm", "n", *_heads("long"), *_heads("short"), title=title)
    for low, high in (*pairwise(BANDS_MM), (0, 121)):
        chosen = np.array(errors)[(np.array(sizes) >= low) & (np.array(sizes) < high)]
        figures = [text for column in chosen.T for text in _errors(column)]
        table.add_row(f"{low}-{high}", str(len(chosen)), *figures)
    return table


def _heads(axis: str) -> tuple[str, str, str]:
    return f"{axis} ±0.1", "95 % ≤ 1", "worst"


def _errors(column: NDArray[np.float64]) -> tuple[str, str, str]:
    off = np.abs(column)
    mean, most = column.mean(), np.quantile(off, 0.95)
    missed = " MISSED" if abs(mean) > 0.1 or most > 1 else ""
    return f"{mean:+.3f}", f"{most:.2f}{missed}", f"{off.max():.2f}"


def volumes() -> Table:
    """Return the errors of volumes by the shortest diameter, %, slices to 3 mm."""
    chance = np.random.default_rng(2024)
    found = [random_ellipsoid(chance, slices_mm=(0.6, 3)) for _ in range(ELLIPSOIDS)]
    table = Table(
        "mm",
        "n",
        "mean, %",
        "95 % ≤ 2 %",
        title="volumes, by the shortest diameter; slices of 0.6 to 3 mm",
    )
    for low, high in ((4, 10), (10, 15), (15, 30), (30, 121), (10, 121)):
        errors = [
            100 * (one.mask.volume_ml / one.volume_ml - 1)
            for one in found
            if low <= one.diameters_mm.min() < high
        ]
        most = np.quantile(np.abs(errors), 0.95)
        missed = " MISSED" if low >= 10 and most > 2 else ""
        table.add_row(
            f"{low}-{high}",
            str(len(errors)),
            f"{np.mean(errors):+.3f}",
            f"{most:.2f}{missed}",
        )
    return table


def speed() -> list[str]:
    """Return how long all figures of a label image take, beside two peers."""
    lines, labels = [], np.zeros(0)
    ours: list[float] = []
    for count in COUNTS:
        labels = label_image(count, SHAPE)
        ours.append(_seconds(lambda given=labels: _all_figures(given)))
        lines.append(f"{count:3} lesions {ours[-1]:7.3f} s")
    each = (ours[-1] - ours[0]) / (COUNTS[-1] - COUNTS[0])
    middle = ours[0] + each * (COUNTS[1] - COUNTS[0])
    lines.append(
        f"each lesion {each * 1000:.2f} ms; {COUNTS[1]} take {ours[1] / middle:.2f} of "
        "what a straight line says"
    )
    lines.append(_beside("scikit-image's Feret", _scikit_image(labels), ours[-1]))
    peer_s = _pyradiomics(labels)
    if peer_s is None:
        return [*lines, "PyRadiomics is not installed: make bench installs it"]
    missed = " MISSED" if peer_s * COUNTS[-1] < TARGET * ours[-1] else ""
    line = _beside("PyRadiomics", peer_s, ours[-1])
    return [*lines, f"{line} (target {TARGET}){missed}"]


def _beside(name: str, lesion_s: float, ours_s: float) -> str:
    ratio = lesion_s * COUNTS[-1] / ours_s
    return f"{name}: {lesion_s:.2f} s a lesion, {ratio:.0f} times as long"


def _all_figures(labels: NDArray[Any]) -> object:
    masks = masks_of_labels(labels, _grid(labels.shape, LABEL_SPACING_MM))
    return [measure_mask(mask) for mask in masks.values()]


def _grid(shape: tuple[int, ...], spacing_mm: tuple[float, float, float]) -> Grid:
    slices, rows, columns = shape
    heights = np.arange(slices)[:, None] * spacing_mm[0]
    return Grid(
        shape=(slices, rows, columns),
        slice_origins_lps=heights * np.array([0.0, 0.0, 1.0]),
        row_axis_lps=np.array([1.0, 0.0, 0.0]),
        column_axis_lps=np.array([0.0, 1.0, 0.0]),
        pixel_spacing_mm=spacing_mm[1:],
        slice_spacing_mm=spacing_mm[0],
    )


def _seconds(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median processor time, after one round that does not count."""
    act()
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        act()
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


def _scikit_image(labels: NDArray[Any]) -> float:
    """Return the seconds a lesion takes, boxes included in proportion."""
    from skimage.measure import regionprops

    def some() -> None:
        regions = regionprops(labels, spacing=LABEL_SPACING_MM)
        for region in regions[:PEER_LESIONS]:
            _ = region.feret_diameter_max

    boxes = _seconds(lambda: regionprops(labels, spacing=LABEL_SPACING_MM), 1)
    return (_seconds(some, 1) - boxes) / PEER_LESIONS + boxes / COUNTS[-1]


def _pyradiomics(labels: NDArray[Any]) -> float | None:
    """Return the seconds a lesion takes; None where it is not installed."""
    python = PEER / "bin" / "python"
    if not python.exists():
        return None
    script = str(Path(__file__).with_name("peer_pyradiomics.py"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.npy"
        np.save(path, labels)
        command = [str(python), script, str(path), str(PEER_LESIONS)]
        command += map(str, LABEL_SPACING_MM)
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this program
    return statistics.median(one["s"] for one in json.loads(done.stdout))


def peak() -> str:
    """Return how long the hottest sphere of a whole body takes, all of it asked for."""
    uptake = np.random.default_rng(1).gamma(1.0, 2.0, BODY).astype(np.float32)
    grid = _grid(BODY, (4.0, 4.0, 4.0))
    volume = Volume(
        voxels=uptake,
        slice_origins_lps=grid.slice_origins_lps,
        row_axis_lps=grid.row_axis_lps,
        column_axis_lps=grid.column_axis_lps,
        pixel_spacing_mm=(4.0, 4.0),
        slice_spacing_mm=4.0,
        units="SUVbw",
        modality="PT",
        sop_instance_uids=tuple(map(str, range(BODY[0]))),
        series_instance_uid="1",
        study_instance_uid="1",
    )
    mask = Mask.of_full(np.ones(BODY, np.bool_), grid)
    seconds = _seconds(lambda: suv_peak(mask, volume), 3)
    missed = " MISSED" if seconds > 1 else ""
    return f"SULpeak of a body of {mask.voxels:,} voxels {seconds:.2f} s (1.00){missed}"
