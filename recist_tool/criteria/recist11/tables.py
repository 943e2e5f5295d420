"""Tables 1 and 2 of Eisenhauer 2009, laid out as in the paper.

Each row carries its number, which is the citation that a reader sees.
"""

from __future__ import annotations

from itertools import product
from typing import Final, NamedTuple

from recist_tool.terms import Response

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NA, NED = Response.NE, Response.NA, Response.NED
NON_CR_NON_PD = Response.NON_CR_NON_PD

TARGET_RESPONSES: Final = frozenset({CR, PR, SD, PD, NE, NA})
NON_TARGET_RESPONSES: Final = frozenset({CR, NON_CR_NON_PD, PD, NE, NA})

_YES: Final = frozenset({True})
_NO: Final = frozenset({False})
_ANY: Final = frozenset({True, False})
_MEASURED: Final = TARGET_RESPONSES - {NA}
_NOT_PD: Final = NON_TARGET_RESPONSES - {PD}
_SEEN: Final = NON_TARGET_RESPONSES - {NA}


class TableRow(NamedTuple):
    """One row of a table: what it asks of the three findings, and what it answers."""

    table: int
    number: int
    target: frozenset[Response]
    non_target: frozenset[Response]
    new: frozenset[bool]
    overall: Response

    def fits(self, target: Response, non_target: Response, new: bool) -> bool:
        """Return whether the three findings meet this row.

        Parameters
        ----------
        target, non_target
            NA where there were none at baseline.
        new
            Whether there is a definite new lesion.
        """
        return (
            target in self.target and non_target in self.non_target and new in self.new
        )

    @property
    def citation(self) -> str:
        """The table and row as printed; empty where the paper has none."""
        return f"Table {self.table} row {self.number}" if self.table else ""


def _set(*responses: Response) -> frozenset[Response]:
    return frozenset(responses)


# fmt: off
TABLE_1: Final = (  # targets, with or without non-targets
    #   table row target          non-target            new    overall
    TableRow(1, 1, _set(CR),           _set(CR, NA),         _NO,   CR),
    TableRow(1, 2, _set(CR),           _set(NON_CR_NON_PD),  _NO,   PR),
    TableRow(1, 3, _set(CR),           _set(NE),             _NO,   PR),
    TableRow(1, 4, _set(PR),           _NOT_PD,              _NO,   PR),
    TableRow(1, 5, _set(SD),           _NOT_PD,              _NO,   SD),
    TableRow(1, 6, _set(NE),           _NOT_PD,              _NO,   NE),
    TableRow(1, 7, _set(PD),           NON_TARGET_RESPONSES, _ANY,  PD),
    TableRow(1, 8, _MEASURED,          _set(PD),             _ANY,  PD),
    TableRow(1, 9, _MEASURED,          NON_TARGET_RESPONSES, _YES,  PD),
)

TABLE_2: Final = (  # non-targets only
    TableRow(2, 1, _set(NA),           _set(CR),             _NO,   CR),
    TableRow(2, 2, _set(NA),           _set(NON_CR_NON_PD),  _NO,   NON_CR_NON_PD),
    TableRow(2, 3, _set(NA),           _set(NE),             _NO,   NE),
    TableRow(2, 4, _set(NA),           _set(PD),             _ANY,  PD),
    TableRow(2, 5, _set(NA),           _SEEN,                _YES,  PD),
)

NO_DISEASE: Final = (  # none at baseline: not in the paper
    TableRow(0, 1, _set(NA),           _set(NA),             _NO,   NED),
    TableRow(0, 2, _set(NA),           _set(NA),             _YES,  PD),
)
# fmt: on

ALL_ROWS: Final = TABLE_1 + TABLE_2 + NO_DISEASE


def _last_row(target: Response, non_target: Response, new: bool) -> TableRow:
    rows = [row for row in ALL_ROWS if row.fits(target, non_target, new)]
    return rows[-1]


ROWS: Final = {
    findings: _last_row(*findings)
    for findings in product(TARGET_RESPONSES, NON_TARGET_RESPONSES, (False, True))
}
"""The row that answers each combination of target, non-target and new lesion.

Where several rows fit they agree; the last is named, as reasons tell a new lesion
before a non-target, and that before the targets.
"""


def overall_response(target: Response, non_target: Response, new: bool) -> TableRow:
    """Return the row of Table 1 or 2 that answers the three findings.

    An equivocal new lesion is no new lesion until it is confirmed (4.3.5).

    Parameters
    ----------
    target, non_target
        NA where there were none at baseline.
    new
        Whether there is a definite new lesion.

    Raises
    ------
    KeyError
        If a response is none that targets or non-targets can have.

    Examples
    --------
    >>> row = overall_response(Response.CR, Response.NE, new=False)
    >>> row.overall.value, row.citation
    ('PR', 'Table 1 row 3')
    """
    return ROWS[target, non_target, new]
