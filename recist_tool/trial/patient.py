"""One patient over time: whole patient and liver side by side."""

from __future__ import annotations

from decimal import localcontext
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from recist_tool.criteria.answer.after_cr import Settled, settle, words_of
from recist_tool.criteria.answer.answer import Message, ScopeAssessment
from recist_tool.criteria.answer.best_response import Best, best
from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.criteria.answer.places import place_messages
from recist_tool.criteria.answer.plausible import plausibility_messages
from recist_tool.criteria.answer.vocabulary import foreign_words
from recist_tool.criteria.course.course import Course, View, course, view
from recist_tool.criteria.recist11.baseline_checks import baseline_messages
from recist_tool.criteria.recist11.measurability import DEFAULT_PROTOCOL
from recist_tool.criteria.recist11.new_lesions import back_after_resolving
from recist_tool.criteria.registry import CRITERIA
from recist_tool.criteria.size_based.base import SizeEvidence
from recist_tool.criteria.size_based.no_size import PROGRESSED
from recist_tool.errors import FindingsError
from recist_tool.terms import (
    Criteria,
    EquivocalDating,
    MessageLevel,
    NewLesions,
    Response,
    Scope,
)
from recist_tool.trial.best_response import BestResponse, best_of
from recist_tool.trial.judging import judging, tell_limits, tell_reasons

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import Figure, TimepointResponse
    from recist_tool.criteria.answer.criteria_set import CriteriaSet
    from recist_tool.errors import AssessmentFailed
    from recist_tool.model.findings import Findings
    from recist_tool.model.override import ResponseOverride
    from recist_tool.model.protocol import Protocol, Settings

_RECIST: Final = Criteria.RECIST_1_1

EXACT_DIGITS: Final = 60
"""Enough that no sum or product of diameters is ever rounded."""


class Remarks:
    """What does not conform, and what to look at: worked out when it is asked for.

    A trial of many patients never asks.
    """

    def __init__(self, criteria: Criteria, work_out: Callable[[], list[Message]]):
        self._criteria = criteria
        self._work_out = work_out

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """All of them, each once.

        Raises
        ------
        AssessmentFailed
            Where the program goes wrong.
        """
        with judging(self._criteria), localcontext(prec=EXACT_DIGITS):
            return _each_once(self._work_out())

    def __eq__(self, other: object) -> bool:
        """Compare what is told."""
        return isinstance(other, Remarks) and self.messages == other.messages

    def __hash__(self) -> int:
        """Return the hash of what is told."""
        return hash(self.messages)


class PatientAssessment(NamedTuple):
    """The response of one patient.

    Attributes
    ----------
    liver
        None where the patient has no liver lesion: none at baseline, none new, none
        on a PET scan that the criteria look at, and no liver response recorded.
    remarks
        What does not conform, and what a person should look at; `messages` has them.
    overrides
        The reader's own answers, by scope and timepoint: shown beside the computed
        ones, used for nothing.
    settings
        The conventions that it was answered under.
    """

    id: str
    criteria: Criteria
    overall: ScopeAssessment
    liver: ScopeAssessment | None
    remarks: Remarks
    overrides: Mapping[tuple[Scope, str], ResponseOverride]
    settings: Settings

    @property
    def messages(self) -> tuple[Message, ...]:
        """What does not conform, and what a person should look at."""
        return self.remarks.messages


