"""NIfTI and NRRD label images: SimpleITK sees the same voxels in the same places."""

from __future__ import annotations

import contextlib
import gzip
from importlib import import_module
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import InputError, SetupError
from tests.dicom.mask_files import SERIES, ball, nifti_header, slices_of, write_nifti

sitk = import_module("SimpleITK")  # the other reader
LABELS = np.where(ball(), 1, np.where(ball(centre=(5, 14, 22)), 7, 0)).astype(np.uint8)
FORMATS = (".nii", ".nii.gz", ".nrrd")
FEW = {"max_examples": 30}


def image(labels=LABELS, spacing=(0.5, 0.8, 3.0), direction=None, origin=(-10, 20, 5)):
    found = sitk.GetImageFromArray(labels)
    found.SetSpacing(spacing)
    found.SetOrigin(origin)
    if direction is not None:
        found.SetDirection(np.ravel(direction).tolist())
    return found


def written(path, found, *, packed=True):
    sitk.WriteImage(found, str(path), packed)
    return path


def points_of(segment):
    """Return where the voxels of a lesion lie, LPS."""
    inside = np.argwhere(segment.mask.as_full())
    return np.array(
        [
            segment.mask.grid.pixel_to_lps(k, np.array([(j, i)], float))[0]
            for k, j, i in inside
        ]
    )


def same_points(one, other):
    ordered = [points[np.lexsort(np.round(points, 3).T)] for points in (one, other)]
    np.testing.assert_allclose(*ordered, atol=2e-3)


@given(st.integers(0, 2**32 - 1), st.sampled_from(FORMATS), st.booleans())
@settings(**FEW)
def test_voxels_lie_where_simpleitk_says(tmp_path_factory, seed, ending, mirrored):
    numbers = np.random.default_rng(seed)
    direction = np.linalg.qr(numbers.normal(size=(3, 3)))[0]
    if (np.linalg.det(direction) < 0) != mirrored:
        direction[:, 2] *= -1
    found = image(LABELS[:, ::2, ::3], numbers.uniform(0.4, 6, 3), direction)
    path = tmp_path_factory.mktemp("labels") / f"m{ending}"
    segments = read_masks(written(path, found)).segments().segments
    assert [segment.label for segment in segments] == [1, 7]
    for segment in segments:
        inside = np.argwhere(sitk.GetArrayFromImage(found) == segment.label)[:, ::-1]
        theirs = [found.TransformIndexToPhysicalPoint(one.tolist()) for one in inside]
        same_points(points_of(segment), np.array(theirs))
        assert segment.mask.grid.voxel_ml == pytest.approx(
            np.prod(found.GetSpacing()) / 1000, rel=1e-5
        )


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(
    "kind", ["uint8", "int16", "uint16", "int32", "float32", "float64"]
)
def test_whole_numbers_of_any_type_are_labels(tmp_path, ending, kind):
    path = written(tmp_path / f"m{ending}", image(LABELS.astype(kind)), packed=False)
    segments = read_masks(path).segments().segments
    assert {one.label: one.mask.voxels for one in segments} == {
        label: int((label == LABELS).sum()) for label in (1, 7)
    }


@pytest.mark.parametrize(
    "direction",
    [np.eye(3), np.diag((1, -1, 1)), np.diag((-1, -1, -1)), np.eye(3)[[2, 0, 1]]],
)
@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd"])
def test_labels_are_found_on_the_series_however_they_run(tmp_path, ending, direction):
    slices_of(SERIES, tmp_path / "ct")
    volume = load(scan([tmp_path / "ct"]).series[0])
    ours = image(LABELS, (0.5, 0.8, 3.0), origin=SERIES.origin_lps)
    turned = sitk.DICOMOrient(ours, _letters(direction))
    path = written(tmp_path / f"m{ending}", turned)
    segments, faults, _ = read_masks(path).segments(volume.grid)
    assert faults == ()
    for segment in segments:
        np.testing.assert_array_equal(segment.mask.as_full(), segment.label == LABELS)


