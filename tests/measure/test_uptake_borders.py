"""Where uptake ends on PET: by the border that a protocol chooses, and what is cut."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lesion_scenes import volume_of
from recist_tool.errors import GeometryError, SuvRefused
from recist_tool.measure.caliper.caliper import PlaneCaliper
from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.geometry.volume import SuvScale
from recist_tool.measure.mask.edit import united, without
from recist_tool.measure.segment.gradient import BLUR_MM
from recist_tool.measure.segment.segment import segment_caliper, segment_click
from recist_tool.terms import SuvUnit, UptakeBorder

STEP_MM = 3.0
CLICK = (20, (20, 20))


def spots(*balls, background=1.0, fwhm_mm=7.0, units="SUVbw"):
    """Return a PET of balls (column, radius in mm, SUV) in a row, blurred."""
    z, y, x = (axis * STEP_MM for axis in np.ogrid[-20:21, -20:21, -20:45])
    image = np.full(np.broadcast_shapes(z.shape, y.shape, x.shape), background)
    for column, radius, suv in balls:
        away = np.sqrt(z**2 + y**2 + (x - (column - 20) * STEP_MM) ** 2)
        part = np.clip(0.5 - (away - radius) / STEP_MM, 0, 1)
        image = image + (suv - background) * part
    sigma = fwhm_mm / 2.355 / STEP_MM
    image = blurred(image.astype(np.float32), [sigma] * 3)
    return volume_of(image, (STEP_MM,) * 3, modality="PT", units=units)


def ball_voxels(radius):
    return 4 / 3 * np.pi * radius**3 / STEP_MM**3


@pytest.mark.parametrize(
    ("percent", "share"), [("41 %", 0.41), ("50%", 0.5), ("62.5 % of maximum", 0.625)]
)
def test_any_share_of_the_maximum_can_be_the_border(percent, share):
    spot = spots((20, 15, 10.0))
    found = segment_click(spot, *CLICK, uptake_border=percent)
    limit = np.float32(share) * spot.voxels.max()
    assert np.array_equal(found.mask.as_full(), spot.voxels >= limit)
    assert found.parameters["share"] == share
    assert found.parameters["threshold"] == pytest.approx(limit)


@pytest.mark.parametrize("suv", [2.5, 4.0, 3.3])
def test_any_suv_can_be_the_border(suv):
    spot = spots((20, 15, 10.0))
    found = segment_click(spot, *CLICK, uptake_border=f"SUV {suv}")
    assert np.array_equal(found.mask.as_full(), spot.voxels >= np.float32(suv))
    assert (found.method, found.parameters["threshold"]) == ("fixed_threshold", suv)


SCALES = (
    SuvScale(SuvUnit.BODY_WEIGHT, 1.0),
    SuvScale(SuvUnit.LEAN_JANMAHASATIAN, 0.75),
)


def test_a_border_by_suv_is_the_same_whatever_the_pet_is_shown_in():
    spot = with_scales(spots((20, 15, 10.0)), *SCALES)
    lean = spot.in_suv(SuvUnit.LEAN_JANMAHASATIAN)
    for border, sul in (("SUV 4.0", None), (UptakeBorder.PERCIST, 3.0)):
        one, other = (
            segment_click(shown, *CLICK, uptake_border=border, percist_sul=sul)
            for shown in (spot, lean)
        )
        assert np.array_equal(one.mask.as_full(), other.mask.as_full())
        assert one.parameters["threshold"] == pytest.approx(4.0)
        assert other.parameters["threshold"] == pytest.approx(3.0)


def with_scales(spot, *scales):
    kept = {name: getattr(spot, name) for name in spot.__dataclass_fields__}
    del kept["shape"]
    return type(spot)(**kept | {"suv_scales": scales})


def test_percist_without_a_liver_is_refused_in_one_line():
    with pytest.raises(GeometryError, match="liver's SUL are not known") as refusal:
        segment_click(spots((20, 15, 10.0)), *CLICK, uptake_border="PERCIST liver")
    assert "\n" not in str(refusal.value)


def test_percist_without_lean_mass_is_refused():
    no_height = SuvScale(SuvUnit.LEAN_JANMAHASATIAN, None, "PatientSize is missing")
    bare = with_scales(spots((20, 15, 10.0)), SCALES[0], no_height)
    with pytest.raises(SuvRefused, match="PatientSize is missing"):
        segment_click(bare, *CLICK, uptake_border="PERCIST liver", percist_sul=3.0)


def test_a_level_of_suv_needs_suv():
    counts = spots((20, 15, 8000.0), background=1000.0, units="CNTS")
    with pytest.raises(GeometryError, match="needs a PET in SUV"):
        segment_click(counts, *CLICK, uptake_border="SUV 4.0")
    assert segment_click(counts, *CLICK, uptake_border="gradient").mask.voxels


def test_what_reaches_no_level_is_refused():
    with pytest.raises(GeometryError, match=r"nothing here reaches 4\.00"):
        segment_click(spots((20, 15, 3.0)), *CLICK, uptake_border="SUV 4.0")


def steepest_at(radius, sigma):
    """Return where a ball, blurred, falls most steeply: x = r - sigma²/x."""
    return (radius + np.sqrt(radius**2 - 4 * sigma**2)) / 2


@pytest.mark.parametrize("radius", [12, 18, 24])
@pytest.mark.parametrize("suv", [2.5, 4.0, 20.0])
def test_the_gradient_ends_a_ball_where_its_uptake_falls_most_steeply(radius, suv):
    found = segment_click(
        spots((20, radius, suv)), *CLICK, uptake_border=UptakeBorder.GRADIENT
    )
    expected = ball_voxels(steepest_at(radius, np.hypot(7 / 2.355, BLUR_MM)))
    assert found.mask.voxels == pytest.approx(expected, rel=0.15)
    assert found.method == "gradient_watershed"


def test_a_border_that_is_none_is_a_mistake():
    with pytest.raises(ValueError, match="a border of uptake is a per cent"):
        segment_click(spots((20, 15, 10.0)), *CLICK, uptake_border="about half")


def test_a_caliper_keeps_to_the_same_border():
    spot = spots((20, 15, 10.0))
    drawn = PlaneCaliper(((20, 14), (20, 26)))
    found = segment_caliper(spot, 20, drawn, uptake_border="SUV 6.0")
    assert found.parameters["threshold"] == 6.0


# ------------------------------------------------------------- what was cut off

BESIDE = spots((20, 12, 6.0), (32, 18, 40.0))


@pytest.mark.parametrize("border", ["41 %", "gradient"])
def test_what_was_cut_off_is_told(border):
    found = segment_click(BESIDE, *CLICK, uptake_border=border)
    assert found.cut is not None
    assert found.cut.as_full()[20, 20, 32]
    assert not found.mask.as_full()[20, 20, 32]
    assert found.parameters["cut_voxels"] == found.cut.voxels
    assert not (found.mask.as_full() & found.cut.as_full()).any()


def test_where_nothing_was_cut_off_nothing_is_told():
    found = segment_click(spots((20, 12, 6.0)), *CLICK)
    assert found.cut is None
    assert "cut_voxels" not in found.parameters


def test_what_was_cut_off_is_whole_beyond_the_reach_of_the_click():
    far = spots((20, 12, 6.0), (32, 18, 40.0), (42, 18, 40.0))
    found = segment_click(far, *CLICK)
    hot = far.voxels >= found.parameters["threshold"]
    together = united(found.mask, found.cut).as_full()
    assert np.array_equal(together, hot)
    assert found.cut.as_full()[20, 20, 46]  # 78 mm from the click
    assert np.array_equal(
        without(united(found.mask, found.cut), found.cut).as_full(),
        found.mask.as_full(),
    )
