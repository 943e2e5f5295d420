"""A connection to a DICOMweb service: verified, authenticated, and what went wrong."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final, cast

from recist_tool.errors import SourceError, printable
from recist_tool.servers.bounded import hold_lists
from recist_tool.servers.credentials import how_to_give
from recist_tool.servers.held_connection import held_adapter
from recist_tool.servers.tls import UNTRUSTED, tls_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Response, Session

    from recist_tool.servers.address import WebAddress
    from recist_tool.servers.bounded import Limits
    from recist_tool.servers.credentials import Credentials

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_MOST_WORDS: Final = 4096
_LONGEST_LINE: Final = 160
_NO_SERVICE: Final = "Check the path: it often ends in /dicom-web"


def web_session(
    address: WebAddress, who: Credentials | None, limits: Limits
) -> Session:
    """Return a session that trusts only what is verified and follows nobody elsewhere.

    Parameters
    ----------
    limits
        Of bytes and seconds of answers; of bytes, where they are not streamed.

    Raises
    ------
    SourceError
        If credentials would be sent without encryption, or a certificate is no file.
    """
    from requests import Session
    from requests.utils import get_environ_proxies

    if who is not None and not (address.is_encrypted or address.host in _LOOPBACK):
        what = "a password would be sent to it without encryption"
        raise SourceError.at(address, what, "Use https://")
    # searches stand in the URLs that it logs
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    session = Session()
    session.trust_env = False  # a .netrc is not asked: credentials come from us alone
    session.proxies = get_environ_proxies(address.url)
    session.max_redirects = 0
    session.auth = _prepared(who)
    session.hooks["response"].append(hold_lists(limits))
    held = held_adapter(tls_context(), limits.seconds)
    session.mount("https://", held)
    session.mount("http://", held)
    return session


def refused(address: WebAddress, status: int) -> SourceError:
    """Return the error for a server that does not know us, or does not allow it."""
    what = f"the user is not let in (HTTP {status})"
    return SourceError.at(address, what, how_to_give(address.server))


def explained(address: WebAddress, error: Exception) -> SourceError:
    """Return what went wrong, without what was asked for."""
    from requests import exceptions as gone

    if isinstance(error, gone.HTTPError):
        answer = error.response
        status = 0 if answer is None else answer.status_code
        return _of_status(address, status, "" if answer is None else words_of(answer))
    for kind, what, remedy in (
        (gone.SSLError, "its certificate is not trusted", UNTRUSTED),
        (gone.ProxyError, "the proxy refuses", "Check HTTPS_PROXY"),
        (gone.Timeout, "does not answer in time", "Try again later"),
        (gone.TooManyRedirects, "sends us elsewhere", "Use the address it sends to"),
        (gone.JSONDecodeError, "does not answer in DICOMweb", _NO_SERVICE),
        (gone.ConnectionError, "cannot be reached", "Check the address and network"),
    ):
        if isinstance(error, kind):
            return SourceError.at(address, what, remedy)
    return SourceError.at(address, "does not answer in DICOMweb", _NO_SERVICE)


def words_of(response: Response) -> str:
    """Return the first line of what a server says of a refusal; pages are passed over.

    Only of answers in plain text or JSON: what is longer than a line tells more than
    was asked.
    """
    from requests import RequestException

    kind = response.headers.get("Content-Type", "")
    try:
        body = next(response.iter_content(_MOST_WORDS), b"").decode("utf-8", "replace")
    except (RequestException, OSError):
        return ""
    if "json" in kind:
        body = _told_in(body)
    elif not kind.startswith("text/plain"):
        return ""
    line = (body.strip().splitlines() or [""])[0].strip()
    return printable(line) if len(line) <= _LONGEST_LINE else ""


def _told_in(body: str) -> str:
    """Return the words of a JSON answer, under the names that servers give them."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(content, dict):
        return ""
    found = cast("dict[str, object]", content)
    words = (found.get(name) for name in ("Details", "Message", "message", "error"))
    return next((one for one in words if isinstance(one, str) and one), "")


def _of_status(address: WebAddress, status: int, said: str = "") -> SourceError:
    if status in (401, 403, 407):
        return refused(address, status)
    told = f"HTTP {status}" + (f': "{said}"' if said else "")
    if status < 500:
        what = f"is no DICOMweb service ({told})"
        return SourceError.at(address, what, _NO_SERVICE)
    what = f"the server fails ({told})"
    return SourceError.at(address, what, "Try again later, or ask who runs it")


def _prepared(who: Credentials | None) -> Callable[[PreparedRequest], PreparedRequest]:
    """Return what makes each request ready: our credentials, and plain wildcards.

    A wildcard may stand in a URL as it is (RFC 3986, 3.4), and some servers do not
    know it in its escaped form.
    """
    from requests.auth import HTTPBasicAuth

    def ready(request: PreparedRequest) -> PreparedRequest:
        path, mark, search = (request.url or "").partition("?")
        search = search.replace("%2A", "*").replace("%3F", "?")
        request.url = f"{path}{mark}{search}"
        if who is not None and who.token:
            request.headers["Authorization"] = f"Bearer {who.token}"
        elif who is not None:  # UTF-8, not Latin-1
            return HTTPBasicAuth(who.user.encode(), who.password.encode())(request)
        return request

    return ready
