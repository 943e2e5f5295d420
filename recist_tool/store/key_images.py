"""Key images beside a case: one PNG for each lesion at each visit, for each reader.

They are derived from the case, and losing them loses no measurement. Each says itself
which finding it shows; one that shows another than the case holds is out of date.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from recist_tool.errors import StorageError
from recist_tool.model.finding import calipers_of
from recist_tool.store.casefile import CASE_SUFFIX, LEFT_OVER, replacing
from recist_tool.store.file_names import is_device

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from recist_tool.model.finding import LesionFinding
    from recist_tool.model.lesion import Lesion

FOLDER_SUFFIX: Final = ".key-images"
ENDING: Final = ".png"
MOST_BYTES: Final = 4_000_000
MOST_PIXELS: Final = 2048
"""Of a side. Files that are larger in either way are none of ours."""

_LONGEST: Final = 80
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEAD: Final = len(_SIGNATURE) + 25
"""Bytes of a PNG before what is told of it: the signature and the image header."""
_KEYWORD: Final = b"recist_tool\0"
_DIGITS: Final = 64


class KeyImages:
    """The key images of one reader's read of a case.

    Attributes
    ----------
    folder
        Where they lie: ``SUBJECT.key-images/READER`` beside the case. It holds no
        images of other readers.
    """

    def __init__(self, case_path: Path, reader_id: str) -> None:
        subject = case_path.name.removesuffix(CASE_SUFFIX)
        beside = case_path.with_name(f"{subject}{FOLDER_SUFFIX}")
        self.folder = beside / _file_name(reader_id, str.lower)

    def path(self, lesion_id: str, timepoint_id: str) -> Path:
        """Return the file for a lesion at a visit: ``T1_BL.png``."""
        named = [_file_name(one, str.upper) for one in (lesion_id, timepoint_id)]
        return self.folder / f"{'_'.join(named)}{ENDING}"

    def found(self) -> dict[str, str]:
        """Return what the images there show, by the names of their files.

        Files that this program did not write are left out.
        """
        try:
            paths = [one for one in self.folder.iterdir() if one.suffix == ENDING]
        except OSError:
            return {}
        shown = {path.name: _content_of(path) for path in sorted(paths)}
        return {name: content for name, content in shown.items() if content}

    def write(self, name: str, png: bytes, content: str) -> None:
        """Put an image in its place; what stood there stays until it is whole.

        Parameters
        ----------
        content
            What it shows, as `key_image_content` says.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        told = _chunk(b"tEXt", _KEYWORD + content.encode("ascii"))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with replacing(self.folder / name) as temporary:
                temporary.write_bytes(png[:_HEAD] + told + png[_HEAD:])
        except OSError as error:
            raise _refused(error) from None

    def remove(self, name: str) -> None:
        """Take an image away, if it is there.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise _refused(error) from None

    def sweep(self) -> None:
        """Take away what a crash left of images that were being written.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if LEFT_OVER.fullmatch(path.name):
                self.remove(path.name)


def key_image_content(lesion: Lesion, entry: LesionFinding) -> str:
    """Return what a key image of a finding shows, as a digest in hex.

    Calipers, mask, and the lesion they are of: nothing else that is said is drawn.
    Empty where there is no caliper to draw.
    """
    calipers = calipers_of(entry.finding)
    if not calipers:
        return ""
    drawn = {
        "lesion": [lesion.tracking_uid, lesion.lesion_id, lesion.role.value],
        "visit": entry.timepoint_id,
        "calipers": [
            one.replaced(provenance=None).model_dump(mode="json") for one in calipers
        ],
        "mask": entry.mask and entry.mask.model_dump(exclude={"provenance"}),
    }
    text = json.dumps(drawn, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _content_of(path: Path) -> str:
    """Return what an image says that it shows; empty where it is none of ours."""
    length = len(_KEYWORD) + _DIGITS
    try:
        if path.stat().st_size > MOST_BYTES:
            return ""
        with path.open("rb") as file:
            head, told = file.read(_HEAD), file.read(12 + length)
    except OSError:
        return ""
    if len(head) < _HEAD or not head.startswith(_SIGNATURE):
        return ""
    data = told[8 : 8 + length]
    is_ours = told == _chunk(b"tEXt", data) and data.startswith(_KEYWORD)
    is_small = max(struct.unpack(">II", head[16:24])) <= MOST_PIXELS
    return (
        data[len(_KEYWORD) :].decode("ascii", "replace") if is_ours and is_small else ""
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG (ISO 15948, 5.3)."""
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def _file_name(text: str, usual: Callable[[str], str]) -> str:
    """Return a name of a lesion, visit or reader as part of a file name.

    No two give the same, also on disks to which large letters are small ones: where the
    letters are not all of the usual kind, or too many, a digest says which. What stands
    between two names, and before a digest, is in no name. None is a device.
    """
    name = quote(text, safe="").replace("_", "%5F")
    if name.startswith(".") or is_device(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name.endswith("."):  # Windows leaves it out
        name = f"{name[:-1]}%2E"
    if len(name) <= _LONGEST and text == usual(text):
        return name
    return f"{name[:_LONGEST]}={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _refused(error: OSError) -> StorageError:
    return StorageError.at(
        "key images",
        f"cannot be kept ({error.strerror}); the case is whole",
        "Free space or mend permissions",
    )
