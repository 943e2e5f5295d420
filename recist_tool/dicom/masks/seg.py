"""DICOM segmentations: binary, fractional and label maps (PS3.3, A.51)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from recist_tool.dicom.masks.dataset import damage_told, number_of, read_dataset
from recist_tool.dicom.masks.mask_file import (
    Segment,
    Segments,
    placed,
    require_own_number,
    segment_at,
    told_at,
)
from recist_tool.dicom.masks.planes import MaskPlane, is_same_distance, stacked
from recist_tool.dicom.masks.seg_frames import frames
from recist_tool.errors import DicomError, Fault, GeometryError
from recist_tool.measure.mask.labels import (
    boxes_of_labels,
    require_few,
    require_held,
    require_lesion,
)
from recist_tool.measure.mask.mask import Mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom import Dataset

    from recist_tool.dicom.header.parse import Header
    from recist_tool.dicom.masks.planes import Stacked
    from recist_tool.measure.geometry.grid import Grid
    from recist_tool.measure.mask.mask import Bools

    _Shown = tuple[int, tuple[int, int], Bools]

HALF: Final = 0.5
SAME_AXES: Final = 1e-4
ROUNDED_DIGITS: Final = 9
"""0.07 of 100 is 7, though not so in binary floats."""

BACKGROUND: Final = frozenset({("125040", "DCM")})
"""The code of the background (PS3.16, D)."""
PIECE_BYTES: Final = 512
"""What is kept of a segment on one slice, beside its pixels."""


class _Piece(NamedTuple):
    """What of a segment lies on one slice: the smallest box of it."""

    slice_index: int
    start: tuple[int, int]
    inside: Bools


@dataclass(frozen=True, eq=False)
class SegFile:
    """A DICOM segmentation; its segments are read and kept apart.

    Attributes
    ----------
    drawn
        Its segments on its own voxels.
    doubts
        What to know about these, which a series would settle.
    thickness_mm
        Of the slices; None where the file does not say.
    is_spacing_stated
        Whether the distance between slices is the file's own, or the smallest between
        its frames.
    """

    path: Path
    series_instance_uid: str
    drawn: Segments
    doubts: tuple[Fault, ...] = ()
    thickness_mm: float | None = None
    is_spacing_stated: bool = True
    kind: str = "DICOM SEG"

    def segments(self, grid: Grid | None = None) -> Segments:
        """Return its segments on the voxels of a series, or on its own.

        Frames without a segment may be left out. Where the file does not state the
        distance between slices, that of the series counts, if its frames lie on it.
        """
        if grid is None:
            return self.drawn._replace(remarks=(*self.drawn.remarks, *self.doubts))
        times = self._times(grid)
        if times < 2:
            return placed(self.drawn, grid, self.path)
        remark = Fault(
            self.path.name,
            f"no two of its frames lie on neighbouring slices of the series, only on "
            f"each {times}. or fewer: nothing is filled in between",
        )
        spread = [
            one._replace(mask=_spread(one.mask, times)) for one in self.drawn.segments
        ]
        drawn = self.drawn._replace(
            segments=tuple(spread), remarks=(*self.drawn.remarks, remark)
        )
        return placed(drawn, grid, self.path)

    def _times(self, grid: Grid) -> int:
        """Return how many slices of the series one step between frames is."""
        own = next((one.mask.grid for one in self.drawn.segments), None)
        if self.is_spacing_stated or own is None:
            return 1
        if own.slice_spacing_mm is None or grid.slice_spacing_mm is None:
            return 1
        if is_same_distance(
            self.thickness_mm, own.slice_spacing_mm
        ) and not is_same_distance(self.thickness_mm, grid.slice_thickness_mm):
            return 1  # thick slices, one beside the other: not those of this series
        times = round(own.slice_spacing_mm / grid.slice_spacing_mm)
        return (
            times
            if is_same_distance(own.slice_spacing_mm, times * grid.slice_spacing_mm)
            else 1
        )


def _spread(mask: Mask, times: int) -> Mask:
    """Return a mask on a grid of more slices, those that are new left empty."""
    grid = mask.grid
    step = (grid.slice_spacing_mm or 0.0) / times
    count = (grid.shape[0] - 1) * times + 1
    depths = np.arange(count)[:, None] * step * grid.normal_lps
    finer = replace(
        grid,
        shape=(count, *grid.shape[1:]),
        slice_origins_lps=grid.slice_origins_lps[0] + depths,
        slice_spacing_mm=step,
    )
    slices, rows, columns = mask.inside.shape
    inside = np.zeros(((slices - 1) * times + 1, rows, columns), np.bool_)
    inside[::times] = mask.inside
    first, row, column = mask.start
    return Mask(finer, (first * times, row, column), inside)


def read_seg(
    path: Path, fraction: float = HALF, header: Header | None = None
) -> SegFile:
    """Return the segments of a DICOM segmentation.

    Parameters
    ----------
    fraction
        Of a fractional one: what a voxel holds at least to be inside.

    Raises
    ------
    DicomError
        If it is damaged, or does not say where its frames lie.
    """
    dataset = read_dataset(path, header)
    with damage_told(path), told_at(path.name):
        return _seg_file(dataset, path, fraction)


def _series_uid(dataset: Dataset) -> str:
    """Return the one series that is referenced; empty where there is none, or more."""
    items = dataset.get("ReferencedSeriesSequence") or ()
    found = {str(item.get("SeriesInstanceUID", "")) for item in items}
    return found.pop() if len(found) == 1 else ""


def _seg_file(dataset: Dataset, path: Path, fraction: float) -> SegFile:
    frames(dataset)  # what is not there is told before all that is said of it is read
    numbers = [int(item.SegmentNumber) for item in dataset.SegmentSequence]
    counts = Counter(numbers)
    described = dict(zip(numbers, dataset.SegmentSequence, strict=True))
    groups = _Groups(dataset)
    stack = groups.stack()
    pieces = _pieces(dataset, groups, stack.slices, fraction)
    found: list[Segment] = []
    faults: list[Fault] = []
    for label in sorted((described.keys() | pieces.keys()) - _background(dataset)):
        where = segment_at(path, label)
        try:
            require_own_number(label, counts, where)
            mask = _assembled(pieces[label], stack.grid, where)
        except GeometryError as error:
            faults += error.faults
            continue
        found.append(_segment(label, described.get(label), mask))
    spacing_mm, thickness_mm = groups.stated_mm()
    remarks = tuple(_remarks(dataset, path, stack, fraction))
    return SegFile(
        path=path,
        series_instance_uid=_series_uid(dataset),
        drawn=Segments(tuple(found), tuple(faults), remarks),
        doubts=(*_sparse(path, stack), *_guess(groups, path, stack)),
        thickness_mm=thickness_mm,
        is_spacing_stated=spacing_mm is not None,
    )


def _background(dataset: Dataset) -> set[int]:
    """Return the labels of what is no lesion, in a label map.

    Every value is described as a segment there, the background too (PS3.3,
    C.8.20.2.3.3): known by its code or its name, as the padding, or as 0 where that is
    not described.
    """
    if dataset.SegmentationType != "LABELMAP":
        return set()
    coded = {
        int(item.SegmentNumber)
        for item in dataset.SegmentSequence
        for code in item.get("SegmentedPropertyTypeCodeSequence") or ()
        if (code.get("CodeValue"), code.get("CodingSchemeDesignator")) in BACKGROUND
    }
    named = {
        int(item.SegmentNumber)
        for item in dataset.SegmentSequence
        if str(item.get("SegmentLabel") or "").strip().casefold() == "background"
    }
    described = {int(item.SegmentNumber) for item in dataset.SegmentSequence}
    padding = int(dataset.get("PixelPaddingValue") or 0)
    return ({0} - described) | {padding} | coded | named


def _segment(label: int, described: Dataset | None, mask: Mask) -> Segment:
    if described is None:
        return Segment(label=label, name="", mask=mask)
    name = described.get("SegmentLabel") or described.get("SegmentDescription") or ""
    uid = str(described.get("TrackingUID") or "")
    return Segment(
        label=label,
        name=str(name),
        mask=mask,
        tracking_uid=uid,
        site=_site(described),
    )


def _site(described: Dataset) -> str:
    """Return where a segment is: its region, else what it is of (PS3.3, C.8.20.4)."""
    for keyword in ("AnatomicRegionSequence", "SegmentedPropertyTypeCodeSequence"):
        for code in described.get(keyword) or ():
            if code.get("CodeMeaning"):
                return str(code.CodeMeaning)
    return ""


def _remarks(
    dataset: Dataset, path: Path, stack: Stacked, fraction: float
) -> Iterator[Fault]:
    if dataset.get("SegmentationType") == "FRACTIONAL":
        yield Fault(
            path.name, f"fractional: voxels that hold {fraction:g} or more are inside"
        )
    for warning in stack.grid.warnings:
        yield Fault(path.name, warning.text)


def _sparse(path: Path, stack: Stacked) -> Iterator[Fault]:
    slices = np.unique(stack.slices)
    if len(slices) > 1 and np.diff(slices).min() > 1:
        yield Fault(
            path.name,
            "no two of its frames are neighbours by the distance between slices that "
            f"it states, {stack.grid.slice_spacing_mm:g} mm",
            "Measure it with its series, which tells",
        )


def _guess(groups: _Groups, path: Path, stack: Stacked) -> Iterator[Fault]:
    """Say where the distance between slices is taken from the frames alone.

    Frames without a segment may be left out, so the smallest distance between those
    that are there can be a multiple of the true one.
    """
    step = stack.grid.slice_spacing_mm
    spacing_mm, thickness_mm = groups.stated_mm()
    if step is None or spacing_mm or len(np.unique(stack.slices)) < 2:
        return
    if not is_same_distance(thickness_mm, step):
        thickness = f"{thickness_mm:g} mm" if thickness_mm else "unknown"
        yield Fault(
            path.name,
            f"it does not state the distance between slices; {step:g} mm is the "
            f"smallest between its frames (slice thickness: {thickness}), so that "
            "volumes are too large if slices between them were left out",
            "Measure it with its series, which tells",
        )


class _Groups:
    """The functional groups: what all frames share, and what is each one's own."""

    def __init__(self, dataset: Dataset) -> None:
        shared = dataset.get("SharedFunctionalGroupsSequence") or ()
        self._dataset = dataset
        self._shared: Dataset | None = next(iter(shared), None)
        self._own: Sequence[Dataset] = (
            dataset.get("PerFrameFunctionalGroupsSequence") or ()
        )
        count = int(dataset.get("NumberOfFrames") or 1)
        if len(self._own) != count:
            raise DicomError(
                f"NumberOfFrames (0028,0008) is {count}, but it describes "
                f"{len(self._own)} frames"
            )

    def labels(self) -> list[int]:
        """Return which segment each frame shows."""
        return [
            int(item.ReferencedSegmentNumber)
            for item in self._each("SegmentIdentificationSequence")
        ]

    def stack(self) -> Stacked:
        """Return the grid on which the frames lie."""
        origins = self._numbers("PlanePositionSequence", "ImagePositionPatient", 3)
        axes = self._one("PlaneOrientationSequence", "ImageOrientationPatient", 6)
        rows_mm, columns_mm = self._one("PixelMeasuresSequence", "PixelSpacing", 2)
        if min(rows_mm, columns_mm) <= 0:
            raise DicomError("PixelSpacing (0028,0030) is not above 0")
        row_axis, column_axis = _unit_axes(axes)
        plane = MaskPlane(
            row_axis_lps=row_axis,
            column_axis_lps=column_axis,
            pixel_spacing_mm=(float(rows_mm), float(columns_mm)),
            shape=(int(self._dataset.Rows), int(self._dataset.Columns)),
            frame_of_reference_uid=str(self._dataset.get("FrameOfReferenceUID", "")),
        )
        return stacked(origins, plane, self.stated_mm()[0])

    def stated_mm(self) -> tuple[float | None, float | None]:
        """Return distance and thickness of slices as the file states them."""
        measures = next(iter(self._each("PixelMeasuresSequence")))
        spacing = number_of(measures, "SpacingBetweenSlices")
        thickness = number_of(measures, "SliceThickness")
        return abs(spacing) if spacing else None, thickness or None

    def _each(self, keyword: str) -> Iterator[Dataset]:
        for number, own in enumerate(self._own, start=1):
            group = own if keyword in own else self._shared
            found: Sequence[Dataset] = (group.get(keyword) if group else None) or ()
            if not found:
                raise DicomError(f"frame {number} has no {keyword}: no place for it")
            yield found[0]

    def _numbers(self, keyword: str, name: str, count: int) -> NDArray[np.float64]:
        try:
            rows = [np.array(item[name].value, float) for item in self._each(keyword)]
            values = np.array(rows).reshape(-1, count)
        except ValueError:  # a comma for a decimal point is one reason
            raise DicomError(f"{name} is not {count} numbers") from None
        if not np.isfinite(values).all():
            raise DicomError(f"{name} is no finite number")
        return values

    def _one(self, keyword: str, name: str, count: int) -> NDArray[np.float64]:
        """Return what is the same for every frame."""
        values = self._numbers(keyword, name, count)
        if np.abs(values - values[0]).max() > SAME_AXES:
            raise DicomError(f"{name} differs from frame to frame: no one volume")
        return values[0]


