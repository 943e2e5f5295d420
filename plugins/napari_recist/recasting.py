"""Giving a lesion another role: what was drawn of it is kept. No Qt here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.findings import caliper_of, with_caliper
from recist_tool import CommandRefused, LesionRole, RecistToolError, RemoveLesion

if TYPE_CHECKING:
    from napari_recist.reading import Reading
    from recist_tool import Lesion

KEPT = ("finding_site", "blastic", "previously_irradiated", "progressed_since")


def recast(reading: Reading, lesion: Lesion, role: LesionRole) -> None:
    """Give the lesion another role, and the name that goes with it: T3 becomes NT1.

    It is taken out and added anew, in three changes to undo.

    Raises
    ------
    CommandRefused
        If it is measured at other visits too, or a target would have no caliper.
    """
    session, visit = reading.open_session(), reading.open_visit_id()
    read, lesion_id = session.read, lesion.lesion_id
    found = [one for one in read.findings if one.lesion_id == lesion_id]
    if any(one.timepoint_id != visit for one in found):
        raise CommandRefused.at(
            lesion_id,
            "was read at other visits too, as what it is",
            "Take those findings back first",
        )
    finding = read.finding(lesion_id, visit)
    fresh = finding and with_caliper(role, caliper_of(finding), None)
    mask = read.mask(lesion_id, visit)
    details = {name: getattr(lesion, name) for name in KEPT}
    before = len(session.entries)
    try:
        session.do(RemoveLesion(reader_id=session.reader_id, lesion_id=lesion_id))
        added = session.add_lesion(
            role,
            lesion.organ,
            name=lesion.name,
            nodal=lesion.nodal,
            first_seen=visit if role is LesionRole.NEW else None,
            **details,
        )
        if fresh:
            session.record(added.lesion_id, visit, fresh, mask=mask)
    except RecistToolError:
        for _ in range(len(session.entries) - before):
            session.undo()
        raise
    reading.lesion_id = added.lesion_id
