"""Who we are to a server: from the environment or the keyring, never from a URL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVICE: Final = "recist_tool"
_REMEDY: Final = (
    "Set RECIST_DICOMWEB_USER and RECIST_DICOMWEB_PASSWORD, or RECIST_DICOMWEB_TOKEN,"
    " or run: keyring set '{service}' USER"
)


class Credentials(NamedTuple):
    """A user with a password, or a bearer token; printed as nothing."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        """Return nothing that could be logged."""
        return "Credentials(…)"


def credentials(
    server: str, environment: Mapping[str, str] = os.environ
) -> Credentials | None:
    """Return the credentials for a server, None where there are none.

    ``RECIST_DICOMWEB_TOKEN`` comes first, then ``RECIST_DICOMWEB_USER`` with
    ``RECIST_DICOMWEB_PASSWORD``, then the keyring's entry for the server.

    Parameters
    ----------
    server
        Scheme, host and port.

    Raises
    ------
    SourceError
        If the keyring is there but stays locked.
    """
    token = environment.get("RECIST_DICOMWEB_TOKEN", "")
    user = environment.get("RECIST_DICOMWEB_USER", "")
    password = environment.get("RECIST_DICOMWEB_PASSWORD", "")
    if token:
        return Credentials(token=token)
    if user and password:
        return Credentials(user, password)
    return _from_keyring(server, user)


def keep_password(server: str, user: str, password: str) -> None:
    """Keep a password in the keyring of this machine, and nowhere else.

    Parameters
    ----------
    server
        Scheme, host and port.
    user, password
        As the server knows them.

    Raises
    ------
    SourceError
        If this machine has no keyring, or it stays locked.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        keyring.set_password(service_of(server), user, password)
    except NoKeyringError:
        raise SourceError.at(
            server,
            "this machine has no keyring to keep a password in",
            "Set RECIST_DICOMWEB_USER and RECIST_DICOMWEB_PASSWORD",
        ) from None
    except KeyringError:
        raise SourceError.at(
            server, "the keyring stays locked", "Unlock it, and try again"
        ) from None


def service_of(server: str) -> str:
    """Return under which name the keyring keeps the password for a server.

    >>> service_of("https://pacs.example")
    'recist_tool https://pacs.example'
    """
    return f"{_SERVICE} {server}"


def how_to_give(server: str) -> str:
    """Return what a user does to give credentials for a server."""
    return _REMEDY.format(service=service_of(server))


def _from_keyring(server: str, user: str) -> Credentials | None:
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        found = keyring.get_credential(service_of(server), user or None)
    except NoKeyringError:  # this machine has none
        return None
    except KeyringError:
        raise SourceError.at(
            server, "the keyring stays locked", "Unlock it, and try again"
        ) from None
    return Credentials(found.username, found.password) if found else None
