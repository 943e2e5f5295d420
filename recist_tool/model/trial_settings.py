"""The conventions of a trial's endpoints, each with the default that the rules name."""

from __future__ import annotations

import datetime as dt
from math import ceil
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from recist_tool.model.numbers import Days, Months
from recist_tool.model.record import Record
from recist_tool.model.trial_organs import OrganWords
from recist_tool.terms import (
    Censoring,
    CurveLimits,
    KappaWeights,
    LiverProgression,
    MissedVisits,
    RateLimits,
    Response,
    VisitDating,
)


class Landmark(Record):
    """A month at which responses are counted, and how near a visit must lie.

    Attributes
    ----------
    month
        Months from the reference date.
    window_days
        Days by which a visit may be early or late (inclusive).
    """

    month: Annotated[Months, Field(ge=1)]
    window_days: Days


LANDMARKS = (
    Landmark(month=1, window_days=15),
    Landmark(month=3, window_days=30),
    Landmark(month=6, window_days=45),
    Landmark(month=12, window_days=45),
    Landmark(month=18, window_days=45),
)
"""Months 1, 3, 6, 12 and 18, with windows that do not overlap."""


class Composite(Record):
    """A response that takes several criteria or methods together.

    Attributes
    ----------
    parts
        Names of criteria, or of other methods under which responses were recorded.
    needs
        Whether one part must have responded, or all of them.
    counts
        The words that count as a response; all that do (CR, PR, CMR …) where empty.
    among
        The name of a composite before this one: only its responders are counted.
    """

    name: str = Field(min_length=1)
    parts: tuple[str, ...] = Field(min_length=1)
    needs: Literal["any", "all"] = "any"
    counts: tuple[Response, ...] = ()
    among: str | None = None


class TrialSettings(Record):
    """The conventions that the definitions of endpoints leave open.

    Attributes
    ----------
    confirmed_responses
        Whether response rates and duration of response ask for confirmed responses.
    disease_control_counts_non_cr_non_pd
        Whether NON-CR/NON-PD is disease control.
    rate_limits
        Limits of rates (see `RateLimits`).
    censoring
        Which events count (see `Censoring`).
    visit_interval_days, visit_window_days
        The schedule of scans; None where there is none, then no visit is ever missed.
    missed_visits
        How two or more missed visits are told (see `MissedVisits`).
    visit_dating
        The date of a PD with scans on several dates (see `VisitDating`).
    symptomatic_progression_counts
        Whether clinical progression without imaging is a progression.
    liver_progression
        What extrahepatic PD does to liver endpoints (see `LiverProgression`).
    death_ends_response
        Whether death is an event of the duration of response; it censors otherwise.
    count_first_day
        Whether a duration counts both its first and its last day (one day more).
    days_per_month
        Length of a month, days.
    curve_limits
        Scale of the limits of survival and incidence curves (see `CurveLimits`).
    rates_at_months
        Months at which curves are read off.
    landmarks
        Months at which responses are counted.
    landmarks_carry_progression
        Whether a patient once in PD stays PD at later landmarks without a visit;
        otherwise such a patient is not evaluable there.
    kappa_weights
        How a disagreement on best response by several categories weighs.
    same_progression_within_days
        Progressions of two readers no further apart are at the same time.
    data_cutoff
        What happened after this day is not used.
    organ_words
        The trial's own words for places, each with its organ, for every patient; a
        patient's own settings go before them.
    horizon_months
        The same for each patient: what happened after as many months from its
        reference date is not used. None for no such end.
    composites
        Responses by several criteria together (see `Composite`).
    """

    confirmed_responses: bool = True
    disease_control_counts_non_cr_non_pd: bool = True
    rate_limits: RateLimits = RateLimits.CLOPPER_PEARSON
    censoring: Censoring = Censoring.FDA
    visit_interval_days: Annotated[Days, Field(ge=1)] | None = 56
    visit_window_days: Days = 7
    missed_visits: MissedVisits = MissedVisits.TWO_WINDOWS
    visit_dating: VisitDating = VisitDating.FDA
    symptomatic_progression_counts: bool = False
    liver_progression: LiverProgression = LiverProgression.IGNORED
    death_ends_response: bool = True
    count_first_day: bool = True
    days_per_month: float = Field(default=30.4375, ge=28, le=31)
    curve_limits: CurveLimits = CurveLimits.LOG_LOG
    rates_at_months: tuple[Months, ...] = (12,)
    landmarks: tuple[Landmark, ...] = LANDMARKS
    landmarks_carry_progression: bool = False
    kappa_weights: KappaWeights = KappaWeights.LINEAR
    same_progression_within_days: Days = 0
    data_cutoff: dt.date | None = None
    organ_words: OrganWords = ()
    horizon_months: float | None = Field(default=None, gt=0, le=1_200)
    composites: tuple[Composite, ...] = ()

    @model_validator(mode="after")
    def _windows_do_not_reach_the_next_visit(self) -> Self:
        interval = self.visit_interval_days
        if interval is not None and 2 * self.visit_window_days >= interval:
            msg = "visit_window_days must be less than half of visit_interval_days"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _composites_build_on_those_before(self) -> Self:
        known: set[str] = set()
        for one in self.composites:
            if one.name in known:
                msg = f"there are two composites named '{one.name}'"
                raise ValueError(msg)
            if one.among is not None and one.among not in known:
                msg = f"composite '{one.name}' is among '{one.among}', not named before"
                raise ValueError(msg)
            known.add(one.name)
        return self

    def last_day(self, reference: dt.date) -> dt.date | None:
        """Return the last day of a patient that is used; None where all are.

        The horizon ends on the day on which its months are reached, so that a curve
        can be read off at it.
        """
        if self.horizon_months is None:
            return self.data_cutoff
        days = ceil(self.horizon_months * self.days_per_month)
        end = reference + dt.timedelta(days=days - int(self.count_first_day))
        return end if self.data_cutoff is None else min(end, self.data_cutoff)

    def months(self, days: float) -> float:
        """Return a number of days in months."""
        return days / self.days_per_month
