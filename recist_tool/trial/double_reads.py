"""Patients read twice: where two readers agree, and where they do not."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.vocabulary import RECIST_WORD
from recist_tool.terms import KappaWeights, ReaderRole, Response
from recist_tool.trial.agreement import (
    Kappa,
    ProgressionAgreement,
    cohen_kappa,
    progression_agreement,
)
from recist_tool.trial.patient_course import first_progression

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.patient_course import Assessment
    from recist_tool.trial.patient_result import PatientResult

SCALE: Final = (Response.CR, Response.PR, Response.SD, Response.PD)
"""From one end to the other; NON-CR/NON-PD stands with SD on it, NE nowhere."""

_RANK: Final = {ReaderRole.INVESTIGATOR: 0, ReaderRole.READER_2: 2}
_RANK_OF_OTHERS: Final = 1


class ReaderAnswer(NamedTuple):
    """What one reader says of one patient in one scope.

    Attributes
    ----------
    bor
        Best overall response, confirmed or not as the trial asks.
    pd_date
        Of the first progression, dated as the trial dates it; None without one.
    """

    bor: Response
    pd_date: dt.date | None


class PatientRead(NamedTuple):
    """One patient by one reader.

    Attributes
    ----------
    role
        None where the file does not say.
    liver
        None without liver lesions at the baseline of this reader.
    """

    id: str
    reader: str
    role: ReaderRole | None
    overall: ReaderAnswer
    liver: ReaderAnswer | None


class Discordance(NamedTuple):
    """A patient of whom two readers differ.

    Attributes
    ----------
    differs
        Of ``bor``, ``pd_date``, ``liver_bor``, ``liver_pd_date``.
    """

    reference: PatientRead
    other: PatientRead
    differs: tuple[str, ...]


class ScopeAgreement(NamedTuple):
    """Agreement in one scope, of the patients that both readers answer there.

    Attributes
    ----------
    bor
        Of best responses, each a category of its own.
    bor_weighted
        The same on `SCALE`, of the patients whom both readers place on it.
    progression
        The reference stands for the investigator, the other for central review.
    """

    bor: Kappa
    bor_weighted: Kappa
    progression: ProgressionAgreement


class ReaderAgreement(NamedTuple):
    """Two readers and the patients whom both read.

    Attributes
    ----------
    reference
        The investigator, else the first reader.
    """

    reference: str
    other: str
    n: int
    weights: KappaWeights
    overall: ScopeAgreement
    liver: ScopeAgreement
    discordant: tuple[Discordance, ...]


def reading(
    result: PatientResult, reader: str, role: ReaderRole | None, settings: TrialSettings
) -> PatientRead:
    """Return what a reader says of a patient.

    Parameters
    ----------
    role
        None where the file does not say.
    settings
        Whether responses are to be confirmed, and how progression is dated.
    """
    course, liver = result.course, result.liver
    return PatientRead(
        id=result.findings.id,
        reader=reader,
        role=role,
        overall=_answer(result.overall.bor, course.assessments, settings),
        liver=liver and _answer(liver.bor, course.liver or (), settings),
    )


def reader_agreements(
    readings: Iterable[PatientRead], settings: TrialSettings
) -> tuple[ReaderAgreement, ...]:
    """Return the agreement of each pair of readers with patients in common.

    An adjudicator sees both reads, so his own is compared with none. The reference of a
    pair is the investigator, else reader 1, else who comes first in the files.
    """
    blinded = [one for one in readings if one.role is not ReaderRole.ADJUDICATOR]
    place = _order(blinded)
    patients: dict[str, list[PatientRead]] = {}
    for one in blinded:
        patients.setdefault(one.id, []).append(one)
    pairs: dict[tuple[str, str], list[tuple[PatientRead, PatientRead]]] = {}
    for reads in patients.values():
        reads.sort(key=lambda one: place[one.reader])
        for first, second in combinations(reads, 2):
            pairs.setdefault((first.reader, second.reader), []).append((first, second))
    return tuple(_agreement(pairs[names], settings) for names in sorted(pairs))


def _answer(
    bor: Response, visits: tuple[Assessment, ...], settings: TrialSettings
) -> ReaderAnswer:
    seen = first_progression(visits)
    return ReaderAnswer(bor, seen and seen.progression_date(settings.visit_dating))


def _order(readings: Iterable[PatientRead]) -> dict[str, tuple[int, int]]:
    """Return a key for each reader that puts the reference first."""
    order: dict[str, tuple[int, int]] = {}
    for one in readings:
        rank = _RANK_OF_OTHERS if one.role is None else _RANK.get(one.role, 1)
        order.setdefault(one.reader, (rank, len(order)))
    return order


def _agreement(
    pairs: Sequence[tuple[PatientRead, PatientRead]], settings: TrialSettings
) -> ReaderAgreement:
    reference, other = pairs[0]
    within = settings.same_progression_within_days
    return ReaderAgreement(
        reference=reference.reader,
        other=other.reader,
        n=len(pairs),
        weights=settings.kappa_weights,
        overall=_scope_agreement(
            [(one.overall, two.overall) for one, two in pairs], settings
        ),
        liver=_scope_agreement(
            [(one.liver, two.liver) for one, two in pairs if one.liver and two.liver],
            settings,
        ),
        discordant=tuple(
            Discordance(one, two, differs)
            for one, two in pairs
            if (differs := _differences(one, two, within))
        ),
    )


def _scope_agreement(
    pairs: Sequence[tuple[ReaderAnswer, ReaderAnswer]], settings: TrialSettings
) -> ScopeAgreement:
    bests = [(one.bor, two.bor) for one, two in pairs]
    found = {best for pair in bests for best in pair}
    used = [best for best in Response if best in found]
    levels = [(_level(one), _level(two)) for one, two in bests]
    placed = [(one, two) for one, two in levels if {one, two} <= set(SCALE)]
    return ScopeAgreement(
        cohen_kappa(*_columns(bests), used),
        cohen_kappa(*_columns(placed), SCALE, settings.kappa_weights),
        progression_agreement(
            ((one.pd_date, two.pd_date) for one, two in pairs),
            settings.same_progression_within_days,
        ),
    )


def _level(best: Response) -> Response:
    word = RECIST_WORD.get(best, best)
    return Response.SD if word is Response.NON_CR_NON_PD else word


def _columns(
    pairs: Sequence[tuple[Response, Response]],
) -> tuple[list[Response], list[Response]]:
    return [one for one, _ in pairs], [two for _, two in pairs]


def _differences(
    one: PatientRead, two: PatientRead, within_days: int
) -> tuple[str, ...]:
    scopes = (("", one.overall, two.overall), ("liver_", one.liver, two.liver))
    return tuple(
        prefix + field
        for prefix, first, second in scopes
        for field in _differing(first, second, within_days)
    )


def _differing(
    one: ReaderAnswer | None, two: ReaderAnswer | None, within_days: int
) -> list[str]:
    bor, pd_date = one and one.bor, one and one.pd_date
    found = {
        "bor": bor is not (two and two.bor),
        "pd_date": _apart(pd_date, two and two.pd_date, within_days),
    }
    return [field for field, differs in found.items() if differs]


def _apart(one: dt.date | None, two: dt.date | None, within_days: int) -> bool:
    if one is None or two is None:
        return one is not two
    return abs((one - two).days) > within_days
