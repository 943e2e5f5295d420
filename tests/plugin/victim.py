"""A process that reads until it is killed, and what its last words prove."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from napari_recist.room.workspace import desk_path, read_desk
from recist_tool.store.casefile import CASE_SUFFIX, JOURNAL_SUFFIX, load_case

if TYPE_CHECKING:
    from recist_tool.model import Case
    from recist_tool.model.audit import AuditEntry

ROOT: Final = Path(__file__).parents[2]
READER: Final = "reader-1"
LONGEST_S: Final = 120.0
FOLLOWS_SIZE: Final = ("centre", "magnification")
"""What of a pane follows the size of the window to a fraction."""

State = dict[str, Any]
"""What a line tells: what the case holds, what is before the eyes."""


class Victim:
    """A process that makes ready, reads when told to, and is killed.

    Attributes
    ----------
    told
        Its whole lines so far.
    """

    def __init__(self, images: Path, plan: Path) -> None:
        self.told: list[State] = []
        self._heard = threading.Condition()
        self._ended = False
        self._process = subprocess.Popen(  # noqa: S603 - a module of these tests
            [sys.executable, "-m", "tests.plugin.killed_read", str(images), str(plan)],
            cwd=ROOT,
            env=os.environ | {"RECIST_READER": READER},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ear = threading.Thread(target=self._listen)
        self._ear.start()

    def go(self, cases: Path) -> None:
        """Let it open the window and read; its case lies, or will lie, in a folder."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{cases}\n")
        self._process.stdin.flush()

    @property
    def actions(self) -> int:
        """How many actions it told of."""
        return sum("action" in state for state in self.told)

    @property
    def has_finished(self) -> bool:
        """Whether everything is read."""
        return any("finished" in state for state in self.told)

    def wait(self, seconds: float = LONGEST_S, lines: int | None = None) -> None:
        """Wait so long; no longer than until it told so many lines, or has finished."""

        def is_enough() -> bool:
            enough = lines is not None and len(self.told) >= lines
            return enough or self._ended or self.has_finished

        with self._heard:
            self._heard.wait_for(is_enough, seconds)

    def kill(self) -> None:
        """Kill it with SIGKILL; it may not have ended by itself before."""
        ended = self._process.poll()
        with self._process:
            self._process.kill()
            self._ear.join()
        assert ended is None, f"the read ended by itself: exit status {ended}"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):  # else it was killed in the middle of a word
                with self._heard:
                    self.told.append(json.loads(line))
                    self._heard.notify()
        with self._heard:
            self._ended = True
            self._heard.notify()


class Witness:
    """Knows what the screens of one read have confirmed, and holds the files to it."""

    def __init__(self, cases: Path) -> None:
        self._cases = cases
        self._told: State = {"entries": 0, "findings": {}, "desk": None}
        self._left: State | None = None
        self._kept: State | None = None
        self._kept_ns = 0

    @property
    def case_path(self) -> Path:
        """The case file, which a kill at its birth may have left unwritten."""
        (journal,) = self._cases.glob(f"*/*{JOURNAL_SUFFIX}")
        name = journal.name.removesuffix(JOURNAL_SUFFIX)
        return journal.with_name(f"{name}{CASE_SUFFIX}")

    @property
    def desk_lags(self) -> bool:
        """Whether the desk on the disk is older than what the screen showed last."""
        return self._left != self._told["desk"]

    def hear(self, told: list[State]) -> None:
        """Hold the files to what one process told before it was killed."""
        for state in (one for one in told if "entries" in one):
            if "ready" in state:
                self._assert_is_back(state)
            self._note(state)
        if not self._told["entries"]:
            return
        loaded = load_case(self.case_path)  # what `recist verify` does
        self._assert_is_whole(loaded.journal.entries, loaded.case)
        self._assert_has_its_desk()

    def _note(self, state: State) -> None:
        self._told = state
        if state["kept"]:
            self._kept, self._kept_ns = state["kept"], state["kept_ns"]

    def _assert_is_whole(self, entries: tuple[AuditEntry, ...], case: Case) -> None:
        """Find the entry that was confirmed last, and each finding."""
        told, read = self._told, case.read(READER)
        assert read is not None
        assert entries[told["entries"] - 1].entry_hash == told["head"]
        if len(entries) == told["entries"]:
            assert findings_of(case) == told["findings"]

    def _assert_has_its_desk(self) -> None:
        """Find the desk whole: the latest that was told of, or one written since."""
        desk = read_desk(self.case_path, READER)
        self._left = None if desk is None else desk.model_dump(mode="json")
        if self._kept is None:
            return
        written_ns = desk_path(self.case_path).stat().st_mtime_ns
        assert self._left is not None
        assert written_ns >= self._kept_ns
        assert self._left == self._kept or written_ns > self._kept_ns

    def _assert_is_back(self, state: State) -> None:
        """Hold a window that was opened again to what the last one left."""
        assert state["entries"] >= self._told["entries"]
        assert state["findings"].items() >= self._told["findings"].items()
        if self._left is not None:
            assert _seen(state["desk"]) == _seen(self._left), (
                state["desk"],
                self._left,
            )
            for now, before in zip(
                state["desk"]["panes"], self._left["panes"], strict=True
            ):
                for what in FOLLOWS_SIZE:
                    assert now[what] == pytest.approx(before[what], rel=1e-3)


def findings_of(case: Case) -> dict[str, Any]:
    """Return every finding of the reader as JSON, by lesion and visit."""
    read = case.read(READER)
    return {
        f"{one.lesion_id} at {one.timepoint_id}": one.finding.model_dump(mode="json")
        for one in (() if read is None else read.findings)
    }


def _seen(desk: State) -> State:
    """Return a desk without what follows the size of the window."""
    panes = [
        {name: value for name, value in pane.items() if name not in FOLLOWS_SIZE}
        for pane in desk["panes"]
    ]
    return {**desk, "panes": panes}
