"""``recist open``: what reaches the reading room, and what never opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from recist_tool.cli import main, reading_room
from recist_tool.model.protocol import Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Room:
    """Stands for the entry point of the reading room."""

    def __init__(self) -> None:
        self.opened: list[tuple[list[Path], dict[str, Any]]] = []

    def load(self) -> Room:
        return self

    def __call__(self, paths: list[Path], **options: Any) -> None:
        self.opened.append((paths, options))


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room()
    monkeypatch.setattr(reading_room, "entry_points", lambda group: [room])
    return room


def test_paths_open_under_what_the_folder_of_cases_says(
    room: Room, tmp_path: Path
) -> None:
    assert main(["open", str(tmp_path)]) == 0
    assert room.opened == [([tmp_path], {"protocol": None, "screenshot": None})]


def test_an_empty_room_opens_where_nothing_is_named(room: Room) -> None:
    assert main(["open"]) == 0
    assert room.opened == [([], {"protocol": None, "screenshot": None})]


def test_nothing_is_searched_where_no_server_is_named(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["open", "--patient-id", "P-1"]) == 2
    assert "only a server can be searched" in capsys.readouterr().err
    assert room.opened == []


def test_a_protocol_of_a_file_reaches_the_reading_room(
    room: Room, tmp_path: Path
) -> None:
    path = tmp_path / "sirt.json"
    path.write_text('{"name": "SIRT-1", "blinded_to": ["dates"]}')
    assert main(["open", "--protocol", str(path), str(tmp_path)]) == 0
    ((_, options),) = room.opened
    assert options["protocol"] == Protocol(name="SIRT-1", blinded_to=("dates",))


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ('{"max_targets": 0, "sequental": true}', ["max_targets", "sequental"]),
        ("{", [""]),
    ],
)
def test_a_faulty_protocol_is_told_with_all_its_faults_and_nothing_opens(
    room: Room,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    faults: list[str],
) -> None:
    path = tmp_path / "sirt.json"
    path.write_text(content)
    assert main(["open", "--protocol", str(path), str(tmp_path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(faults)
    for line, fault in zip(lines, faults, strict=True):
        assert line.startswith(f"recist: sirt.json{', ' if fault else ''}{fault}: ")
    assert room.opened == []


def test_a_protocol_that_is_not_there_is_named(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = str(tmp_path / "gone.json")
    assert main(["open", "--protocol", gone, str(tmp_path)]) == 1
    assert "gone.json: cannot be read" in capsys.readouterr().err
    assert room.opened == []
