"""What an attack takes: run in a process of its own, which is ended if it goes on."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.cli.main import main

if TYPE_CHECKING:
    from tests.hostile.attacks import Attack

LONGEST_S = 1800.0
MOST_SECONDS = 600.0
"""Of processor: twice the five minutes that a file is outlined and measured in."""
MOST_PEAK_BYTES = 4 << 30
MOST_KEPT = 4000


class Taken(NamedTuple):
    """What became of an attack.

    Attributes
    ----------
    peak_bytes
        Largest resident memory of the process.
    seconds
        Of processor.
    status
        Exit status; negative where a signal ended it.
    said
        On standard error.
    """

    peak_bytes: int
    seconds: float
    status: int
    said: str


def measured(attack: Attack) -> Taken:
    """Make an attack, and run the command on it in a fork of this process."""
    with tempfile.TemporaryDirectory(prefix="recist-hostile-") as place:
        folder = Path(place)
        arguments = attack.make(folder)
        errors = folder / "errors"
        child = os.fork()
        if child == 0:
            _run(arguments, errors)
        return _waited(child, errors)


def _run(arguments: list[str], errors: Path) -> None:
    """Run the command and end the process, whatever happens."""
    status = 70
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        os.environ["RECIST_CACHE"] = str(errors.with_name("cache"))
        status = main(arguments)
    except BaseException:  # noqa: BLE001 - it is what is looked for
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _waited(child: int, errors: Path) -> Taken:
    alarm = threading.Timer(LONGEST_S, os.kill, (child, signal.SIGKILL))
    alarm.start()
    _, status, used = os.wait4(child, 0)
    alarm.cancel()
    return Taken(
        peak_bytes=used.ru_maxrss * 1024,
        seconds=used.ru_utime + used.ru_stime,
        status=os.waitstatus_to_exitcode(status),
        said=errors.read_text("utf-8")[-MOST_KEPT:],
    )


def faults_of(attack: Attack, taken: Taken) -> list[str]:
    """Return what an attack did that none may."""
    faults: list[str] = []
    if taken.status not in (0, 1):
        faults.append(f"ended with {taken.status}")
    if "Traceback" in taken.said:
        faults.append("a traceback")
    if taken.seconds > MOST_SECONDS:
        faults.append(f"took {taken.seconds:.0f} s")
    if taken.peak_bytes > MOST_PEAK_BYTES:
        faults.append(f"took {taken.peak_bytes >> 20} MB")
    if attack.says not in taken.said:
        faults.append(f"does not say {attack.says!r}")
    return faults