def _letters(direction):
    return sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(
        np.ravel(direction).astype(float).tolist()
    )


def test_slices_are_numbered_as_in_the_file(tmp_path):
    path = written(tmp_path / "m.nii", image(direction=np.diag((1, -1, 1))))
    (segment, _) = read_masks(path).segments().segments
    assert segment.mask.start[0] == np.argwhere(LABELS == 1)[:, 0].min()


def test_the_second_version_of_nifti_is_read(tmp_path):
    import struct

    header = bytearray(544)
    struct.pack_into(
        "<i8s2h8q", header, 0, 540, b"n+2\0\r\n\x1a\n", 2, 8, 3, 30, 20, 8, 1, 1, 1, 1
    )
    struct.pack_into("<8dq2d", header, 104, 1, 0.5, 0.8, 3, 1, 1, 1, 1, 544, 0, 0)
    struct.pack_into("<2i", header, 344, 0, 1)
    struct.pack_into("<12d", header, 400, -0.5, 0, 0, 1, 0, -0.8, 0, 2, 0, 0, 3, 3)
    path = tmp_path / "m.nii"
    path.write_bytes(bytes(header) + LABELS.tobytes())
    (segment, _) = read_masks(path).segments().segments
    assert segment.mask.grid.slice_origins_lps[0].tolist() == [-1, -2, 3]
    assert segment.mask.voxels == (LABELS == 1).sum()


def test_a_rotation_and_a_matrix_that_agree_are_one(tmp_path):
    path = write_nifti(tmp_path / "m.nii", LABELS, codes=(1, 1))
    assert read_masks(path).segments().remarks == ()


def test_values_are_scaled_as_the_file_says(tmp_path):
    path = write_nifti(tmp_path / "m.nii", LABELS, scale=(2.0, 0.0))
    assert [one.label for one in read_masks(path).segments().segments] == [2, 14]


@pytest.mark.parametrize("ending", [".nii", ".nrrd"])
def test_a_place_that_is_not_said_is_remarked(tmp_path, ending):
    path = tmp_path / f"m{ending}"
    if ending == ".nii":
        write_nifti(path, LABELS, codes=(0, 0))
    else:
        text = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 30 20 8\n"
        text += "spacings: 0.5 0.8 3\nencoding: raw\n\n"
        path.write_bytes(text.encode() + LABELS.tobytes())
    found = read_masks(path).segments()
    assert (
        str(found.remarks[0])
        == f"m{ending}: it does not say where it lies in the patient"
    )
    assert found.segments[0].mask.grid.spacing_mm == pytest.approx((3.0, 0.8, 0.5))


