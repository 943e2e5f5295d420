"""What is asked of a server, and what it answers."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from recist_tool.dicom.scan.image_cache import Instance
from recist_tool.errors import InputError, SourceError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_DAY = re.compile(r"[0-9]{8}")
_LONGEST_UID: Final = 64
_LONGEST_NUMBER: Final = 12  # PS3.5, 6.2: IS
_DATES: Final = "Write 20240131, 20240101-20240630, 20240101- or -20240630"

MOST_STUDIES: Final = 2000
"""A search that finds more is to be narrowed."""


class StudyQuery(NamedTuple):
    """Which studies are looked for; what is empty is not asked.

    Attributes
    ----------
    patient_id, patient_name
        With ``*`` and ``?`` as wildcards.
    study_date
        ``yyyymmdd``, or a range ``yyyymmdd-yyyymmdd``, open at either end.
    modality
        Studies with at least one series of it; of them, only those series are fetched.
    study_instance_uids
        Only these.
    """

    patient_id: str = ""
    patient_name: str = ""
    study_date: str = ""
    modality: str = ""
    accession_number: str = ""
    study_instance_uids: tuple[str, ...] = ()

    def checked(self) -> StudyQuery:
        """Return this query, trimmed, if it can be asked.

        Raises
        ------
        InputError
            If a date or a UID is none, or a value has several parts.
        """
        uids = tuple(uid.strip() for uid in self.study_instance_uids)
        texts = [str(value).strip() for value in self[:-1]]
        trimmed = StudyQuery(*texts, study_instance_uids=uids)
        for name, value in zip(self._fields, texts, strict=False):
            if "\\" in value or not value.isprintable():
                raise InputError.at(name.replace("_", " "), "is no single value")
        if not all(is_uid(uid) for uid in uids):
            raise InputError.at("study", "is no UID", "Take it from the list")
        _check_dates(trimmed.study_date)
        return trimmed._replace(modality=trimmed.modality.upper())


class Study(NamedTuple):
    """A study as a server lists it.

    Attributes
    ----------
    patient_id, patient_name
        For tables, never for messages or file names.
    images
        How many instances it has; None where the server does not say.
    """

    study_instance_uid: str
    study_date: dt.date | None
    patient_id: str
    patient_name: str
    modalities: tuple[str, ...]
    description: str
    accession_number: str
    images: int | None

    def as_json(self) -> dict[str, Any]:
        """Return the object that `recist scan --json` prints for this study."""
        date = self.study_date.isoformat() if self.study_date else None
        return self._asdict() | {
            "study_date": date,
            "modalities": list(self.modalities),
        }


class Receiver(Protocol):
    """Takes objects as they come."""

    def take(self, instance: Instance, content: Iterable[bytes]) -> None:
        """Keep an object once its bytes have come whole."""
        ...

    def refuse(self, instance: Instance, why: str) -> None:
        """Note that the server does not give an object."""
        ...


class ImageSource(Protocol):
    """A server that can be searched, and gives what was found; its text names it."""

    def studies(self, query: StudyQuery) -> list[Study]:
        """Return the studies that a query matches, the newest first.

        Raises
        ------
        SourceError
            If the server cannot be reached, refuses, or answers wrongly.
        """
        ...

    def instances(self, study_instance_uid: str, modality: str) -> list[Instance]:
        """Return the objects of a study, of one modality where it is not empty.

        Raises
        ------
        SourceError
            If the server cannot be reached, refuses, or answers wrongly.
        """
        ...

    def fetch(self, wanted: Sequence[Instance], receiver: Receiver) -> None:
        """Fetch objects, handing each on as it comes.

        Raises
        ------
        ConnectionBrokenError
            If the connection broke on the way.
        SourceError
            If the server refuses.
        """
        ...


class ConnectionBrokenError(Exception):
    """The connection broke on the way; another may hold.

    Parameters
    ----------
    why
        In words for the user.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def is_uid(text: str) -> bool:
    """Return whether a text is a UID.

    >>> is_uid("1.2.840"), is_uid("1..2"), is_uid("../1")
    (True, False, False)
    """
    return len(text) <= _LONGEST_UID and _UID.fullmatch(text) is not None


def count_of(text: str) -> int | None:
    """Return the number of a DICOM value (IS), None where it is none.

    >>> count_of("240"), count_of("9" * 5000)
    (240, None)
    """
    is_number = text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else None


def date_of(text: str) -> dt.date | None:
    """Return the date of a DICOM value (``yyyymmdd``), None where it is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def shown(text: str) -> str:
    r"""Return a server's text with nothing in it that a terminal would obey.

    >>> shown("Liver \x1b[2J CT")
    'Liver [2J CT'
    """
    return " ".join(printable(text, instead=" ").split())


def spoken(name: str) -> str:
    """Return a person's name (PN) as a table shows it: its first spelling.

    >>> spoken("Doe^Jane^^Dr=...")
    'Doe Jane Dr'
    """
    return shown(name.split("=", maxsplit=1)[0].replace("^", " "))


def listed_once(source: ImageSource, answers: Iterable[Study]) -> list[Study]:
    """Return each study that a server answers once, as it was answered last.

    The newest is first, those without a date are last.

    Raises
    ------
    SourceError
        If more than `MOST_STUDIES` match; the rest is not waited for.
    """
    found: dict[str, Study] = {}
    for study in answers:
        found[study.study_instance_uid] = study
        if len(found) > MOST_STUDIES:
            what = f"more than {MOST_STUDIES} studies match"
            raise SourceError.at(source, what, "Narrow the search")
    return sorted(
        found.values(), key=lambda one: one.study_date or dt.date.min, reverse=True
    )


def _check_dates(text: str) -> None:
    if not text:
        return
    ends = text.split("-")
    dates = [date_of(end) for end in ends if end]
    if len(ends) > 2 or not dates or None in dates:
        raise InputError.at("study date", "is no date or range of dates", _DATES)
    known = [date for date in dates if date is not None]
    if known != sorted(known):
        raise InputError.at("study date", "the range ends before it begins", _DATES)
