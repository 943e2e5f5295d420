"""What is probed on an image, held to a slow count of its own over every pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.lesion_scenes import volume_of
from recist_tool.errors import GeometryError
from recist_tool.measure.drawn.annotations import Drawn, as_annotation, from_annotation
from recist_tool.measure.drawn.probing import angle_deg, probe, value_at
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.pet.peak import mean_in_1_ml, suv_peak
from recist_tool.terms import AnnotationKind

CHANCE = np.random.default_rng(17)
SPACING = (3.0, 0.8, 1.25)
VALUES = CHANCE.normal(40, 25, (9, 60, 50)).astype(np.float32)
SERIES = volume_of(VALUES, SPACING)
PET = volume_of(np.abs(VALUES) / 10, SPACING, modality="PT", units="SUVbw")


def within(test):
    """Count the pixels of slice 4 that a test of their millimetres accepts."""
    rows, columns = SERIES.shape[1:]
    found = [
        float(SERIES.voxels[4, row, column])
        for row in range(rows)
        for column in range(columns)
        if test(row * SPACING[1], column * SPACING[2])
    ]
    return np.array(found)


def assert_of(found, values):
    figures = found.figures
    assert figures["mean"] == pytest.approx(values.mean())
    assert figures["sd"] == pytest.approx(values.std())
    assert (figures["min"], figures["max"]) == (values.min(), values.max())
    assert found.units == "HU"


@pytest.mark.parametrize("seed", range(6))
def test_a_circle_holds_the_pixels_within_its_radius_in_the_patient(seed):
    chance = np.random.default_rng(seed)
    middle, rim = chance.uniform(15, 35, 2), chance.uniform(18, 30, 2)
    found = probe(SERIES, 4, AnnotationKind.CIRCLE, [tuple(middle), tuple(rim)])
    y, x = middle * SPACING[1:]
    radius = math.hypot(*((rim - middle) * SPACING[1:]))
    assert_of(found, within(lambda a, b: math.hypot(a - y, b - x) <= radius))
    assert found.figures["area_mm2"] == pytest.approx(math.pi * radius**2, rel=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_an_ellipse_fills_the_box_that_was_drawn(seed):
    chance = np.random.default_rng(seed)
    corner, other = chance.uniform(5, 20, 2), chance.uniform(25, 45, 2)
    found = probe(SERIES, 4, AnnotationKind.ELLIPSE, [tuple(corner), tuple(other)])
    (y, x), (b, a) = (
        (one * SPACING[1:]) for one in ((corner + other) / 2, (other - corner) / 2)
    )
    assert_of(found, within(lambda r, c: ((r - y) / b) ** 2 + ((c - x) / a) ** 2 <= 1))
    assert found.figures["area_mm2"] == pytest.approx(math.pi * a * b, rel=1e-3)


def test_a_freehand_line_holds_what_it_goes_round():
    corners = [(10.4, 10.4), (10.4, 30.6), (40.6, 30.6), (40.6, 10.4)]
    found = probe(SERIES, 4, AnnotationKind.FREEHAND, corners)
    values = SERIES.voxels[4, 11:41, 11:31].astype(float)
    assert_of(found, values.ravel())
    area = 30.2 * SPACING[1] * 20.2 * SPACING[2]
    assert found.figures["area_mm2"] == pytest.approx(area)


def test_a_ruler_and_an_angle_are_measured_in_the_patient():
    found = probe(SERIES, 0, AnnotationKind.RULER, [(0, 0), (5, 0)])
    assert found.figures == {"length_mm": 4.0}
    assert found.units == ""
    for seed in range(20):
        end, corner, other = np.random.default_rng(seed).uniform(0, 40, (3, 2))
        one, two = ((p - corner) * SPACING[1:] for p in (end, other))
        lengths = math.hypot(*one) * math.hypot(*two)
        wanted = math.degrees(math.acos(float(one @ two) / lengths))
        found = angle_deg(SPACING[1:], tuple(end), tuple(corner), tuple(other))
        assert found == pytest.approx(wanted)


def test_a_sphere_of_one_cubic_centimetre_is_that_of_the_peak():
    at = (4, 30, 25)
    one = np.zeros(PET.shape, np.bool_)
    one[at] = True
    peak = suv_peak(Mask.of_full(one, PET.grid), PET)
    found = probe(PET, 4, AnnotationKind.SPHERE_1_ML, [(30.2, 24.8)])
    assert peak is not None
    assert found.figures["mean"] == pytest.approx(peak.value)
    assert found.figures["volume_ml"] == pytest.approx(1.0)
    assert found.units == "SUVbw"


def test_a_sphere_of_three_centimetres_holds_the_voxels_within_its_radius():
    deep = volume_of(CHANCE.normal(0, 9, (15, 60, 50)).astype(np.float32), SPACING)
    found = probe(deep, 7, AnnotationKind.SPHERE_3_CM, [(30, 25)])
    offsets = np.stack(np.indices(deep.shape), axis=-1) - (7, 30, 25)
    inside = np.linalg.norm(offsets * SPACING, axis=-1) <= 15
    assert found.figures["mean"] == pytest.approx(deep.voxels[inside].mean())
    assert found.figures["volume_ml"] == pytest.approx(4.5 * math.pi)


@pytest.mark.parametrize(
    ("kind", "points", "why"),
    [
        (AnnotationKind.RULER, [(3, 3), (3, 3)], "no length"),
        (AnnotationKind.ANGLE, [(3, 3), (3, 3), (5, 5)], "no length"),
        (AnnotationKind.CIRCLE, [(3, 3), (3, 3)], "no area"),
        (AnnotationKind.CIRCLE, [(3.5, 3.5), (3.5, 3.6)], "no pixel"),
        (AnnotationKind.SPHERE_3_CM, [(3, 3)], "leaves the image"),
        (AnnotationKind.SPHERE_1_ML, [(0, 0)], "leaves the image"),
    ],
)
def test_what_has_no_size_or_leaves_the_image_is_refused(kind, points, why):
    with pytest.raises(GeometryError, match=why):
        probe(PET, 4, kind, points)


def test_the_value_under_the_pointer_is_that_of_its_voxel():
    assert value_at(SERIES, 2, (10.4, 20.6)) == float(SERIES.voxels[2, 10, 21])
    assert value_at(SERIES, 2, (-0.6, 3)) is None
    assert value_at(SERIES, 2, (59.4, 49.4)) == float(SERIES.voxels[2, 59, 49])
    assert value_at(SERIES, 9, (3, 3)) is None


def test_padding_has_no_value_and_holds_no_sphere():
    values = np.ones((9, 60, 50), np.float32)
    values[:, :, 30:] = -5
    image = volume_of(values, SPACING, modality="PT", units="SUVbw")
    image = type(image)(**{**_fields(image), "padding": ((-5.0, -5.0),)})
    assert value_at(image, 4, (30, 40)) is None
    with pytest.raises(GeometryError, match="padding"):
        mean_in_1_ml(image, (4, 30, 28))


def test_what_is_kept_lies_where_it_was_drawn():
    drawn = Drawn(3, AnnotationKind.ANGLE, ((3.25, 4.5), (10.0, 5.0), (12.0, 30.5)))
    kept = as_annotation(SERIES, drawn, "M1", "BL")
    assert from_annotation(SERIES, kept) == drawn
    assert kept.points_lps[0] == pytest.approx((4.5 * 1.25, 3.25 * 0.8, 9.0))
    assert kept.plane.sop_instance_uid == "1.2.3.4"
    other = type(SERIES)(**{**_fields(SERIES), "series_instance_uid": "9.9"})
    assert from_annotation(other, kept) is None


def _fields(image):
    return {
        name: getattr(image, name)
        for name in image.__dataclass_fields__
        if name != "shape"
    }