@pytest.mark.parametrize(
    ("labels", "fields", "said"),
    [
        (np.full((2, 2, 2), np.nan, np.float32), {}, "it holds NaN or infinity"),
        (np.full((2, 2, 2), 0.5, np.float32), {}, "it holds fractions"),
        (np.full((2, 2, 2), -1, np.int16), {}, "it holds negative labels"),
        (np.zeros((2, 2, 2), np.uint8), {}, "it is empty: every voxel is 0"),
        (
            np.ones((3, 2, 2, 2), np.uint8),
            {},
            "it has 2 × 2 × 2 × 3 voxels: not one volume",
        ),
        (np.ones((2, 2), np.uint8), {}, "it has 2 × 2 voxels: not one volume"),
        (LABELS, {"codes": (1, 1), "quaternion": (0, 0, 0, 40, 0, 0)}, "40 mm apart"),
        (LABELS, {"spacing_mm": (0, 1, 1)}, "it does not say how large its voxels are"),
        (LABELS, {"spacing_mm": (np.nan, 1, 1)}, "how large its voxels are"),
        (LABELS, {"units": 1}, "its lengths are not in millimetres"),
        (LABELS, {"magic": b"ni1\0"}, "its voxels are in another file"),
        (LABELS, {"magic": b"nix\0"}, "damaged: it is no NIfTI file"),
        (LABELS, {"datatype": 128}, "no whole or decimal numbers"),
        (LABELS, {"vox_offset": -1}, "its voxels begin nowhere"),
        (LABELS, {"vox_offset": np.inf}, "its voxels begin nowhere"),
        (LABELS, {"matrix": [[1, 0, 0, 0]] * 3}, "another size than pixdim"),
        (
            LABELS,
            {"matrix": [[0.5, 0, 1, 0], [0, 0.8, 0, 0], [0, 0, 2.8285, 0]]},
            "its axes are not at right angles",
        ),
        (LABELS, {"matrix": [[np.nan] * 4] * 3}, "no finite numbers"),
        (
            LABELS,
            {"shape": (3000, 3000, 3000)},
            "its header asks for 27.0 GB of voxels",
        ),
        (LABELS, {"shape": (30, 20, 9)}, "cut off: its header asks for 5400 bytes"),
        (LABELS, {"shape": (30, 20, -8)}, "it says that it has no voxels"),
    ],
)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_a_nifti_that_cannot_be_measured_is_refused_in_one_line(
    tmp_path, labels, fields, said, ending
):
    path = write_nifti(tmp_path / f"m{ending}", labels, **fields)
    with pytest.raises(InputError) as refused:
        read_masks(path).segments()
    told = str(refused.value)
    assert told.startswith(f"m{ending}: ")
    assert said in told or "bytes of voxels are missing" in told
    assert "\n" not in told


HEADER = (
    "NRRD0005\n# a remark\ntype: unsigned char\ndimension: 3\nspace: {space}\n"
    "sizes: {sizes}\nspace directions: {directions}\nkinds: domain domain domain\n"
    "endian: little\nencoding: {encoding}\nspace origin: (1,2,3)\n{more}\n"
)


def nrrd(path, data=None, **fields):
    told = {
        "space": "left-posterior-superior",
        "sizes": "30 20 8",
        "directions": "(0.5,0,0) (0,0.8,0) (0,0,3)",
        "encoding": "raw",
        "more": "",
    }
    text = HEADER.format(**(told | fields))
    path.write_bytes(text.encode() + (LABELS.tobytes() if data is None else data))
    return path


@pytest.mark.parametrize(
    ("space", "origin"),
    [("LPS", (1, 2, 3)), ("right-anterior-superior", (-1, -2, 3)), ("LAS", (1, -2, 3))],
)
def test_an_nrrd_says_in_which_space_it_lies(tmp_path, space, origin):
    path = nrrd(tmp_path / "m.nrrd", space=space)
    (segment, _) = read_masks(path).segments().segments
    x, y, z = np.abs(segment.mask.grid.slice_origins_lps[0] - origin)
    assert (x, z) == (0, 0)
    assert y in (
        0,
        pytest.approx(0.8 * 19),
    )  # rows are turned where axes are left-handed


