"""From one seen lesion to the others of its organ, and what becomes of all of them."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pytest
from scipy import ndimage

from benchmarks.lesion_scenes import volume_of
from benchmarks.real_lesions import dice
from recist_tool.errors import GeometryError
from recist_tool.measure.mask.growth import LesionGrowth, growth_of_all
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.segment.organ import organ_around, organ_at_click
from recist_tool.measure.segment.others import others_like

STEPS = (2.5, 1.0, 1.0)
SHAPE = (40, 120, 120)
LIVER, DARK, FAT, VESSEL = 110.0, -45.0, -95.0, 170.0
AROUND = np.stack(
    np.meshgrid(
        *((np.arange(n) - (n - 1) / 2) * s for n, s in zip(SHAPE, STEPS, strict=True)),
        indexing="ij",
    ),
    axis=-1,
)
ORGAN = np.linalg.norm(AROUND / (1, 1.1, 1.2), axis=-1) < 45
PLACES = [(0, 0, 0), (0, 30, 0), (0, -32, 0), (0, 0, 33), (5, 0, -34), (25, 5, 5),
          (-25, -5, 8), (3, 24, 26), (-6, -25, 25), (8, 20, -24)]  # fmt: skip
SIZES = [18, 9, 16, 12, 10, 14, 22, 9, 11, 20]


GRID = volume_of(np.zeros(SHAPE, np.float32), STEPS).grid
LIVER_MASK = Mask.of_full(ORGAN, GRID)


def balls(sizes, places=PLACES):
    return [
        np.linalg.norm(AROUND - place, axis=-1) < size / 2
        for place, size in zip(places, sizes, strict=True)
    ]


def ct(lesions, contrast=DARK, seed=0, outside=FAT, organ=LIVER, noise=14.0):
    """Return an organ with lesions and vessels, blurred, with correlated noise."""
    hu = np.where(ORGAN, organ, outside)
    for along in (1, 2):
        off = np.delete(AROUND, along, axis=-1) - (14.0, 13.0)
        hu[(np.linalg.norm(off, axis=-1) < 3) & ORGAN] = VESSEL
    for lesion in lesions:
        hu[lesion] = organ + contrast
    hu = ndimage.gaussian_filter(hu, (0.3, 0.7, 0.7))
    chance = np.random.default_rng(seed)
    rough = ndimage.gaussian_filter(chance.normal(size=SHAPE), (0.3, 0.8, 0.8))
    return volume_of((hu + noise * rough / rough.std()).astype(np.float32), STEPS)


def masks(lesions):
    return [Mask.of_full(one, GRID) for one in lesions]


SEEN, *REST = masks(balls(SIZES))
dark_liver = cache(lambda: ct(balls(SIZES)))


@pytest.mark.parametrize("contrast", [DARK, 60.0])
def test_from_one_lesion_the_others_of_its_liver_are_proposed(contrast):
    series = dark_liver() if contrast == DARK else ct(balls(SIZES), contrast)
    found = others_like(series, SEEN, LIVER_MASK)
    ours = [max((each.mask for each in found), key=partial(dice, one)) for one in REST]
    best = [dice(one, mask) for one, mask in zip(REST, ours, strict=True)]
    assert min(best) >= 0.7
    assert np.median(best) >= 0.85
    vessels_too = contrast > 0  # they look alike: one piece of them at most
    assert len(REST) <= len(found) <= len(REST) + vessels_too
    assert all(0.5 <= one.confidence <= 1 for one in found)
    sizes = [one.mask.voxels for one in found]
    assert sizes == sorted(sizes, reverse=True)
    ours_ml = sum(one.volume_ml for one in ours)
    assert ours_ml == pytest.approx(sum(one.volume_ml for one in REST), rel=0.08)


def test_a_mask_of_the_organ_without_its_lesions_will_do():
    bare = ORGAN & ~np.any([one.as_full() for one in (SEEN, *REST)], axis=0)
    found = others_like(dark_liver(), SEEN, Mask.of_full(bare, GRID))
    assert len(found) == len(REST)


def test_lesions_that_touch_are_two():
    lesions = balls([18, 14, 16], [(0, -30, 0), (0, 20, 0), (0, 35, 0)])
    found = others_like(ct(lesions), Mask.of_full(lesions[0], GRID), LIVER_MASK)
    assert len(found) == 2


def test_an_organ_without_others_has_none():
    assert others_like(ct([SEEN.as_full()]), SEEN, LIVER_MASK) == []


def test_nodules_of_a_lung_are_found_and_its_vessels_are_not():
    series = ct(balls(SIZES), 840.0, outside=40.0, organ=-820.0, noise=40.0)
    assert len(others_like(series, SEEN, LIVER_MASK)) == len(REST)


def test_what_does_not_stand_out_has_no_others():
    series = ct([SEEN.as_full()], contrast=-3.0)
    with pytest.raises(GeometryError, match="does not stand out from its organ"):
        others_like(series, SEEN, LIVER_MASK)


def test_a_lesion_of_another_place_is_refused():
    far = np.zeros(SHAPE, bool)
    far[2:4, 2:8, 2:8] = True
    with pytest.raises(GeometryError, match="does not lie in the organ"):
        others_like(dark_liver(), Mask.of_full(far, GRID), LIVER_MASK)


def test_a_click_in_a_liver_gives_it_with_its_lesions():
    lesions = balls([*SIZES, 14], [*PLACES, (0, 0, 50)])  # one at the surface
    series = ct(lesions)
    found = organ_at_click(series, 20, (60, 75))
    assert dice(found, LIVER_MASK) >= 0.93
    full = found.as_full()
    assert all((full & one).sum() >= 0.9 * one.sum() for one in lesions[:-1])
    assert (full & lesions[-1] & ORGAN).sum() >= 0.5 * (lesions[-1] & ORGAN).sum()


def test_a_click_in_no_organ_is_refused():
    with pytest.raises(GeometryError, match="no organ found"):
        organ_at_click(dark_liver(), 20, (60, 60))
    with pytest.raises(GeometryError, match="outside the image"):
        organ_at_click(dark_liver(), 20, (60, 400))


def test_the_organ_around_a_lesion_is_that_which_a_click_gives():
    by_click = organ_at_click(dark_liver(), 20, (60, 75))
    for lesion in (SEEN, REST[2], REST[5]):
        assert dice(organ_around(dark_liver(), lesion), by_click) >= 0.98


# ------------------------------------------------------------- two visits


def moved(points):
    return points + np.array([3.0, -4.0, 5.0])


def test_each_lesion_is_found_again_where_it_lies():
    before = [SEEN, *REST]
    places = [*PLACES[1:], (0, -15, -15)]
    shift = np.array([5.0, -4.0, 3.0])  # z, y, x
    later = masks(balls([*SIZES[1:], 8], [np.add(p, shift) for p in places]))
    order = np.random.default_rng(4).permutation(len(later)).tolist()
    found = growth_of_all(before, [later[number] for number in order], moved)
    pairs = {one.before: one.after for one in found.lesions if one.before is not None}
    assert pairs[0] is None
    assert all(order[pairs[number]] == number - 1 for number in range(1, len(before)))
    assert (found.gone, found.new) == (1, 1)
    assert found.before_ml == pytest.approx(sum(one.volume_ml for one in before))
    assert found.after_ml == pytest.approx(sum(one.volume_ml for one in later))


def test_each_has_grown_as_much_as_its_volume():
    before = masks(balls([10, 20], PLACES[:2]))
    after = masks(balls([12, 14], PLACES[:2]))
    found = growth_of_all(before, after, lambda points: points)
    for one, old, new in zip(found.lesions, before, after, strict=True):
        assert one.percent == pytest.approx(100 * (new.volume_ml / old.volume_ml - 1))


def growth(before_ml, after_ml):
    return LesionGrowth(
        None if not before_ml else 0, None if not after_ml else 0, before_ml, after_ml
    )


@pytest.mark.parametrize(
    ("before_ml", "after_ml", "grown", "shrunk"),
    [
        (1.0, 1.728, True, False),
        (1.0, 1.727, False, False),
        (1.0, 0.343, False, True),
        (1.0, 0.344, False, False),
        (0.0, 0.5, True, False),
        (0.5, 0.0, False, True),
    ],
)
def test_grown_and_shrunk_are_a_fifth_and_three_tenths_of_a_balls_diameter(
    before_ml, after_ml, grown, shrunk
):
    one = growth(before_ml, after_ml)
    assert (one.has_grown, one.has_shrunk) == (grown, shrunk)


def test_without_lesions_nothing_grew():
    found = growth_of_all([], [], lambda points: points)
    assert (found.lesions, found.percent, found.is_mixed) == ((), None, False)


def test_a_response_is_mixed_where_one_grew_and_another_shrank():
    before = masks(balls([10, 20], PLACES[:2]))
    same = growth_of_all(before, before, lambda points: points)
    assert not same.is_mixed
    after = masks(balls([14, 10], PLACES[:2]))
    assert growth_of_all(before, after, lambda points: points).is_mixed
