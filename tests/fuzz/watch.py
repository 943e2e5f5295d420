"""What the program under test does to the machine: writes, programs, memory."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = {
    *("os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown"),
    *("os.rename", "os.link", "os.symlink", "shutil.rmtree", "shutil.move"),
}
FORBIDDEN = {
    *("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"),
    *("socket.connect", "socket.bind", "pickle.find_class"),
}
SPAWN = subprocess.Popen._posix_spawn.__code__
CLEAR_REFS = Path("/proc/self/clear_refs")


class Watch:
    """Notes every act that a mutant must not bring about.

    Parameters
    ----------
    scratch
        Where the program may write.
    secret
        What it may not even read.
    """

    def __init__(self, scratch: Path, secret: Path) -> None:
        self._scratch = scratch
        self._secret = str(secret)
        self._acts: list[str] = []
        self._active = False
        sys.addaudithook(self._note)

    @contextmanager
    def watching(self) -> Generator[list[str]]:
        """Give the list that forbidden acts are written to."""
        self._acts = []
        self._active = True
        try:
            yield self._acts
        finally:
            self._active = False

    def _note(self, event: str, details: tuple[Any, ...]) -> None:
        if not self._active:
            return
        if event == "os.posix_spawn" and _by_subprocess():
            return  # how it does what it told with "subprocess.Popen"
        if event in FORBIDDEN:
            self._acts.append(f"{event} {details[:1]!r}")
        elif event == "subprocess.Popen" and details[0] != sys.executable:
            self._acts.append(f"started {details[0]!r}")
        elif event == "open":
            self._note_open(*details)
        elif event in CHANGING:
            for path in details[:2]:
                self._note_write(event, path, details[-1])

    def _note_open(self, path: Any, mode: Any, flags: Any) -> None:
        if str(path).startswith(self._secret):
            self._acts.append(f"read {path!r}")
        if isinstance(flags, int) and flags & WRITING:
            self._note_write("wrote", path)

    def _note_write(self, act: str, path: Any, folder: Any = None) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        whole = Path(os.fsdecode(path)).absolute()
        if isinstance(folder, int) and folder >= 0:  # relative to an open folder
            whole = Path(f"/proc/self/fd/{folder}").resolve() / os.fsdecode(path)
        inside = Path(os.path.normpath(whole)).is_relative_to(self._scratch)
        if not inside and str(whole) != os.devnull:
            self._acts.append(f"{act} {whole}")


def _by_subprocess() -> bool:
    """Whether the act that the hook is told of is one of `subprocess` itself."""
    of_hook = sys._getframe(1)
    return of_hook.f_back is not None and of_hook.f_back.f_code is SPAWN


def begin_peak() -> int:
    """Forget the largest memory so far; return what is in use now, bytes."""
    if CLEAR_REFS.exists():
        CLEAR_REFS.write_text("5")
    return _status("VmRSS")


def peak_since(begin: int) -> int:
    """Return by how many bytes memory grew at most since `begin_peak`."""
    return _status("VmHWM") - begin


def _status(field: str) -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    for line in status.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0
