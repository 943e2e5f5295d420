"""How the slices of one stack lie to each other: sorted, and honest about it.

Distances are taken from ImagePositionPatient along the normal of the slices (PS3.3,
C.7.6.2.1.1), never from SliceThickness, SpacingBetweenSlices or SliceLocation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.dicom.header import tags
from recist_tool.dicom.pixels.codestream import (
    ALWAYS_LOSSY,
    HEAD,
    JPEG_2000_SYNTAXES,
    JPEG_LS_SYNTAXES,
    LOSSY_SYNTAXES,
    loses,
)
from recist_tool.measure.geometry.grid import is_even
from recist_tool.measure.geometry.volume import GeometryWarning
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from recist_tool.dicom.header.slice_header import SliceHeader

DISPENSABLE: Final = {
    tags.SLICE_THICKNESS: "SliceThickness",
    tags.GANTRY_TILT: "GantryDetectorTilt",
    tags.KVP: "KVP",
    tags.RECONSTRUCTION_DIAMETER: "ReconstructionDiameter",
    tags.INSTANCE_NUMBER: "InstanceNumber",
    tags.PATIENT_SIZE: "PatientSize",
}
"""Numbers without which a series is a volume all the same."""

SAME_POSITION_MM: Final = 0.01
EVEN: Final = 0.01  # a gap may differ from the others by 1 %: positions are rounded
EVEN_MM: Final = 0.02
SHEAR_DEGREES: Final = 0.05
SHIFT_MM: Final = 0.05
SQUARE: Final = 1e-3
THICKNESS_MM: Final = 0.05
SAME_THICKNESS: Final = 0.02
TELLING: Final = JPEG_LS_SYNTAXES | JPEG_2000_SYNTAXES
"""Their codestream says whether something was lost."""


class Stack(NamedTuple):
    """Slices sorted along their normal, and what is not regular about them.

    Attributes
    ----------
    slices
        From the lowest position along the normal to the highest.
    slice_spacing_mm
        A number only where the slices make one regular, unsheared box.
    """

    slices: tuple[SliceHeader, ...]
    slice_spacing_mm: float | None
    warnings: tuple[GeometryWarning, ...]


class _Lie(NamedTuple):
    """Slices by depth along the normal and by shift across it, mm."""

    depths: NDArray[np.float64]
    shifts: NDArray[np.float64]

    @property
    def gaps(self) -> NDArray[np.float64]:
        """Distances between neighbouring slices that are not at one position."""
        gaps = np.diff(self.depths)
        return gaps[gaps > SAME_POSITION_MM]

    @property
    def repeats(self) -> int:
        """How many slices lie at the position of the one before."""
        return len(self.depths) - 1 - len(self.gaps)


def depth_mm(image: SliceHeader) -> float:
    """Return the position of a slice along its normal (row axis x column axis)."""
    (a, b, c), (u, v, w) = image.row_axis_lps, image.column_axis_lps
    x, y, z = image.position_lps
    return x * (b * w - c * v) + y * (c * u - a * w) + z * (a * v - b * u)


def stack(images: Sequence[SliceHeader]) -> Stack:
    """Sort slices of one orientation and say what is not regular about them."""
    slices = tuple(sorted(images, key=_order))
    lie = _lie(slices)
    first = slices[0]
    warnings = [*_pixel_warnings(first), *_malformed(first), *_lossy(slices)]
    if len(slices) == 1:
        text = "one slice alone: no volume, no distance between slices"
        warnings.append(GeometryWarning(WarningCode.SINGLE_SLICE, text))
        return Stack(slices, None, tuple(warnings))
    uneven = [*_repeats(lie), *_uneven(lie), *_sheared(lie, slices)]
    spacing = None if uneven else round(float(lie.depths[-1]) / (len(slices) - 1), 9)
    warnings += uneven + _thickness(lie, slices)
    return Stack(slices, spacing, tuple(warnings))


def _order(image: SliceHeader) -> tuple[object, ...]:
    number = image.instance_number, image.frame_number
    return depth_mm(image), *number, image.path


def _lie(slices: Sequence[SliceHeader]) -> _Lie:
    first = slices[0]
    positions = np.array([image.position_lps for image in slices], dtype=np.float64)
    normal = np.cross(first.row_axis_lps, first.column_axis_lps)
    offsets = positions - positions[0]
    depths = offsets @ normal
    return _Lie(depths, offsets - np.outer(depths, normal))


def _base_gap(gaps: NDArray[np.float64]) -> float:
    """Return the distance that the closest slices keep."""
    least = float(gaps.min())
    return float(gaps[gaps <= least + _tolerance(least)].mean())


def _middle(gaps: NDArray[np.float64]) -> float:
    return float(np.sort(gaps)[len(gaps) // 2])  # np.median loads numpy.ma: 20 ms


def _tolerance(gap: float) -> float:
    return max(EVEN_MM, EVEN * gap)


def _repeats(lie: _Lie) -> list[GeometryWarning]:
    if not lie.repeats:
        return []
    places = len(lie.gaps) + 1
    text = (
        f"{len(lie.depths)} slices lie at only {places} "
        f"{'position' if places == 1 else 'positions'}: no volume can be measured"
    )
    return [GeometryWarning(WarningCode.DUPLICATE_POSITION, text)]


def _uneven(lie: _Lie) -> list[GeometryWarning]:
    gaps = lie.gaps
    if not len(gaps):
        return []
    drift = np.cumsum(gaps) - np.arange(1, len(gaps) + 1) * gaps.mean()
    if is_even(np.append(0.0, drift), float(gaps.mean())):
        return []
    base = _base_gap(gaps)
    text = (
        f"distances between slices run from {gaps.min():.3f} to {gaps.max():.3f} mm: "
        "volumes and lengths across slices are refused"
    )
    irregular = GeometryWarning(WarningCode.IRREGULAR_SPACING, text)
    return [*_missing(gaps, base), irregular]


def _missing(gaps: NDArray[np.float64], base: float) -> list[GeometryWarning]:
    """Say that slices are missing where every gap is a multiple of the smallest."""
    steps = np.rint(gaps / base)
    if (np.abs(gaps - steps * base) > steps * _tolerance(base)).any():
        return []
    missing = int(steps.sum()) - len(steps)
    if not missing:
        return []
    where = int(np.argmax(steps))
    text = (
        f"{missing} {'slice is' if missing == 1 else 'slices are'} missing: slices are "
        f"{base:.3f} mm apart, but {gaps[where]:.3f} mm after slice {where + 1}"
    )
    return [GeometryWarning(WarningCode.MISSING_SLICE, text)]


def _sheared(lie: _Lie, slices: Sequence[SliceHeader]) -> list[GeometryWarning]:
    """Say how slices are shifted against each other across their normal."""
    depths, shifts = lie
    length = float(depths @ depths)
    slope = depths @ shifts / length if length else np.zeros(3)
    angle = math.degrees(math.atan(float(np.linalg.norm(slope))))
    rest = float(np.linalg.norm(shifts - np.outer(depths, slope), axis=1).max())
    warnings: list[GeometryWarning] = []
    shifted = float(np.linalg.norm(slope)) * float(np.ptp(depths))
    if angle > SHEAR_DEGREES and shifted > SHIFT_MM:
        text = (
            f"slices are sheared by {angle:.1f} degrees (tilted gantry): "
            "measure in the plane of the slices only"
        )
        warnings.append(GeometryWarning(WarningCode.GANTRY_TILT, text))
    elif _untold_tilt(slices[0]):
        text = (
            "GantryDetectorTilt (0018,1120) is not 0, but the positions of the slices "
            "do not show it: measure in the plane of the slices only"
        )
        warnings.append(GeometryWarning(WarningCode.GANTRY_TILT, text))
    if rest > SHIFT_MM:
        text = f"slices are shifted sideways by up to {rest:.2f} mm"
        warnings.append(GeometryWarning(WarningCode.IRREGULAR_SPACING, text))
    return warnings


def _untold_tilt(image: SliceHeader) -> bool:
    """Whether a tilt is stated while the slices are said to be exactly axial."""
    tilt = image.elements.number(tags.GANTRY_TILT) or 0.0
    x, y, z = np.cross(image.row_axis_lps, image.column_axis_lps)
    return abs(tilt) > 0.5 and max(abs(x), abs(y)) < 1e-3 and abs(z) > 0.5


def _pixel_warnings(image: SliceHeader) -> list[GeometryWarning]:
    if image.pixel_spacing_mm is None:
        why = image.elements.why_no(tags.PIXEL_SPACING, "pair of numbers above 0")
        text = (
            f"PixelSpacing (0028,0030) {why}; no length can be measured "
            "(a spacing at the detector is not one in the patient)"
        )
        return [GeometryWarning(WarningCode.NO_PIXEL_SPACING, text)]
    rows, columns = image.pixel_spacing_mm
    if abs(rows - columns) <= SQUARE * max(rows, columns):
        return []
    text = f"pixels are not square: {rows:g} mm high, {columns:g} mm wide"
    return [GeometryWarning(WarningCode.NON_SQUARE_PIXELS, text)]


def _malformed(image: SliceHeader) -> list[GeometryWarning]:
    """Say which numbers that a read can do without are taken as missing."""
    found = image.elements
    faults = [
        f"{name} {tags.written(tag)} {found.why_no(tag, 'number')}"
        for tag, name in DISPENSABLE.items()
        if found.text(tag) and found.number(tag) is None
    ]
    if not faults:
        return []
    text = f"{'; '.join(faults)}; taken as missing"
    return [GeometryWarning(WarningCode.MALFORMED_NUMBER, text)]


def _lossy(slices: Sequence[SliceHeader]) -> list[GeometryWarning]:
    count = sum(map(_is_lossy, slices))
    if not count:
        return []
    text = f"{count} of {len(slices)} slices were compressed with loss"
    return [GeometryWarning(WarningCode.LOSSY_COMPRESSION, text)]


def _is_lossy(image: SliceHeader) -> bool:
    """Whether a slice lost something, by its tag or by its own codestream.

    Tags are copied from before the compression; what the compressed bytes say of
    themselves stands above a tag that says no.
    """
    said = image.elements.text(tags.LOSSY_COMPRESSION)
    syntax = image.header.transfer_syntax
    if said == "01" or syntax in ALWAYS_LOSSY:
        return True
    if not image.header.fragments or syntax not in TELLING:
        return False
    head = _head(image)
    return loses(syntax, head) if head else said != "00" and syntax in LOSSY_SYNTAXES


def _head(image: SliceHeader) -> bytes:
    """Return the first bytes of a compressed frame; nothing where it cannot be read."""
    first = image.header.fragments[0]
    try:
        with image.path.open("rb", buffering=0) as file:
            file.seek(first.offset)
            return file.read(min(first.length, HEAD))
    except OSError:
        return b""


def _thickness(lie: _Lie, slices: Sequence[SliceHeader]) -> list[GeometryWarning]:
    thickness = slices[0].thickness_mm
    if thickness is None or not len(lie.gaps):
        return []
    base = _middle(lie.gaps)
    if abs(thickness - base) <= max(THICKNESS_MM, SAME_THICKNESS * base):
        return []
    text = f"slices are {thickness:g} mm thick but {base:g} mm apart"
    return [GeometryWarning(WarningCode.THICKNESS_DIFFERS, text)]
