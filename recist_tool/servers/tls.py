"""Whom we trust on an encrypted connection. There is no way to trust everybody."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Final

from recist_tool.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


UNTRUSTED: Final = (
    "Name the certificate of its authority (PEM) in RECIST_CA_FILE, after making sure "
    "with who runs the server that it is theirs"
)
"""What to do about a certificate that does not verify."""


def tls_context(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return what checks a server's certificate and host name, and shows ours.

    Trusted is what the operating system trusts, and ``RECIST_CA_FILE`` (PEM). A
    server that asks for our certificate is shown ``RECIST_TLS_CERTIFICATE`` with
    ``RECIST_TLS_KEY`` (PEM, the key not encrypted).

    Raises
    ------
    SourceError
        If one of these files cannot be used.
    """
    context = ssl.create_default_context()
    _trust(context, environment)
    if environment.get("RECIST_TLS_CERTIFICATE"):
        _show(context, environment)
    return context


def listening_context(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return what a server meets that connects to us: our certificate, and a check.

    Raises
    ------
    SourceError
        If we have no certificate, or a file cannot be used.
    """
    if not environment.get("RECIST_TLS_CERTIFICATE"):
        what = "is not set: C-MOVE over TLS needs a certificate of ours"
        raise SourceError.at("RECIST_TLS_CERTIFICATE", what, "Or fetch by C-GET")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.verify_mode = ssl.CERT_REQUIRED
    _trust(context, environment)
    _show(context, environment)
    return context


def _trust(context: ssl.SSLContext, environment: Mapping[str, str]) -> None:
    authorities = environment.get("RECIST_CA_FILE")
    if authorities:
        _use(context.load_verify_locations, authorities, "RECIST_CA_FILE")


def _show(context: ssl.SSLContext, environment: Mapping[str, str]) -> None:
    key = environment.get("RECIST_TLS_KEY") or None

    def load(path: str) -> None:
        context.load_cert_chain(path, key, password=_no_password)

    _use(load, environment["RECIST_TLS_CERTIFICATE"], "RECIST_TLS_CERTIFICATE")


def _no_password() -> str:
    """Keep the library from asking for one on the terminal."""
    return ""


def _use(load: Callable[[str], object], path: str, variable: str) -> None:
    try:
        load(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, FileNotFoundError) else None
        raise SourceError.at(
            variable,
            f"the file it names cannot be used ({why or 'no certificate in PEM'})",
            "Name a PEM file",
        ) from None
