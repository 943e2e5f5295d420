"""The base of every saved record."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


def without_absent(found: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return what is written of a record without those fields that say nothing.

    Fields that a version adds are left out where they are absent, so that earlier
    versions can read the record.
    """
    for name in names:
        if found.get(name) in (None, [], ()):
            found.pop(name, None)
    return found


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replaced(self, **changes: Any) -> Self:
        """Return a copy with `changes`, validated as if it were read from a file.

        Raises
        ------
        pydantic.ValidationError
            If a field is unknown or a value does not fit.
        """
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(kept | changes)
