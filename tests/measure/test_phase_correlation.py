from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.measure.registration.phase_correlation import masked_correlation


def image(seed, shape=(6, 7, 8)):
    return np.random.default_rng(seed).normal(0, 100, shape).astype(np.float32)


def by_hand(fixed, fixed_mask, moving, moving_mask, shift):
    """Correlation and number of common voxels at one shift, one by one."""
    pairs = []
    for index in np.argwhere(moving_mask):
        at = index + shift
        inside = (at >= 0).all() and (at < fixed.shape).all()
        if inside and fixed_mask[tuple(at)]:
            pairs.append((fixed[tuple(at)], moving[tuple(index)]))
    return (np.corrcoef(np.array(pairs).T)[0, 1] if len(pairs) > 1 else 0), len(pairs)


@settings(max_examples=15)
@given(
    st.integers(0, 999),
    st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3)),
)
def test_each_correlation_is_that_of_the_common_voxels(seed, shift):
    fixed, moving = image(seed), image(seed + 1, (5, 6, 4))
    masks = image(seed + 2) > -60, image(seed + 3, (5, 6, 4)) > -60
    correlation, common = masked_correlation(fixed, masks[0], moving, masks[1])
    at = tuple(np.array(shift) + moving.shape - 1)
    wanted, count = by_hand(fixed, masks[0], moving, masks[1], np.array(shift))
    assert common[at] == count
    assert correlation[at] == pytest.approx(wanted, abs=1e-6)


def test_an_image_is_found_where_it_was_cut_out():
    whole = image(1, (20, 18, 16))
    part = whole[7:15, 4:13, 5:12] * 2 + 30
    everywhere = np.ones(whole.shape, bool), np.ones(part.shape, bool)
    correlation, common = masked_correlation(whole, everywhere[0], part, everywhere[1])
    full = np.where(common >= part.size, correlation, -1)
    best = np.unravel_index(full.argmax(), full.shape)
    assert tuple(np.array(best) - part.shape + 1) == (7, 4, 5)
    assert full[best] == pytest.approx(1.0)


def test_what_is_flat_correlates_with_nothing():
    flat = np.full((6, 6, 6), 40, np.float32)
    everywhere = np.ones(flat.shape, bool)
    correlation, _ = masked_correlation(
        image(1, flat.shape), everywhere, flat, everywhere
    )
    assert not correlation.any()
