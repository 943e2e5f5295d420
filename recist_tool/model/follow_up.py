"""What is known of a patient beyond the scans: treatment, and what became of them."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from recist_tool.model.record import Record

Group = str | int | bool
"""The value of one thing that a trial compares patients by: an arm, a mutation."""


class FollowUp(Record):
    """What is known of a patient beyond the scans.

    Attributes
    ----------
    new_therapy
        First day of another anticancer treatment.
    clinical_progression
        Symptomatic deterioration without progression on imaging.
    """

    death: dt.date | None = None
    last_alive: dt.date | None = None
    new_therapy: dt.date | None = None
    clinical_progression: dt.date | None = None


class Treatment(Record):
    """One session of treatment."""

    date: dt.date
    activity_gbq: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    target: str = ""
