"""Every answer about a course says the same of it, under every ``after_cr``."""

from __future__ import annotations

import pytest

from recist_tool.terms import AfterCr, Criteria
from recist_tool.trial.patient import assess
from tests.trial.one_truth import CHOSEN, course, every_fault

COURSES = 240  # `make nightly` tries 20,000
BATCH = 40


@pytest.mark.parametrize("first", range(0, COURSES, BATCH))
def test_visits_dates_best_responses_endpoints_and_tables_agree(first: int) -> None:
    assert every_fault(range(first, first + BATCH)) == []


def test_the_courses_hold_what_they_are_for() -> None:
    told = {criteria: set[str]() for criteria in CHOSEN}
    for number in range(COURSES):
        for after_cr in AfterCr:
            read = course(number).under(after_cr)
            for answer in assess(read).overall.timepoints.values():
                if answer.restated_because:
                    told[read.criteria].add(f"{after_cr} {answer.effective}")
                if not answer.disease_seen:
                    told[read.criteria].add("not seen")
    assert "pd PD" in told[Criteria.RECIST_1_1]
    assert "pd iUPD" in told[Criteria.IRECIST]
    assert "reread_as_pr iPR" in told[Criteria.IRECIST]
    by_size = [told[one] for one in told if one is not Criteria.IRECIST]
    assert "reread_as_pr PR" in set[str]().union(*by_size)
    assert all("not seen" in one for one in by_size)
