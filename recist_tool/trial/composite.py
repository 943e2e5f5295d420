"""Responses that take several criteria or methods together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.answer.vocabulary import PROGRESSIONS, RESPONSES, best_first
from recist_tool.terms import Criteria, Response
from recist_tool.trial.patient import assess
from recist_tool.trial.rates import Rate, rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from recist_tool.model.findings import Findings
    from recist_tool.model.trial_settings import Composite, TrialSettings

_SILENT = frozenset({Response.NE, Response.NA})


class CompositeRate(NamedTuple):
    """How many patients responded by a composite.

    Attributes
    ----------
    rate
        Of all treated, or of the responders that it is among.
    evaluable
        Of those of them that could be judged.
    """

    composite: Composite
    rate: Rate
    evaluable: Rate


def composite_responses(
    findings: Findings, settings: TrialSettings
) -> dict[str, Response]:
    """Return whether a patient responded, by the name of each composite.

    Parameters
    ----------
    findings
        As used: dated, cut at the last day.

    Returns
    -------
    RESPONSE, NO RESPONSE or NE for each; empty without composites.

    Raises
    ------
    FindingsError
        As `patient.assess` under each of the criteria.
    """
    parts = {part for one in settings.composites for part in one.parts}
    best = {part: _best(findings, part, settings) for part in sorted(parts)}
    return {one.name: _together(one, best) for one in settings.composites}


def composite_rates(
    patients: Sequence[Mapping[str, Response]], settings: TrialSettings
) -> tuple[CompositeRate, ...]:
    """Return the rate of each composite over all patients."""
    return tuple(_rate(one, patients, settings) for one in settings.composites)


def _rate(
    composite: Composite,
    patients: Sequence[Mapping[str, Response]],
    settings: TrialSettings,
) -> CompositeRate:
    counted = [
        one[composite.name]
        for one in patients
        if composite.among is None or one[composite.among] is Response.RESPONSE
    ]
    responders = counted.count(Response.RESPONSE)
    evaluable = len(counted) - counted.count(Response.NE)
    limits = settings.rate_limits
    return CompositeRate(
        composite,
        rate(responders, len(counted), limits),
        rate(responders, evaluable, limits),
    )


def _together(composite: Composite, best: Mapping[str, Response]) -> Response:
    """Return the answer of a composite from the best responses of its parts."""
    wanted = frozenset(composite.counts) or RESPONSES
    found = [best[part] for part in composite.parts]
    responded = [one in wanted for one in found]
    known = [one for one in found if one not in _SILENT]
    if composite.needs == "any":
        if any(responded):
            return Response.RESPONSE
        return Response.NO_RESPONSE if known else Response.NE
    if all(responded):
        return Response.RESPONSE
    failed = any(one not in wanted for one in known)
    return Response.NO_RESPONSE if failed else Response.NE


def _best(findings: Findings, part: str, settings: TrialSettings) -> Response:
    """Return the best response of a patient by criteria, or by another method."""
    if part not in set(Criteria):
        return next(iter(best_first(_recorded(findings, part))), Response.NE)
    found = assess(findings.judged_by(Criteria(part))).overall
    if settings.confirmed_responses:
        return found.bor_confirmed
    return found.bor_unconfirmed


def _recorded(findings: Findings, method: str) -> Iterator[Response]:
    """Return what a method said at each visit, up to its first progression."""
    for seen in findings.timepoints:
        found = seen.responses.get(method)
        if found is None:
            continue
        yield found.overall
        if found.overall in PROGRESSIONS:
            return
