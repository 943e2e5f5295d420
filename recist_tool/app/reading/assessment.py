"""The read by the criteria that the reader looks at, and what they say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.errors import RecistToolError
from recist_tool.terms import PET_CRITERIA, Criteria

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app.session import Session
    from recist_tool.criteria.answer.answer import Message, ScopeAssessment
    from recist_tool.model.protocol import Protocol
    from recist_tool.trial.extrahepatic import ExtrahepaticSums
    from recist_tool.trial.patient import PatientAssessment

PATIENT = "patient"
"""All lesions: one of what a sum can be of."""
LIVER = "liver"
"""The lesions in the liver."""
EXTRAHEPATIC = "extrahepatic"
"""The lesions elsewhere."""
NOT_ASKED = "not in the protocol"


class Assessed(NamedTuple):
    """A read by one set of criteria.

    Attributes
    ----------
    found
        None while nothing can be said; `why` tells why, where it is not obvious.
    outside
        Sums of the targets outside the liver; None without any.
    pets
        Visits with a PET whose uptake these criteria want, and nobody measured.
    """

    criteria: Criteria
    found: PatientAssessment | None = None
    outside: ExtrahepaticSums | None = None
    why: str = ""
    pets: tuple[str, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What does not conform, and what these criteria miss."""
        return () if self.found is None else self.found.messages

    @property
    def scopes(self) -> list[tuple[str, ScopeAssessment]]:
        """The scopes that there are, the whole patient first."""
        if self.found is None:
            return []
        both = ((PATIENT, self.found.overall), (LIVER, self.found.liver))
        return [(name, scope) for name, scope in both if scope is not None]


class CurrentAssessment:
    """Judges the read by the chosen criteria, once for each change.

    Attributes
    ----------
    criteria
        Those that the reader looks at; None for the first of the protocol.
    """

    def __init__(self) -> None:
        self.criteria: Criteria | None = None
        self._judged = Assessed(Criteria.RECIST_1_1)
        self._of: tuple[object, ...] = ()

    def judged(self, session: Session | None) -> Assessed:
        """Return the read as it stands, by the chosen criteria.

        Where no case is open any more, nothing is chosen for the next.
        """
        if session is None:
            self.criteria = None
            self._of, self._judged = (), Assessed(Criteria.RECIST_1_1)
            return self._judged
        criteria = self.criteria or session.case.protocol.criteria[0]
        key = (session.answer, criteria)
        if len(self._of) != len(key) or any(
            mine is not other for mine, other in zip(self._of, key, strict=True)
        ):
            self._judged, self._of = _judged(session, criteria), key
        return self._judged


def _judged(session: Session, criteria: Criteria) -> Assessed:
    try:
        found = session.answer.by(criteria) if not session.problems else None
        outside = None if found is None else session.answer.extrahepatic_by(criteria)
    except RecistToolError as error:
        return Assessed(criteria, why=str(error))
    return Assessed(criteria, found, outside, pets=_unmeasured(session, criteria))


def _unmeasured(session: Session, criteria: Criteria) -> tuple[str, ...]:
    """Return the visits with a PET of which no uptake is recorded."""
    if criteria not in PET_CRITERIA:
        return ()
    return tuple(
        visit.timepoint_id
        for visit in session.case.timepoints
        if any(one.modality == "PT" for one in visit.series)
        and session.read.uptake_at(visit.timepoint_id) is None
    )


def offered(protocol: Protocol) -> Sequence[tuple[Criteria, str]]:
    """Return all criteria with their names, those of the protocol first."""
    asked = protocol.criteria
    others = [one for one in Criteria if one not in asked]
    return [
        *((one, one.value) for one in asked),
        *((one, f"{one.value} ({NOT_ASKED})") for one in others),
    ]


class LesionWhy(NamedTuple):
    """Why a visit is what it is: short for a line, and in full with the source."""

    short: str
    full: str


def whys(judged: Assessed, timepoint_id: str | None) -> list[LesionWhy]:
    """Return why a visit is what it is, for patient and liver.

    What the criteria need and nobody recorded is part of it.
    """
    if judged.why:
        return [LesionWhy(judged.why, judged.why)]
    found: list[LesionWhy] = []
    for name, scope in judged.scopes:
        answer = scope.timepoints.get(timepoint_id or "")
        if answer is not None:
            limit = f"; {answer.nearest_threshold}" if answer.nearest_threshold else ""
            short = f"{name.capitalize()} {answer.overall}: {answer.reason}{limit}"
            found.append(LesionWhy(short, f"{short} [{answer.citation}]"))
    if judged.pets:
        text = (
            f"A PET is there at {', '.join(judged.pets)}, and its uptake is not "
            "measured: see the page PET."
        )
        found.append(LesionWhy(text, text))
    return found
