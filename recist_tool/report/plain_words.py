"""The conventions of a protocol in plain words: for windows and reports.

A name of a field is for programs; whoever reads a report or a page reads this.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from recist_tool.terms import (
    AfterCr,
    Criteria,
    EquivocalDating,
    GrowthOf,
    NotRecorded,
    PmrThreshold,
    PrPersistence,
    Reappearance,
    Reference,
    Response,
    UnconfirmedProgression,
    VolumeLimits,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from recist_tool.model.protocol import Protocol
    from recist_tool.model.record import Record

PROTOCOL: Final = {
    "max_targets": ("Target lesions", "at most {}"),
    "max_targets_per_organ": ("Target lesions in one organ", "at most {}"),
    "max_liver_targets": ("Target lesions in the liver", "at most {}"),
    "min_long_axis_mm": ("A lesion is measurable from a long axis of", "{} mm"),
    "min_node_short_axis_mm": (
        "A lymph node is a target from a short axis of",
        "{} mm",
    ),
    "thick_slices_raise_node_floor": (
        "On slices over 5 mm a lymph node needs twice their thickness",
        "{}",
    ),
    "diameter_decimals": ("Digits after the point of a diameter in mm", "{}"),
    "sequential": ("A visit is read once all before it are signed", "{}"),
    "blinded_to": ("Readers are not told", "{}"),
    "uptake_border": ("Uptake on PET ends at", "{}"),
}
SETTINGS: Final = {
    "sd_min_days": ("Stable disease counts as best response from day", "{}"),
    "confirm_min_days": ("A response is confirmed after at least", "{} days"),
    "max_ne_between": (
        "Visits that may be not evaluable between a response and its confirmation",
        "{}",
    ),
    "one_sd_between_pr_ok": (
        "One stable visit between two partial responses: they confirm each other",
        "{}",
    ),
    "any_sd_between_pr_ok": (
        "Several stable visits between two partial responses: they confirm each other",
        "{}",
    ),
    "pr_persistence": ("A visit after a partial response", "{}"),
    "new_therapy_day": ("Visits count until new treatment on day", "{}"),
    "sd_minimum_for_non_cr_non_pd": (
        "Without measured lesions, neither response nor progression counts from the "
        "same day as stable disease",
        "{}",
    ),
    "after_cr": ("Disease seen after a complete response", "{}"),
    "reappearance": ("A lesion that is back is progression", "{}"),
    "equivocal_dating": ("An equivocal new lesion that is confirmed later", "{}"),
    "no_disease_as": (
        "A visit without disease, where there was none at baseline",
        "{}",
    ),
    "persisting_outranks_unseen": (
        "One non-target persists, one was not seen: neither response nor progression",
        "{}",
    ),
    "marker_required_for_cr": (
        "A raised tumour marker must be normal for a complete response",
        "{}",
    ),
    "liver_pd_requires_overall": (
        "Growth in the liver is progression only where the whole sum has grown so",
        "{}",
    ),
    "hepatic_node_sites": ("Lymph nodes that count as liver", "{}"),
    "organ_words": ("The trial's own words for organs", "{}"),
}
OTHER: Final = {
    Criteria.IRECIST: {
        "confirm_min_days": ("Progression is confirmed after at least", "{} days"),
        "unchanged_new_lesion_keeps_iupd": (
            "While a new lesion is there, progression stays unconfirmed",
            "{}",
        ),
        "unconfirmed_progression": (
            "A progression that was never confirmed counts",
            "{}",
        ),
    },
    Criteria.WHO: {
        "growth_of": ("Progression is growth of", "{}"),
        "growth_from": ("Growth is measured from", "{}"),
    },
    Criteria.MRECIST: {
        "min_growth_mm": ("Progression asks, beside 20 %, for growth by", "{} mm"),
    },
    Criteria.CHOI: {"growth_from": ("Growth is measured from", "{}")},
    Criteria.EORTC_PET: {
        "limit_is_inclusive": (
            "A change of exactly 25 % is response, or progression",
            "{}",
        ),
        "pmr_threshold": ("Partial metabolic response is a fall", "{}"),
    },
    Criteria.PERCIST: {
        "pmd_is_strict": ("Progression asks for more than 30 % and 0.8", "{}"),
        "tlg_counts": ("Total lesion glycolysis up by 75 % is progression", "{}"),
        "growth_from": ("Progression is measured from", "{}"),
        "not_comparable_is_ne": (
            "A scan that cannot be compared is not evaluable",
            "{}",
        ),
        "liver_limit_is_strict": (
            "Liver uptake must differ by less than 0.3, not by at most that",
            "{}",
        ),
        "not_recorded": ("A lesion without a recorded uptake counts as", "{}"),
    },
    Criteria.VOLUMETRIC: {"limits": ("Response and progression are changes", "{}")},
    Criteria.BIOCHEMICAL: {
        "marker": ("The marker that answers", "{}"),
        "needs_raised_baseline": (
            "A marker that was normal at baseline is not evaluable",
            "{}",
        ),
    },
    Criteria.SYMPTOMS: {
        "off_months": ("Off the drug counts after more than", "{} months"),
        "min_reduction_percent": ("The dose has fallen by at least", "{} %"),
    },
    Criteria.PER_LESION: {
        "pr_is_strict": ("A response asks for more than a 50 % fall in area", "{}"),
        "minor_from_percent": ("A response is minor from a fall in area of", "{} %"),
    },
}
"""By criteria: the words for each of their settings."""

_SECTION: Final = {
    Criteria.EORTC_PET: "eortc_pet",
    Criteria.PER_LESION: "per_lesion",
    Criteria.SOMATOSTATIN_ANALOGUE: "symptoms",
}
_VALUES: Final[Mapping[Enum, str]] = {
    PrPersistence.ARITHMETIC: "is what its sum says",
    PrPersistence.CARRY_CONFIRMED: "stays a response, once confirmed, till progression",
    AfterCr.PD: "is progression",
    AfterCr.REREAD_AS_PR: "shows that the complete response was a partial one",
    AfterCr.AS_RECORDED: "is what each visit says; it confirms no complete response",
    Reappearance.AFTER_OVERALL_CR: "after a complete response",
    Reappearance.FROM_ZERO_NADIR: "after a complete response, or a sum of 0 mm",
    Reappearance.SUM_RULE_ONLY: "only by the sum of diameters",
    EquivocalDating.FIRST_SEEN: "is progression from the visit that first showed it",
    EquivocalDating.BOR_AS_READ: "dates the progression back; best response stays",
    EquivocalDating.AS_READ: "is progression from its confirmation on",
    Response.NED: "no evidence of disease (NED)",
    Response.NE: "not evaluable (NE)",
    UnconfirmedProgression.WITHOUT_LATER_SCAN: "where no later scan was made",
    UnconfirmedProgression.ALWAYS: "always",
    UnconfirmedProgression.NEVER: "never",
    GrowthOf.ANY_LESION: "any lesion",
    GrowthOf.SUM: "the sum",
    Reference.NADIR: "the smallest value before",
    Reference.BASELINE: "baseline",
    PmrThreshold.BY_CYCLE: "by 15 % after one cycle, by more than 25 % after more",
    PmrThreshold.ALWAYS_15: "by 15 %",
    PmrThreshold.ALWAYS_25: "by 25 %",
    NotRecorded.NOT_EVALUATED: "not evaluated",
    NotRecorded.COOLER: "cooler than the hottest that was recorded",
    VolumeLimits.SPHERE: "as of a sphere by RECIST 1.1: \N{MINUS SIGN}65.7 %, +72.8 %",
    VolumeLimits.WHO_SPHERE: "as of a sphere by WHO: \N{MINUS SIGN}64.6 %, +39.8 %",
    VolumeLimits.QIBA_LUNG: "as by QIBA: \N{MINUS SIGN}35 %, +55 %",
}
_WHERE_NOTHING: Final = {
    "blinded_to": "nothing: they are told everything",
    "new_therapy_day": "no such day",
    "marker": "each that was raised at baseline",
}


def protocol_words(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    """Return each convention of a protocol in words, with what it is.

    Of the other criteria, those of the criteria that the protocol names.
    """
    return (
        ("Protocol", protocol.name),
        ("Criteria", ", ".join(one.value for one in protocol.criteria)),
        *_said(protocol, PROTOCOL),
        *_said(protocol.settings, SETTINGS),
        *(
            (f"{criteria.value}: {name[0].lower()}{name[1:]}", value)
            for criteria in protocol.criteria
            for name, value in _of_others(protocol, criteria)
        ),
        ("Organs offered", ", ".join(protocol.organs)),
    )


def _of_others(protocol: Protocol, criteria: Criteria) -> Iterator[tuple[str, str]]:
    section = _SECTION.get(criteria, criteria.value.lower())
    settings = getattr(protocol.settings.other_criteria, section, None)
    if settings is not None:
        words = OTHER.get(criteria, OTHER[Criteria.SYMPTOMS])
        yield from _said(settings, words)


def _said(
    record: Record, words: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    for field, (name, pattern) in words.items():
        value = getattr(record, field)
        nothing = "none" if value in (None, ()) else ""
        said = _WHERE_NOTHING.get(field, "none") if nothing else _value(value)
        yield name, said if nothing else pattern.format(said)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return _VALUES.get(value, str(value.value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return ", ".join(_member(one) for one in value)  # pyright: ignore[reportUnknownVariableType]
    return str(value)


def _member(value: Any) -> str:
    """Return one of several: a word, or a word with the organ that it stands for."""
    if isinstance(value, tuple):
        return " is ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return _value(value)
