"""measurability_v1: which lesions are measurable, which choices of targets conform."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING

from recist_tool.criteria.recist11.measurability import measurability, selection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ASKED = frozenset(inspect.signature(measurability).parameters)
"""Other facts are left out: the expected answer tells whether they mattered."""


def checks(data: Mapping[str, Any]):
    """Yield a check for each case of the two lists, or of their concatenation."""
    lists = (data.get("measurability", ()), data.get("selection", ()))
    cases = [*lists[0], *lists[1]] or data["cases"]
    for case in cases:
        check = choice if "targets" in case else size
        yield case["id"], partial(check, case)


def size(case: Mapping[str, Any]) -> None:
    facts = {key: value for key, value in case.items() if key in ASKED}
    answer = measurability(**facts)
    expected = case["expected"]
    assert answer.measurable is expected["measurable"], answer.reason
    if "role" in expected:
        assert answer.role == expected["role"]
    assert answer.reason


def choice(case: Mapping[str, Any]) -> None:
    answer = selection(case["targets"])
    assert answer.valid is case["expected"]["valid"]
    assert sorted(answer.violations) == sorted(case["expected"]["violations"])
