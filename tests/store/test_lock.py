"""One window a case: the second is told who has it, a killed one keeps nobody out."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from recist_tool.errors import CaseLockedError, StorageError
from recist_tool.store.lock import lock_case

HOLD = (
    "import sys, pathlib\n"
    "from recist_tool.store.lock import lock_case\n"
    "lock = lock_case(pathlib.Path(sys.argv[1]), 'dr-7')\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture
def case_path(tmp_path):
    return tmp_path / "S-1.case.json"


@contextmanager
def held_elsewhere(case_path):
    other = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", HOLD, str(case_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout.readline() == "held\n"
        yield
    finally:
        other.kill()
        other.communicate()


def test_a_second_process_is_told_who_has_the_case_where_and_since_when(case_path):
    today = dt.datetime.now(dt.UTC).astimezone()
    with (
        held_elsewhere(case_path),
        pytest.raises(CaseLockedError, match="open in another window") as refused,
    ):
        lock_case(case_path, "dr-8")
    told = str(refused.value)
    assert f"dr-7 on {socket.gethostname()} since {today:%Y-%m-%d}" in told
    assert told.endswith("Close it there first")


def test_a_process_that_was_killed_keeps_nobody_out(case_path):
    with held_elsewhere(case_path):
        pass
    assert list(case_path.parent.glob(".S-1.open.json"))
    lock_case(case_path, "dr-8").release()


def test_the_same_process_is_told_too(case_path):
    lock = lock_case(case_path, "dr-7")
    with pytest.raises(CaseLockedError, match="dr-7 on"):
        lock_case(case_path, "dr-8")
    lock.release()
    lock_case(case_path, "dr-8").release()


def test_what_was_released_leaves_no_word_of_who_had_it(case_path):
    lock = lock_case(case_path, "dr-7")
    lock.release()
    later = lock_case(case_path, "dr-8")
    lock.release()
    with pytest.raises(CaseLockedError, match="dr-8 on"):
        lock_case(case_path, "dr-9")
    later.release()
    assert not list(case_path.parent.glob("*.open.json"))


@pytest.mark.parametrize("content", [None, b"", b"[" * 100_000, b'{"by": "\xff"}'])
def test_a_damaged_word_of_who_has_it_is_left_out(case_path, content):
    lock = lock_case(case_path, "dr-7")
    holder = case_path.with_name(".S-1.open.json")
    if content is None:
        holder.unlink()
    else:
        holder.write_bytes(content)
    with pytest.raises(CaseLockedError, match=r"or program\. Close it"):
        lock_case(case_path, "dr-8")
    lock.release()


def test_a_folder_that_takes_no_files_is_a_storage_error():
    with pytest.raises(StorageError, match="cannot be written"):
        lock_case(Path("/proc/S-1.case.json"))


def test_one_lock_holds_through_links(case_path, tmp_path):
    case_path.write_text("{}")
    (tmp_path / "linked").mkdir()
    link = tmp_path / "linked" / case_path.name
    link.symlink_to(case_path)
    with held_elsewhere(link), pytest.raises(CaseLockedError):
        lock_case(case_path)
    with held_elsewhere(case_path), pytest.raises(CaseLockedError):
        lock_case(link)
