"""What a folder, some files or a DICOMDIR hold: headers only, never the pixels."""

from __future__ import annotations

import contextlib
import os
import stat
from collections import defaultdict
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.dicomdir import NAME as DICOMDIR
from recist_tool.dicom.header.dicomdir import Skipped, read_dicomdir
from recist_tool.dicom.header.parse import MARK, MARK_AT, read_header
from recist_tool.dicom.header.slice_header import read_images
from recist_tool.dicom.scan.archive import is_archive, unpacked
from recist_tool.dicom.scan.header_cache import ScanCache
from recist_tool.dicom.scan.image_cache import ImageCache
from recist_tool.dicom.scan.links import OUT, leads_out
from recist_tool.dicom.scan.people import alike, as_one
from recist_tool.dicom.scan.same_pixels import have_same_pixels
from recist_tool.dicom.scan.series import Series, series_of
from recist_tool.dicom.scan.split import groups, without_copies
from recist_tool.dicom.scan.studies import seen_together
from recist_tool.dicom.scan.timepoints import (
    PatientTimepoints,
    ProposedTimepoint,
    propose_timepoints,
)
from recist_tool.errors import DicomError, Fault
from recist_tool.measure.geometry.grid import GeometryWarning
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from recist_tool.dicom.header.slice_header import SliceHeader
    from recist_tool.dicom.scan.header_cache import Found
    from recist_tool.dicom.scan.split import Copy

__all__ = [
    "PatientTimepoints",
    "ProposedTimepoint",
    "ScanResult",
    "Series",
    "Skipped",
    "as_json",
    "holds_dicom",
    "propose_timepoints",
    "scan",
]

LOOKED_AT = 200
"""Files of a folder that `holds_dicom` looks at: a guest must not hold up its host."""


class ScanResult(NamedTuple):
    """What a scan found.

    Attributes
    ----------
    series
        By patient, study date and series number.
    skipped
        Every file that is in no series, and why.
    """

    series: tuple[Series, ...]
    skipped: tuple[Skipped, ...]

    def require_series(self) -> tuple[Series, ...]:
        """Return the series, or refuse if there is none.

        Raises
        ------
        DicomError
            If no series was found: one fault for each reason, with the first file.
        """
        if self.series:
            return self.series
        nothing = Fault(
            "",
            f"no image series found ({len(self.skipped)} files skipped)",
            "Choose a folder of CT or PET images in DICOM format",
        )
        raise DicomError(nothing, *_reasons(self.skipped))


def _reasons(skipped: Iterable[Skipped]) -> Iterator[Fault]:
    """Say each reason once, the commonest first, with the first of its files."""
    paths: defaultdict[str, list[Path]] = defaultdict(list)
    for path, why in skipped:
        paths[why].append(path)
    for why, same in sorted(paths.items(), key=lambda item: -len(item[1])):
        more = f" (and {len(same) - 1} more)" if len(same) > 1 else ""
        yield Fault(str(same[0]), why + more)


def scan(
    paths: Iterable[Path],
    progress: Callable[[int, int], None] | None = None,
    *,
    cached: bool = True,
    join: bool = False,
) -> ScanResult:
    """Return the series in folders (and all below), files and DICOMDIRs.

    Parameters
    ----------
    paths
        Folders, files, DICOMDIR files, zip archives (unpacked into the cache, once);
        a file that is reached twice is read once.
    progress
        Called with the number of files read and of all files. What it raises ends the
        scan; what was read till then stays known.
    cached
        Whether to read only files that no earlier scan read, or that were changed
        since, and to remember what they hold.
    join
        Whether to take as one the patients whom only what is missing in the files of
        one of them tells apart.

    Raises
    ------
    DicomError
        If one of `paths` does not exist.
    InputError
        If an archive is damaged or not safe.
    """
    files, skipped = _files(paths)
    images: list[SliceHeader] = []
    with contextlib.ExitStack() as ending:
        look = _found
        if cached:
            cache = ScanCache()
            ending.callback(cache.save)
            look = partial(_recalled, cache)
        for number, (path, status) in enumerate(files, start=1):
            found = look(path, status)
            if isinstance(found, str):
                skipped.append(Skipped(path, found))
            else:
                images.extend(found)
            if progress is not None:
                progress(number, len(files))
    if join:
        images = list(as_one(images, alike(one.patient for one in images)))
    unique, copies = without_copies(images)
    series = sorted(seen_together(map(series_of, groups(unique))), key=_place)
    doubted: set[Path] = set()
    for copy in copies:
        is_other = not have_same_pixels(*copy)
        skipped.append(Skipped(copy.copy.path, _why(copy, is_other)))
        if is_other:
            doubted.add(copy.image.path)
    return ScanResult(tuple(_doubted(one, doubted) for one in series), tuple(skipped))


def _why(one: Copy, is_other: bool) -> str:
    if is_other:
        return (
            "it has the SOPInstanceUID (0008,0018) and the place of the image in "
            f"{one.image.path}, and other pixels: left out"
        )
    return f"a copy of the image in {one.image.path}"


def _doubted(series: Series, paths: Collection[Path]) -> Series:
    """Say of which slices another file says that it is the same image."""
    count = sum(path in paths for path in series.files) if paths else 0
    if not count:
        return series
    text = (
        f"another file has the SOPInstanceUID (0008,0018) and the place of {count} of "
        "its slices, and other pixels: nothing tells which of them is right"
    )
    warning = GeometryWarning(WarningCode.REPEATED_UID, text)
    return replace(series, warnings=(*series.warnings, warning))


