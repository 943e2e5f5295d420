"""How much memory the commands take for many patients, and for a tenth of them.

Each command runs in a process of its own, as a script would start it. The peer is the
same command on a tenth of the patients: what streams takes the same for both.

Run: ``python -m benchmarks bench_stream``
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.bench_assess import patient

CHILD = """
import sys, time
from recist_tool.cli import main
status = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(status, peak.split()[1], time.process_time(), file=sys.stderr)
"""
KILOBYTES = 1024


class Command(NamedTuple):
    """One command, for how many patients, and what it may take.

    Attributes
    ----------
    words
        ``FILE`` stands for the patients, ``DIR`` for a folder to write to.
    most_mb
        What it may take for all patients, MB; None where nothing is promised.
    """

    name: str
    words: str
    patients: int
    most_mb: int | None


COMMANDS = (
    Command("assess", "assess FILE --json", 100_000, 100),
    Command("trial", "trial FILE --json", 100_000, 500),
    Command("export, CSV", "export FILE DIR --to csv", 10_000, 300),
    Command("export, Dataset-JSON", "export FILE DIR --to dataset-json", 10_000, 300),
    Command("export, and XPT", "export FILE DIR --to sdtm", 10_000, None),
)


class Taken(NamedTuple):
    """What a process took."""

    peak_mb: float
    seconds: float


def main() -> None:
    """Print the peak memory of each command for all its patients and a tenth."""
    for command in COMMANDS:
        tenth, whole = (
            taken(command.words, count)
            for count in (command.patients // 10, command.patients)
        )
        promised = "" if command.most_mb is None else f" (at most {command.most_mb})"
        sys.stdout.write(
            f"{command.name:22} {command.patients:7,} patients: peak "
            f"{whole.peak_mb:5.0f} MB{promised}, {whole.seconds:6.1f} s of processor; "
            f"a tenth: {tenth.peak_mb:.0f} MB, {tenth.seconds:.1f} s\n"
        )
        sys.stdout.flush()


def taken(words: str, count: int) -> Taken:
    """Run a command on that many patients, and return what it took.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, "cohort.jsonl")
        write(file, count)
        given = {"FILE": str(file), "DIR": str(Path(folder, "tables"))}
        arguments = [given.get(word, word) for word in words.split()]
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", CHILD, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    status, peak, seconds = done.stderr.splitlines()[-1].split()
    if status != "0":
        raise RuntimeError(done.stderr)
    return Taken(int(peak) / KILOBYTES, float(seconds))


def write(path: Path, count: int) -> None:
    """Write that many patients, one a line."""
    chance = random.Random(1)  # noqa: S311 - a benchmark needs no secret
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(patient(number, chance)) + "\n")


if __name__ == "__main__":
    main()
