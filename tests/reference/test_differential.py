"""Every set of criteria against independent references, on random patients.

A few hundred patients in all here; `make nightly` compares 5,000 for each set of
criteria (`python -m tests.reference`).
"""

from __future__ import annotations

import pytest

from recist_tool.terms import Criteria
from tests.examples import by_day
from tests.reference import compare

PATIENTS = by_day(100, at_night=2000)


def test_every_set_of_criteria_has_a_reference() -> None:
    assert {*compare.CRITERIA} == {one.value for one in Criteria}


@pytest.mark.parametrize("criteria", compare.CRITERIA)
def test_random_patients_have_the_answers_of_the_reference(criteria: str) -> None:
    """They also reach every kind of answer: patients all alike would prove nothing."""
    found = compare.compared(criteria, range(PATIENTS))
    assert found.differences == ()
    assert found.responses >= compare.MUST_OCCUR[criteria]
