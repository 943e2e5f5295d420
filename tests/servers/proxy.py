"""A line between a program and a server that can be cut."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Proxy:
    """Passes bytes on, until it has passed as many as it may to the program.

    Attributes
    ----------
    left
        How many bytes it may still pass on; below nothing, it cuts every line, and
        each new one at once. None for as many as come.
    passed
        How many it did.

    Parameters
    ----------
    tls
        What it shows a program that connects; None for no encryption.
    """

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.left: int | None = None
        self.passed = 0
        self._server_port = port
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[socket.socket] = []
        self._turn = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                if self.left is not None and self.left <= 0:
                    line.close()
                    continue
                with contextlib.suppress(ssl.SSLError):  # who does not trust it
                    self._connect(self._opened(line))

    def _opened(self, line: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(line, server_side=True) if self._tls else line

    def _connect(self, line: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._server_port))
        with self._turn:
            self._lines += [line, server]
        for pair in ((line, server, False), (server, line, True)):
            threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(1 << 14):
                if counted:
                    self.passed += len(chunk)
                    if self.left is not None:
                        chunk = chunk[: max(self.left, 0)]
                        self.left -= len(chunk)
                sink.sendall(chunk)
                if self.left is not None and self.left <= 0:
                    self.cut()
                    return
            sink.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        with self._turn:
            while self._lines:
                line = self._lines.pop()
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()


@contextlib.contextmanager
def proxy_to(port: int, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    proxy = Proxy(port, tls)
    yield proxy
    proxy.close()
