"""What stands for a patient, a UID and a day: always the same under the same key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from recist_tool.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.dicom.header.slice_header import PatientKey

SHORTEST_KEY: Final = 16
"""Bytes: 128 bits, if they are random."""

LEAST_DIFFERENT: Final = 6
"""Bytes that differ in a key; the 64 digits that `REMEDY` makes have more."""

LEAST_SHIFT_DAYS: Final = 366
MOST_SHIFT_DAYS: Final = 3652
REMEDY: Final = (
    "Make one, and keep it secret: "
    '(umask 077; python -c "import secrets; print(secrets.token_hex(32))" > FILE)'
)


class Pseudonyms:
    """Keyed stand-ins for what identifies (HMAC-SHA-256).

    Who has the key can repeat the mapping, so two exports of one patient match; who has
    it not can neither repeat nor revert it.

    Parameters
    ----------
    key
        At least 16 bytes, secret.

    Raises
    ------
    InputError
        If the key is shorter, or a few letters over and over.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise InputError.at(
                "key", f"it is shorter than {SHORTEST_KEY} bytes", REMEDY
            )
        if len(set(key)) < LEAST_DIFFERENT:
            raise InputError.at(
                "key", "it is a few letters over and over, and can be guessed", REMEDY
            )
        self._key = key

    @classmethod
    def of_key_file(cls, path: Path) -> Pseudonyms:
        """Return the mapping of the key in a file; white space at its ends is none.

        Raises
        ------
        InputError
            If the file cannot be read, or others may read it, too; if its key can be
            guessed.
        """
        try:
            key, mode = path.read_bytes().strip(), path.stat().st_mode
        except OSError as error:
            why = f"the key cannot be read: {error.strerror or error}"
            raise InputError.at(path, why, REMEDY) from None
        if os.name == "posix" and mode & stat.S_IROTH:
            raise InputError.at(
                path,
                "everybody on this computer may read the key",
                f"Keep it to yourself: chmod 600 {path.name}",
            )
        return cls(key)

    def _digest(self, purpose: str, *words: str) -> bytes:
        """Return 32 bytes; the length before each word keeps any two apart."""
        parts = [word.encode("utf-8", "surrogatepass") for word in (purpose, *words)]
        message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.new(self._key, message, hashlib.sha256).digest()

    def uid(self, uid: str) -> str:
        """Return the UID that stands for another: ``2.25.`` and 128 bits (PS3.5, B.2).

        >>> Pseudonyms(b"a key for examples only").uid("1.2.3")[:5]
        '2.25.'
        """
        number = int.from_bytes(self._digest("uid", uid)[:16], "big")
        # RFC 9562, version 8: a UUID whose other bits are our own
        number = number & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62
        return f"2.25.{number}"

    def subject_id(self, patient: PatientKey) -> str:
        """Return the pseudonym of a patient: ``P-`` and 12 letters and digits."""
        digest = self._digest("subject", *patient)
        return "P-" + base64.b32encode(digest).decode()[:12]

    def shift_days(self, patient: PatientKey) -> int:
        """Return by how many days all dates of a patient move: 1 to 10 years back."""
        choices = MOST_SHIFT_DAYS - LEAST_SHIFT_DAYS + 1
        number = int.from_bytes(self._digest("days", *patient)[:8], "big")
        return -(LEAST_SHIFT_DAYS + number % choices)

    def shifted(self, day: date, patient: PatientKey) -> date:
        """Return the day that stands for another; intervals stay what they were.

        Raises
        ------
        OverflowError
            If there is no such day: before the year 1.
        """
        return day + timedelta(days=self.shift_days(patient))

    def token(self, text: str) -> str:
        """Return eight letters that stand for a text which only tells things apart."""
        return base64.b32encode(self._digest("token", text)).decode()[:8]