def assess(
    findings: Findings,
    protocol: Protocol | None = None,
    *,
    today: dt.date | None = None,
) -> PatientAssessment:
    """Return the response of a patient at each visit and over the whole course.

    Parameters
    ----------
    findings
        All visits of one patient; conventions are those of ``findings.settings``.
    protocol
        Limits that baseline is checked against; RECIST 1.1 by default.
    today
        The day of asking: what is dated after it, and figures that can hardly be, are
        asked about. None asks nothing, for callers that show no messages.

    Raises
    ------
    FindingsError
        Naming every fault at once.
    AssessmentFailed
        Where the program goes wrong.
    """
    with judging(findings.criteria), localcontext(prec=EXACT_DIGITS):
        of = _checked(findings)
        whole = view(of, Scope.OVERALL)
        overall = _assessed(of, whole, None)
        part = view(of, Scope.LIVER)
        liver = _assessed(of, part, overall) if _has_liver(of, part) else None
    overrides = {
        (one.scope, timepoint.id): one
        for timepoint in findings.timepoints
        for one in timepoint.overrides
    }
    told = partial(
        _messages, findings, of, ((whole, overall), (part, liver)), protocol, today
    )
    return PatientAssessment(
        id=findings.id,
        criteria=findings.criteria,
        overall=overall,
        liver=liver,
        remarks=Remarks(findings.criteria, told),
        overrides=overrides,
        settings=findings.settings,
    )


def _messages(
    findings: Findings,
    of: Course,
    scopes: tuple[tuple[View, ScopeAssessment | None], ...],
    protocol: Protocol | None,
    today: dt.date | None,
) -> list[Message]:
    """Return what does not conform, and what a person should look at."""
    rules = CRITERIA[of.findings.criteria]
    messages = baseline_messages(of, protocol or DEFAULT_PROTOCOL)
    messages += place_messages(of)
    if today is not None:
        used = protocol.criteria if protocol else ()
        messages += plausibility_messages(findings, used, today)
    for seen, assessed in scopes:
        if assessed is not None:
            messages += rules.queries(of, seen, assessed.timepoints)
            messages += _shared_queries(of, assessed, seen)
    return messages


def as_json(assessment: PatientAssessment) -> dict[str, Any]:
    """Return an assessment as ``recist assess --json`` prints it.

    Lengths and percentages are floats for display; nothing is decided from them.

    Raises
    ------
    AssessmentFailed
        Where the program goes wrong over its reasons.
    """
    liver = assessment.liver
    with judging(assessment.criteria):
        return {
            "id": assessment.id,
            "criteria": assessment.criteria.value,
            "overall": _scope_json(assessment, Scope.OVERALL, assessment.overall),
            "liver": liver and _scope_json(assessment, Scope.LIVER, liver),
            "messages": [_message_json(message) for message in assessment.messages],
            "settings": _settings_json(assessment.settings, assessment.criteria),
        }


def failed_json(findings: Findings, failure: AssessmentFailed) -> dict[str, Any]:
    """Return the JSON of a read that could not be judged: no answer, and ``fault``."""
    message = Message(MessageLevel.ERROR, "assessment-failed", text=str(failure))
    return {
        "id": findings.id,
        "criteria": findings.criteria.value,
        "overall": None,
        "liver": None,
        "messages": [_message_json(message)],
        "settings": _settings_json(findings.settings, findings.criteria),
        "fault": str(failure),
    }


def tell_all(assessment: PatientAssessment) -> None:
    """Work out every sentence and limit of an assessment once, so that it fails now.

    They are worked out when somebody asks; who asks in the middle of a window or a
    table has no place to say that it failed.

    Raises
    ------
    AssessmentFailed
        Where the program goes wrong.
    """
    with judging(assessment.criteria):
        for scope in filter(None, (assessment.overall, assessment.liver)):
            tell_reasons(scope.timepoints.values())
        _ = assessment.messages
    tell_rest(assessment)


def tell_rest(assessment: PatientAssessment) -> None:
    """Work out once what `as_json` does not say: limits, and why a best response.

    Raises
    ------
    AssessmentFailed
        Where the program goes wrong.
    """
    with judging(assessment.criteria):
        for scope in filter(None, (assessment.overall, assessment.liver)):
            tell_limits(scope.timepoints.values())
            _ = (scope.bor_reason, scope.bor_citation)


