"""Files of masks in a folder, and the images that belong to each of them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import MARK, MARK_AT, read_header
from recist_tool.dicom.masks.read import LABEL_IMAGES
from recist_tool.dicom.scan.links import files_below
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError, GeometryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from recist_tool.dicom.masks.mask_file import MaskFile
    from recist_tool.dicom.scan.series import Series

MASKS = frozenset({"SEG", "RTSTRUCT"})


class MaskJob(NamedTuple):
    """One file to measure.

    Attributes
    ----------
    file
        Its path within the folder, with slashes.
    size, modified_ns
        To notice that it changed.
    """

    file: str
    size: int
    modified_ns: int


def mask_jobs(folder: Path) -> tuple[MaskJob, ...]:
    """Return the files of masks in a folder and all below, by name.

    Label images are known by their names, DICOM files by their Modality; a DICOM file
    that is damaged is among them, so that it is not passed over in silence. Links out
    of the folder are not.

    Raises
    ------
    DicomError
        If there is none.
    """
    jobs = [
        MaskJob(path.relative_to(folder).as_posix(), found.st_size, found.st_mtime_ns)
        for path in files_below(folder)
        if _is_mask(path)
        for found in [path.stat()]
    ]
    if not jobs:
        raise DicomError.at(
            folder,
            "no file of masks found",
            "Choose a folder with SEG, RTSTRUCT, .nii.gz",
        )
    return tuple(sorted(jobs))


def _is_mask(path: Path) -> bool:
    if path.name.lower().endswith(tuple(LABEL_IMAGES)):
        return True
    try:
        return read_header(path).elements.text(tags.MODALITY) in MASKS
    except DicomError:
        return _is_marked(path)
    except OSError:
        return False


def _is_marked(path: Path) -> bool:
    """Whether a file says that it is DICOM."""
    with path.open("rb") as file:
        return file.read(MARK_AT + len(MARK))[MARK_AT:] == MARK


class ImageIndex(NamedTuple):
    """Where the images are: enough for a worker to find those of a mask.

    Attributes
    ----------
    by_uid, by_folder
        Paths by SeriesInstanceUID, and by the folder that they lie in, relative to the
        root; empty for the root itself.
    """

    by_uid: Mapping[str, Sequence[str]]
    by_folder: Mapping[str, Sequence[str]]

    def series_of(self, file: MaskFile, name: str) -> tuple[Series, ...]:
        """Return the series among which is the one that a mask was drawn on.

        Those of the UID that it names; else those in, or below, the folder of its own
        name, or else a folder above it; else the only series that there is.

        Parameters
        ----------
        name
            The path of the mask in its folder: ``P7/TP1/liver.nii.gz`` belongs to the
            images in ``P7/TP1/liver``, or in ``P7/TP1``, or in ``P7``.

        Raises
        ------
        GeometryError
            If there is none.
        """
        paths = self.by_uid.get(file.series_instance_uid) or self._beside(name)
        if not paths:
            raise GeometryError.at(
                file.path.name,
                "no images were found for it",
                "Name it, or the folder it is in, as the folder of its images",
            )
        return scan(map(Path, paths), cached=False).require_series()

    def _beside(self, name: str) -> list[str]:
        folder, _, last = name.rpartition("/")
        stem = next(
            (last[: -len(end)] for end in LABEL_IMAGES if last.lower().endswith(end)),
            last.rpartition(".")[0] or last,
        )
        places = [f"{folder}/{stem}".lstrip("/")]
        while folder:
            places.append(folder)
            folder = folder.rpartition("/")[0]
        if len(self.by_uid) == 1:
            places.append("")
        below = (self._below(place) for place in places)
        for paths in below:
            if paths:
                return paths
        return []

    def _below(self, place: str) -> list[str]:
        """Return the images in a folder and below it."""
        return [
            path
            for folder, paths in self.by_folder.items()
            if f"{folder}/".startswith(f"{place}/" if place else "")
            for path in paths
        ]


def image_index(root: Path, progress: Callable[[int, int], None] | None) -> ImageIndex:
    """Return where the images below a folder are.

    Raises
    ------
    DicomError
        If there are none.
    """
    if not root.is_dir():
        raise DicomError.at(root, "it is no folder", "Give the folder of the images")
    by_uid: defaultdict[str, list[str]] = defaultdict(list)
    by_folder: defaultdict[str, list[str]] = defaultdict(list)
    for series in scan([root], progress).require_series():
        for path in series.files:
            by_uid[series.series_instance_uid].append(str(path.resolve()))
            folder = path.parent.relative_to(root).as_posix()
            by_folder[folder].append(str(path.resolve()))
    return ImageIndex(dict(by_uid), dict(by_folder))
