"""What uptake belongs to the voxel that was clicked, followed down from there.

Water that sinks from the height of a click uncovers one island: all that is joined to
the click above the water. Whatever is joined before the water reaches a share of the
island's own summit is one lesion with it, however many tops it has. A summit that is
only joined further down, below that share of its own height, is another: it is cut off
along the valley. So every voxel above the threshold of a lesion leads to the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Floats

    Bools = NDArray[np.bool_]
    Voxel = tuple[int, int, int]

TOUCHING: Final = np.ones((3, 3, 3), np.bool_)
"""Voxels that share a corner are joined, as pixels are where axes are measured."""

ALIKE: Final = 1.5
"""Tops of one tumour may differ by that much: then a valley between them that lies just
below the threshold of the higher one does not part them."""

MOST_CUTS: Final = 12  # hotter neighbours of one lesion; what has more has no border


class Island(NamedTuple):
    """The uptake that is joined to a voxel.

    Attributes
    ----------
    region
        Shape of the image: what reaches the threshold and is joined to the click.
    cut
        What reaches it too, joined through a valley to a hotter neighbour.
    highest
        In the region.
    threshold
        The share of it.
    doubt
        How near the nearest decision was: from 0, where no other summit is joined, to 1
        where it might as well have been decided the other way.
    """

    region: Bools
    cut: Bools
    highest: float
    threshold: float
    doubt: float


class _Sinking(NamedTuple):
    """Levels from the click's own downwards, and the highest voxel joined at each."""

    level: Floats
    highest: Floats


def island(image: Floats, at: Voxel, share: float) -> Island | None:
    """Return the lesion that a voxel lies in, or None where it lies in none.

    A voxel lies in none if what it is joined to at its own height is hotter than the
    voxel by more than the share allows: it lies beside a lesion.

    Parameters
    ----------
    image
        Uptake, above 0 where there is any.
    at
        The voxel.
    share
        Of the highest value, above 0 to 1: where a lesion ends.
    """
    own = image[at]
    open_to = _joined(image >= share * own, at)
    cut = np.zeros(image.shape, np.bool_)
    doubt = 0.0
    for _ in range(MOST_CUTS):
        levels = _levels(image, open_to, at)
        sinking = _sinking(image, levels)
        if sinking.level[0] < share * sinking.highest[0]:
            return None
        end = _end(sinking, share)
        highest = float(sinking.highest[end - 1])
        region = levels >= share * highest
        doubt = max(doubt, _doubt(sinking, end, share))
        if end == len(sinking.level) or sinking.level[end] < share * highest:
            return Island(
                region=region,
                cut=cut & ~region,
                highest=highest,
                threshold=share * highest,
                doubt=doubt,
            )
        if sinking.highest[end] <= ALIKE * highest:
            joining = float(sinking.level[end])
            highest = float(sinking.highest[end])
            return Island(
                region=levels >= joining,
                cut=cut,
                highest=highest,
                threshold=joining,
                doubt=doubt,
            )
        neighbour = _neighbour(image, levels, (sinking, end), share)
        cut |= neighbour & (image >= share * highest)
        open_to = open_to & ~neighbour
    return None


def lake(image: Floats, at: Voxel, level: float) -> Island | None:
    """Return all that reaches a level and is joined to a voxel; None if it does not.

    Parameters
    ----------
    image, at
        As `island` takes them.
    level
        Of uptake, above 0.
    """
    if image[at] < level:
        return None
    region = _joined(image >= level, at)
    nothing = np.zeros(image.shape, np.bool_)
    return Island(
        region=region,
        cut=nothing,
        highest=float(image[region].max()),
        threshold=level,
        doubt=0.0,
    )


def _joined(inside: Bools, at: Voxel) -> Bools:
    parts, _ = ndimage.label(inside, TOUCHING)
    return parts == parts[at]


def _levels(image: Floats, open_to: Bools, at: Voxel) -> Floats:
    """Return for each voxel the lowest place on the highest way to it from another.

    Shape of the image; −infinity where no way is open.
    """
    from skimage.morphology import (
        reconstruction,  # pyright: ignore[reportUnknownVariableType] - not typed
    )

    box = ndimage.find_objects(open_to.astype(np.uint8))[0]
    hills = np.where(open_to[box], image[box], np.float32(-1))
    seed = np.full_like(hills, -1)
    inner = tuple(one - side.start for one, side in zip(at, box, strict=True))
    seed[inner] = hills[inner]
    found = np.full(image.shape, -np.inf, np.float32)
    inside = np.asarray(reconstruction(seed, hills, footprint=TOUCHING), np.float32)
    found[box] = np.where(open_to[box], inside, -np.inf)
    return found


def _sinking(image: Floats, levels: Floats) -> _Sinking:
    reached = np.isfinite(levels)
    level, value = levels[reached], image[reached]
    order = np.argsort(-level, kind="stable")
    level, highest = level[order], np.maximum.accumulate(value[order])
    last = np.append(np.flatnonzero(np.diff(level)), len(level) - 1)
    return _Sinking(level[last], highest[last])


def _end(sinking: _Sinking, share: float) -> int:
    """Return the first level that no longer belongs to the lesion."""
    lower = sinking.level < np.float32(share) * sinking.highest
    return int(lower.argmax()) if lower.any() else len(lower)


def _doubt(sinking: _Sinking, end: int, share: float) -> float:
    """Return how near to the share the joining of any hotter summit was."""
    before, after = sinking.highest[:-1], sinking.highest[1:]
    rises = np.flatnonzero(after > 1.1 * before) + 1
    rises = rises[rises <= end]
    if not rises.size:
        return 0.0
    margin = sinking.level[rises] / (share * sinking.highest[rises])
    return float(np.exp(-np.abs(np.log(margin)).min() / 0.2))


def _neighbour(
    image: Floats, levels: Floats, found: tuple[_Sinking, int], share: float
) -> Bools:
    """Return the basin of the hotter summit that joins at a level."""
    from skimage.segmentation import (
        watershed,  # pyright: ignore[reportUnknownVariableType] - not typed
    )

    sinking, end = found
    own = levels > sinking.level[end]
    joined = levels >= share * sinking.highest[end - 1]
    markers = own.astype(np.int32)
    markers[~own & joined & (image > sinking.highest[end - 1])] = 2
    flow = watershed(  # pyright: ignore[reportUnknownVariableType]
        -image, markers, connectivity=image.ndim, mask=joined
    )
    return np.asarray(flow == 2, np.bool_)  # pyright: ignore[reportUnknownArgumentType]
