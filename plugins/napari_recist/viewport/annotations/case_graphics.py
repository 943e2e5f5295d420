"""From the case to what lies on the slice in view."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_recist.viewport.annotations.caliper_graphics import CaliperMark
from napari_recist.viewport.image.coordinates import ends_on_slice, nearest_slice
from recist_tool.app.reading import UNFINISHED
from recist_tool.criteria import measurability, organ_group, selection
from recist_tool.measure import PlaneCaliper, from_record, length_mm
from recist_tool.model import caliper_of, named_calipers
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from napari_recist.viewport.image.coordinates import Spacing
    from recist_tool.app.reading import CurrentRead, NewLesion, Unfinished
    from recist_tool.measure import Volume
    from recist_tool.model import Caliper, Case, Lesion, Protocol, Read

Carry = Callable[[str, NDArray[np.float64]], NDArray[np.float64]]
"""From patient points of a visit, shape (points, 3), to those of a series on show."""

TIMES = "\N{MULTIPLICATION SIGN}"


class Placed(NamedTuple):
    """A mark and the slice it lies on; whether the tool may take it."""

    slice_index: int
    mark: CaliperMark
    can_take: bool = True


def placed_marks(
    reading: CurrentRead, volume: Volume, timepoint_id: str, carry: Carry
) -> list[Placed]:
    """Return every caliper of a visit that lies on a series.

    At the open visit the chosen lesion is shown as it was before, and a node that
    waits for its short axis.

    Parameters
    ----------
    carry
        Brings patient points of another visit to where they lie in this series.
    """
    read = reading.read
    if read is None:
        return []
    marks = [
        placed
        for lesion in read.lesions
        for placed in _of_lesion(read, lesion, timepoint_id, reading.lesion_id, volume)
    ]
    if timepoint_id != reading.timepoint_id:
        return marks
    unfinished = reading.unfinished
    if unfinished and unfinished.series_key == volume.key:
        marks.append(_waiting(reading, unfinished))
        if unfinished.stale is not None:  # it stands where its ghost was
            return marks
    return [*marks, *ghost_marks(reading, volume, carry)]


def ghost_marks(reading: CurrentRead, volume: Volume, carry: Carry) -> list[Placed]:
    """Return the chosen lesion as it was at the last visit that measured it.

    Only while it has no caliper here, or its parts are being drawn. Visits need not
    share a frame of reference, so this shows where to look, and is never taken as a
    measurement.

    Parameters
    ----------
    volume
        The series on show; without pixel spacing there is no mark.
    carry
        From patient points of the earlier visit to those of `volume`.
    """
    lesion, case, read = reading.subject(), reading.case, reading.read
    if lesion is None or case is None or read is None or not volume.pixel_spacing_mm:
        return []
    timepoint_id, parts = last_calipers(
        case, read, lesion.lesion_id, reading.timepoint_id
    )
    ghosts = (
        _ghost(lesion, name, timepoint_id, caliper, volume, carry)
        for name, caliper in parts
    )
    return [one for one in ghosts if one is not None]


def _ghost(
    lesion: Lesion,
    name: str,
    timepoint_id: str,
    caliper: Caliper,
    volume: Volume,
    carry: Carry,
) -> Placed | None:
    """Return one caliper of an earlier visit where it lies in a series of this one."""
    if caliper.long_axis.ends_lps is None:
        return None
    axes = [axis for axis in (caliper.long_axis, caliper.short_axis) if axis]
    known = [end for axis in axes for end in axis.ends_lps or ()]
    ends_lps = carry(timepoint_id, np.array(known))
    slice_index = nearest_slice(volume, ends_lps[0])
    if slice_index is None:
        return None
    ends = [
        ends_on_slice(volume, slice_index, ends_lps[at : at + 2])
        for at in range(0, len(known), 2)
    ]
    label = f"{name} at {timepoint_id}: {sizes(caliper)}"
    mark = CaliperMark(
        "", label, caliper=PlaneCaliper(*ends), role=lesion.role, ghost=True
    )
    return Placed(slice_index, mark, can_take=False)


def last_calipers(
    case: Case, read: Read, lesion_id: str, before: str | None
) -> tuple[str, list[tuple[str, Caliper]]]:
    """Return the last visit before one at which a lesion was measured, and how.

    Parameters
    ----------
    before
        A visit of the case; None, or one that the case lacks, has none before it.

    Returns
    -------
    The visit, and its calipers by name: of a lesion in parts, that of each. Empty where
    there is none.
    """
    order = [one.timepoint_id for one in case.timepoints]
    earlier = order[: order.index(before)] if before in order else []
    for timepoint_id in reversed(earlier):
        parts = named_calipers(lesion_id, read.finding(lesion_id, timepoint_id))
        if parts:
            return timepoint_id, parts
    return "", []


def sizes(caliper: Caliper) -> str:
    """Return the lengths of a caliper as a reader writes them, mm."""
    long_axis = f"{caliper.long_axis.value_mm}"
    if caliper.short_axis is None:
        return f"{long_axis} mm"
    return f"{long_axis} {TIMES} {caliper.short_axis.value_mm} mm"


def live_sizes(caliper: PlaneCaliper, spacing: Spacing) -> str:
    """Return the lengths of a caliper that is being drawn, mm."""
    axes = [caliper.long_ends]
    if caliper.short_ends is not None:
        axes.append(caliper.short_ends)
    lengths = (f"{length_mm(spacing, *ends):.1f}" for ends in axes)
    return f" {TIMES} ".join(lengths) + " mm"


def doubt(
    caliper: PlaneCaliper,
    volume: Volume,
    lesion: NewLesion,
    protocol: Protocol | None = None,
) -> str:
    """Return why a target at baseline would not be measurable; empty if it would.

    A node is judged once its short axis is drawn.

    Parameters
    ----------
    caliper
        On a slice of `volume`: row, column.
    volume
        Without pixel spacing nothing is doubted.
    protocol
        Whose limits hold; None takes the usual ones.
    """
    spacing = volume.pixel_spacing_mm
    if spacing is None or (lesion.nodal and caliper.short_ends is None):
        return ""
    short_ends = caliper.short_ends
    verdict = measurability(
        modality=volume.modality,
        slice_thickness_mm=volume.slice_thickness_mm,
        long_axis_mm=round(length_mm(spacing, *caliper.long_ends), 1),
        short_axis_mm=round(length_mm(spacing, *short_ends), 1) if short_ends else None,
        nodal=lesion.nodal,
        organ=lesion.organ,
        protocol=protocol,
    )
    return "" if verdict.measurable else f"not measurable: {verdict.reason}"


def surplus(reading: CurrentRead) -> str:
    """Return how a new target would be one too many; empty if it would not."""
    read, case, new = reading.read, reading.case, reading.new_lesion
    if read is None or case is None or new.role is not LesionRole.TARGET:
        return ""
    words = case.protocol.settings.organ_words
    targets = [one for one in read.lesions if one.role is LesionRole.TARGET]
    organs = [organ_group(one.organ, words, nodal=one.nodal) for one in (*targets, new)]
    return ", ".join(selection(organs, case.protocol).violations)


def _of_lesion(
    read: Read, lesion: Lesion, timepoint_id: str, chosen: str | None, volume: Volume
) -> list[Placed]:
    finding = read.finding(lesion.lesion_id, timepoint_id)
    single = caliper_of(finding) is not None
    marks: list[Placed] = []
    for name, caliper in named_calipers(lesion.lesion_id, finding):
        place = from_record(volume, caliper)
        if place is None:
            continue
        mark = CaliperMark(
            lesion.lesion_id,
            f"{name}  {sizes(caliper)}",
            caliper=place.caliper,
            role=lesion.role,
            selected=single and lesion.lesion_id == chosen,
        )
        marks.append(Placed(place.slice_index, mark, can_take=single))
    return marks


def _waiting(reading: CurrentRead, unfinished: Unfinished) -> Placed:
    subject = reading.subject()
    role = subject.role if subject else reading.new_lesion.role
    name = subject.lesion_id if subject else "node"
    is_stale = unfinished.stale is not None
    mark = CaliperMark(
        UNFINISHED,
        f"{name}? pull an end to its edge" if is_stale else f"{name}: short axis?",
        caliper=unfinished.caliper,
        role=role,
        selected=True,
        proposed=is_stale,
    )
    return Placed(unfinished.slice_index, mark)
