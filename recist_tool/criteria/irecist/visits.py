"""iRECIST (Seymour et al., Lancet Oncol 2017;18:e143): progression is confirmed.

Each visit is judged by RECIST 1.1 first; what its progression comes to is in
`irecist_steps`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Message
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.course.organs import organ_group
from recist_tool.criteria.irecist.progression import Step, recorded_step, step
from recist_tool.criteria.irecist.seen import Observed, ProgressionState, SeenNewLesion
from recist_tool.criteria.recist11 import visits as recist11
from recist_tool.criteria.recist11.non_targets import non_targets
from recist_tool.criteria.size_based.base import given_response
from recist_tool.model.findings import NonTargetFinding
from recist_tool.terms import (
    MessageLevel,
    NewLesionStatus,
    Response,
    UnconfirmedProgression,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import SumLimits, TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.model.criteria_settings import IRecistSettings
    from recist_tool.model.findings import FindingsTimepoint, NewLesionFinding
    from recist_tool.model.protocol import Settings

ICR, IPR, ISD = Response.ICR, Response.IPR, Response.ISD
IUPD, ICPD, NE = Response.IUPD, Response.ICPD, Response.NE
MEASURABLE_MM: Final = {False: 10, True: 15}
"""Size from which a new lesion is followed by its size: node or not."""
MAX_NEW_TARGETS: Final = 5
MAX_NEW_TARGETS_PER_ORGAN: Final = 2
BEST: Final = Scale(
    order=(
        ICR,
        IPR,
        ISD,
        Response.NON_ICR_NON_IUPD,
        Response.NED,
        ICPD,
        IUPD,
        NE,
    ),
    stop=ICPD,
    complete=ICR,
    partial=IPR,
    stable=ISD,
    citation="Seymour 2017, Table 3",
)


def progression(answers: Sequence[Step], settings: IRecistSettings) -> str | None:
    """Return the visit that dates the progression, or None.

    The iUPD of the pair that was confirmed. Where none was, the settings say: by
    default the first of the iUPD that all later evaluable visits repeat. One that fell
    back to iSD, iPR or iCR does not count.
    """
    places = range(len(answers))
    confirmed = next((at for at in places if answers[at].response is ICPD), None)
    if confirmed is not None:
        opened = answers[confirmed].opened
        own = answers[confirmed].id
        return _first_of_run(answers, confirmed) if opened in (None, own) else opened
    waiting = [at for at in places if answers[at].response is IUPD]
    rule = settings.unconfirmed_progression
    if not waiting or rule is UnconfirmedProgression.NEVER:
        return None
    if rule is UnconfirmedProgression.ALWAYS:
        return answers[waiting[0]].id
    last = max(at for at in places if answers[at].response is not NE)
    return _first_of_run(answers, last) if last == waiting[-1] else None


def _first_of_run(answers: Sequence[Step], last: int) -> str:
    """Return the first of the iUPD that lead to a visit without falling back."""
    first = answers[last].id
    for one in reversed(answers[:last]):
        if one.response is IUPD:
            first = one.id
        elif one.response is not NE:
            break
    return first


class IEvidence(NamedTuple):
    """The judgement by RECIST 1.1, and what iRECIST makes of it.

    Attributes
    ----------
    silent
        Known new lesions of which the visit says nothing.
    """

    recist: TimepointResponse
    step: Step
    silent: frozenset[str] = frozenset()

    def reason(self, answer: TimepointResponse) -> str:
        """Return what became of the progression, then the findings."""
        return "; ".join(part for part in (self.step.text, self.recist.reason) if part)

    def citation(self, answer: TimepointResponse) -> str:
        """Return the row of Table 2, or RECIST 1.1 where the paper prints none."""
        if self.step.row is not None:
            return self.step.row.citation
        return f"Seymour 2017, as {self.recist.citation}"

    def limits(self, answer: TimepointResponse) -> SumLimits | None:
        """Return the sums at which the target response changes, mm."""
        return self.recist.why.limits(self.recist)


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the baseline sum, mm, and the response of every visit.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Answers for the whole patient, as `recist11.visits.assess_visits` takes them.
    """
    baseline_mm, by_recist = recist11.assess_visits(course, view, whole)
    followed = _followed_by_size(course)
    state = ProgressionState()
    answers: dict[str, TimepointResponse] = {}
    known = _Known(followed)
    for visit in course.follow_ups:
        found = by_recist[visit.id]
        confirmed = state.confirmed
        given = found.overall if visit.recorded else given_response(view, visit)
        seen = None
        if not visit.recorded:
            seen = _observed(view, visit, found, known)
            known = known.after(view, visit)
        taken, state = _taken(visit, seen, given, state, course.settings)
        if not state.known:
            known = _Known(followed)
        answers[visit.id] = found._replace(
            overall=taken.response,
            restated_overall=None,
            post_pd=confirmed,
            why=(
                IEvidence(found, taken, seen.silent if seen else frozenset())
                if visit.compared
                else found.why
            ),
        )
    return baseline_mm, answers