def _assessed(of: Course, seen: View, whole: ScopeAssessment | None) -> ScopeAssessment:
    rules = CRITERIA[of.findings.criteria]
    by_visit = None if whole is None else whole.timepoints
    baseline_mm, answers = rules.assess_visits(of, seen, by_visit)
    settled = _settled(of, rules, answers, by_visit)
    answers = _restated(answers, settled)
    found = _best(of, rules, settled)
    progressed = _progressed(of, rules, answers)
    return ScopeAssessment(
        baseline_sum_mm=baseline_mm,
        timepoints=answers,
        bor_unconfirmed=found.unconfirmed,
        bor_confirmed=found.confirmed,
        pd_date=progressed.date if progressed else None,
        pd_day=progressed.day if progressed else None,
        bor_why=found,
        disease_after_cr=settled.asked and settled.asked.timepoint_id,
    )


def _settled(
    of: Course,
    rules: CriteriaSet,
    answers: Mapping[str, TimepointResponse],
    whole: Mapping[str, TimepointResponse] | None,
) -> Settled:
    """Return what the visits come to for best response."""
    as_read = of.settings.equivocal_dating is not EquivocalDating.FIRST_SEEN
    visits = tuple(
        [
            Dated(
                one.day,
                one.overall if as_read else one.effective,
                name,
                one.disease_seen,
            )
            for name, one in answers.items()
        ]
    )
    words = words_of(rules.scale)
    if words is None:
        return Settled(visits, None, {})
    if whole is None or not of.settings.liver_pd_requires_overall:
        return settle(visits, of.settings, words, of.last_day)
    return settle(
        visits, of.settings, words, of.last_day, lambda name: _grew(whole[name])
    )


def _grew(answer: TimepointResponse) -> bool:
    """Return whether a visit is progression, by more than a new lesion of any date."""
    if Response.PD in (answer.target, answer.nontarget):
        return True
    by_new = answer.new_lesions is NewLesions.YES
    if answer.restated_overall is Response.PD and not answer.restated_because:
        by_new = True
    return answer.effective in (*PROGRESSED, Response.IUPD) and not by_new


def _restated(
    answers: dict[str, TimepointResponse], settled: Settled
) -> dict[str, TimepointResponse]:
    """Return the answers as they stand; a PD that was dated back stays one."""
    if not settled.because:
        return answers
    for visit in settled.visits:
        because = settled.because.get(visit.timepoint_id)
        answer = answers[visit.timepoint_id]
        if because is not None and answer.restated_overall is None:
            answers[visit.timepoint_id] = answer._replace(
                restated_overall=visit.response, restated_because=because
            )
    return answers


def _checked(findings: Findings) -> Course:
    findings = findings.judged_by(findings.criteria)
    of = course(findings)
    if faults := foreign_words(findings, CRITERIA[findings.criteria].responses):
        raise FindingsError.of(faults)
    return of


def _progressed(
    of: Course, rules: CriteriaSet, answers: dict[str, TimepointResponse]
) -> TimepointResponse | None:
    if rules.progressed is not None:
        return rules.progressed(of, answers)
    for one in answers.values():
        if one.effective in PROGRESSED:
            return one
    return None


def _best(of: Course, rules: CriteriaSet, settled: Settled) -> BestResponse | Best:
    last_day = of.last_day
    if last_day is not None:
        in_time = [one for one in settled.visits if one.day <= last_day]
        settled = settled._replace(visits=tuple(in_time))
    if rules.scale is not None:
        return best(settled.visits, of.settings, rules.scale)
    return best_of(settled, of.settings)


def _has_liver(of: Course, part: View) -> bool:
    if part.targets or part.non_targets:
        return True
    rules = CRITERIA[of.findings.criteria]
    if rules.also_in_liver(of.findings, of.findings.timepoints):
        return True
    return any(
        visit.seen.liver is not None or (visit.shows_new and part.new_at(visit.seen))
        for visit in of.follow_ups
    )


def _shared_queries(of: Course, assessed: ScopeAssessment, seen: View) -> list[Message]:
    """Return what a person must look at under all criteria that combine as RECIST."""
    if words_of(CRITERIA[of.findings.criteria].scale) is None:
        return []
    return _after_cr(assessed, seen) + back_after_resolving(of, seen)


