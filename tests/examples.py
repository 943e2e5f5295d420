"""Examples that depend on nothing but the test that they are for."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants

LOCAL = "_local_constants"
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fixed")
"""``make nightly`` looks for new examples; else all are the same each time."""


def by_day(some: int, *, at_night: int) -> int:
    """Return how many examples to try: some in ``make test``, more in the nightly."""
    return some if PROFILE == "fixed" else at_night


def by_day_and_at_night(by_day: int, cases: dict[str, Any]) -> list[Any]:
    """Return named cases for `parametrize`; all but the first ones are for the night.

    Parameters
    ----------
    by_day
        How many ``make test`` tries.
    cases
        Arguments of the test, by what the case is called.
    """
    nightly = pytest.mark.nightly
    return [
        pytest.param(
            *(values if isinstance(values, tuple) else (values,)),
            id=name,
            marks=() if number < by_day else nightly,
        )
        for number, (name, values) in enumerate(cases.items())
    ]


def draw_the_same_ones(drawing: Any = HypothesisProvider) -> None:
    """Draw no constants of modules that happen to be loaded.

    Hypothesis now and then draws a number or word that stands in some module of ours
    that was imported so far: which ones depends on the tests that ran before.
    """
    assert hasattr(drawing, LOCAL)
    setattr(drawing, LOCAL, Constants())
