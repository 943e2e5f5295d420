"""Which responses belong to a set of criteria, and how sets of criteria compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.errors import Fault
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.model.findings import Findings

RECIST_1_1: Final = frozenset(
    {
        Response.CR,
        Response.PR,
        Response.SD,
        Response.PD,
        Response.NON_CR_NON_PD,
        Response.NED,
        Response.NE,
        Response.NA,
    }
)

# fmt: off
RECIST_WORD: Final = {
    Response.ICR: Response.CR,
    Response.IPR: Response.PR,
    Response.ISD: Response.SD,
    Response.NON_ICR_NON_IUPD: Response.NON_CR_NON_PD,
    Response.ICPD: Response.PD,
    Response.NC: Response.SD,
    Response.MR: Response.SD,
    Response.CMR: Response.CR,
    Response.PMR: Response.PR,
    Response.SMD: Response.SD,
    Response.PMD: Response.PD,
    Response.NORMALISED: Response.CR,
    Response.OFF_DRUG: Response.CR,
    Response.RESPONSE: Response.PR,
    Response.NO_RESPONSE: Response.SD,
}
# fmt: on
"""What each response of other criteria counts as where responses are counted together.

An iUPD has no such word: whether it is progression is known only later.
"""


def _counting_as(*words: Response) -> frozenset[Response]:
    return frozenset(one for one in Response if RECIST_WORD.get(one, one) in words)


_BEST_FIRST: Final = (
    Response.CR,
    Response.PR,
    Response.MR,
    Response.SD,
    Response.NON_CR_NON_PD,
    Response.NED,
    Response.IUPD,
    Response.PD,
    Response.NA,
    Response.NE,
)


def best_first(responses: Iterable[Response]) -> list[Response]:
    """Return the different responses from the best to the worst, without answer last.

    >>> [one.value for one in best_first([Response.NE, Response.SMD, Response.CMR])]
    ['CMR', 'SMD', 'NE']
    """
    every = list(Response)

    def place(response: Response) -> tuple[int, int]:
        known = response if response in _BEST_FIRST else RECIST_WORD[response]
        return _BEST_FIRST.index(known), every.index(response)

    return sorted(set(responses), key=place)


RESPONSES: Final = _counting_as(Response.CR, Response.PR)
STABLE: Final = _counting_as(Response.SD)
NON_TARGET_STABLE: Final = _counting_as(Response.NON_CR_NON_PD)
PROGRESSIONS: Final = _counting_as(Response.PD)
LAPSES: Final = _counting_as(Response.PR, Response.SD, Response.NON_CR_NON_PD)
"""What says, where disease was seen, that it is there and has not progressed."""


def foreign_words(findings: Findings, known: frozenset[Response]) -> list[Fault]:
    """Return the recorded responses that the chosen criteria do not have.

    Parameters
    ----------
    known
        The responses that a visit may have under the criteria.
    """
    return [
        Fault(
            f"timepoint {seen.id}, {field}",
            f"{given} is no response of {findings.criteria}",
            f"Write {', '.join(sorted(known))}, or choose other criteria",
        )
        for seen in findings.timepoints
        for field, given in (("overall", seen.overall), ("liver", seen.liver))
        if given is not None and given not in known
    ]
