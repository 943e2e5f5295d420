"""Random sessions: what a reader was told is kept opens again, and is the same case."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from typing import TYPE_CHECKING

from recist_tool.app.session import Session
from recist_tool.cli.verify import run as verify
from recist_tool.errors import CommandRefused
from recist_tool.model.audit import replay
from recist_tool.model.case import Timepoint
from recist_tool.model.commands import AddTimepoint, SetProtocol
from recist_tool.model.finding import Measured
from recist_tool.model.protocol import Protocol
from recist_tool.store.casefile import journal_path, load_case
from recist_tool.store.journal import read_journal
from recist_tool.terms import Criteria, LesionRole
from tests.builders import caliper
from tests.chance.commands import VISITS, Reader
from tests.chance.from_schema import FIRST_DAY

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.app.answers import Answer

READERS = ("ann", "ben")


class BrokenCaseError(AssertionError):
    """A case that is not what the reader was told."""


def random_session(folder: Path, seed: int, commands: int = 16) -> Counter[str]:
    """Run a random session in a folder, and return what was done in it.

    Raises
    ------
    BrokenCaseError
        As `RandomSession.run`.
    """
    session = RandomSession(folder, seed)
    session.run(commands)
    return session.done


class RandomSession:
    """One random session after another on one case.

    Parameters
    ----------
    seed
        Gives the same commands again.

    Attributes
    ----------
    done
        How often each command was carried out, or ``refused``.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.chance = random.Random(seed)  # noqa: S311 - which commands, no secret
        self.done: Counter[str] = Counter()
        self._now = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)

    def run(self, commands: int) -> None:
        """Read, close, verify, and open again as one reader or the other.

        Raises
        ------
        BrokenCaseError
            If the case is another after that, or criteria went wrong.
        """
        name = f"S-{self.seed}"
        with Session.create(
            self.folder, subject_id=name, reader_id=READERS[0], clock=self._clock
        ) as session:
            self._begin(session)
            self._read(session, commands)
            path, case, answer = session.case_path, session.case, session.answer
        for reader_id in (READERS[0], self.chance.choice(READERS)):
            with self._opened(path, reader_id) as session:
                if reader_id == READERS[0]:
                    self._compare(session, case, answer)
                self._read(session, commands // 2)
                case, last = session.case, session.answer
            with self._opened(path, reader_id) as session:
                self._compare(session, case, last)
            answer = last

    def _begin(self, session: Session) -> None:
        """Record something at baseline, so that commands have what they are about."""
        every = list(Criteria)
        self.chance.shuffle(every)
        session.do(SetProtocol(protocol=Protocol(criteria=tuple(every))))
        for number, visit in enumerate(VISITS):
            date = FIRST_DAY + dt.timedelta(days=56 * number)
            session.do(AddTimepoint(timepoint=Timepoint(timepoint_id=visit, date=date)))
        for role in (LesionRole.TARGET, LesionRole.TARGET, LesionRole.NON_TARGET):
            if self.chance.random() < 0.7:
                session.add_lesion(role, self.chance.choice(("liver", "lung")))
        for lesion in session.read.lesions:
            if lesion.role is LesionRole.TARGET:
                finding = Measured(caliper=caliper(50, 40))
                session.record(lesion.lesion_id, "BL", finding)

    def _read(self, session: Session, commands: int) -> None:
        reader = Reader(self.chance, session.reader_id)
        for _ in range(commands):
            self._one(session, reader)
            answer = session.answer
            wrong = "; ".join(map(str, answer.failed.values()))
            self._expect(not wrong, wrong)

    def _one(self, session: Session, reader: Reader) -> None:
        before = session.case
        try:
            if self.chance.random() < 0.1:
                kind = self.chance.choice(("undo", "redo"))
                getattr(session, kind)()
                self.done[kind] += 1
                return
            command = reader.command(session)
            if command is not None:
                session.do(command)
                self.done[command.command] += 1
        except CommandRefused as refusal:
            self.done["refused"] += 1
            if "could not be replayed" in str(refusal):
                self._expect(reader.is_odd, f"sound, but {refusal}")
                self.done["not kept"] += 1
            self._expect("cannot be judged" not in str(refusal), str(refusal))
            self._expect(session.case is before, "a refused command did something")

    def _opened(self, path: Path, reader_id: str) -> Session:
        return Session.open(path, reader_id=reader_id, clock=self._clock)

    def _compare(self, session: Session, case: object, answer: Answer) -> None:
        loaded = load_case(session.case_path)
        journal = read_journal(journal_path(session.case_path))
        same = {
            "the case": session.case == case,
            "the file": loaded.case == case and not loaded.behind,
            "the replay": replay(journal.entries) == case,
            "the answer": _told(session.answer) == _told(answer),
            "verify": verify([session.case_path]) == 0,
        }
        wrong = [name for name, is_same in same.items() if not is_same]
        self._expect(not wrong, f"{', '.join(wrong)} differ")

    def _expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            raise BrokenCaseError(f"seed {self.seed}: {otherwise}")

    def _clock(self) -> dt.datetime:
        self._now += dt.timedelta(minutes=1)
        return self._now


def _told(answer: Answer) -> str:
    return json.dumps([dict(answer.written), [str(one) for one in answer.problems]])
