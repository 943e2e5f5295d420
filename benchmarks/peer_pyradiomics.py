"""PyRadiomics on a label image, in an environment of its own: see the Makefile.

Run by `bench_mask` as a script: ``python peer_pyradiomics.py LABELS.npy COUNT``, with
the Python of `.benchmarks/pyradiomics`. Prints the seconds and figures of each label.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import SimpleITK  # noqa: TID253 - nothing but the peer runs here
from radiomics import imageoperations
from radiomics.shape import RadiomicsShape

FIGURES = (
    "MeshVolume",
    "VoxelVolume",
    "Maximum3DDiameter",
    "Maximum2DDiameterSlice",
)


def figures(image: SimpleITK.Image, label: int) -> dict[str, float]:
    """Return the shape of one lesion, as the extractor of PyRadiomics computes it."""
    box, _ = imageoperations.checkMask(image, image, label=label)
    cropped, mask = imageoperations.cropToTumorMask(image, image, box)
    shape = RadiomicsShape(cropped, mask, label=label)
    return {name: float(getattr(shape, f"get{name}FeatureValue")()) for name in FIGURES}


def main(path: str, count: int, spacing: list[float]) -> None:
    """Measure the first labels, one after another."""
    image = SimpleITK.GetImageFromArray(np.load(path))
    image.SetSpacing(spacing[::-1])
    answers = []
    for label in range(1, count + 1):
        begin = time.process_time()
        found = figures(image, label)
        answers.append({"s": time.process_time() - begin, **found})
    print(json.dumps(answers))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [float(text) for text in sys.argv[3:6]])
