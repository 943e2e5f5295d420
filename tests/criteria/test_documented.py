"""Each convention is told on the page of its criteria."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from recist_tool.model.criteria_settings import CriteriaSettings
from recist_tool.model.findings import Findings
from recist_tool.terms import (
    Criteria,
    GrowthOf,
    PmrThreshold,
    Reference,
    UnconfirmedProgression,
    VolumeLimits,
)
from tests.criteria.cases import findings

DOCS = Path(__file__).parents[2] / "docs"
CHOICES = {
    "irecist": UnconfirmedProgression,
    "who": (*GrowthOf, *Reference),
    "choi": Reference,
    "eortc_pet": PmrThreshold,
    "percist": Reference,
    "volumetric": VolumeLimits,
}
SETTINGS = [
    (page, field)
    for page, settings in CriteriaSettings()
    for field in type(settings).model_fields
]


@pytest.mark.parametrize(("page", "field"), SETTINGS)
def test_each_setting_is_told_on_its_page(page: str, field: str) -> None:
    assert f"`{field}`" in (DOCS / "rules" / f"{page}.md").read_text("utf-8")


@pytest.mark.parametrize("page", CHOICES)
def test_each_choice_is_told_on_its_page(page: str) -> None:
    text = (DOCS / "rules" / f"{page}.md").read_text("utf-8")
    for choice in CHOICES[page]:
        assert f"`{choice}`" in text


def test_each_name_of_criteria_and_each_field_is_told_with_the_format() -> None:
    text = (DOCS / "formats" / "findings.md").read_text("utf-8")
    for name in Criteria:
        assert f"`{name}`" in text
    for field in ("pet", "markers", "symptoms", "somatostatin_analogue", "volumes_ml"):
        assert f"`{field}`" in text


def test_the_example_timepoint_is_read_as_it_stands() -> None:
    text = (DOCS / "formats" / "findings.md").read_text("utf-8")
    examples = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    timepoint = json.loads(examples[-1])
    base = findings("T1 liver", {"T1": 40}).model_dump(mode="json")
    base["timepoints"].append(timepoint)
    read = Findings.model_validate(base)
    assert read.timepoints[1].markers["CgA"].value == 180
