"""What hangs in a pane as a rule that fits any patient: which visit, which series.

A rule holds no name, date or UID: a visit by what it is to the one that is read, a
series by its modality and contrast phase.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recist_tool.app.reading.hanging_protocol import (
    DisplaySet,
    Plane,
    VisitPlace,
    nadir_of,
)
from recist_tool.dicom.scan.phase import PHASES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from recist_tool.app.reading.current_read import CurrentRead
    from recist_tool.app.reading.patient_series import PatientSeries
    from recist_tool.dicom.scan.scan import Series
    from recist_tool.model.case import SeriesReference

NO_SERIES = "none"
"""Key of what a rule looked for in vain: no series has it."""

MOST_VISITS = 99
ORDINALS = {1: "second", 2: "third", 3: "fourth"}


class RelativeVisit(Enum):
    """Which visit hangs, seen from the one that is read."""

    CURRENT = "current"
    BASELINE = "baseline"
    NADIR = "nadir"
    BEFORE = "before"
    AFTER = "after"


class PaneRule(BaseModel):
    """What hangs in one pane, of whichever patient.

    Attributes
    ----------
    steps
        How many visits before or after; without meaning for the others.
    modality, phase
        Of the series; without a phase, any of the modality.
    rank
        Which of several such series of the visit, from 0.
    window
        From black to white, in `units`; None for the one that a series comes in.
    fused
        How strong the PET over the CT is; None where there is none.
    fused_window
        From the lowest to the highest colour.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    visit: RelativeVisit = RelativeVisit.CURRENT
    steps: int = Field(1, ge=1, le=MOST_VISITS)
    modality: Annotated[str, Field(pattern="^[A-Z]{1,16}$")]
    phase: str = ""
    rank: int = Field(0, ge=0, le=999)
    plane: Plane = Plane.ACQUIRED
    window: tuple[float, float] | None = None
    units: Annotated[str, Field(max_length=16)] = ""
    fused: Annotated[float, Field(ge=0, le=1)] | None = None
    fused_window: tuple[float, float] = (0.0, 10.0)

    @model_validator(mode="after")
    def _require_sense(self) -> Self:
        if self.phase not in ("", *PHASES):
            raise ValueError("no such phase")
        spans = (self.window or (0.0, 1.0), self.fused_window)
        if any(low >= high for low, high in spans):
            raise ValueError("a window without width")
        return self


class RuledFilm(NamedTuple):
    """What a rule comes to for one patient.

    Attributes
    ----------
    lacks
        What was not found, in words for the pane; empty where the film can hang.
    """

    film: DisplaySet
    lacks: str = ""


