"""Stacks of slices at the same positions, told apart by their tags or their order."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, combinations, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from recist_tool.dicom.header import tags
from recist_tool.dicom.scan.geometry import SAME_POSITION_MM, depth_mm
from recist_tool.measure.geometry.grid import is_even

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from recist_tool.dicom.header.slice_header import SliceHeader

    Slices: TypeAlias = "list[SliceHeader]"

MARKS: Final = (
    ("temporal position", tags.TEMPORAL_POSITION),
    ("acquisition number", tags.ACQUISITION_NUMBER),
    ("image type", tags.IMAGE_TYPE),
    ("echo time", tags.ECHO_TIME),
    ("reconstruction diameter", tags.RECONSTRUCTION_DIAMETER),
    ("derivation", tags.DERIVATION),
    ("contrast agent", tags.CONTRAST_AGENT),
    ("contrast phase", tags.CONTRAST_START_TIME),
    ("trigger time", tags.TRIGGER_TIME),
    ("acquisition time", tags.ACQUISITION_TIME),
)
"""What tells two stacks at the same positions apart, tried in this order."""


ACQUISITIONS: Final = (
    ("temporal position", tags.TEMPORAL_POSITION),
    ("acquisition number", tags.ACQUISITION_NUMBER),
    ("trigger time", tags.TRIGGER_TIME),
    ("acquisition time", tags.ACQUISITION_TIME),
)
"""What tells acquisitions apart that lie between each other."""

LEAST_SLICES: Final = 3


class Stacks(NamedTuple):
    """Slices as stacks, and what told them apart; empty where nothing does."""

    parts: list[Slices]
    by: str


class _Way(NamedTuple):
    """A way of telling slices apart, in words, and what it says of one of them."""

    words: str
    of: Callable[[SliceHeader], Hashable]


def told_apart(slices: Slices) -> Stacks:
    """Split slices of one plane until no two of one stack lie at one position.

    Where neither one tag, nor two of
    them together, nor the order of times and numbers make such stacks, the slices stay
    together. Two acquisitions whose slices lie between each other are two stacks too.
    """
    if not repeats(slices):
        return _interleaved(slices)
    ways = [*map(_by_tag, MARKS), *_by_dimensions(slices)]
    deepest = max(map(len, _places(slices)))
    differing = [way for way in ways if len({way.of(image) for image in slices}) > 1]
    for some in chain(combinations(differing, 1), combinations(differing, 2)):
        parts = _parted(slices, some)
        if _are_stacks(parts, deepest):
            return Stacks(parts, " and ".join(way.words for way in some))
    return _in_turn(slices)


def repeats(slices: Sequence[SliceHeader]) -> bool:
    """Whether some of the slices lie at one position."""
    depths = sorted(map(depth_mm, slices))
    return any(b - a <= SAME_POSITION_MM for a, b in pairwise(depths))


def _are_stacks(parts: Sequence[Slices], deepest: int) -> bool:
    """Whether slices were split into stacks of their own.

    A single slice counts as one where there are no more parts than slices at one
    position: else a tag that differs from slice to slice would take a stack apart.
    """
    sizes = list(map(len, parts))
    needed = min(sizes) > 1 or (max(sizes) > 1 and len(parts) == deepest)
    return needed and not any(map(repeats, parts))


def _interleaved(slices: Slices) -> Stacks:
    """Tell acquisitions apart whose slices lie between those of another.

    The volume that they make together can be regular; it is none that was scanned.
    Slices of MR are acquired in turn, every second one first.
    """
    ordered = sorted(slices, key=depth_mm)
    if any(image.modality == "MR" for image in slices):
        return Stacks([slices], "")
    for way in map(_by_tag, ACQUISITIONS):
        parts = _parted(ordered, (way,))
        values = [way.of(image) for image in ordered]
        changes = sum(a != b for a, b in pairwise(values))
        if 1 < len(parts) <= changes and all(map(_is_scan, parts)):
            return Stacks(parts, way.words)
    return Stacks([slices], "")


def _is_scan(slices: Slices) -> bool:
    """Whether slices are enough, and even enough, to be scanned by themselves."""
    if len(slices) < LEAST_SLICES:
        return False
    depths = np.array(list(map(depth_mm, slices)))
    step = float(depths[-1] - depths[0]) / (len(slices) - 1)
    return is_even(depths - depths[0] - np.arange(len(slices)) * step, step)


def _by_tag(mark: tuple[str, int]) -> _Way:
    name, tag = mark

    def of(image: SliceHeader) -> Hashable:
        return image.elements.texts(tag)

    return _Way(f"{name} {tags.written(tag)}", of)


def _by_dimensions(slices: Sequence[SliceHeader]) -> Iterator[_Way]:
    """Give a way for each dimension that enhanced images count their frames by."""
    tag = tags.DIMENSION_INDEX_VALUES
    for dimension in range(min(len(image.elements.longs(tag)) for image in slices)):
        yield _by_dimension(dimension)


def _by_dimension(dimension: int) -> _Way:
    tag = tags.DIMENSION_INDEX_VALUES

    def of(image: SliceHeader) -> Hashable:
        return image.elements.longs(tag)[dimension]

    return _Way(f"dimension {dimension + 1} of {tags.written(tag)}", of)


def _parted(slices: Slices, ways: Sequence[_Way]) -> list[Slices]:
    parts: defaultdict[tuple[Hashable, ...], Slices] = defaultdict(list)
    for image in slices:
        parts[tuple(way.of(image) for way in ways)].append(image)
    return list(parts.values())


def _in_turn(slices: Slices) -> Stacks:
    """Tell stacks apart that were acquired, or are numbered, one after the other."""
    for by, turn in (
        (f"order of acquisition times {tags.written(tags.ACQUISITION_TIME)}", _moment),
        (f"order of image numbers {tags.written(tags.INSTANCE_NUMBER)}", _number),
    ):
        rounds = _rounds(slices, turn)
        if len(rounds) > 1 and all(
            max(map(turn, early)) < min(map(turn, late))
            for early, late in pairwise(rounds)
        ):
            return Stacks(rounds, by)
    return Stacks([slices], "")


def _rounds(slices: Slices, turn: Callable[[SliceHeader], float]) -> list[Slices]:
    """Return first the earliest slice of every position, then the second, and so on.

    Nothing where positions have different numbers of slices, or there is only one.
    """
    places = _places(slices)
    if len(places) < 2 or len(set(map(len, places))) > 1:
        return []
    return [
        list(part) for part in zip(*(sorted(p, key=turn) for p in places), strict=True)
    ]


def _places(slices: Slices) -> list[Slices]:
    """Return the slices of each position."""
    places: list[Slices] = []
    for image in sorted(slices, key=depth_mm):
        here = places and depth_mm(image) - depth_mm(places[-1][0]) <= SAME_POSITION_MM
        if here:
            places[-1].append(image)
        else:
            places.append([image])
    return places


def _moment(image: SliceHeader) -> float:
    found = image.elements
    at = found.moment(tags.ACQUISITION_DATE, tags.ACQUISITION_TIME) or found.datetime(
        tags.ACQUISITION_DATETIME
    )
    return at.timestamp() if at else 0.0


def _number(image: SliceHeader) -> float:
    return image.instance_number
