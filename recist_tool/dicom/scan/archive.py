"""Zip archives: unpacked once, by content, and only what is safe.

Files are numbered in the order of the archive instead of keeping their names, which
often are the patient's.
"""

from __future__ import annotations

import hashlib
import lzma
import shutil
import stat
import struct
import zipfile
import zlib
from io import BufferedReader, FileIO
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from recist_tool.errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from recist_tool.dicom.scan.image_cache import ImageCache

    Progress = Callable[[int, int], None]

SUFFIX: Final = ".zip"
MOST_FILES: Final = 100_000
MOST_BYTES: Final = 200 << 30
HARMLESS_BYTES: Final = 256 << 20
"""An archive that unpacks to no more may be packed however densely."""

MOST_RATIO: Final = 50
"""Images pack to a half or a third; empty ones by thousands, but not all are empty."""

_CHUNK_BYTES: Final = 1 << 20
_LONGEST_INDEX: Final = 64 << 20
"""Bytes: of 100,000 files, each with a long name."""
_ENCRYPTED: Final = 0x1
_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_UNPACK: Final = "Unpack it yourself, and open the folder"
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,  # a way of packing that nobody uses for images
    ValueError,
)
_NO_IMAGES: Final = ("DICOMDIR", ".DS_STORE", "THUMBS.DB")


def is_archive(path: Path) -> bool:
    """Return whether a path is named as a zip archive, and is a file."""
    return path.suffix.lower() == SUFFIX and path.is_file()


def unpacked(path: Path, cache: ImageCache, progress: Progress | None = None) -> Path:
    """Return a folder with the files of an archive; one known by content is reused.

    The files are named by their place in the archive: the first is ``000001``. A
    DICOMDIR is left out: it would name files that now have other names.

    Parameters
    ----------
    progress
        Told how many bytes are unpacked, and how many there are.

    Raises
    ------
    InputError
        If it is damaged, encrypted, packed so densely that it can only be meant to
        fill the disk, or holds links, other archives, or names that lead out of it.
    StorageError
        If it does not fit on the disk.
    """
    try:
        with _Narrow(FileIO(path)) as file, zipfile.ZipFile(file) as archive:
            _require_safe(archive, path)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            folder = cache.archive_folder(digest)
            if not folder.is_dir():
                with cache.filling(folder) as filled:
                    _unpack(archive, filled, path, progress)
    except _BROKEN:
        raise InputError.at(path, "the archive is damaged", "Copy it again") from None
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise InputError.at(path, what, "Check the path") from None
    return folder


class _Narrow(BufferedReader):
    """A file of which nobody takes more at once than an index of files may be long."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LONGEST_INDEX:
            raise zipfile.BadZipFile
        return super().read(_LONGEST_INDEX if size is None or size < 0 else size)


def _files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in archive.infolist() if not _is_folder(entry)]


def _require_safe(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse an archive before its bytes are read."""
    entries = _files_in(archive)
    for number, entry in enumerate(entries, start=1):
        why = _refusal(entry)
        if why:
            raise InputError.at(path, f"file {number} in it {why}", _UNPACK)
    _check_size(path, entries)


def _unpack(
    archive: zipfile.ZipFile, folder: Path, path: Path, progress: Progress | None
) -> None:
    entries = _files_in(archive)
    total = sum(entry.file_size for entry in entries)
    _check_space(folder, total)
    done = 0
    for number, entry in enumerate(entries, start=1):
        if not _is_image_perhaps(entry):
            continue
        with (folder / f"{number:06}").open("xb") as out:
            for chunk in _chunks(archive, entry):
                if out.tell() == 0 and chunk.startswith(_ARCHIVES):
                    what = f"file {number} in it is an archive too"
                    raise InputError.at(path, what, _UNPACK)
                out.write(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done, total)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as packed:
            while chunk := packed.read(_CHUNK_BYTES):
                yield chunk
    except OSError as error:  # not of the disk that is written to
        raise zipfile.BadZipFile from error


def _refusal(entry: zipfile.ZipInfo) -> str:
    """Return why a file in an archive is dangerous; empty if it is not."""
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if _leads_out(entry.orig_filename) or _leads_out(entry.filename):
        return "leads out of the archive"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device"
    return ""


def _leads_out(name: str) -> bool:
    r"""Return whether a name leads out of the folder it is unpacked in, on any system.

    >>> _leads_out("CT/0001.dcm"), _leads_out("../x"), _leads_out("C:\\x")
    (False, True, True)
    """
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    rooted = posix.is_absolute() or bool(windows.anchor)
    return rooted or ".." in posix.parts or ".." in windows.parts or "\0" in name


def _check_size(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    files = len(entries)
    total_bytes = sum(entry.file_size for entry in entries)
    packed_bytes = sum(entry.compress_size for entry in entries)
    if path.stat().st_size > 2 * packed_bytes + _LONGEST_INDEX:
        what = f"most of it is none of its {files} files: {packed_bytes} bytes are"
        raise InputError.at(path, what, _UNPACK)
    dense = total_bytes > MOST_RATIO * packed_bytes and total_bytes > HARMLESS_BYTES
    if files > MOST_FILES or total_bytes > MOST_BYTES or dense:
        what = (
            f"would unpack to {files} files of {total_bytes / 1e9:.1f} GB, "
            f"{total_bytes / max(packed_bytes, 1):.0f} times its size"
        )
        raise InputError.at(path, what, _UNPACK)


def _check_space(folder: Path, total_bytes: int) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if total_bytes > free_bytes:
        what = (
            f"the archive needs {total_bytes / 1e9:.1f} GB, and "
            f"{free_bytes / 1e9:.1f} GB are free"
        )
        remedy = "Free space there, or name another folder in RECIST_CACHE"
        raise StorageError.at(folder.parent, what, remedy)


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith("/")


def _is_image_perhaps(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    return "__MACOSX" not in path.parts and path.name.upper() not in _NO_IMAGES
