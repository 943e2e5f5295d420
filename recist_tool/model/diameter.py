"""A caliper on an image, in patient coordinates and in pixels."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import (
    Field,
    PlainSerializer,
    model_validator,
)

from recist_tool.model.provenance import Provenance
from recist_tool.model.record import GrownRecord, Record
from recist_tool.terms import Axis

Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]
PointLPS = tuple[Coordinate, Coordinate, Coordinate]
"""Patient coordinates x, y, z towards left, posterior, superior, mm."""

PixelPoint = tuple[Coordinate, Coordinate]
"""Column, row of one image; (0, 0) is the centre of its first pixel."""


Millimetres = Annotated[
    Decimal,
    Field(ge=0, lt=10_000, decimal_places=6),
    PlainSerializer(float, when_used="json"),
]
"""A reported length, mm: decimal, because rules compare it exactly.

In JSON it is a number; at most ten digits, so that it comes back as it went out.
"""


class ImagePlane(GrownRecord):
    """The image on which a measurement was drawn.

    Attributes
    ----------
    sop_instance_uid, series_instance_uid, frame_of_reference_uid
        As in the DICOM file; the frame may be empty where the file has none.
    frame_number
        Which of the frames of the file, from 1; None where it holds one image alone,
        and then not written, so that earlier versions can read the record.
    slice_thickness_mm
        Nominal thickness, as measurability asks for it; None where unknown.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"frame_number"})

    sop_instance_uid: str
    series_instance_uid: str = ""
    frame_of_reference_uid: str = ""
    slice_thickness_mm: Coordinate | None = None
    frame_number: Annotated[int, Field(ge=1, le=10_000_000)] | None = None


class Diameter(Record):
    """One axis of one lesion on one image.

    Attributes
    ----------
    value_mm
        The length as reported, mm. Rules use this value, never the end points.
    ends_lps
        End points in patient coordinates (LPS), mm; None for a length typed in.
    ends_pixel
        The same points as column, row of the image.
    """

    axis: Axis
    value_mm: Millimetres
    ends_lps: tuple[PointLPS, PointLPS] | None = None
    ends_pixel: tuple[PixelPoint, PixelPoint] | None = None


class Caliper(GrownRecord):
    """The long axis of a lesion and, where drawn, the short axis across it.

    Attributes
    ----------
    long_axis, short_axis
        Both lie on the same image.
    plane
        That image; None for lengths typed in without one.
    provenance
        How its ends were placed; None where nobody said, and then not written, so that
        earlier versions can read the record.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"provenance"})

    long_axis: Diameter
    short_axis: Diameter | None = None
    plane: ImagePlane | None = None
    provenance: Provenance | None = None

    @model_validator(mode="after")
    def _axes_are_what_they_say(self) -> Self:
        if self.long_axis.axis is not Axis.LONG:
            msg = "long_axis must be a long axis"
            raise ValueError(msg)
        if self.short_axis is None:
            return self
        if self.short_axis.axis is not Axis.SHORT:
            msg = "short_axis must be a short axis"
            raise ValueError(msg)
        if self.short_axis.value_mm > self.long_axis.value_mm:
            msg = "the short axis is longer than the long axis"
            raise ValueError(msg)
        return self
