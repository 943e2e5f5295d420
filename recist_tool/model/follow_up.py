"""What is known of a patient beyond the scans: treatment, and what became of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from recist_tool.model.numbers import Count
from recist_tool.model.record import GrownRecord

Group = str | Annotated[int, Field(ge=-(10**12), le=10**12)] | bool
"""The value of one thing that a trial compares patients by: an arm, a mutation."""


class FollowUp(GrownRecord):
    """What is known of a patient beyond the scans.

    Attributes
    ----------
    new_therapy
        First day of another anticancer treatment.
    clinical_progression
        Symptomatic deterioration without progression on imaging.
    death_cause
        In the trial's words: ``progressive liver disease``. The same words for the same
        cause, as deaths are counted by them.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"death_cause"})

    death: dt.date | None = None
    last_alive: dt.date | None = None
    new_therapy: dt.date | None = None
    clinical_progression: dt.date | None = None
    death_cause: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _a_cause_has_its_death(self) -> Self:
        if self.death_cause is not None and self.death is None:
            msg = "a death_cause needs the date of death"
            raise ValueError(msg)
        return self


class Treatment(GrownRecord):
    """One session of treatment.

    Attributes
    ----------
    target
        What was treated: ``right lobe``.
    fractions
        In how many parts the activity was given that day.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"fractions"})

    date: dt.date
    activity_gbq: float | None = Field(default=None, ge=0, le=10_000)
    target: str = ""
    fractions: Annotated[Count, Field(ge=1)] = 1
