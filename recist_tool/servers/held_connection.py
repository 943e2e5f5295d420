"""HTTP connections on which no answer takes longer than it may, however it drips."""

from __future__ import annotations

import contextlib
import socket
from threading import Event, Timer
from typing import TYPE_CHECKING, Any

from recist_tool.servers.bounded import EndlessError

if TYPE_CHECKING:
    from collections.abc import Generator
    from ssl import SSLContext


def held_adapter(context: SSLContext, seconds: float) -> Any:
    """Return what a session sends its requests by.

    Parameters
    ----------
    context
        Whose certificates are trusted.
    seconds
        For a connection with all that it agrees on, and for the head of an answer. What
        takes longer ends in an `EndlessError`.
    """
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnectionPool):
        ConnectionCls = _held(HTTPConnectionPool.ConnectionCls, seconds)

    class Encrypted(HTTPSConnectionPool):
        ConnectionCls = _held(HTTPSConnectionPool.ConnectionCls, seconds)

    pools = {"http": Plain, "https": Encrypted}

    class Held(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, ssl_context=context, **options)
            manager: Any = self.poolmanager
            manager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
            manager = super().proxy_manager_for(*args, ssl_context=context, **options)
            manager.pool_classes_by_scheme = pools
            return manager

    return Held()


class _Clock:
    """Cuts a line once it took too long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._line: socket.socket | None = None
        self._is_over = Event()

    def watches(self, line: socket.socket) -> None:
        """Watch this line from now on."""
        self._line = line

    @contextlib.contextmanager
    def running(self) -> Generator[None]:
        """Cut the line if the block takes longer, and say so then.

        Raises
        ------
        EndlessError
            In place of what the block raised, or at its end.
        """
        timer = Timer(self._seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception:
            if not self._is_over.is_set():
                raise
        finally:
            timer.cancel()
        if self._is_over.is_set():
            raise EndlessError(f"more than {self._seconds:.0f} s")

    def _cut(self) -> None:
        self._is_over.set()
        if self._line is not None:
            with contextlib.suppress(OSError):  # it may just have gone
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


def _held(kind: Any, seconds: float) -> Any:
    """Return a kind of connection that does not wait longer than that for a server.

    The waits of a socket begin anew with each byte that comes; these do not.
    """

    class Held(kind):
        _clock: _Clock
        _ending: contextlib.ExitStack
        _line: socket.socket

        def connect(self) -> None:
            self._clock = _Clock(seconds)
            with contextlib.ExitStack() as self._ending, self._clock.running():
                super().connect()
            self._line = self.sock

        def _new_conn(self) -> socket.socket:
            line = super()._new_conn()
            # TLS takes the line itself, and agrees on nothing for as long as it likes
            self._clock.watches(self._ending.enter_context(line.dup()))
            return line

        def getresponse(self) -> Any:
            with self.held(seconds):
                return super().getresponse()

        def held(self, most_seconds: float) -> contextlib.AbstractContextManager[None]:
            """Cut the line if the block takes longer; it may be closed meanwhile."""
            clock = _Clock(most_seconds)
            clock.watches(self._line)
            return clock.running()

    return Held
