"""Decimal numbers that rules compare exactly; in JSON they are plain numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer

FigureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""What a figure is called in files: ``suv_max``."""

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

Days = Annotated[int, Field(ge=0, le=36_525)]
"""A span that a setting names, days: a hundred years at most."""

Day = Annotated[int, Field(ge=-36_525, le=36_525)]
"""A day, counted from another one."""

Months = Annotated[int, Field(ge=0, le=1_200)]
"""A span that a setting names, months: a hundred years at most."""

Count = Annotated[int, Field(ge=0, le=1_000)]
"""How many of a thing a rule lets stand."""
