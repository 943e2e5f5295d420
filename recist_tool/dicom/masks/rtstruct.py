"""Contours of an RT structure set, filled on the slices of a series (PS3.3, A.19)."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.dicom.masks.dataset import damage_told, number_of, read_dataset
from recist_tool.dicom.masks.mask_file import (
    Segment,
    Segments,
    require_own_number,
    segment_at,
    told_at,
    too_slow,
)
from recist_tool.dicom.masks.planes import MaskPlane, is_same_distance, stacked
from recist_tool.errors import Fault, GeometryError
from recist_tool.limits import measuring_ends
from recist_tool.measure.mask.labels import require_few, require_held, require_lesion
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask.outlines import Enclosed, disjoined, united

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom import Dataset

    from recist_tool.dicom.header.parse import Header
    from recist_tool.measure.geometry.grid import Grid

    Floats = NDArray[np.float64]

XOR: Final = "CLOSEDPLANAR_XOR"
CLOSED: Final = frozenset({"CLOSED_PLANAR", XOR})
POINT: Final = "POINT"
OFF_SLICE: Final = 0.1
"""Contours may lie so much of the distance between slices beside one."""
FINE_MM: Final = 0.25
"""Pixels on which contours are filled that have no series, or else …"""
MOST_ACROSS: Final = 1000
"""… pixels so small that so many of them reach across the structure set."""
LEAST_CORNERS: Final = 3
SAME_MM: Final = 0.01
"""A contour no wider than this is a line."""
ANOTHER: Final = "Choose the series on which it was drawn"
NOTES: Final = {
    "holes": "a contour lies within another: taken as a hole",
    "repeats": "an outline was drawn again: counted once",
    "overlaps": "contours overlap: what any of them encloses is inside",
    "overruns": "a contour runs over itself: what it goes round twice is inside",
}
"""What is said of contours that were interpreted, by the counts of `Enclosed`."""


class _Roi(NamedTuple):
    """A region of interest.

    Attributes
    ----------
    contours
        Closed ones, each of shape (points, 3), LPS, mm.
    kinds
        Of all its contours.
    left_out
        How many contours are a point, or a line, and so enclose nothing.
    thicknesses_mm
        Of the slabs that its contours say that they stand for; empty where they do not.
    """

    number: int
    name: str
    frame_of_reference_uid: str
    contours: tuple[Floats, ...]
    kinds: frozenset[str]
    left_out: int
    thicknesses_mm: frozenset[float]


@dataclass(frozen=True, eq=False, kw_only=True)
class StructureSet:
    """An RT structure set: contours, which become voxels on a series.

    Attributes
    ----------
    numbers
        Of its regions, as it describes them; one that is there twice tells none.
    spacing_mm
        Distance between the slices that it was drawn on, where it says so.
    """

    path: Path
    series_instance_uid: str
    rois: tuple[_Roi, ...]
    numbers: tuple[int, ...]
    spacing_mm: float | None
    kind: str = "RTSTRUCT"

    def segments(self, grid: Grid | None = None) -> Segments:
        """Return its regions, filled on the slices of a series.

        Without a series they are filled on their own planes, with pixels of 0.25 mm,
        or of a thousandth of the structure set where that is more.

        Raises
        ------
        GeometryError
            If no region could be filled.
        """
        remarks: list[Fault] = []
        if grid is None:
            grid = self._own_grid()
            remarks += self._guess(grid)
        found: list[Segment] = []
        faults: list[Fault] = []
        counts, held = Counter(self.numbers), 0
        ends = measuring_ends()
        for done, roi in enumerate(self.rois):
            if time.monotonic() > ends:
                faults.append(too_slow(self.path, len(self.rois) - done))
                break
            where = segment_at(self.path, roi.number)
            try:
                require_own_number(roi.number, counts, where)
                mask, notes = _mask(roi, grid, where)
            except GeometryError as error:
                faults += error.faults
                continue
            remarks += _remarks(roi, mask, notes, where)
            found.append(Segment(label=roi.number, name=roi.name, mask=mask))
            held += mask.inside.size
            with told_at(self.path.name):
                require_held(held)
        if not found:
            nothing = Fault(self.path.name, "it holds no closed contour")
            raise GeometryError(*(faults or [nothing]))
        return Segments(tuple(found), tuple(faults), tuple(remarks))

    def _own_grid(self) -> Grid:
        contours = [
            one for roi in self.rois for one in roi.contours if np.isfinite(one).all()
        ]
        if not contours:
            raise GeometryError.at(self.path.name, "it holds no closed contour")
        frames = {roi.frame_of_reference_uid for roi in self.rois if roi.contours}
        if len(frames) > 1:
            raise GeometryError.at(
                self.path.name,
                "its contours lie in several frames of reference",
                ANOTHER,
            )
        return _fine_grid(contours, frames.pop(), self.spacing_mm)

    def _guess(self, grid: Grid) -> Iterator[Fault]:
        """Say where the distance between slices is taken from the contours alone."""
        step = grid.slice_spacing_mm
        if step is None or self.spacing_mm or grid.shape[0] < 2:
            return
        said = {mm for roi in self.rois for mm in roi.thicknesses_mm}
        if len(said) == 1 and is_same_distance(min(said), step):
            return
        yield Fault(
            self.path.name,
            "it does not state the distance between the slices that it was drawn on; "
            f"{step:g} mm is the smallest between its contours, so that volumes are "
            "too large if slices between them were left out",
            "Measure it with its series, which tells",
        )


def read_structure_set(path: Path, header: Header | None = None) -> StructureSet:
    """Return the contours of an RT structure set.

    Raises
    ------
    DicomError
        If it is damaged.
    """
    dataset = read_dataset(path, header)
    with damage_told(path), told_at(path.name):
        require_few(len(dataset.StructureSetROISequence))
        return StructureSet(
            path=path,
            series_instance_uid=_series_uid(dataset),
            rois=tuple(_rois(dataset)),
            numbers=tuple(
                int(one.ROINumber) for one in dataset.StructureSetROISequence
            ),
            spacing_mm=_spacing_mm(dataset),
        )


def _series_uid(dataset: Dataset) -> str:
    """Return the one series that is referenced; empty where there is none, or more."""
    found = {
        str(series.get("SeriesInstanceUID", ""))
        for frame in dataset.get("ReferencedFrameOfReferenceSequence") or ()
        for study in frame.get("RTReferencedStudySequence") or ()
        for series in study.get("RTReferencedSeriesSequence") or ()
    }
    return found.pop() if len(found) == 1 else ""


def _spacing_mm(dataset: Dataset) -> float | None:
    """Return the distance between the planes of pixels that it was made from.

    Source Pixel Planes Characteristics (PS3.3, C.8.8.6.4); None where regions say
    nothing, or different things.
    """
    found = {
        spacing_mm
        for item in dataset.get("ROIContourSequence") or ()
        for planes in item.get("SourcePixelPlanesCharacteristicsSequence") or ()
        if (spacing_mm := number_of(planes, "SpacingBetweenSlices"))
    }
    return found.pop() if len(found) == 1 and min(found) > 0 else None


def _rois(dataset: Dataset) -> Iterator[_Roi]:
    """Give every region, also one whose contours come in parts or without a name."""
    from pydicom import Dataset

    drawn: defaultdict[int, list[Dataset]] = defaultdict(list)
    for item in dataset.get("ROIContourSequence") or ():
        drawn[int(item.ReferencedROINumber)] += item.get("ContourSequence") or ()
    described = {int(item.ROINumber): item for item in dataset.StructureSetROISequence}
    for number in sorted(described.keys() | drawn.keys()):
        item = described.get(number, Dataset())
        contours = drawn[number]
        kinds = [_kind(one) for one in contours]
        closed = [_points(one) for one in contours if _kind(one) in CLOSED]
        areas = tuple(filter(_is_area, closed))
        thicknesses = (number_of(one, "ContourSlabThickness") for one in contours)
        yield _Roi(
            number=number,
            name=str(item.get("ROIName") or ""),
            frame_of_reference_uid=str(item.get("ReferencedFrameOfReferenceUID") or ""),
            contours=areas,
            kinds=frozenset(kinds),
            left_out=len(closed) - len(areas) + kinds.count(POINT),
            thicknesses_mm=frozenset(filter(None, thicknesses)),
        )


def _kind(contour: Dataset) -> str:
    return str(contour.get("ContourGeometricType", ""))


def _points(contour: Dataset) -> Floats:
    """Return the points of a contour, or none that is a number where it is damaged.

    All numbers are read at once: there are many.
    """
    if "ContourData" not in contour:
        return np.empty((0, 3))
    text = bytes(contour.get_item("ContourData").value or b"")
    try:
        return np.array(text.split(b"\\")).astype(float).reshape(-1, 3)
    except ValueError:
        return np.full((LEAST_CORNERS, 3), np.nan)


def _is_area(contour: Floats) -> bool:
    """Whether a contour is more than a point or a line, or damaged."""
    if not np.isfinite(contour).all():
        return True
    if len(contour) < LEAST_CORNERS:
        return False
    across = np.linalg.svd(contour - contour.mean(axis=0), compute_uv=False)[1]
    return bool(across > SAME_MM)


def _fine_grid(
    contours: Sequence[Floats], frame_of_reference_uid: str, spacing_mm: float | None
) -> Grid:
    """Return a grid of small pixels on the planes of contours."""
    row_axis, column_axis = _axes(contours[0])
    points = np.concatenate(contours)
    across, down = points @ row_axis, points @ column_axis
    size = max(np.ptp(across), np.ptp(down))
    pixel_mm = max(FINE_MM, float(size) / MOST_ACROSS)
    corner = (across.min() - pixel_mm) * row_axis + (
        down.min() - pixel_mm
    ) * column_axis
    shape = (int(np.ptp(down) / pixel_mm) + 3, int(np.ptp(across) / pixel_mm) + 3)
    plane = MaskPlane(
        row_axis_lps=row_axis,
        column_axis_lps=column_axis,
        pixel_spacing_mm=(pixel_mm, pixel_mm),
        shape=shape,
        frame_of_reference_uid=frame_of_reference_uid,
    )
    depths = np.array([contour[0] @ plane.normal_lps for contour in contours])
    return stacked(corner + depths[:, None] * plane.normal_lps, plane, spacing_mm).grid


def _axes(contour: Floats) -> tuple[Floats, Floats]:
    """Return two axes in the plane of a contour, along x and y as far as may be."""
    offsets = contour - contour.mean(axis=0)
    normal = np.linalg.svd(offsets, full_matrices=True)[2][2]
    along = np.eye(3)[0 if abs(normal[0]) < abs(normal).max() else 1]
    row_axis = along - (along @ normal) * normal
    row_axis /= np.linalg.norm(row_axis)
    column_axis = np.cross(normal, row_axis)
    return row_axis, column_axis * (1 if column_axis.sum() > 0 else -1)


def _mask(roi: _Roi, grid: Grid, where: str) -> tuple[Mask, Counter[str]]:
    """Return what a region encloses, and on how many slices it was interpreted."""
    _require_contours(roi, grid, where)
    by_slice: defaultdict[int, list[Floats]] = defaultdict(list)
    for contour in roi.contours:
        index = _slice_of(contour, grid, where)
        pixels = grid.lps_to_pixel(index, contour)
        _require_inside(pixels, grid, where)
        by_slice[index].append(pixels)
    corners = np.concatenate([one for each in by_slice.values() for one in each])
    start = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    rows, columns = (np.ceil(corners.max(axis=0)).astype(int) + 1 - start).tolist()
    rows = min(rows, grid.shape[1] - int(start[0]))
    columns = min(columns, grid.shape[2] - int(start[1]))
    first, last = min(by_slice), max(by_slice)
    shape = (last - first + 1, rows, columns)
    with told_at(where):
        require_lesion(shape)
    inside = np.zeros(shape, np.bool_)
    notes: Counter[str] = Counter()
    for index, contours in by_slice.items():
        drawn = _enclosed(
            roi, [one - start for one in contours], (rows, columns), grid, where
        )
        inside[index - first] = drawn.inside
        notes.update(note for note in NOTES if getattr(drawn, note))
    mask = Mask(grid, (first, int(start[0]), int(start[1])), inside)
    if not inside.any():
        raise GeometryError.at(
            where, "its contours enclose the centre of no pixel: too small"
        )
    return mask.cropped(), notes


def _enclosed(
    roi: _Roi,
    contours: Sequence[Floats],
    shape: tuple[int, int],
    grid: Grid,
    where: str,
) -> Enclosed:
    combined = disjoined if XOR in roi.kinds else united
    with told_at(where):
        return combined(contours, shape, grid.require_pixel_spacing())


def _require_contours(roi: _Roi, grid: Grid, where: str) -> None:
    frames = {roi.frame_of_reference_uid, grid.frame_of_reference_uid} - {""}
    if len(frames) > 1:
        raise GeometryError.at(
            where, "its frame of reference is not that of the image", ANOTHER
        )
    others = roi.kinds - CLOSED - ({POINT} if roi.contours else set())
    if others:
        kinds = ", ".join(sorted(others))
        raise GeometryError.at(where, f"it has contours that enclose nothing ({kinds})")
    if roi.kinds >= CLOSED:
        raise GeometryError.at(
            where,
            f"it has contours of both kinds, {' and '.join(sorted(CLOSED))}: how they "
            "combine is not defined",
            "Draw it with one of them",
        )
    if not roi.contours:
        nothing = "it is empty: no contour was drawn"
        lines = "it has a contour of fewer than three points, or a line, and no other"
        raise GeometryError.at(where, lines if roi.left_out else nothing)
    if not all(np.isfinite(contour).all() for contour in roi.contours):
        raise GeometryError.at(where, "it has points that are no finite numbers")


def _slice_of(contour: Floats, grid: Grid, where: str) -> int:
    """Return the slice in whose plane a contour lies."""
    depths = grid.slice_origins_lps @ grid.normal_lps
    of_points = contour @ grid.normal_lps
    index = int(np.abs(depths - of_points.mean()).argmin())
    off_mm = float(np.abs(of_points - depths[index]).max())
    gaps = np.diff(depths)
    gap_mm = float(gaps.min()) if len(gaps) else grid.slice_thickness_mm or 1.0
    if off_mm > OFF_SLICE * gap_mm:
        raise GeometryError.at(
            where, f"a contour lies {off_mm:.3g} mm off the nearest slice", ANOTHER
        )
    return index


def _require_inside(pixels: Floats, grid: Grid, where: str) -> None:
    _, rows, columns = grid.shape
    if (pixels < -0.5).any() or (pixels > (rows - 0.5, columns - 0.5)).any():
        raise GeometryError.at(where, "it reaches outside the image", ANOTHER)


def _remarks(roi: _Roi, mask: Mask, notes: Counter[str], where: str) -> Iterator[Fault]:
    for note, text in NOTES.items():
        if notes[note]:
            yield Fault(where, f"on {_slices(notes[note])} {text}")
    if roi.left_out:
        yield Fault(
            where,
            f"{roi.left_out} of its contours are a point or a line, and enclose "
            "nothing: left out",
        )
    empty = int(np.count_nonzero(~mask.inside.any(axis=(1, 2))))
    if empty:
        yield Fault(
            where,
            f"{empty} slices between its first and its last have no contour: "
            "nothing is filled in between",
        )


def _slices(count: int) -> str:
    return "1 slice" if count == 1 else f"{count} slices"
