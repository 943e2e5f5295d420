"""Awkward files that somebody handed in, each with the right value of its README.

They are made anew by their own generators in the folder that RECIST_CASES_FILES names,
which is no part of the repository; without it nothing here runs. What each of them
stands for has tests of its own, which make their files themselves:

=========================  ======================================================
ct_files                   dicom: test_honest_files, test_shared_uid, test_dicomdir,
                           test_decode, test_people
interleaved_acquisitions   dicom: test_awkward_stacks
nrrd_no_origin_value       dicom: test_placeless, test_detached
pet                        dicom: test_honest_files, test_suv_override
                           measure: test_suv
placeless_mask_on_series   dicom: test_placeless
rtstruct_contours          dicom: test_rtstruct; measure: test_outlines
seg_every_other_slice      dicom: test_seg
non_latin_keyboard,        plugin: tests of keys and of dragged calipers; at the window
undo_while_dragging        only, so that nothing is to be made here
=========================  ======================================================
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from recist_tool.cli import main

CASES = os.environ.get("RECIST_CASES_FILES")
pytestmark = pytest.mark.skipif(not CASES, reason="RECIST_CASES_FILES is not set")
DISC_ML = math.pi * 10**2 * 5 * 2.5 / 1000
"""Of a radius of 10 mm, on five slices."""
FACTOR = 70000 / (370e6 * 2 ** (-3600 / 6586.2))
"""SUVbw of the PETs: 70 kg, 370 MBq of F-18, an hour."""

NIBABEL = """
from pathlib import Path
from tests.dicom.mask_files import write_nifti

class Nifti1Image:
    def __init__(self, labels, affine):
        self.labels, self.affine = labels, affine

def save(image, path):
    spacing = [abs(float(image.affine[axis, axis])) for axis in range(3)]
    write_nifti(
        Path(path), image.labels.transpose(2, 1, 0), spacing_mm=spacing,
        matrix=image.affine[:3], codes=(0, 2),
    )
