"""Tables 1 and 2 need no patient: every combination is answered, and only once."""

from __future__ import annotations

from itertools import product

import pytest

from recist_tool.criteria.recist11.tables import (
    ALL_ROWS,
    NON_TARGET_RESPONSES,
    TABLE_1,
    TABLE_2,
    TARGET_RESPONSES,
    overall_response,
)
from recist_tool.terms import Response

COMBINATIONS = list(product(TARGET_RESPONSES, NON_TARGET_RESPONSES, (False, True)))


@pytest.mark.parametrize("findings", COMBINATIONS)
def test_all_rows_that_a_combination_meets_agree(
    findings: tuple[Response, Response, bool],
) -> None:
    answers = {row.overall for row in ALL_ROWS if row.fits(*findings)}
    assert answers == {overall_response(*findings).overall}


def test_every_row_is_met_by_some_combination() -> None:
    for row in ALL_ROWS:
        assert any(row.fits(*findings) for findings in COMBINATIONS)


def test_rows_are_numbered_as_printed() -> None:
    assert [row.number for row in TABLE_1] == list(range(1, 10))
    assert [row.number for row in TABLE_2] == list(range(1, 6))


def test_progression_of_any_part_is_progression() -> None:
    for target, non_target, new in COMBINATIONS:
        pd = new or Response.PD in (target, non_target)
        answer = overall_response(target, non_target, new).overall
        assert (answer is Response.PD) == pd


def test_a_response_that_targets_cannot_have_is_refused() -> None:
    with pytest.raises(KeyError):
        overall_response(Response.NED, Response.CR, new=False)
