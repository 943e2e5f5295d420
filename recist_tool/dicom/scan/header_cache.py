"""What earlier scans found, kept on disk: only new and changed files are read again.

One file a folder, JSON under a checksum that only this version of the program writes:
what is damaged, or older or newer, is as good as absent. It holds what headers hold,
patients' names too, so that nobody else may read it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from dataclasses import fields
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from recist_tool.dicom.header import elements, frames, parse, tags
from recist_tool.dicom.header import slice_header as image
from recist_tool.dicom.header.elements import Elements
from recist_tool.dicom.header.parse import ByteSpan, Header
from recist_tool.dicom.header.slice_header import PatientKey, SliceHeader
from recist_tool.dicom.scan.cache_folder import cache_folder
from recist_tool.dicom.scan.shrink import shrink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.dicom.header.elements import Item

Found: TypeAlias = "tuple[SliceHeader, ...] | str"
"""The images of a file, or why it has none."""

MOST_BYTES: Final = 256 << 20
SETTLED_NS: Final = 2_000_000_000  # the coarsest clock of a file system in use
OWN: Final = ("frame_number", "sop_instance_uid", "position_lps", "instance_number")
SHARED: Final = tuple(
    each.name
    for each in fields(SliceHeader)
    if each.name not in (*OWN, "path", "header", "patient")
)


class ScanCache:
    """What files were found to hold, by their folder, name, size and times.

    A file counts as the same while size, inode, and the times of its last change and
    last renaming stay. One that changed within the last two seconds is not kept: it
    could change again without any sign of it. A disk that refuses leaves every file to
    be read as if there were no cache.

    Parameters
    ----------
    place
        Folder to keep it in; ``scans`` in `cache_folder` by default.
    """

    def __init__(self, place: Path | None = None) -> None:
        self._place = place or cache_folder() / "scans"
        self._shelves: dict[str, _Shelf] = {}
        self._settled_ns = time.time_ns() - SETTLED_NS

    def recall(self, path: Path, status: os.stat_result) -> Found | None:
        """Return what a file holds; None where it is new, or was changed."""
        folder, name = os.path.split(path)
        return self._shelf(folder).recall(path, name, status)

    def remember(self, path: Path, status: os.stat_result, found: Found) -> None:
        """Keep what a file was found to hold.

        Parameters
        ----------
        status
            From before it was read; what was changed since is not kept.
        """
        if max(status.st_mtime_ns, status.st_ctime_ns) > self._settled_ns:
            return
        with contextlib.suppress(OSError):
            if _identity(path.stat()) == _identity(status):
                folder, name = os.path.split(path)
                self._shelf(folder).remember(name, status, found)

    def save(self) -> None:
        """Write what was learned, and drop what was not asked for longest."""
        learned = [one for one in self._shelves.items() if one[1].has_news]
        with contextlib.suppress(OSError):
            for folder, shelf in learned:
                _replace(self._file(folder), shelf.sealed(_names(folder)))
            if learned:
                shrink(self._place, MOST_BYTES)

    def _shelf(self, folder: str) -> _Shelf:
        shelf = self._shelves.get(folder)
        if shelf is None:
            shelf = self._shelves[folder] = _Shelf(_opened(self._file(folder)))
        return shelf

    def _file(self, folder: str) -> Path:
        name = blake2b(os.fsencode(Path(folder).absolute()), digest_size=20).hexdigest()
        return self._place / f"{name}.json"


class _Base(NamedTuple):
    """What many images share."""

    fields: dict[str, Any]
    found: Item
    is_little_endian: bool
    transfer_syntax: str


class _Shelf:
    """What the files of one folder hold."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._raw_bases: list[Any] = content.get("bases", [])
        self._files: dict[str, list[Any]] = content.get("files", {})
        self._bases = [_base(raw) for raw in self._raw_bases]
        self._numbers: dict[tuple[Any, ...], int] = {}
        self.has_news = False

    def recall(self, path: Path, name: str, status: os.stat_result) -> Found | None:
        known = self._files.get(name)
        if known is None or known[0] != _identity(status):
            return None
        found = known[1]
        if isinstance(found, str):
            return found
        return tuple(self._image(path, status, one) for one in found)

    def remember(self, name: str, status: os.stat_result, found: Found) -> None:
        kept = found if isinstance(found, str) else [self._raw(one) for one in found]
        self._files[name] = [_identity(status), kept]
        self.has_news = True

    def sealed(self, names: frozenset[str]) -> bytes:
        """Return the shelf as it is written, without files that are gone."""
        files = {name: one for name, one in self._files.items() if name in names}
        content = {"bases": self._raw_bases, "files": files}
        body = json.dumps(content, separators=(",", ":")).encode()
        return _seal(body) + body

    def _image(self, path: Path, status: os.stat_result, raw: list[Any]) -> SliceHeader:
        number, own, data_set, pixels, length, fragments, table, changed = raw
        base = self._bases[number]
        found = base.found.copy()
        found.update(
            (tag, value.encode("latin-1") if isinstance(value, str) else _items(value))
            for tag, value in changed
        )
        header = Header(
            elements=Elements(found, little=base.is_little_endian),
            transfer_syntax=base.transfer_syntax,
            data_set_offset=data_set,
            pixel_offset=pixels,
            pixel_length=length,
            fragments=tuple(ByteSpan(*one) for one in fragments),
            offset_table=table.encode("latin-1"),
            file_size=status.st_size,
            modified_ns=status.st_mtime_ns,
        )
        frame_number, sop_instance_uid, position, instance_number = own
        return SliceHeader(
            path=path,
            header=header,
            frame_number=frame_number,
            sop_instance_uid=sop_instance_uid,
            position_lps=tuple(position),
            instance_number=instance_number,
            **base.fields,
        )

    def _raw(self, one: SliceHeader) -> list[Any]:
        header, found = one.header, one.elements.found
        number = self._number(one)
        shared = self._bases[number].found
        return [
            number,
            [getattr(one, name) for name in OWN],
            header.data_set_offset,
            header.pixel_offset,
            header.pixel_length,
            header.fragments,
            header.offset_table.decode("latin-1"),
            [
                (tag, _plain(value))
                for tag, value in found.items()
                if value != shared[tag]
            ],
        ]

    def _number(self, one: SliceHeader) -> int:
        """Return which base an image is written upon, after adding one if need be."""
        shared = [getattr(one, name) for name in SHARED]
        header, found = one.header, one.elements.found
        little, syntax = one.elements.is_little_endian, header.transfer_syntax
        key = (*shared, one.patient, little, syntax, *found)
        number = self._numbers.get(key)
        if number is None:
            raw = [shared, one.patient, _plain_item(found), little, syntax]
            number = self._numbers[key] = len(self._bases)
            self._raw_bases.append(raw)
            self._bases.append(_base(raw))
        return number


