"""iRECIST (Seymour et al., Lancet Oncol 2017;18:e143): progression is confirmed.

Each visit is judged by RECIST 1.1 first; what its progression comes to is in
`irecist_steps`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria import recist11
from recist_tool.criteria.answer import Message
from recist_tool.criteria.best import Scale
from recist_tool.criteria.irecist_steps import (
    NewLesion,
    Observed,
    State,
    Step,
    recorded_step,
    step,
)
from recist_tool.criteria.nontarget import non_targets
from recist_tool.criteria.organs import organ_group
from recist_tool.criteria.sized import given_response
from recist_tool.criteria.tables import overall_response
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

    from recist_tool.criteria.answer import Limits, TimepointResponse
    from recist_tool.criteria.course import Course, View, Visit
    from recist_tool.model.criteria_settings import IRecistSettings
    from recist_tool.model.findings import FindingsTimepoint, NewLesionFinding

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


def recist_1_1(visits: Sequence[Observed]) -> list[Response]:
    """Return the responses by RECIST 1.1, for which a new lesion stays progression."""
    answers: list[Response] = []
    had_new = False
    for seen in visits:
        had_new = had_new or bool(seen.new)
        answers.append(overall_response(seen.target, seen.nontarget, had_new).overall)
    return answers


def progression(answers: Sequence[Step], settings: IRecistSettings) -> str | None:
    """Return the visit that dates the progression, or None.

    The iUPD of the pair that was confirmed. One that never was dates it only as the
    settings say: by default where no evaluable scan came after it.
    """
    confirmed = next((one for one in answers if one.response is ICPD), None)
    if confirmed is not None:
        return confirmed.opened
    waiting = [one for one in answers if one.response is IUPD]
    rule = settings.unconfirmed_progression
    if not waiting or rule is UnconfirmedProgression.NEVER:
        return None
    if rule is UnconfirmedProgression.ALWAYS:
        return waiting[0].opened
    last = next(one for one in reversed(answers) if one.response is not NE)
    opens = last.response is IUPD and last.opened == last.id
    return last.id if opens else None


class IEvidence(NamedTuple):
    """The judgement by RECIST 1.1, and what iRECIST makes of it."""

    recist: TimepointResponse
    step: Step

    def reason(self, answer: TimepointResponse) -> str:
        """Return what became of the progression, then the findings."""
        return "; ".join(part for part in (self.step.text, self.recist.reason) if part)

    def citation(self, answer: TimepointResponse) -> str:
        """Return the row of Table 2, or RECIST 1.1 where the paper prints none."""
        if self.step.row is not None:
            return self.step.row.citation
        return f"Seymour 2017, as {self.recist.citation}"

    def limits(self, answer: TimepointResponse) -> Limits | None:
        """Return the sums at which the target response changes, mm."""
        return self.recist.why.limits(self.recist)


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the baseline sum, mm, and the response of every visit."""
    baseline_mm, by_recist = recist11.assess_visits(course, view, whole)
    settings = course.settings.other_criteria.irecist
    followed = _followed_by_size(course)
    state = State()
    answers: dict[str, TimepointResponse] = {}
    earlier: Visit | None = None
    for visit in course.follow_ups:
        found = by_recist[visit.id]
        confirmed = state.confirmed
        given = found.overall if visit.recorded else given_response(view, visit)
        seen = None
        if not visit.recorded:
            seen = _observed(view, visit, found, followed, earlier)
            earlier = visit
        taken, state = _taken(visit, seen, given, state, settings)
        answers[visit.id] = found._replace(
            overall=taken.response,
            restated_overall=None,
            post_pd=confirmed,
            why=IEvidence(found, taken) if visit.compared else found.why,
        )
    return baseline_mm, answers


def _taken(
    visit: Visit,
    seen: Observed | None,
    given: Response | None,
    state: State,
    settings: IRecistSettings,
) -> tuple[Step, State]:
    """Return the step of a visit: from findings, or the reader's where they give NE."""
    if seen is not None:
        taken, after = step(seen, state, settings)
        if given is None or given is NE or taken.response is not NE:
            return taken, after
    return recorded_step((visit.id, visit.day), given or NE, state)


def progressed(
    course: Course, answers: Mapping[str, TimepointResponse]
) -> TimepointResponse | None:
    """Return the visit that dates the progression, or None."""
    taken = [one.why.step for one in answers.values() if isinstance(one.why, IEvidence)]
    settings = course.settings.other_criteria.irecist
    visit = progression(taken, settings)
    return None if visit is None else answers[visit]


def queries(
    course: Course,
    view: View,
    answers: Mapping[str, TimepointResponse],
) -> list[Message]:
    """Tell where more new lesions are followed by size than the paper allows."""
    followed = _followed_by_size(course)
    messages: list[Message] = []
    for visit in course.follow_ups:
        found = [one for one in view.new_at(visit.seen) if one.id in followed]
        organs = [organ_group(one.organ) for one in found]
        crowded = {
            one for one in organs if organs.count(one) > MAX_NEW_TARGETS_PER_ORGAN
        }
        if len(found) > MAX_NEW_TARGETS or crowded:
            text = f"more new lesions are followed by size than {MAX_NEW_TARGETS} in "
            text += f"all or {MAX_NEW_TARGETS_PER_ORGAN} in an organ (Seymour 2017)"
            level = MessageLevel.WARNING
            messages.append(
                Message(level, "new-target-selection", text, None, visit.id)
            )
    return messages


def _observed(
    view: View,
    visit: Visit,
    found: TimepointResponse,
    followed: frozenset[str],
    earlier: Visit | None,
) -> Observed:
    assert found.target is not None  # noqa: S101 - the visit has findings
    assert found.nontarget is not None  # noqa: S101
    before = None if earlier is None else earlier.seen
    measured = found.sum_mm if found.sum_mm is not None else found.partial_sum_mm
    return Observed(
        visit.id,
        visit.day,
        found.target,
        found.nontarget,
        found.sum_mm,
        measured,
        frozenset(non_targets(view, visit.seen).progressed),
        any(_grew(visit.seen, one.id) for one in view.non_targets),
        tuple(
            _new(one, followed, before)
            for one in view.new_at(visit.seen)
            if one.status is NewLesionStatus.DEFINITE
        ),
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


def _new(
    lesion: NewLesionFinding,
    followed: frozenset[str],
    before: FindingsTimepoint | None,
) -> NewLesion:
    if lesion.id in followed:
        return NewLesion(lesion.id, lesion.mm)
    progressed_ = lesion.change == "unequivocal_pd"
    grew = lesion.change == "increased" or progressed_
    if lesion.change is None and lesion.mm is not None and before is not None:
        earlier = [one.mm for one in before.new if one.id == lesion.id]
        grew = any(mm is not None and lesion.mm > mm for mm in earlier)
    return NewLesion(lesion.id, None, grew, progressed_)


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