def _taken(
    visit: CourseVisit,
    seen: Observed | None,
    given: Response | None,
    state: ProgressionState,
    settings: Settings,
) -> tuple[Step, ProgressionState]:
    """Return the step of a visit: from findings, or the reader's where they give NE."""
    if seen is not None:
        taken, after = step(seen, state, settings.other_criteria.irecist)
        if taken.response is Response.NED:
            taken = taken._replace(response=settings.no_disease_as)
        if given is None or given is NE or taken.response is not NE:
            return taken, after
        state = after
    return recorded_step((visit.id, visit.day), given or NE, state)


def progressed(
    course: Course, answers: Mapping[str, TimepointResponse]
) -> TimepointResponse | None:
    """Return the visit that dates the progression, or None."""
    taken = [
        one.why.step._replace(response=one.effective)
        for one in answers.values()
        if isinstance(one.why, IEvidence)
    ]
    settings = course.settings.other_criteria.irecist
    visit = progression(taken, settings)
    return None if visit is None else answers[visit]


def queries(
    course: Course,
    view: View,
    answers: Mapping[str, TimepointResponse],
) -> list[Message]:
    """Tell of new lesions: too many followed by size, without a finding, early ones.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answers
        Of `assess_visits`, by visit ID.
    """
    followed = _followed_by_size(course)
    messages: list[Message] = []
    for visit in course.follow_ups:
        messages += _of_evidence(answers[visit.id])
        found = [one for one in view.new_at(visit.seen) if one.id in followed]
        words = course.settings.organ_words
        organs = [organ_group(one.organ, words, nodal=one.nodal) for one in found]
        crowded = {
            one for one in organs if organs.count(one) > MAX_NEW_TARGETS_PER_ORGAN
        }
        if len(found) > MAX_NEW_TARGETS or crowded:
            text = f"more new lesions are followed by size than {MAX_NEW_TARGETS} in "
            text += f"all or {MAX_NEW_TARGETS_PER_ORGAN} in an organ (Seymour 2017)"
            level = MessageLevel.WARNING
            messages.append(
                Message(
                    level,
                    "new-target-selection",
                    text=text,
                    timepoint=visit.id,
                )
            )
    return messages


def _of_evidence(answer: TimepointResponse) -> list[Message]:
    why, at = answer.why, answer.timepoint_id
    if not isinstance(why, IEvidence):
        return []
    messages = [
        Message(
            MessageLevel.WARNING,
            "no-finding",
            text=f"new lesion {name} has no finding: "
            "taken as not evaluated, not as gone",
            lesion=name,
            timepoint=at,
        )
        for name in sorted(why.silent)
        if not answer.post_pd
    ]
    if why.step.asks:
        level = MessageLevel.QUERY
        messages.append(
            Message(level, "early-new-lesion", text=why.step.asks, timepoint=at)
        )
    return messages