def _identity(status: os.stat_result) -> list[int]:
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _base(raw: list[Any]) -> _Base:
    shared, patient, found, little, syntax = raw
    values = (tuple(one) if isinstance(one, list) else one for one in shared)
    known = dict(zip(SHARED, values, strict=True))
    return _Base(
        known | {"patient": PatientKey(*patient)}, _item(found), little, syntax
    )


def _plain_item(found: Item) -> list[tuple[int, Any]]:
    return [(tag, _plain(value)) for tag, value in found.items()]


def _plain(value: bytes | tuple[Item, ...]) -> str | list[Any]:
    """Return a value as JSON can hold it: each byte a character, or a list of items."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return [_plain_item(item) for item in value]


def _item(raw: Iterable[tuple[int, Any]]) -> Item:
    return {
        tag: value.encode("latin-1") if isinstance(value, str) else _items(value)
        for tag, value in raw
    }


def _items(raw: list[Any]) -> tuple[Item, ...]:
    return tuple(_item(one) for one in raw)


@cache
def _code() -> bytes:
    """Return what tells this version of reading headers from all others."""
    digest = blake2b()
    for module in (tags, parse, elements, frames, image, sys.modules[__name__]):
        digest.update(Path(module.__file__ or "").read_bytes())
    return digest.digest()


def _seal(body: bytes) -> bytes:
    return blake2b(body, digest_size=32, key=_code()).hexdigest().encode()


def _opened(file: Path) -> dict[str, Any]:
    """Return what a file of the cache holds: nothing unless it is whole, and ours."""
    try:
        with file.open("rb") as kept:
            content = kept.read() if _is_mine(os.fstat(kept.fileno())) else b""
        seal, body = content[:64], content[64:]
        if seal != _seal(body):
            return {}
        os.utime(file)
    except OSError:
        return {}
    return json.loads(body)


def _is_mine(status: os.stat_result) -> bool:
    return sys.platform == "win32" or status.st_uid == os.getuid()


def _replace(file: Path, content: bytes) -> None:
    """Write a file that is either the old or the new one, and the user's alone."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent)  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(content)
        os.replace(name, file)  # noqa: PTH105 - the name is text
    except OSError:
        Path(name).unlink()
        raise


def _names(folder: str) -> frozenset[str]:
    return frozenset(os.listdir(folder or "."))  # noqa: PTH208 - names alone are faster
