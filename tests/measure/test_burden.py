"""How organs grow, and how much of them is tumour."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ellipsoids import random_ellipsoid
from recist_tool.errors import GeometryError
from recist_tool.measure.mask.burden import burden_percent, volume_change_percent
from recist_tool.measure.mask.mask import Mask
from tests.measure.grids import grid

SHAPE = (2, 10, 10)


def block(rows, columns, image=None):
    inside = np.zeros(SHAPE, bool)
    inside[:, :rows, :columns] = True
    return Mask.of_full(inside, image or grid(SHAPE))


def test_growth_is_in_millilitres_whatever_the_grids():
    before = block(5, 4)
    after = block(5, 8, grid(SHAPE, spacing_mm=(5.0, 0.4, 0.5)))
    assert volume_change_percent(before, after) == pytest.approx(0)
    assert volume_change_percent(before, block(5, 6)) == pytest.approx(50)
    assert volume_change_percent(before, block(0, 0)) == pytest.approx(-100)


def test_growth_from_nothing_is_refused():
    with pytest.raises(GeometryError, match="earlier mask: it is empty"):
        volume_change_percent(block(0, 0), block(1, 1))


def test_burden_is_the_share_of_lesions_counted_once():
    organ = block(10, 10)
    assert burden_percent([block(5, 2), block(2, 5)], organ) == pytest.approx(16)
    assert burden_percent([], organ) == 0


def test_burden_is_the_same_whether_the_organ_was_drawn_with_its_lesions_or_not():
    lesion = block(5, 2)
    without = Mask.of_full(block(10, 10).as_full() & ~lesion.as_full(), grid(SHAPE))
    assert burden_percent([lesion], without) == pytest.approx(10)
    assert burden_percent([lesion], block(10, 10)) == pytest.approx(10)


def test_lesions_of_another_scan_and_empty_organs_are_refused():
    other = grid(SHAPE, frame_of_reference_uid="1.8")
    with pytest.raises(GeometryError, match="lesion: its frame of reference"):
        burden_percent([block(1, 1, other)], block(5, 5))
    with pytest.raises(GeometryError, match="organ: it is empty"):
        burden_percent([], block(0, 0))


@pytest.mark.parametrize("least_ratio", [0.3, 1.0])
def test_the_volume_of_ellipsoids_is_right_on_slices_up_to_three_millimetres(
    least_ratio,
):
    chance = np.random.default_rng(5)
    errors = []
    while len(errors) < 300:
        true = random_ellipsoid(chance, least_ratio=least_ratio, slices_mm=(0.6, 3))
        if true.diameters_mm.min() > 10:
            errors.append(true.mask.volume_ml / true.volume_ml - 1)
    assert abs(np.mean(errors)) < 0.002
    assert np.quantile(np.abs(errors), 0.95) < 0.02
