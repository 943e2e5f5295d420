"""How a caliper came to be: drawn, snapped, or taken from a mask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from recist_tool.model.record import Record


class MeasuringMethod(StrEnum):
    """Who or what placed the ends of a caliper."""

    HAND = "hand"
    SNAPPED = "snapped"  # drawn by hand, its ends moved to the border
    SEGMENTED = "segmented"  # axes of a mask that a click or a caliper gave
    MASK = "mask"  # axes of a mask that was imported or painted
    CARRIED_OVER = "carried_over"  # from another visit, and corrected
    ACCEPTED = "accepted"  # from another visit, as it was proposed


ParameterName = Annotated[str, Field(min_length=1, max_length=64)]
ParameterValue = (
    Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, Field(max_length=200)]
)


class Provenance(Record):
    """How a measurement came to be.

    Attributes
    ----------
    method
        What placed the ends.
    program
        Program and version, or the name of a network segmenter with its version.
    algorithm
        Which of its ways: ``rays``, ``adaptive_threshold``; empty for one by hand.
    parameters
        What the algorithm was told or found, by name.
    edited
        Whether a reader changed the result before it was recorded.
    """

    method: MeasuringMethod
    program: str = Field(default="", max_length=100)
    algorithm: str = Field(default="", max_length=100)
    parameters: Mapping[ParameterName, ParameterValue] = Field(
        default_factory=dict, max_length=50
    )
    edited: bool = False
