"""All figures of one mask, as one record."""

from __future__ import annotations

import json

import numpy as np
import pytest

import recist_tool.measure
from recist_tool.errors import GeometryError, SuvRefused
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask_measure import measure_mask
from recist_tool.terms import Boundary
from tests.measure.grids import OBLIQUE, grid, suv, volume

SHAPE = (9, 12, 12)


def lesion(image):
    z, y, x = np.ogrid[-4:5, -6:6, -6:6]
    return Mask.of_full((z * z * 2 + y * y + x * x <= 20), image)


def test_every_figure_of_a_ct_lesion_is_there():
    image = volume(np.full(SHAPE, 60, np.int16), (2.0, 1.0, 1.0), OBLIQUE)
    mask = lesion(image)
    found = measure_mask(mask, image)
    assert found.voxels == mask.voxels
    assert found.volume_ml == pytest.approx(mask.voxels * 0.002)
    assert found.max_3d_diameter_mm >= found.axes.long_axis_mm - 0.5
    assert found.statistics.mean == 60
    assert (found.units, found.suv_peak) == ("HU", None)
    for ends, value_mm in (
        (found.long_axis_lps, found.axes.long_axis_mm),
        (found.short_axis_lps, found.axes.short_axis_mm),
    ):
        assert np.linalg.norm(np.subtract(*ends)) == pytest.approx(value_mm)


def test_of_a_pet_lesion_also_the_peak():
    image = suv(np.full(SHAPE, 6.0))
    found = measure_mask(lesion(image), image)
    assert found.suv_peak == pytest.approx(6.0)
    assert found.units == "SUVbw"


def test_the_json_is_what_the_command_line_prints():
    image = suv(np.full(SHAPE, 6.0))
    alone = measure_mask(lesion(image)).as_json()
    assert list(alone) == [
        "slice",
        "long_axis_mm",
        "short_axis_mm",
        "long_axis_lps",
        "short_axis_lps",
        "volume_ml",
        "voxels",
        "max_3d_diameter_mm",
    ]
    on_image = measure_mask(lesion(image), image).as_json()
    assert list(on_image)[8:] == ["mean", "sd", "min", "max", "suv_peak"]
    assert json.loads(json.dumps(on_image)) == on_image


def test_the_boundary_goes_through_to_every_length():
    mask = lesion(grid(SHAPE, (2.0, 1.0, 1.0)))
    edge, centre = measure_mask(mask), measure_mask(mask, None, Boundary.VOXEL_CENTRE)
    assert centre.axes.boundary is Boundary.VOXEL_CENTRE
    assert centre.axes.long_axis_mm < edge.axes.long_axis_mm
    assert centre.max_3d_diameter_mm < edge.max_3d_diameter_mm


def test_uneven_slices_have_axes_but_no_volume_nor_peak():
    image = suv(np.full(SHAPE, 6.0), slice_spacing_mm=None)
    found = measure_mask(lesion(image), image)
    assert found.axes.long_axis_mm > 0
    assert found.statistics.mean == 6.0
    assert found.volume_ml is found.max_3d_diameter_mm is found.suv_peak is None


def test_an_empty_mask_another_grid_and_a_pet_without_suv_are_refused():
    image = suv(np.full(SHAPE, 6.0))
    with pytest.raises(GeometryError, match="it is empty"):
        measure_mask(Mask.of_full(np.zeros(SHAPE, bool), image), image)
    with pytest.raises(GeometryError, match="12 × 12 voxels"):
        measure_mask(lesion(image), suv(np.ones((9, 12, 13))))
    with pytest.raises(SuvRefused, match="no dose"):
        measure_mask(
            lesion(image), suv(image.voxels, units="BQML", suv_refused="no dose")
        )


def test_the_names_are_public():
    for name in ("Axes", "Mask", "MaskMeasure", "masks_of_labels", "measure_mask"):
        assert name in recist_tool.measure.__all__


def test_what_reaches_over_more_voxels_than_a_lesion_can_is_refused():
    shape = (400, 640, 640)
    inside = np.broadcast_to(np.True_, shape)
    with pytest.raises(GeometryError, match=r"400 × 640 × 640 voxels: no lesion"):
        measure_mask(Mask(grid(shape), (0, 0, 0), inside))
