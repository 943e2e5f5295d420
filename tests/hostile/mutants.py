"""Mutants of every kind of file and answer: each is read, or refused in lines.

``python -m tests.hostile.mutants --mutants 10000`` runs very many of each kind.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import io
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unittest import mock

from typer.main import get_command

from recist_tool.errors import RecistToolError
from recist_tool.store.protocol_file import read_protocol
from tests.fuzz.raw_bytes import BYTES
from tests.fuzz.watch import begin_peak, peak_since
from tests.hostile.answering import Answering
from tests.hostile.seeds import seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from tests.hostile.seeds import Seed

MOST_SECONDS: Final = 10.0
# the package has a function of this name, too
cli: Final = importlib.import_module("recist_tool.cli.main")
PART_OUTSIDE: Final = 0.2
"""Of mutants of what is packed: the packed bytes are mutated, too."""
MOST_BYTES: Final = 512 << 20
LONGEST_LINE: Final = 3000
FAILURES: Final = Path(__file__).parents[2] / "fuzz-failures"
PLANTED: Final = ("PLANTED", "Qvortkuzt", "ZQ7741190")


class Mutant(NamedTuple):
    """A file, or what a server answers.

    Attributes
    ----------
    recipe
        ``KIND:NUMBER``: the same one gives the same mutant.
    """

    recipe: str
    seed: Seed
    data: bytes
    how: tuple[str, ...]


class Verdict(NamedTuple):
    """What became of a mutant: read, refused or failed, and what is wrong."""

    recipe: str
    outcome: str
    fault: str
    seconds: float
    peak_bytes: int


class Said(NamedTuple):
    """What the command line ends with, and says on standard error."""

    status: int
    lines: list[str]


class TooLongError(BaseException):
    """A mutant took more seconds than any may."""


def mutant(recipe: str, of_kind: list[Seed]) -> Mutant:
    """Return the mutant of a recipe."""
    rng: Any = random.Random(recipe)  # noqa: S311 - repeatable, not secret
    seed: Seed = rng.choice(of_kind)
    data, how = seed.data, []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        mutate = rng.choice(seed.mutators)
        changed = mutate(rng, data) if data else None
        if changed is not None:
            data = changed
            how.append(mutate.__name__)
    if seed.wrapped is not None:
        data = seed.wrapped(data)
        if rng.random() < PART_OUTSIDE:
            data = rng.choice(BYTES)(rng, data)
    return Mutant(recipe, seed, data, tuple(how))


class Judge:
    """Reads mutants in a folder, as the command line does.

    Parameters
    ----------
    folder
        Empty; what is written goes there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._answering = Answering(folder / "cache")
        self._ways: dict[str, Callable[[Path], object]] = {
            "protocol": read_protocol,
            "case": lambda path: _said("assess", _case_of(path)),
            "journal": lambda path: _said("verify", _case_of(path)),
            "findings": lambda path: _said("assess", path, "--json"),
            "tables": self._tables,
        }

    def verdict(self, one: Mutant) -> Verdict:
        """Read a mutant; whatever is not a line about it is a fault."""
        began, before = time.process_time(), begin_peak()
        outcome, fault = "failed", ""
        try:
            with _alarm():
                outcome = self._read(one)
        except (Exception, TooLongError):  # noqa: BLE001 - it is what is looked for
            fault = "\n".join(traceback.format_exc().strip().splitlines()[-9:])
        seconds, peak = time.process_time() - began, peak_since(before)
        if not fault and peak > MOST_BYTES:
            outcome, fault = "failed", f"took {peak >> 20} MB"
        return Verdict(one.recipe, outcome, fault, seconds, peak)

    def _read(self, one: Mutant) -> str:
        if one.seed.kind == "answers":
            return self._outcome(lambda: self._answering.asked(one.seed.name, one.data))
        path = self._folder / one.seed.name
        path.write_bytes(one.data)
        for name, data in one.seed.others:
            (self._folder / name).write_bytes(data)
        way = self._ways.get(one.seed.kind, lambda path: _said("measure", path))
        return self._outcome(lambda: way(path))

    def _outcome(self, read: Callable[[], object]) -> str:
        outcome, lines = "read", []
        try:
            said = read()
            if isinstance(said, Said):
                outcome = "refused" if said.status else "read"
                lines = said.lines
        except RecistToolError as error:
            outcome, lines = "refused", str(error).splitlines()
        for line in lines:
            _require_fit(line)
        return outcome

    def _tables(self, path: Path) -> Said:
        if path.name != "settings.json":
            return _said("trial", path, "--json")
        case = self._folder / "one.json"
        case.write_bytes(known_seeds()["findings"][0].data)
        return _said("trial", case, "--settings", path)


@functools.cache
def known_seeds() -> dict[str, list[Seed]]:
    """Return the seeds of each kind, made once."""
    return seeds()


def _case_of(path: Path) -> Path:
    return path.with_name(f"{path.name.split('.')[0]}.case.json")


@functools.cache
def _command() -> Any:
    """Return the command line, which the library else makes anew for each run."""
    return get_command(cli.app)


def _said(*arguments: object) -> Said:
    """Run the command line."""
    out, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        mock.patch.object(cli, "app", _command()),
    ):
        status = cli.main([str(one) for one in arguments])
    return Said(status, errors.getvalue().splitlines())


def _require_fit(line: str) -> None:
    assert line.isprintable(), f"says {line[:200]!r}"
    assert len(line) < LONGEST_LINE, f"says {len(line)} letters in one line"
    assert "Traceback" not in line
    assert not any(word in line for word in PLANTED), f"says {line[:200]!r}"


@contextlib.contextmanager
def _alarm() -> Generator[None]:
    def ring(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def verdicts(kind: str, numbers: Iterable[int]) -> Generator[Verdict]:
    """Give the verdict on each mutant of a kind; those that failed are kept."""
    of_kind = known_seeds()[kind]
    with tempfile.TemporaryDirectory(prefix="recist-mutants-") as place:
        judge = Judge(Path(place))
        for number in numbers:
            one = mutant(f"{kind}:{number}", of_kind)
            found = judge.verdict(one)
            if found.outcome == "failed":
                _keep(one)
            yield found


def _keep(one: Mutant) -> None:
    FAILURES.mkdir(exist_ok=True)
    name = one.seed.name.replace("/", "-")
    (FAILURES / f"{one.recipe.replace(':', '-')}-{name}").write_bytes(one.data)


def main() -> int:
    """Return 1 if any mutant failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.mutants")
    parser.add_argument("--mutants", type=int, default=10_000, help="of each kind")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", default=list(known_seeds()))
    given = parser.parse_args()
    failed = 0
    for kind in given.kinds:
        numbers = range(given.first, given.first + given.mutants)
        told: Counter[str] = Counter()
        seconds, slowest, largest = 0.0, 0.0, 0
        for one in verdicts(kind, numbers):
            told[one.outcome] += 1
            seconds += one.seconds
            slowest, largest = max(slowest, one.seconds), max(largest, one.peak_bytes)
            if one.outcome == "failed":
                sys.stdout.write(f"{one.recipe}\n  {one.fault}\n")
        failed += told["failed"]
        sys.stdout.write(
            f"{kind}: {dict(told)} in {seconds:.0f} s; slowest {slowest:.1f} s, "
            f"largest {largest >> 20} MB\n"
        )
        sys.stdout.flush()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
