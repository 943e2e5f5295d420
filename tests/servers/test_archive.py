"""Zip archives: what is safe is unpacked once, everything else refused in a line."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from recist_tool.dicom import scan
from recist_tool.dicom.scan import archive
from recist_tool.dicom.scan.archive import unpacked
from recist_tool.errors import InputError, StorageError

if TYPE_CHECKING:
    from recist_tool.dicom.scan.image_cache import ImageCache


def zipped(path: Path, files: dict[str, bytes], packing=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


@pytest.fixture
def study(tmp_path: Path, patient: Path) -> Path:
    """An archive as a hospital makes it: named after the patient, with a DICOMDIR."""
    files = {
        f"DOE^JANE/{file.parent.name}/{file.name}": file.read_bytes()
        for file in sorted(patient.rglob("*.dcm"))
        if "TP3" not in file.parts
    }
    extra = {"DOE^JANE/DICOMDIR": b"", "__MACOSX/._0001.dcm": b"", "DOE^JANE/": b""}
    return zipped(tmp_path / "study.zip", files | extra)


def refusal(path: Path, cache: ImageCache) -> str:
    with pytest.raises(InputError) as refused:
        unpacked(path, cache)
    (line,) = str(refused.value).splitlines()
    left = [file for file in cache.folder.rglob("*") if file.is_file()]
    assert left == []
    return line


def test_an_archive_is_scanned_as_its_folder_would_be(study: Path, patient: Path):
    packed, plain = scan([study]), scan([patient / "BL"])
    assert [one.series_instance_uid for one in packed.series] == [
        one.series_instance_uid for one in plain.series
    ]
    assert packed.skipped == ()


def test_names_of_files_do_not_come_out_of_an_archive(study: Path, cache: ImageCache):
    folder = unpacked(study, cache)
    names = {file.name for file in folder.iterdir()}
    assert names == {f"{number:06}" for number in range(1, 21)}
    assert "DOE" not in str(folder)


def test_an_archive_is_unpacked_once_whatever_it_is_called(
    study: Path, cache: ImageCache, tmp_path: Path
):
    first = unpacked(study, cache)
    made = first.stat().st_ctime_ns
    copy = tmp_path / "copy.zip"
    copy.write_bytes(study.read_bytes())
    assert unpacked(copy, cache) == first
    assert first.stat().st_ctime_ns == made


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_read_what_was_unpacked(study: Path, cache: ImageCache):
    folder = unpacked(study, cache)
    for place in (cache.folder, folder.parent, folder):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/evil", "C:\\evil", "..\\evil", "\\\\h\\s\\evil"],
)
def test_names_that_lead_out_are_refused(name: str, tmp_path: Path, cache: ImageCache):
    path = zipped(tmp_path / "x.zip", {"fine": b"1", name: b"2"})
    assert "file 2 in it leads out of the archive" in refusal(path, cache)
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(kind: int, tmp_path: Path, cache: ImageCache):
    entry = zipfile.ZipInfo("link")
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as out:
        out.writestr(entry, "/etc/passwd")
    assert "is a link or a device" in refusal(tmp_path / "x.zip", cache)


def test_an_encrypted_archive_is_refused(tmp_path: Path, cache: ImageCache):
    path = zipped(tmp_path / "x.zip", {"a": b"1"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "is encrypted" in refusal(path, cache)


def test_an_archive_in_an_archive_is_refused(tmp_path: Path, cache: ImageCache):
    inner = zipped(tmp_path / "inner.zip", {"a": b"1"}).read_bytes()
    path = zipped(tmp_path / "x.zip", {"inner.dcm": inner})
    assert "file 1 in it is an archive too" in refusal(path, cache)


def test_what_a_killed_process_left_half_written_is_cleared(
    study: Path, cache: ImageCache
):
    partial = cache.folder / "partial"
    for name, days in (("old", 2), ("new", 0)):
        (partial / name).mkdir(parents=True)
        (partial / name / "000001").write_bytes(b"of a patient")
        (partial / f"{name} file").write_bytes(b"of a patient")
        for one in (partial / name, partial / f"{name} file"):
            day = time.time() - days * 86_400
            os.utime(one, (day, day))
    unpacked(study, cache)
    assert sorted(one.name for one in partial.iterdir()) == ["new", "new file"]


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, cache: ImageCache):
    path = tmp_path / "x.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out,
        out.open("a", "w", force_zip64=True) as bomb,
    ):
        for _ in range(300):
            bomb.write(bytes(1 << 20))
    said = refusal(path, cache)
    assert "would unpack to 1 files of 0.3 GB" in said
    assert "times its size" in said


def test_more_files_than_a_study_has_are_refused(
    tmp_path: Path, cache: ImageCache, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    path = zipped(tmp_path / "x.zip", {str(number): b"" for number in range(4)})
    assert "would unpack to 4 files" in refusal(path, cache)


def test_a_size_that_lies_does_not_write_more(tmp_path: Path, cache: ImageCache):
    path = zipped(tmp_path / "x.zip", {"a": bytes(1 << 20)})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(content)
    assert "the archive is damaged" in refusal(path, cache)


def test_every_cut_of_an_archive_is_refused(tmp_path: Path, cache: ImageCache):
    whole = zipped(tmp_path / "x.zip", {"a": os.urandom(500)}).read_bytes()
    for length in range(0, len(whole), 13):
        (tmp_path / "x.zip").write_bytes(whole[:length])
        assert "the archive is damaged" in refusal(tmp_path / "x.zip", cache)


def test_every_flipped_byte_is_refused_or_harmless(tmp_path: Path, cache: ImageCache):
    whole = zipped(tmp_path / "x.zip", {"a": b"DICM" * 20, "b": b"x"}).read_bytes()
    for place in range(len(whole)):
        content = bytearray(whole)
        content[place] ^= 0xFF
        (tmp_path / "x.zip").write_bytes(content)
        with contextlib.suppress(InputError):
            assert unpacked(tmp_path / "x.zip", cache).is_relative_to(cache.folder)
    assert {path.name for path in tmp_path.iterdir()} == {"cache", "x.zip"}


def test_a_disk_without_room_is_told_before_it_is_full(
    study: Path, cache: ImageCache, monkeypatch: pytest.MonkeyPatch
):
    free = archive.shutil.disk_usage(cache.folder)._replace(free=1000)
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _: free)
    with pytest.raises(StorageError, match="GB are free"):
        unpacked(study, cache)


def test_what_is_no_archive_is_refused(tmp_path: Path, cache: ImageCache):
    (tmp_path / "x.zip").write_bytes(io.BytesIO(b"no zip").read())
    assert "the archive is damaged" in refusal(tmp_path / "x.zip", cache)


@pytest.mark.parametrize("is_empty", [False, True])
def test_a_file_without_a_name_is_unpacked_like_any_other(
    is_empty: bool, tmp_path: Path, cache: ImageCache
):
    path = zipped(tmp_path / "study.zip", {".": b"content"})
    if is_empty:  # its one letter becomes a field of its own
        data = bytearray(path.read_bytes())
        for head, names_at in ((b"PK\3\4", 26), (b"PK\1\2", 28)):
            at = data.index(head) + names_at
            data[at : at + 4] = struct.pack("<HH", 0, 1)
        path.write_bytes(data)
    (file,) = unpacked(path, cache).iterdir()
    assert (file.name, file.read_bytes()) == ("000001", b"content")
