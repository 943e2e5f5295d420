"""Lesions of a file of masks, taken into a read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.app.segmenting import program, record_mask
from recist_tool.errors import CommandRefused, RecistToolError
from recist_tool.model.case import SeriesReference
from recist_tool.model.commands import AttachSeries
from recist_tool.model.provenance import MeasuringMethod, Provenance
from recist_tool.terms import LIVER, LesionRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.app.measuring import MeasuredFile, MeasuredLesion
    from recist_tool.app.session import Session
    from recist_tool.dicom.series import Series
    from recist_tool.measure.volume import Volume
    from recist_tool.model.lesion import Lesion


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

    A lesion of the read is known again by its tracking UID, else by its id or its name;
    the others are added. Axes, volume and voxels are recorded, with the kind of file as
    their provenance; each lesion is one change, or two where it was added.

    Raises
    ------
    CommandRefused
        If there is no such timepoint, it is signed, the series belongs to another one,
        or the file was measured without its series.
    GeometryError
        If the images could not be found again.
    """
    if measured.volume is None or measured.series is None:
        raise CommandRefused.at(
            timepoint_id, "voxels are recorded on images", "Give their series"
        )
    _require_open(session, timepoint_id)
    _pin(session, timepoint_id, measured.series)
    for lesion in measured.lesions:
        how = Provenance(
            method=MeasuringMethod.MASK,
            program=program(),
            algorithm=measured.kind,
            parameters={"label": float(lesion.segment.label)},
        )
        yield _recorded(session, timepoint_id, measured.volume, lesion, how, unknown)


def _require_open(session: Session, timepoint_id: str) -> None:
    if session.case.timepoint(timepoint_id) is None:
        known = ", ".join(one.timepoint_id for one in session.case.timepoints) or "none"
        raise CommandRefused.at(
            timepoint_id, f"the case has no such timepoint (it has {known})"
        )
    if session.read.locked(timepoint_id):
        raise CommandRefused.at(timepoint_id, "it is signed", "Unlock it first")


def _pin(session: Session, timepoint_id: str, series: Series) -> None:
    """Pin the series to the timepoint, unless it is."""
    uid = series.series_instance_uid
    for timepoint in session.case.timepoints:
        if any(one.series_instance_uid == uid for one in timepoint.series):
            if timepoint.timepoint_id == timepoint_id:
                return
            raise CommandRefused.at(
                timepoint_id, f"the series belongs to {timepoint.timepoint_id}"
            )
    reference = SeriesReference(
        series_instance_uid=uid,
        study_instance_uid=series.study_instance_uid,
        modality=series.modality,
        description=series.description,
        phase=series.phase,
        folder=str(series.files[0].parent.resolve()),
    )
    session.do(AttachSeries(timepoint_id=timepoint_id, series=reference))


def _recorded(
    session: Session,
    timepoint_id: str,
    volume: Volume,
    lesion: MeasuredLesion,
    how: Provenance,
    unknown: Unknown,
) -> str:
    known = _known(session, lesion)
    mask = lesion.segment.mask
    if known is not None:
        record_mask(session, known.lesion_id, timepoint_id, volume, mask, how)
        return known.lesion_id
    details = {"name": lesion.segment.name}
    if lesion.segment.tracking_uid:
        details["tracking_uid"] = lesion.segment.tracking_uid
    if unknown.role is LesionRole.NEW:
        details["first_seen"] = timepoint_id
    added = session.add_lesion(unknown.role, unknown.organ, **details)
    try:
        record_mask(session, added.lesion_id, timepoint_id, volume, mask, how)
    except RecistToolError:
        session.undo()  # no lesion without a finding is left behind
        raise
    return added.lesion_id


def _known(session: Session, lesion: MeasuredLesion) -> Lesion | None:
    """Return the lesion of the read that is meant, if one alone is."""
    segment, lesions = lesion.segment, session.read.lesions
    for one in lesions:
        if segment.tracking_uid and one.tracking_uid == segment.tracking_uid:
            return one
    named = [one for one in lesions if segment.name in (one.lesion_id, one.name)]
    return named[0] if segment.name and len(named) == 1 else None
