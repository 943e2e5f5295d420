"""Folders that look like the name or the number of the patient in them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from recist_tool.dicom.header import tags

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from recist_tool.dicom.scan.series import Series

_SHORTEST_NAME: Final = 3
_SHORTEST_NUMBER: Final = 4
_WORDS: Final = re.compile(r"[^\W_]+")


def tells_patient(series: Series, subject_id: str = "") -> bool:
    """Return whether the folder of a series looks like the patient's name or number.

    By words of the name, and by the number as a word of its own, whatever the accents,
    capitals and leading zeros.

    Parameters
    ----------
    subject_id
        The trial's pseudonym: a patient that is called by it in the files is not told.
    """
    found = series.slices[0].elements
    own = set(_words(subject_id))
    names = {
        word
        for word in _words(found.text(tags.PATIENT_NAME))
        if len(word) >= _SHORTEST_NAME and not word.isdecimal()
    }
    number = _number(found.text(tags.PATIENT_ID))
    folders = series.files[0].absolute().parent.parts
    words = {word for folder in folders for word in _words(folder)}
    is_named = bool((names - own) & words)
    is_numbered = (
        len(number) >= _SHORTEST_NUMBER
        and number != _number(subject_id)
        and number in {_number(one) for one in (*words, *folders)}
    )
    return is_named or is_numbered


def _number(text: str) -> str:
    """Return a number, or a word, without signs between and zeros before."""
    return "".join(_words(text)).lstrip("0")


def _words(text: str) -> list[str]:
    """Return the words of a text without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return _WORDS.findall(letters)


def telling_folders(series: Iterable[Series]) -> list[Path]:
    """Return the folders that look like their patient's name or number."""
    found = {one.files[0].parent for one in series if tells_patient(one)}
    return sorted(found)
