"""Turning what a reader does into findings: calipers, and what needs none."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from napari_recist.viewport.annotations.caliper_handles import renewed
from napari_recist.viewport.annotations.case_graphics import sizes
from napari_recist.viewport.mouse.caliper_tool import NEW
from recist_tool.app import said_so_far, scan_with
from recist_tool.app.reading import (
    NOT_AT_BASELINE,
    UNFINISHED,
    Note,
    State,
    Unfinished,
    as_length,
    corrected,
    merged_before,
    require_state,
    seen_as,
    with_caliper,
)
from recist_tool.errors import CommandRefused
from recist_tool.measure import as_record
from recist_tool.model import (
    Absent,
    Caliper,
    ClearFinding,
    Diameter,
    Measured,
    MergedInto,
    NotEvaluable,
    RemoveLesion,
    Split,
    TooSmall,
    caliper_of,
)
from recist_tool.terms import Axis, LesionRole

if TYPE_CHECKING:
    from napari_recist.viewport.mouse.caliper_tool import CaliperOutcome
    from recist_tool.app import Region
    from recist_tool.app.reading import CurrentRead, ReadingPlace
    from recist_tool.measure import PlaneCaliper, Volume
    from recist_tool.model import (
        Finding,
        LesionMask,
        Provenance,
    )

NODE_WAITS = (
    "Node: pull an end of the dashed short axis to its edge; a click takes it as it is."
)
SHORTEST_MM = Decimal(3)
"""A shorter drag is a hand that slipped."""

PULL_IT = "Not measured yet: pull an end of the long axis to the edge of the lesion."


class Merge(NamedTuple):
    """A lesion that is part of another now, which is measured for both."""

    part: str
    whole: str


class Recorder:
    """Records findings of the chosen lesion, or of a new one, at the open visit.

    Every verb raises `RecistToolError` where the image or the case does not allow it,
    and leaves no trace then.
    """

    def __init__(self, reading: CurrentRead) -> None:
        self._reading = reading
        self._splitting: ReadingPlace | None = None
        self._first_parts: tuple[Caliper | None, ...] = ()

    @property
    def _visit(self) -> str:
        return self._reading.open_visit_id()

    def caliper_drawn(
        self, outcome: CaliperOutcome, volume: Volume, slice_index: int
    ) -> None:
        """Record a caliper: of the chosen lesion, of a new one, or a changed one.

        Parameters
        ----------
        outcome
            Ends at row, column of the slice.
        volume
            The series that the slice is of.
        slice_index
            From 0.

        Raises
        ------
        RecistToolError
            Where the image or the case does not allow it; nothing is kept then.
        """
        drawn, how = self._measured(outcome)
        if drawn is None:
            return
        decimals = self._reading.open_session().case.protocol.diameter_decimals
        caliper = as_record(volume, slice_index, drawn, decimals)
        length = caliper.long_axis.value_mm
        if not length:
            raise CommandRefused.at("long axis", "has no length", "Draw it again")
        if length < SHORTEST_MM:
            raise CommandRefused.at(
                "long axis",
                f"{length} mm is too short for a drawn one: nothing is recorded",
                "Draw it again, or type a length below 3 mm (=)",
            )
        lesion_id = self._key_to_lesion(outcome.key)
        if self._nodal(lesion_id) and caliper.short_axis is None:
            self._reading.unfinished = Unfinished(
                lesion_id,
                self._visit,
                series_key=volume.key,
                slice_index=slice_index,
                caliper=drawn,
                provenance=how,
            )
            self._reading.note = Note(NODE_WAITS)
            return
        caliper = caliper.replaced(provenance=how)
        if self.is_splitting and outcome.key in (NEW, UNFINISHED):
            self._add_part(caliper)
        else:
            self._record(lesion_id, caliper)
        self._reading.unfinished = None

    def _measured(
        self, outcome: CaliperOutcome
    ) -> tuple[PlaneCaliper | None, Provenance | None]:
        """Return what was measured, and how where not by hand alone.

        None of a caliper from another visit whose length is as it was there: it stays
        in the reader's hand.
        """
        waits = self._reading.unfinished if outcome.key == UNFINISHED else None
        if waits is None or waits.stale is None:
            return outcome.caliper, waits and waits.provenance
        drawn = renewed(outcome.caliper, waits.stale)
        if drawn is None:
            self._reading.unfinished = waits._replace(caliper=outcome.caliper)
            self._reading.note = Note(PULL_IT)
        return drawn, waits.provenance

    @property
    def is_splitting(self) -> bool:
        """Whether the next caliper is a part of the chosen lesion."""
        return self._splitting == self._reading.place

    def split(self) -> None:
        """Take the next calipers as parts of the chosen target; again: no more."""
        chosen = self._reading.chosen()
        if self.is_splitting:
            self._splitting = None
            return
        if chosen.role is not LesionRole.TARGET:
            raise CommandRefused.at(
                chosen.lesion_id, "is no target", "Only targets are measured in parts"
            )
        old = self._reading.open_read().finding(chosen.lesion_id, self._visit)
        self._first_parts = old.parts if isinstance(old, Split) else ()
        if isinstance(old, Measured):
            self._first_parts = (old.caliper,)
        self._splitting = self._reading.place
        self._reading.note = Note(self._parts_words())

    def merges(self) -> dict[str, Merge]:
        """Return in which ways the chosen lesion can have merged, each in its words.

        Whose caliper covers the mass is part of it: the other one is merged into it.
        """
        chosen, read = self._reading.lesion, self._reading.read
        if chosen is None or read is None:
            return {}
        own = caliper_of(read.finding(chosen.lesion_id, self._visit))
        found: dict[str, Merge] = {}
        for partner in self.partners():
            there = read.finding(partner, self._visit)
            if isinstance(there, MergedInto):
                continue
            caliper = caliper_of(there)
            covers = "drawn next" if caliper is None else sizes(caliper)
            found[f"{partner} ({covers})"] = Merge(chosen.lesion_id, partner)
            if own is not None:
                words = f"{chosen.lesion_id} ({sizes(own)}), with {partner} in it"
                found[words] = Merge(partner, chosen.lesion_id)
        return found

    def merge(self, merge: Merge) -> None:
        """Record which lesion is part of which; the one that has a caliper is next."""
        session, visit = self._reading.open_session(), self._visit
        self._require(State.MERGED)
        session.record(merge.part, visit, MergedInto(lesion_id=merge.whole))
        self._reading.choose(merge.whole)
        if caliper_of(session.read.finding(merge.whole, visit)) is None:
            words = (
                f"{merge.part} is part of {merge.whole}: draw {merge.whole}, all of it."
            )
            self._reading.note = Note(words)

    def _ask_of_merged(self, lesion_id: str) -> None:
        """Ask whether lesions merged with one that is gone are gone, too."""
        case, read = self._reading.open_session().case, self._reading.open_read()
        waiting = [one.lesion_id for one in self._reading.expected()]
        merged = merged_before(case, read, lesion_id, self._visit)
        still = [one for one in merged if one in waiting]
        if still:
            first = still[0]
            self._reading.ask(
                f"{first} was merged with {lesion_id}, which is gone: is {first} gone, "
                "too?",
                partial(self._also_gone, first),
            )

    def _also_gone(self, lesion_id: str) -> None:
        self._reading.choose(lesion_id)
        self.gone()

    def partners(self) -> list[str]:
        """Return the lesions that the chosen one can have merged with."""
        chosen, read = self._reading.lesion, self._reading.read
        if chosen is None or read is None:
            return []
        return [
            one.lesion_id
            for one in read.lesions
            if one.lesion_id != chosen.lesion_id and one.role is chosen.role
        ]

    def gone(self) -> None:
        """Record that the chosen lesion is gone (0 mm)."""
        if self._reading.chosen().role is LesionRole.NEW:
            self.say(State.RESOLVED)
        else:
            self._require(State.GONE)
            self._say_of_chosen(Absent())
            self._ask_of_merged(self._reading.chosen().lesion_id)

    def too_small(self) -> None:
        """Record that the chosen lesion is too small to measure (5 mm)."""
        self._require(State.TOO_SMALL)
        self._say_of_chosen(TooSmall())

    def typed(self, text: str) -> None:
        """Record a length of the chosen lesion that was typed, mm, in place of a drawn.

        Raises
        ------
        CommandRefused
            If the text is no length, or the lesion is a node, which has two axes.
        """
        lesion = self._reading.chosen()
        if lesion.nodal:
            raise CommandRefused.at(
                lesion.lesion_id, "is a node: both its axes are needed", "Draw them"
            )
        length = as_length(text)
        self._record(
            lesion.lesion_id,
            Caliper(long_axis=Diameter(axis=Axis.LONG, value_mm=length)),
        )

    def not_evaluable(self, reason: str) -> None:
        """Record that the chosen lesion cannot be evaluated, and why."""
        self._require(State.NOT_EVALUABLE)
        self._say_of_chosen(NotEvaluable(reason=reason))

    def present(self) -> None:
        """Record that the chosen lesion is there, whatever was said of it before.

        With no lesion chosen, one of the form's role is added without a caliper.
        """
        if self._reading.lesion is None:
            self._add(None)
        else:
            self.say(State.PRESENT)

    def say(self, state: State) -> None:
        """Record how the chosen lesion is seen, keeping its caliper and its figures."""
        session, lesion = self._reading.open_session(), self._reading.chosen()
        self._require(state)
        here = (session.case, session.read, self._visit)
        seen = seen_as(lesion, state, *here)
        mask = session.read.mask(lesion.lesion_id, self._visit)
        self._say_of_chosen(seen, mask if caliper_of(seen) is not None else None)

    def _require(self, state: State) -> None:
        """Refuse what cannot be said of the chosen lesion at this visit."""
        at_baseline = self._reading.is_baseline
        require_state(self._reading.chosen(), state, at_baseline=at_baseline)

    def clear(self) -> None:
        """Take back what was recorded of the chosen lesion at the open visit.

        A lesion of which nothing is recorded at any visit goes itself.
        """
        session, timepoint_id = self._reading.open_session(), self._visit
        reader_id, lesion_id = session.reader_id, self._reading.chosen().lesion_id
        if any(one.lesion_id == lesion_id for one in session.read.findings):
            session.do(
                ClearFinding(
                    reader_id=reader_id, lesion_id=lesion_id, timepoint_id=timepoint_id
                )
            )
            return
        session.do(RemoveLesion(reader_id=reader_id, lesion_id=lesion_id))
        self._reading.lesion_id = None
        gone = f"{lesion_id} is taken out: nothing was recorded of it."
        self._reading.note = Note(gone)

    def _add_part(self, caliper: Caliper) -> None:
        """Add a part; two of them are a finding."""
        parts = (*self._first_parts, caliper)
        if len(parts) > 1:
            self._say_of_chosen(Split(parts=parts))
        self._first_parts = parts
        self._reading.note = Note(self._parts_words())

    def _parts_words(self) -> str:
        count = len(self._first_parts)
        name = self._reading.lesion_id
        still = "draw another, or S to end" if count > 1 else "draw each part"
        return f"{name} in parts: {count} so far; {still}."

    def _say_of_chosen(self, finding: Finding, mask: LesionMask | None = None) -> None:
        session = self._reading.open_session()
        lesion_id = self._reading.chosen().lesion_id
        session.record(lesion_id, self._visit, finding, mask=mask)

    def _key_to_lesion(self, key: str) -> str | None:
        """Return whose a caliper is, as the tool names it; None for a new lesion."""
        if key == UNFINISHED and self._reading.unfinished is not None:
            return self._reading.unfinished.lesion_id
        if key != NEW:
            return key
        if self.is_splitting:
            return self._reading.lesion_id
        subject = self._reading.subject()
        return None if subject is None else subject.lesion_id

    def _nodal(self, lesion_id: str | None) -> bool:
        if lesion_id is None:
            return self._reading.new_lesion.nodal
        lesion = self._reading.open_read().lesion(lesion_id)
        return lesion is not None and lesion.nodal

    def _record(self, lesion_id: str | None, caliper: Caliper | None) -> None:
        """Record a lesion as seen, and add it where it is new, as one change."""
        session, timepoint_id = self._reading.open_session(), self._visit
        if lesion_id is None:
            self._add(caliper)
            return
        lesion = session.read.lesion(lesion_id)
        if lesion is None:
            raise CommandRefused.at(lesion_id, "there is no such lesion")
        old = said_so_far(session.case, session.read, lesion, timepoint_id)
        now = corrected(session.read, lesion_id, timepoint_id, caliper)
        finding = with_caliper(lesion.role, now.caliper, old)
        session.record(lesion_id, timepoint_id, finding, mask=now.mask)
        self._reading.lesion_id, self._reading.again = lesion_id, None
        if caliper is not None and caliper.short_axis is not None:
            self._reading.retry(lesion_id)

    def _add(self, caliper: Caliper | None) -> None:
        role = self._reading.new_lesion.role
        self.add(with_caliper(role, caliper, None))

    def add(
        self,
        finding: Finding,
        mask: LesionMask | None = None,
        region: Region | None = None,
        **details: str,
    ) -> None:
        """Add the lesion of the form with what was found of it, and choose it.

        Parameters
        ----------
        finding, mask
            What was found at the open visit.
        region
            The mask on its series, whose uptake is recorded with it on a PET.
        details
            Fields of the lesion that go before those of the form.
        """
        session, timepoint_id = self._reading.open_session(), self._visit
        new, is_baseline = self._reading.new_lesion, self._reading.is_baseline
        organ = details.pop("organ", new.organ)
        if is_baseline and new.role is LesionRole.NEW:
            raise CommandRefused.at(timepoint_id, NOT_AT_BASELINE)
        if not is_baseline and not self._reading.new_wanted:
            raise CommandRefused.at(
                timepoint_id,
                "no lesion waits for this, targets and non-targets are chosen at "
                "baseline, and a new lesion was not asked for",
                "Press Space for the next lesion, or W for a new one",
            )
        first_seen = timepoint_id if new.role is LesionRole.NEW else None
        own = {"nodal": new.nodal} if organ == new.organ else {}
        known = {"name": new.name, "first_seen": first_seen, **own}
        lesion = session.new_lesion(new.role, organ, **(known | details))
        before = session.read.uptake_at(timepoint_id)
        pet = region and scan_with(before, lesion.lesion_id, region)
        session.add_measured(lesion, timepoint_id, finding, mask=mask, pet=pet)
        self._reading.lesion_id = lesion.lesion_id
        self._reading.new_wanted = False
        self._reading.new_lesion = new._replace(name="")
