"""ADTR: the sum of diameters of each visit against baseline and nadir."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.cdisc.adrs import parameter, when
from recist_tool.cdisc.responses import sums_viable
from recist_tool.cdisc.sums import scopes_of
from recist_tool.terms import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from recist_tool.cdisc.dataset import Value
    from recist_tool.cdisc.subject import SubjectRead
    from recist_tool.criteria.answer.answer import ScopeAssessment, TimepointResponse

    Record = dict[str, Value]

SUM_OF_DIAMETERS: Final = ("SDIAM", "Sum of Diameters of Target Lesions (mm)")
SUM_OF_VIABLE: Final = ("SVDIAM", "Sum of Viable Diameters of Target Lesions (mm)")
TARGETS: Final = "Target Lesion(s)"


def adtr_records(reading: SubjectRead) -> Iterator[Record]:
    """Return the sums of one read; visits without a complete sum have no record."""
    for scope, assessed in scopes_of(reading).items():
        if assessed.baseline_sum_mm is None:
            continue
        common = _common(reading, scope)
        yield {**common, **_baseline(reading, assessed.baseline_sum_mm)}
        for answer in assessed.timepoints.values():
            if answer.sum_mm is not None:
                yield {**common, **when(reading, answer), **_sum(assessed, answer)}


def _common(reading: SubjectRead, scope: Scope) -> Record:
    viable = sums_viable(reading.assessment.criteria)
    code, text = SUM_OF_VIABLE if viable else SUM_OF_DIAMETERS
    return {
        "STUDYID": reading.study,
        "USUBJID": reading.findings.id,
        **reading.who("TR"),
        **parameter(scope, code, text, TARGETS),
    }


def _baseline(reading: SubjectRead, sum_mm: Decimal) -> Record:
    first = next(iter(reading.visits.values()))
    return {
        "AVISIT": first.id,
        "AVISITN": first.number,
        "ADT": first.date,
        "ADY": first.study_day,
        "AVAL": sum_mm,
        "BASE": sum_mm,
        "ABLFL": "Y",
    }


def _sum(assessed: ScopeAssessment, answer: TimepointResponse) -> Record:
    base, total = assessed.baseline_sum_mm, answer.sum_mm
    change = None if base is None or total is None else total - base
    return {
        "AVAL": total,
        "BASE": base,
        "CHG": change,
        "PCHG": answer.pct_from_baseline,
        "NADIR": answer.nadir_ref_mm,
        "CHGNAD": answer.abs_from_nadir_mm,
        "PCHGNAD": answer.pct_from_nadir,
        "ANL01FL": None if answer.post_pd else "Y",
    }
