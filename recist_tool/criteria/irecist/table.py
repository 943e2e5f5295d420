"""Table 2 of Seymour 2017, laid out as in the paper, in the words of RECIST 1.1.

PD stands for iUPD, as the findings are judged before it is known whether anything
confirms them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from recist_tool.terms import Response

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NON_CR_NON_PD, NA, NE = Response.NON_CR_NON_PD, Response.NA, Response.NE
ICR, IPR, ISD = Response.ICR, Response.IPR, Response.ISD
IUPD: Final = Response.IUPD

I_WORDS: Final = {
    CR: ICR,
    PR: IPR,
    SD: ISD,
    NON_CR_NON_PD: Response.NON_ICR_NON_IUPD,
    NE: NE,
    Response.NED: Response.NED,
}
"""The i-word for each response that is no progression."""


class IrecistRow(NamedTuple):
    """One row: what it asks of the findings, and what it answers.

    Attributes
    ----------
    without_prior, with_prior
        Response where no iUPD stood before this visit, and where one did and nothing
        confirms it; None where the row does not apply.
    """

    number: int
    target: frozenset[Response]
    non_target: frozenset[Response]
    new: bool
    without_prior: Response | None
    with_prior: Response | None

    def fits(self, target: Response, non_target: Response, new: bool) -> bool:
        """Return whether the three findings meet this row.

        Parameters
        ----------
        target, non_target
            In the words of RECIST 1.1.
        new
            Whether there is a definite new lesion.
        """
        return (
            target in self.target and non_target in self.non_target and new is self.new
        )

    @property
    def citation(self) -> str:
        """The row as printed."""
        return f"Seymour 2017, Table 2 row {self.number}"


def _set(*responses: Response) -> frozenset[Response]:
    return frozenset(responses)


_NOT_PD: Final = _set(CR, NON_CR_NON_PD, NA)
_TARGET_NOT_PD: Final = _set(CR, PR, SD)

# fmt: off
TABLE_2: Final = (
    #   row target          non-target           new    no prior iUPD  prior iUPD
    IrecistRow(1,  _set(CR),       _set(CR, NA),        False, ICR,           ICR),
    IrecistRow(2,  _set(CR),       _set(NON_CR_NON_PD), False, IPR,           IPR),
    IrecistRow(3,  _set(PR),       _NOT_PD,             False, IPR,           IPR),
    IrecistRow(4,  _set(SD),       _NOT_PD,             False, ISD,           ISD),
    IrecistRow(5,  _set(PD),       _set(PD),            True,  None,          IUPD),
    IrecistRow(6,  _TARGET_NOT_PD, _set(PD),            False, IUPD,          IUPD),
    IrecistRow(7,  _set(PD),       _NOT_PD,             False, IUPD,          IUPD),
    IrecistRow(8,  _set(PD),       _set(PD),            False, IUPD,          IUPD),
    IrecistRow(9,  _set(PD),       _set(PD),            True,  IUPD,          IUPD),
    IrecistRow(10, _TARGET_NOT_PD, _NOT_PD,             True,  IUPD,          IUPD),
)
# fmt: on


def row_for(
    target: Response, non_target: Response, new: bool, *, prior: bool
) -> IrecistRow | None:
    """Return the row that the findings meet; None where the paper prints none.

    Parameters
    ----------
    prior
        Whether an iUPD stood before this visit.

    Examples
    --------
    >>> row_for(SD, NA, new=True, prior=False).number
    10
    """
    for row in TABLE_2:
        answer = row.with_prior if prior else row.without_prior
        if answer is not None and row.fits(target, non_target, new):
            return row
    return None
