"""A real PACS on loopback: Debian's Orthanc, with its DICOMweb plugin."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
READY_WITHIN_S = 30


class Orthanc(NamedTuple):
    """A running PACS."""

    http_port: int
    dicom_port: int
    move_port: int
    scheme: str = "http"

    @property
    def root(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.http_port}"

    @property
    def web(self) -> str:
        return f"{self.root}/dicom-web"

    @property
    def dicom(self) -> str:
        return f"dicom://ORTHANC@127.0.0.1:{self.dicom_port}"

    def push(self, files: Iterable[Path], **how: Any) -> None:
        with requests.Session() as session:
            for file in files:
                answer = session.post(
                    f"{self.root}/instances", data=file.read_bytes(), timeout=30, **how
                )
                answer.raise_for_status()

    def clear(self) -> None:
        for patient in requests.get(f"{self.root}/patients", timeout=30).json():
            requests.delete(f"{self.root}/patients/{patient}", timeout=30)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Orthanc]:
    """Run a PACS that keeps its files in a folder; settings as Orthanc names them."""
    program = shutil.which("Orthanc", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if program is None or not PLUGIN.exists():
        msg = "Orthanc is missing: apt-get install orthanc orthanc-dicomweb"
        raise FileNotFoundError(msg)
    pacs = Orthanc(free_port(), free_port(), free_port())
    configuration = folder / "orthanc.json"
    wanted = _settings(pacs, folder) | settings
    caller: dict[str, Any] = {
        "AET": "MOVESCU",
        "Host": "127.0.0.1",
        "Port": pacs.move_port,
    }
    caller["UseDicomTls"] = bool(settings.get("DicomTlsEnabled"))
    configuration.write_text(json.dumps(wanted | {"DicomModalities": {"ME": caller}}))
    log = folder / "orthanc.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - Debian's own program
            [program, str(configuration)], stdout=output, stderr=output
        )
    try:
        _wait(pacs, process, log)
        yield pacs
    finally:
        process.terminate()
        process.wait(timeout=30)


def _settings(pacs: Orthanc, folder: Path) -> dict[str, Any]:
    storage = folder / "storage"
    storage.mkdir()
    return {
        "Name": "RECIST-TEST",
        "StorageDirectory": str(storage),
        "IndexDirectory": str(storage),
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "HttpServerEnabled": True,
        "HttpPort": pacs.http_port,
        "DicomServerEnabled": True,
        "DicomPort": pacs.dicom_port,
        "DicomAet": "ORTHANC",
        "DicomAlwaysAllowEcho": True,
        "DicomAlwaysAllowStore": True,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowMove": True,
        "Plugins": [str(PLUGIN)],
        "DicomWeb": {
            "Enable": True,
            "Root": "/dicom-web/",
            "EnableWado": True,
            "WadoRoot": "/wado",
            "Ssl": False,
            "StudiesMetadata": "Full",
            "SeriesMetadata": "Full",
        },
        "OverwriteInstances": True,
    }


def _wait(pacs: Orthanc, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it listens, to both kinds of callers."""
    end = time.monotonic() + READY_WITHIN_S
    ports = [pacs.http_port, pacs.dicom_port]
    while ports:
        if process.poll() is not None or time.monotonic() > end:
            msg = f"Orthanc did not start:\n{log.read_text(errors='replace')[-2000:]}"
            raise RuntimeError(msg)
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", ports[0]), timeout=1).close()
            ports.pop(0)
            continue
        time.sleep(0.05)
