"""Lesions drawn elsewhere: what every file of masks gives, whatever its format."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

from recist_tool.errors import Fault, GeometryError
from recist_tool.limits import MEASURE
from recist_tool.measure.mask.on_grid import on_grid

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from recist_tool.measure.geometry.grid import Grid
    from recist_tool.measure.mask.mask import Mask


class Segment(NamedTuple):
    """One lesion of a file.

    Attributes
    ----------
    label
        Segment number, ROI number, or the value of its voxels.
    name
        As the file has it; may be empty.
    mask
        Its voxels.
    tracking_uid
        Tracking Unique Identifier; empty where the file has none.
    site
        What the file's own code says of where it is; empty where it has none.
    """

    label: int
    name: str
    mask: Mask
    tracking_uid: str = ""
    site: str = ""

    def details(self) -> dict[str, str]:
        """Return the fields of a lesion that the file knows."""
        known = {"name": self.name, "tracking_uid": self.tracking_uid}
        return {field: text for field, text in known.items() if text}


class Segments(NamedTuple):
    """The lesions of a file.

    Attributes
    ----------
    segments
        By label; they may overlap.
    faults
        Lesions that are not among them, and why.
    remarks
        What a person should know about those that are.
    """

    segments: tuple[Segment, ...]
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()


class MaskFile(Protocol):
    """A file of masks: a DICOM SEG, an RTSTRUCT, or a label image."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def kind(self) -> str:
        """Its format, in a word."""
        ...

    @property
    def series_instance_uid(self) -> str:
        """The series on which it was drawn; empty where the file does not say."""
        ...

    def segments(self, grid: Grid | None = None) -> Segments:
        """Return its lesions on the voxels of a series, or on those of the file.

        Raises
        ------
        GeometryError
            If none of its lesions could lie on that series.
        """
        ...


def segment_at(path: Path, label: int) -> str:
    """Return how a message names a lesion of a file; never by its name."""
    return f"{path.name}: label {label}"


@contextlib.contextmanager
def told_at(where: str) -> Generator[None]:
    """Name a file, or a lesion of it, in what is wrong with a mask.

    Raises
    ------
    GeometryError
        In place of one that was raised in the block.
    """
    try:
        yield
    except GeometryError as error:
        raise GeometryError(error.faults[0]._replace(where=where)) from None


def too_slow(path: Path, count: int) -> Fault:
    """Return what is said of the lesions for which there was no time."""
    return Fault(
        path.name,
        f"{count} of its lesions are not measured: it takes too long",
        f"Give fewer of them at a time; {MEASURE} names other seconds",
    )


def require_own_number(label: int, counts: Mapping[int, int], where: str) -> None:
    """Refuse a lesion whose number another of its file has, too.

    Parameters
    ----------
    counts
        How many segments of the file have each number.
    where
        As `segment_at` has it.

    Raises
    ------
    GeometryError
        If several have it: of which of them its voxels are, nothing tells.
    """
    count = counts.get(label, 0)
    if count > 1:
        raise GeometryError.at(
            where,
            f"{count} segments of the file have this number, so that nothing tells of "
            "which of them its voxels are",
            "Number them anew",
        )


def placed(drawn: Segments, grid: Grid, path: Path) -> Segments:
    """Return lesions on the voxels of a series; those that do not lie there are faults.

    Parameters
    ----------
    drawn
        As the file has them; its faults are kept.
    grid
        Of the series.
    path
        Names the file in faults.

    Raises
    ------
    GeometryError
        If none of them does: one fault for all.
    """
    found: list[Segment] = []
    faults = list(drawn.faults)
    for segment in drawn.segments:
        try:
            mask = on_grid(segment.mask, grid, segment_at(path, segment.label))
        except GeometryError as error:
            faults += error.faults
        else:
            found.append(segment._replace(mask=mask))
    if drawn.segments and not found:
        raise GeometryError(faults[-1]._replace(where=path.name))
    return drawn._replace(segments=tuple(found), faults=tuple(faults))
