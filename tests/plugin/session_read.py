"""The scripted read without a window: the same findings through `Session`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.app.reading.signing import signature_meaning
from recist_tool.dicom import load, propose_timepoints, scan, series_reference
from recist_tool.measure import as_record
from recist_tool.model import (
    Absent,
    AddTimepoint,
    LockTimepoint,
    Measured,
    NewLesionSeen,
    NonTargetSeen,
    Timepoint,
    TooSmall,
)
from recist_tool.phantom import LesionState
from recist_tool.terms import LesionRole, NewLesionStatus
from tests.builders import NOON

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from recist_tool.app import Session
    from recist_tool.measure import PlaneCaliper, Volume
    from recist_tool.model import Caliper
    from tests.plugin.read_plan import Look, Plan

    Drawn = Mapping[tuple[str, str], PlaneCaliper]


def read_through_session(
    session: Session, folder: Path, plan: Plan, drawn: Drawn
) -> None:
    """Read a patient from the files, as planned.

    Parameters
    ----------
    drawn
        Where the hand set the ends of each caliper, by lesion and visit.
    """
    (patient,) = propose_timepoints(scan([folder]).series)
    for visit in patient.timepoints:
        assert visit.date is not None
        series = tuple(
            series_reference(one) for one in (visit.reading, visit.pet) if one
        )
        added = Timepoint(timepoint_id=visit.name, date=visit.date, series=series)
        session.do(AddTimepoint(timepoint=added))
    for visit in patient.timepoints:
        assert visit.reading is not None
        volume = load(visit.reading)
        for look in plan[visit.name]:
            _read(session, look, volume, drawn.get((look.lesion_id, visit.name)))
        _sign(session, visit.name)


def _read(
    session: Session, look: Look, volume: Volume, drawn: PlaneCaliper | None
) -> None:
    caliper = drawn and as_record(volume, look.slice_index(volume), drawn)
    finding = _finding(look, caliper)
    if session.read.lesion(look.lesion_id) is not None:
        session.record(look.lesion_id, look.timepoint_id, finding)
        return
    lesion = session.new_lesion(
        look.role,
        look.organ,
        nodal=look.nodal,
        first_seen=look.timepoint_id if look.is_new else None,
    )
    session.add_measured(lesion, look.timepoint_id, finding)


def _finding(
    look: Look, caliper: Caliper | None
) -> Absent | TooSmall | Measured | NonTargetSeen | NewLesionSeen:
    if look.state is LesionState.ABSENT:
        return Absent()
    if look.state is LesionState.TOO_SMALL:
        return TooSmall()
    if look.role is LesionRole.NEW:
        return NewLesionSeen(status=NewLesionStatus.DEFINITE, caliper=caliper)
    if look.role is LesionRole.NON_TARGET:
        return NonTargetSeen(caliper=caliper)
    assert caliper is not None
    return Measured(caliper=caliper)


def _sign(session: Session, timepoint_id: str) -> None:
    session.do(
        LockTimepoint(
            reader_id=session.reader_id,
            timepoint_id=timepoint_id,
            signed_by=session.reader_id,
            at=NOON,
        ),
        signature_meaning(session.reader_id, timepoint_id),
    )
