"""Uptake is followed down from a click: whole tumours, and no neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from recist_tool.measure.segment.flood import TOUCHING, island, lake

SHARE = 0.41


def hills(*tops, size=33, background=0.0):
    """Return a row of hills as (place, height, width) on an even plain."""
    along = np.arange(size, dtype=float)
    across = np.exp(-((np.arange(9) - 4.0) ** 2) / 8)
    lines = [top * np.exp(-(((along - at) / wide) ** 2)) for at, top, wide in tops]
    line = np.max(lines, axis=0)
    image = line * across[:, None, None] * across[:, None]
    return (image + background).astype(np.float32)


def test_every_voxel_above_the_threshold_leads_to_the_same_lesion():
    image = hills((8, 10, 4), (15, 7, 4), (22, 9, 4))
    whole = island(image, (4, 4, 8), SHARE)
    assert whole.highest == image.max()
    for voxel in np.argwhere(whole.region).tolist():
        assert np.array_equal(island(image, tuple(voxel), SHARE).region, whole.region)


def test_a_much_hotter_neighbour_behind_a_valley_is_cut_off_and_told():
    image = hills((9, 6, 3), (17, 30, 4))
    found = island(image, (4, 4, 9), SHARE)
    assert found.highest == pytest.approx(6, rel=0.01)
    assert found.region[4, 4, 9]
    assert not found.region[4, 4, 15:].any()
    assert found.cut[4, 4, 17]
    assert not (found.cut & found.region).any()


def test_the_hotter_neighbour_does_not_take_the_cooler_one_in():
    image = hills((9, 6, 3), (17, 30, 4))
    assert not island(image, (4, 4, 17), SHARE).region[4, 4, 9]


def test_a_click_beside_a_lesion_lies_in_none():
    image = hills((16, 10, 3), background=1.0)
    assert island(image, (4, 4, 26), SHARE) is None


def test_a_decision_by_a_hair_is_doubted():
    clear = island(hills((9, 10, 3), (22, 8, 3)), (4, 4, 9), SHARE)
    close = island(hills((9, 6, 3), (16.5, 14, 4)), (4, 4, 9), SHARE)
    assert clear.doubt == 0
    assert 0 < close.doubt <= 1


def test_a_lake_is_all_that_reaches_a_level_and_is_joined():
    image = hills((9, 10, 3), (24, 8, 3))
    found = lake(image, (4, 4, 9), 2.5)
    assert found.region.sum() == ndimage.label(image >= 2.5, TOUCHING)[0][4, 4, 9] * (
        (image >= 2.5)[:, :, :16].sum()
    )
    assert lake(image, (4, 4, 16), 2.5) is None


@pytest.mark.parametrize("seed", range(12))
def test_on_random_hills_an_island_is_the_share_of_its_own_summit(seed):
    chance = np.random.default_rng(seed)
    rough = ndimage.gaussian_filter(chance.random((9, 12, 15)), 1.2)
    image = (rough - rough.min()).astype(np.float32) + np.float32(0.01)
    at = tuple(np.unravel_index(image.argmax(), image.shape))
    found = island(image, at, SHARE)
    parts, _ = ndimage.label(image >= np.float32(SHARE) * image.max(), TOUCHING)
    assert np.array_equal(found.region, parts == parts[at])