def _unit_axes(
    axes: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    row, column = axes[:3], axes[3:]
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if max(abs(lengths[0] - 1), abs(lengths[1] - 1), abs(row @ column)) > 0.01:
        raise DicomError(
            "ImageOrientationPatient (0020,0037) is not two perpendicular unit vectors"
        )
    return row / lengths[0], column / lengths[1]


def _pieces(
    dataset: Dataset, groups: _Groups, slices: NDArray[np.int64], fraction: float
) -> defaultdict[int, list[_Piece]]:
    """Return by label what lies on each slice; empty frames give nothing."""
    found: defaultdict[int, list[_Piece]] = defaultdict(list)
    held = 0
    for slice_index, shown in zip(
        slices.tolist(), _shown(dataset, groups, fraction), strict=True
    ):
        for label, start, inside in shown:
            found[label].append(_Piece(slice_index, start, inside))
            held += inside.size + PIECE_BYTES
        require_few(len(found))
        require_held(held)
    return found


def _shown(
    dataset: Dataset, groups: _Groups, fraction: float
) -> Iterator[Iterable[_Shown]]:
    """Return the segments that each frame shows: label, first pixel and box of each."""
    kind = dataset.SegmentationType
    if kind == "LABELMAP":
        for pixels in frames(dataset):
            yield _of_labels(pixels)
        return
    least, most = 1.0, np.inf
    if kind == "FRACTIONAL":
        most = int(dataset.MaximumFractionalValue)
        least = round(fraction * most, ROUNDED_DIGITS)
    elif kind != "BINARY":
        raise DicomError("its SegmentationType (0062,0001) is none that is known")
    for label, pixels in zip(groups.labels(), frames(dataset), strict=True):
        largest = pixels.max(initial=0)
        if largest == 0:  # most frames of most files are empty
            yield ()
            continue
        if largest > most:
            raise DicomError(
                f"it holds {largest}, more than its MaximumFractionalValue "
                f"(0062,000E), {most:g}: no fractions"
            )
        inside = (pixels >= least) & (pixels > 0)
        yield [
            (label, (box[0].start, box[1].start), inside[box].copy())
            for box in boxes_of_labels(inside.view(np.uint8)).values()
        ]


def _of_labels(pixels: NDArray[np.integer[Any]]) -> Iterator[_Shown]:
    """Give each label of a frame, the background's, too."""
    labels = np.flatnonzero(np.bincount(pixels.ravel()))
    numbers = np.zeros(int(labels[-1]) + 1, np.uint32)
    numbers[labels] = np.arange(1, len(labels) + 1)
    table = numbers[pixels]
    for number, box in boxes_of_labels(table).items():
        start = box[0].start, box[1].start
        yield int(labels[number - 1]), start, table[box] == number


def _assembled(pieces: Sequence[_Piece], grid: Grid, where: str) -> Mask:
    """Return the mask of pieces, of which each slice has one."""
    if not pieces:
        raise GeometryError.at(where, "it is empty")
    slices = [piece.slice_index for piece in pieces]
    if len(set(slices)) < len(slices):
        raise GeometryError.at(
            where, "several of its frames lie at one place", "Split it by time"
        )
    starts = np.array([(one.slice_index, *one.start) for one in pieces])
    stops = starts + [(1, *one.inside.shape) for one in pieces]
    start, stop = starts.min(axis=0), stops.max(axis=0)
    shape = tuple((stop - start).tolist())
    with told_at(where):
        require_lesion(shape)
    inside = np.zeros(shape, np.bool_)
    for piece, lower, upper in zip(pieces, starts - start, stops - start, strict=True):
        depth, rows, columns = map(slice, lower, upper)
        inside[depth, rows, columns] = piece.inside
    first, row, column = start.tolist()
    return Mask(grid, (first, row, column), inside)
