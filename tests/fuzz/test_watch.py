"""A worker of Python may be started, by whatever call; nothing else may."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# an audit hook cannot be taken out again: not in this process
WATCHED = """
import os, subprocess, sys
from pathlib import Path
from tests.fuzz.watch import Watch

python, shell = [sys.executable, "-S", "-c", ""], ["/bin/sh", "-c", ""]
with Watch(Path("kept").absolute(), Path("secret")).watching() as acts:
    {act}
print(*acts, sep="\\n")
"""
ROOT = Path(__file__).parents[2]


def acts_of(act: str) -> list[str]:
    """Return what was noted, in a line each."""
    return subprocess.run(  # noqa: S603 - lines above and below, no input
        [sys.executable, "-c", WATCHED.format(act=act)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")[:-1]


@pytest.mark.parametrize("close_fds", [True, False])  # False: posix_spawn, everywhere
def test_a_worker_is_no_forbidden_act(close_fds: bool) -> None:
    assert acts_of(f"subprocess.Popen(python, close_fds={close_fds}).wait()") == [""]


@pytest.mark.parametrize("close_fds", [True, False])
def test_another_program_is_noted_once(close_fds: bool) -> None:
    acts = acts_of(f"subprocess.Popen(shell, close_fds={close_fds}).wait()")
    assert acts == ["started '/bin/sh'"]


def test_python_started_past_subprocess_is_noted() -> None:
    acts = acts_of("os.waitpid(os.posix_spawn(sys.executable, python, os.environ), 0)")
    assert acts == [f"os.posix_spawn ({sys.executable!r},)"]
