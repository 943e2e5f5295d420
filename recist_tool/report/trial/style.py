"""What the figures of a trial share: colours that all can tell apart, axes, sizes."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from recist_tool.criteria.answer.vocabulary import RECIST_WORD, best_first
from recist_tool.terms import Response, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.typing import RcKeyType

    from recist_tool.trial.survival import SurvivalCurve

SETTINGS: Final[dict[RcKeyType, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.hashsalt": "recist_tool",
    "text.parse_math": False,  # what a file calls things is no formula
}
"""For ``matplotlib.rc_context``; the salt makes the same figure the same SVG."""

WIDTH: Final = 7.2
"""Of a figure, inches: the text width of an A4 page."""

# Okabe and Ito 2008, with the lightness falling from CR to PD so that grey prints tell
RESPONSE_COLOURS: Final = {
    Response.CR: "#00507f",
    Response.PR: "#56b4e9",
    Response.SD: "#c3c7cc",
    Response.NON_CR_NON_PD: "#8d949c",
    Response.PD: "#d55e00",
    Response.NE: "#ffffff",
}
SCOPE_COLOURS: Final = {Scope.OVERALL: "#1f4e79", Scope.LIVER: "#b5532a"}
SCOPE_NAMES: Final = {Scope.OVERALL: "whole patient", Scope.LIVER: "liver"}
GROUP_COLOURS: Final = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#333333",
)
GROUP_LINES: Final = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2)))
SHARES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
SHARE_NAMES: Final = tuple(f"{100 * share:.0f} %" for share in SHARES)
"""Where an axis of shares is marked, and how."""

INK: Final = "#18202b"
QUIET: Final = "#5c6674"


def word(response: Response) -> Response:
    """Return the word of RECIST that a response is shown as; NE for none."""
    shown = RECIST_WORD.get(response, response)
    return shown if shown in RESPONSE_COLOURS else Response.NE


def own_words(responses: Iterable[Response]) -> dict[Response, str]:
    """Return the words of a trial by that of RECIST, whose colour they share."""
    named: dict[Response, list[str]] = {}
    for response in best_first(responses):
        named.setdefault(word(response), []).append(response.value)
    return {shown: ", ".join(names) for shown, names in named.items()}


def month_ticks(last: float) -> list[int]:
    """Return the months to mark on an axis that ends at `last`: six to twelve ticks."""
    steps = (1, 2, 3, 6, 12, 24, 60, 120)
    step = next((one for one in steps if last / one <= 11), 240)
    return [step * at for at in range(ceil(last / step) + 1)]


def months_axis(ax: Axes, last: float) -> list[int]:
    """Set an axis of months from 0, and return its ticks."""
    ticks = month_ticks(max(last, 1))
    ax.set_xlim(0, ticks[-1])
    ax.set_xticks(ticks)
    ax.set_xlabel("months from reference date")
    return ticks


def last_month(curve: SurvivalCurve) -> float:
    """Return where a curve ends, months."""
    return float(curve.times[-1]) if curve.times.size else 1.0


def nothing(ax: Axes, why: str) -> None:
    """Say in an empty axis why there is nothing to see."""
    ax.axis("off")
    ax.text(0.5, 0.5, why, ha="center", va="center", color=QUIET)
