from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from recist_tool.phantom import (
    CORONAL_PATIENT,
    DEMO_PATIENT,
    NON_SQUARE_PATIENT,
    OBLIQUE_PATIENT,
    SAGITTAL_PATIENT,
    SMALL_PATIENT,
    Acquisition,
    Ellipsoid,
    PatientSpec,
)
from recist_tool.phantom.canvas import BodyPart, Box, Slab
from recist_tool.phantom.fields import ellipsoid
from recist_tool.phantom.lesion import paint_lesion
from recist_tool.phantom.noise import softened, unit_noise
from recist_tool.phantom.render import SLAB_SLICES, Scene
from recist_tool.phantom.section import Section, best_section, pixels
from tests.examples import by_day_and_at_night

LIVER_HU, LESION_HU = 110.0, 60.0

SHAPES = {
    "upright": Ellipsoid(40, 28, 36, 30),
    "leaning": Ellipsoid(33, 27, 32, 80, (0.15, 0.10)),
    "leaning far": Ellipsoid(41, 30, 36, -20, (-0.5, 0.4)),
    "small": Ellipsoid(12, 10, 12, 10),
}
GRIDS = {
    "axial": DEMO_PATIENT.ct,
    "non-square": NON_SQUARE_PATIENT.ct,
    "oblique": OBLIQUE_PATIENT.ct,
    "sagittal": SAGITTAL_PATIENT.ct,
    "coronal": CORONAL_PATIENT.ct,
}


def volume_with(shape: Ellipsoid, center, grid: Acquisition) -> np.ndarray:
    """A lesion in an endless liver, with the blur of the CT and without noise."""
    slab = Slab(grid, 0, grid.slices, (0.0, 0.0, 0.0))
    slab.hu[:] = LIVER_HU
    paint_lesion(slab, shape, center, (LESION_HU, 0.0))
    hu = slab.hu
    for axis in (1, 2):
        hu = softened(hu, (1.0, 6.0, 1.0), axis)
    return hu


def border_errors_pixels(
    hu: np.ndarray, found: Section, grid: Acquisition, half: float
) -> np.ndarray:
    """Distance of the half-maximum from the true ellipse along 72 rays, in pixels."""
    long_ends = pixels(found.long_ends_lps, grid, found.slice_index)
    short_ends = pixels(found.short_ends_lps, grid, found.slice_index)
    middle = long_ends.mean(axis=0)
    long_half, short_half = long_ends[0] - middle, short_ends[0] - middle
    k, (c, r) = found.slice_index, np.round(middle).astype(int)
    hu_falls_inwards = hu[k, r, c] < half
    errors = []
    for angle in np.linspace(0, 2 * np.pi, 72, endpoint=False):
        edge = np.cos(angle) * long_half + np.sin(angle) * short_half
        scale = np.linspace(0.5, 1.5, 2001)
        column, row = (middle + scale[:, None] * edge).T
        line = map_coordinates(hu[found.slice_index], (row, column), order=1)
        inside = line < half if hu_falls_inwards else line > half
        crossing = scale[np.argmin(inside)]
        errors.append((crossing - 1) * np.hypot(*edge))
    return np.array(errors)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS.keys())
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_the_half_maximum_lies_on_the_true_border(
    shape: Ellipsoid, grid: Acquisition
) -> None:
    # the centre lies on a slice, where the section is the one that the sums count
    found = best_section(shape, (-84.0, 6.0, 25.0), grid)
    assert found is not None
    hu = volume_with(shape, (-84.0, 6.0, 25.0), grid)
    errors = border_errors_pixels(hu, found, grid, (LIVER_HU + LESION_HU) / 2)
    assert np.abs(errors).max() < 0.2


@pytest.mark.parametrize(
    ("lesion_id", "around_hu", "stages"),
    by_day_and_at_night(
        2,
        {
            "T2": ("T2", 110, 3),
            "T3": ("T3", -862, 4),
            "T1": ("T1", 110, 4),
            "NT1": ("NT1", 110, 2),
            "NL1": ("NL1", -862, 4),
        },
    ),
)
def test_in_the_patient_lesions_have_their_border_where_the_truth_says(
    lesion_id: str, around_hu: float, stages: int
) -> None:
    patient = DEMO_PATIENT
    lesion = next(one for one in patient.lesions if one.lesion_id == lesion_id)
    for visit, stage in list(zip(patient.visits, lesion.course, strict=True))[:stages]:
        if stage is None or stage.shape is None:
            continue
        x, y, z = np.add(lesion.center_lps, visit.offset_lps).tolist()
        found = best_section(stage.shape, (x, y, z), patient.ct)
        assert found is not None
        first = found.slice_index - SLAB_SLICES // 2
        hu = Scene(patient, visit).ct_slab(first, noise=False)
        there = found._replace(slice_index=found.slice_index - first)
        errors = border_errors_pixels(
            hu, there, patient.ct, (around_hu + lesion.hu) / 2
        )
        assert np.abs(errors).max() < 0.2, visit.timepoint_id


def test_the_coverage_of_a_lesion_adds_up_to_its_volume() -> None:
    shape = SHAPES["leaning"]
    for grid in GRIDS.values():
        hu = volume_with(shape, (-84.0, 6.0, 25.0), grid)
        share = ((LIVER_HU - hu.astype(np.float64)) / (LIVER_HU - LESION_HU)).sum()
        voxel_ml = abs(np.linalg.det(grid.steps_lps)) / 1000
        assert share * voxel_ml == pytest.approx(shape.volume_ml, rel=0.02)


