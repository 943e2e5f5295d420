"""Random JSON that a JSON Schema allows: every field that a record has, or will have.

What a field means is not in its schema, so names of lesions and visits, dates and the
like are given as hints; the rest is anything, the edges of what is allowed first.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    Hint = Callable[[random.Random], Any]

FIRST_DAY = dt.date(2024, 1, 1)
WORDS = ("", "x", "liver", "hepatic hilum", "T1", "NL1", "é肝", "a: b; c", "0", " ")
NUMBERS = (0, 0.1, 1, 4.9, 5, 9.9, 10, 14.9, 15, 20, 24.9, 25, 30, 50, 99.999999)
WIDE = (-1, 1e-6, 1000, 9999.999999, 123456789, 9.9e9, -1024, 3071)


class Maker:
    """Makes values of a schema.

    Parameters
    ----------
    schema
        With its ``$defs``.
    hints
        By ``Record.field``, else by ``field``: what to give there nearly always.
        ``field{}`` gives the keys of a mapping.
    filled
        Probability that an optional field is given.
    needed
        By record: fields of which it needs at least one.
    """

    def __init__(
        self,
        schema: Mapping[str, Any],
        chance: random.Random,
        hints: Mapping[str, Hint],
        filled: float = 0.3,
        needed: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.definitions = schema.get("$defs", {})
        self.chance, self.hints, self.filled = chance, hints, filled
        self.needed = needed or {}

    def record(self, name: str, **given: Any) -> dict[str, Any]:
        """Return a record of that definition, with what is given in it."""
        return self.of(self.definitions[name], name) | given

    def of(self, schema: Mapping[str, Any], where: str = "") -> Any:
        """Return a value that a schema allows."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.of(self.definitions[name], name)
        if "const" in schema:
            return schema["const"]
        for choices in ("enum", "anyOf", "oneOf"):
            if choices in schema:
                one = self.chance.choice(_but_numbers_as_text(schema[choices]))
                return one if choices == "enum" else self.of(one, where)
        return getattr(self, f"_{schema.get('type', 'string')}")(schema, where)

    def _field(self, record: str, name: str, schema: Mapping[str, Any]) -> Any:
        hint = self.hints.get(f"{record}.{name}", self.hints.get(name))
        if hint is not None and self.chance.random() < 0.97:
            return hint(self.chance)
        return self.of(schema, name)

    def _object(self, schema: Mapping[str, Any], where: str) -> dict[str, Any]:
        fields = schema.get("properties", {})
        required = schema.get("required", ())
        made = {
            name: self._field(where, name, one)
            for name, one in fields.items()
            if name in required or "const" in one or self.chance.random() < self.filled
        }
        needed = self.needed.get(where, ())
        if needed and all(made.get(one) is None for one in needed):
            name = self.chance.choice(needed)
            made[name] = self.of(_but_null(fields[name]), name)
        values = schema.get("additionalProperties")
        if values and not fields:
            key = self.hints.get(f"{where}{{}}", lambda chance: chance.choice(WORDS))
            keys = {key(self.chance) for _ in range(self.chance.randint(0, 3))}
            open_values = {} if values is True else values
            made = {one: self.of(open_values, where) for one in sorted(keys)}
        return made

    def _array(self, schema: Mapping[str, Any], where: str) -> list[Any]:
        if "prefixItems" in schema:
            return [self.of(one, where) for one in schema["prefixItems"]]
        least = schema.get("minItems", 0)
        count = self.chance.randint(least, least + 2)
        return [self.of(schema.get("items", {}), where) for _ in range(count)]

    def _number(self, schema: Mapping[str, Any], where: str) -> float:
        if self.chance.random() < 0.5:
            return round(self.chance.uniform(0, 60), self.chance.choice((0, 1, 1, 6)))
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        pool = (*NUMBERS, low) if low is not None else NUMBERS
        return self.chance.choice(WIDE if self.chance.random() < 0.1 else pool)

    def _integer(self, schema: Mapping[str, Any], where: str) -> int:
        pool = (schema.get("minimum", 0), 1, 2, 3, 28, 42, 56, 100)
        return self.chance.choice((*pool, -1, 10**9) if self._rarely() else pool)

    def _boolean(self, schema: Mapping[str, Any], where: str) -> bool:
        return self.chance.random() < 0.5

    def _null(self, schema: Mapping[str, Any], where: str) -> None:
        return None

    def _string(self, schema: Mapping[str, Any], where: str) -> str:
        if schema.get("format") == "date":
            return self.date()
        if schema.get("format") == "date-time":
            return f"{self.date()}T12:00:00Z"
        return self.chance.choice(WORDS)

    def date(self) -> str:
        """Return a day about the course of a patient, now and then far from it."""
        if self._rarely():
            return self.chance.choice(("0001-01-01", "9999-12-31", "1900-02-28"))
        return (FIRST_DAY + dt.timedelta(self.chance.randint(-60, 500))).isoformat()

    def _rarely(self) -> bool:
        return self.chance.random() < 0.03


def _but_numbers_as_text(choices: list[Any]) -> list[Any]:
    """Return the choices; a decimal number may be text too, which is nothing new."""
    if {"number", "string"} <= {_type(one) for one in choices}:
        return [one for one in choices if _type(one) != "string"]
    return choices


def _but_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    some = [one for one in schema.get("anyOf", [schema]) if _type(one) != "null"]
    return {"anyOf": some}


def _type(schema: Any) -> str:
    return schema.get("type", "") if isinstance(schema, dict) else ""
