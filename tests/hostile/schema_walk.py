"""Every field of a record that takes text or numbers: set in a copy of a sound one.

Found in the schema, so that a field that is added tomorrow is walked tomorrow.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Json = dict[str, Any]
    Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Where text, or a number, may stand.

    Attributes
    ----------
    field
        The record and the field, as the schema names them.
    path
        From the top of the sound one; where `is_key`, of a mapping and one of its keys.
    """

    field: str
    path: Path
    is_key: bool = False


class Walk:
    """Goes over a schema and a sound example of it at once.

    Parameters
    ----------
    schema
        With its ``$defs``.
    wanted
        Says of the form of a value whether its places are wanted.
    """

    def __init__(
        self, schema: Mapping[str, Any], wanted: Callable[[Any], bool] | None = None
    ) -> None:
        self._wanted = wanted or is_text
        self._schema = schema
        self._definitions = schema.get("$defs", {})

    def fields(self) -> set[str]:
        """Return every field that takes what is wanted: `Record.field`."""
        tops = {self._schema.get("title", ""): self._schema} | self._definitions
        return {
            f"{record}.{name}"
            for record, one in tops.items()
            for name, form in one.get("properties", {}).items()
            if any(map(self._wanted, self._forms(form)))
        }

    def places(self, sound: Json) -> Iterator[Place]:
        """Give each place in an example where it may stand, or is not yet."""
        yield from self._of(self._schema, sound, (), self._schema.get("title", ""))

    def _of(self, form: Any, value: Any, path: Path, field: str) -> Iterator[Place]:
        for one in self._forms(form):
            if self._wanted(one):
                yield Place(field, path)
            elif isinstance(value, dict):
                yield from self._of_object(one, value, path, field)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    inner = one.get("items", {})
                    yield from self._of(inner, item, (*path, index), field)

    def _of_object(
        self, form: Any, value: Json, path: Path, field: str
    ) -> Iterator[Place]:
        record = form.get("title", field)
        for name, inner in form.get("properties", {}).items():
            at = (*path, name)
            yield from self._of(inner, value.get(name), at, f"{record}.{name}")
        if isinstance(values := form.get("additionalProperties"), dict):
            for key, one in value.items():
                yield Place(field, (*path, key), is_key=True)
                yield from self._of(values, one, (*path, key), field)

    def _forms(self, form: Any) -> Iterator[Any]:
        """Give what a value may be, with references followed."""
        if "$ref" in form:
            name = form["$ref"].rpartition("/")[2]
            found = {"title": name, **self._definitions[name]}
            yield from self._forms(found | {"title": name})
            return
        several = form.get("anyOf") or form.get("oneOf")
        if several is None:
            yield form
            return
        for one in several:
            yield from self._forms(one)


def is_number(form: Any) -> bool:
    """Whether a form takes numbers."""
    return form.get("type") in ("integer", "number")


def is_text(form: Any) -> bool:
    """Whether a form takes any text at all."""
    kinds = ("enum", "const", "format", "pattern")
    return form.get("type") == "string" and not any(kind in form for kind in kinds)


def changed(sound: Json, place: Place, value: object) -> Json:
    """Return a copy with a value in one place; names that are used elsewhere follow."""
    made = copy.deepcopy(sound)
    *inner, last = place.path
    holder: Any = made
    for part in inner:
        holder = holder[part]
    old = last if place.is_key else _get(holder, last)
    if isinstance(old, str) and old and (place.is_key or last in ("id", "lesion_id")):
        return _renamed(made, old, str(value))
    holder[last] = value
    return made


def _get(holder: Any, key: str | int) -> Any:
    return holder.get(key) if isinstance(holder, dict) else holder[key]


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {
            new if key == old else key: _renamed(one, old, new)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_renamed(one, old, new) for one in value]
    return new if value == old else value
