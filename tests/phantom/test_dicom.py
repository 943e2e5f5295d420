from __future__ import annotations

import math
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from recist_tool.errors import StorageError
from recist_tool.phantom import (
    SAMPLE_PATIENTS,
    SMALL_PATIENT,
    Truth,
    truth,
    write_patient,
)


def dciodvfy(path: Path) -> list[str]:
    """Return what David Clunie's checker says of a file, but for its class."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.fail("dciodvfy is not installed: apt-get install dicom3tools")
    done = subprocess.run(  # noqa: S603 - a fixed program on our own file
        [program, "-new", str(path)], capture_output=True, text=True, check=False
    )
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if line.startswith(("Error", "Warning"))]


def slices(folder: Path) -> list[pydicom.FileDataset]:
    """Return the files of a series in the order of position along the normal."""
    found = [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]
    axes = np.array(found[0].ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(*axes)
    return sorted(found, key=lambda one: np.dot(one.ImagePositionPatient, normal))


@pytest.mark.parametrize("series", ["BL/CT", "BL/PT", "TP1/CT", "TP2/PT"])
def test_dciodvfy_finds_no_fault_in_any_slice_of_a_series(
    series: str, small_folder: Path
) -> None:
    paths = sorted((small_folder / series).glob("*.dcm"))
    assert len(paths) == SMALL_PATIENT.ct.slices
    for path in (paths[0], paths[len(paths) // 2], paths[-1]):
        assert dciodvfy(path) == []


def test_dciodvfy_finds_no_fault_in_an_oblique_slice(oblique_folder: Path) -> None:
    assert dciodvfy(oblique_folder / "BL" / "CT" / "0007.dcm") == []


@pytest.mark.parametrize("axes", [((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
                                  ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))],
                         ids=["sagittal", "coronal"])  # fmt: skip
def test_dciodvfy_finds_no_fault_in_a_reformatted_slice(axes, tmp_path: Path) -> None:
    base = SAMPLE_PATIENTS[1]
    grid = replace(base.ct, row_axis_lps=axes[0], column_axis_lps=axes[1], slices=3)
    bare = replace(base, ct=grid, lesions=())
    write_patient(bare, tmp_path)
    assert dciodvfy(tmp_path / "BL" / "CT" / "0002.dcm") == []


def test_the_files_say_the_geometry_of_the_truth(
    small_folder: Path, oblique_folder: Path
) -> None:
    for folder, known in (
        (small_folder, truth(SMALL_PATIENT)),
        (oblique_folder, truth(SAMPLE_PATIENTS[1])),
    ):
        for timepoint in known.timepoints:
            for series in timepoint.series:
                files = slices(folder / series.folder)
                first, last = files[0], files[-1]
                assert len(files) == series.shape[0]
                assert (first.Rows, first.Columns) == series.shape[1:]
                assert first.ImagePositionPatient == pytest.approx(series.origin_lps)
                gap = np.subtract(last.ImagePositionPatient, first.ImagePositionPatient)
                expected = (series.shape[0] - 1) * series.spacing_mm[0]
                assert np.linalg.norm(gap) == pytest.approx(expected, abs=1e-4)
                assert tuple(first.PixelSpacing) == series.spacing_mm[1:]
                assert first.SliceThickness == series.slice_thickness_mm
                assert first.FrameOfReferenceUID == timepoint.frame_of_reference_uid
                assert first.StudyInstanceUID == timepoint.study_instance_uid
                assert first.SeriesInstanceUID == series.series_instance_uid
                assert first.StudyDate == f"{timepoint.date:%Y%m%d}"


def test_end_points_in_pixels_reach_the_lps_points_through_the_tags(
    small_folder: Path, small_truth: Truth
) -> None:
    for timepoint in small_truth.timepoints:
        files = slices(small_folder / timepoint.timepoint_id / "CT")
        for caliper in (one.caliper for one in timepoint.lesions if one.caliper):
            image = files[caliper.slice_index]
            assert image.SOPInstanceUID == caliper.sop_instance_uid
            assert image.InstanceNumber == caliper.instance_number
            row_mm, column_mm = map(float, image.PixelSpacing)
            axes = np.array(image.ImageOrientationPatient, float).reshape(2, 3)
            for pixel, lps in zip(
                caliper.long_ends_pixel, caliper.long_ends_lps, strict=True
            ):
                found = (
                    np.array(image.ImagePositionPatient, float)
                    + pixel[0] * column_mm * axes[0]
                    + pixel[1] * row_mm * axes[1]
                )
                assert found == pytest.approx(lps, abs=1e-3)


def suv_by_hand(image: pydicom.FileDataset) -> np.ndarray:
    """SUVbw of a BQML image corrected to the start of the scan, step by step."""
    assert image.Units == "BQML"
    assert image.DecayCorrection == "START"
    assert {"ATTN", "DECY"} <= set(image.CorrectedImage)
    tracer = image.RadiopharmaceuticalInformationSequence[0]
    hms = [tracer.RadiopharmaceuticalStartTime, image.SeriesTime]
    injected, scanned = (
        3600 * int(t[:2]) + 60 * int(t[2:4]) + float(t[4:]) for t in hms
    )
    half_lives = (scanned - injected) / float(tracer.RadionuclideHalfLife)
    dose = float(tracer.RadionuclideTotalDose) * 2**-half_lives
    activity = image.pixel_array * float(image.RescaleSlope) + float(
        image.RescaleIntercept
    )
    return activity * float(image.PatientWeight) * 1000 / dose


def test_the_suv_by_hand_is_the_suv_of_the_lesion(
    small_folder: Path, small_truth: Truth
) -> None:
    timepoint = small_truth.timepoints[0]
    files = slices(small_folder / "BL" / "PT")
    lesion = timepoint.lesion("T1")
    assert lesion is not None
    assert lesion.suv is not None
    origin = np.array(files[0].ImagePositionPatient, float)
    spacing = np.array([*reversed(files[0].PixelSpacing), files[0].SliceThickness])
    column, row, index = np.round((np.array(lesion.center_lps) - origin) / spacing)
    suv = suv_by_hand(files[int(index)])
    r, c = int(row), int(column)
    core = suv[r - 1 : r + 2, c - 1 : c + 2].mean()
    assert core == pytest.approx(lesion.suv, rel=0.06)


def test_pet_and_ct_of_a_study_share_study_and_frame_of_reference(
    small_folder: Path,
) -> None:
    ct, pet = (slices(small_folder / "BL" / kind)[0] for kind in ("CT", "PT"))
    assert ct.StudyInstanceUID == pet.StudyInstanceUID
    assert ct.FrameOfReferenceUID == pet.FrameOfReferenceUID
    assert ct.SeriesInstanceUID != pet.SeriesInstanceUID


def test_the_header_says_contrast_phase_and_that_nobody_is_meant(
    small_folder: Path,
) -> None:
    image = pydicom.dcmread(small_folder / "TP1" / "CT" / "0001.dcm")
    assert image.SeriesDescription == "Portal venous 5.0"
    assert image.ContrastBolusAgent
    assert image.PatientName == "SYNTHETIC^PHANTOM"
    assert image.PatientID == "SYN-007"
    assert image.PatientIdentityRemoved == "YES"
    assert (image.WindowCenter, image.WindowWidth) == (40, 400)


def test_decay_factor_and_frame_reference_time_belong_to_a_three_minute_frame(
    small_folder: Path,
) -> None:
    image = pydicom.dcmread(small_folder / "BL" / "PT" / "0001.dcm")
    rate = math.log(2) / 6586.2
    duration = int(image.ActualFrameDuration) / 1000
    steps = (np.arange(100_000) + 0.5) / 100_000 * duration
    mean_rate = np.exp(-rate * steps).mean()
    assert float(image.DecayFactor) == pytest.approx(1 / mean_rate, rel=1e-6)
    average_time = -math.log(mean_rate) / rate
    assert float(image.FrameReferenceTime) / 1000 == pytest.approx(
        average_time, abs=1e-3
    )


def test_the_same_patient_gives_the_same_bytes(
    oblique_folder: Path, tmp_path: Path
) -> None:
    write_patient(SAMPLE_PATIENTS[1], tmp_path)
    first = {path.relative_to(oblique_folder): path.read_bytes()
             for path in oblique_folder.rglob("*.dcm")}  # fmt: skip
    again = {path.relative_to(tmp_path): path.read_bytes()
             for path in tmp_path.rglob("*.dcm")}  # fmt: skip
    assert first == again


def test_another_seed_gives_another_image_of_the_same_lesions(tmp_path: Path) -> None:
    spec = SAMPLE_PATIENTS[1]
    other = replace(spec, seed=spec.seed + 1)
    write_patient(other, tmp_path / "other")
    write_patient(spec, tmp_path / "same")
    a, b = (
        pydicom.dcmread(tmp_path / name / "BL" / "CT" / "0010.dcm")
        for name in ("other", "same")
    )
    assert not np.array_equal(a.pixel_array, b.pixel_array)
    assert a.SOPInstanceUID != b.SOPInstanceUID
    ours, theirs = (truth(one).timepoints[0].lesions for one in (spec, other))
    assert [one.volume_ml for one in ours] == [one.volume_ml for one in theirs]


def test_progress_counts_every_file_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    spec = SAMPLE_PATIENTS[1]
    write_patient(spec, tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(n, spec.ct.slices) for n in range(1, spec.ct.slices + 1)]


def test_a_folder_that_is_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "taken"
    blocked.write_text("")
    with pytest.raises(StorageError, match="cannot write the synthetic patient"):
        write_patient(SAMPLE_PATIENTS[1], blocked)
