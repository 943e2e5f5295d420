"""A protocol in a file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from recist_tool.errors import InputError
from recist_tool.model.protocol import Protocol
from recist_tool.store.protocol_file import read_protocol
from recist_tool.terms import Blinded


def test_a_file_gives_what_it_says_and_defaults_for_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "protocol.json"
    path.write_text('{"name": "SIRT-1", "sequential": true, "blinded_to": ["dates"]}')
    assert read_protocol(path) == Protocol(
        name="SIRT-1", sequential=True, blinded_to=(Blinded.DATES,)
    )


def test_all_faults_of_a_file_are_told_at_once_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "protocol.json"
    path.write_text('{"max_targets": 0, "sequental": true, "blinded_to": ["arm"]}')
    with pytest.raises(InputError) as refusal:
        read_protocol(path)
    lines = str(refusal.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("protocol.json, ") for line in lines)
    assert any("sequental: unknown field" in line for line in lines)
    assert any("blinded_to[0]: must be one of: 'subject'" in line for line in lines)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null"])
def test_a_file_that_is_no_protocol_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "protocol.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"protocol\.json"):
        read_protocol(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_protocol(tmp_path / "gone.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_protocol(tmp_path)


def test_the_documented_example_is_a_protocol(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "formats" / "protocol.md"
    example = page.read_text().partition("```json\n")[2].partition("```")[0]
    path = tmp_path / "protocol.json"
    path.write_text(example)
    protocol = read_protocol(path)
    assert protocol.blinded_to == tuple(Blinded)
    assert protocol.sequential
    named = Protocol.model_fields
    assert all(f"`{name}`" in page.read_text() for name in named)
