"""What cases and readers may be called."""

from __future__ import annotations

import pytest

from recist_tool.app.session import Session
from recist_tool.errors import CommandRefused

DEVICES = "CON", "con", "PRN.x", "aux", "NUL.tar.gz", "COM1", "lpt9.txt", "com\u00b9"
OPTIONS = "-rf", "--help", ".", "..", ".hidden", "S1."
OTHERS = "", " S1", "a/b", "a\\b", "a:b", "*", "S\x1b[2J", "S\u202e1", "x" * 65


@pytest.mark.parametrize("name", [*DEVICES, *OPTIONS, *OTHERS])
def test_a_subject_is_called_what_can_name_a_file_everywhere(tmp_path, name):
    with pytest.raises(CommandRefused, match="subject id: ") as refused:
        Session.create(tmp_path / "cases", subject_id=name, reader_id="r")
    assert "\x1b" not in str(refused.value)
    assert not (tmp_path / "cases").exists()


@pytest.mark.parametrize("name", ["S-1", "console", "COM10", "Ä.7", "S_1.b", "nullary"])
def test_a_name_that_only_looks_like_one_is_taken(tmp_path, name):
    with Session.create(tmp_path, subject_id=name, reader_id="r") as session:
        assert session.case_path.name == f"{name}.case.json"


@pytest.mark.parametrize("name", ["", "  ", "r\x1b[2J", "a\nb", "r\u202e1", "x" * 65])
def test_a_reader_is_called_what_can_be_read(tmp_path, name):
    with Session.create(tmp_path, subject_id="S-1", reader_id="r-1") as session:
        path = session.case_path
    for begin in (
        lambda: Session.create(tmp_path, subject_id="S-2", reader_id=name),
        lambda: Session.open(path, reader_id=name),
    ):
        with pytest.raises(CommandRefused, match="reader id: is to be one line"):
            begin()
    with Session.open(path, reader_id="Dr. Müller, Site 7") as session:
        assert len(session.case.reads) == 2
