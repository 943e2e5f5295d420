"""Limits that the environment sets: taken, or refused in a line; never passed over."""

import pytest

from recist_tool.errors import SetupError
from recist_tool.limits import limit


@pytest.mark.parametrize(
    ("named", "most"), [("", 4), ("  ", 4), ("0", 0), ("2.5", 2.5), (" 7 ", 7)]
)
def test_a_number_is_taken_and_nothing_leaves_the_usual_one(named, most):
    assert limit("RECIST_X", 4.0, {"RECIST_X": named}) == most
    assert limit("RECIST_X", 4.0, {}) == 4


@pytest.mark.parametrize("named", ["much", "-1", "nan", "inf", "4 GB", "1,5"])
def test_what_is_no_number_is_refused_with_its_variable(named):
    with pytest.raises(
        SetupError, match=r"RECIST_X: .* no number .* 640,000,000 holds"
    ):
        limit("RECIST_X", 640_000_000, {"RECIST_X": named})
