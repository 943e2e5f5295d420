"""Label images in any order of voxels find their series, and no other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import GeometryError
from recist_tool.measure.label_image import labels_on_grid, labels_with_own_grid
from tests.measure.grids import AXIAL, OBLIQUE, grid

SHAPE = (4, 5, 6)
LABELS = np.arange(120, dtype=np.uint8).reshape(SHAPE)
ORDERS = st.sampled_from(list(itertools.permutations(range(3))))
SIGNS = st.tuples(*[st.sampled_from([1, -1])] * 3)


def listed_otherwise(image, order, signs, lower=(0, 0, 0)):
    """Return the labels from `lower` on, in another order, and their affine map."""
    part = LABELS[tuple(slice(n, None) for n in lower)]
    size = np.array(part.shape)
    to_part = np.eye(4)
    to_part[:3, :3] = (np.eye(3) * signs)[:, order]
    to_part[:3, 3] = lower + np.where(np.array(signs) < 0, size - 1, 0)
    flipped = part[tuple(slice(None, None, sign) for sign in signs)]
    return np.transpose(flipped, order), image.affine_lps @ to_part


@given(ORDERS, SIGNS, st.sampled_from([AXIAL, OBLIQUE]))
def test_any_order_of_axes_and_directions_is_undone(order, signs, axes):
    image = grid(SHAPE, axes=axes)
    labels, affine = listed_otherwise(image, order, signs)
    assert np.array_equal(labels_on_grid(labels, affine, image), LABELS)


def test_a_part_of_the_series_is_laid_where_it_belongs():
    image = grid(SHAPE)
    labels, affine = listed_otherwise(image, (2, 0, 1), (1, -1, 1), (1, 2, 3))
    found = labels_on_grid(labels, affine, image)
    assert np.array_equal(found[1:, 2:, 3:], LABELS[1:, 2:, 3:])
    assert np.count_nonzero(found) == np.count_nonzero(LABELS[1:, 2:, 3:])


@given(SIGNS, st.sampled_from([AXIAL, OBLIQUE]))
def test_its_own_grid_knows_where_each_voxel_lies(signs, axes):
    image = grid(SHAPE, axes=axes)
    listed, affine = listed_otherwise(image, (0, 1, 2), signs)
    labels, own = labels_with_own_grid(listed, affine)
    for index in np.ndindex(SHAPE):
        there = own.affine_lps @ (*index, 1)
        back = np.linalg.inv(image.affine_lps) @ there
        assert labels[index] == LABELS[tuple(np.rint(back[:3]).astype(int))]


def test_rounded_affine_maps_do_no_harm():
    image = grid(SHAPE, axes=OBLIQUE)
    rounded = image.affine_lps.astype(np.float32).astype(float)
    assert np.array_equal(labels_on_grid(LABELS, rounded, image), LABELS)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda a: a @ np.diag([1, 2, 1, 1]), "axes or spacing"),
        (lambda a: a @ np.diag([0.4, 1, 1, 1]), "axes or spacing"),
        (lambda a: a @ np.diag([1, 1, 1.1, 1]), "0.5 voxels beside"),
        (lambda a: a + np.outer([0.2, 0, 0, 0], [0, 0, 0, 1]), "voxels beside"),
        (lambda a: a + np.outer([5, 0, 0, 0], [0, 0, 0, 1]), "beyond the series"),
    ],
)
def test_a_label_image_of_other_voxels_is_refused(change, why):
    image = grid(SHAPE)
    with pytest.raises(GeometryError, match=why):
        labels_on_grid(LABELS, change(image.affine_lps), image)


def test_sheared_and_flat_axes_are_refused():
    sheared = np.eye(4)
    sheared[0, 1] = 0.1
    with pytest.raises(GeometryError, match="right angles"):
        labels_with_own_grid(LABELS, sheared)
    with pytest.raises(GeometryError, match="no length"):
        labels_with_own_grid(LABELS, np.diag([1.0, 0.0, 1.0, 1.0]))
