"""Short words for the tables in which the course of a patient is written."""

from __future__ import annotations

from decimal import Decimal

from recist_tool.phantom.spec import Expected, LesionState, Stage
from recist_tool.terms import NewLesions, Response

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NON_CR = Response.NON_CR_NON_PD
NO, YES = NewLesions.NO, NewLesions.YES


MEASURED, TOO_SMALL = LesionState.MEASURED, LesionState.TOO_SMALL
PRESENT, NEW = LesionState.PRESENT, LesionState.NEW
ABSENT = Stage(LesionState.ABSENT)


def answer(
    sum_mm: str,
    target: Response,
    non_target: Response,
    new_lesions: NewLesions,
    overall: Response,
) -> Expected:
    """Return what is expected of a visit after baseline, in the order of a table.

    Parameters
    ----------
    sum_mm
        As it is reported: its decimals count.
    """
    return Expected(
        sum_mm=Decimal(sum_mm),
        target=target,
        non_target=non_target,
        new_lesions=new_lesions,
        overall=overall,
    )