def holds_dicom(folder: Path, most: int = LOOKED_AT) -> bool:
    """Return whether there is a DICOM file among the first files of a folder.

    Parameters
    ----------
    folder
        With all below it; links to folders are not followed.
    most
        How many files are looked at before the answer is no.
    """
    looked_at = 0
    root = folder.resolve()
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(here, name)
            if leads_out(path, root):
                continue
            if path.is_file() and (name.upper() == DICOMDIR or _is_dicom(path)):
                return True
            looked_at += 1
            if looked_at >= most:
                return False
    return False


def _is_dicom(path: Path) -> bool:
    """Return whether a file is marked as DICOM, or unmarked and yet an object."""
    try:
        with path.open("rb") as file:
            if file.read(MARK_AT + len(MARK)).endswith(MARK):
                return True
        return bool(read_header(path).elements.text(tags.SOP_INSTANCE_UID))
    except (DicomError, OSError):
        return False


def as_json(result: ScanResult) -> dict[str, Any]:
    """Return what `recist scan --json` prints."""
    return {
        "series": [series.as_json() for series in result.series],
        "skipped": [
            {"path": str(skipped.path), "why": skipped.why}
            for skipped in result.skipped
        ],
    }


def _recalled(cache: ScanCache, path: Path, status: os.stat_result) -> Found:
    """Return what a file holds, from the cache if it is known there."""
    found = cache.recall(path, status)
    if found is None:
        found = _found(path)
        cache.remember(path, status, found)
    return found


def _found(path: Path, _: os.stat_result | None = None) -> Found:
    """Return what a file holds."""
    try:
        return read_images(path)
    except DicomError as error:
        return "; ".join(fault.what for fault in error.faults)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def _place(series: Series) -> tuple[object, ...]:
    day = series.study_date.isoformat() if series.study_date else "~"
    number = series.series_number
    return (
        series.patient,
        day,
        series.study_instance_uid,
        -1 if number is None else number,
        series.series_instance_uid,
        series.files[0],
    )


def _files(
    paths: Iterable[Path],
) -> tuple[list[tuple[Path, os.stat_result]], list[Skipped]]:
    """Return all files to read, each once, and what there is no reading."""
    walk = _Walk()
    for path in map(Path, paths):
        walk.visit(path)
    return list(walk.files.values()), walk.skipped


def _is_dicomdir(name: str, status: os.stat_result) -> bool:
    """Whether an entry is an index; a pipe of that name would never end."""
    return name.upper() == DICOMDIR and stat.S_ISREG(status.st_mode)


class _Walk:
    """Finds files; remembers where it was, so that links cannot lead in circles."""

    def __init__(self) -> None:
        self.files: dict[tuple[int, int], tuple[Path, os.stat_result]] = {}
        self.skipped: list[Skipped] = []
        self._folders: set[tuple[int, int]] = set()

    def visit(self, path: Path) -> None:
        """Add what the user named: a folder, a file, a DICOMDIR or a zip archive."""
        try:
            status = path.stat()
        except OSError as error:
            raise DicomError.at(
                path, error.strerror or str(error), "Check the path"
            ) from error
        if stat.S_ISDIR(status.st_mode):
            self._folder(path, status)
        elif _is_dicomdir(path.name, status):
            self._dicomdir(path)
        elif is_archive(path):
            self.visit(unpacked(path, ImageCache()))
        else:
            self._file(path, status)

    def _folder(self, folder: Path, status: os.stat_result) -> None:
        root = folder.resolve()
        pending = [(folder, status)]
        while pending:
            here, status = pending.pop()
            identity = (status.st_dev, status.st_ino)
            if identity in self._folders:
                self.skipped.append(Skipped(here, "a link to a folder already read"))
                continue
            self._folders.add(identity)
            pending.extend(reversed(list(self._entries(here, root))))

    def _entries(
        self, folder: Path, root: Path
    ) -> Iterator[tuple[Path, os.stat_result]]:
        """Take the files of a folder; return the folders in it."""
        try:
            with os.scandir(folder) as entries:  # it knows which of them are links
                found = sorted((one.name, one.is_symlink()) for one in entries)
        except OSError as error:
            why = f"cannot be read: {error.strerror or error}"
            self.skipped.append(Skipped(folder, why))
            return
        if not found:
            self.skipped.append(Skipped(folder, "an empty folder"))
        for name, is_link in found:
            path = folder / name
            if is_link and leads_out(path, root):
                self.skipped.append(Skipped(path, OUT))
                continue
            try:
                status = path.stat()
            except OSError as error:
                why = f"cannot be read: {error.strerror or error}"
                self.skipped.append(Skipped(path, why))
                continue
            if stat.S_ISDIR(status.st_mode):
                yield path, status
            elif _is_dicomdir(name, status):
                self._dicomdir(path)
            else:
                self._file(path, status)

    def _file(self, path: Path, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            self.skipped.append(Skipped(path, "not a regular file"))
            return
        self.files.setdefault((status.st_dev, status.st_ino), (path, status))

    def _dicomdir(self, path: Path) -> None:
        try:
            named = read_dicomdir(path)
        except DicomError as error:
            why = "; ".join(fault.what for fault in error.faults)
            self.skipped.append(Skipped(path, why))
            return
        except OSError as error:
            why = f"cannot be read: {error.strerror or error}"
            self.skipped.append(Skipped(path, why))
            return
        self.skipped.extend(named.skipped)
        for file in named.files:
            self._file(file, file.stat())