class HangingRules:
    """Makes rules of what hangs, and finds what a rule means for the open patient."""

    def __init__(self, reading: CurrentRead, studies: PatientSeries) -> None:
        self._reading = reading
        self._studies = studies

    def rule_of(self, film: DisplaySet, current: str) -> PaneRule | None:
        """Return the rule by which a film hangs; None where it is of no visit.

        Parameters
        ----------
        current
            The visit that is read.
        """
        known = [one.timepoint_id for one in self._reading.visits]
        every = self._of_visit(film.timepoint_id)
        key = film.series_key or next((one.key for one in every), "")
        series = next((one for one in every if one.key == key), None)
        if series is None or {film.timepoint_id, current} - {*known}:
            return None
        visit, steps = self._seen_from(film, known, current)
        phase = series.phase if series.phase in PHASES else ""
        alike = _fitting(every, series.modality, phase)
        try:
            return PaneRule(
                visit=visit,
                steps=steps,
                modality=series.modality,
                phase=phase,
                rank=alike.index(series),
                plane=film.plane,
            )
        except ValueError:  # a modality that no scanner writes
            return None

    def film_of(self, rule: PaneRule, current: str, *, is_first: bool) -> RuledFilm:
        """Return what a rule means while a visit is read.

        What a sequential read does not open yet never hangs.

        Parameters
        ----------
        current
            The visit that is read.
        is_first
            Whether it is of the pane of the current visit.
        """
        visit, lacks = self._visit_of(rule, current)
        first = self._reading.to_sign_before(visit) if visit else None
        if first is not None:
            lacks = f"{visit} opens once {first} is signed: this read is sequential."
        if lacks:
            return RuledFilm(DisplaySet(series_key=NO_SERIES), lacks)
        place = VisitPlace.CURRENT if is_first else _place(rule)
        film = DisplaySet(visit, NO_SERIES, rule.plane, place)
        found = _fitting(self._of_visit(visit), rule.modality, rule.phase)
        if rule.rank >= len(found):
            return RuledFilm(film, f"{visit} has no {_kind(rule, len(found))}.")
        return RuledFilm(film._replace(series_key=found[rule.rank].key))

    def _seen_from(
        self, film: DisplaySet, known: Sequence[str], current: str
    ) -> tuple[RelativeVisit, int]:
        visit = film.timepoint_id
        if visit == current:
            return RelativeVisit.CURRENT, 1
        if film.place is VisitPlace.NADIR:
            return RelativeVisit.NADIR, 1
        steps = known.index(current) - known.index(visit)
        if visit == known[0] and film.place is not VisitPlace.PRIOR:
            return RelativeVisit.BASELINE, 1
        way = RelativeVisit.BEFORE if steps > 0 else RelativeVisit.AFTER
        return way, abs(steps)

    def _visit_of(self, rule: PaneRule, current: str) -> tuple[str, str]:
        """Return the visit of a rule, or why there is none."""
        known = [one.timepoint_id for one in self._reading.visits]
        if rule.visit is RelativeVisit.CURRENT or current not in known:
            return current, ""
        at = known.index(current)
        if rule.visit is RelativeVisit.BASELINE:
            is_it = f"{current} is the baseline: nothing is before it."
            return (known[0], "") if at else ("", is_it)
        if rule.visit is RelativeVisit.NADIR:
            nadir = nadir_of(self._reading, current)
            has_one = nadir in known[:at]
            none = f"No nadir before {current} yet: no sum is measured."
            return (str(nadir), "") if has_one else ("", none)
        is_before = rule.visit is RelativeVisit.BEFORE
        there = at - rule.steps if is_before else at + rule.steps
        if 0 <= there < len(known):
            return known[there], ""
        visits = "visit" if rule.steps == 1 else f"{rule.steps} visits"
        return "", f"No {visits} {rule.visit.value} {current}."

    def _of_visit(self, timepoint_id: str) -> list[Series | SeriesReference]:
        """Return the series of a visit, at hand or not."""
        visit = self._reading.visit_of(timepoint_id)
        if visit is None:
            return []
        return [*self._studies.of_visit(visit), *self._studies.missing(visit)]


def _place(rule: PaneRule) -> VisitPlace:
    """Return what a visit beside the current one is called on its pane."""
    if rule.visit is RelativeVisit.BEFORE and rule.steps == 1:
        return VisitPlace.PRIOR
    return {
        RelativeVisit.CURRENT: VisitPlace.PRESENT,
        RelativeVisit.BASELINE: VisitPlace.BASELINE,
        RelativeVisit.NADIR: VisitPlace.NADIR,
    }.get(rule.visit, VisitPlace.CHOSEN)


def _fitting(
    every: Sequence[Series | SeriesReference], modality: str, phase: str
) -> list[Series | SeriesReference]:
    """Return the series of a kind; where none has the phase, those that tell none."""
    alike = [one for one in every if one.modality == modality]
    if not phase:
        return alike
    named = [one for one in alike if one.phase == phase]
    return named or [one for one in alike if not one.phase]


def _kind(rule: PaneRule, found: int) -> str:
    """Return what a rule looks for, in words."""
    which = ORDINALS.get(rule.rank, f"{rule.rank + 1}th") if found else ""
    return " ".join(filter(None, (which, rule.modality, rule.phase)))
