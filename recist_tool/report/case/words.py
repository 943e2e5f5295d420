"""Responses, findings and changes in the words of a report."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from recist_tool.criteria.numbers import listed, millimetres, percent
from recist_tool.model.finding import (
    Absent,
    Measured,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    Split,
    TooSmall,
    calipers_of,
)
from recist_tool.model.read_findings import counted_mm
from recist_tool.terms import NewLesionStatus, NonTargetStatus, Response

if TYPE_CHECKING:
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.finding import Finding
    from recist_tool.model.lesion import Lesion

NONE: Final = "\N{EN DASH}"
MINUS: Final = "\N{MINUS SIGN}"
TIMES: Final = "\N{MULTIPLICATION SIGN}"
_MOST_DIGITS: Final = 2
TOO_SMALL_MM: Final = Decimal(5)
"""Eisenhauer 2009, 4.3.2."""

IN_FULL: Final = {
    Response.CR: "complete response",
    Response.PR: "partial response",
    Response.SD: "stable disease",
    Response.PD: "progressive disease",
    Response.NE: "not evaluable",
    Response.NON_CR_NON_PD: "neither complete response nor progressive disease",
    Response.NED: "no evidence of disease",
    Response.NA: "not applicable",
    Response.ICR: "complete response under immunotherapy",
    Response.IPR: "partial response under immunotherapy",
    Response.ISD: "stable disease under immunotherapy",
    Response.IUPD: "progression under immunotherapy, not confirmed",
    Response.ICPD: "progression under immunotherapy, confirmed",
    Response.NON_ICR_NON_IUPD: "neither complete response nor progression "
    "under immunotherapy",
    Response.NC: "no change",
    Response.MR: "minor response",
    Response.CMR: "complete metabolic response",
    Response.PMR: "partial metabolic response",
    Response.SMD: "stable metabolic disease",
    Response.PMD: "progressive metabolic disease",
    Response.NORMALISED: "response: normalised",
    Response.OFF_DRUG: "response: off the drug",
    Response.RESPONSE: "response",
    Response.NO_RESPONSE: "no response",
}
_NON_TARGET: Final = {
    NonTargetStatus.PRESENT: "present",
    NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL: "larger, not unequivocally",
    NonTargetStatus.UNEQUIVOCAL_PD: "unequivocal progression",
}
_NEW: Final = {
    NewLesionStatus.DEFINITE: "new",
    NewLesionStatus.EQUIVOCAL: "new, equivocal",
    NewLesionStatus.RESOLVED: "resolved",
}


_STATED: Final = {"absent": "gone (0 mm)", "too_small": "too small to measure (5 mm)"}


def response_words(response: Response) -> str:
    """Return a response in full, and as it is written in short.

    >>> response_words(Response.PR), response_words(Response.NO_RESPONSE)
    ('partial response (PR)', 'no response')
    """
    full = IN_FULL[response]
    is_short = len(response.value) <= len(Response.NON_ICR_NON_IUPD.value)
    is_said = response.value.lower() in full
    return f"{full} ({response.value})" if is_short and not is_said else full


def sizes(caliper: Caliper) -> str:
    """Return long by short axis: ``32.1 × 20.0 mm``."""
    lengths = [caliper.long_axis.value_mm]
    if caliper.short_axis is not None:
        lengths.append(caliper.short_axis.value_mm)
    *others, last = map(millimetres, lengths)
    return f" {TIMES} ".join([*(one.removesuffix(" mm") for one in others), last])


def found_words(finding: Finding) -> tuple[str, ...]:
    """Return what was found of a lesion at a visit, a line each."""
    measured = tuple(map(sizes, calipers_of(finding)))
    match finding:
        case NonTargetSeen():
            said = (_NON_TARGET[finding.status], *measured)
        case NewLesionSeen():
            said = (_NEW[finding.status], *measured)
        case Split():
            gone = sum(part is None for part in finding.parts)
            said = ("split into parts", *measured, *["one gone"] * gone)
        case MergedInto():
            said = (f"merged into {finding.lesion_id}",)
        case NotEvaluable():
            said = (f"not evaluable: {finding.reason}",)
        case Absent() | TooSmall():
            said = (_STATED[finding.kind],)
        case Measured():
            joined = listed([*finding.merged_with]) if finding.merged_with else ""
            said = (*measured, *([f"measured with {joined}"] if joined else []))
    return said


def other_figures(finding: Finding) -> tuple[str, ...]:
    """Return the other figures of a target, in their units."""
    if not isinstance(finding, Measured | Split):
        return ()
    named = (
        ("viable", finding.viable_mm, "mm"),
        ("mean", finding.hu_mean, "HU"),
        ("volume", finding.volume_ml, "ml"),
    )
    return tuple(
        f"{name} {figure_words(value, unit)}"
        for name, value, unit in named
        if value is not None
    )


def sum_part_mm(lesion: Lesion, finding: Finding | None) -> Decimal | None:
    """Return what a target adds to its sum, mm; None where it has no length."""
    match finding:
        case Absent():
            return Decimal(0)
        case TooSmall():
            return TOO_SMALL_MM
        case Measured() | Split():
            calipers = calipers_of(finding)
            if lesion.nodal and any(one.short_axis is None for one in calipers):
                return None
            counted = (counted_mm(one, nodal=lesion.nodal) for one in calipers)
            return sum(counted, Decimal(0))
        case _:
            return None


def change_words(now: Decimal | None, before: Decimal | None) -> str:
    """Return how much a length has changed; empty without both, or from 0.

    >>> change_words(Decimal("61.1"), Decimal("70"))
    '−12.7 %'
    """
    if now is None or not before:
        return ""
    changed = now - before
    return f"{_sign(changed)}{percent(abs(changed), before)}"


def signed_mm(value: Decimal | None) -> str:
    """Return a change of length with its sign."""
    return NONE if value is None else f"{_sign(value)}{millimetres(abs(value))}"


def signed_percent(value: Decimal | None) -> str:
    """Return a change in percent with its sign."""
    if value is None:
        return NONE
    return f"{_sign(value)}{percent(abs(value), Decimal(100))}"


def figure_words(value: Decimal | None, unit: str) -> str:
    """Return a figure with its unit, at most two digits after its point.

    >>> figure_words(Decimal("27.0"), "mm"), figure_words(Decimal(2) / 3, "")
    ('27.0 mm', '0.67')
    """
    if value is None:
        return NONE
    exponent = value.as_tuple().exponent
    is_short = isinstance(exponent, int) and -_MOST_DIGITS <= exponent <= 0
    return f"{value:f} {unit}".rstrip() if is_short else f"{value:.2f} {unit}".rstrip()


def _sign(value: Decimal) -> str:
    return MINUS if value < 0 else "+" if value else ""
