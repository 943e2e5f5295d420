"""A file of results: lines are added as they come, and known in the next run."""

from __future__ import annotations

import json

import pytest

from recist_tool.errors import StorageError
from recist_tool.store.measured_lines import MeasuredLines

ONE, OTHER = {"file": "a.dcm", "lesions": []}, {"file": "b.dcm", "lesions": [1]}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out.jsonl"


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_are_on_the_disk_as_soon_as_they_are_added(path):
    with MeasuredLines(path) as file:
        file.add(ONE)
        assert lines(path) == [ONE]
        file.add(OTHER)
    assert lines(path) == [ONE, OTHER]


def test_lines_that_are_not_wanted_are_dropped_and_others_stay(path):
    with MeasuredLines(path) as file:
        file.add(ONE)
        file.add(OTHER)
    with MeasuredLines(path) as file:
        assert file.keep(lambda line: bool(line["lesions"])) == (OTHER,)
        file.add(ONE)
    assert lines(path) == [OTHER, ONE]


def test_a_line_that_was_cut_off_is_no_line(path):
    with MeasuredLines(path) as file:
        file.add(ONE)
    with path.open("a") as file:
        file.write('{"file": "b.d')
    with MeasuredLines(path) as file:
        assert file.keep(lambda line: True) == (ONE,)
        file.add(OTHER)
    assert lines(path) == [ONE, OTHER]


@pytest.mark.parametrize(
    "text", ["no JSON\n", "[1]\n", '{"x": 1}\n', '"file"\n', "3\n"]
)
def test_a_file_of_something_else_is_refused_and_left_as_it_is(path, text):
    path.write_text(text)
    with pytest.raises(StorageError, match="something else than measurements"):
        MeasuredLines(path).__enter__()
    assert path.read_text() == text


def test_two_runs_do_not_write_to_one_file(path):
    with (
        MeasuredLines(path),
        pytest.raises(StorageError, match="another process measures into it"),
    ):
        MeasuredLines(path).__enter__()


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"out\.jsonl: cannot be written"):
        MeasuredLines(tmp_path / "file" / "out.jsonl").__enter__()
