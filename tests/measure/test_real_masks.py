"""Masks that others drew on real scans, against the figures they give.

The files are read from the folder named by RECIST_REAL_IMAGES and never copied.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.measure.mask_measure import measure_mask

FOLDER = os.environ.get("RECIST_REAL_IMAGES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="RECIST_REAL_IMAGES is not set")
LIVER = 5


CASE = Path(FOLDER or "") / "ct_liver_totalseg"
LABELS = CASE / "example_seg_dicom.nii.gz"


@pytest.fixture(scope="module")
def ct():
    (series,) = scan([CASE]).series
    return load(series)


@pytest.fixture(scope="module")
def masks(ct):
    segments = read_masks(LABELS).segments(ct.grid).segments
    return {one.label: one.mask for one in segments}


def test_the_liver_has_the_volume_that_it_was_published_with(masks, ct):
    liver = masks[LIVER]
    assert liver.volume_ml == pytest.approx(699.44, abs=0.005)
    found = measure_mask(liver, ct)
    assert found.volume_ml == liver.volume_ml
    assert 40 < found.statistics.mean < 160
    assert found.axes.short_axis_mm < found.axes.long_axis_mm
    assert found.max_3d_diameter_mm > found.axes.long_axis_mm


def test_every_label_lies_where_simpleitk_says(masks, ct):
    import SimpleITK

    counted = SimpleITK.LabelShapeStatisticsImageFilter()
    counted.Execute(SimpleITK.ReadImage(str(LABELS)))
    assert sorted(masks) == sorted(counted.GetLabels())
    for label, mask in masks.items():
        assert mask.voxels == counted.GetNumberOfPixels(label)
        assert mask.volume_ml * 1000 == pytest.approx(counted.GetPhysicalSize(label))
        centre = np.argwhere(mask.as_full()).mean(axis=0)
        lps = (ct.affine_lps @ (*centre, 1))[:3]
        assert lps == pytest.approx(counted.GetCentroid(label), abs=1e-3)
