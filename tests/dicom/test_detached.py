"""MetaImage, and voxels beside their header: as SimpleITK reads them, or refused."""

from __future__ import annotations

import contextlib
from importlib import import_module

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import InputError
from tests.dicom.mask_files import SERIES, ball, nifti_header, slices_of
from tests.dicom.test_label_image import image, points_of, same_points

sitk = import_module("SimpleITK")  # the other reader
LABELS = np.where(ball(), 1, np.where(ball(centre=(5, 14, 22)), 7, 0)).astype(np.uint8)
FORMATS = (".mha", ".mhd", ".nhdr", ".hdr", ".img")
VOXELS = {".mhd": (".raw", ".zraw"), ".nhdr": (".raw", ".raw.gz"), ".hdr": (".img",)}


def written(folder, ending, found=None, *, packed=False):
    folder.mkdir(exist_ok=True)
    path = folder / f"m{ending}"
    sitk.WriteImage(image() if found is None else found, str(path), packed)
    return path


def refusal(path):
    with pytest.raises(InputError) as refused:
        read_masks(path).segments()
    text = str(refused.value)
    assert "\n" not in text
    return text


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from((".mha", ".mhd", ".nhdr")),
    st.booleans(),
    st.sampled_from(["uint8", "int16", "uint16", "int32", "float32", "int64"]),
)
@settings(max_examples=15)
def test_voxels_lie_where_simpleitk_says(tmp_path_factory, seed, ending, packed, kind):
    numbers = np.random.default_rng(seed)
    direction = np.linalg.qr(numbers.normal(size=(3, 3)))[0]
    labels = LABELS[:, ::2, ::3].astype(kind)
    found = image(labels, numbers.uniform(0.4, 6, 3), direction)
    folder = tmp_path_factory.mktemp("labels")
    path = written(folder, ending, found, packed=packed)
    segments = read_masks(path).segments().segments
    assert [segment.label for segment in segments] == [1, 7]
    for segment in segments:
        inside = np.argwhere(sitk.GetArrayFromImage(found) == segment.label)[:, ::-1]
        theirs = [found.TransformIndexToPhysicalPoint(one.tolist()) for one in inside]
        same_points(points_of(segment), np.array(theirs))


@pytest.mark.parametrize("ending", FORMATS)
def test_each_format_is_measured_on_its_series(tmp_path, ending):
    series = scan(slices_of(SERIES, tmp_path / "ct")).series[0]
    grid = load(series).grid
    path = written(tmp_path / "masks", ending, image(origin=SERIES.origin_lps))
    segments = read_masks(path).segments(grid).segments
    assert {one.label: one.mask.voxels for one in segments} == {
        label: int((label == LABELS).sum()) for label in (1, 7)
    }
    np.testing.assert_array_equal(segments[0].mask.as_full(), LABELS == 1)


@pytest.mark.parametrize("ending", [".mhd", ".nhdr", ".hdr"])
def test_voxels_that_are_not_there_are_said_to_be_missing(tmp_path, ending):
    path = written(tmp_path / "masks", ending)
    for other in path.parent.iterdir():
        if other != path:
            other.unlink()
    assert "its voxels are in another file, which is not beside it" in refusal(path)


@pytest.mark.parametrize(
    "name",
    ["../secret.raw", "/etc/hostname", "..", "sub/x.raw", "..\\x.raw", "link.raw"],
)
@pytest.mark.parametrize("ending", [".mhd", ".nhdr"])
def test_no_header_leads_out_of_its_folder(tmp_path, ending, name):
    path = written(tmp_path / "masks", ending)
    for other in path.parent.iterdir():
        if other != path:
            other.rename(tmp_path / "secret.raw")
    (path.parent / "link.raw").symlink_to(tmp_path / "secret.raw")
    lines = path.read_text().splitlines()
    keys = ("ElementDataFile", "data file")
    at = next(n for n, line in enumerate(lines) if line.startswith(keys))
    key, mark, _ = lines[at].partition("=" if ending == ".mhd" else ":")
    lines[at] = f"{key}{mark} {name}"
    path.write_text("\n".join(lines) + "\n\n")
    assert "of another folder: not read" in refusal(path)


