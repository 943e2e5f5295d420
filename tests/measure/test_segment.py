"""A click or a caliper gives the lesion, or a sentence why not."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from benchmarks.lesion_scenes import PLACES, Scene, render, volume_of
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import PlaneCaliper
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.segment.segment import segment_caliper, segment_click
from recist_tool.terms import UptakeBorder

NOISE_HU = 12
render = cache(render)


def dice(one, other):
    one, other = one.as_full(), other.as_full()
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def clicked(scene):
    series, truth, (slice_index, *pixel) = render(scene)
    return segment_click(series, slice_index, tuple(pixel)), truth


@pytest.mark.slow
def test_lesions_beside_vessels_capsule_and_ribs_are_found():
    scenes = [
        Scene(size, sign * cnr * NOISE_HU, place, seed=size + cnr)
        for (size, sign, cnr), place in product(
            [(10, -1, 4), (16, 1, 2), (25, -1, 3), (40, 1, 6)], PLACES
        )
    ]
    found = [clicked(scene) for scene in scenes]
    overlap = [dice(one.mask, truth) for one, truth in found]
    off_mm = [
        abs(axes(one.mask).long_axis_mm - axes(truth).long_axis_mm)
        for one, truth in found
    ]
    assert np.median(overlap) >= 0.90
    assert min(overlap) >= 0.70
    assert np.median(off_mm) <= 0.75


@pytest.mark.parametrize(
    ("place", "hu"), [("lung", 30), ("lung wall", 40), ("node", 90)]
)
def test_lung_nodules_and_nodes_are_found(place, hu):
    found, truth = clicked(Scene(15, hu, place, seed=15))
    assert dice(found.mask, truth) >= 0.85


def test_the_same_click_gives_the_same_mask():
    scene = Scene(16, 24, "vessel", seed=18)
    one, other = clicked(scene)[0], clicked(scene)[0]
    assert one.mask.start == other.mask.start
    assert np.array_equal(one.mask.inside, other.mask.inside)
    assert one.parameters == other.parameters


def test_what_stands_out_more_is_surer():
    faint, _ = clicked(Scene(20, -18, seed=3))
    clear, _ = clicked(Scene(20, -72, seed=3))
    assert 0 <= faint.confidence < clear.confidence <= 1


def test_a_caliper_gives_a_lesion_of_its_length():
    series, truth, _ = render(Scene(25, -36, "capsule", seed=28))
    drawn = axes(truth)
    found = segment_caliper(series, drawn.slice_index, drawn.caliper)
    assert dice(found.mask, truth) >= 0.85
    assert axes(found.mask).long_axis_mm == pytest.approx(drawn.long_axis_mm, abs=1.5)


def test_without_regular_slices_the_mask_is_of_the_slice_clicked():
    series, truth, (slice_index, *pixel) = render(Scene(25, -48, seed=5))
    gappy = replace_spacing(series)
    found = segment_click(gappy, slice_index, tuple(pixel))
    assert len(found.mask.inside) == 1
    assert found.mask.start[0] == slice_index
    on, true = found.mask.on_slice(slice_index), truth.on_slice(slice_index)
    assert 2 * (on & true).sum() / (on.sum() + true.sum()) >= 0.9


def replace_spacing(series):
    kept = {
        name: getattr(series, name)
        for name in series.__dataclass_fields__
        if name != "shape"
    }
    return type(series)(**kept | {"slice_spacing_mm": None})


def refused_as_even(seed):
    scene = Scene(20, 0, ("alone", "vessel")[seed % 2], seed=seed)
    series, _, (slice_index, *pixel) = render(scene)
    try:
        segment_click(series, slice_index, tuple(pixel))
    except GeometryError as refusal:
        return re.search(r"no border found.*caliper by hand", str(refusal)) is not None
    return False


@pytest.mark.slow
def test_even_liver_has_no_border():
    assert sum(refused_as_even(seed) for seed in range(3000, 3008)) >= 7


def even(value, **kind):
    return volume_of(np.full((5, 40, 40), value, np.float32), (2.5, 1.0, 1.0), **kind)


@pytest.mark.parametrize(
    ("pixel", "slice_index"), [((-1, 5), 2), ((5, 40), 2), ((5, 5), 5), ((5, 5), -1)]
)
def test_a_click_outside_the_image_is_refused(pixel, slice_index):
    with pytest.raises(GeometryError, match="outside the image"):
        segment_click(even(50), slice_index, pixel)


def test_a_click_in_air_is_refused():
    with pytest.raises(GeometryError, match="in air"):
        segment_click(even(-1000), 2, (20, 20))


def test_a_click_in_padding_is_refused():
    padded = even(-3024)
    padded = replace(padded, padding=((-3024, -3024),))
    with pytest.raises(GeometryError, match="padding"):
        segment_click(padded, 2, (20, 20))


def test_another_modality_is_refused():
    with pytest.raises(GeometryError, match="CT and PET only"):
        segment_click(even(50, modality="MR", units=""), 2, (20, 20))


def test_a_caliper_outside_the_image_is_refused():
    with pytest.raises(GeometryError, match="outside the image"):
        segment_caliper(even(50), 2, PlaneCaliper(((5, 5), (5, 60))))


@pytest.mark.parametrize("kind", [{}, {"modality": "PT", "units": "SUVbw"}])
def test_a_caliper_where_no_border_is_seen_gives_what_it_spans(kind):
    drawn = PlaneCaliper(((20, 10), (20, 30)), ((14, 20), (26, 20)))
    found = segment_caliper(even(1, **kind), 2, drawn)
    assert 0.5 <= found.confidence <= 0.8
    measured = axes(found.mask)
    assert measured.long_axis_mm == pytest.approx(20, abs=3)
    assert measured.short_axis_mm == pytest.approx(12, abs=3)


def test_a_caliper_shorter_than_a_pixel_still_gives_one():
    drawn = PlaneCaliper(((20, 20), (20, 20.2)))
    assert segment_caliper(even(50), 2, drawn).mask.voxels >= 1


def hot_spot(peak=8.0, background=1.0, units="SUVbw", radius=12.0):
    z, y, x = np.ogrid[-20:21, -30:31, -30:31]
    distance = np.sqrt((z * 3.0) ** 2 + (y * 2.0) ** 2 + (x * 2.0) ** 2)
    part = np.clip(0.5 - (distance - radius) / 6.0, 0, 1)
    image = (background + (peak - background) * part).astype(np.float32)
    return volume_of(image, (3.0, 2.0, 2.0), modality="PT", units=units)


def test_uptake_ends_at_41_percent_of_its_maximum():
    spot = hot_spot()
    found = segment_click(spot, 20, (30, 31))
    assert np.array_equal(found.mask.as_full(), spot.voxels >= 0.41 * 8)
    assert found.method == "share_of_maximum"


def test_uptake_is_cut_midway_to_its_background():
    found = segment_click(hot_spot(), 20, (30, 31), uptake_border=UptakeBorder.MIDWAY)
    expected = 4 / 3 * np.pi * 12**3 / (3 * 2 * 2)
    assert found.mask.voxels == pytest.approx(expected, rel=0.1)
    assert 0.41 <= found.parameters["threshold"] / 8 <= 0.6
    assert found.method == "adaptive_threshold"


def test_a_click_beside_uptake_climbs_to_it():
    beside = segment_click(hot_spot(), 20, (30, 37))
    assert beside.mask.voxels == segment_click(hot_spot(), 20, (30, 30)).mask.voxels


def test_pet_without_suv_is_cut_the_same_way():
    counts = hot_spot(8000, 1000, "CNTS")
    assert (
        segment_click(counts, 20, (30, 30)).mask.voxels
        == segment_click(hot_spot(), 20, (30, 30)).mask.voxels
    )


def test_even_uptake_has_no_border():
    with pytest.raises(GeometryError, match="no border"):
        segment_click(hot_spot(1.1, 1.0), 20, (30, 30))


def test_no_uptake_at_all_has_no_border():
    with pytest.raises(GeometryError, match="hotter than its surroundings"):
        segment_click(hot_spot(0.0, 0.0), 20, (30, 30))


def test_a_much_hotter_neighbour_is_cut_off():
    image = hot_spot(6.0).voxels.copy()
    image[:, :, 44:] = np.maximum(image[:, :, 44:], 20.0)
    image[:, :, 40:44] = np.maximum(image[:, :, 40:44], 5.0)
    volume = volume_of(image, (3.0, 2.0, 2.0), modality="PT", units="SUVbw")
    found = segment_click(volume, 20, (30, 30))
    assert not found.mask.as_full()[:, :, 44:].any()


@pytest.mark.images
@pytest.mark.skipif(
    "RECIST_REAL_IMAGES" not in os.environ, reason="RECIST_REAL_IMAGES is not set"
)
def test_a_click_on_a_metastasis_of_a_real_liver_gives_it_and_not_the_kidney():
    folder = Path(os.environ["RECIST_REAL_IMAGES"]) / "ct_liver_crlm_1004"
    (series,) = scan([folder]).series
    volume = load(series)
    found = segment_click(volume, 16, (261, 171))
    assert 8 <= axes(found.mask).long_axis_mm <= 20
    inside = volume.voxels[found.mask.box][found.mask.inside]
    assert 40 <= inside.mean() <= 110
    with pytest.raises(GeometryError, match="no border found"):
        segment_click(volume, 20, (250, 120))