"""
"""What the generators use of nibabel, which is not needed otherwise."""


class Answer(NamedTuple):
    """What the command line said."""

    status: int
    found: Any
    said: str


class Cases:
    """Makes each case when it is first asked for."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    def out(self, name: str) -> Path:
        out = self._folder / name
        if not out.exists():
            stand_in = self._folder / "stand-in"
            stand_in.mkdir(exist_ok=True)
            (stand_in / "nibabel.py").write_text(NIBABEL)
            root = Path(__file__).parents[2]
            subprocess.run(  # noqa: S603 - the generator of the case
                [sys.executable, Path(CASES or "") / name / "make.py", out],
                check=True,
                capture_output=True,
                cwd=self._folder,
                env=os.environ | {"PYTHONPATH": f"{stand_in}:{root}"},
            )
        return out

    def recist(self, *words: object) -> Answer:
        status = main([*map(str, words), "--json"])
        printed = self._capsys.readouterr()
        assert "Traceback" not in printed.err
        found = json.loads(printed.out) if printed.out else None
        return Answer(status, found, printed.err)

    def scan(self, path: Path, *options: str) -> Any:
        return self.recist("scan", path, *options).found

    def warnings(self, path: Path) -> str:
        (series,) = self.scan(path)["series"]
        return "; ".join(f"{one['code']}: {one['text']}" for one in series["warnings"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


@pytest.fixture
def cases(folder: Path, capsys: pytest.CaptureFixture[str]) -> Cases:
    return Cases(folder, capsys)


@pytest.mark.parametrize("name", ["j2k_91", "jls_81"])
def test_loss_is_told_by_the_codestream(cases: Cases, name: str) -> None:
    assert "lossy-compression" in cases.warnings(cases.out("ct_files") / name)


def test_compressed_pixels_under_an_explicit_syntax_are_said(cases: Cases) -> None:
    found = cases.scan(cases.out("ct_files") / "j2k_under_explicit")
    assert {one["why"] for one in found["skipped"]} == {
        "its pixels are compressed, though its transfer syntax (0002,0010) says not"
    }


def test_a_spacing_with_commas_is_no_pair_of_numbers(cases: Cases) -> None:
    said = cases.warnings(cases.out("ct_files") / "spacing_comma")
    assert "PixelSpacing (0028,0030) is no pair of numbers" in said


def test_one_uid_with_other_pixels_is_said(cases: Cases) -> None:
    found = cases.scan(cases.out("ct_files") / "same_uid_other_pixels")
    assert len(found["series"]) == 1
    assert "and other pixels" in found["skipped"][0]["why"]


def test_a_frame_of_reference_per_slice_is_one_series(cases: Cases) -> None:
    path = cases.out("ct_files") / "for_per_slice"
    assert "repeated-uid" in cases.warnings(path)
    assert cases.scan(path)["series"][0]["shape"][0] == 12


def test_a_dicomdir_in_small_letters_is_read(cases: Cases) -> None:
    disc = cases.out("ct_files") / "cd"
    for path in (disc, disc / "dicomdir"):
        (series,) = cases.scan(path)["series"]
        assert series["files"] == 4


def test_a_missing_birth_date_is_named_and_joined(
    cases: Cases, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cases.out("ct_files") / "birth"
    assert main(["scan", str(path)]) == 0
    said = capsys.readouterr().out
    assert "agree in all but PatientBirthDate (0010,0030)" in said
    assert main(["scan", str(path), "--join"]) == 0
    assert "patients" not in capsys.readouterr().out


def test_interleaved_phases_are_two_stacks(cases: Cases) -> None:
    out = cases.out("interleaved_acquisitions")
    series = cases.scan(out / "ct")["series"]
    assert [(one["shape"][0], one["spacing_mm"][0]) for one in series] == [(6, 5.0)] * 2
    passes = cases.scan(out / "passes")["series"]
    assert [(one["shape"][0], one["spacing_mm"][0]) for one in passes] == [
        (12, 2.5),
        (12, 2.5),
    ]


@pytest.mark.parametrize("name", ["none.nrrd", "empty.nrrd"])
def test_an_nrrd_without_an_origin_is_said_to_lie_nowhere(
    cases: Cases, name: str
) -> None:
    answer = cases.recist("measure", cases.out("nrrd_no_origin_value") / name)
    assert "it does not say where it lies in the patient" in answer.said


@pytest.mark.parametrize("name", ["a.nhdr", "a.hdr", "a.img"])
def test_detached_voxels_that_are_missing_are_said(cases: Cases, name: str) -> None:
    answer = cases.recist("measure", cases.out("nrrd_no_origin_value") / name)
    assert answer.status == 1
    assert "its voxels are in another file" in answer.said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dose_in_kbq", "RadionuclideTotalDose (0018,1074)"),
        ("half_life_of_another_nuclide", "RadionuclideHalfLife (0018,1075)"),
        ("half_life_in_minutes_scan_after_20", "RadionuclideHalfLife (0018,1075)"),
    ],
)
def test_a_dose_or_half_life_that_cannot_be_is_refused(
    cases: Cases, name: str, words: str
) -> None:
    (series,) = cases.scan(cases.out("pet") / name)["series"]
    assert words in series["suv"]["refused"]


@pytest.mark.parametrize("kind", ["ge", "no_private_tag"])
def test_a_series_time_before_the_scan_moves_no_suv(cases: Cases, kind: str) -> None:
    path = cases.out("pet") / f"series_time_before_scan_{kind}"
    (series,) = cases.scan(path)["series"]
    suv = series["suv"]
    assert "refused" in suv or suv["suvbw_factor"] == pytest.approx(FACTOR, rel=1e-3)


def test_gates_by_trigger_time_are_four_volumes(cases: Cases) -> None:
    series = cases.scan(cases.out("pet") / "gated")["series"]
    assert [one["shape"][0] for one in series] == [12] * 4


def test_float_pixels_are_named(cases: Cases) -> None:
    found = cases.scan(cases.out("pet") / "float_pixel_data")
    whys = {one["why"] for one in found["skipped"]}
    assert len(whys) == 1
    assert whys.pop().startswith("Float Pixel Data (7FE0,0008) is not read")


@pytest.mark.parametrize("name", ["noplace.nii", "noorigin.nrrd"])
def test_a_mask_without_a_place_is_taken_voxel_by_voxel(
    cases: Cases, name: str
) -> None:
    out = cases.out("placeless_mask_on_series")
    answer = cases.recist("measure", out / name, "--series", out / "ct")
    (lesion,) = answer.found["lesions"]
    assert 5 <= lesion["slice"] < 10
    assert lesion["mean"] == 100
    assert "taken voxel by voxel" in answer.said


@pytest.mark.parametrize(
    ("name", "long_axis_mm", "volume_ml", "words"),
    [
        ("plain", 20, DISC_ML, ""),
        ("twice_0.05mm_larger", 20, DISC_ML, "drawn again"),
        ("twice_reversed", 20, DISC_ML, "drawn again"),
        ("twice_closed", 20, DISC_ML, "drawn again"),
        ("overlapping", 30, 6.319, "overlap"),
        ("overshoot", 20, DISC_ML, "runs over itself"),
        ("every_other_slice", 20, 0.6 * DISC_ML, "nothing is filled in"),
        ("one_two_point_contour", 20, DISC_ML, "left out"),
    ],
)
def test_contours_enclose_what_was_drawn(
    cases: Cases, name: str, long_axis_mm: float, volume_ml: float, words: str
) -> None:
    out = cases.out("rtstruct_contours")
    path = out / f"{name}.dcm"
    answer = cases.recist("measure", path, "--series", out / "ct")
    (lesion,) = answer.found["lesions"]
    assert lesion["long_axis_mm"] == pytest.approx(long_axis_mm, abs=0.6)
    assert lesion["volume_ml"] == pytest.approx(volume_ml, rel=0.03)
    assert words in answer.said


def test_a_structure_on_every_other_slice_is_remarked_without_its_series(
    cases: Cases,
) -> None:
    path = cases.out("rtstruct_contours") / "every_other_slice.dcm"
    assert "volumes are too large" in cases.recist("measure", path).said


def test_a_segmentation_on_every_other_slice_is_measured_on_its_series(
    cases: Cases,
) -> None:
    out = cases.out("seg_every_other_slice")
    answer = cases.recist("measure", out / "seg.dcm", "--series", out / "ct")
    (lesion,) = answer.found["lesions"]
    assert (lesion["voxels"], lesion["volume_ml"]) == (801, pytest.approx(2.0025))
    assert "nothing is filled in between" in answer.said
