"""Results of one test as TR writes them: measured, stated, or not done."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.cdisc.codes import term
from recist_tool.criteria.recist11.sums import NORMAL_NODE_MM, TOO_SMALL_MM

if TYPE_CHECKING:
    from recist_tool.cdisc.dataset import Value
    from recist_tool.model.diameter import Caliper

SHOWN_DECIMALS: Final = Decimal("0.0001")
"""Percentages do not end; they are written to four decimals, as in JSON."""
ZERO: Final = Decimal(0)


class Result(NamedTuple):
    """One result: original, standard, or why there is none."""

    test: str
    original: str = ""
    unit: str = ""
    standard: str = ""
    number: Decimal | None = None
    standard_unit: str = ""
    reason_not_done: str = ""

    def record(self) -> dict[str, Value]:
        """Return the variables of TR that hold the result."""
        code = term("TRTESTCD", self.test)
        return {
            "TRTESTCD": code.value,
            "TRTEST": code.name,
            "TRORRES": self.original,
            "TRORRESU": self.unit,
            "TRSTRESC": self.standard,
            "TRSTRESN": self.number,
            "TRSTRESU": self.standard_unit,
            "TRSTAT": "NOT DONE" if self.reason_not_done else None,
            "TRREASND": self.reason_not_done,
        }


def plain(value: Decimal) -> str:
    """Return a number without exponent or closing zeros.

    >>> plain(Decimal("70.50")), plain(Decimal("1E+2"))
    ('70.5', '100')
    """
    return f"{value.normalize():f}"


def measured(test: str, value: Decimal, unit: str = "mm") -> Result:
    """Return a number in its unit.

    Parameters
    ----------
    test
        ``TRTESTCD``.
    value
        In `unit`; result as collected and in the standard are the same.
    """
    text = plain(value)
    return Result(
        test, text, unit=unit, standard=text, number=value, standard_unit=unit
    )


def percentage(test: str, value: Decimal) -> Result:
    """Return a percentage to four decimals."""
    return measured(test, value.quantize(SHOWN_DECIMALS), "%")


def too_small(test: str) -> Result:
    """Return a lesion that is there but too small: 5 mm (Eisenhauer 2009, 4.3.2)."""
    standard = plain(TOO_SMALL_MM)
    return Result(
        test,
        "TOO SMALL TO MEASURE",
        unit="",
        standard=standard,
        number=TOO_SMALL_MM,
        standard_unit="mm",
    )


def not_done(test: str, reason: str | None) -> Result:
    """Return a result that is missing, and why."""
    return Result(test, reason_not_done=reason or "NOT EVALUABLE")


def stated(test: str, original: str, standard: str) -> Result:
    """Return a state in the words of CDISC beside the words of the reader.

    Parameters
    ----------
    test
        ``TRTESTCD``.
    original
        ``TRORRES``: the reader's words.
    standard
        ``TRSTRESC``: a term of the codelist TRPROPRS.
    """
    return Result(test, original, standard=term("TRPROPRS", standard).value)


def node_state(short_axis_mm: Decimal) -> Result:
    """Return whether a node is pathological: 10 mm short axis (3.1.1)."""
    state = "NON-PATHOLOGICAL" if short_axis_mm < NORMAL_NODE_MM else "PATHOLOGICAL"
    return stated("LNSTATE", state, state)


def counted_test(*, nodal: bool) -> str:
    """Return the diameter that enters the sum: the short axis of a node."""
    return "LPERP" if nodal else "LDIAM"


def diameters(caliper: Caliper) -> list[Result]:
    """Return both axes as drawn."""
    axes = {"LDIAM": caliper.long_axis, "LPERP": caliper.short_axis}
    return [measured(test, axis.value_mm) for test, axis in axes.items() if axis]
