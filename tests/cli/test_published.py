"""Each published sentence of the documentation is printed by its command."""

from __future__ import annotations

import contextlib
import io
import re
from functools import cache
from pathlib import Path

import pytest

from recist_tool.cli import main

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\| (.+) \| `recist (.+)` \| `(.+)` \|$", re.MULTILINE)
ROWS = ROW.findall((DOCS / "published.md").read_text("utf-8"))


@cache
def printed(command: str) -> str:
    """Return the words that a command prints, run from the root of the repository."""
    out = io.StringIO()
    with contextlib.chdir(DOCS.parent), contextlib.redirect_stdout(out):
        assert main(command.split()) == 0
    return words(out.getvalue())


def words(text: str) -> str:
    """Return a text without the frames of tables, one space for any run of them."""
    return " ".join(re.sub("[│┃]", " ", text).split())


@pytest.mark.parametrize(
    ("command", "output"),
    [row[1:] for row in ROWS],
    ids=[row[0][:60] for row in ROWS],
)
def test_the_command_prints_the_output_of_the_table(command, output):
    said = printed(command)
    for part in output.split(" … "):
        assert re.search(rf"(?<!\S){re.escape(part)}(?=[\s,;.]|$)", said), part


def test_every_line_of_the_tables_was_understood():
    lines = (DOCS / "published.md").read_text("utf-8").splitlines()
    rows = [one for one in lines if one.startswith("| ") and "| command |" not in one]
    assert len(rows) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_the_shares_of_the_sentence_are_in_the_output(row):
    sentence, _, output = row
    limits = r"(at least|of >) \d+ %"  # what counts as a response is no share
    for share in re.findall(r"(\d+) %", re.sub(limits, "", sentence)):
        told = "67" if share == "66" else share  # cut off in the paper, not rounded
        assert re.search(rf"\b{told}\b", output), sentence