def test_an_edge_is_no_staircase() -> None:
    part = BodyPart(
        ellipsoid((0, 0, 0), (60, 40, 50)), Box((-60, -40, -50), (60, 40, 50)), 100, 1
    )
    slab = Slab(DEMO_PATIENT.ct, 50, 60, (0.0, 0.0, 0.0))
    slab.paint([part])
    edge = slab.hu[(slab.hu > -1000) & (slab.hu < 100)]
    assert len(np.unique(np.round(edge))) > 200


ORGANS = {  # a point well inside, and the mean that a radiologist would expect there
    "liver": ((-115.0, -25.0, -5.0), 110, 6),
    "spleen": ((102.0, 26.0, 10.0), 122, 6),
    "kidney": ((80.0, 58.0, -36.0), 180, 18),
    "aorta": ((12.0, 12.0, -50.0), 155, 8),
    "subcutaneous fat": ((0.0, -98.0, -60.0), -104, 8),
    "back muscle": ((32.0, 82.0, -60.0), 58, 6),
    "lung": ((-70.0, 40.0, 95.0), -862, 30),
    "outside air": ((0.0, -160.0, 0.0), -1000, 12),
}


@pytest.fixture(scope="module")
def quiet_ct() -> np.ndarray:
    scene = Scene(SMALL_PATIENT, SMALL_PATIENT.visits[0])
    return np.concatenate([slab for _, slab in scene.ct_slabs(noise=False)])


@pytest.mark.parametrize("organ", ORGANS)
def test_organs_have_the_hu_of_the_portal_venous_phase(
    organ: str, quiet_ct: np.ndarray
) -> None:
    point, expected, tolerance = ORGANS[organ]
    grid = SMALL_PATIENT.ct
    index = (np.array(point) - grid.slice_origin_lps(0)) @ np.linalg.inv(grid.steps_lps)
    k, r, c = np.round(index).astype(int)
    around = quiet_ct[k, r - 1 : r + 2, c - 1 : c + 2]
    assert around.mean() == pytest.approx(expected, abs=tolerance)


def test_there_is_compact_bone(quiet_ct: np.ndarray) -> None:
    bone = quiet_ct[quiet_ct > 300]
    assert len(bone) > 0.005 * quiet_ct.size
    assert np.percentile(bone, 99) < 750


def test_the_patient_lies_elsewhere_at_each_visit() -> None:
    spec = SMALL_PATIENT
    moved = replace(spec.visits[0], offset_lps=(2 * 2.75, 0.0, 5.0))
    there = replace(spec, visits=(moved, *spec.visits[1:]))
    _, first = next(Scene(spec, spec.visits[0]).ct_slabs(noise=False))
    _, second = next(Scene(there, moved).ct_slabs(noise=False))
    assert np.allclose(first[1:8, 4:-4, 4:-6], second[2:9, 4:-4, 6:-4], atol=1)


def test_noise_has_unit_spread_no_mean_and_neighbours_alike() -> None:
    noise = np.stack([unit_noise((1, index), 200, 180) for index in range(8)])
    assert noise.shape == (8, 200, 180)
    assert noise.mean() == pytest.approx(0, abs=0.01)
    assert noise.std() == pytest.approx(1, abs=0.01)
    assert np.mean(noise[:, :, 1:] * noise[:, :, :-1]) > 0.4
    far = np.mean(noise[:, :, 12:] * noise[:, :, :-12])
    assert abs(far) < 0.03
    apart = np.mean(noise[1:] * noise[:-1])
    assert abs(apart) < 0.02


def lesion_core_suv(patient: PatientSpec, number: int, lesion_number: int) -> float:
    """Return the SUV in the middle of a lesion on the PET without noise."""
    lesion, visit = patient.lesions[lesion_number], patient.visits[number]
    grid = patient.pet
    assert grid is not None
    center = np.add(lesion.center_lps, visit.offset_lps)
    offset = center - grid.slice_origin_lps(0)
    k, r, c = np.round(offset @ np.linalg.inv(grid.steps_lps)).astype(int)
    return float(Scene(patient, visit).pet(noise=False)[k, r, c])


@pytest.mark.parametrize("lesion_number", [0, 1, 2, 3])
def test_a_lesion_has_its_suv_in_its_middle(lesion_number: int) -> None:
    stage = DEMO_PATIENT.lesions[lesion_number].course[0]
    assert stage is not None
    found = lesion_core_suv(DEMO_PATIENT, 0, lesion_number)
    assert found == pytest.approx(stage.suv, rel=0.02)


def test_uptake_of_organs_is_believable() -> None:
    grid = DEMO_PATIENT.pet
    assert grid is not None
    suv = Scene(DEMO_PATIENT, DEMO_PATIENT.visits[0]).pet(noise=False)

    def at(*point: float) -> float:
        index = (np.array(point) - grid.slice_origin_lps(0)) @ np.linalg.inv(
            grid.steps_lps
        )
        return float(suv[tuple(np.round(index).astype(int))])

    assert at(-115, -25, -5) == pytest.approx(2.2, abs=0.2)
    assert at(12, 11, -40) == pytest.approx(1.6, abs=0.3)
    assert at(2, -34, -262) > 15
    assert at(-60, 40, 110) < 0.7
    assert suv.max() < 25
    assert suv.min() >= 0
