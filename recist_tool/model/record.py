"""The base of every saved record."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
)


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


class GrownRecord(Record):
    """A record that got fields after it was released.

    They are not written where they hold their default, so that earlier versions can
    read what does not use them.

    Attributes
    ----------
    later_fields
        Their names.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_unused_fields(
        self, written: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        found = written(self)
        fields = type(self).model_fields
        for name in self.later_fields:
            if getattr(self, name) == fields[name].default:
                found.pop(name, None)
        return found
