"""A whole read of a synthetic patient, as a reader who sees the truth would do it.

Everything goes through the same `Session` as in the reading room: it shows that the way
from DICOM to JSON holds, and makes the case that the demonstration opens.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.series import series_reference
from recist_tool.measure.caliper.caliper import PlaneCaliper, as_record
from recist_tool.model.case import Timepoint
from recist_tool.model.commands import AddTimepoint, LockTimepoint, SetReferenceDate
from recist_tool.model.finding import Absent, TooSmall, seen_in_role
from recist_tool.phantom.spec import LesionState
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from recist_tool.app.session import Session
    from recist_tool.dicom.scan.scan import Series
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.finding import Finding
    from recist_tool.phantom.truth import LesionTruth, TimepointTruth, Truth


def read_phantom(
    session: Session,
    truth: Truth,
    folder: Path,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Mapping[str, Volume]:
    """Read a synthetic patient from its DICOM files into `session`.

    Where its protocol is sequential, each visit is signed before the next.

    Parameters
    ----------
    folder
        Where `write_patient` put the patient.
    advance
        Called with timepoints read and their number.

    Returns
    -------
    The CT volumes, by series instance UID.
    """
    session.do(SetReferenceDate(reference_date=truth.reference_date))
    found = {one.series_instance_uid: one for one in scan([folder]).series}
    volumes: dict[str, Volume] = {}
    for number, timepoint in enumerate(truth.timepoints):
        series = [found[one.series_instance_uid] for one in timepoint.series]
        session.do(AddTimepoint(timepoint=_timepoint(timepoint, series)))
        ct = next(one for one in series if one.modality == "CT")
        volume = volumes[ct.series_instance_uid] = load(ct)
        for lesion in timepoint.lesions:
            _read_lesion(session, timepoint.timepoint_id, lesion, volume)
        if session.case.protocol.sequential:
            session.do(_signature(session.reader_id, timepoint))
        advance(number + 1, len(truth.timepoints))
    return volumes


def _timepoint(timepoint: TimepointTruth, series: list[Series]) -> Timepoint:
    return Timepoint(
        timepoint_id=timepoint.timepoint_id,
        date=timepoint.date,
        label=timepoint.label,
        series=tuple(map(series_reference, series)),
    )


def _signature(reader_id: str, timepoint: TimepointTruth) -> LockTimepoint:
    return LockTimepoint(
        reader_id=reader_id,
        timepoint_id=timepoint.timepoint_id,
        signed_by=reader_id,
        at=dt.datetime.now(dt.UTC),
    )


def _read_lesion(
    session: Session, timepoint_id: str, lesion: LesionTruth, volume: Volume
) -> None:
    if session.read.lesion(lesion.lesion_id) is None:
        session.add_lesion(
            lesion.role,
            lesion.organ,
            lesion_id=lesion.lesion_id,
            name=lesion.site,
            finding_site=lesion.site,
            nodal=lesion.nodal,
            first_seen=timepoint_id if lesion.role is LesionRole.NEW else None,
        )
    caliper = _caliper(lesion, volume, session.case.protocol.diameter_decimals)
    session.record(lesion.lesion_id, timepoint_id, _finding(lesion, caliper))


def _caliper(lesion: LesionTruth, volume: Volume, decimals: int) -> Caliper | None:
    if lesion.caliper is None:
        return None
    slice_index = volume.sop_instance_uids.index(lesion.caliper.sop_instance_uid)
    (a, b), (c, d) = lesion.caliper.long_ends_pixel
    (e, f), (g, h) = lesion.caliper.short_ends_pixel
    drawn = PlaneCaliper(((b, a), (d, c)), ((f, e), (h, g)))
    return as_record(volume, slice_index, drawn, decimals)


def _finding(lesion: LesionTruth, caliper: Caliper | None) -> Finding:
    if lesion.role is LesionRole.NEW:
        return seen_in_role(lesion.role, caliper)
    if caliper is None or lesion.state is LesionState.ABSENT:
        return Absent()
    if lesion.state is LesionState.TOO_SMALL:
        return TooSmall()
    return seen_in_role(lesion.role, caliper)
