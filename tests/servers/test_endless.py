"""A server that sends without end: told in a line, within what was allowed."""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import socket
import socketserver
import threading
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from recist_tool.errors import SetupError, SourceError
from recist_tool.servers import ImageServer, StudyQuery, bounded
from recist_tool.servers.server import source_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENDLESS = b"x" * (1 << 16)
DRIP_S = 0.05


def head(kind: str = "application/dicom+json", *more: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", *more, "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode()


def study(number: int) -> dict[str, object]:
    return {"0020000D": {"vr": "UI", "Value": [f"1.2.{number}"]}}


def endless_list(_: str) -> Iterator[bytes]:
    return itertools.chain([head(), b"["], itertools.repeat(ENDLESS))


def packed_list(_: str) -> Iterator[bytes]:
    return iter([head("application/dicom+json", "Content-Encoding: gzip"), bomb()])


@functools.cache
def bomb() -> bytes:
    return gzip.compress(bytes(64 << 20))


def dripping_list(_: str) -> Iterator[bytes]:
    yield head()
    for one in itertools.repeat(b" "):
        time.sleep(DRIP_S)
        yield one


def chunks_that_drip(_: str) -> Iterator[bytes]:
    yield head("application/dicom+json", "Transfer-Encoding: chunked")
    for one in itertools.repeat(b"1\r\n \r\n"):
        time.sleep(DRIP_S)
        yield one


def dripping_head(_: str) -> Iterator[bytes]:
    yield head()[:-4]
    for one in itertools.repeat(b"X"):
        time.sleep(DRIP_S)
        yield one


def heads_that_go_on(_: str) -> Iterator[bytes]:
    for one in itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"):
        time.sleep(DRIP_S)
        yield one


def a_chunk_whose_length_drips(_: str) -> Iterator[bytes]:
    yield head("application/dicom+json", "Transfer-Encoding: chunked")
    for one in itertools.repeat(b"0"):
        time.sleep(DRIP_S)
        yield one


def handshake_that_drips(_: str) -> Iterator[bytes]:
    yield b"\x16\x03\x03\x40\x00\x02"  # a record of 16 KB, of which comes a byte a turn
    for one in itertools.repeat(b"\0"):
        time.sleep(DRIP_S)
        yield one


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Serve what a function of the path yields, until the client goes away."""
    running: list[socketserver.ThreadingTCPServer] = []
    monkeypatch.setenv("RECIST_SERVER_LIST_MB", "4")
    monkeypatch.setenv("RECIST_SERVER_OBJECT_MB", "4")
    monkeypatch.setenv("RECIST_SERVER_S", "1")

    def serve(answer: Callable[[str], Iterator[bytes]]) -> str:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                asked = self.request.recv(1 << 16).decode("latin-1")
                try:
                    for part in answer([*asked.split(" ", 2), ""][1]):
                        self.request.sendall(part)
                except OSError:
                    return  # the client has had enough

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/dicom-web"

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (endless_list, "more than 4 MB"),
        (packed_list, "more than 4 MB"),
        (dripping_list, "more than 1 s"),
        (chunks_that_drip, "more than 1 s"),
        (dripping_head, "more than 1 s"),
        (heads_that_go_on, "more than 1 s"),
        (a_chunk_whose_length_drips, "more than 1 s"),
    ],
)
def test_a_list_without_end_is_told_within_its_limits(
    serving: Callable[..., str], answer: Callable[[str], Iterator[bytes]], how: str
) -> None:
    bomb()  # before memory is looked at
    where, began = serving(answer), time.monotonic()
    tracemalloc.start()
    with pytest.raises(SourceError) as refused:
        ImageServer(where).find(StudyQuery(patient_id="PLANTED-ID"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (line,) = str(refused.value).splitlines()
    assert f"its answer does not end ({how})" in line
    assert "PLANTED" not in line
    assert time.monotonic() - began < 20
    assert peak < 48 << 20


def test_a_handshake_without_end_is_told_within_its_limit(
    serving: Callable[..., str],
) -> None:
    where, began = serving(handshake_that_drips), time.monotonic()
    with pytest.raises(SourceError) as refused:
        ImageServer(where.replace("http:", "https:")).find(
            StudyQuery(patient_id="PLANTED-ID")
        )
    (line,) = str(refused.value).splitlines()
    assert "PLANTED" not in line
    assert "1 s" in line, line
    assert time.monotonic() - began < 10


def test_pages_without_end_are_told(
    serving: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = itertools.count()

    def pages(path: str) -> Iterator[bytes]:
        level = "0020000E" if path.count("/") < 5 else "00080018"
        some = [{level: {"vr": "UI", "Value": [f"1.2.{next(numbers)}"]}}]
        return iter([head(), json.dumps(some).encode()])

    monkeypatch.setattr("recist_tool.servers.dicomweb.MOST_LISTED", 20)
    source = source_at(serving(pages))
    with pytest.raises(SourceError, match=r"does not end \(more than 20 entries\)"):
        source.instances("1.2.3", "")


def test_a_pdu_of_four_gigabytes_is_not_taken() -> None:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                if self.request.recv(1 << 16):  # not where it only looks who is there
                    self.request.sendall(b"\x02\0\xff\xff\xff\xf0")
                    for part in itertools.repeat(ENDLESS):
                        self.request.sendall(part)
                        sent.append(len(part))
            except OSError:
                return

    sent: list[int] = []
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        where = f"dicom://THEM@127.0.0.1:{server.server_address[1]}"
        with pytest.raises(SourceError, match="does not answer in DICOM"):
            ImageServer(where).find(StudyQuery(patient_id="PLANTED-ID"))
        server.shutdown()
    assert sum(sent) < 32 << 20


def test_the_limits_are_settings() -> None:
    assert bounded.Limits.of({}) == bounded.Limits()
    told = {"RECIST_SERVER_LIST_MB": "2", "RECIST_SERVER_S": "9", "RECIST_SERVER_X": ""}
    assert bounded.Limits.of(told) == bounded.Limits(list_bytes=2 << 20, seconds=9)
    with pytest.raises(SetupError, match="RECIST_SERVER_LIST_MB"):
        bounded.Limits.of({"RECIST_SERVER_LIST_MB": "much"})
