"""Lesions of a file of masks, taken into a read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.app.segmenting import program, record_mask
from recist_tool.dicom.series import series_reference
from recist_tool.errors import CommandRefused, RecistToolError
from recist_tool.model.commands import AttachSeries
from recist_tool.model.commands.requirements import require_in_sequence
from recist_tool.model.provenance import MeasuringMethod, Provenance
from recist_tool.terms import LIVER, LesionRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.app.measuring import MeasuredFile, MeasuredLesion
    from recist_tool.app.session import Session
    from recist_tool.dicom.mask_file import Segment
    from recist_tool.dicom.series import Series
    from recist_tool.measure.volume import Volume
    from recist_tool.model.case import Read


class Unknown(NamedTuple):
    """What lesions become that the read does not know yet."""

    role: LesionRole = LesionRole.TARGET
    organ: str = LIVER


def import_lesions(
    session: Session,
    timepoint_id: str,
    measured: MeasuredFile,
    unknown: Unknown = Unknown(),  # noqa: B008 - it cannot change
) -> Iterator[str]:
    """Record the lesions of a file at a timepoint, and give the id of each.

    A lesion of the read is known again by its tracking UID, else by its id or its name,
    where no other of the file has the same; the others are added. Axes, volume and
    voxels are recorded, with the kind of file as their provenance; each lesion is one
    change, or two where it was added.

    Raises
    ------
    CommandRefused
        If there is no such timepoint, it is signed, a sequential read has not come to
        it, the series belongs to another one, two masks are of one lesion, or the file
        was measured without its series.
    GeometryError
        If the images could not be found again.
    """
    if measured.volume is None or measured.series is None:
        raise CommandRefused.at(
            timepoint_id, "voxels are recorded on images", "Give their series"
        )
    _require_open(session, timepoint_id)
    segments = [lesion.segment for lesion in measured.lesions]
    known = known_lesions(session.read, segments)
    _pin(session, timepoint_id, measured.series)
    for lesion, lesion_id in zip(measured.lesions, known, strict=True):
        how = provenance_of_file(measured.kind, lesion.segment.label)
        if lesion_id is None:
            yield _added(session, timepoint_id, measured.volume, lesion, how, unknown)
            continue
        mask = lesion.segment.mask
        record_mask(session, lesion_id, timepoint_id, measured.volume, mask, how)
        yield lesion_id


def known_lesions(read: Read, segments: Sequence[Segment]) -> tuple[str | None, ...]:
    """Return which lesion of a read each mask of a file is of; None for a new one.

    Raises
    ------
    CommandRefused
        If two are of one lesion.
    """
    known = tuple(_known(read, segment, segments) for segment in segments)
    _require_apart(known, segments)
    return known


def provenance_of_file(kind: str, label: int) -> Provenance:
    """Return the record of a mask that was drawn elsewhere.

    Parameters
    ----------
    kind
        The format of the file, in a word.
    """
    return Provenance(
        method=MeasuringMethod.MASK,
        program=program(),
        algorithm=kind,
        parameters={"label": float(label)},
    )


def _require_open(session: Session, timepoint_id: str) -> None:
    if session.case.timepoint(timepoint_id) is None:
        known = ", ".join(one.timepoint_id for one in session.case.timepoints) or "none"
        raise CommandRefused.at(
            timepoint_id, f"the case has no such timepoint (it has {known})"
        )
    if session.read.locked(timepoint_id):
        raise CommandRefused.at(timepoint_id, "it is signed", "Unlock it first")
    require_in_sequence(session.case, session.read, timepoint_id)


def _pin(session: Session, timepoint_id: str, series: Series) -> None:
    """Pin the series to the timepoint, unless it is."""
    pinned = series_reference(series)
    for timepoint in session.case.timepoints:
        if any(map(pinned.is_same, timepoint.series)):
            if timepoint.timepoint_id == timepoint_id:
                return
            raise CommandRefused.at(
                timepoint_id, f"the series belongs to {timepoint.timepoint_id}"
            )
    session.do(AttachSeries(timepoint_id=timepoint_id, series=pinned))


def _added(
    session: Session,
    timepoint_id: str,
    volume: Volume,
    lesion: MeasuredLesion,
    how: Provenance,
    unknown: Unknown,
) -> str:
    mask = lesion.segment.mask
    details = lesion.segment.details()
    if unknown.role is LesionRole.NEW:
        details["first_seen"] = timepoint_id
    added = session.add_lesion(unknown.role, unknown.organ, **details)
    try:
        record_mask(session, added.lesion_id, timepoint_id, volume, mask, how)
    except RecistToolError:
        session.undo()  # no lesion without a finding is left behind
        raise
    return added.lesion_id


def _known(read: Read, segment: Segment, segments: Sequence[Segment]) -> str | None:
    """Return the lesion of the read that is meant, if one alone is, by one alone."""
    lesions = read.lesions
    for one in lesions:
        if segment.tracking_uid and one.tracking_uid == segment.tracking_uid:
            return one.lesion_id
    named = [one for one in lesions if segment.name in (one.lesion_id, one.name)]
    alike = [one for one in segments if one.name == segment.name]
    is_clear = segment.name and len(named) == len(alike) == 1
    return named[0].lesion_id if is_clear else None


def _require_apart(known: Sequence[str | None], segments: Sequence[Segment]) -> None:
    """Refuse two masks of one lesion: the second would take the place of the first."""
    label_of: dict[str, int] = {}
    for lesion_id, segment in zip(known, segments, strict=True):
        if lesion_id in label_of:
            raise CommandRefused.at(
                lesion_id,
                f"labels {label_of[lesion_id]} and {segment.label} are both of it",
                "Name them apart, or make them one",
            )
        if lesion_id is not None:
            label_of[lesion_id] = segment.label
