"""Real world value maps: what stored values stand for, each in its range.

PS3.3, C.7.6.16.2.11: a map counts from the first to the last value mapped, both
included; what several maps of one unit say, each says of its own range.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.dicom.header.elements import Elements


class ValueMap(NamedTuple):
    """A line that maps stored values, and where it counts.

    Attributes
    ----------
    unit
        Its UCUM code, in capitals.
    first, last
        Stored values, both included; None where the file does not say.
    """

    unit: str
    slope: float
    intercept: float
    first: float | None
    last: float | None


def value_maps(found: Elements) -> Iterator[ValueMap]:
    """Give the maps of an image that are lines with a unit, in their order."""
    is_signed = found.short(tags.PIXEL_REPRESENTATION) == 1
    for item in found.items(tags.REAL_WORLD_VALUES):
        slope = item.double(tags.REAL_WORLD_SLOPE)
        intercept = item.double(tags.REAL_WORLD_INTERCEPT)
        units = item.items(tags.MEASUREMENT_UNITS)
        if units and slope is not None and intercept is not None:
            yield ValueMap(
                unit=units[0].text(tags.CODE_VALUE).upper(),
                slope=slope,
                intercept=intercept,
                first=_end(
                    item, tags.REAL_WORLD_FIRST, tags.REAL_WORLD_FIRST_DOUBLE, is_signed
                ),
                last=_end(
                    item, tags.REAL_WORLD_LAST, tags.REAL_WORLD_LAST_DOUBLE, is_signed
                ),
            )


def pieces(found: Elements) -> tuple[ValueMap, ...]:
    """Return the maps that together stand for the rescale of an image, by range.

    Empty where one line holds for every pixel: the one of its rescale.

    Raises
    ------
    DicomError
        If maps of one unit differ, and do not say where each of them counts, or count
        for the same values.
    """
    slope, intercept = (
        found.number(tag) for tag in (tags.RESCALE_SLOPE, tags.RESCALE_INTERCEPT)
    )
    maps = list(value_maps(found))
    unit = next(
        (one.unit for one in maps if (one.slope, one.intercept) == (slope, intercept)),
        None,
    )
    same = [one for one in maps if one.unit == unit]
    if len({(one.slope, one.intercept) for one in same}) < 2:
        return ()
    ends = [(one.first, one.last) for one in same]
    if any(first is None or last is None for first, last in ends):
        raise DicomError(
            "RealWorldValueMappingSequence (0040,9096) has several maps of one unit "
            "that differ, and does not say in which range each counts"
        )
    same.sort(key=lambda one: one.first or 0.0)
    if any((b.first or 0.0) <= (a.last or 0.0) for a, b in pairwise(same)):
        raise DicomError(
            "RealWorldValueMappingSequence (0040,9096) has maps of one unit that "
            "differ and count for the same values"
        )
    return tuple(same)


def _end(item: Elements, whole: int, double: int, is_signed: bool) -> float | None:
    value = item.short(whole, signed=is_signed)
    return item.double(double) if value is None else value
