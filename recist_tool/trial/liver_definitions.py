"""Liver progression-free survival by each of its three definitions, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.terms import LiverProgression
from recist_tool.trial.survival import kaplan_meier
from recist_tool.trial.time_to_event import liver_progression_free_survival

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.patient_result import PatientResult
    from recist_tool.trial.survival import SurvivalCurve


def liver_pfs_by_definition(
    patients: Iterable[PatientResult], settings: TrialSettings
) -> dict[LiverProgression, SurvivalCurve]:
    """Return the curve of liver PFS under each definition; times in months.

    Where progression elsewhere competes, it ends the time as an event: the curve is
    what none of the three causes of the cumulative incidence has reached.
    """
    courses = [one.course for one in patients]
    curves: dict[LiverProgression, SurvivalCurve] = {}
    for definition in LiverProgression:
        chosen = settings.replaced(liver_progression=definition)
        ends = [
            end
            for course in courses
            if (end := liver_progression_free_survival(course, chosen)) is not None
        ]
        curves[definition] = kaplan_meier(
            [settings.months(end.days) for end in ends],
            [end.event for end in ends],
            settings.curve_limits,
        )
    return curves
