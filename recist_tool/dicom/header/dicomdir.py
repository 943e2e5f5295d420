"""The files that a DICOMDIR names (PS3.10, 8; PS3.3, F)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header

if TYPE_CHECKING:
    from pathlib import Path

NAME = "DICOMDIR"
MISSING: Final = "named by a DICOMDIR, but is missing"
ALONE: Final = "a DICOMDIR alone, copy the whole medium: none of the"
HARM: Final = ("cut off", "damaged", "empty file", "cannot be read", MISSING, ALONE)
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
        file = _on_disk(path.parent, parts)
        why = _refusal(path.parent, parts, file)
        if why:
            skipped.append(Skipped(file, why))
        else:
            files.append(file)
    if not files and skipped and all(one.why == MISSING for one in skipped):
        skipped = [Skipped(path, f"{ALONE} {len(skipped)} files that it names is here")]
    return Directory(tuple(files), tuple(skipped))


def _on_disk(folder: Path, parts: tuple[str, ...]) -> Path:
    """Return a file as its name is written on this disk.

    Names in a DICOMDIR are in capitals (PS3.10, 8.2); some systems show those of a
    medium in small letters. Where two differ by that alone, neither is guessed.
    """
    exact = folder.joinpath(*parts)
    if not _is_plain(parts) or exact.exists():
        return exact
    found = folder
    for part in parts:
        try:
            names = [one for one in found.iterdir() if _same(one.name, part)]
        except OSError:
            return exact
        if len(names) != 1:
            return exact
        found = names[0]
    return found


def _same(name: str, part: str) -> bool:
    return name.casefold() == part.casefold()


def _is_plain(parts: tuple[str, ...]) -> bool:
    return not any(
        part in ("", ".", "..") or "/" in part or "\0" in part for part in parts
    )


def _refusal(folder: Path, parts: tuple[str, ...], file: Path) -> str:
    if not _is_plain(parts) or not _inside(folder, file):
        return "named by a DICOMDIR, but lies outside its folder: not read"
    if not file.is_file():
        return MISSING
    return ""


def _inside(folder: Path, file: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())
