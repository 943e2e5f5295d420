"""Servers that refuse, lie or are not there: one clear line, nobody's name in it."""

from __future__ import annotations

import http.server
import ipaddress
import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from recist_tool.errors import SourceError
from recist_tool.servers import ImageServer, StudyQuery
from recist_tool.servers.credentials import Credentials, service_of
from tests.servers.orthanc import Orthanc, free_port, running
from tests.servers.proxy import proxy_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "correct-horse"  # noqa: S105 - of a PACS that lives for seconds
PATIENT = StudyQuery(patient_id="PLANTED-ID", patient_name="PLANTED^NAME")


def refusal(where: str, query: StudyQuery = PATIENT) -> str:
    with pytest.raises(SourceError) as refused:
        ImageServer(where).find(query)
    (line,) = str(refused.value).splitlines()
    assert "PLANTED" not in line
    assert SECRET not in line
    return line


def use_keyring(answer: Callable[[str], object]) -> None:
    """Let the keyring answer what it is told to, for the name of a service."""
    import keyring
    from keyring.backend import KeyringBackend

    class Told(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> None:
            """Have no password by name."""

        def set_password(self, service: str, username: str, password: str) -> None:
            """Keep nothing."""

        def get_credential(self, service: str, username: str | None):
            return answer(service)

    keyring.set_keyring(Told())


@pytest.fixture(autouse=True)
def _no_keyring() -> Iterator[None]:
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "recist test")])
    now = datetime.now(UTC)
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, traditional, plain)
    )
    return path


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory, certificate: Path, patient: Path
) -> Iterator[Orthanc]:
    """A PACS with a password and TLS, for both kinds of callers."""
    with running(
        tmp_path_factory.mktemp("guarded"),
        AuthenticationEnabled=True,
        RegisteredUsers={"reader": SECRET},
        DicomTlsEnabled=True,
        DicomTlsCertificate=str(certificate),
        DicomTlsPrivateKey=str(certificate),
        DicomTlsTrustedCertificates=str(certificate),
    ) as pacs:
        pacs.push(sorted(patient.rglob("*.dcm")), auth=("reader", SECRET))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        with proxy_to(pacs.http_port, tls) as front:
            yield pacs._replace(http_port=front.port, scheme="https")


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    monkeypatch.setenv("RECIST_CA_FILE", str(certificate))


def test_a_self_signed_certificate_is_refused_by_default(guarded: Orthanc):
    said = refusal(guarded.web)
    assert "its certificate is not trusted" in said
    assert "RECIST_CA_FILE" in said


def test_a_self_signed_certificate_is_refused_in_dimse_too(guarded: Orthanc):
    said = refusal(guarded.dicom.replace("dicom:", "dicoms:"))
    assert "its certificate is not trusted" in said


@pytest.mark.usefixtures("trusted")
def test_without_or_with_a_wrong_password_nobody_is_let_in(
    guarded: Orthanc, monkeypatch: pytest.MonkeyPatch
):
    said = refusal(guarded.web)
    assert "the user is not let in (HTTP 401)" in said
    assert f"keyring set '{service_of(guarded.root)}' USER" in said
    monkeypatch.setenv("RECIST_DICOMWEB_USER", "reader")
    monkeypatch.setenv("RECIST_DICOMWEB_PASSWORD", "wrong")
    assert "the user is not let in (HTTP 401)" in refusal(guarded.web)


