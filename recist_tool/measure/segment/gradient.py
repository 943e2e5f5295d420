"""Uptake that ends where it falls most steeply: a watershed of its gradient.

As Geets and others (2007, Eur J Nucl Med Mol Imaging 34:1427) cut it: water that rises
in the magnitude of the gradient, from the core of the lesion and from what lies around,
meets on the crest between them. So no share of a maximum has to be right, however faint
the lesion. What the scanner blurred is not restored: a ball of radius r, blurred by a
Gaussian of sigma, is steepest at about r - sigma²/r, so that small lesions come out
small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage

from recist_tool.measure.segment.flood import TOUCHING, Island

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Patch

    Bools = NDArray[np.bool_]

CORE: Final = 0.7  # of the maximum (Schaefer 2008): what is that hot is in the lesion
OUTSIDE_MM: Final = 6.0
"""So far beyond 41 % of the maximum nothing belongs to a lesion any more: the border of
a sphere blurred by 8 mm lies at 35 to 50 %."""
BLUR_MM: Final = 1.5  # of the noise; less than half of what a scanner blurs
INSIDE, OUTSIDE = 1, 2


def at_steepest(patch: Patch, plain: Island) -> Island:
    """Return a lesion cut where its uptake falls most steeply.

    Parameters
    ----------
    patch
        What was cut out around the click.
    plain
        The lesion by a share of its maximum: its core is inside, what was cut off as a
        neighbour's is outside.
    """
    from skimage.segmentation import (
        watershed,  # pyright: ignore[reportUnknownVariableType] - not typed
    )

    box = _box(plain.region, patch)
    image, region = patch.image[box], plain.region[box]
    sigmas = [BLUR_MM / step for step in patch.spacing_mm]
    if patch.flat:
        sigmas[0] = 0.0
    steep = ndimage.gaussian_gradient_magnitude(image, sigmas)
    away = ndimage.distance_transform_edt(~region, patch.spacing_mm)
    core = region & (image >= CORE * plain.highest)
    markers = np.where(core, INSIDE, 0)
    markers[(away > OUTSIDE_MM) | plain.cut[box]] = OUTSIDE
    flow = watershed(  # pyright: ignore[reportUnknownVariableType]
        steep, markers, connectivity=image.ndim
    )
    inside = np.asarray(flow == INSIDE, np.bool_)  # pyright: ignore[reportUnknownArgumentType]
    rim = inside & ~ndimage.binary_erosion(inside, TOUCHING, border_value=1)
    found = np.zeros(plain.region.shape, np.bool_)
    found[box] = inside
    return Island(
        region=found,
        cut=plain.cut & ~found,
        highest=plain.highest,
        threshold=float(np.median(image[rim] if rim.any() else image[inside])),
        doubt=plain.doubt,
    )


def _box(region: Bools, patch: Patch) -> tuple[slice, ...]:
    """Return the box that holds a region and all that is not surely outside."""
    (found,) = ndimage.find_objects(region.astype(np.uint8))
    margins = [int(OUTSIDE_MM / step) + 2 for step in patch.spacing_mm]
    return tuple(
        slice(max(side.start - margin, 0), side.stop + margin)
        for side, margin in zip(found, margins, strict=True)
    )
