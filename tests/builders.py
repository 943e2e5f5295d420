"""Records for tests, each with only what the test is about."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from recist_tool.model.case import Case, Read, Timepoint
from recist_tool.model.diameter import Caliper, Diameter
from recist_tool.model.lesion import Lesion
from recist_tool.terms import Axis, LesionRole

NOON = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)


def caliper(long_mm: float | str, short_mm: float | str | None = None) -> Caliper:
    """Return a caliper typed in, without an image."""
    short_axis = None
    if short_mm is not None:
        short_axis = Diameter(axis=Axis.SHORT, value_mm=Decimal(str(short_mm)))
    long_axis = Diameter(axis=Axis.LONG, value_mm=Decimal(str(long_mm)))
    return Caliper(long_axis=long_axis, short_axis=short_axis)


def lesion(lesion_id: str = "T1", **details: object) -> Lesion:
    """Return a lesion: a liver target unless told otherwise."""
    made = {
        "lesion_id": lesion_id,
        "tracking_uid": f"2.25.{int.from_bytes(lesion_id.encode())}",
        "role": LesionRole.TARGET,
        "organ": "liver",
    }
    return Lesion.model_validate(made | details)


def timepoint(number: int) -> Timepoint:
    """Return baseline (0) or a follow-up, eight weeks apart."""
    return Timepoint(
        timepoint_id="BL" if number == 0 else f"TP{number}",
        date=dt.date(2024, 1, 1) + dt.timedelta(weeks=8 * number),
    )


def case(timepoints: int = 2, reader_id: str = "reader") -> Case:
    """Return a case with an empty read."""
    return Case(
        case_uid="2.25.1",
        subject_id="S-1",
        timepoints=tuple(timepoint(number) for number in range(timepoints)),
        reads=(Read(reader_id=reader_id),),
    )
