"""The files that a DICOMDIR names (PS3.10, 8; PS3.3, F)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header

if TYPE_CHECKING:
    from pathlib import Path

NAME = "DICOMDIR"
MISSING: Final = "named by a DICOMDIR, but is missing"
HARM: Final = ("cut off", "damaged", "empty file", "cannot be read", MISSING)
"""How the reasons begin that speak of harm, and not of another kind of file."""


class Skipped(NamedTuple):
    """A file that is not part of any series, and why."""

    path: Path
    why: str

    @property
    def is_harmed(self) -> bool:
        """Whether it may be an image that came to harm; other files are no loss."""
        return self.why.startswith(HARM)


class Directory(NamedTuple):
    """What a DICOMDIR names: files that are there, and what is refused."""

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...]


def read_dicomdir(path: Path) -> Directory:
    """Return the files that a DICOMDIR names.

    Names that lead out of its folder are refused: a medium must not read what does
    not belong to it.

    Raises
    ------
    DicomError
        If it is damaged.
    OSError
        If it cannot be read.
    """
    records = read_header(path).elements.items(tags.DIRECTORY_RECORDS)
    files: list[Path] = []
    skipped: list[Skipped] = []
    for record in records:
        parts = record.texts(tags.REFERENCED_FILE_ID)
        if not parts:
            continue
        file = path.parent.joinpath(*parts)
        why = _refusal(path.parent, parts, file)
        if why:
            skipped.append(Skipped(file, why))
        else:
            files.append(file)
    return Directory(tuple(files), tuple(skipped))


def _refusal(folder: Path, parts: tuple[str, ...], file: Path) -> str:
    strange = any(part in ("", ".", "..") or "/" in part for part in parts)
    if strange or "\0" in str(file) or not _inside(folder, file):
        return "named by a DICOMDIR, but lies outside its folder: not read"
    if not file.is_file():
        return MISSING
    return ""


def _inside(folder: Path, file: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())
