"""Examples that depend on nothing but the test that they are for."""

from __future__ import annotations

import os
from typing import Any

from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants

LOCAL = "_local_constants"
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fixed")
"""``make nightly`` looks for new examples; else all are the same each time."""


def by_day(some: int, *, at_night: int) -> int:
    """Return how many examples to try: some in ``make test``, more in the nightly."""
    return some if PROFILE == "fixed" else at_night


def draw_the_same_ones(drawing: Any = HypothesisProvider) -> None:
    """Draw no constants of modules that happen to be loaded.

    Hypothesis now and then draws a number or word that stands in some module of ours
    that was imported so far: which ones depends on the tests that ran before.
    """
    assert hasattr(drawing, LOCAL)
    setattr(drawing, LOCAL, Constants())
