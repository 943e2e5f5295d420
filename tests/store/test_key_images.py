"""Key images on disk: each in its place, whole, and true to what it says it shows."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import StorageError
from recist_tool.model.finding import (
    Absent,
    LesionFinding,
    Measured,
    NonTargetSeen,
    Split,
)
from recist_tool.model.mask import LesionMask
from recist_tool.model.provenance import MeasuringMethod, Provenance
from recist_tool.store.key_images import MOST_PIXELS, KeyImages, key_image_content
from recist_tool.terms import LesionRole, NonTargetStatus
from tests.builders import caliper, lesion

CONTENT = "a" * 64


def png(side: int = 4) -> bytes:
    """Return a black square, as any program writes it."""

    def chunk(kind, data):
        checked = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checked)

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side * (side + 1)))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def images(tmp_path):
    return KeyImages(tmp_path / "S-1.case.json", "reader-1")


def test_an_image_is_found_with_what_it_shows(images):
    name = images.path("T1", "BL").name
    images.write(name, png(), CONTENT)
    assert images.found() == {"T1_BL.png": CONTENT}


def test_any_program_reads_what_was_written(images):
    import matplotlib.image

    images.write("T1_BL.png", png(), CONTENT)
    content = (images.folder / "T1_BL.png").read_bytes()
    assert matplotlib.image.imread(io.BytesIO(content)).shape == (4, 4)


def test_they_lie_beside_the_case_in_a_folder_of_the_reader(images, tmp_path):
    assert images.folder == tmp_path / "S-1.key-images" / "reader-1"


def test_readers_of_one_case_do_not_see_each_others(tmp_path):
    case = tmp_path / "S-1.case.json"
    KeyImages(case, "reader-1").write("T1_BL.png", png(), CONTENT)
    assert KeyImages(case, "reader-2").found() == {}


def test_a_later_image_takes_the_place_of_an_earlier_one(images):
    images.write("T1_BL.png", png(), CONTENT)
    images.write("T1_BL.png", png(8), "b" * 64)
    assert images.found() == {"T1_BL.png": "b" * 64}
    assert [one.name for one in images.folder.iterdir()] == ["T1_BL.png"]


def test_a_removed_image_is_gone_and_may_be_removed_again(images):
    images.write("T1_BL.png", png(), CONTENT)
    images.remove("T1_BL.png")
    images.remove("T1_BL.png")
    assert images.found() == {}


def test_before_the_first_image_there_are_none(images):
    images.sweep()
    assert images.found() == {}
    assert not images.folder.exists()


def test_what_a_crash_left_half_written_is_swept_away_and_nothing_else(images):
    images.write("T1_BL.png", png(), CONTENT)
    half = images.folder / f".T1_BL.png.{'0' * 32}"
    half.write_bytes(png()[:20])
    other = images.folder / ".a reader's own file"
    other.touch()
    images.sweep()
    assert not half.exists()
    assert other.exists()
    assert images.found() == {"T1_BL.png": CONTENT}


@pytest.mark.parametrize(
    "content",
    [b"", b"text", png(), png()[:33], png(MOST_PIXELS + 1)],
    ids=["empty", "text", "of another program", "cut off", "too large"],
)
def test_files_that_are_none_of_ours_are_left_out(images, content):
    images.folder.mkdir(parents=True)
    (images.folder / "T1_BL.png").write_bytes(content)
    assert images.found() == {}


def test_an_image_of_ours_that_claims_to_be_huge_is_left_out(images):
    images.write("T1_BL.png", png(MOST_PIXELS + 1), CONTENT)
    assert images.found() == {}


def test_a_damaged_note_of_what_is_shown_is_not_believed(images):
    images.write("T1_BL.png", png(), CONTENT)
    path = images.folder / "T1_BL.png"
    path.write_bytes(path.read_bytes().replace(b"aaa", b"aab", 1))
    assert images.found() == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_told_in_a_line(images):
    images.folder.parent.mkdir()
    images.folder.parent.chmod(0o500)
    with pytest.raises(StorageError, match=r"key images: cannot be kept .*Permission"):
        images.write("T1_BL.png", png(), CONTENT)


def test_a_file_in_place_of_the_folder_is_told_in_a_line(images):
    images.folder.parent.touch()
    with pytest.raises(StorageError, match="the case is whole"):
        images.write("T1_BL.png", png(), CONTENT)
    assert images.found() == {}


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=32)


@given(st.lists(st.tuples(names, names), min_size=2, max_size=2, unique=True))
def test_no_two_lesions_or_visits_share_a_file_and_none_leaves_the_folder(
    tmp_path_factory, pairs
):
    images = KeyImages(tmp_path_factory.getbasetemp() / "S-1.case.json", "reader-1")
    one, other = (images.path(*pair) for pair in pairs)
    assert one != other
    for path in (one, other):
        assert path.parent == images.folder
        assert len(path.name.encode()) < 255
        assert path.name.isprintable()


@pytest.mark.parametrize("reader", [".", "..", "../other", "a/b", "C:\\x", "x" * 500])
def test_a_reader_of_any_name_has_a_folder_beside_the_case(tmp_path, reader):
    folder = KeyImages(tmp_path / "S-1.case.json", reader).folder
    assert folder.parent == tmp_path / "S-1.key-images"
    assert folder.resolve().parent == folder.parent.resolve()
    folder.mkdir(parents=True)


# ------------------------------------------------------------- what an image shows


def entry(finding, lesion_id="T1", visit="BL", mask=None):
    return LesionFinding(
        lesion_id=lesion_id, timepoint_id=visit, finding=finding, mask=mask
    )


def mask(bits=b"\x80"):
    return LesionMask(
        sop_instance_uids=("1.2",),
        start=(0, 0),
        shape=(1, 2, 4),
        bits=LesionMask.encode(bits),
    )


SEEN = entry(Measured(caliper=caliper(20, 10)))
SHOWN = key_image_content(lesion(), SEEN)


def test_the_same_finding_is_shown_by_the_same_image():
    assert key_image_content(lesion(), SEEN) == SHOWN
    assert len(SHOWN) == 64


@pytest.mark.parametrize(
    "other",
    [
        entry(Measured(caliper=caliper(20.1, 10))),
        entry(Measured(caliper=caliper(20))),
        entry(Measured(caliper=caliper(20, 10)), visit="TP1"),
        entry(Measured(caliper=caliper(20, 10)), mask=mask()),
        entry(Split(parts=(caliper(20, 10), caliper(9)))),
    ],
    ids=["length", "axis", "visit", "mask", "parts"],
)
def test_another_finding_is_shown_by_another_image(other):
    assert key_image_content(lesion(), other) not in {SHOWN, ""}


@pytest.mark.parametrize(
    "other",
    [
        lesion("T2"),
        lesion(tracking_uid="2.25.99"),
        lesion(role=LesionRole.NON_TARGET),
    ],
    ids=["name", "another lesion of the name", "role"],
)
def test_another_lesion_is_shown_by_another_image(other):
    assert key_image_content(other, SEEN) != SHOWN


def test_another_mask_is_shown_by_another_image():
    one, other = (
        key_image_content(lesion(), entry(SEEN.finding, mask=mask(bits)))
        for bits in (b"\x80", b"\xc0")
    )
    assert one != other


def test_what_is_not_drawn_makes_no_other_image():
    how = Provenance(method=MeasuringMethod.SNAPPED)
    measured = Measured(
        caliper=caliper(20, 10).replaced(provenance=how), volume_ml="3.2"
    )
    named = lesion(organ="lung", name="apex")
    assert key_image_content(named, entry(measured)) == SHOWN


def test_the_status_of_a_lesion_is_not_drawn():
    said = NonTargetStatus.PRESENT, NonTargetStatus.UNEQUIVOCAL_PD
    one, other = (
        key_image_content(
            lesion(), entry(NonTargetSeen(status=each, caliper=caliper(9)))
        )
        for each in said
    )
    assert one == other


@pytest.mark.parametrize("finding", [Absent(), NonTargetSeen()])
def test_a_finding_without_caliper_has_no_image(finding):
    assert key_image_content(lesion(), entry(finding)) == ""


@given(st.lists(st.text("aAbB-_ß", min_size=1, max_size=4), unique=True, min_size=2))
def test_names_that_differ_in_case_alone_share_no_file(tmp_path_factory, names):
    case = tmp_path_factory.getbasetemp() / "S-1.case.json"
    folders = {str(KeyImages(case, one).folder).casefold() for one in names}
    images = KeyImages(case, "reader-1")
    files = {str(images.path(one, two)).casefold() for one in names for two in names}
    assert len(folders) == len(names)
    assert len(files) == len(names) ** 2


NAMES = [
    *("con", "CON", "Con", "nul.1", "NUL.1", "aux", "com1", "conrad", "con_", "%63on"),
    *("ann", "ann.", "ann..", ".ann", "Ann", "ann_b", "ann%2E", "..", ".", "ann b"),
]


def test_no_reader_lesion_or_visit_gets_the_name_of_a_device(tmp_path):
    case = tmp_path / "S-1.case.json"
    folders = [KeyImages(case, name).folder.name for name in NAMES]
    files = [
        KeyImages(case, "r").path(one, other).name
        for one in NAMES
        for other in ("BL", "con", "nul.1")
    ]
    for name in (*folders, *files):
        assert not PureWindowsPath(name).is_reserved()
        assert name[-1] not in ". "
    for names in (folders, files):
        assert len({name.casefold() for name in names}) == len(names)
