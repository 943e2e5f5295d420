"""A real CT of the liver against its own turned, shifted and bent copy.

The files are read from the folder named by RECIST_REAL_IMAGES and never copied.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import GeometryError, RegistrationRefused
from recist_tool.measure.geometry.filters import read_at
from recist_tool.measure.registration.carry_over import carry_over
from recist_tool.measure.registration.register import register
from recist_tool.phantom.motion import Motion

FOLDER = os.environ.get("RECIST_REAL_IMAGES")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="RECIST_REAL_IMAGES is not set"),
]
MOTION = Motion((3, -2, 4), (12, -9, 11), bend_mm=4)


def real(name):
    (series,) = scan([Path(FOLDER or "") / name]).series
    return load(series)


@pytest.fixture(scope="module")
def liver():
    return real("ct_liver_crlm_1004")


@pytest.fixture(scope="module")
def middle(liver):
    """The motion turns about this point."""
    return (liver.affine_lps @ [*(np.array(liver.shape) / 2), 1])[:3]


@pytest.fixture(scope="module")
def moved(liver, middle):
    """The same liver later: 40 slices of 4 mm with pixels of 1.1 mm, and noise."""
    shape, spacing = (46, 340, 340), np.array([4.0, 1.1, 1.1])
    slices, rows, columns = np.indices(shape).reshape(3, -1) - np.array(
        [[23.0], [170.0], [170.0]]
    )
    around = np.column_stack((columns, rows, slices)) * spacing[::-1]
    there = MOTION.to_first(around) + middle
    inverse = np.linalg.inv(liver.affine_lps)
    index = inverse[:3, :3] @ there.T + inverse[:3, 3:]
    hu = read_at(np.maximum(liver.voxels, -1024), index, outside=-1024.0)
    hu += np.random.default_rng(1).normal(0, 8, hu.shape)
    origin = middle - spacing[::-1] * [170, 170, 23]
    steps = np.arange(shape[0])[:, np.newaxis] * [0, 0, spacing[0]]
    return replace(
        liver,
        voxels=hu.reshape(shape).astype(np.int16),
        slice_origins_lps=origin + steps,
        pixel_spacing_mm=(1.1, 1.1),
        slice_spacing_mm=4.0,
        sop_instance_uids=tuple(f"1.2.9.{at}" for at in range(shape[0])),
        series_instance_uid="1.2.9",
        frame_of_reference_uid="1.2.8",
    )


def inner_points(volume):
    """Some hundred points of enhanced tissue, away from the ends of the scan."""
    coarse = volume.voxels[6:-6:3, ::4, ::4]
    tissue = ndimage.binary_erosion(
        (coarse > 60) & (coarse < 180), iterations=2, border_value=1
    )
    index = np.argwhere(tissue) * [3, 4, 4] + [6, 0, 0]
    chosen = index[:: max(1, len(index) // 150)]
    return chosen @ volume.affine_lps[:3, :3].T + volume.affine_lps[:3, 3]


def test_places_in_a_real_liver_are_carried_over_or_said_to_be_unsure(
    liver, middle, moved
):
    found = register(liver, moved)
    points = inner_points(liver)
    there = MOTION.to_second(points - middle) + middle
    proposals = [
        carry_over(found, (x, y, z), liver, moved) for x, y, z in points.tolist()
    ]
    centres = np.array([each.centre_lps for each in proposals])
    off_mm = np.linalg.norm(centres - there, axis=1)
    sure = np.array([each.is_sure for each in proposals])
    assert len(points) > 100
    assert np.median(off_mm) <= 3
    assert (sure & (off_mm > 8)).mean() <= 0.05
    assert sure.mean() > 0.7


def test_two_patients_are_not_laid_over_each_other(liver):
    with pytest.raises(RegistrationRefused):
        register(liver, real("ct_liver_totalseg"))


def test_a_tilted_series_is_refused(liver):
    with pytest.raises(GeometryError, match="gantry-tilt"):
        register(liver, real("awkward/gantrytilting"))
