"""A mask is the lesion in its smallest box, and the same lesion in any other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.mask import Mask, masks_of_labels
from tests.measure.grids import grid, volume

SHAPE = (3, 4, 5)
full_masks = arrays.arrays(np.bool_, SHAPE)
label_images = arrays.arrays(np.int32, SHAPE, elements=st.integers(0, 4))


def of(shape=SHAPE, *voxels):
    inside = np.zeros(shape, np.bool_)
    for voxel in voxels:
        inside[voxel] = True
    return Mask.of_full(inside, grid(shape))


@given(full_masks, st.integers(0, 6))
def test_the_box_changes_nothing_about_the_lesion(inside, margin):
    mask = Mask.of_full(inside, grid(SHAPE))
    assert np.array_equal(mask.as_full(), inside)
    assert np.array_equal(mask.cropped(margin).as_full(), inside)
    assert mask.cropped(margin).cropped().box == mask.box
    assert mask.voxels == inside.sum()


@given(full_masks)
def test_every_slice_is_the_slice_of_the_whole(inside):
    mask = Mask.of_full(inside, grid(SHAPE))
    for index in range(SHAPE[0]):
        assert np.array_equal(mask.on_slice(index), inside[index])


def test_the_box_is_the_smallest_one():
    mask = of(SHAPE, (1, 1, 2), (1, 3, 3))
    assert (mask.start, mask.inside.shape) == ((1, 1, 2), (1, 3, 2))


def test_an_empty_mask_is_an_empty_box_and_refused_where_a_lesion_is_needed():
    assert of().inside.size == 0
    of(SHAPE, (0, 0, 0)).require_voxels()
    with pytest.raises(GeometryError, match="lesion 3: it is empty"):
        of().require_voxels("lesion 3")


@given(label_images)
def test_every_label_becomes_the_mask_of_its_voxels(labels):
    masks = masks_of_labels(labels, grid(SHAPE))
    assert sorted(masks) == [label for label in np.unique(labels) if label]
    for label, mask in masks.items():
        assert np.array_equal(mask.as_full(), labels == label)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int64, np.float32])
def test_labels_may_be_of_any_type_of_number(kind):
    labels = np.zeros(SHAPE, kind)
    labels[1, 2, 3] = 7
    assert list(masks_of_labels(labels, grid(SHAPE))) == [7]


def test_yes_and_no_are_label_1():
    assert list(masks_of_labels(np.ones(SHAPE, bool), grid(SHAPE))) == [1]


def test_labels_may_be_very_large_numbers():
    labels = np.zeros(SHAPE, np.int64)
    labels[0, 0, 0], labels[2, 3, 4] = 2**40, 1
    masks = masks_of_labels(labels, grid(SHAPE))
    assert masks[2**40].start == (0, 0, 0)
    assert masks[1].start == (2, 3, 4)


@pytest.mark.parametrize(
    ("value", "why"),
    [(np.nan, "NaN"), (np.inf, "NaN"), (0.5, "fractions"), (-1.0, "negative")],
)
def test_values_that_are_no_labels_are_refused_by_name(value, why):
    labels = np.zeros(SHAPE, np.float32)
    labels[0, 0, 0] = value
    with pytest.raises(GeometryError, match=why):
        masks_of_labels(labels, grid(SHAPE))


def test_an_array_of_another_shape_is_refused():
    with pytest.raises(GeometryError, match=r"3 × 4 × 5 voxels.*has 3 × 4 × 6"):
        masks_of_labels(np.zeros(SHAPE, np.uint8), grid((3, 4, 6)))


def test_a_mask_of_another_geometry_is_refused():
    mask = of(SHAPE, (0, 0, 0))
    mask.require_on(volume(np.zeros(SHAPE, np.int16)))
    with pytest.raises(GeometryError, match="lie up to"):
        mask.require_on(grid(SHAPE, spacing_mm=(5.0, 0.8, 0.6)))


def test_a_box_beyond_the_image_is_refused():
    with pytest.raises(GeometryError, match="beyond the image"):
        Mask(grid(SHAPE), (2, 0, 0), np.ones((2, 1, 1), bool))
    with pytest.raises(GeometryError, match="beyond the image"):
        Mask(grid(SHAPE), (-1, 0, 0), np.ones((2, 1, 1), bool))


def test_only_a_boolean_box_makes_a_mask():
    with pytest.raises(TypeError, match="boolean"):
        Mask(grid(SHAPE), (0, 0, 0), np.ones((1, 1, 1), np.uint8))


def test_an_image_in_place_of_labels_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr("recist_tool.measure.mask.labels.ALWAYS_COVERED", 0)
    image = np.random.default_rng(1).integers(0, 300, (4, 60, 60))
    where = grid(image.shape)
    with pytest.raises(GeometryError, match="scattered all over: an image"):
        masks_of_labels(image, where)
    assert len(masks_of_labels(image.clip(0, 40), where)) == 40
