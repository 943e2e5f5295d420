"""Which words for places no organ is known by: said once each, with how they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.answer.answer import Message
from recist_tool.model.organs import Place, place_of
from recist_tool.terms import MessageLevel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.criteria.course.course import Course
    from recist_tool.model.findings import Findings

HOW_COUNTED = "counted as an organ of its own, outside the liver"


def unknown_places(findings: Findings) -> dict[str, tuple[str, Place]]:
    """Return the words that name no organ: for each, its first lesion and the place."""
    words = findings.settings.organ_words
    found: dict[str, tuple[str, Place]] = {}
    for lesion_id, organ, nodal in _places(findings):
        place = place_of(organ, words)
        if not (nodal or place.known):
            found.setdefault(organ, (lesion_id, place))
    return found


def place_messages(course: Course) -> list[Message]:
    """Return a warning for each word that is not known, or may be several organs."""
    return [
        Message(
            MessageLevel.WARNING,
            _code(place),
            text=_text(organ, place),
            lesion=lesion_id,
        )
        for organ, (lesion_id, place) in unknown_places(course.findings).items()
    ]


def _code(place: Place) -> str:
    return "organ-ambiguous" if place.either else "organ-not-known"


def _text(organ: str, place: Place) -> str:
    what = f"may be {place.either}" if place.either else "is no organ that is known"
    return f'"{organ}" {what}: {HOW_COUNTED}, unless organ_words names its organ'


def _places(findings: Findings) -> Iterator[tuple[str, str, bool | None]]:
    for lesion in findings.lesions:
        yield lesion.id, lesion.organ, lesion.nodal
    for seen in findings.timepoints:
        for new in seen.new:
            yield new.id, new.organ, new.nodal
        for name, scanned in seen.pet.lesions.items() if seen.pet else ():
            if scanned.organ is not None:
                yield name, scanned.organ, scanned.nodal
