"""The table of tools in the docs names the keys that there are."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from napari_recist.panels import tool_bindings as tools

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

PAGE = Path(__file__).parents[3] / "docs" / "tools.md"
OWN = {
    *tools.PROBE_KEYS.values(),
    *tools.REGION_KEYS.values(),
    *(tools.CINE_KEY, tools.COPY_KEY, tools.ENLARGE_KEY, tools.POINT_KEY),
    *(tools.SLICE_KEY, "Home", "End", "PgUp", "PgDown"),
}


def test_every_key_of_a_tool_stands_in_the_docs_and_every_key_there_is_one(
    reader: Reader,
) -> None:
    _, _, page = PAGE.read_text("utf-8").partition("|---|---|---|---|\n")
    rows = takewhile(lambda line: line.startswith("|"), page.splitlines())
    named = {key for row in rows for key in re.findall(r"`([^`]+)`", row.split("|")[2])}
    known = {key.sequence for key, _ in reader.dock._key_map.rows()}
    assert OWN <= named <= known
