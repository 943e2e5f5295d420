"""Whom we trust on an encrypted connection. There is no way to trust everybody."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from recist_tool.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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
    authorities = environment.get("RECIST_CA_FILE")
    if authorities:
        _use(context.load_verify_locations, authorities, "RECIST_CA_FILE")
    own = environment.get("RECIST_TLS_CERTIFICATE")
    if own:
        key = environment.get("RECIST_TLS_KEY") or None

        def load(path: str) -> None:
            context.load_cert_chain(path, key, password=_no_password)

        _use(load, own, "RECIST_TLS_CERTIFICATE")
    return context


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
