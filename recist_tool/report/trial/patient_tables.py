"""Tables of what patients were treated with, how they fared, and what they died of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.report.trial.tables import (
    NONE,
    Table,
    in_months,
    percent,
    share,
    told,
)
from recist_tool.trial.exposure import exposures
from recist_tool.trial.fate import causes_of_death, spans
from recist_tool.trial.lesions import lesion_shares

if TYPE_CHECKING:
    from recist_tool.trial.cohort import TrialResult
    from recist_tool.trial.exposure import Activity, Exposure
    from recist_tool.trial.fate import Span
    from recist_tool.trial.lesions import LesionShares


def patient_tables(result: TrialResult) -> list[Table]:
    """Return the tables of what there is to tell of the patients of a trial."""
    some = (
        composite_table(result),
        lesion_table(result),
        follow_up_table(result),
        death_table(result),
        treatment_table(result),
    )
    return [table for table in some if table.rows]


def composite_table(result: TrialResult) -> Table:
    """Return the rates of the composites of the settings."""
    rows = (
        (
            one.composite.name,
            one.composite.among or "all treated",
            told(one.rate),
            told(one.evaluable),
        )
        for one in result.composites
    )
    columns = ("", "among", "responders (95 % limits)", "of evaluable (95 % limits)")
    return Table("Composite responses", columns, tuple(rows))


def lesion_table(result: TrialResult) -> Table:
    """Return the shares of all lesions by best response, under ``per lesion``."""
    found = lesion_shares(one.lesions for one in result.patients)
    title = "Lesions of all patients, each at its best"
    columns = ("", "lesions", "share")
    if found is None or not found.lesions:
        return Table(title, columns, ())
    rows = (
        (name.value, str(one.lesions), f"{percent(float(one.percent) / 100)} %")
        for name, one in found.shares.items()
    )
    return Table(title, columns, tuple(rows), _told_of(found))


def _told_of(found: LesionShares) -> str:
    parts = [f"{found.lesions} lesions in {found.patients} patients"]
    if found.mean_size_percent:
        least, most = (
            f"{float(found.mean_size_percent[at]):+.0f}".replace("-", "−")
            for at in (-1, 0)
        )
        parts.append(f"their mean diameter changed by {least} to {most} % at best")
    if found.not_evaluated:
        parts.append(f"{found.not_evaluated} more were not seen again")
    return "; ".join(parts) + "."


def follow_up_table(result: TrialResult) -> Table:
    """Return how long patients were observed, with ranges."""
    found = spans(result.patients, result.settings)
    seen = "Last scan" if result.knows_progression else "Last answer"
    reverse = in_months(result.curves.follow_up.median)
    return Table(
        "Follow-up and survival, months",
        ("", "n", "range", "median of the times", "median, reverse Kaplan–Meier"),
        (
            ("Follow-up", *_cells(found.followed), reverse),
            ("Survival of those who died", *_cells(found.died), NONE),
            ("Follow-up of the living", *_cells(found.living), NONE),
            (seen, *_cells(found.scanned), NONE),
        ),
        f"Alive when last seen: {share(found.living.n, result.n)}.",
    )


def _cells(span: Span) -> tuple[str, str, str]:
    if span.median is None:
        return str(span.n), NONE, NONE
    reach = f"{span.shortest:.1f} to {span.longest:.1f}"
    return str(span.n), reach, f"{span.median:.1f}"


def death_table(result: TrialResult) -> Table:
    """Return the deaths by cause, each with its month."""
    rows = (
        (
            one.cause or "cause not recorded",
            share(len(one.months), result.n),
            _listed(one.months),
        )
        for one in causes_of_death(result.patients, result.settings)
    )
    return Table("Deaths", ("cause", "of all treated", "at months"), tuple(rows))


def _listed(months: tuple[float, ...]) -> str:
    """Return months one by one, or their range where there are many."""
    if len(months) > 12:
        return f"{months[0]:.1f} to {months[-1]:.1f}"
    return ", ".join(f"{one:.1f}" for one in months)


def treatment_table(result: TrialResult) -> Table:
    """Return sessions, fractions and activity, over all and by target."""
    found = exposures(result.patients)
    columns = ("target", "patients", "sessions", "fractions", "GBq in all")
    return Table(
        "Treatment",
        (*columns, "GBq a patient: median", "range"),
        tuple(_exposure(one) for one in found),
        "; ".join(
            f"{n} {'patient' if n == 1 else 'patients'} with {times} "
            f"{'session' if times == 1 else 'sessions'}"
            for one in found[:1]
            for times, n in one.sessions_per_patient.items()
        ),
    )


def _exposure(one: Exposure) -> tuple[str, ...]:
    counts = (one.patients, one.sessions, one.fractions)
    return (one.target or "all", *map(str, counts), *_activity(one.activity))


def _activity(activity: Activity) -> tuple[str, str, str]:
    if activity.total is None:
        return NONE, NONE, NONE
    reach = f"{activity.least:.1f} to {activity.most:.1f}"
    return f"{activity.total:.1f}", f"{activity.median:.1f}", reach
