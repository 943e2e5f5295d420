"""JSON as it comes from other programs: UTF-8, with a mark at its start, or UTF-16."""

from __future__ import annotations

import codecs
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FIRST_OF_JSON: Final = b'{[" \t\r\n'


def plain_utf8(content: bytes) -> bytes:
    """Return JSON as UTF-8 without a mark; what is no text is left as it is.

    >>> plain_utf8('{"id": 1}'.encode("utf-16"))
    b'{"id": 1}'
    """
    encoding = _encoding(content)
    if encoding is None:
        return content.removeprefix(codecs.BOM_UTF8)
    return content.decode(encoding, "replace").encode()


def utf8_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Return the lines of a binary file as UTF-8, read as they are asked for."""
    pieces = iter(lines)
    first = next(pieces, b"")
    encoding = _encoding(first)
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    for piece in chain([first], pieces):
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        for line in whole:
            yield line.encode()
    yield (rest + decoder.decode(b"", final=True)).encode()


def _encoding(start: bytes) -> str | None:
    """Return the encoding of a text in JSON by its first bytes; None for UTF-8."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if len(start) > 1 and start[1] == 0 and start[0] in _FIRST_OF_JSON:
        return "utf-16-le"
    if len(start) > 1 and start[0] == 0 and start[1] in _FIRST_OF_JSON:
        return "utf-16-be"
    return None
