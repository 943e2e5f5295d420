"""The course of a progression under iRECIST, from visit to visit (Seymour 2017).

The first progression is unconfirmed (iUPD). A later scan confirms it (iCPD) by further
growth, or resets the bar. What is compared is in `Observed`, so the rules serve whole
patients, the liver, and courses of which only the sums are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.irecist.seen import (
    FURTHER_MM,
    AwaitedProgression,
    Observed,
    ProgressionState,
    further_new,
    new_progressed,
    new_proofs,
    sizes_of,
    smallest_sum,
)
from recist_tool.criteria.irecist.table import I_WORDS, row_for
from recist_tool.criteria.numbers import listed, millimetres
from recist_tool.criteria.recist11.tables import overall_response
from recist_tool.terms import Response

if TYPE_CHECKING:
    from recist_tool.criteria.irecist.table import IrecistRow
    from recist_tool.model.criteria_settings import IRecistSettings

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NA = Response.NE, Response.NA
ICR, IPR = Response.ICR, Response.IPR
IUPD, ICPD = Response.IUPD, Response.ICPD
_NOTHING_LEFT: Final = frozenset({ICR, Response.NED})
_FOR_SYMPTOMS: Final = (
    "a further new lesion before the time of confirmation: was the scan done for "
    "symptoms? Then it confirms the progression"
)


class Step(NamedTuple):
    """The response of one visit.

    Attributes
    ----------
    text
        What became of the progression, in words; empty where there was none.
    opened
        The visit that showed the progression that stands or is confirmed.
    row
        Row of Table 2 that the findings meet.
    asks
        What a person must say before the visit can be answered otherwise.
    """

    id: str
    day: int
    response: Response
    text: str = ""
    opened: str | None = None
    row: IrecistRow | None = None
    asks: str = ""


def step(
    seen: Observed, state: ProgressionState, settings: IRecistSettings
) -> tuple[Step, ProgressionState]:
    """Return the response of one visit, and what the next one is judged against.

    Parameters
    ----------
    seen
        The visit, judged as if nothing had progressed before.
    state
        What the visits before it left behind.
    """
    signs = _signs(seen, state)
    if state.pair is None:
        if not signs:
            answer = _settled(seen, state, "")
            return answer, _after_settled(seen, state, answer)
        answer, pair = _opens(seen, state, signs), _pair(seen, state)
        return answer, _after(seen, state, pair, confirmed=state.confirmed)
    return _with_pair(seen, state, state.pair, signs, settings)


def _with_pair(
    seen: Observed,
    state: ProgressionState,
    pair: AwaitedProgression,
    signs: list[str],
    settings: IRecistSettings,
) -> tuple[Step, ProgressionState]:
    """Return the response of a visit before which an iUPD stood."""
    proofs = _proofs(seen, pair, state)
    early = bool(proofs) and _too_early(seen, pair, settings)
    if state.confirmed or (proofs and not early):
        return _confirmed(seen, state, proofs, signs)
    text = _early(seen, pair, settings) if early else ""
    if text := text or _stands(seen, pair, signs, settings):
        answer = _pending(seen, pair, text)
        if early and further_new(seen, pair) and seen.symptomatic is None:
            answer = answer._replace(asks=_FOR_SYMPTOMS)
        return answer, _after(seen, state, pair, confirmed=False)
    text = f"iUPD of {pair.opened.id} was not confirmed and the bar is reset"
    answer = _settled(seen, state, text)
    if answer.response is NE or _unevaluated(seen, pair):
        answer = Step(
            id=seen.id,
            day=seen.day,
            response=NE,
            text=_waits(seen, pair),
            opened=pair.opened.id,
        )
        return answer, _after(seen, state, pair, confirmed=False)
    return answer, _after_settled(seen, state, answer)


def recorded_step(
    visit: tuple[str, int], response: Response, state: ProgressionState
) -> tuple[Step, ProgressionState]:
    """Return the same for a visit of which only the response was written down.

    Parameters
    ----------
    visit
        Its ID and day.
    response
        As it was written down, in the words of iRECIST.
    state
        What the visits before it left behind.
    """
    name, day = visit
    opened = state.pair.opened.id if state.pair else name
    if response not in (IUPD, ICPD, NE):
        kept = ProgressionState(confirmed=state.confirmed) if response is ICR else state
        return Step(name, day, response=response), kept._replace(pair=None)
    if response is NE:
        waits = opened if state.pair else None
        return Step(name, day, response=NE, opened=waits), state
    pair = state.pair or _pair(Observed(name, day, target=NE), state)
    answer = Step(name, day, response=response, opened=opened)
    confirmed = state.confirmed or response is ICPD
    return answer, state._replace(pair=pair, confirmed=confirmed)


def _signs(seen: Observed, state: ProgressionState) -> list[str]:
    """Return what makes a visit progression by RECIST 1.1, in words.

    New lesions that are known already count again only as progression of their own.
    """
    signs = ["targets progressed"] if seen.target is PD else []
    if seen.nontarget is PD:
        signs.append("non-targets progressed")
    fresh = seen.new_ids - state.known
    if fresh:
        signs.append(f"new lesion {listed(sorted(fresh))}")
    return signs + new_progressed(seen, state)


def _proofs(
    seen: Observed, pair: AwaitedProgression, state: ProgressionState
) -> list[str]:
    """Return what confirms the progression of `pair`, in words."""
    return [
        *_target_proofs(seen, pair),
        *_nontarget_proofs(seen, pair),
        *new_proofs(seen, pair, state),
    ]


def _target_proofs(seen: Observed, pair: AwaitedProgression) -> list[str]:
    if not pair.target:
        return ["targets progressed too"] if seen.target is PD else []
    then, now = pair.opened.measured_mm, seen.measured_mm
    if then is None or now is None or now - then < FURTHER_MM:
        return []
    return [f"sum {millimetres(now - then)} above that of {pair.opened.id}"]


def _nontarget_proofs(seen: Observed, pair: AwaitedProgression) -> list[str]:
    if not pair.nontarget:
        return ["non-targets progressed too"] if seen.nontarget is PD else []
    if seen.nontarget_grew or seen.progressed - pair.opened.progressed:
        return ["non-targets grew further"]
    return []


def _stands(
    seen: Observed,
    pair: AwaitedProgression,
    signs: list[str],
    settings: IRecistSettings,
) -> str:
    """Return why an iUPD that was not confirmed stays one, or nothing."""
    stays = f"iUPD of {pair.opened.id} stands"
    if signs or (pair.nontarget and seen.nontarget_grew):
        return f"{stays}: no further growth that confirms it"
    if not pair.new or not seen.new:
        return ""
    then = pair.opened.sum_mm
    shrunk = seen.sum_mm is not None and then is not None and seen.sum_mm < then
    responds = seen.target in (CR, PR) and seen.nontarget is not PD
    if shrunk and responds and not settings.unchanged_new_lesion_keeps_iupd:
        return ""
    return f"{stays}: new lesion {listed(sorted(seen.new_ids))} is still there"


def _opens(seen: Observed, state: ProgressionState, signs: list[str]) -> Step:
    text = f"{'; '.join(signs)}: not confirmed yet"
    row = row_for(seen.target, seen.nontarget, bool(seen.new), prior=False)
    response = ICPD if state.confirmed else IUPD
    return Step(
        id=seen.id, day=seen.day, response=response, text=text, opened=seen.id, row=row
    )


def _pending(seen: Observed, pair: AwaitedProgression, text: str) -> Step:
    row = row_for(seen.target, seen.nontarget, bool(seen.new), prior=True)
    return Step(
        id=seen.id,
        day=seen.day,
        response=IUPD,
        text=text,
        opened=pair.opened.id,
        row=row,
    )


def _confirmed(
    seen: Observed, state: ProgressionState, proofs: list[str], signs: list[str]
) -> tuple[Step, ProgressionState]:
    """Return the answer of the visit that confirms, or of one after it."""
    assert state.pair is not None  # noqa: S101 - the caller looked
    opened = state.pair.opened.id
    if state.confirmed and not (proofs or signs or seen.new):
        if seen.target is NE:
            return Step(
                id=seen.id, day=seen.day, response=NE, text="", opened=opened
            ), state
        return _settled(seen, state, "after iCPD"), state
    text = f"confirms the iUPD of {opened}: {'; '.join(proofs)}"
    if state.confirmed:
        text = "after iCPD"
    row = row_for(seen.target, seen.nontarget, bool(seen.new), prior=True)
    answer = Step(
        id=seen.id, day=seen.day, response=ICPD, text=text, opened=opened, row=row
    )
    return answer, _after(seen, state, state.pair, confirmed=True)


def _settled(seen: Observed, state: ProgressionState, text: str) -> Step:
    """Return the response of a visit without progression.

    A known new lesion that is still there is disease: no iCR with it, nor where nothing
    is said of it; without targets it is other disease that persists, or was not seen.
    """
    row = row_for(seen.target, seen.nontarget, new=False, prior=bool(text))
    found = overall_response(seen.target, seen.nontarget, new=False).overall
    response = I_WORDS[found]
    if state.known & (seen.new_ids | seen.silent) and response in _NOTHING_LEFT:
        response = IPR if seen.target is CR else NE
        if response is NE and state.known & seen.new_ids:
            response = Response.NON_ICR_NON_IUPD
    return Step(
        id=seen.id, day=seen.day, response=response, text=text, opened=None, row=row
    )


def _pair(seen: Observed, state: ProgressionState) -> AwaitedProgression:
    fresh = bool(seen.new_ids - state.known)
    return AwaitedProgression(
        opened=seen,
        target=seen.target is PD,
        nontarget=seen.nontarget is PD,
        new=fresh or bool(new_progressed(seen, state)),
        sizes_mm=sizes_of(seen, state.known),
        known=state.known | seen.new_ids,
    )


def _after(
    seen: Observed,
    state: ProgressionState,
    pair: AwaitedProgression | None,
    *,
    confirmed: bool,
) -> ProgressionState:
    if pair is not None:
        sizes = {
            name: mm
            for name, mm in sizes_of(seen, pair.known).items()
            if name in pair.known
        }
        pair = pair._replace(sizes_mm=sizes | dict(pair.sizes_mm))
    return ProgressionState(
        pair, state.known | seen.new_ids, smallest_sum(seen, state), confirmed
    )


def _after_settled(
    seen: Observed, state: ProgressionState, answer: Step
) -> ProgressionState:
    """Return the state after a visit without progression.

    Nothing outlives an iCR, or a visit without any disease.
    """
    if answer.response in _NOTHING_LEFT:
        return ProgressionState(confirmed=state.confirmed)
    return _after(seen, state, None, confirmed=state.confirmed)


def _unevaluated(seen: Observed, pair: AwaitedProgression) -> bool:
    """Return whether a category of the iUPD was not evaluated, so that it waits."""
    by_others = pair.nontarget and seen.nontarget is NE
    return by_others or (pair.new and bool(seen.silent))


def _too_early(
    seen: Observed, pair: AwaitedProgression, settings: IRecistSettings
) -> bool:
    """Return whether a visit comes too soon to confirm.

    One done for symptoms that shows a further new lesion never does (EORTC).
    """
    if seen.symptomatic and further_new(seen, pair):
        return False
    return seen.day - pair.opened.day < settings.confirm_min_days


def _early(seen: Observed, pair: AwaitedProgression, settings: IRecistSettings) -> str:
    days = seen.day - pair.opened.day
    return (
        f"iUPD of {pair.opened.id} stands: {days} days after it is too early to "
        f"confirm (minimum {settings.confirm_min_days})"
    )


def _waits(seen: Observed, pair: AwaitedProgression) -> str:
    text = f"iUPD of {pair.opened.id} waits for confirmation"
    if not seen.silent:
        return text
    return f"{text}; nothing is said of new lesion {listed(sorted(seen.silent))}"