def _after_cr(assessed: ScopeAssessment, seen: View) -> list[Message]:
    """Ask about disease after a CR, of which the rules of RECIST 1.1 ask themselves."""
    messages: list[Message] = []
    for name, answer in assessed.timepoints.items():
        text = ""
        if name == assessed.disease_after_cr:
            text = f"{seen.scope} response {answer.overall} after CR: was it real? "
            text += "If so, this visit is PD; if not, read the CR as PR"
        elif _is_back(answer):
            text = f"{seen.scope}: disease is back after CR: was the CR real? If not, "
            text += "read it as PR"
        if text:
            level = MessageLevel.QUERY
            messages.append(
                Message(level, "disease-after-cr", text=text, timepoint=name)
            )
    return messages


def _is_back(answer: TimepointResponse) -> bool:
    """Return whether criteria by size made a visit PD as disease is back after CR."""
    why = answer.why
    if not isinstance(why, SizeEvidence) or answer.post_pd:
        return False
    back = why.back_after is not None and answer.disease_seen
    return back and Response.PD in (answer.target, answer.nontarget)


def _each_once(messages: list[Message]) -> tuple[Message, ...]:
    """Return the messages without those that both scopes gave."""
    first: dict[tuple[str, str | None, str | None], Message] = {}
    for message in messages:
        first.setdefault((message.code, message.lesion, message.timepoint), message)
    return tuple(first.values())


def _settings_json(settings: Settings, criteria: Criteria) -> dict[str, Any]:
    """Return the conventions; those of other criteria only where they were asked."""
    others = {"other_criteria"} if criteria is _RECIST else None
    return settings.model_dump(mode="json", exclude=others)


def _scope_json(
    assessment: PatientAssessment, scope: Scope, found: ScopeAssessment
) -> dict[str, Any]:
    overrides = assessment.overrides
    return {
        "baseline_sum_mm": _figure(found.baseline_sum_mm),
        "timepoints": {
            name: _timepoint_json(answer, overrides.get((scope, name)))
            for name, answer in found.timepoints.items()
        },
        "bor_unconfirmed": found.bor_unconfirmed.value,
        "bor_confirmed": found.bor_confirmed.value,
        "pd_date": _iso(found.pd_date),
    }


def _timepoint_json(
    answer: TimepointResponse, override: ResponseOverride | None
) -> dict[str, Any]:
    figures = [_figure_json(figure) for figure in answer.figures]
    return {
        "date": _iso(answer.date),
        "sum_mm": _figure(answer.sum_mm),
        "partial_sum_mm": _figure(answer.partial_sum_mm),
        "pct_from_baseline": _figure(answer.pct_from_baseline),
        "nadir_ref_mm": _figure(answer.nadir_ref_mm),
        "abs_from_nadir_mm": _figure(answer.abs_from_nadir_mm),
        "pct_from_nadir": _figure(answer.pct_from_nadir),
        "target": answer.target,
        "nontarget": answer.nontarget,
        "new_lesions": answer.new_lesions,
        "overall": answer.overall,
        "restated_overall": answer.restated_overall,
        "post_pd": answer.post_pd,
        "reason": answer.reason,
        "citation": answer.citation,
        **({"figures": figures} if figures else {}),
        **({"override": override.model_dump(mode="json")} if override else {}),
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    """Return what criteria other than RECIST 1.1 compared."""
    return {
        "name": figure.name,
        "unit": figure.unit,
        "value": _figure(figure.value),
        "baseline": _figure(figure.baseline),
        "nadir_ref": _figure(figure.nadir),
        "pct_from_baseline": _figure(figure.pct_from_baseline),
        "pct_from_nadir": _figure(figure.pct_from_nadir),
        "lesion": figure.lesion,
        "response": figure.response,
    }


def _message_json(message: Message) -> dict[str, Any]:
    return {
        "level": message.level,
        "code": message.code,
        "lesion": message.lesion,
        "timepoint": message.timepoint,
        "text": message.text,
    }


def _figure(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _iso(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()
