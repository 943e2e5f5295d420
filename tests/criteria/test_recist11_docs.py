"""The document of the rules names every setting and every message there is."""

from __future__ import annotations

import re
from pathlib import Path

import recist_tool.criteria
from recist_tool.model.protocol import Settings

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "rules" / "recist11.md").read_text("utf-8")
PACKAGE = Path(recist_tool.criteria.__file__).parent
NAMED = set(re.findall(r"`([^`]+)`", DOCUMENT))
OTHER_PAGES = {"other_criteria", "endpoints"}


def codes_in(*modules: str) -> set[str]:
    source = "".join((PACKAGE / f"{name}.py").read_text("utf-8") for name in modules)
    return set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))


def test_every_setting_is_explained() -> None:
    assert set(Settings.model_fields) - OTHER_PAGES <= NAMED


def test_every_message_is_explained() -> None:
    codes = codes_in("recist11/baseline_checks", "recist11/queries")
    assert len(codes) > 20
    assert codes <= NAMED
