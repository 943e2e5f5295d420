"""What became of the patient, in sentences made from the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.numbers import millimetres, percent
from recist_tool.report.case.answers import judged_scopes
from recist_tool.report.case.blocks import Paragraph, ReportSection, TextLine, Tone
from recist_tool.report.case.head import status
from recist_tool.report.case.words import figure_words, response_words
from recist_tool.terms import LesionRole, MessageLevel, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import Figure, TimepointResponse
    from recist_tool.model.case import Timepoint
    from recist_tool.report.case.answers import Judged
    from recist_tool.report.case.matter import CaseMatter
    from recist_tool.trial.patient import PatientAssessment

_OF = {Scope.OVERALL: "Whole patient", Scope.LIVER: "Liver alone"}


def conclusion(of: CaseMatter) -> ReportSection:
    """Return what the last visit came to, and the whole course so far."""
    lines = [TextLine(one, Tone.STRONG) for one in _by_first(of)]
    lines += [TextLine(one) for one in (*_by_others(of), *_caveats(of))]
    return ReportSection("Conclusion", (Paragraph(tuple(lines), is_boxed=True),))


def _by_first(of: CaseMatter) -> Iterator[str]:
    """Return what the first of the protocol's criteria says."""
    main = next(iter(of.assessments.values()))
    if not of.answered:
        yield _baseline(of, main)
        return
    last = of.answered[-1]
    for judged in judged_scopes(main):
        answer = judged.found.timepoints.get(last.timepoint_id)
        if answer is not None:
            yield f"{_OF[judged.scope]}: {_at(last, answer, main, of)}"
            yield f"{_OF[judged.scope]}, course so far: {_course(judged, of)}"


def _baseline(of: CaseMatter, main: PatientAssessment) -> str:
    roles = [one.role for one in of.read.lesions]
    targets, others = (roles.count(one) for one in list(LesionRole)[:2])
    sums = [
        f"{_OF[one.scope].lower()} {millimetres(one.found.baseline_sum_mm)}"
        for one in judged_scopes(main)
        if one.found.baseline_sum_mm is not None
    ]
    told = f" Sum of diameters: {', '.join(sums)}." if sums else ""
    return (
        f"Baseline: {targets} target and {others} non-target lesions.{told} There is "
        "nothing to compare with yet."
    )


def _at(
    visit: Timepoint,
    answer: TimepointResponse,
    main: PatientAssessment,
    of: CaseMatter,
) -> str:
    where = f"at {visit.timepoint_id} ({of.when(visit)})"
    what = f"{response_words(answer.effective)} by {main.criteria.value} {where}"
    reason = answer.reason
    changed = _sum_words(answer) if answer.sum_mm is not None else _figure_words(answer)
    return f"{what}. {_sentence(reason)}{changed}"


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def _sum_words(answer: TimepointResponse) -> str:
    """Return how the sum stands to baseline and nadir, where the reason is silent."""
    now, baseline, nadir = answer.sum_mm, answer.baseline_sum_mm, answer.nadir_ref_mm
    told: list[str] = []
    if now is not None and baseline and "baseline" not in answer.reason:
        told.append(f"{_change(now, baseline)} baseline")
    if (
        now is not None
        and nadir not in (None, baseline)
        and "nadir" not in answer.reason
    ):
        where = f" ({answer.nadir_at})" if answer.nadir_at else ""
        told.append(f"{_change(now, nadir)} the smallest before{where}")
    return f" The sum of diameters is {' and '.join(told)}." if told else ""


def _figure_words(answer: TimepointResponse) -> str:
    figures = answer.figures[:1]
    known = [one for one in figures if one.value is not None and one.baseline]
    return "".join(_compared(one) for one in known)


def _compared(figure: Figure) -> str:
    assert figure.value is not None  # noqa: S101 - the caller sees to both
    assert figure.baseline is not None  # noqa: S101
    name = " of ".join(filter(None, (figure.name, figure.lesion)))
    now = figure_words(figure.value, figure.unit)
    changed = _change(figure.value, figure.baseline)
    return f" {name[:1].upper()}{name[1:]} is {now}, {changed} baseline."


def _change(now: Decimal, before: Decimal) -> str:
    if now == before:
        return "the same as"
    side = "above" if now > before else "below"
    if not before:
        return f"{millimetres(now)} {side}"
    return f"{percent(abs(now - before), before)} {side}"


def _course(judged: Judged, of: CaseMatter) -> str:
    found = judged.found
    text = f"best response {response_words(found.bor_confirmed)}"
    if found.bor_unconfirmed is not found.bor_confirmed:
        text += f", {response_words(found.bor_unconfirmed)} without confirmation"
    if found.pd_date is None:
        return f"{text}; no progression."
    return f"{text}; first progression on {of.blinding.date(found.pd_date)}."


def _by_others(of: CaseMatter) -> Iterator[str]:
    """Return what each of the other criteria says of the last visit."""
    for criteria, assessment in list(of.assessments.items())[1:]:
        said = [
            f"{_OF[judged.scope].lower()} {response_words(answer.effective)}, "
            f"{answer.reason}"
            for judged in judged_scopes(assessment)
            if of.answered
            and (answer := judged.found.timepoints.get(of.answered[-1].timepoint_id))
        ]
        if said:
            yield f"By {criteria.value}: {'; '.join(said)}."


def _caveats(of: CaseMatter) -> Iterator[str]:
    """Return what keeps the conclusion from being the last word."""
    asked = {
        one.text
        for assessment in of.assessments.values()
        for one in assessment.messages
        if one.level is not MessageLevel.WARNING
    }
    if asked:
        count = len(asked)
        yield (
            f"{count} {'question is' if count == 1 else 'questions are'} open: see "
            "Remarks."
        )
    if of.failed:
        yield f"No answer by {', '.join(of.failed)}: see Remarks."
    if any(one.overrides for one in of.assessments.values()):
        yield "The reader holds another response to be right: see the reasons."
    said = status(of)
    yield f"{said[:1].upper()}{said[1:]}."
