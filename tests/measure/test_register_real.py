"""A real CT of the liver against its own turned, shifted and bent copy.

The files are read from the folder named by RECIST_REAL_IMAGES and never copied.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import permutations
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
from tests.examples import by_day_and_at_night
from tests.measure.test_register import MARGIN, mirrored, raise_bar

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


def middle_of(volume):
    """The motion turns about this point."""
    return (volume.affine_lps @ [*(np.array(volume.shape) / 2), 1])[:3]


@pytest.fixture(scope="module")
def middle(liver):
    return middle_of(liver)


@pytest.fixture(scope="module")
def moved(liver):
    return seen_again(liver)


def seen_again(volume, *, noise_hu=8, contrast=1.0):
    """Return the same patient later: slices of 4 mm, pixels of 1.1 mm, and noise."""
    spacing, middle = np.array([4.0, 1.1, 1.1]), middle_of(volume)
    extent = np.array(volume.shape) * volume.spacing_mm
    shape = (extent / spacing * [0.9, 0.92, 0.92]).astype(int)
    half = shape // 2
    slices, rows, columns = np.indices(shape).reshape(3, -1) - half[:, np.newaxis]
    around = np.column_stack((columns, rows, slices)) * spacing[::-1]
    there = MOTION.to_first(around) + middle
    inverse = np.linalg.inv(volume.affine_lps)
    index = inverse[:3, :3] @ there.T + inverse[:3, 3:]
    hu = read_at(np.maximum(volume.voxels, -1024), index, outside=-1024.0)
    hu = np.where((hu > 50) & (hu < 400), 50 + contrast * (hu - 50), hu)
    hu += np.random.default_rng(1).normal(0, noise_hu, hu.shape)
    origin = middle - spacing[::-1] * half[::-1]
    steps = np.arange(shape[0])[:, np.newaxis] * [0, 0, spacing[0]]
    return replace(
        volume,
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
    liver, middle, moved, monkeypatch
):
    raise_bar(monkeypatch, MARGIN)
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


PATIENTS = (
    "ct_liver_crlm_1004",
    "ct_liver_totalseg",
    "ct_lung_lidc_0001",
    "petct_sts_003/CT/image",
)


PAIRS = list(permutations(PATIENTS, 2))


@pytest.fixture(scope="module")
def patients():
    return {name: real(name) for name in PATIENTS}


@pytest.mark.parametrize(
    ("one", "other"),
    by_day_and_at_night(4, {f"{one} on {other}": (one, other) for one, other in PAIRS}),
)
def test_two_patients_are_not_laid_over_each_other(patients, one, other, monkeypatch):
    raise_bar(monkeypatch, -MARGIN)
    with pytest.raises(RegistrationRefused):
        register(patients[one], patients[other])


@pytest.mark.parametrize("name", by_day_and_at_night(1, {one: one for one in PATIENTS}))
def test_nobody_is_laid_over_a_mirror_image(patients, name, monkeypatch):
    raise_bar(monkeypatch, -MARGIN)
    with pytest.raises(RegistrationRefused, match="differ"):
        register(patients[name], mirrored(patients[name]))


@pytest.mark.parametrize("name", [PATIENTS[2], PATIENTS[3]])
def test_other_parts_are_laid_over_their_moved_copies(patients, name, monkeypatch):
    raise_bar(monkeypatch, MARGIN)
    register(patients[name], seen_again(patients[name], noise_hu=20, contrast=0.5))


def test_a_tilted_series_is_refused(liver):
    with pytest.raises(GeometryError, match="gantry-tilt"):
        register(liver, real("awkward/gantrytilting"))
