"""Hostile media: zip archives, and the names in a DICOMDIR."""

from __future__ import annotations

import contextlib
import io
import random
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from tests.fuzz import walk
from tests.fuzz.raw_bytes import BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError),
    *(RuntimeError, OSError, struct.error),
)
NAMES = (
    *("../secret.dcm", "../../../../tmp/out", "/etc/cron.d/x", "C:\\x", "..\\x"),
    *("a/../../b", "\\\\host\\share\\x", "./../x", "nul\0byte", "a" * 5000),
    *("/proc/self/mem", "~/x", "$HOME/x", "x/" * 400 + "x", "", ".", "..", "a\nb"),
    *("DICOMDIR", "__MACOSX/x", "secret.dcm", "\udce9", "a:b", "CON", " "),
)
FILE_IDS = (
    *(b"..\\secret.dcm", b"..\\..\\etc\\passwd", b"/etc/passwd", b"..", b".", b"\\"),
    *(b"a\0b", b"A" * 5000, b"A\\" * 300, b"C:", b"\xff\xfe", b"\x1b$B", b"~", b"-"),
    *(b"../secret.dcm", b"DICOMDIR", b"proc\\self\\mem", b"a/../../b", b"", b" "),
)


def zip_names(rng: random.Random, data: bytes) -> bytes:
    """Give some files of an archive names that lead elsewhere."""

    def renamed(entry: zipfile.ZipInfo) -> None:
        if rng.random() < 0.5:
            entry.filename = rng.choice(NAMES).encode(errors="replace").decode()

    return _rebuilt(data, renamed).getvalue()


def zip_links(rng: random.Random, data: bytes) -> bytes:
    """Make entries links, devices, or the like, with a target as their content."""
    kind = rng.choice((stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFDIR))
    out = _rebuilt(data)
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo(f"link-{rng.random()}")
        entry.create_system = 3
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, rng.choice(("/etc/passwd", "../secret.dcm", "..")))
    return out.getvalue()


def zip_bomb(rng: random.Random, data: bytes) -> bytes:
    """Add files that pack to a thousandth, or an archive in the archive."""
    out = _rebuilt(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        if rng.random() < 0.5:
            archive.writestr(
                f"zeros-{rng.random()}", bytes(rng.choice((1 << 20, 48 << 20)))
            )
        else:
            archive.writestr(f"inner-{rng.random()}.zip", data * rng.choice((1, 3)))
    return out.getvalue()


def zip_lies(rng: random.Random, data: bytes) -> bytes:
    """Change sizes, flags and methods in the archive's directory."""
    changed = bytearray(data)
    at = data.find(b"PK\x01\x02")
    entries = []
    while at >= 0:
        entries.append(at)
        at = data.find(b"PK\x01\x02", at + 4)
    for at in rng.sample(entries, rng.randint(min(1, len(entries)), len(entries))):
        offset, code = rng.choice(
            ((8, "H"), (10, "H"), (16, "L"), (20, "L"), (24, "L"))
        )
        number = rng.choice((0, 1, 8, 12, 14, 99, 0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF))
        struct.pack_into(
            "<" + code,
            changed,
            at + offset,
            number & (1 << 8 * struct.calcsize(code)) - 1,
        )
    return bytes(changed)


def _rebuilt(
    data: bytes, change: Callable[[zipfile.ZipInfo], None] = lambda entry: None
) -> io.BytesIO:
    """Return the archive packed anew; an empty one where it is damaged."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as other,
        contextlib.suppress(*DAMAGE),
        zipfile.ZipFile(io.BytesIO(data)) as archive,
    ):
        for entry in archive.infolist():
            content = archive.read(entry)
            change(entry)
            other.writestr(entry, content)
    return out


def hostile_file_id(rng: random.Random, data: bytes) -> bytes | None:
    """Let a directory record name a file elsewhere; its length stays true."""
    seen = walk.view(data)
    named = [one for one in seen.elements if one.tag == 0x00041500] if seen else []
    if seen is None or not named:
        return None
    element = rng.choice(named)
    value = rng.choice(FILE_IDS)
    value += b" " * (len(value) % 2)
    head = seen.head(element.tag, element.vr, len(value))
    return seen.data[: element.begin] + head + value + seen.data[element.end :]


ZIPS = (zip_names, zip_links, zip_bomb, zip_lies, zip_lies, *BYTES)
