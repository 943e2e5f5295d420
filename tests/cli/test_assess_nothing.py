"""``recist assess`` of a file in which there is nothing to answer."""

from __future__ import annotations

import pytest

from recist_tool.cli import main


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_a_patient_is_refused_in_one_line(tmp_path, capsys, content):
    (tmp_path / "cohort.jsonl").write_text(content)
    assert main(["assess", str(tmp_path / "cohort.jsonl"), "--json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "recist: cohort.jsonl: holds no patient. Give a line for each patient"
    ]
