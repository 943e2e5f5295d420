"""Limits that the environment may set."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

from recist_tool.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping


def limit(
    name: str, usual: float, environment: Mapping[str, str] = os.environ
) -> float:
    """Return the limit that a variable of the environment names, or else the usual one.

    Parameters
    ----------
    name
        Of the variable; an empty one names nothing.
    usual
        In the unit of the variable.

    Raises
    ------
    SetupError
        If what it names is no number of 0 or more: nobody meant the usual one then.
    """
    named = environment.get(name, "").strip()
    if not named:
        return usual
    try:
        most = float(named)
    except ValueError:
        most = math.nan
    if not 0 <= most < math.inf:
        raise SetupError.at(
            name,
            "what it is set to is no number of 0 or more",
            f"Write one, or take it away: {usual:,.10g} holds then",
        )
    return most
