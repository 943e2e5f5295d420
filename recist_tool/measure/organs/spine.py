"""The spine on a coarse CT: what tells the left of a body from its right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.geometry.filters import blurred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.registration.translation_search import Coarse

BONE_HU: Final = 180.0
BLUR_MM: Final = 9.0
BESIDE_MM: Final = 60.0
"""The spine is no further from the middle of the body, and …"""
BEHIND: Final = 0.5
"""… no further in front than that part of its depth."""
AROUND_MM: Final = 30.0
"""Bone so near to where there is most of it is taken together."""
NEARLY: Final = 0.6
"""Of the steadiest bone: where so much is, is spine, too."""
LEAST_BONE: Final = 0.35
"""Of the slices have to have bone there: ribs and hips come and go, a spine stays."""


class Spine(NamedTuple):
    """Where the arches of the spine are, in voxels of a coarse CT, for all slices."""

    y: int
    x: int


def spine(coarse: Coarse, inside: NDArray[np.bool_]) -> Spine | None:
    """Return where the spine is; None where no such column of bone is there.

    Parameters
    ----------
    inside
        The body, shape (z, y, x) of the CT.
    """
    if not inside.any():
        return None
    rows = np.flatnonzero(inside.any(axis=(0, 2)))
    columns = np.flatnonzero(inside.any(axis=(0, 1)))
    bone = ((coarse.hu > BONE_HU) & inside).mean(axis=0, dtype=np.float32)
    width = BLUR_MM / coarse.step_mm
    often = blurred(bone, (width / 2, width / 2))
    near = np.zeros_like(bone, np.bool_)
    first = int(rows[0] + BEHIND * (rows[-1] - rows[0]))
    middle, reach = int(columns.mean()), round(BESIDE_MM / coarse.step_mm)
    near[first : rows[-1] + 1, max(middle - reach, 0) : middle + reach + 1] = True
    often = np.where(near, often, 0.0)
    most = float(often.max())
    if most < LEAST_BONE:
        return None
    # a bright aorta is as steady; the arches of the vertebrae lie behind it
    y = int(np.flatnonzero((often >= NEARLY * most).any(axis=1))[-1])
    x = int(often[y].argmax())
    beside = round(AROUND_MM / coarse.step_mm)
    left = max(x - beside, 0)
    profile = bone[y - beside : y + beside + 1, left : x + beside + 1].sum(axis=0)
    return Spine(
        y, left + round(float(np.average(np.arange(len(profile)), weights=profile)))
    )
