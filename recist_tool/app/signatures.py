"""Signed answers: what they were, and which of them a change would change.

An answer is signed with its visit. It rests on that visit and those before it, and on
what all reads share; so it can change while the visit stays signed. Such a change needs
a reason, is told, and leaves its mark on the signature.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.app.answers import Answers
from recist_tool.model.audit import active, replay
from recist_tool.model.commands import LockTimepoint
from recist_tool.model.signature import SignedAnswer, SignedFigure, SignedVisit
from recist_tool.terms import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.criteria.answer.answer import (
        Figure,
        ScopeAssessment,
        TimepointResponse,
    )
    from recist_tool.model.audit import AuditEntry
    from recist_tool.model.case import Case, Lock, Read
    from recist_tool.terms import Criteria

_MINUS: Final = "\N{MINUS SIGN}"
NO_ANSWER: Final = "no answer"


class OutdatedSignature(NamedTuple):
    """A signature under an answer that is, or would be, another now.

    Attributes
    ----------
    reader_id, timepoint_id
        Whose, and of which visit.
    signed, now
        The answers then, and those that follow now; empty where there are none.
    """

    reader_id: str
    timepoint_id: str
    signed: tuple[SignedAnswer, ...]
    now: tuple[SignedAnswer, ...]

    @property
    def key(self) -> SignedVisit:
        """Which signature it is, as the journal names it."""
        return SignedVisit(reader_id=self.reader_id, timepoint_id=self.timepoint_id)

    def __str__(self) -> str:
        """Return the visit and the first answer that differs, then and now."""
        was, now = _first_difference(self.signed, self.now)
        return f"{self.timepoint_id} was signed as {was}, and is {now} now"

    @property
    def proposed(self) -> str:
        """The same while the change is not made yet."""
        was, now = _first_difference(self.signed, self.now)
        return f"{self.timepoint_id} is signed as {was}, and would be {now}"


def answers_at(
    case: Case, reader_id: str, timepoint_id: str
) -> tuple[SignedAnswer, ...]:
    """Return what a reader's signature on a visit stands under, as it follows now.

    Parameters
    ----------
    reader_id, timepoint_id
        Of a read and a visit in the case.

    Returns
    -------
    By each of the protocol's criteria and scope; empty where nothing can be answered.
    """
    return _answers(_upto(case, reader_id, timepoint_id), reader_id, timepoint_id)


def outdated_by(before: Case, after: Case) -> list[OutdatedSignature]:
    """Return the signatures under answers that a change of the case would change.

    Parameters
    ----------
    before, after
        The case without and with the change. Signatures that are in one of them only
        are none of these: they are given or taken back by the change.
    """
    return list(_outdated(before, after))


class Signatures:
    """The signatures of one reader, held to what follows now.

    Answers are kept while all that they rest on stays as it is: a window asks after
    every change.
    """

    def __init__(self, reader_id: str) -> None:
        self._reader_id = reader_id
        self._signed: dict[Lock, tuple[SignedAnswer, ...]] = {}
        self._now: dict[str, tuple[Case, tuple[SignedAnswer, ...]]] = {}
        self._last: tuple[Case, list[OutdatedSignature]] | None = None

    def outdated(
        self, case: Case, entries: Sequence[AuditEntry]
    ) -> list[OutdatedSignature]:
        """Return the signatures under answers that have changed since.

        Parameters
        ----------
        entries
            The journal that the case follows from; earlier versions kept no answers
            with a signature, so that they are worked out for the moment of signing.
        """
        if self._last is None or self._last[0] is not case:
            self._last = case, list(self._found(case, entries))
        return self._last[1]

    def _found(
        self, case: Case, entries: Sequence[AuditEntry]
    ) -> Iterator[OutdatedSignature]:
        read = case.read(self._reader_id)
        for lock in read.locks if read else ():
            signed = lock.answers or self._when_signed(lock, entries)
            now = self._following(case, lock.timepoint_id)
            if differ(signed, now):
                visit = lock.timepoint_id
                yield OutdatedSignature(self._reader_id, visit, signed, now)

    def _following(self, case: Case, visit: str) -> tuple[SignedAnswer, ...]:
        rests_on = _upto(case, self._reader_id, visit)
        if visit not in self._now or self._now[visit][0] != rests_on:
            answers = _answers(rests_on, self._reader_id, visit)
            self._now[visit] = (rests_on, answers)
        return self._now[visit][1]

    def _when_signed(
        self, lock: Lock, entries: Sequence[AuditEntry]
    ) -> tuple[SignedAnswer, ...]:
        if lock not in self._signed:
            number = max(
                entry.number
                for entry in active(entries)
                if isinstance(entry.command, LockTimepoint)
                and entry.command.reader_id == self._reader_id
                and entry.command.timepoint_id == lock.timepoint_id
            )
            then = replay(entries[:number])
            self._signed[lock] = answers_at(then, self._reader_id, lock.timepoint_id)
        return self._signed[lock]


def differ(signed: Sequence[SignedAnswer], now: Sequence[SignedAnswer]) -> bool:
    """Return whether a signed answer is another now.

    Criteria that a protocol asks for in addition change none, unless they come first.
    """
    if not signed or not now or signed[0].criteria != now[0].criteria:
        return bool(signed) or bool(now)
    asked = {one.criteria for one in signed}
    return list(signed) != [one for one in now if one.criteria in asked]


def _outdated(before: Case, after: Case) -> Iterator[OutdatedSignature]:
    for read in before.reads:
        following = after.read(read.reader_id)
        for lock in read.locks:
            visit = lock.timepoint_id
            if following is None or not following.locked(visit):
                continue
            was = _upto(before, read.reader_id, visit)
            now = _upto(after, read.reader_id, visit)
            if was == now:
                continue
            both = [_answers(one, read.reader_id, visit) for one in (was, now)]
            if differ(*both):
                yield OutdatedSignature(read.reader_id, visit, *both)


def _upto(case: Case, reader_id: str, timepoint_id: str) -> Case:
    """Return the case as if nothing came after a visit, with one read alone."""
    read = case.read(reader_id)
    assert read is not None  # noqa: S101 - signatures are of reads in the case
    order = [one.timepoint_id for one in case.timepoints]
    known = set(order[: order.index(timepoint_id) + 1])
    return case.model_copy(
        update={
            "timepoints": tuple(
                one for one in case.timepoints if one.timepoint_id in known
            ),
            "clinical": tuple(
                one for one in case.clinical if one.timepoint_id in known
            ),
            "reads": (_read_upto(read, known),),
        }
    )


def _read_upto(read: Read, known: set[str]) -> Read:
    changes: dict[str, object] = {
        name: tuple(one for one in getattr(read, name) if one.timepoint_id in known)
        for name in (
            "findings",
            "locks",
            "overrides",
            "uptake",
            "volumes",
            "recorded_responses",
            "annotations",
            "comments",
        )
    }
    changes["lesions"] = tuple(
        one for one in read.lesions if one.first_seen is None or one.first_seen in known
    )
    return read.model_copy(update=changes)


def _answers(case: Case, reader_id: str, timepoint_id: str) -> tuple[SignedAnswer, ...]:
    found = Answers().after(case)[reader_id].by_criteria
    answers = (
        _signed(criteria, scope, answered, timepoint_id)
        for criteria, assessment in found.items()
        for scope, answered in (
            (Scope.OVERALL, assessment.overall),
            (Scope.LIVER, assessment.liver),
        )
        if answered is not None
    )
    return tuple(one for one in answers if one.says_something)


def _signed(
    criteria: Criteria, scope: Scope, answered: ScopeAssessment, timepoint_id: str
) -> SignedAnswer:
    whole = {
        "criteria": criteria,
        "scope": scope,
        "baseline_sum_mm": _rounded(answered.baseline_sum_mm),
    }
    answer = answered.timepoints.get(timepoint_id)
    if answer is None:  # the baseline: there is nothing to compare yet
        return SignedAnswer.model_validate(whole)
    return SignedAnswer.model_validate(
        whole
        | _of_visit(answer)
        | {
            "best_unconfirmed": answered.bor_unconfirmed,
            "best_confirmed": answered.bor_confirmed,
        }
    )


def _of_visit(answer: TimepointResponse) -> dict[str, object]:
    return {
        "sum_mm": _rounded(answer.sum_mm),
        "pct_from_baseline": _rounded(answer.pct_from_baseline),
        "pct_from_nadir": _rounded(answer.pct_from_nadir),
        "target": answer.target,
        "nontarget": answer.nontarget,
        "new_lesions": answer.new_lesions,
        "overall": answer.overall,
        "figures": tuple(map(_figure, answer.figures)),
    }


def _figure(figure: Figure) -> SignedFigure:
    return SignedFigure(
        name=figure.name,
        unit=figure.unit,
        lesion=figure.lesion,
        value=_rounded(figure.value),
        response=figure.response,
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    """Return a figure with the digits that JSON keeps of it."""
    return None if value is None else round(value, 4).normalize()


def _first_difference(
    signed: Sequence[SignedAnswer], now: Sequence[SignedAnswer]
) -> tuple[str, str]:
    """Return the first answer that differs in words, then and now."""
    if not signed or not now:
        return _words(signed[0] if signed else None), _words(now[0] if now else None)
    ours = {(one.criteria, one.scope): one for one in now}
    is_same = signed[0].criteria == now[0].criteria
    for was in signed if is_same else signed[:1]:
        found = ours.get((was.criteria, was.scope)) if is_same else now[0]
        if found != was:
            return _pair(was, found, signed[0].criteria)
    first = next(one for one in now if one not in signed)
    return _pair(None, first, signed[0].criteria)


def _pair(
    was: SignedAnswer | None, now: SignedAnswer | None, main: Criteria
) -> tuple[str, str]:
    one = was or now
    assert one is not None  # noqa: S101 - of a difference one side is there
    is_other = one.criteria is not main or (now and now.criteria is not main)
    both = (_words(was, named=bool(is_other)), _words(now, named=bool(is_other)))
    liver = "liver " if one.scope is Scope.LIVER else ""
    if both[0] != both[1]:
        return liver + both[0], both[1]
    name = next(
        name
        for name in SignedAnswer.model_fields
        if getattr(was, name, None) != getattr(now, name, None)
    )
    label = name.replace("_", " ")
    return tuple(f"{label} {_part(side, name)}" for side in (was, now))  # type: ignore[return-value]


def _part(side: SignedAnswer | None, name: str) -> str:
    value = getattr(side, name, None)
    if name == "figures" and side is not None:
        return ", ".join(_figure_words(one) for one in side.figures)
    return NO_ANSWER if value is None else f"{value}"


def _figure_words(figure: SignedFigure) -> str:
    value = "not evaluated" if figure.value is None else f"{figure.value:f}"
    return " ".join(filter(None, (figure.lesion, figure.name, value, figure.unit)))


def _words(answer: SignedAnswer | None, *, named: bool = False) -> str:
    """Return an answer as a reader knows it: ``PR, sum 14.7 mm (-85.3 %)``."""
    if answer is None:
        return NO_ANSWER
    parts = [str(answer.overall)] if answer.overall else []
    total = answer.sum_mm if answer.overall else answer.baseline_sum_mm
    if total is not None:
        change = answer.pct_from_baseline
        shown = "" if change is None else f" ({change:+.1f} %)".replace("-", _MINUS)
        parts.append(f"sum {total:f} mm{shown}")
    parts += [_figure_words(one) for one in answer.figures[:1]]
    if answer.best_confirmed:
        parts.append(f"best {answer.best_confirmed}")
    words = ", ".join(parts) or NO_ANSWER
    return f"{answer.criteria.value}: {words}" if named else words
