"""JSON files damaged anywhere are answered as they were, or refused in lines.

Cases, journals and findings come from other people's disks. Bytes are changed, and
values are put where they do not belong; whatever comes of it, the program says a line,
and a case that opens is the one that its journal tells of.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recist_tool.app.phantom_read import read_phantom
from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.errors import RecistToolError
from recist_tool.phantom import SMALL_PATIENT, truth
from recist_tool.store.casefile import journal_path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FINDINGS = (EXAMPLES / "registry.jsonl").read_text().splitlines()
ODD = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["2024-02-30", "1e400", "T1", "../x", "\x1b[2J", "\u202e"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
unhurried = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def case(tmp_path_factory, phantoms):
    """Return the case of a whole read of a small patient."""
    folder = tmp_path_factory.mktemp("read")
    with Session.create(folder, subject_id="S-1", reader_id="reader") as session:
        read_phantom(session, truth(SMALL_PATIENT), phantoms.folder_of(SMALL_PATIENT))
    return session.case_path


def places(value, path=()):
    """Yield where every value of a document stands."""
    yield path
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, one in value.items() if isinstance(value, dict) else ():
        yield from places(one, (*path, key))


def with_odd_values(document, data):
    """Return a document with values taken out, or put where they do not belong."""
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(list(places(document))[1:]))
        inner = document
        for key in path:
            inner = inner[key]
        if data.draw(st.booleans()):
            inner[last] = data.draw(ODD)
        elif isinstance(inner, dict):
            del inner[last]
        if not document:
            break
    return document


def with_odd_bytes(content, data):
    """Return bytes of which some were changed, cut out or doubled."""
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        length = data.draw(st.sampled_from([1, 1, 1, 2, 50, 5000]))
        changed[at : at + length] = data.draw(
            st.binary(max_size=3) | st.just(changed[at : at + length] * 2)
        )
    return bytes(changed)


def says_lines(capsys, arguments, name):
    """Run a command; hold what it says to a status and lines that name the file."""
    status = main(arguments)
    told = capsys.readouterr()
    assert status in (0, 1)
    assert "Traceback" not in told.err
    assert "\x1b[2J" not in told.out + told.err
    if status:
        assert name in told.err


@given(data=st.data())
@unhurried
def test_findings_with_odd_values_are_answered_or_refused(tmp_path, capsys, data):
    patient = json.loads(data.draw(st.sampled_from(FINDINGS[:20])))
    path = tmp_path / "findings.jsonl"
    path.write_text(json.dumps(with_odd_values(patient, data)) + "\n")
    says_lines(capsys, ["assess", str(path)], path.name)


@given(data=st.data())
@settings(unhurried, max_examples=40)
def test_a_trial_of_damaged_findings_is_answered_or_refused(tmp_path, capsys, data):
    content = "\n".join(FINDINGS[:12]).encode()
    path = tmp_path / "findings.jsonl"
    path.write_bytes(with_odd_bytes(content, data))
    says_lines(capsys, ["trial", str(path), "--json"], path.name)


@pytest.mark.parametrize("damaged", ["case", "journal"])
@given(data=st.data())
@settings(unhurried, max_examples=60)
def test_a_damaged_case_is_refused_or_the_one_it_was(tmp_path, case, damaged, data):
    path = tmp_path / case.name
    for one in (case, journal_path(case)):
        shutil.copy(one, tmp_path / one.name)
    target = path if damaged == "case" else journal_path(path)
    target.write_bytes(with_odd_bytes(target.read_bytes(), data))
    try:
        with Session.open(path, reader_id="reader") as session:
            opened, told = session.case, session.entries
    except RecistToolError:
        return
    with Session.open(case, reader_id="reader") as session:
        assert told == session.entries[: len(told)]
        assert opened == session.case or len(told) < len(session.entries)


@pytest.mark.parametrize("command", ["assess", "trial", "export"])
def test_no_command_prints_what_a_terminal_would_obey(tmp_path, capsys, command):
    patient = json.loads(FINDINGS[0])
    patient["id"] = "S\x1b[2J\u202e1"
    patient["timepoints"][-1]["id"] = "V\x1b[2J"
    path = tmp_path / "findings.jsonl"
    path.write_text(json.dumps(patient) + "\n")
    out = ["--out", str(tmp_path / "out")] if command == "export" else []
    main([command, str(path), *out])
    told = capsys.readouterr()
    assert "S\ufffd[2J" in told.out + told.err or command != "assess"
    assert not {"\x1b", "\u202e"} & set(told.out + told.err)