@pytest.mark.parametrize(
    ("ending", "old", "new", "words"),
    [
        (".mha", "DimSize = 30 20 8", "DimSize = 30 20 80", "cut off"),
        (".mha", "DimSize = 30 20 8", "DimSize = 9999999 9999 999", "asks for"),
        (".mha", "NDims = 3", "NDims = 4", "not one volume"),
        (".mha", "ElementSpacing = ", "Spacing = ", "how large its voxels are"),
        (".mha", "ElementSpacing = 0.5", "ElementSpacing = 0,5", "not complete"),
        (".mha", "MET_UCHAR", "MET_UCHAR_ARRAY", "no whole or decimal numbers"),
        (".mha", "BinaryData = True", "BinaryData = False", "in binary"),
        (".mha", "Offset = -10", "Offset = nan", "no finite numbers"),
        (".mha", "ElementDataFile = LOCAL", "ElementDataFile = LIST", "several files"),
        (".mha", "NDims", "DistanceUnits = cm\nNDims", "not in millimetres"),
        (".nhdr", "data file: m.raw", "data file: m%03d.raw 1 8 1", "several files"),
        (".nhdr", "data file: m.raw", "data file: LIST", "several files"),
    ],
)
def test_a_header_that_does_not_hold_is_refused(tmp_path, ending, old, new, words):
    path = written(tmp_path / "masks", ending)
    content = path.read_bytes()
    assert old.encode() in content
    path.write_bytes(content.replace(old.encode(), new.encode(), 1))
    assert words in refusal(path)


def test_a_metaimage_without_a_place_is_laid_on_its_series_or_said_so(tmp_path):
    grid = load(scan(slices_of(SERIES, tmp_path / "ct")).series[0]).grid
    path = written(tmp_path / "masks", ".mha")
    lines = path.read_bytes().split(b"\n", 14)
    keys = (b"Offset", b"TransformMatrix", b"CenterOfRotation", b"Anatomical")
    path.write_bytes(b"\n".join(one for one in lines if not one.startswith(keys)))
    found = read_masks(path).segments(grid)
    assert "taken voxel by voxel" in found.remarks[0].what
    np.testing.assert_array_equal(found.segments[0].mask.as_full(), LABELS == 1)
    assert "does not say where" in read_masks(path).segments().remarks[0].what


def test_an_analyze_image_is_refused_for_its_sides(tmp_path):
    (tmp_path / "a.hdr").write_bytes(nifti_header(magic=b"\0\0\0\0")[:348])
    (tmp_path / "a.img").write_bytes(LABELS.tobytes())
    for name in ("a.hdr", "a.img"):
        assert "does not say which side is left" in refusal(tmp_path / name)


def test_a_pair_is_read_whichever_of_it_is_packed(tmp_path):
    path = written(tmp_path / "masks", ".img.gz", packed=True)
    assert len(read_masks(path).segments().segments) == 2


def test_a_header_of_nrrd_is_known_by_what_it_holds(tmp_path):
    for name in ("a.nhdr", "a.hdr", "a.img"):
        path = tmp_path / name
        path.write_bytes(
            b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 4 4 4\nspacings: 1 1 1\n"
            b"encoding: raw\ndata file: a.raw\n\n"
        )
        assert "its voxels are in another file" in refusal(path)


@pytest.mark.parametrize("ending", [".mha", ".mhd", ".nhdr", ".nrrd", ".nii"])
def test_a_scan_says_what_an_image_of_another_format_is(tmp_path, ending):
    path = written(tmp_path / "masks", ending)
    skipped = {one.path: one.why for one in scan([path.parent]).skipped}
    kinds = {"m": "a MetaImage", "n": "an NRRD image"}
    kind = "a NIfTI image" if ending == ".nii" else kinds[ending[1]]
    assert skipped[path] == (
        f"not a DICOM file: {kind}, of which masks are read and no series"
    )


@pytest.mark.parametrize("ending", [".mha", ".mhd", ".nhdr", ".hdr"])
@given(data=st.data())
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_bytes_that_were_changed_are_read_or_refused(tmp_path, ending, data):
    path = written(tmp_path / "masks", ending, packed=ending == ".mha")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(content) - 1))
        content[where] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    with contextlib.suppress(InputError):  # anything else is a failure
        read_masks(path).segments()


def test_a_label_scaled_by_a_rounded_slope_is_whole(tmp_path):
    labels = np.where(ball(), 255, 0).astype(np.uint8)
    head = nifti_header(scale=(1 / 255, 0))
    (tmp_path / "m.nii").write_bytes(bytes(head) + labels.tobytes())
    (segment,) = read_masks(tmp_path / "m.nii").segments().segments
    assert (segment.label, segment.mask.voxels) == (1, int(ball().sum()))
    labels[3, 9, 12] = 128  # a true fraction stays one
    (tmp_path / "m.nii").write_bytes(bytes(head) + labels.tobytes())
    assert "fractions" in refusal(tmp_path / "m.nii")


def test_two_segments_of_one_value_are_refused_and_others_measured(tmp_path):
    path = written(tmp_path / "masks", ".nrrd")
    named = (
        "Segment0_Name:=A\nSegment0_LabelValue:=1\nSegment1_Name:=B\n"
        "Segment1_LabelValue:=1\nSegment2_Name:=C\nSegment2_LabelValue:=7\n"
    )
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\n\n", f"\n{named}\n".encode(), 1))
    found = read_masks(path).segments()
    assert [(one.label, one.name) for one in found.segments] == [(7, "C")]
    (fault,) = found.faults
    assert str(fault).startswith("m.nrrd: label 1: 2 segments of the file have this")
