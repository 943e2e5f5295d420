"""Masks that do not say where they lie: voxel by voxel or refused, never at 0, 0, 0."""

from __future__ import annotations

import numpy as np
import pytest

from recist_tool.app.measuring import measure_file
from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import GeometryError
from tests.dicom.mask_files import SERIES, ball, slices_of, write_nifti

LABELS = np.where(ball(), 1, np.where(ball(centre=(5, 14, 22)), 7, 0)).astype(np.uint8)
STRAIGHT = np.diag((0.5, 0.8, 3.0))
"""Steps along i, j, k of a file whose axes run as those of the series."""
ORIGINS = {
    "left out": "",
    "none": "space origin: none\n",
    "empty": "space origin: \n",
    "not a number": "space origin: (nan,nan,nan)\n",
}


def nrrd(path, labels=LABELS, steps=STRAIGHT, origin="", space="LPS"):
    """Write labels of shape (k, j, i); without a space the file has spacings alone."""
    sizes = " ".join(map(str, labels.shape[::-1]))
    text = f"NRRD0004\ntype: uchar\ndimension: 3\nsizes: {sizes}\n"
    if space:
        vectors = " ".join(f"({x:.12g},{y:.12g},{z:.12g})" for x, y, z in steps.T)
        text += f"space: {space}\nspace directions: {vectors}\n{origin}"
    else:
        text += f"spacings: {' '.join(map(str, np.diag(steps)))}\n"
    text += "encoding: raw\n\n"
    path.write_bytes(text.encode() + np.ascontiguousarray(labels).tobytes())
    return path


def nowhere(folder, labels=LABELS, steps=STRAIGHT):
    """Write the same labels as every kind of file that does not say where it lies."""
    yield write_nifti(
        folder / "m.nii", labels, codes=(0, 0), spacing_mm=tuple(np.diag(steps))
    )
    yield nrrd(folder / "bare.nrrd", labels, steps, space="")
    yield nrrd(folder / "other.nrrd", labels, steps, space="scanner-xyz")
    for number, origin in enumerate(ORIGINS.values()):
        yield nrrd(folder / f"origin{number}.nrrd", labels, steps, origin)


@pytest.fixture
def ct(tmp_path):
    slices_of(SERIES, tmp_path / "ct")
    (series,) = scan([tmp_path / "ct"]).series
    return series


def test_every_reader_takes_the_voxels_of_the_series_and_says_so(tmp_path, ct):
    truth = load(ct)
    assert np.abs(truth.slice_origins_lps[0]).max() > 1  # else the old guess was right
    for path in nowhere(tmp_path):
        found = measure_file(path, [ct])
        assert found.faults == ()
        assert [str(one) for one in found.remarks] == [
            f"{path.name}: it does not say where it lies in the patient: taken voxel "
            "by voxel, because it has as many, and as large, as the series. Look at it "
            "on its images"
        ]
        for lesion in found.lesions:
            inside = lesion.segment.label == LABELS
            np.testing.assert_array_equal(lesion.segment.mask.as_full(), inside)
            values = truth.voxels[inside]
            values = values[~truth.is_padding(values)]
            assert lesion.measure.statistics.mean == pytest.approx(values.mean())


def test_every_reader_refuses_other_voxels_than_those_of_the_series(tmp_path, ct):
    fewer = nowhere(tmp_path, LABELS[:-1])
    larger = nowhere(tmp_path, LABELS, np.diag((0.5, 0.8, 2.5)))
    for paths, said in ((fewer, "not as many as"), (larger, "not as large as")):
        for path in paths:
            with pytest.raises(GeometryError) as refused:
                measure_file(path, [ct])
            told = str(refused.value)
            assert told.startswith(f"{path.name}: it does not say where it lies")
            assert said in told
            assert "\n" not in told


def test_a_file_that_says_which_way_its_axes_run_is_turned_to_the_series(tmp_path, ct):
    numbers = np.random.default_rng(14)
    for _ in range(12):
        order = numbers.permutation(3)
        back = numbers.integers(0, 2, 3).astype(bool)
        # array axes are (k, j, i), columns of steps i, j, k
        turned = np.flip(LABELS.transpose(order), np.flatnonzero(back))
        signed = STRAIGHT[:, ::-1][:, order] * np.where(back, -1, 1)
        path = nrrd(tmp_path / "m.nrrd", turned, signed[:, ::-1])
        found = read_masks(path).segments(load(ct).grid)
        for segment in found.segments:
            inside = segment.label == LABELS
            np.testing.assert_array_equal(segment.mask.as_full(), inside)
        assert "voxel by voxel" in found.remarks[0].what


def test_axes_that_run_along_none_of_the_series_are_refused(tmp_path, ct):
    cosine, sine = np.cos(0.1), np.sin(0.1)
    turned = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]) @ STRAIGHT
    path = nrrd(tmp_path / "m.nrrd", steps=turned)
    with pytest.raises(GeometryError, match="do not run along those of the series"):
        measure_file(path, [ct])


def test_a_series_without_even_slices_is_held_to_its_pixels(tmp_path):
    files = SERIES
    for number, path in enumerate(slices_of(files, tmp_path / "ct")):
        if number == 3:
            path.unlink()
    (series,) = scan([tmp_path / "ct"]).series
    assert series.slice_spacing_mm is None
    path = write_nifti(
        tmp_path / "m.nii", np.delete(LABELS, 3, 0), codes=(0, 0),
        spacing_mm=(0.5, 0.8, 3.0),
    )  # fmt: skip
    (one, _) = measure_file(path, [series]).lesions
    assert one.segment.mask.voxels == int((np.delete(LABELS, 3, 0) == 1).sum())


def test_two_series_of_the_same_voxels_are_not_told_apart_by_such_a_mask(tmp_path):
    slices_of(SERIES, tmp_path / "a")
    other = SERIES.but(series_uid=f"{SERIES.series_uid}.7")
    slices_of(other, tmp_path / "b")
    series = scan([tmp_path / "a", tmp_path / "b"]).series
    path = write_nifti(tmp_path / "m.nii", LABELS, codes=(0, 0))
    with pytest.raises(GeometryError, match="it lies on 2 of the 2 series"):
        measure_file(path, series)
