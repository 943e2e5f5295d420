"""Disease after a complete response (Eisenhauer 2009, 4.3.5 and Table 3, note a).

Here alone it is decided what such a visit, and the complete response before it, come
to. Best response, the date of progression, endpoints and tables read the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.confirmation import confirmed_cr
from recist_tool.criteria.answer.vocabulary import LAPSES, RECIST_WORD
from recist_tool.terms import AfterCr, Reappearance, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from recist_tool.criteria.answer.best_response import Scale
    from recist_tool.criteria.answer.confirmation import Dated
    from recist_tool.model.protocol import Settings


class Words(NamedTuple):
    """How a set of criteria calls what disease after a complete response concerns.

    Attributes
    ----------
    progression
        What disease after a real complete response is.
    ends
        The response that ends the course.
    """

    complete: Response
    partial: Response
    progression: Response
    ends: Response


RECIST: Final = Words(Response.CR, Response.PR, Response.PD, Response.PD)
IRECIST: Final = Words(Response.ICR, Response.IPR, Response.IUPD, Response.ICPD)


class Settled(NamedTuple):
    """The visits of a course as they stand once disease after CR is settled.

    Attributes
    ----------
    visits
        As many as were given, in their order.
    asked
        The first visit with disease after CR that is no progression as read; a person
        must look at it. As it was read.
    because
        Why a visit does not stand as it was read, by timepoint.
    """

    visits: tuple[Dated, ...]
    asked: Dated | None
    because: Mapping[str, str]


def words_of(scale: Scale | None) -> Words | None:
    """Return the words of criteria; None where disease after CR has no such rule.

    >>> words_of(None).progression.value
    'PD'
    """
    if scale is None or RECIST.complete in scale.order:
        return RECIST
    return IRECIST if IRECIST.complete in scale.order else None


def back_is_progression(settings: Settings) -> bool:
    """Return whether a lesion that is back after overall CR is PD as read (4.3.5)."""
    return settings.reappearance is not Reappearance.SUM_RULE_ONLY


def settle(
    visits: Sequence[Dated],
    settings: Settings,
    words: Words = RECIST,
    last_day: int | None = None,
    may_progress: Callable[[str], bool] = lambda timepoint_id: True,
) -> Settled:
    """Return what visits come to, by the setting ``after_cr``.

    A visit counts as disease where its response is neither complete nor progression,
    and disease was seen: what was not evaluated, and a tumour marker alone, are none.

    Parameters
    ----------
    visits
        In the order of their days.
    last_day
        Later visits make no complete response unreal: new treatment began.
    may_progress
        Whether a visit, by its timepoint, may be progression at all.

    Examples
    --------
    >>> from recist_tool.criteria.answer.confirmation import Dated
    >>> from recist_tool.model.protocol import Settings
    >>> course = [Dated(56, Response.CR, "TP1"), Dated(112, Response.PR, "TP2")]
    >>> [one.response.value for one in settle(course, Settings()).visits]
    ['CR', 'PD']
    """
    found, because = list(visits), dict[str, str]()
    asked: Dated | None = None
    for place, crs in _lapses(visits, words):
        crs = [at for at in crs if found[at].response is words.complete]
        if not crs:
            continue
        visit = visits[place]
        in_time = last_day is None or visit.day <= last_day
        asked = asked or (visit if in_time else None)
        verdict = _verdict(found[:place], settings)
        if verdict is AfterCr.REREAD_AS_PR and in_time:
            for at in crs:
                found[at] = found[at]._replace(response=words.partial)
                because[found[at].timepoint_id] = _not_real(visit, words)
        elif verdict is AfterCr.PD and may_progress(visit.timepoint_id):
            found[place] = visit._replace(response=words.progression)
            because[visit.timepoint_id] = _real(visits[crs[-1]], words)
            if words.progression is words.ends:
                break
    return Settled(tuple(found), asked, because)


def _lapses(
    visits: Sequence[Dated], words: Words
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Return the visits with disease after a complete response, and those responses."""
    complete: tuple[int, ...] = ()
    ends, best = words.ends, words.complete
    for place, visit in enumerate(visits):
        response = visit.response
        if response is ends:
            return
        if response is best:
            complete = (*complete, place)
        elif complete and visit.disease and response in LAPSES:
            yield place, complete


def _verdict(before: list[Dated], settings: Settings) -> AfterCr:
    """Return what disease after a CR comes to; one that was confirmed was real."""
    if settings.after_cr is not AfterCr.REREAD_AS_PR:
        return settings.after_cr
    in_words_of_recist = [
        one._replace(response=RECIST_WORD.get(one.response, one.response))
        for one in before
    ]
    real = confirmed_cr(in_words_of_recist, settings) is not None
    return AfterCr.PD if real else AfterCr.REREAD_AS_PR


def _real(complete: Dated, words: Words) -> str:
    since = complete.timepoint_id or f"day {complete.day}"
    text = f"disease after {words.complete} at {since}"
    return f"{text}: restated as {words.progression}"


def _not_real(visit: Dated, words: Words) -> str:
    where = visit.timepoint_id or f"day {visit.day}"
    text = f"disease at {where}, so that the {words.complete} was not real"
    return f"{text}: restated as {words.partial}"
