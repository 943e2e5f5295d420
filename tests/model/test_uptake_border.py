"""A protocol says where uptake ends; what says nothing is 41 % of the maximum."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from recist_tool.model.protocol import Protocol
from recist_tool.model.uptake_border import UptakeRule, uptake_rule
from recist_tool.terms import UptakeBorder, UptakeMethod


def test_a_protocol_that_chooses_no_border_is_written_as_before() -> None:
    assert "uptake_border" not in Protocol().model_dump(mode="json")
    old = json.loads(Protocol().model_dump_json())
    assert Protocol.model_validate(old).uptake_border == UptakeBorder.MAX_41


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("50%", "50 % of maximum"),
        ("42.5 % of maximum", "42.5 % of maximum"),
        ("2.5", "SUV 2.5"),
        ("suv 4", "SUV 4.0"),
        ("SUV 3.25", "SUV 3.25"),
        ("percist", "PERCIST liver"),
        ("Gradient", "gradient"),
        ("midway", "midway to background"),
    ],
)
def test_a_border_comes_back_as_it_was_written(written: str, kept: str) -> None:
    protocol = Protocol(uptake_border=written)
    assert protocol.uptake_border == kept
    assert Protocol.model_validate_json(protocol.model_dump_json()) == protocol
    assert str(uptake_rule(kept)) == kept


@pytest.mark.parametrize("border", list(UptakeBorder))
def test_every_border_with_a_name_is_one(border: UptakeBorder) -> None:
    assert str(uptake_rule(border)) == border.value


def test_a_share_and_a_level_are_numbers() -> None:
    assert uptake_rule("41 %") == UptakeRule(UptakeMethod.SHARE, 0.41)
    assert uptake_rule("SUV 2.5") == UptakeRule(UptakeMethod.FIXED, 2.5)
    assert uptake_rule("PERCIST liver").level is None


@pytest.mark.parametrize("wrong", ["0 %", "101 %", "SUV 0", "-4", "half", "", "41 %%"])
def test_what_is_no_border_is_refused_and_the_borders_are_named(wrong: str) -> None:
    with pytest.raises(ValidationError, match=r"per cent.*SUV.*PERCIST.*gradient"):
        Protocol(uptake_border=wrong)
