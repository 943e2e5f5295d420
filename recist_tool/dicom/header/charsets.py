"""Text in the character set that a file names, or in the likeliest one (PS3.5, 6.1)."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ESCAPE: Final = b"\x1b"
UTF_8: Final = "ISO_IR 192"
LATIN_1: Final = "ISO_IR 100"
CODE_EXTENSIONS: Final = (
    "ISO 2022 IR 6",
    "ISO 2022 IR 87",
    "ISO 2022 IR 159",
    "ISO 2022 IR 149",
    "ISO 2022 IR 58",
)
"""Japanese, Korean and Chinese: what text with escape sequences can be."""

OTHER_NAMES: Final = {
    "UTF8": UTF_8,
    "ISO2022IR192": UTF_8,
    "LATIN1": LATIN_1,
    "ISO88591": LATIN_1,
}
"""What is seen where one of the defined terms should be."""


def decoded(value: bytes, charset: str) -> str:
    """Return text in a character set: the value of (0008,0005).

    Misspelled names are understood. Where none is named, or none that is known, the
    text itself tells: escape sequences are those of ISO 2022, what is valid UTF-8 is
    UTF-8, all else Latin-1. What cannot be decoded is replaced.
    """
    return _replacing(value, _named(charset, value) or _likely(value))


def _named(charset: str, value: bytes) -> tuple[str, ...]:
    """Return the character sets that are named; none where they cannot be meant."""
    found = map(_defined_terms().get, map(_key, charset.split("\\")))
    names = tuple(name for name in found if name is not None)
    if not any(names) or names == ("ISO_IR 6",):
        return ()
    return () if names == (UTF_8,) and not _is_utf_8(value) else names


def _likely(value: bytes) -> tuple[str, ...]:
    if ESCAPE in value:
        return CODE_EXTENSIONS
    return (UTF_8,) if _is_utf_8(value) else (LATIN_1,)


def _is_utf_8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@cache
def _defined_terms() -> dict[str, str]:
    """Return the defined terms of PS3.3, C.12.1.1.2 by their letters and digits."""
    from pydicom.charset import python_encoding

    return {_key(name): name for name in python_encoding} | OTHER_NAMES


def _key(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _replacing(value: bytes, names: Iterable[str]) -> str:
    from pydicom.charset import convert_encodings, decode_bytes
    from pydicom.valuerep import TEXT_VR_DELIMS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        encodings = convert_encodings(list(names))
        return decode_bytes(value, encodings, TEXT_VR_DELIMS).strip(" \0")
