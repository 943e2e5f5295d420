"""Every convention of a protocol has words: no name of a field is shown to a reader."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, get_args

import pytest

from recist_tool.model.criteria_settings import CriteriaSettings
from recist_tool.model.protocol import Protocol, Settings
from recist_tool.report.plain_words import (
    _VALUES,
    OTHER,
    PROTOCOL,
    SETTINGS,
    protocol_words,
)
from recist_tool.terms import Blinded, Criteria, UptakeBorder

CODE = re.compile(r"[a-z]_[a-z]")


def choices(kind: Any) -> list[Enum]:
    """Return the members of the enumerations in an annotation."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)
    return [
        one
        for part in get_args(kind)
        for one in ([part] if isinstance(part, Enum) else choices(part))
    ]


def test_every_field_of_a_protocol_has_words() -> None:
    own = {"name", "criteria", "settings", "organs"}
    assert set(PROTOCOL) == set(Protocol.model_fields) - own
    assert set(SETTINGS) == set(Settings.model_fields) - {"other_criteria"}
    others = CriteriaSettings.model_fields.values()
    fields = sorted(sorted(one.annotation.model_fields) for one in others)
    assert sorted(sorted(one) for one in OTHER.values()) == fields


def test_every_choice_of_a_setting_has_words() -> None:
    records = [
        Settings,
        *(one.annotation for one in CriteriaSettings.model_fields.values()),
    ]
    offered = {
        choice
        for record in records
        for field in record.model_fields.values()
        for choice in choices(field.annotation)
    }
    assert len(offered) > 20
    assert offered <= set(_VALUES)


@pytest.mark.parametrize("criteria", Criteria)
def test_nobody_reads_the_name_of_a_field(criteria: Criteria) -> None:
    shown = protocol_words(Protocol(criteria=(criteria,)))
    assert not [one for pair in shown for one in pair if CODE.search(one)]
    assert all(name and value for name, value in shown)


def test_what_is_set_is_said() -> None:
    words = dict(
        protocol_words(
            Protocol(
                max_liver_targets=4,
                blinded_to=(Blinded.SUBJECT, Blinded.DATES),
                uptake_border=UptakeBorder.SUV_4.value,
                settings=Settings(
                    sd_min_days=56,
                    organ_words=(("Leber", "liver"),),
                    new_therapy_day=90,
                ),
            )
        )
    )
    assert words["Target lesions in the liver"] == "at most 4"
    assert words["Readers are not told"] == "subject, dates"
    assert words["Uptake on PET ends at"] == "SUV 4.0"
    assert words["Stable disease counts as best response from day"] == "56"
    assert words["The trial's own words for organs"] == "Leber is liver"
    assert words["Visits count until new treatment on day"] == "90"
