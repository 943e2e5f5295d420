"""Addresses of servers: ``https://host/dicom-web``, ``dicom://AET@host:port``."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from recist_tool.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHEMES: Final = ("http", "https", "dicom", "dicoms")
_START = re.compile(rf"({'|'.join(_SCHEMES)})://", re.IGNORECASE)
_AE_TITLE = re.compile(r"[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?")  # PS3.5, 6.2: AE
_OWN_AE_TITLE: Final = "RECIST_TOOL"
_WEB_FORM: Final = "Write https://host/dicom-web"
_DICOM_FORM: Final = "Write dicom://AET@host:port, or dicoms:// for TLS"
_LAST_PORT: Final = 65535


class WebAddress(NamedTuple):
    """A DICOMweb service.

    Attributes
    ----------
    url
        Its base, without a slash at the end.
    host
        In lower case.
    """

    url: str
    host: str

    @property
    def is_encrypted(self) -> bool:
        """Whether what is sent is encrypted on its way."""
        return self.url.startswith("https:")

    @property
    def server(self) -> str:
        """Scheme, host and port: what credentials belong to."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def __str__(self) -> str:
        """Return the address; it holds no credentials."""
        return self.url


class DimseAddress(NamedTuple):
    """A DICOM application entity that answers C-FIND and C-GET or C-MOVE.

    Attributes
    ----------
    called, calling
        AE titles: the server's, and ours as the server knows it.
    move_port
        Where we listen for C-MOVE; None to fetch by C-GET.
    """

    called: str
    host: str
    port: int
    calling: str
    move_port: int | None
    is_encrypted: bool

    def __str__(self) -> str:
        """Return server and port, without what is ours."""
        scheme = "dicoms" if self.is_encrypted else "dicom"
        return f"{scheme}://{self.called}@{self.host}:{self.port}"


Address = WebAddress | DimseAddress


def is_address(text: str) -> bool:
    """Return whether a text names a server and not a path.

    >>> is_address("https://pacs.example/dicom-web"), is_address("images/CT")
    (True, False)
    """
    return _START.match(text) is not None


def address(text: str, environment: Mapping[str, str] = os.environ) -> Address:
    """Return the server that an address names.

    ``http[s]://host[:port]/path`` is DICOMweb. ``dicom[s]://AET@host:port`` is DIMSE,
    by C-GET; ``?move=PORT`` fetches by C-MOVE to that port of ours, ``?from=AET`` says
    our AE title, which is else ``RECIST_AET`` or RECIST_TOOL.

    Raises
    ------
    SourceError
        If it is no such address, or holds a password. The message does not repeat it.

    Examples
    --------
    >>> str(address("HTTPS://Pacs.Example:8443/dicom-web/"))
    'https://pacs.example:8443/dicom-web'
    >>> address("dicom://PACS@10.0.0.7:104?move=11112", {}).move_port
    11112
    """
    parts, port = _split(text.strip())
    if parts.scheme in ("http", "https"):
        return _web(parts, port)
    if parts.scheme in ("dicom", "dicoms"):
        return _dimse(parts, port, environment)
    forms = f"{_WEB_FORM}. {_DICOM_FORM}"
    raise SourceError.at("address", "is of no known kind", forms)


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise SourceError.at("address", "is malformed", _WEB_FORM) from None
    if parts.password is not None:
        raise _password_refused()
    return parts, port


def _password_refused() -> SourceError:
    return SourceError.at(
        "address",
        "holds a password, which others can read there",
        "Take it out and give it in RECIST_DICOMWEB_USER and RECIST_DICOMWEB_PASSWORD,"
        " or keep it in the keyring",
    )


def _web(parts: SplitResult, port: int | None) -> WebAddress:
    if parts.username is not None:
        raise _password_refused()
    if not parts.hostname:
        raise SourceError.at("address", "names no host", _WEB_FORM)
    if parts.query or parts.fragment:
        what = "has a part after ? or #"
        raise SourceError.at("address", what, f"{_WEB_FORM}; filters are options")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if port is None else f"{host}:{port}"
    url = f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"
    return WebAddress(url, parts.hostname)


def _dimse(
    parts: SplitResult, port: int | None, environment: Mapping[str, str]
) -> DimseAddress:
    if not parts.hostname or port is None or not parts.username:
        what = "lacks the AE title, the host or the port"
        raise SourceError.at("address", what, _DICOM_FORM)
    if parts.path.strip("/"):
        raise SourceError.at("address", "has a path, which DICOM has not", _DICOM_FORM)
    options = {
        name: values[-1]
        for name, values in parse_qs(parts.query, keep_blank_values=True).items()
    }
    move = options.pop("move", None)
    calling = options.pop("from", environment.get("RECIST_AET") or _OWN_AE_TITLE)
    if options:
        what = f"has an option that is not known: {', '.join(sorted(options))}"
        raise SourceError.at("address", what, "There are ?from=AET and ?move=PORT")
    return DimseAddress(
        called=_ae_title(parts.username),
        host=parts.hostname,
        port=port,
        calling=_ae_title(calling),
        move_port=None if move is None else _port(move),
        is_encrypted=parts.scheme == "dicoms",
    )


def _ae_title(text: str) -> str:
    if not _AE_TITLE.fullmatch(text):
        what = "has an AE title of other than 1 to 16 plain characters"
        raise SourceError.at("address", what, _DICOM_FORM)
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _LAST_PORT:
        raise SourceError.at("address", "?move= is no port", "Write ?move=11112")
    return int(text)