SLICER: Final = "".join(
    f"Segment{n}_Name:=Lesion {n}\nSegment{n}_LabelValue:=1\nSegment{n}_Layer:={n}\n"
    for n in (0, 1)
)
OLD_SLICER: Final = "Segment0_Name:=Lesion 0\nSegment1_Name:=Lesion 1\n"


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (SLICER, ["Lesion 0", "Lesion 1"]),
        (OLD_SLICER, ["Lesion 0", "Lesion 1"]),
        ("", ["", ""]),
        (OLD_SLICER[:24], ["Lesion 0", ""]),
    ],
    ids=["Slicer", "Slicer before 4.11", "no names", "one name"],
)
def test_segments_of_slicer_keep_their_names_and_overlap_in_layers(
    tmp_path, more, names
):
    layers = np.stack([ball(), ball(centre=(4, 10, 13))], axis=-1).astype(np.uint8)
    path = tmp_path / "m.seg.nrrd"
    nrrd(
        path,
        layers.tobytes(),
        sizes="2 30 20 8",
        directions="none (0.5,0,0) (0,0.8,0) (0,0,3)",
        more=more,
    )
    text = path.read_bytes().replace(b"dimension: 3", b"dimension: 4")
    path.write_bytes(text.replace(b"kinds: domain", b"kinds: list domain"))
    one, other = read_masks(path).segments().segments
    assert [one.name, other.name] == names
    np.testing.assert_array_equal(one.mask.as_full(), ball())
    np.testing.assert_array_equal(other.mask.as_full(), ball(centre=(4, 10, 13)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sizes": "3000 3000 3000"}, "its header asks for 27.0 GB of voxels"),
        ({"sizes": "30 20 800"}, "cut off: its header asks for 480000 bytes"),
        ({"sizes": "30 20"}, "its NRRD header is not complete"),
        ({"sizes": "30 x 8"}, "its NRRD header is not complete"),
        ({"sizes": "30 20 0"}, "it says that it has no voxels"),
        ({"encoding": "bzip2"}, "its encoding, bzip2, is not read here"),
        ({"encoding": "gzip"}, "its compressed voxels are damaged"),
        ({"directions": "(0,0,0) (0,1,0) (0,0,1)"}, "how large its voxels are"),
        ({"directions": "(nan,0,0) (0,1,0) (0,0,1)"}, "how large its voxels are"),
        ({"directions": "(1,0) (0,1) (0,0)"}, "its NRRD header is not complete"),
        ({"directions": "(1,0,0) (0.5,1,0) (0,0,1)"}, "not at right angles"),
        ({"more": "data file: /etc/hostname\n"}, "its voxels are in another file"),
        ({"more": "byte skip: -1\n"}, "it skips bytes before its voxels"),
        ({"more": 'space units: "cm" "cm" "cm"\n'}, "not in millimetres"),
        ({"more": "space origin: (1,2,3) (4,5,6)\n"}, "header is not complete"),
        ({"more": "space origin: (1,2)\n"}, "header is not complete"),
    ],
)
def test_an_nrrd_that_cannot_be_measured_is_refused_in_one_line(tmp_path, fields, said):
    with pytest.raises(InputError) as refused:
        read_masks(nrrd(tmp_path / "m.nrrd", **fields)).segments()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("kept", [0, 0.02, 0.2, 0.5, 0.95])
def test_a_file_that_is_cut_off_is_refused_in_one_line(tmp_path, ending, kept):
    path = written(tmp_path / f"m{ending}", image())
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(InputError) as refused:
        read_masks(path)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("ending", FORMATS)
@given(data=st.data())
@settings(**FEW)
def test_bytes_that_were_changed_are_read_or_refused(tmp_path_factory, ending, data):
    path = written(tmp_path_factory.mktemp("changed") / f"m{ending}", image(LABELS[:3]))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(
            st.integers(0, 255)
        )
    path.write_bytes(content)
    with contextlib.suppress(InputError):  # anything else is a failure
        read_masks(path).segments()


def test_more_voxels_than_are_wanted_are_refused_by_their_number(tmp_path, monkeypatch):
    path = write_nifti(tmp_path / "m.nii", LABELS)
    monkeypatch.setenv("RECIST_MOST_VOXELS", "4000")
    with pytest.raises(InputError, match=r"asks for 4,800 voxels\. At most 4,000 are"):
        read_masks(path)
    monkeypatch.setenv("RECIST_MOST_VOXELS", "5000")
    assert read_masks(path).segments().segments
    monkeypatch.setenv("RECIST_MOST_VOXELS", "many")
    with pytest.raises(SetupError, match="RECIST_MOST_VOXELS"):
        read_masks(path)


def test_a_small_file_that_asks_for_much_memory_is_refused_before_any_is_taken(
    tmp_path,
):
    path = tmp_path / "m.nii.gz"
    path.write_bytes(gzip.compress(bytes(nifti_header((1000, 1000, 2000)))))
    with pytest.raises(
        InputError, match="2000000000 bytes of voxels, which the file cannot"
    ):
        read_masks(path)
