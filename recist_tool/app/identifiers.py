"""What a case and its readers may be called: names that are safe as names of files."""

from __future__ import annotations

import re
from typing import Final

from recist_tool.errors import CommandRefused
from recist_tool.store.file_names import is_device

MOST_LETTERS: Final = 64

_SUBJECT: Final = re.compile(rf"[\w.\-]{{1,{MOST_LETTERS}}}")


def require_subject_id(text: str) -> None:
    """Hold a subject ID to what can name a file on every system.

    Raises
    ------
    CommandRefused
        If it cannot, or could be taken for an option or a folder.
    """
    if not _SUBJECT.fullmatch(text):
        raise _subject_refused(
            f"may hold letters, digits, dots, dashes and underscores, at most "
            f"{MOST_LETTERS}"
        )
    if text[0] in "-." or text[-1] == ".":
        raise _subject_refused("may not begin with a dash or dot, nor end with a dot")
    if is_device(text):
        raise _subject_refused("is the name of a device on Windows")


def require_reader_id(text: str) -> None:
    """Hold the ID of a new reader to one short line that can be read.

    Raises
    ------
    CommandRefused
        If it is empty, too long, or holds what cannot be printed.
    """
    if not text.strip() or not text.isprintable() or len(text) > MOST_LETTERS:
        raise CommandRefused.at(
            "reader id",
            f"is to be one line of 1 to {MOST_LETTERS} letters that can be printed",
            "Name the reader by RECIST_READER",
        )


def _subject_refused(why: str) -> CommandRefused:
    return CommandRefused.at("subject id", why, "Choose a pseudonym of another form")
