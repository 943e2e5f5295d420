"""A trial's own words for places, each with the organ that it counts under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from recist_tool.model.organs import place_of
from recist_tool.terms import LYMPH_NODE

_SCHEMA = {"type": "object", "additionalProperties": {"type": "string"}}


def _pairs(given: object) -> object:
    """Return a mapping as the pairs that a frozen record can hold."""
    if isinstance(given, Mapping):
        return tuple(cast("Mapping[object, object]", given).items())
    return given


def _of_known_organs(
    pairs: tuple[tuple[str, str], ...],
) -> tuple[tuple[str, str], ...]:
    for word, organ in pairs:
        counted = place_of(organ)
        if not counted.known:
            msg = "each word needs an organ that is known, such as liver, lung, other"
            raise ValueError(msg)
        if place_of(word).organ == LYMPH_NODE != counted.organ:
            msg = "a node stays a node: hepatic_node_sites names those counted as liver"
            raise ValueError(msg)
    return pairs


OrganWords = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(_pairs),
    AfterValidator(_of_known_organs),
    PlainSerializer(dict, return_type=dict[str, str]),
    WithJsonSchema(_SCHEMA),
]
"""Words and their organs; in JSON an object: ``{"S6": "liver", "bed": "other"}``."""
