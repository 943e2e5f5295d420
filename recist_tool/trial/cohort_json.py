"""A trial's result as ``recist trial --json`` prints it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from recist_tool.trial.agreement_json import agreement_json
from recist_tool.trial.cohort import COMPETING
from recist_tool.trial.exposure import activity_gbq, exposures, sessions
from recist_tool.trial.fate import causes_of_death, spans
from recist_tool.trial.lesions import lesion_shares
from recist_tool.trial.liver_definitions import liver_pfs_by_definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.model.findings import Findings
    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.cohort import (
        Curves,
        FailedPatient,
        ScopeRates,
        Subgroup,
        Subgroups,
        TrialResult,
    )
    from recist_tool.trial.composite import CompositeRate
    from recist_tool.trial.exposure import Exposure
    from recist_tool.trial.landmarks import LandmarkCount
    from recist_tool.trial.limits import Estimate
    from recist_tool.trial.patient_result import PatientResult, ScopeResult
    from recist_tool.trial.rates import Rate
    from recist_tool.trial.survival import SurvivalCurve
    from recist_tool.trial.time_to_event import TimeToEvent


def trial_json(result: TrialResult) -> dict[str, Any]:
    """Return a trial's result as plain JSON; what cannot be estimated is null.

    ``failed`` names the patients that no figure counts, where there are any.
    """
    return {**_of_all(result), "patients": [_patient(one) for one in result.patients]}


def trial_json_text(result: TrialResult) -> Iterator[str]:
    """Return the text of `trial_json` piece by piece, one patient after the other."""
    summary = json.dumps(_of_all(result), allow_nan=False)
    yield f'{summary.removesuffix("}")}, "patients": ['
    for number, one in enumerate(result.patients):
        text = json.dumps(_patient(one), allow_nan=False)
        yield f", {text}" if number else text
    yield "]}"


def _of_all(result: TrialResult) -> dict[str, Any]:
    failed = [_failed(one) for one in result.failed]
    return {
        "n": result.n,
        "settings": settings_json(result),
        "endpoints": _endpoints(result),
        "landmarks": {str(one.month): _landmark(one) for one in result.landmarks},
        "liver_landmarks": {
            str(one.month): _landmark(one) for one in result.liver_landmarks
        },
        "subgroups": {
            one.field: _subgroups(one, result.settings) for one in result.subgroups
        },
        "composites": {
            one.composite.name: _composite(one) for one in result.composites
        },
        "treatment": [_exposure(one) for one in exposures(result.patients)],
        "follow_up": _spans(result),
        "deaths": [
            {"cause": one.cause, "n": len(one.months), "months": list(one.months)}
            for one in causes_of_death(result.patients, result.settings)
        ],
        "lesions": _lesions(result),
        "agreement": [agreement_json(one) for one in result.agreement],
        **({"failed": failed} if failed else {}),
    }


def _failed(patient: FailedPatient) -> dict[str, str]:
    by = {"reader_id": patient.reader_id} if patient.reader_id else {}
    return {"id": patient.id, **by, "fault": str(patient.fault)}


def settings_json(result: TrialResult) -> dict[str, Any]:
    """Return every convention used; more than one of `response` where patients differ.

    The day of new therapy is not among them: it is a fact of each patient.
    """
    response: list[dict[str, Any]] = []
    for rules in dict.fromkeys(one.findings.settings for one in result.patients):
        shown = rules.model_dump(mode="json", exclude={"new_therapy_day"})
        if shown not in response:
            response.append(shown)
    return {
        **result.settings.model_dump(mode="json"),
        "response": response,
        "criteria": sorted(str(one) for one in result.criteria),
    }


def _endpoints(result: TrialResult) -> dict[str, Any]:
    followed = result.curves.follow_up.median
    return {
        **_rates(result.overall, ""),
        **_rates(result.liver, "liver_"),
        **_curves(result.curves, result.settings),
        "liver_pfs_by_definition": {
            definition.value: _curve(curve, result.settings)
            for definition, curve in liver_pfs_by_definition(
                result.patients, result.settings
            ).items()
        },
        "liver_progression_incidence": _incidence(result),
        "time_to_response": _time_to_response(
            [one.overall for one in result.patients], result.settings
        ),
        "liver_time_to_response": _time_to_response(
            [one.liver for one in result.patients if one.liver], result.settings
        ),
        "median_follow_up_months": followed.value,
        "median_follow_up_ci95_months": _limits(followed),
    }


def _rates(rates: ScopeRates, prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}orr": _rate(rates.orr),
        f"{prefix}dcr": _rate(rates.dcr),
        f"{prefix}orr_evaluable": _rate(rates.evaluable_orr),
        f"{prefix}dcr_evaluable": _rate(rates.evaluable_dcr),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return rate._asdict() | {"ci95": rate.ci95 and list(rate.ci95)}


def _curves(curves: Curves, settings: TrialSettings) -> dict[str, Any]:
    named = curves._asdict()
    del named["follow_up"]
    return {name: _curve(curve, settings) for name, curve in named.items()}


def _curve(curve: SurvivalCurve, settings: TrialSettings) -> dict[str, Any]:
    rows = zip(
        curve.times.tolist(),
        curve.survival.tolist(),
        curve.at_risk.tolist(),
        curve.events.tolist(),
        curve.censored.tolist(),
        strict=True,
    )
    return {
        **_summary(curve),
        "at_months": {
            str(month): _at(curve.at(month)) for month in settings.rates_at_months
        },
        "km": [list(row) for row in rows],
    }


def _summary(curve: SurvivalCurve) -> dict[str, Any]:
    return {
        "n": curve.n,
        "events": int(curve.events.sum()),
        "median_months": curve.median.value,
        "ci95_months": _limits(curve.median),
    }


def _at(estimate: Estimate) -> dict[str, Any]:
    return {"rate": estimate.value, "ci95": _limits(estimate)}


def _limits(estimate: Estimate) -> list[float | None]:
    return [estimate.low, estimate.high]


def _incidence(result: TrialResult) -> dict[str, Any]:
    incidence, months = result.liver_incidence, result.settings.rates_at_months
    n = int(incidence.at_risk[0]) if incidence.at_risk.size else 0
    return {"n": n} | {
        ending.value: {
            "events": int(incidence.events[:, cause - 1].sum()),
            "at_months": {str(one): _at(incidence.at(cause, one)) for one in months},
            "curve": np.column_stack(
                (incidence.times, incidence.incidence[:, cause - 1])
            ).tolist(),
        }
        for cause, ending in enumerate(COMPETING, start=1)
    }


def _time_to_response(
    results: Sequence[ScopeResult], settings: TrialSettings
) -> dict[str, Any]:
    months = [
        settings.months(one.response_days)
        for one in results
        if one.response_days is not None
    ]
    return {
        "n": len(months),
        "median_months": float(np.median(months)) if months else None,
        "range_months": [min(months), max(months)] if months else None,
    }


def _landmark(count: LandmarkCount) -> dict[str, Any]:
    return {
        **{response.value: number for response, number in count.counts.items()},
        "words": {response.value: number for response, number in count.words.items()},
        "n": count.orr.n,
        "evaluable": count.evaluable_orr.n,
        "orr": _rate(count.orr),
        "dcr": _rate(count.dcr),
        "orr_evaluable": _rate(count.evaluable_orr),
        "dcr_evaluable": _rate(count.evaluable_dcr),
    }


def _subgroups(subgroups: Subgroups, settings: TrialSettings) -> dict[str, Any]:
    return {
        "groups": {one.name: _group(one, settings) for one in subgroups.groups},
        "without": subgroups.without,
        "log_rank": {
            endpoint: {
                "chi_square": test.chi_square,
                "degrees": test.degrees,
                "p_value": test.p_value,
                "observed": dict(zip(test.groups, test.observed, strict=True)),
                "expected": dict(zip(test.groups, test.expected, strict=True)),
            }
            for endpoint, test in subgroups.log_rank.items()
        },
    }


def _group(group: Subgroup, settings: TrialSettings) -> dict[str, Any]:
    return {
        "n": group.n,
        **_rates(group.overall, ""),
        **_rates(group.liver, "liver_"),
        **_curves(group.curves, settings),
    }


def _patient(one: PatientResult) -> dict[str, Any]:
    liver = one.liver
    return {
        "id": one.findings.id,
        "reader": one.findings.reader,
        "bor": one.overall.bor.value,
        "liver_bor": liver and liver.bor.value,
        "evaluable": one.overall.evaluable,
        "os": _time(one.os),
        "pfs": one.overall.pfs and _time(one.overall.pfs),
        "liver_pfs": liver and liver.pfs and _time(liver.pfs),
        "time_to_response_days": one.overall.response_days,
        "liver_time_to_response_days": liver and liver.response_days,
        "dor": one.overall.dor and _time(one.overall.dor),
        "liver_dor": liver and liver.dor and _time(liver.dor),
        "composites": {name: said.value for name, said in one.composites.items()},
        "death_cause": one.findings.follow_up and one.findings.follow_up.death_cause,
        "groups": dict(one.findings.groups),
        "treatment": _treatment(one.findings),
    }


def _time(time: TimeToEvent) -> dict[str, Any]:
    return {
        "event": time.event,
        "ending": time.ending.value,
        "date": time.date.isoformat(),
        "days": time.days,
        "why": time.why,
    }


def _treatment(findings: Findings) -> dict[str, Any]:
    given = findings.treatment
    targets = sorted({one.target for one in given})
    return {
        "sessions": sessions(given),
        "activity_gbq": activity_gbq(given),
        "activity_gbq_by_target": {
            target: activity_gbq([one for one in given if one.target == target])
            for target in targets
        },
    }


def _composite(one: CompositeRate) -> dict[str, Any]:
    return {
        **_rate(one.rate),
        "evaluable": _rate(one.evaluable),
        "among": one.composite.among,
    }


def _exposure(one: Exposure) -> dict[str, Any]:
    counts = {str(times): n for times, n in one.sessions_per_patient.items()}
    return {
        "target": one.target,
        "patients": one.patients,
        "sessions": one.sessions,
        "fractions": one.fractions,
        "sessions_per_patient": counts,
        "activity_gbq": one.activity._asdict(),
    }


def _spans(result: TrialResult) -> dict[str, Any]:
    return {
        name: {
            "n": span.n,
            "median_months": span.median,
            "range_months": [span.shortest, span.longest] if span.n else None,
        }
        for name, span in spans(result.patients, result.settings)._asdict().items()
    }


def _lesions(result: TrialResult) -> dict[str, Any] | None:
    found = lesion_shares(one.lesions for one in result.patients)
    if found is None:
        return None
    changes = [float(one) for one in found.mean_size_percent]
    return {
        "patients": found.patients,
        "lesions": found.lesions,
        "not_evaluated": found.not_evaluated,
        "shares": {
            name.value: {"lesions": share.lesions, "percent": float(share.percent)}
            for name, share in found.shares.items()
        },
        "mean_size_change_percent": changes,
    }
