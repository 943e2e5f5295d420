"""What each set of criteria answers for a patient, whole and liver, by reference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tests.reference import (
    best,
    choi,
    clinical,
    combined,
    eortc,
    irecist,
    mrecist,
    per_lesion,
    percist,
    recist11,
    volumetric,
    who,
)
from tests.reference import reading as r
from tests.reference.reading import Json

COMBINED = {
    "RECIST 1.1": recist11.WAY,
    "WHO": who.WAY,
    "Choi": choi.WAY,
    "mRECIST": mrecist.WAY,
    "volumetric": volumetric.WAY,
    "per lesion": per_lesion.WAY,
}
BY_VISIT: dict[str, Callable[[Json, str, int], str]] = {
    "EORTC PET": eortc.response,
    "PERCIST": percist.response,
    "biochemical": clinical.biochemical,
    "symptoms": clinical.symptoms,
    "somatostatin analogue use": clinical.analogue,
}
LOOKS_AT = {
    "EORTC PET": "pet",
    "PERCIST": "pet",
    "biochemical": "markers",
    "symptoms": "symptoms",
    "somatostatin analogue use": "somatostatin_analogue",
}
RANKS = {
    "EORTC PET": ("CMR", "PMR", "SMD", "PMD"),
    "PERCIST": ("CMR", "PMR", "SMD", "PMD"),
    "biochemical": ("RESPONSE (NORMALISED)", "RESPONSE", "NO RESPONSE"),
    "symptoms": ("RESPONSE", "NO RESPONSE", "NA"),
    "somatostatin analogue use": (
        "RESPONSE (OFF DRUG)",
        "RESPONSE",
        "NO RESPONSE",
        "NA",
    ),
}


@dataclass(frozen=True)
class Reference:
    """The answer for one scope.

    Attributes
    ----------
    read, restated
        The response of each visit, as read and as later visits restate it.
    progressed
        The date of progression.
    best, confirmed
        Best response without and with confirmation.
    """

    read: tuple[str, ...]
    restated: tuple[str, ...]
    progressed: dt.date | None
    best: str
    confirmed: str


def answer(patient: Json, criteria: str, scope: str) -> Reference | None:
    """Return the reference answer; None where the liver has none to give."""
    if scope == r.LIVER and not concerns_liver(patient, criteria):
        return None
    if criteria in COMBINED:
        return of_combined(patient, scope, COMBINED[criteria])
    if criteria == "iRECIST":
        return of_irecist(patient, scope)
    return of_visits(patient, scope, criteria)


def concerns_liver(patient: Json, criteria: str) -> bool:
    """Return whether there is, or comes to be, anything to say of the liver."""
    seen = r.visits(patient)
    places: list[Json] = list(patient.get("lesions", []))
    places += [new for visit in seen for new in visit.get("new", [])]
    if criteria in ("EORTC PET", "PERCIST"):
        every = [r.baseline(patient), *seen]
        places += [
            eortc.place_of(patient, name)
            for visit in every
            for name in visit.get("pet", {}).get("lesions", {})
        ]
    return any(r.in_liver(patient, place) for place in places) or any(
        "liver" in visit for visit in seen
    )


def of_combined(patient: Json, scope: str, way: combined.Way) -> Reference:
    """Return the answer of criteria that combine as RECIST 1.1."""
    read = combined.history(patient, scope, len(r.visits(patient)), way)
    base = combined.for_best(patient, scope, way)
    words = combined.after_cr(patient, scope, way, base)
    visits = best.course(patient, words)
    confirm = best.best_confirmed if way.confirms else best.best_as_seen
    return Reference(
        tuple(read),
        tuple(combined.restated(patient, scope, way)),
        combined.progression(patient, scope, way),
        best.best_as_seen(patient, visits, way.stable),
        confirm(patient, visits, way.stable),
    )


def of_irecist(patient: Json, scope: str) -> Reference:
    """Return the answer of iRECIST."""
    words = irecist.words(patient, scope)
    for_best = irecist.settled_course(patient, scope)
    visits = best.course(patient, for_best, ends="iCPD")
    return Reference(
        tuple(words),
        tuple(irecist.settled(patient, scope)),
        irecist.progression(patient, scope),
        irecist.best(patient, visits, confirmed=False),
        irecist.best(patient, visits, confirmed=True),
    )


def of_visits(patient: Json, scope: str, criteria: str) -> Reference:
    """Return the answer of criteria that judge each visit by itself."""
    respond, own = BY_VISIT[criteria], LOOKS_AT[criteria]
    words = [
        combined.with_recorded(patient, scope, k, respond(patient, scope, k), own)
        for k in range(len(r.visits(patient)))
    ]
    known = {word for _, word in best.course(patient, words, ends="PMD")}
    top = next((word for word in RANKS[criteria] if word in known), "NE")
    dates = [r.date_of(patient, visit) for visit in r.visits(patient)]
    first = next(
        (d for d, word in zip(dates, words, strict=True) if word == "PMD"), None
    )
    return Reference(tuple(words), tuple(words), first, top, top)
