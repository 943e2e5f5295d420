"""An application entity that answers without end: told in a line, within its limits."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from pydicom.dataset import Dataset

from recist_tool.errors import RecistToolError, SourceError
from recist_tool.servers import ImageServer, StudyQuery
from recist_tool.servers.server import source_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pynetdicom.events import Event

    Answer = Callable[[Event], Iterator[tuple[int, Dataset | None]]]

FIND = "1.2.840.10008.5.1.4.1.2.2.1"
GET = "1.2.840.10008.5.1.4.1.2.2.3"
CT = "1.2.840.10008.5.1.4.1.1.2"
DRIP_S = 0.05
PENDING = 0xFF00
FRAGMENT = b"\0" * 60_000


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Serve an answer to each kind of request; return the address."""
    running: list[Any] = []
    monkeypatch.setenv("RECIST_SERVER_OBJECT_MB", "4")
    monkeypatch.setenv("RECIST_SERVER_S", "1")

    def serve(find: Answer, get: Answer | None = None) -> str:
        from pynetdicom import AE, evt

        entity = AE(ae_title="THEM")
        entity.add_supported_context(FIND)
        entity.add_supported_context(GET)
        entity.add_supported_context(CT, scu_role=True, scp_role=True)
        handlers = [(evt.EVT_C_FIND, find)]
        if get is not None:
            handlers.append((evt.EVT_C_GET, get))
        server = entity.start_server(
            ("127.0.0.1", 0), block=False, evt_handlers=handlers
        )
        running.append(server)
        return f"dicom://THEM@127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in running:
        server.shutdown()


def study(number: int) -> Dataset:
    found = Dataset()
    found.StudyInstanceUID = f"1.2.{number}"
    found.SeriesInstanceUID = f"1.3.{number}"
    found.SOPInstanceUID = f"1.4.{number}"
    found.SOPClassUID = CT
    return found


def the_same_without_end(_: Event) -> Iterator[tuple[int, Dataset]]:
    for _number in itertools.count():
        yield PENDING, study(1)


def one_now_and_then(_: Event) -> Iterator[tuple[int, Dataset]]:
    for number in itertools.count():
        time.sleep(DRIP_S)
        yield PENDING, study(number)


def line_of(event: Event) -> socket.socket:
    wrapped = event.assoc.dul.socket
    assert wrapped is not None
    assert wrapped.socket is not None
    return wrapped.socket


def a_pdu_that_drips(event: Event) -> Iterator[tuple[int, Dataset]]:
    line = line_of(event)
    yield from _until_gone(
        itertools.chain(
            [b"\x04\0" + struct.pack(">L", 1000)], _slowly(itertools.repeat(b"\0"))
        ),
        line,
    )


def a_message_of_fragments(event: Event) -> Iterator[tuple[int, Dataset]]:
    """Fragments of a command, none of which is the last."""
    item = struct.pack(">LBB", len(FRAGMENT) + 2, 1, 1) + FRAGMENT
    pdu = b"\x04\0" + struct.pack(">L", len(item)) + item
    yield from _until_gone(itertools.repeat(pdu), line_of(event))


def _slowly(parts: Iterator[bytes]) -> Iterator[bytes]:
    for part in parts:
        time.sleep(DRIP_S)
        yield part


def _until_gone(
    parts: Iterator[bytes], line: socket.socket
) -> Iterator[tuple[int, Dataset]]:
    try:
        for part in parts:
            line.sendall(part)
    except OSError:
        pass  # the client has had enough
    yield 0xC000, Dataset()


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (the_same_without_end, "more than"),
        (one_now_and_then, "more than 1 s"),
        (a_pdu_that_drips, "more than 1 s"),
        (a_message_of_fragments, "more than 4 MB"),
    ],
)
def test_a_search_without_end_is_told_within_its_limits(
    serving: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    how: str,
) -> None:
    monkeypatch.setattr("recist_tool.servers.dimse.MOST_LISTED", 100)
    where, began = serving(answer), time.monotonic()
    tracemalloc.start()
    with pytest.raises(SourceError) as refused:
        ImageServer(where).find(StudyQuery(patient_id="PLANTED-ID"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (line,) = str(refused.value).splitlines()
    assert f"its answer does not end ({how}" in line
    assert "PLANTED" not in line
    assert time.monotonic() - began < 15
    assert peak < 48 << 20


def once(event: Event) -> Iterator[tuple[int, Dataset | None]]:
    yield PENDING, study(1)
    yield 0, None


def never_done(_: Event) -> Iterator[Any]:
    """Says how many objects are to come, and sends others, one after the other."""
    yield 60_000
    for number in itertools.count(2):
        time.sleep(DRIP_S)
        other = study(number)
        other.file_meta = Dataset()
        other.SOPClassUID = CT
        yield PENDING, other


def test_a_download_in_which_nothing_wanted_comes_is_told(
    serving: Callable[..., str], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path))
    where, began = serving(once, never_done), time.monotonic()
    before = threading.active_count()
    with pytest.raises(RecistToolError) as refused:
        ImageServer(where).pull(["1.2.1"])
    assert "does not end (more than 1 s without an image)" in str(refused.value)
    assert time.monotonic() - began < 20
    assert threading.active_count() <= before + 4  # of the server


def test_a_source_of_dimse_asks_for_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECIST_SERVER_S", "soon")
    with pytest.raises(RecistToolError, match="RECIST_SERVER_S"):
        source_at("dicom://THEM@127.0.0.1:1")
