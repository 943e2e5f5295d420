"""The liver, how it grows, and how much of it is tumour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.measure.mask.mask import Mask


def volume_change_percent(before: Mask, after: Mask) -> float:
    """Return by how much an organ or lesion has grown between two visits, %.

    Each on the grid of its own scan.

    Raises
    ------
    GeometryError
        If the earlier one is empty, or slices are not regular.
    """
    before.require_voxels("earlier mask")
    return (after.volume_ml / before.volume_ml - 1) * 100


def burden_percent(lesions: Iterable[Mask], organ: Mask) -> float:
    """Return how much of an organ is lesion, %.

    The whole is the organ with its lesions, whether its mask was drawn with or without
    them. Where lesions overlap, a voxel counts once.

    Parameters
    ----------
    lesions
        Those of this organ, on its grid.

    Raises
    ------
    GeometryError
        If a lesion lies on another grid, or the organ is empty.
    """
    organ.require_voxels("organ")
    tumour = np.zeros(organ.grid.shape, np.bool_)
    for lesion in lesions:
        lesion.require_on(organ.grid, "lesion")
        tumour[lesion.box] |= lesion.inside
    whole = tumour.copy()
    whole[organ.box] |= organ.inside
    voxel_ml = organ.grid.voxel_ml
    tumour_ml, whole_ml = (
        np.count_nonzero(each) * voxel_ml for each in (tumour, whole)
    )
    return 100 * tumour_ml / whole_ml
