"""The base of every saved record."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


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
