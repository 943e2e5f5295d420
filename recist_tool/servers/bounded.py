"""What a server may send: so many bytes in so many seconds, and then it is told."""

from __future__ import annotations

import io
import os
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from recist_tool.errors import SourceError
from recist_tool.limits import limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Self

    from requests import Response

MOST_LISTED: Final = 100_000
"""Series of a study, and objects of a series."""

_MIB: Final = 1 << 20

_CHUNK_BYTES: Final = 1 << 18
_PACKED_BYTES: Final = 1 << 13
"""Of what is packed, which may be a thousand times as much."""


class EndlessError(Exception):
    """More came than was to, or it took longer."""


class Limits(NamedTuple):
    """How much is taken of one answer.

    Attributes
    ----------
    list_bytes
        Of an answer to a search, unpacked.
    object_bytes
        Of one DICOM object.
    seconds
        For either. An object of 4 GB comes in that at 55 Mbit/s.
    """

    list_bytes: int = 64 * _MIB
    object_bytes: int = 4096 * _MIB
    seconds: float = 600.0

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return what ``RECIST_SERVER_LIST_MB``, ``_OBJECT_MB`` and ``_S`` name."""

        def named(name: str, usual: float) -> float:
            return limit(f"RECIST_SERVER_{name}", usual, environment)

        usual = cls()
        return cls(
            int(named("LIST_MB", usual.list_bytes / _MIB) * _MIB),
            int(named("OBJECT_MB", usual.object_bytes / _MIB) * _MIB),
            named("S", usual.seconds),
        )


def bounded(response: Response, most_bytes: int, seconds: float) -> Iterator[bytes]:
    """Yield the body of an answer, unpacked, as it comes.

    Parameters
    ----------
    most_bytes
        Of the unpacked body.
    seconds
        From the first of it to its end.

    Raises
    ------
    EndlessError
        If it is longer, or is not at its end in time, however little comes at a time.
    RequestException
        If the connection breaks.
    """
    from requests import ConnectionError as NoConnection
    from urllib3.exceptions import HTTPError

    left = most_bytes
    is_packed = "Content-Encoding" in response.headers
    some = _PACKED_BYTES if is_packed else _CHUNK_BYTES
    try:
        with _held(response, seconds):
            while chunk := response.raw.read1(some, decode_content=True):
                left -= len(chunk)
                if left < 0:
                    raise EndlessError(f"more than {most_bytes >> 20} MB")
                yield chunk
    except HTTPError as error:
        response.close()
        raise NoConnection(error) from None
    except EndlessError:
        response.close()
        raise


def _held(response: Response, seconds: float) -> AbstractContextManager[None]:
    """Return what cuts the connection of an answer if it takes longer than that."""
    line: Any = response.raw.connection
    return nullcontext() if line is None else line.held(seconds)


def endless(address: object, how: str) -> SourceError:
    """Return the error for a server whose answer does not come to an end.

    Parameters
    ----------
    address
        Names the server.
    how
        What of it was more than is taken.
    """
    what = f"its answer does not end ({how})"
    return SourceError.at(address, what, "Narrow the search, or ask who runs it")


def hold_lists(limits: Limits) -> Callable[..., Response]:
    """Return a hook of a session that holds the answers to searches to their limits."""

    def hook(
        response: Response, *_: Any, stream: bool | None = False, **__: Any
    ) -> Response:
        if not stream:
            body = bounded(response, limits.list_bytes, limits.seconds)
            response.raw = io.BytesIO(b"".join(body))
        return response

    return hook
