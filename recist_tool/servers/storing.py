"""Objects that a server sends us by C-STORE: for C-GET, or to where we listen."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, Final, cast

from recist_tool.errors import SourceError
from recist_tool.servers.association import (
    TRANSFER_SYNTAXES,
    application_entity,
)
from recist_tool.servers.bounded import EndlessError
from recist_tool.servers.lines import Lines
from recist_tool.servers.tls import listening_context

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.events import Event

    from recist_tool.dicom.scan.image_cache import Instance
    from recist_tool.servers.address import DimseAddress
    from recist_tool.servers.query import Receiver

_KEPT: Final = 0x0000
_NOT_ASKED_FOR: Final = 0xA900
_NO_MORE: Final = 0xA700
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class Storing:
    """Hands what comes to a receiver, and remembers what stops it.

    Only what was asked for is taken. Errors cannot leave the handler, which the
    network library calls; `go_on` raises them where they can.

    Parameters
    ----------
    seconds
        How long the server may answer without one of the wanted objects among it.
    """

    def __init__(
        self, wanted: Iterable[Instance], receiver: Receiver, seconds: float
    ) -> None:
        self._seconds = seconds
        self._last = time.monotonic()
        self._wanted = {one.sop_instance_uid: one for one in wanted}
        self._receiver = receiver
        self._error: Exception | None = None
        self._turn = threading.Lock()

    @property
    def handlers(self) -> list[Any]:
        """What the network library is given."""
        from pynetdicom import evt

        return [(evt.EVT_C_STORE, self._on_store)]

    def go_on(self) -> None:
        """Raise what stopped the last object from being kept.

        Raises
        ------
        DownloadCutError
            If the download was stopped.
        StorageError
            If the disk refuses.
        EndlessError
            If the server goes on without anything that was asked for.
        """
        if self._error is not None:
            raise self._error
        if time.monotonic() > self._last + self._seconds:
            raise EndlessError(f"more than {self._seconds:.0f} s without an image")

    def _on_store(self, event: Event) -> int:
        uid = str(cast("C_STORE", event.request).AffectedSOPInstanceUID)
        with self._turn:  # a server may send on several associations at once
            instance = self._wanted.pop(uid, None)
            if instance is None:
                return _NOT_ASKED_FOR
            if self._error is not None:
                return _NO_MORE
            try:
                self._receiver.take(instance, [event.encoded_dataset()])
            except Exception as error:  # noqa: BLE001 - else the library swallows it
                self._error = error
                return _NO_MORE
            self._last = time.monotonic()
            return _KEPT


@contextlib.contextmanager
def listening(address: DimseAddress, storing: Storing) -> Generator[None]:
    """Listen for what a C-MOVE sends, while the block runs.

    Raises
    ------
    SourceError
        If the port is taken, or TLS lacks our certificate.
    """
    from pynetdicom.presentation import AllStoragePresentationContexts

    entity = application_entity(address)
    entity.require_called_aet = True
    for context in AllStoragePresentationContexts:
        entity.add_supported_context(
            context.abstract_syntax or "", list(TRANSFER_SYNTAXES)
        )
    lines = Lines()
    where = "127.0.0.1" if address.host in _LOOPBACK else ""
    try:
        server = entity.start_server(
            (where, address.move_port or 0),
            block=False,
            evt_handlers=[*storing.handlers, *lines.handlers],
            ssl_context=listening_context() if address.is_encrypted else None,
        )
    except OSError as error:
        what = f"port {address.move_port} is not free ({error.strerror})"
        raise SourceError.at(address, what, "Choose another in ?move=") from None
    try:
        yield
    finally:
        lines.hang_up()
        if server is not None:
            server.shutdown()
            for talk in server.active_associations:
                talk.abort()
        lines.close()