class _Known(NamedTuple):
    """The new lesions that were definite before a visit.

    Attributes
    ----------
    followed
        Those that are followed by size, at any visit.
    there
        Those that have not resolved since.
    last_mm
        Size of each when it was last measured.
    """

    followed: frozenset[str]
    there: frozenset[str] = frozenset()
    last_mm: Mapping[str, Decimal] = MappingProxyType({})

    def after(self, view: View, visit: CourseVisit) -> _Known:
        """Return the same as the next visit sees it."""
        if not visit.seen.new:
            return self
        there, last_mm = set(self.there), dict(self.last_mm)
        for one in view.new_at(visit.seen):
            if one.status is NewLesionStatus.DEFINITE:
                there.add(one.id)
            elif one.status is NewLesionStatus.RESOLVED:
                there.discard(one.id)
            if one.mm is not None:
                last_mm[one.id] = one.mm
        return _Known(self.followed, frozenset(there), last_mm)

    def silent_at(self, new: Sequence[NewLesionFinding]) -> frozenset[str]:
        """Return the lesions that a visit does not tell of."""
        untold = {
            one.id
            for one in new
            if one.id in self.followed
            and one.mm is None
            and one.change is None
            and one.status is NewLesionStatus.DEFINITE
        }
        return (self.there - {one.id for one in new}) | untold

    def unsized_at(self, new: Sequence[NewLesionFinding]) -> frozenset[str]:
        """Return the lesions followed by size, not gone, that have none at a visit."""
        definite = {one.id for one in new if one.status is NewLesionStatus.DEFINITE}
        measured = {one.id for one in new if one.id in definite and one.mm is not None}
        gone = {one.id for one in new if one.status is NewLesionStatus.RESOLVED}
        return (self.followed & (self.there | definite)) - measured - gone


def _observed(
    view: View, visit: CourseVisit, found: TimepointResponse, known: _Known
) -> Observed:
    assert found.target is not None  # noqa: S101 - the visit has findings
    assert found.nontarget is not None  # noqa: S101
    measured = found.sum_mm if found.sum_mm is not None else found.partial_sum_mm
    new = view.new_at(visit.seen)
    return Observed(
        id=visit.id,
        day=visit.day,
        target=found.target,
        nontarget=found.nontarget,
        sum_mm=found.sum_mm,
        measured_mm=measured,
        progressed=frozenset(non_targets(view, visit.seen).progressed),
        nontarget_grew=any(_grew(visit.seen, one.id) for one in view.non_targets),
        new=tuple(
            _new(one, known) for one in new if one.status is NewLesionStatus.DEFINITE
        ),
        silent=known.silent_at(new),
        unsized=known.unsized_at(new),
        symptomatic=visit.seen.symptomatic,
    )


def _grew(seen: FindingsTimepoint, lesion_id: str) -> bool:
    """Return whether a non-target is larger than at the visit before.

    "Increased, not unequivocally" says so, unless the reader compared the two visits.
    """
    finding = seen.nontarget.get(lesion_id)
    if isinstance(finding, NonTargetFinding):
        if finding.change_since_last is not None:
            return finding.change_since_last == "increased"
        finding = finding.state
    return finding == "increased_not_unequivocal"


def _new(lesion: NewLesionFinding, known: _Known) -> SeenNewLesion:
    progressed_ = lesion.change == "unequivocal_pd"
    if lesion.id in known.followed and lesion.mm is not None:
        return SeenNewLesion(lesion.id, lesion.mm, progressed=progressed_)
    grew = lesion.change == "increased" or progressed_
    if lesion.change is None and lesion.mm is not None:
        earlier = known.last_mm.get(lesion.id)
        grew = earlier is not None and lesion.mm > earlier
    return SeenNewLesion(lesion.id, None, grew, progressed_)


def _followed_by_size(course: Course) -> frozenset[str]:
    """Return the new lesions that are followed by size: as said, or as measurable."""
    kinds: dict[str, bool] = {}
    for visit in course.follow_ups:
        for one in visit.seen.new:
            if one.id not in kinds and one.status is NewLesionStatus.DEFINITE:
                floor = MEASURABLE_MM[bool(one.nodal)]
                large = one.mm is not None and one.mm >= floor
                kinds[one.id] = large if one.kind is None else one.kind == "target"
    return frozenset(name for name, by_size in kinds.items() if by_size)
