"""Turning what a reader does into findings: calipers, and what needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.caliper_tool import NEW
from napari_recist.findings import caliper_of, with_caliper
from napari_recist.reading import UNFINISHED, Note, Unfinished
from recist_tool import (
    Absent,
    ClearFinding,
    CommandRefused,
    LesionRole,
    NewLesionSeen,
    NewLesionStatus,
    NotEvaluable,
    RecistToolError,
    TooSmall,
    as_record,
)

if TYPE_CHECKING:
    from napari_recist.caliper_tool import Outcome
    from napari_recist.findings import Finding
    from napari_recist.reading import Reading
    from recist_tool import Caliper, NonTargetSeen, Volume

NODE_WAITS = "Node: pull an end of the dashed short axis to its edge."


class Recorder:
    """Records findings of the chosen lesion, or of a new one, at the open visit.

    Every verb raises `RecistToolError` where the image or the case does not allow it,
    and leaves no trace then.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @property
    def _visit(self) -> str:
        return self._reading.open_visit_id()

    def caliper_drawn(self, outcome: Outcome, volume: Volume, slice_index: int) -> None:
        """Record a caliper: of the chosen lesion, of a new one, or a changed one.

        Raises
        ------
        RecistToolError
            Where the image or the case does not allow it; nothing is kept then.
        """
        timepoint_id = self._visit
        decimals = self._reading.open_session().case.protocol.diameter_decimals
        caliper = as_record(volume, slice_index, outcome.caliper, decimals)
        if not caliper.long_axis.value_mm:
            raise CommandRefused.at("long axis", "has no length", "Draw it again")
        lesion_id = self._key_to_lesion(outcome.key)
        nodal = self._nodal(lesion_id)
        if nodal and caliper.short_axis is None:
            self._reading.unfinished = Unfinished(
                lesion_id,
                timepoint_id,
                volume.series_instance_uid,
                slice_index,
                outcome.caliper,
            )
            self._reading.note = Note(
                "Node: pull an end of the dashed short axis to its edge."
            )
            return
        self._record(lesion_id, caliper)
        self._reading.unfinished = None

    def gone(self) -> None:
        """Record that the chosen lesion is gone (0 mm)."""
        role = self._reading.chosen().role
        seen = NewLesionSeen(status=NewLesionStatus.RESOLVED)
        self._say_of_chosen(seen if role is LesionRole.NEW else Absent())

    def too_small(self) -> None:
        """Record that the chosen lesion is too small to measure (5 mm)."""
        self._say_of_chosen(TooSmall())

    def not_evaluable(self, reason: str) -> None:
        """Record that the chosen lesion cannot be evaluated, and why."""
        self._say_of_chosen(NotEvaluable(reason=reason))

    def present(self) -> None:
        """Record a non-target as present, or a new lesion as seen, without caliper.

        Where no lesion waits for it, a new one of the form's role is added.
        """
        subject = self._reading.subject()
        self._record(subject.lesion_id if subject else None, None)

    def set_status(self, finding: NonTargetSeen | NewLesionSeen) -> None:
        """Record another status of the chosen lesion, keeping its caliper."""
        chosen = self._reading.chosen()
        old = self._reading.open_read().finding(chosen.lesion_id, self._visit)
        caliper = caliper_of(old) if old is not None else None
        self._say_of_chosen(finding.replaced(caliper=caliper))

    def clear(self) -> None:
        """Take back what was recorded of the chosen lesion at the open visit."""
        session = self._reading.open_session()
        session.do(
            ClearFinding(
                reader_id=session.reader_id,
                lesion_id=self._reading.chosen().lesion_id,
                timepoint_id=self._visit,
            )
        )

    def _say_of_chosen(self, finding: Finding) -> None:
        session = self._reading.open_session()
        session.record(self._reading.chosen().lesion_id, self._visit, finding)

    def _key_to_lesion(self, key: str) -> str | None:
        """Return whose a caliper is, as the tool names it; None for a new lesion."""
        if key == UNFINISHED and self._reading.unfinished is not None:
            return self._reading.unfinished.lesion_id
        if key != NEW:
            return key
        subject = self._reading.subject()
        return None if subject is None else subject.lesion_id

    def _nodal(self, lesion_id: str | None) -> bool:
        if lesion_id is None:
            return self._reading.new_lesion.nodal
        lesion = self._reading.open_read().lesion(lesion_id)
        return lesion is not None and lesion.nodal

    def _record(self, lesion_id: str | None, caliper: Caliper | None) -> None:
        """Record a lesion as seen; add it first where it is new, or leave no trace."""
        session, timepoint_id = (
            self._reading.open_session(),
            self._visit,
        )
        if lesion_id is None:
            self._add(caliper)
            return
        lesion = session.read.lesion(lesion_id)
        if lesion is None:
            raise CommandRefused.at(lesion_id, "there is no such lesion")
        old = session.read.finding(lesion_id, timepoint_id)
        session.record(lesion_id, timepoint_id, with_caliper(lesion.role, caliper, old))
        self._reading.lesion_id = lesion_id

    def _add(self, caliper: Caliper | None) -> None:
        session, timepoint_id = (
            self._reading.open_session(),
            self._visit,
        )
        new = self._reading.new_lesion
        if not self._reading.is_baseline and new.role is not LesionRole.NEW:
            raise CommandRefused.at(
                timepoint_id,
                "no lesion waits for this caliper, and targets and non-targets are "
                "chosen at baseline",
                "Press Space for the next lesion, or W for a new one",
            )
        finding = with_caliper(new.role, caliper, None)
        lesion = session.add_lesion(
            new.role,
            new.organ,
            name=new.name,
            nodal=new.nodal,
            first_seen=timepoint_id if new.role is LesionRole.NEW else None,
        )
        try:
            session.record(lesion.lesion_id, timepoint_id, finding)
        except RecistToolError:
            session.undo()
            raise
        self._reading.lesion_id = lesion.lesion_id
        self._reading.new_lesion = new._replace(name="")
