"""The liver on a coarse CT: the largest even organ on the right of the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.measure.geometry.filters import box_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.organs.spine import Spine
    from recist_tool.measure.registration.translation_search import Coarse

SOFT_HU: Final = (20.0, 220.0)
"""Of a liver, fatty or with iron, in any phase."""
THIN_MM: Final = 18.0
"""What is thinner, wall and bowel, is left out."""
LEAST_ML: Final = 100.0
"""Of what then is left."""
ASIDE_MM: Final = 40.0
"""So far to the right of the spine its middle has to be: the heart's is not."""
BIN_HU: Final = 4.0
AROUND_HU: Final = 24.0
LEAST_EVEN: Final = 0.6
"""So much of it has to lie around its commonest HU."""


class Parenchyma(NamedTuple):
    """What was found of the liver.

    Attributes
    ----------
    hu
        The median of what lies around its commonest HU: no vessels, no metastases.
    volume_ml
        Of its inner part.
    """

    hu: float
    volume_ml: float


def liver(coarse: Coarse, inside: NDArray[np.bool_], spine: Spine) -> Parenchyma | None:
    """Return the liver; None where no organ is there that could be it.

    Parameters
    ----------
    inside
        The body, shape (z, y, x) of the CT.
    """
    smooth = box_mean(coarse.hu, (3, 3, 3))
    soft = inside & (smooth > SOFT_HU[0]) & (smooth < SOFT_HU[1])
    soft[:, :, spine.x :] = False
    layers = round(THIN_MM / 2 / coarse.step_mm)
    thick = ndimage.binary_erosion(soft, iterations=layers, border_value=0)
    numbered, count = ndimage.label(thick)
    if not count:
        return None
    sizes = np.bincount(numbered.ravel())
    sizes[0] = 0
    part = numbered == int(sizes.argmax())
    volume_ml = float(sizes.max()) * coarse.step_mm**3 / 1000
    _, rows, columns = np.nonzero(part)
    is_aside = (spine.x - columns.mean()) * coarse.step_mm >= ASIDE_MM
    is_before = rows.mean() < spine.y
    if volume_ml < LEAST_ML or not is_aside or not is_before:
        return None
    return _commonest(smooth[part], volume_ml)


def _commonest(values: NDArray[np.float32], volume_ml: float) -> Parenchyma | None:
    low, high = SOFT_HU
    counts, edges = np.histogram(values, round((high - low) / BIN_HU), SOFT_HU)
    counts = np.convolve(counts, (1, 2, 1), "same")
    mode = edges[int(counts.argmax())] + BIN_HU / 2
    around = values[np.abs(values - mode) <= AROUND_HU]
    if len(around) < LEAST_EVEN * len(values):
        return None
    return Parenchyma(float(np.median(around)), volume_ml)
