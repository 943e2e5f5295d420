"""Whether a volume is what its files say, as an independent reader reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeGuard

import numpy as np

from recist_tool.dicom.scan.suv_tags import SeriesSuv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from recist_tool.dicom.header.slice_header import SliceHeader
    from recist_tool.dicom.scan.series import Series
    from recist_tool.measure.geometry.volume import Volume
    from tests.fuzz.expected import Expected

    Look = Callable[[SliceHeader], Expected | None]

DIRECTION = 5e-3
POSITION_MM = 1e-3
RELATIVE = 1e-3
MEANT = ("HU", "SUVbw")
INT16_LEAST = -32768


class Sound(NamedTuple):
    """What is known of the file before it was mutated.

    Attributes
    ----------
    frame
        What pydicom reads in it.
    stored
        Stored pixels that were decoded from it, where they are compressed.
    suvbw_factor
        None where it has no SUV.
    """

    frame: Expected
    stored: NDArray[np.int64] | None
    suvbw_factor: float | None


def faults_of(
    series: Series,
    volume: Volume,
    now: Look,
    before: Callable[[SliceHeader], Sound | None],
) -> list[str]:
    """Return everything about a volume that its files do not say.

    Parameters
    ----------
    now
        Gives what pydicom reads in the file of a slice.
    before
        Gives what is known of that file before it was mutated.
    """
    found = list(_of_the_whole(series, volume, now))
    for index, image in enumerate(series.slices):
        was, seen = before(image), now(image)
        known = [one for one in (seen, was.frame if was else None) if _is_read(one)]
        if not known:
            found.append(f"slice {index}: read, though pydicom reads nothing there")
            continue
        found += [
            f"slice {index}: {fault}"
            for fault in (
                *_geometry(volume, index, known),
                *_values(series, volume, index, known[0], was),
            )
        ]
    return found


def _is_read(frame: Expected | None) -> TypeGuard[Expected]:
    """Whether pydicom found its way: where it loses it, the rows are not found."""
    return frame is not None and frame.rows is not None


def _of_the_whole(series: Series, volume: Volume, now: Look) -> Iterator[str]:
    if volume.voxels.shape != series.shape:
        yield f"shape {volume.voxels.shape} is not {series.shape}"
    if not np.isfinite(volume.voxels).all():
        yield "has voxels that are no numbers"
    identities = {seen.identity for seen in map(now, series.slices) if _is_read(seen)}
    if len(identities) > 1:
        yield f"{len(identities)} identities in one volume"
    spacing, origins = series.slice_spacing_mm, volume.slice_origins_lps
    if spacing is not None and len(origins) > 1:
        steps = np.diff(origins, axis=0)
        normal = np.cross(volume.row_axis_lps, volume.column_axis_lps)
        off = np.abs(steps - spacing * normal).max()
        if off > 0.11 * spacing:
            yield f"called regular, but a slice is off by {off} mm"


def _geometry(volume: Volume, index: int, known: list[Expected]) -> Iterator[str]:
    shape = volume.voxels.shape[1:]
    if not any((one.rows, one.columns) == shape for one in known):
        yield f"is {shape}, said to be {[(one.rows, one.columns) for one in known]}"
    origin = tuple(volume.slice_origins_lps[index])
    if not _any_near(origin, [one.position for one in known], POSITION_MM, 1e-6):
        yield f"lies at {origin}, said to be {[one.position for one in known]}"
    axes = (*volume.row_axis_lps, *volume.column_axis_lps)
    if not _any_near(axes, [one.axes for one in known], 2 * DIRECTION):
        yield f"is directed {axes}, said to be {[one.axes for one in known]}"
    spacing = volume.pixel_spacing_mm
    if spacing is not None and not _any_near(
        spacing, [one.spacing for one in known], 0, RELATIVE
    ):
        yield f"has spacing {spacing}, said to be {[one.spacing for one in known]}"


def _any_near(
    value: tuple[float, ...],
    others: list[tuple[float, ...] | None],
    absolute: float,
    relative: float = 0,
) -> bool:
    """Whether a value is that of the mutant; or, if unreadable there, the sound one."""
    readable = [other for other in others if other is not None][:1]
    return any(
        len(other) == len(value)
        and np.allclose(value, other, rtol=relative, atol=absolute)
        for other in readable
    )


def _values(
    series: Series,
    volume: Volume,
    index: int,
    seen: Expected,
    was: Sound | None,
) -> Iterator[str]:
    image = series.slices[index]
    if volume.units in MEANT and not seen.is_rescaled:
        yield f"in {volume.units}, though it was not rescaled"
    factor = _factor(series, index)
    known = was.suvbw_factor if was and was.frame.suv == seen.suv else None
    if known and volume.units == "SUVbw" and not np.isclose(factor, known):
        yield f"its SUV factor is {factor}, and was {known}"
    stored = seen.stored
    if was is not None and seen is was.frame and not _keeps(image, was):
        stored = None
    elif stored is None and was is not None and _same_pixels(seen, was.frame):
        stored = was.stored
    if stored is not None and seen.table is None:  # else they can be anything
        yield from _voxels(volume, index, seen, stored, factor)


def _voxels(
    volume: Volume,
    index: int,
    seen: Expected,
    stored: NDArray[np.int64],
    factor: float,
) -> Iterator[str]:
    if stored.shape != volume.voxels.shape[1:]:
        yield f"its pixels are {stored.shape}"
        return
    slope = 1.0 if seen.slope is None else seen.slope
    intercept = 0.0 if seen.intercept is None else seen.intercept
    values = (stored * slope + intercept) * factor
    voxels = volume.voxels[index].astype(np.float64)
    nearly = 1e-6 * max(np.abs(values).max(), abs(intercept * factor), 1e-30)
    off = np.abs(voxels - values) > nearly
    if seen.padding is not None and volume.voxels.dtype == np.int16:
        first, last = seen.padding
        padded = (first <= stored) & (stored <= last) & (values < INT16_LEAST)
        off &= ~(padded & (voxels == INT16_LEAST))
    if off.any():
        at = tuple(int(n) for n in np.argwhere(off)[0])
        count = int(off.sum())
        yield f"{count} voxels differ: {voxels[at]} at {at} is not {values[at]}"


def _keeps(image: SliceHeader, was: Sound) -> bool:
    """Whether a file that pydicom cannot read still holds the pixels it had."""
    return (was.frame.coded or b"") in image.path.read_bytes()


def _same_pixels(seen: Expected, was: Expected) -> bool:
    """Whether the same bytes mean the same: only a readable tag may change that."""
    return seen.coded == was.coded and all(
        now is None or now == then
        for now, then in zip(seen.depth, was.depth, strict=True)
    )


def _factor(series: Series, index: int) -> float:
    return series.suv.by_slice[index] if isinstance(series.suv, SeriesSuv) else 1.0
