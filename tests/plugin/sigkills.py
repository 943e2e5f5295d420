"""Reads killed at random moments, again and again: nothing confirmed may be missing.

``python -m tests.plugin.sigkills --kills 200`` (on a screen; ``make nightly`` does it).
One process reads on where the last one was killed, so each kill tries the opening, too;
the next one makes ready meanwhile. What fails prints the seed and the number of the
kill, and leaves its files where they are.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from recist_tool.app import Session
from recist_tool.phantom import READING_PATIENT, truth, write_patient
from tests.plugin.read_checks import assert_answers
from tests.plugin.read_plan import plan_of, save_plan
from tests.plugin.victim import READER, Victim, Witness

TRUTH: Final = truth(READING_PATIENT)
OPENING: Final = 0.25
"""The part of the kills that come before the window may be there."""
OPENING_S: Final = 4.0
READING_S: Final = 3.0
"""The latest moment after the window is there: some twenty actions."""


class Tally(NamedTuple):
    """What a series of kills came to.

    Attributes
    ----------
    while_opening
        Kills before the window was there.
    actions
        That the screen had confirmed.
    lagging
        Kills after which the desk was not that of the action confirmed last.
    """

    kills: int = 0
    while_opening: int = 0
    actions: int = 0
    lagging: int = 0
    whole_reads: int = 0


class Kills:
    """Kills reads of the synthetic patient, one after the other.

    Parameters
    ----------
    folder
        Where cases are written.
    images
        Where the patient's images are.
    """

    def __init__(self, folder: Path, images: Path, seed: int) -> None:
        self.tally = Tally()
        self._folder = folder
        self._chance = random.Random(seed)  # noqa: S311 - which moments, no secret
        self._images, self._plan = images, folder / "plan.json"
        save_plan(plan_of(TRUTH), self._plan)
        self._next = self._make_ready()
        self._begin_read()

    def kill_one(self) -> str:
        """Let one process read on until a random moment; return what came of it."""
        victim, self._next = self._next, self._make_ready()
        is_opening = self._chance.random() < OPENING
        moment = self._chance.uniform(0.0, OPENING_S if is_opening else READING_S)
        victim.go(self._cases)
        if not is_opening:
            victim.wait(lines=1)
        victim.wait(moment)
        victim.kill()
        self._witness.hear(victim.told)
        self._count(victim)
        if victim.has_finished:
            self._end_read()
        since = "while it opened" if is_opening else "of reading"
        return f"after {moment:.3f} s {since}: {victim.actions} actions"

    def close(self) -> None:
        """End the process that made ready for a kill that does not come."""
        self._next.kill()

    def _make_ready(self) -> Victim:
        return Victim(self._images, self._plan)

    def _begin_read(self) -> None:
        self._cases = self._folder / f"cases-{self.tally.whole_reads}"
        self._witness = Witness(self._cases)

    def _end_read(self) -> None:
        """Hold a read that was killed so often to the truth, and begin another."""
        with Session.open(self._witness.case_path, reader_id=READER) as session:
            assert len(session.read.locks) == len(TRUTH.timepoints)
            assert_answers(session, TRUTH)
        self.tally = self.tally._replace(whole_reads=self.tally.whole_reads + 1)
        self._begin_read()

    def _count(self, victim: Victim) -> None:
        tally = self.tally
        self.tally = tally._replace(
            kills=tally.kills + 1,
            while_opening=tally.while_opening + (not victim.told),
            actions=tally.actions + victim.actions,
            lagging=tally.lagging + self._witness.desk_lags,
        )


def main(arguments: list[str] | None = None) -> int:
    """Kill as often as asked; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.plugin.sigkills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    folder = Path(tempfile.mkdtemp(prefix="recist-sigkills-"))
    sys.stdout.write(f"seed {seed}, files in {folder}\n")
    images = folder / "images"
    write_patient(READING_PATIENT, images)
    kills = Kills(folder, images, seed)
    try:
        for number in range(1, asked.kills + 1):
            sys.stdout.write(f"kill {number}: {kills.kill_one()}\n")
            sys.stdout.flush()
    finally:
        kills.close()
    sys.stdout.write(f"{kills.tally}\n")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
