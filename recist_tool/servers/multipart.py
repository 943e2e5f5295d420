"""The one object in a ``multipart/related`` answer, as it streams by (RFC 2387)."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING, Final

from recist_tool.servers.query import ConnectionBrokenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_HEAD: Final = 1 << 16
_END_OF_HEAD: Final = b"\r\n\r\n"


class NotMultipartError(Exception):
    """The answer is no multipart message that holds DICOM."""


def first_part(content_type: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""Yield the bytes of the first part, without holding them.

    An answer that is a bare ``application/dicom`` is passed on as it is; some servers
    send that.

    Raises
    ------
    NotMultipartError
        If it is anything else.
    ConnectionBrokenError
        If it ends before the part does.

    Examples
    --------
    >>> body = [b"--x\r\nContent-Type: application/dicom\r\n\r\nDI", b"CM\r\n--x--"]
    >>> b"".join(first_part('multipart/related; boundary="x"', body))
    b'DICM'
    """
    header = Message()
    header["Content-Type"] = content_type
    kind, boundary = header.get_content_type(), header.get_boundary()
    if kind == "application/dicom":
        return iter(chunks)
    if kind != "multipart/related" or not boundary:
        raise NotMultipartError
    return _body(b"--" + boundary.encode(), iter(chunks))


def _body(mark: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    held = _after_head(mark, chunks)
    end = b"\r\n" + mark
    while (place := held.find(end)) < 0:
        known = max(len(held) - len(end) + 1, 0)  # the rest may begin the end
        yield held[:known]
        held = held[known:] + _next(chunks)
    yield held[:place]


def _after_head(mark: bytes, chunks: Iterator[bytes]) -> bytes:
    """Return what has come of the part behind its header lines."""
    held = b""
    while (place := held.find(_END_OF_HEAD)) < 0:
        if len(held) > _LONGEST_HEAD:
            raise NotMultipartError
        held += _next(chunks)
    if mark not in held[:place]:
        raise NotMultipartError
    return held[place + len(_END_OF_HEAD) :]


def _next(chunks: Iterator[bytes]) -> bytes:
    try:
        return next(chunks)
    except StopIteration:
        raise ConnectionBrokenError("the connection broke") from None
