"""The agreement of two readers as ``recist trial --json`` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recist_tool.trial.agreement import Kappa, ProgressionAgreement
    from recist_tool.trial.double_reads import (
        Discordance,
        PatientRead,
        ReaderAgreement,
        ScopeAgreement,
    )


def agreement_json(agreement: ReaderAgreement) -> dict[str, Any]:
    """Return an agreement as plain JSON; what cannot be estimated is null."""
    return {
        "reference": agreement.reference,
        "other": agreement.other,
        "n": agreement.n,
        "weights": agreement.weights.value,
        "overall": _scope(agreement.overall),
        "liver": _scope(agreement.liver),
        "discordant": [_discordance(one) for one in agreement.discordant],
    }


def _scope(scope: ScopeAgreement) -> dict[str, Any]:
    return {
        "bor": _kappa(scope.bor),
        "bor_weighted": _kappa(scope.bor_weighted),
        "progression": _progression(scope.progression),
    }


def _kappa(kappa: Kappa) -> dict[str, Any]:
    return {
        "n": kappa.n,
        "categories": list(kappa.categories),
        "table": [list(row) for row in kappa.table],
        "agreement": kappa.agreement,
        "kappa": kappa.kappa,
        "ci95": kappa.ci95 and list(kappa.ci95),
    }


def _progression(seen: ProgressionAgreement) -> dict[str, Any]:
    return {
        "n": seen.n,
        "same_time": seen.same_time,
        "reference_later": seen.investigator_later,
        "reference_earlier": seen.investigator_earlier,
        "reference_only": seen.investigator_only,
        "other_only": seen.central_only,
        "neither": seen.neither,
        "agreement": seen.agreement,
        "edr": seen.early_discrepancy_rate,
        "ldr": seen.late_discrepancy_rate,
    }


def _discordance(one: Discordance) -> dict[str, Any]:
    return {
        "id": one.reference.id,
        "differs": list(one.differs),
        "reference": _reading(one.reference),
        "other": _reading(one.other),
    }


def _reading(one: PatientRead) -> dict[str, Any]:
    day, liver = one.overall.pd_date, one.liver
    return {
        "bor": one.overall.bor.value,
        "pd_date": day and day.isoformat(),
        "liver_bor": liver and liver.bor.value,
        "liver_pd_date": liver and liver.pd_date and liver.pd_date.isoformat(),
    }
