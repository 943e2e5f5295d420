"""Voxels of compressed series, decoded once: the next opening only reads them.

One file a series, in ``decoded`` in `cache_folder`: a line that says what it holds,
then int16. It counts for the very files that it was decoded from, as long as their
size, inode and times stay, and for this version of the program. It holds a patient's
images, under a name that is a digest, so that nobody else may read it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool import __version__
from recist_tool.dicom.pixels.codestream import HIGH_THROUGHPUT, RLE
from recist_tool.dicom.scan.cache_folder import cache_folder, sweep
from recist_tool.dicom.scan.header_cache import SETTLED_NS
from recist_tool.dicom.scan.shrink import shrink
from recist_tool.limits import limit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.dicom.scan.series import Series

MOST_GB: Final = 4.0
LIMIT: Final = "RECIST_DECODED_GB"
"""Environment: how much is kept, GB; 0 keeps nothing."""
_HEAD_BYTES: Final = 512
_QUICK: Final = HIGH_THROUGHPUT | {RLE}
"""What decodes about as fast as it would be read."""


class KeptVoxels:
    """Voxels of a series that were decoded before."""

    def __init__(self, file: Path, place: _Contents) -> None:
        self._file = file.open("rb", buffering=0)
        self._end = weakref.finalize(self, self._file.close)
        self._slice_bytes = place.slice_bytes
        is_whole = os.fstat(self._file.fileno()).st_size == place.size
        if not is_whole or self._file.read(_HEAD_BYTES) != place.head:
            raise OSError("not what is looked for")
        os.utime(file)  # used now: the others go first

    def read(self, index: int, out: NDArray[np.int16]) -> None:
        """Read a slice.

        Parameters
        ----------
        out
            Shape (rows, columns), contiguous.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        self._file.seek(_HEAD_BYTES + index * self._slice_bytes)
        view = out.data.cast("B")
        while view:
            got = self._file.readinto(view)
            if not got:
                raise OSError("cut off")
            view = view[got:]


class KeepingVoxels:
    """Voxels of a series on their way to the disk, slice by slice, from any thread.

    A disk that refuses ends it without a word: they are decoded again next time.
    """

    def __init__(self, folder: Path, name: str, place: _Contents) -> None:
        self._place, self._file = place, folder / name
        partial = folder / "partial"
        partial.mkdir(parents=True, exist_ok=True, mode=0o700)
        sweep(partial)
        self._handle, written = tempfile.mkstemp(dir=partial)  # for its owner alone
        self._written = Path(written)
        self._give_up = weakref.finalize(self, _left, self._handle, self._written)
        os.write(self._handle, place.head)

    def put(self, index: int, voxels: NDArray[np.int16]) -> None:
        """Write a slice.

        Parameters
        ----------
        voxels
            Shape (rows, columns), contiguous.
        """
        if not self._give_up.alive:
            return
        view, at = voxels.data.cast("B"), _HEAD_BYTES + index * self._place.slice_bytes
        try:
            while view:
                done = os.pwrite(self._handle, view, at)
                view, at = view[done:], at + done
        except OSError:
            self._give_up()

    def finish(self) -> None:
        """Keep what was written: every slice is there. Does not wait for the disk."""
        if self._give_up.detach() is not None:
            threading.Thread(target=self._settle, name="decoded cache").start()

    def _settle(self) -> None:
        try:
            with contextlib.suppress(OSError):
                os.fsync(self._handle)
                self._written.replace(self._file)
                shrink(self._file.parent, _most_bytes())
        finally:
            _left(self._handle, self._written)


class _Contents(NamedTuple):
    """What a file of voxels is to hold."""

    head: bytes
    slice_bytes: int
    size: int


def cached_voxels(series: Series) -> KeptVoxels | KeepingVoxels | None:
    """Return the voxels of a series, int16, that were kept; else where to keep them.

    None where any file is gone, or is not the one that was scanned. Nothing is kept of
    series that decode quickly, of files that changed within the last two seconds, or
    where the disk has no room.
    """
    named = _named(series)
    if named is None:
        return None
    name, place, changed_ns = named
    try:
        return KeptVoxels(_folder() / name, place)
    except OSError:
        return _keeping(name, place, changed_ns)


def _keeping(name: str, place: _Contents, changed_ns: int) -> KeepingVoxels | None:
    if not hasattr(os, "pwrite"):  # Windows
        return None
    if changed_ns > time.time_ns() - SETTLED_NS or place.size > _most_bytes():
        return None
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(folder).free < 2 * place.size:
            return None
        return KeepingVoxels(folder, name, place)
    except OSError:
        return None


def held_bytes() -> int:
    """Return how much is kept."""
    files = _folder().glob("*") if _folder().is_dir() else ()
    return sum(file.stat().st_size for file in files if file.is_file())


def clear_decoded() -> None:
    """Remove all that is kept.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    if _folder().is_dir():
        shutil.rmtree(_folder())


def _folder() -> Path:
    return cache_folder() / "decoded"


def _most_bytes() -> int:
    return int(limit(LIMIT, MOST_GB) * 1e9)


def _named(series: Series) -> tuple[str, _Contents, int] | None:
    """Return name and place of the voxels of a series, and when a file changed last."""
    coded = {
        one.header.transfer_syntax
        for one in series.slices
        if one.header.pixel_length is None
    }
    if not coded - _QUICK:
        return None
    try:
        status = {path: path.stat() for path in {one.path for one in series.slices}}
    except OSError:
        return None
    known: list[object] = [__version__, list(series.shape)]
    for one in series.slices:
        found, header = status[one.path], one.header
        if (found.st_size, found.st_mtime_ns) != (header.file_size, header.modified_ns):
            return None
        known.append(
            (
                str(one.path.absolute()),
                found.st_size,
                found.st_mtime_ns,
                found.st_ctime_ns,
                found.st_ino,
                one.frame_number,
            )
        )
    key = hashlib.sha256(json.dumps(known).encode()).hexdigest()
    head = json.dumps({"voxels": "int16", "shape": series.shape, "of": key}).encode()
    slice_bytes = 2 * series.shape[1] * series.shape[2]
    size = _HEAD_BYTES + series.shape[0] * slice_bytes
    place = _Contents(head.ljust(_HEAD_BYTES - 1) + b"\n", slice_bytes, size)
    changed = max(max(one.st_mtime_ns, one.st_ctime_ns) for one in status.values())
    return key[:40], place, changed


def _left(handle: int, written: Path) -> None:
    with contextlib.suppress(OSError):
        os.close(handle)
    with contextlib.suppress(OSError):
        written.unlink(missing_ok=True)
