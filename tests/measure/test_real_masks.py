"""Masks that others drew on real scans, against the figures they give.

The files are read from the folder named by RECIST_REAL_IMAGES and never copied.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from recist_tool.dicom.load import load
from recist_tool.dicom.scan import scan
from recist_tool.measure.label_image import labels_on_grid
from recist_tool.measure.mask import masks_of_labels
from recist_tool.measure.mask_measure import measure_mask

FOLDER = os.environ.get("RECIST_REAL_IMAGES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="RECIST_REAL_IMAGES is not set")
LIVER = 5


@pytest.fixture(scope="module")
def labels():
    import SimpleITK

    path = Path(FOLDER or "") / "ct_liver_totalseg" / "example_seg_dicom.nii.gz"
    return SimpleITK.ReadImage(str(path))


@pytest.fixture(scope="module")
def ct():
    (series,) = scan([Path(FOLDER or "") / "ct_liver_totalseg"]).series
    return load(series)


def masks_of(image, ct):
    """Return the masks of an image of SimpleITK, whose axes are column, row, slice."""
    import SimpleITK

    affine = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    affine[:3, :3] = (direction * image.GetSpacing())[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    labels = SimpleITK.GetArrayFromImage(image)
    return masks_of_labels(labels_on_grid(labels, affine, ct), ct)


def test_the_liver_has_the_volume_that_it_was_published_with(labels, ct):
    liver = masks_of(labels, ct)[LIVER]
    assert liver.volume_ml == pytest.approx(699.44, abs=0.005)
    found = measure_mask(liver, ct)
    assert found.volume_ml == liver.volume_ml
    assert 40 < found.statistics.mean < 160
    assert found.axes.short_axis_mm < found.axes.long_axis_mm
    assert found.max_3d_diameter_mm > found.axes.long_axis_mm


def test_every_label_lies_where_simpleitk_says(labels, ct):
    import SimpleITK

    counted = SimpleITK.LabelShapeStatisticsImageFilter()
    counted.Execute(labels)
    masks = masks_of(labels, ct)
    assert sorted(masks) == sorted(counted.GetLabels())
    for label, mask in masks.items():
        assert mask.voxels == counted.GetNumberOfPixels(label)
        assert mask.volume_ml * 1000 == pytest.approx(counted.GetPhysicalSize(label))
        centre = np.argwhere(mask.as_full()).mean(axis=0)
        lps = (ct.affine_lps @ (*centre, 1))[:3]
        assert lps == pytest.approx(counted.GetCentroid(label), abs=1e-3)
