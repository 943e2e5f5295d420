"""One window a case: who has it open, told to whoever comes second."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, ValidationError

from recist_tool.errors import CaseLockedError, StorageError
from recist_tool.model.record import Record
from recist_tool.store.casefile import CASE_SUFFIX

if TYPE_CHECKING:
    from typing import Self


class Holder(Record):
    """Who has a case open.

    Attributes
    ----------
    by
        The reader; empty where a program did not say.
    host
        Name of the computer.
    """

    by: str = ""
    host: str = ""
    since: AwareDatetime

    @classmethod
    def now(cls, by: str) -> Self:
        """Return who opens a case here at this moment."""
        return cls(by=by, host=socket.gethostname(), since=dt.datetime.now(dt.UTC))

    def __str__(self) -> str:
        """Return the holder in words, the time as clocks here have it."""
        by = f"{self.by} " if self.by else ""
        return f"{by}on {self.host} since {self.since.astimezone():%Y-%m-%d %H:%M}"


class CaseLock:
    """A case that is open here, and nowhere else until it is released.

    The system lets go of the lock where a process ends in any way; the file that names
    the holder may outlive it, and is only read while the lock is held.
    """

    def __init__(self, lock: FileLock, holder: Path) -> None:
        self._lock = lock
        self._holder = holder

    def release(self) -> None:
        """Let others have the case."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._holder.unlink(missing_ok=True)
        self._lock.release()


def lock_case(case_path: Path, by: str = "") -> CaseLock:
    """Return the lock of a case, held until it is released or the process ends.

    Parameters
    ----------
    by
        The reader, told to others who try meanwhile.

    Raises
    ------
    CaseLockedError
        If another window or process has the case open; it says who, where known.
    StorageError
        If the folder does not allow writing.
    """
    case_path = case_path.resolve()  # one lock, through whatever link it is opened
    name = case_path.name.removesuffix(CASE_SUFFIX)
    lock = FileLock(case_path.with_name(f".{name}.lock"))
    holder = case_path.with_name(f".{name}.open.json")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        # The library waits, too, where it may not make the file at all.
        if not Path(lock.lock_file).exists():
            raise _folder_refuses(case_path, "no file can be made there") from None
        raise _held(case_path, holder) from None
    except OSError as error:
        raise _folder_refuses(case_path, str(error.strerror)) from None
    with contextlib.suppress(OSError):  # it is only told, never relied upon
        holder.write_text(Holder.now(by).model_dump_json(), "utf-8")
    return CaseLock(lock, holder)


def _held(case_path: Path, holder: Path) -> CaseLockedError:
    what = "is open in another window or program"
    with contextlib.suppress(OSError, ValidationError):
        what += f": {Holder.model_validate_json(holder.read_bytes())}"
    return CaseLockedError.at(case_path.name, what, "Close it there first")


def _folder_refuses(case_path: Path, why: str) -> StorageError:
    return StorageError.at(
        case_path.name,
        f"its folder cannot be written to ({why})",
        "Choose another folder, or mend its permissions",
    )
