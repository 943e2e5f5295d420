"""What is wrong with a file's content, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.errors import Fault, NewerSchemaError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import ValidationError

_REMEDIES = {
    "extra_forbidden": "Remove the field, or install a newer recist_tool",
    "missing": "Add the field",
}


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
    return message.removeprefix("Value error, ").lower()
