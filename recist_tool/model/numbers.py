"""Decimal numbers that rules compare exactly; in JSON they are plain numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer

Number = Annotated[
    Decimal,
    Field(ge=0, lt=10_000_000_000),
    PlainSerializer(float, when_used="json"),
]
"""A figure that cannot be negative: a volume, an uptake, a dose."""

Hounsfield = Annotated[
    Decimal,
    Field(ge=-1024, le=3071),
    PlainSerializer(float, when_used="json"),
]
"""A mean attenuation, HU."""
