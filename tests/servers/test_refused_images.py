"""Servers that list images and do not give them: said with the status and their words;
and how many are asked for at a time."""

from __future__ import annotations

import http.server
import json
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from recist_tool.cli import main
from recist_tool.servers.dicomweb import MOST_AT_A_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 20


class Answer(NamedTuple):
    """What a server answers to the request for an image."""

    status: int = 200
    kind: str = "application/dicom"
    body: bytes = b""


class Listing:
    """A server that lists a series, and answers for its images what it is told to."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.at_once = self.most = 0
        self._lock = threading.Lock()

    def of(self, path: str) -> Answer:
        uids = [one for one in path.split("?")[0].split("/") if one]
        listed = {
            1: [{"0020000D": uid("1.2.1")}],
            3: [{"0020000E": uid("1.2.2"), "00080060": {"vr": "CS", "Value": ["CT"]}}],
            5: [{"00080018": uid(f"1.2.3.{number}")} for number in range(COUNT)],
        }
        found = listed.get(len(uids) - 1)
        if found is not None:
            page = [] if "offset=0" not in path else found
            return Answer(200, "application/dicom+json", json.dumps(page).encode())
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.02)
        with self._lock:
            self.at_once -= 1
        return self.answer


def uid(value: str) -> dict[str, object]:
    return {"vr": "UI", "Value": [value]}


@pytest.fixture
def listing() -> Iterator[tuple[str, Listing]]:
    served = Listing()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, kind, body = served.of(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/dicom-web", served
        server.shutdown()
        thread.join()


def another_object(folder: Path) -> bytes:
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, "1.2.999"
    made.file_meta = Dataset()
    made.file_meta.MediaStorageSOPClassUID = CTImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = "1.2.999"
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dcmwrite(folder / "other.dcm", made, enforce_file_format=True)
    return (folder / "other.dcm").read_bytes()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(404), "HTTP 404: it does not have what it lists"),
        (
            Answer(406, "application/json", b'{"Details": "transcoding is off"}'),
            'it does not give the image as it is stored: "transcoding is off"',
        ),
        (Answer(400, "text/plain", b"no such frame\n"), 'HTTP 400: "no such frame"'),
        (Answer(400, "text/html", b"<html>no</html>"), "HTTP 400. Ask who"),
        (Answer(200, "text/html", b"<html>Login</html>"), "sent text/html, not DICOM"),
        (Answer(200, body=b"no image"), "sent something that is no DICOM object"),
        (Answer(200, body=None), "sent another object than was asked for"),
    ],
)
def test_what_a_server_does_not_give_is_said_with_its_status_and_words(
    listing: tuple[str, Listing], tmp_path: Path, monkeypatch, capsys, answer, said
):
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))
    where, served = listing
    body = another_object(tmp_path) if answer.body is None else answer.body
    served.answer = answer._replace(body=body)
    assert main(["scan", where, "--study", "1.2.1"]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert f"{COUNT} of {COUNT} images are not given: " in told
    assert said in told
    assert "no such file" not in told
    assert 1 < served.most <= MOST_AT_A_TIME
