"""The connections of DIMSE: how long a message is, and how long it may take."""

from __future__ import annotations

import errno
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from recist_tool.servers.bounded import Limits

if TYPE_CHECKING:
    import socket

    from pynetdicom.events import Event

_LONGEST_PDU: Final = 1 << 24
"""Bytes: far more than is agreed, for servers that do not keep to it."""
_MOST_HELD: Final = 1 << 30
"""Bytes of a message, which the network library has in memory until it is whole."""
_LOOK_S: Final = 0.2
_CHUNK_BYTES: Final = 1 << 16


class Lines:
    """The connections that were opened, and what is wrong with what comes on them.

    The network library leaves broken ones open, takes PDUs of 4 GB and messages
    without end, and waits for ever for the rest of a PDU.

    Attributes
    ----------
    endless
        How a message did not come to its end; empty where all did.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        limits = limits or Limits.of()
        self.endless = ""
        self._most_bytes = min(limits.object_bytes, _MOST_HELD)
        self._seconds = limits.seconds
        self._opened: list[socket.socket] = []
        self._is_over = False

    @property
    def handlers(self) -> list[Any]:
        """What the network library is given."""
        from pynetdicom import evt

        return [(evt.EVT_CONN_OPEN, self._on_open)]

    def hang_up(self) -> None:
        """Wait for nothing that is still to come."""
        self._is_over = True

    def close(self) -> None:
        """Close them all."""
        for line in self._opened:
            line.close()

    def _on_open(self, event: Event) -> None:
        from pynetdicom import evt

        wrapped = event.assoc.dul.socket
        if wrapped is not None and wrapped.socket is not None:
            self._opened.append(wrapped.socket)
            message = _Message()
            wrapped.recv = partial(self._receive, wrapped.socket, message)
            event.assoc.bind(evt.EVT_DIMSE_RECV, message.on_end)

    def _receive(
        self, line: socket.socket, message: _Message, nr_bytes: int
    ) -> bytearray:
        """Receive so many bytes; fewer where the connection broke.

        Raises
        ------
        OSError
            If the message is too long, or takes too long.
        """
        message.begin(nr_bytes)
        if nr_bytes > _LONGEST_PDU:
            raise OSError(errno.EMSGSIZE, "longer than was agreed")
        if message.bytes > self._most_bytes:
            self.endless = f"more than {self._most_bytes >> 20} MB"
            raise OSError(errno.EMSGSIZE, self.endless)
        patience = line.gettimeout()
        line.settimeout(_LOOK_S)
        try:
            return self._bytes(line, message, nr_bytes)
        finally:
            line.settimeout(patience)

    def _bytes(
        self, line: socket.socket, message: _Message, nr_bytes: int
    ) -> bytearray:
        got = bytearray()
        while len(got) < nr_bytes:
            if self._is_over:
                raise OSError(errno.ECANCELED, "nobody waits for it")
            if time.monotonic() > message.began + self._seconds:
                self.endless = f"more than {self._seconds:.0f} s"
                raise OSError(errno.ETIMEDOUT, self.endless)
            try:
                some = line.recv(min(nr_bytes - len(got), _CHUNK_BYTES))
            except TimeoutError:
                continue
            if not some:
                break
            got += some
        return got


class _Message:
    """What has come of one message of a connection."""

    def __init__(self) -> None:
        self.bytes = 0
        self.began = 0.0

    def begin(self, nr_bytes: int) -> None:
        """Note that so many bytes are to come, of a new message or of this one."""
        if not self.bytes:
            self.began = time.monotonic()
        self.bytes += nr_bytes

    def on_end(self, _: Event) -> None:
        """Note that it is whole."""
        self.bytes = 0
