"""What is wrong with a file's content, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from recist_tool.errors import Fault, InputError, NewerSchemaError
from recist_tool.limits import read_text
from recist_tool.model.record import Record
from recist_tool.store.text import plain_utf8
from recist_tool.store.wording import worded

if TYPE_CHECKING:
    from pathlib import Path

Read = TypeVar("Read", bound=Record)


def read_record(path: Path, kind: type[Read]) -> Read:
    """Return the record that a JSON file holds and nothing else.

    Raises
    ------
    InputError
        Naming every field that does not fit, or why the file cannot be read.
    """
    try:
        return kind.model_validate_json(plain_utf8(read_text(path)))
    except OSError as error:
        raise InputError.at(path, f"cannot be read ({error.strerror})") from None
    except ValidationError as error:
        raise InputError.of(faults_of(error, path.name)) from None


def faults_of(error: ValidationError, where: str = "") -> list[Fault]:
    """Return every fault of a validation, each naming its field.

    Values are left out: they may identify a patient.
    """
    details = error.errors(include_url=False)
    return [
        Fault(", ".join(filter(None, (where, field))), what, remedy)
        for field, what, remedy in worded(details)
    ]


def refuse_newer(path: Path, found: int, known: int) -> None:
    """Refuse a file whose schema version this program does not know yet.

    Parameters
    ----------
    found, known
        Schema versions: of the file, and the newest that this program reads.

    Raises
    ------
    NewerSchemaError
        If `found` is above `known`.
    """
    if found > known:
        raise NewerSchemaError.at(
            path.name,
            f"was written in schema version {found}; this program knows {known}",
            "Install a newer recist_tool",
        )
