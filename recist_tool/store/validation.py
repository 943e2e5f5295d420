"""What is wrong with a file's content, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from recist_tool.errors import Fault, InputError, NewerSchemaError
from recist_tool.model.record import Record

if TYPE_CHECKING:
    from pathlib import Path

Read = TypeVar("Read", bound=Record)

_REMEDIES = {
    "extra_forbidden": "Remove the field, or install a newer recist_tool",
    "missing": "Add the field",
}


def read_record(path: Path, kind: type[Read]) -> Read:
    """Return the record that a JSON file holds and nothing else.

    Raises
    ------
    InputError
        Naming every field that does not fit, or why the file cannot be read.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError.at(path, f"cannot be read ({error.strerror})") from None
    except ValidationError as error:
        raise InputError.of(faults_of(error, path.name)) from None


def faults_of(error: ValidationError, where: str) -> list[Fault]:
    """Return every fault of a validation, each naming its field.

    Values are left out: they may identify a patient.
    """
    return [
        Fault(
            f"{where}, {field}" if field else where,
            _what(detail["type"], detail["msg"]),
            _REMEDIES.get(detail["type"], ""),
        )
        for detail in error.errors(include_url=False, include_input=False)
        for field in [_field(detail["loc"])]
    ]


def _field(location: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def refuse_newer(path: Path, found: int, known: int) -> None:
    """Refuse a file whose schema version this program does not know yet.

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


def _what(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "unknown field"
    if kind == "missing":
        return "this field is missing"
    if kind == "json_invalid":
        return f"not valid JSON ({message.removeprefix('Invalid JSON: ')})"
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
