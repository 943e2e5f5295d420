"""A server on loopback that says what it is told to say, whatever it is asked."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import socketserver
import threading
from typing import TYPE_CHECKING, Final

from recist_tool.dicom.scan.image_cache import ImageCache, Instance
from recist_tool.servers import dimse
from recist_tool.servers.download import Download
from recist_tool.servers.query import StudyQuery
from recist_tool.servers.server import source_at

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.servers.query import ImageSource

DIMSE: Final = "C-FIND"
IMAGE: Final = Instance("1.2.3", "1.2.4", "1.2.5", "1.2.840.10008.5.1.4.1.1.2")
EMPTY: Final = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Answering:
    """The server, and who asks it.

    Parameters
    ----------
    cache
        Folder of what is fetched.
    """

    def __init__(self, cache: Path) -> None:
        outer = self
        self._cache = cache
        self._answer = b""

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    asked = self.request.recv(1 << 16)
                    self.request.sendall(outer._said(asked))
                except OSError:
                    return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._where = f"http://127.0.0.1:{self._server.server_address[1]}/dicom-web"

    def _said(self, asked: bytes) -> bytes:
        """Return the answer, and nothing more to whoever asks for the next page."""
        return (
            EMPTY if b"offset=0" not in asked and b"offset=" in asked else self._answer
        )

    @property
    def where(self) -> str:
        """The address."""
        return self._where

    def says(self, body: bytes, status: str = "200 OK") -> None:
        """Answer everything with a body of JSON from now on."""
        lines = (
            f"HTTP/1.1 {status}",
            "Content-Type: application/dicom+json",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        self._answer = head + body

    def asked(self, name: str, answer: bytes) -> object:
        """Ask for what the answer is of; raise what is wrong with it.

        Raises
        ------
        RecistToolError
            As a user would see it.
        """
        os.environ["RECIST_SERVER_S"] = "5"
        if name == DIMSE:
            return _found(answer)
        self._answer = answer
        source = source_at(self._where)
        if name == "/studies":
            return source.studies(StudyQuery(patient_id="PLANTED-ID"))
        if name != "/instances/":
            return source.instances("1.2.3", "")
        shutil.rmtree(self._cache, ignore_errors=True)
        listing = _Listing(source)
        return Download(listing, ImageCache(self._cache), pauses_s=()).pull(["1.2.3"])


class _Listing:
    """A source of one image, whatever the server lists."""

    def __init__(self, source: ImageSource) -> None:
        self._source = source
        self.studies = source.studies
        self.fetch = source.fetch

    def __str__(self) -> str:
        return str(self._source)

    def instances(self, *_: str) -> list[Instance]:
        return [IMAGE]


def _found(answer: bytes) -> object:
    """Read what a C-FIND answered; the network library passes over what it cannot."""
    from pynetdicom.dsutils import decode

    found = None
    with contextlib.suppress(Exception):
        found = decode(io.BytesIO(answer), False, True)
    return found and dimse._study(dimse._elements(found))
