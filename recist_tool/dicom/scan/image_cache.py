"""What was fetched, kept on this machine: private, and named by nothing in it.

``images/server/<study>/<series>/<object>.dcm``, where each name is a digest of the
UIDs (the study's also of the server). Files come into being whole: they are written
under ``images/partial`` and moved when they are.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from recist_tool.dicom.scan.cache_folder import cache_folder, sweep
from recist_tool.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


class Instance(NamedTuple):
    """One object to fetch, named by its UIDs.

    Attributes
    ----------
    sop_class_uid
        Empty where the server does not say.
    """

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str = ""


_PRIVATE: Final = 0o700
_DIGITS: Final = 32


class Held(NamedTuple):
    """How much a cache holds."""

    files: int
    size_bytes: int


class ImageCache:
    """Images of servers and archives, on this machine.

    Parameters
    ----------
    folder
        The user's cache folder; ``images`` in it is this program's alone.

    Raises
    ------
    StorageError
        If it cannot be made, or be made private.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or cache_folder()) / "images"
        self._is_swept = False
        with _storage(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
            self.folder.chmod(_PRIVATE)

    def study_folder(self, server: str, study_instance_uid: str) -> Path:
        """Return where the objects of a study from a server lie."""
        return self.folder / "server" / digest(f"{server}\n{study_instance_uid}")

    def place(self, server: str, instance: Instance) -> Path:
        """Return where an object from a server lies once it was fetched."""
        study = self.study_folder(server, instance.study_instance_uid)
        name = f"{digest(instance.sop_instance_uid)}.dcm"
        return study / digest(instance.series_instance_uid) / name

    def archive_folder(self, content_digest: str) -> Path:
        """Return where the files of an archive of this content lie."""
        return self.folder / "archive" / content_digest[:_DIGITS]

    @contextlib.contextmanager
    def writing(self, place: Path) -> Generator[BinaryIO]:
        """Write a file that comes into being, whole, when the block ends well.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        with _storage(self.folder):
            partial = self._partial()
            handle, name = tempfile.mkstemp(dir=partial)  # for this user alone: 0600
            os.close(handle)
            written = Path(name)
        try:
            with written.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            place.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
            written.replace(place)
        except OSError as error:
            raise _refused(self.folder, error) from None
        finally:
            written.unlink(missing_ok=True)

    @contextlib.contextmanager
    def filling(self, place: Path) -> Generator[Path]:
        """Fill a folder that comes into being, whole, when the block ends well.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        with _storage(self.folder):
            filled = Path(tempfile.mkdtemp(dir=self._partial()))
        try:
            yield filled
            place.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
            if not place.is_dir():  # another process may have been as quick
                filled.rename(place)
        except OSError as error:
            raise _refused(self.folder, error) from None
        finally:
            shutil.rmtree(filled, ignore_errors=True)

    def held(self) -> Held:
        """Return how many files there are, and of what size."""
        sizes = [file.stat().st_size for file in self._files()]
        return Held(len(sizes), sum(sizes))

    def clear(self) -> Held:
        """Remove all there is, and return how much it was.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        held = self.held()
        with _storage(self.folder):
            for part in self.folder.iterdir():
                shutil.rmtree(part)
        return held

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.rglob("*") if path.is_file())

    def _partial(self) -> Path:
        """Return where what is coming in lies."""
        partial = self.folder / "partial"
        partial.mkdir(exist_ok=True, mode=_PRIVATE)
        if not self._is_swept:
            self._is_swept = True
            sweep(partial)
        return partial


def digest(text: str) -> str:
    """Return a name for a text that does not tell it."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


@contextlib.contextmanager
def _storage(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise _refused(folder, error) from None


def _refused(folder: Path, error: OSError) -> StorageError:
    return StorageError.at(
        folder,
        f"images cannot be kept here ({error.strerror or type(error).__name__})",
        "Free space there, or name another folder in RECIST_CACHE",
    )
