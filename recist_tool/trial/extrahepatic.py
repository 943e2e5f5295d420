"""The targets outside the liver: their sum beside those of patient and liver."""

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.course.course import course, outside_liver
from recist_tool.criteria.registry import CRITERIA
from recist_tool.trial.judging import judging, tell_limits, tell_reasons
from recist_tool.trial.patient import EXACT_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.model.findings import Findings


class ExtrahepaticSums(NamedTuple):
    """Sums of the targets outside the liver.

    Attributes
    ----------
    timepoints
        Visits after baseline by timepoint, in order: their sums and changes. What
        they say of a response is no published category; nobody reports it.
    """

    baseline_sum_mm: Decimal | None
    timepoints: Mapping[str, TimepointResponse]


def extrahepatic_sums(findings: Findings) -> ExtrahepaticSums | None:
    """Return the sums outside the liver; None where no target lies there.

    Raises
    ------
    FindingsError
        As `patient.assess`.
    AssessmentFailed
        Where the program goes wrong; no sentence of these sums fails later.
    """
    with judging(findings.criteria), localcontext(prec=EXACT_DIGITS):
        of = course(findings)
        seen = outside_liver(of)
        if not seen.targets:
            return None
        rules = CRITERIA[findings.criteria]
        found = ExtrahepaticSums(*rules.assess_visits(of, seen, None))
        tell_reasons(found.timepoints.values())
        tell_limits(found.timepoints.values())
        return found
