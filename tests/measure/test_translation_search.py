from __future__ import annotations

import numpy as np
import pytest

from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.progress import Work
from recist_tool.measure.registration.result import UNSEEN_MM
from recist_tool.measure.registration.similarity import Overlaid, agreement
from recist_tool.measure.registration.translation_search import (
    AIR_HU,
    Coarse,
    body,
    coarsened,
)
from tests.measure.grids import AXIAL, OBLIQUE, volume

SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))


def sloped(axes, spacing_mm=(5.0, 0.8, 0.5)):
    """A volume whose HU are a slope through the patient: x + 2 y + 3 z."""
    series = volume(np.zeros((20, 60, 90), np.int16), spacing_mm, axes)
    k, r, c = np.indices(series.shape).reshape(3, -1)
    points = np.column_stack((k, r, c, np.ones_like(k))) @ series.affine_lps.T
    hu = points[:, :3] @ [1.0, 2.0, 3.0]
    return volume(np.rint(hu).reshape(series.shape).astype(np.int16), spacing_mm, axes)


@pytest.mark.parametrize("axes", [AXIAL, OBLIQUE, SAGITTAL])
def test_a_coarse_scan_has_each_value_where_the_volume_has_it(axes):
    scan = coarsened(sloped(axes), 4.0)
    wanted = (scan.points_lps() @ [1.0, 2.0, 3.0]).reshape(scan.hu.shape)
    whole = scan.seen & (scan.hu > AIR_HU)
    inner = whole & np.roll(whole, 1, 0) & np.roll(whole, -1, 0)
    inner &= np.roll(whole, 1, 1) & np.roll(whole, -1, 1)
    inner &= np.roll(whole, 1, 2) & np.roll(whole, -1, 2)
    assert inner.sum() > 100
    assert scan.hu[inner] == pytest.approx(wanted[inner], abs=1.0)


def test_halving_keeps_values_where_they_are():
    scan = coarsened(sloped(AXIAL), 4.0)
    half = scan.halved()
    wanted = (half.points_lps() @ [1.0, 2.0, 3.0]).reshape(half.hu.shape)
    assert half.step_mm == 8.0
    assert half.hu[half.seen] == pytest.approx(wanted[half.seen], abs=1.0)


def test_a_scan_is_read_at_points_and_says_which_were_scanned():
    scan = coarsened(sloped(AXIAL), 4.0)
    points = np.array([[-5.0, 40.0, 70.0], [900.0, 0.0, 0.0]])
    hu, seen = scan.at(points)
    assert hu[0] == pytest.approx(285, abs=1)
    assert hu[1] == AIR_HU
    assert seen.tolist() == [True, False]


def block(inside_hu):
    """A body of 40 × 40 voxels that holds a hollow, above a couch of one voxel."""
    hu = np.full((20, 60, 60), AIR_HU, np.float32)
    hu[:, 5:45, 10:50] = 50.0
    hu[:, 20:30, 25:35] = inside_hu
    hu[:, 52:53, 5:55] = 200.0
    return Coarse(hu, np.ones(hu.shape, bool), np.zeros(3), 4.0)


def test_the_body_holds_its_air_and_not_the_couch():
    found = body(block(-900.0))
    assert found[:, 7:43, 12:48].all()
    found[:, 5:45, 10:50] = False
    assert not found.any()


def test_where_there_is_no_body_it_is_empty():
    empty = Coarse(
        np.full((9, 9, 9), AIR_HU, np.float32),
        np.ones((9, 9, 9), bool),
        np.zeros(3),
        4.0,
    )
    assert not body(empty).any()


def texture(seed=1):
    grain = np.random.default_rng(seed).normal(0, 1, (40, 40, 40))
    smooth = blurred(grain, (2.0, 2.0, 2.0))
    return (100 * smooth / smooth.std()).astype(np.float32)


def doubt(moved, mask=None):
    fixed = texture()
    mask = np.ones(fixed.shape, bool) if mask is None else mask
    return agreement(Overlaid(fixed, moved, mask, 4.0), 3, Work())


def test_scans_that_agree_leave_little_doubt():
    found = doubt(texture())
    assert found.likeness == pytest.approx(1.0)
    assert found.doubt_mm.max() < 2.5


def test_the_further_apart_the_more_doubt():
    medians = [np.median(doubt(np.roll(texture(), by, 0)).doubt_mm) for by in (0, 1, 2)]
    assert medians == sorted(medians)
    assert medians[1] == pytest.approx(4.0, rel=0.6)


def test_other_tissue_leaves_much_doubt():
    assert np.median(doubt(texture(seed=2)).doubt_mm) > 8


def test_what_is_outside_the_mask_is_unknown():
    mask = np.ones((40, 40, 40), bool)
    mask[:12] = False
    found = doubt(texture(), mask).doubt_mm
    assert (found[0] == UNSEEN_MM).all()
    assert found[-1].max() < 3