@pytest.mark.usefixtures("trusted")
def test_a_password_from_the_environment_lets_in(
    guarded: Orthanc, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("RECIST_DICOMWEB_USER", "reader")
    monkeypatch.setenv("RECIST_DICOMWEB_PASSWORD", SECRET)
    with caplog.at_level("DEBUG"):
        server = ImageServer(guarded.web)
        studies = server.find(StudyQuery(patient_id="SYN-101"))
        server.pull([studies[-1].study_instance_uid])
    assert len(studies) == 2
    assert SECRET not in caplog.text
    assert "SYN-101" not in caplog.text


@pytest.mark.usefixtures("trusted")
def test_a_password_from_the_keyring_lets_in(guarded: Orthanc):
    from keyring.credentials import SimpleCredential

    known = {service_of(guarded.root): SimpleCredential("reader", SECRET)}
    use_keyring(known.get)
    assert len(ImageServer(guarded.web).find(StudyQuery())) == 2


@pytest.mark.usefixtures("trusted")
def test_a_keyring_that_stays_locked_is_told(guarded: Orthanc):
    from keyring.errors import KeyringLocked

    def locked(_: str) -> None:
        raise KeyringLocked(SECRET)

    use_keyring(locked)
    assert "the keyring stays locked" in refusal(guarded.web)


@pytest.mark.parametrize("how", ["", "?from=MOVESCU&move={port}"])
def test_dimse_over_tls_finds_and_fetches(
    how: str,
    guarded: Orthanc,
    trusted: None,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setenv("RECIST_TLS_CERTIFICATE", str(certificate))
    where = guarded.dicom.replace("dicom:", "dicoms:")
    server = ImageServer(where + how.format(port=guarded.move_port))
    with caplog.at_level("DEBUG"):
        studies = server.find(StudyQuery(patient_id="SYN-101"))
        pulled = server.pull([studies[0].study_instance_uid])
    assert pulled.images == studies[0].images
    assert "SYN-101" not in caplog.text


def test_a_password_is_not_sent_without_encryption(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RECIST_DICOMWEB_TOKEN", SECRET)
    assert "without encryption" in refusal("http://pacs.example/dicom-web")


def test_credentials_print_as_nothing():
    assert SECRET not in repr(Credentials("reader", SECRET))


@pytest.mark.parametrize(
    "where",
    ["http://no-such-host.invalid/dicom-web", "dicom://A@no-such-host.invalid:1"],
)
def test_an_unknown_host_is_told(where: str):
    assert "Check the address" in refusal(where)


def test_a_port_where_nobody_listens_is_told():
    assert "cannot be reached" in refusal(f"http://127.0.0.1:{free_port()}/dicom-web")
    assert "cannot be reached" in refusal(f"dicom://PACS@127.0.0.1:{free_port()}")


def test_a_web_server_is_no_application_entity(pacs: Orthanc):
    said = refusal(f"dicom://ORTHANC@127.0.0.1:{pacs.http_port}")
    assert "it does not answer in DICOM" in said


def test_a_path_without_dicomweb_is_told(pacs: Orthanc):
    said = refusal(f"{pacs.root}/somewhere")
    assert "is no DICOMweb service (HTTP 404)" in said
    assert "/dicom-web" in said


@pytest.fixture
def answering() -> Iterator[tuple[str, dict[str, object]]]:
    """A server that answers what it is told to."""
    answer: dict[str, object] = {"status": 200, "headers": {}, "body": b""}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answer["status"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/dicom-web", answer
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome</html>",
        b"[1, 2]",
        b'"text"',
        b"17",
        json.dumps([{"0020000D": {"vr": "UI", "Value": ["../../evil"]}}]).encode(),
        json.dumps([{"0020000D": {"vr": "UI"}}]).encode(),
        json.dumps([{"0020000D": 5}]).encode(),
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_no_dicomweb_is_told(
    answering: tuple[str, dict[str, object]], body: bytes
):
    where, answer = answering
    answer["body"] = body
    assert "does not answer in DICOMweb" in refusal(where)


def test_a_server_that_sends_elsewhere_is_not_followed(
    answering: tuple[str, dict[str, object]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RECIST_DICOMWEB_TOKEN", SECRET)
    where, answer = answering
    answer["status"] = 302
    answer["headers"] = {"Location": f"{where}/other"}
    assert "sends us elsewhere" in refusal(where)


@pytest.mark.parametrize(
    ("status", "said"), [(403, "not let in"), (500, "the server fails (HTTP 500)")]
)
def test_a_status_is_explained(
    answering: tuple[str, dict[str, object]], status: int, said: str
):
    where, answer = answering
    answer["status"] = status
    assert said in refusal(where)
