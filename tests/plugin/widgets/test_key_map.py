"""Keys moved by the reader: kept, held against conflicts, and mended where damaged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_recist.widgets.key_filter import Key
from napari_recist.widgets.key_map import KeyMap, keys_path
from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from pathlib import Path

CALIPER, TARGET, UNDO = (
    Key(sequence, meaning, lambda: None)
    for sequence, meaning in (("M", "caliper"), ("T", "target"), ("Ctrl+Z", "undo"))
)
KEYS = (CALIPER, TARGET, UNDO)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "keys.json"


def moved(path: Path, content: object) -> KeyMap:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return KeyMap(KEYS, path)


def test_a_moved_key_acts_where_it_is_now_and_no_longer_where_it_was(
    path: Path,
) -> None:
    keys = KeyMap(KEYS, path)
    keys.move(CALIPER, "K")
    assert keys.find("K") is CALIPER
    assert keys.find("M") is None
    assert keys.sequence("M") == "K"


def test_a_moved_key_is_where_it_was_put_at_the_next_start(path: Path) -> None:
    KeyMap(KEYS, path).move(UNDO, "Ctrl+K")
    assert KeyMap(KEYS, path).find("Ctrl+K") is UNDO


def test_a_key_that_has_an_action_is_refused_by_its_name(path: Path) -> None:
    keys = KeyMap(KEYS, path)
    with pytest.raises(CommandRefused, match="is on 'target' already"):
        keys.move(CALIPER, "T")
    assert keys.find("T") is TARGET
    assert keys.find("M") is CALIPER
    assert not path.exists()


def test_a_key_can_be_given_up_for_another_action(path: Path) -> None:
    keys = KeyMap(KEYS, path)
    keys.move(TARGET, "")
    keys.move(CALIPER, "T")
    assert keys.find("T") is CALIPER
    assert keys.find("") is None
    assert [sequence for _, sequence in KeyMap(KEYS, path).rows()] == [
        "T",
        "",
        "Ctrl+Z",
    ]


def test_two_actions_can_be_without_a_key(path: Path) -> None:
    keys = KeyMap(KEYS, path)
    keys.move(TARGET, "")
    keys.move(CALIPER, "")
    again = KeyMap(KEYS, path)
    assert again.sequence("T") == again.sequence("M") == ""
    assert again.note == ""


def test_moving_a_key_back_leaves_nothing_kept(path: Path) -> None:
    keys = KeyMap(KEYS, path)
    keys.move(CALIPER, "K")
    keys.move(CALIPER, "M")
    assert not keys.is_changed
    assert json.loads(path.read_text()) == {}


def test_all_keys_go_back_to_where_they_came(path: Path) -> None:
    keys = KeyMap(KEYS, path)
    keys.move(CALIPER, "K")
    keys.reset()
    assert keys.find("M") is CALIPER
    assert not KeyMap(KEYS, path).is_changed


@pytest.mark.parametrize("content", ["", "{", "[1]", "[" * 50_000, "x" * 200_000])
def test_a_file_of_keys_that_does_not_read_leaves_the_keys_and_says_so(
    path: Path, content: str
) -> None:
    keys = moved(path, content)
    assert keys.find("M") is CALIPER
    assert "do not read" in keys.note


def test_what_a_kept_file_says_of_taken_keys_is_left_out_and_told(path: Path) -> None:
    keys = moved(path, {"M": "T", "Q": "R", "Ctrl+Z": 5})
    assert [sequence for _, sequence in keys.rows()] == ["M", "T", "Ctrl+Z"]
    assert keys.note.startswith("3 of your keys")


def test_two_keys_can_change_places_in_the_kept_file(path: Path) -> None:
    keys = moved(path, {"M": "T", "T": "M"})
    assert keys.find("T") is CALIPER
    assert keys.find("M") is TARGET
    assert keys.note == ""


SOME_KEYS = st.sampled_from(["", "M", "T", "Ctrl+Z", "K", "X", "?"])


@given(kept=st.dictionaries(SOME_KEYS, SOME_KEYS))
def test_no_file_puts_two_actions_on_one_key(
    kept: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("settings") / "keys.json"
    used = [sequence for _, sequence in moved(path, kept).rows() if sequence]
    assert len(used) == len(set(used))


def test_a_disk_that_refuses_leaves_the_keys_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("a file where the folder should be")
    keys = KeyMap(KEYS, tmp_path / "settings" / "keys.json")
    with pytest.raises(CommandRefused, match="cannot be kept"):
        keys.move(CALIPER, "K")
    assert keys.find("M") is CALIPER


def test_keys_are_kept_among_the_settings_of_the_user(tmp_path: Path) -> None:
    assert keys_path() == tmp_path / "settings" / "recist_tool" / "keys.json"
