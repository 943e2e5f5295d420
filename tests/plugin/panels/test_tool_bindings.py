"""The table of tools in the docs and the keys of the window say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from napari_recist.panels.tool_bindings import (
    CINE_KEY,
    COPY_KEY,
    ENLARGE_KEY,
    POINT_KEY,
    PROBE_KEYS,
    REGION_KEYS,
    SLICE_KEY,
)

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

PAGE = Path(__file__).parents[3] / "docs" / "tools.md"
OWN = {
    *(*PROBE_KEYS.values(), *REGION_KEYS.values(), CINE_KEY, COPY_KEY),
    *(ENABLED for ENABLED in (ENLARGE_KEY, POINT_KEY, SLICE_KEY)),
}


def test_every_key_of_a_tool_stands_in_the_docs_and_every_key_there_is_one(
    reader: Reader,
) -> None:
    table = [one for one in PAGE.read_text("utf-8").splitlines() if one.startswith("|")]
    named = {
        key
        for row in table[2:]
        if len(cells := row.split("|")) > 3
        for key in re.findall(r"`([^`]+)`", cells[2])
    }
    known = {key.sequence for key, _ in reader.dock._key_map.rows()}
    known |= {"Enter", "PgUp", "PgDown"}
    assert named <= known | {"SULpeak"} or named - known == {"suv"}
    assert named >= OWN
