"""The error tree: one base class, one class per thing a user can do about it.

RecistToolError
├── InputError            mend or replace the named file
│   ├── DicomError        the file or series is not a usable image
│   ├── GeometryError     measure in another way, or on another series
│   ├── RegistrationRefused find the lesions on the other scan by hand
│   ├── SuvRefused        supply the missing tag, or read without SUV
│   ├── FindingsError     mend the named field of the findings
│   └── CaseFileError     the case or its journal cannot be trusted as it is
│       ├── NewerSchemaError   install a newer recist_tool
│       └── BrokenJournalError restore the journal from a copy
├── SourceError           check the server's address, the network or the credentials
│   └── DownloadCutError  run it again: it goes on where it stopped
├── AssessmentFailed      report it: the program could not judge a read
├── CommandRefused        the case does not allow this change; do another
│   ├── SequenceRefused   sign the visits before first
│   ├── ReasonNeeded      say why: a signed answer would change
│   └── ConfirmationNeeded say that it is so, or enter what is meant
├── StorageError          free space, mend permissions, choose another folder
│   └── CaseLockedError   close the other window on this case
└── SetupError            install what is named, or set it right

``ValueError`` and ``TypeError`` are left to programmers' mistakes. No message carries a
patient's name or identifier.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self


_LONGEST: Final = 200
_PACKAGE: Final = Path(__file__).parent


class Fault(NamedTuple):
    """One thing wrong with an input, in one line.

    Attributes
    ----------
    where
        File, line, field, lesion or timepoint; empty when there is no such place.
    what
        What is wrong there.
    remedy
        What the user can do about it; may be empty.
    """

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        """Return the fault as a single line: where, what, what to do."""
        line = ": ".join(part for part in (self.where, self.what) if part)
        line = f"{line}. {self.remedy}" if self.remedy else line
        return printable(" ".join(line.split()))


def printable(text: str, instead: str = "\ufffd") -> str:
    r"""Return a text with nothing in it that a terminal would obey.

    Names of files, patients and fields come from elsewhere and can hold anything.

    >>> printable("S001\x1b[2J")
    'S001\ufffd[2J'
    """
    return "".join(one if one.isprintable() else instead for one in text)


class RecistToolError(Exception):
    """Base of every error that a user can do something about.

    Parameters
    ----------
    faults
        All faults found, at least one; a plain string stands for one fault.
    """

    def __init__(self, *faults: Fault | str) -> None:
        self.faults: tuple[Fault, ...] = tuple(
            Fault("", fault) if isinstance(fault, str) else fault for fault in faults
        )
        super().__init__(*faults)

    def __str__(self) -> str:
        """Return one line per fault."""
        return "\n".join(str(fault) for fault in self.faults)

    @classmethod
    def at(cls, where: object, what: str, remedy: str = "") -> Self:
        """Return this error for one fault at one place.

        Parameters
        ----------
        where
            File, lesion, visit or tag that is at fault, as a user knows it; may be
            empty.
        what
            What is wrong, after a colon; no full stop.
        remedy
            What the user can do; no full stop. Empty where nothing helps.
        """
        return cls(Fault(str(where), what, remedy))

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Self:
        """Return this error for several faults found at once."""
        return cls(*faults)


class InputError(RecistToolError):
    """An input file is at fault: mend or replace it."""


class DicomError(InputError):
    """A file or series is not a usable image."""


class GeometryError(InputError):
    """The geometry of the image does not allow what was asked."""


class RegistrationRefused(InputError):  # noqa: N818 - reads as the fact it states
    """Two scans cannot be laid over each other in a way that could be true."""


class SuvRefused(InputError):  # noqa: N818 - reads as the fact it states
    """SUV cannot be computed; the missing or contradictory tag is named."""


class FindingsError(InputError):
    """Findings, lesions or dates contradict each other or the format."""


class CaseFileError(InputError):
    """A case file or its journal cannot be trusted as it is."""


class NewerSchemaError(CaseFileError):
    """The file was written by a newer version of this program."""


class BrokenJournalError(CaseFileError):
    """The journal's hash chain is broken, or the case does not follow from it."""


class SourceError(RecistToolError):
    """A server that keeps images cannot be reached, refuses, or answers wrongly."""


class DownloadCutError(SourceError):
    """A download ended early; what had come is kept and not fetched again."""


class AssessmentFailed(RecistToolError):  # noqa: N818 - reads as the fact it states
    """The program went wrong while it judged a read; the read itself is sound."""


class CommandRefused(RecistToolError):  # noqa: N818 - reads as the fact it states
    """The case does not allow this change."""


class SequenceRefused(CommandRefused):
    """A sequential read does not come to this visit before another is signed."""


class ReasonNeeded(CommandRefused):
    """The change would change a signed answer: it is taken with a reason only."""


class ConfirmationNeeded(CommandRefused):
    """The change is allowed, and so unlikely that somebody has to say it is meant."""


class StorageError(RecistToolError):
    """The disk refused: no space, no permission, or no such folder."""


class CaseLockedError(StorageError):
    """Another process has the case open."""


class SetupError(RecistToolError):
    """Something that the program needs is not installed, or set wrongly."""


def unforeseen(error: Exception) -> str:
    """Return what an error says that nobody foresaw, and where it came up: one line.

    Only the first line is told: what follows in some libraries quotes the input.

    >>> try:
    ...     [].pop()
    ... except IndexError as error:
    ...     unforeseen(error)
    'IndexError: pop from empty list'
    """
    said = (str(error).splitlines() or [""])[0][:_LONGEST]
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    steps = traceback.extract_tb(error.__traceback__)
    own = [one for one in steps if Path(one.filename).is_relative_to(_PACKAGE)]
    if not own:
        return what
    place = Path(own[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f"{what} ({place}, line {own[-1].lineno})"
