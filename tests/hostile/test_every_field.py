"""Every field that a file or a server can fill is fed what terminals, spreadsheets,
browsers and drawn text obey: it comes out as it stands, or is refused in a line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from pydantic import ValidationError

from recist_tool.cli.main import main
from recist_tool.model.findings import Findings
from recist_tool.store.validation import faults_of
from tests.chance.findings import random_findings
from tests.examples import by_day
from tests.hostile.schema_walk import Place, Walk, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "ZQX"
PLAIN = "=ZQX+1<script>&'\"$\\foo{ZQX$ x_{1}^2$[bold]y[/z]:smile:%s"
TEXTS = (PLAIN, "ZQX\x1b[2J\x1b]0;t\x07\u202e\r\n\tZQX", "@ZQX", "\tZQX")
FORMULA = re.compile(r"[=+\-@\t\r\n]")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
SEEDS = 400
OVERRIDE = {"scope": "overall", "response": "SD", "reason": "as seen"}


def findings_and_places() -> Iterator[tuple[dict[str, Any], Place]]:
    """Give, for each field of the format, an example in which it may stand."""
    walk, seen = Walk(Findings.model_json_schema()), set[str]()
    for seed in range(SEEDS):
        sound = random_findings(seed)
        if sound is None:
            continue
        example = json.loads(sound.model_dump_json(exclude_none=True))
        for visit in example["timepoints"][-1:]:
            visit["overrides"] = [OVERRIDE]
        for place in walk.places(example):
            if place.field not in seen:
                seen.add(place.field)
                yield example, place
    missed = walk.fields() - seen
    assert not missed, f"no example reaches {missed}"


def accepted(fields: set[str]) -> Iterator[dict[str, Any]]:
    """Give examples with a hostile text in one field each; note which take some."""
    for number, (example, place) in enumerate(findings_and_places()):
        for text in TEXTS:
            made = changed(example, place, text)
            if place.path != ("id",):
                made["id"] = f"P{number}-{TEXTS.index(text)}"
            try:
                Findings.model_validate(made)
            except ValidationError as error:
                for fault in faults_of(error, "f.json"):
                    assert MARK not in fault.what
                continue
            fields.add(place.field)
            yield made


class Tags(HTMLParser):
    """What a browser would take for more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(f"{tag}.{name}" for name, _ in attrs)}


def require_plain(printed: str) -> None:
    """Hold what was printed to what a terminal only shows."""
    told = [line for line in printed.splitlines() if not line.isprintable()]
    assert told == []
    assert "Traceback" not in printed


def tags_of(page: Path) -> set[str]:
    reader = Tags()
    reader.feed(page.read_text("utf-8"))
    return reader.found


def test_every_field_of_findings_comes_out_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fields: set[str] = set()
    many = tmp_path / "many.jsonl"
    many.write_text("".join(json.dumps(one) + "\n" for one in accepted(fields)))
    assert len(fields) > 20, "no field takes text any more"
    lines = many.read_text().splitlines()[:: by_day(8, at_night=1)]
    for number, line in enumerate(lines):
        (tmp_path / "one.json").write_text(line)
        one, out = str(tmp_path / "one.json"), str(tmp_path / "csv" / str(number))
        main(["assess", one])
        main(["export", one, out, "--to", "csv"])
    main(["trial", str(many), "--report", str(tmp_path / "report"), "--keep-going"])
    told = capsys.readouterr()
    require_plain(told.out + told.err)
    assert MARK in told.out
    cells = [
        cell
        for path in (tmp_path / "csv").rglob("*.csv")
        for row in csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
        for cell in row
    ]
    run = {cell for cell in cells if FORMULA.match(cell) and not NUMBER.fullmatch(cell)}
    assert run == set()
    assert any(MARK in cell for cell in cells)
    (page,) = (tmp_path / "report").glob("*.html")
    assert MARK in page.read_text("utf-8")
    assert not {"script", "bold"} & tags_of(page)
    pictures = list((tmp_path / "report").glob("*.svg"))
    assert len(pictures) > 3
    for path in pictures:
        ElementTree.parse(path)  # noqa: S314 - ours
