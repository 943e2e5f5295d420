"""What a reader measures or writes at a visit that is no lesion and enters no sum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, PlainSerializer, model_validator

from recist_tool.model.diameter import ImagePlane, PixelPoint, PointLPS
from recist_tool.model.record import Record
from recist_tool.terms import AnnotationKind

MOST_POINTS: Final = 2_000
"""Of a line drawn freehand."""

POINTS: Final = {
    AnnotationKind.RULER: (2, 2),
    AnnotationKind.ANGLE: (3, 3),
    AnnotationKind.CIRCLE: (2, 2),
    AnnotationKind.ELLIPSE: (2, 2),
    AnnotationKind.FREEHAND: (3, MOST_POINTS),
    AnnotationKind.SPHERE_1_ML: (1, 1),
    AnnotationKind.SPHERE_3_CM: (1, 1),
}
"""How many points each has, at least and at most."""

FigureValue = Annotated[
    Decimal,
    Field(gt=-10_000_000_000, lt=10_000_000_000),
    PlainSerializer(float, when_used="json"),
]
"""A figure of an image, which may be negative: HU, or the rate of a subtraction."""


class Annotation(Record):
    """A ruler, an angle or a region that a reader drew on an image.

    Attributes
    ----------
    annotation_id
        Short name on the image: ``M1``; unique in the read.
    plane
        The image that it was drawn on.
    points_pixel
        Column, row: both ends of a ruler; an end, the corner and the other end of an
        angle; the middle of a circle and a point of its rim; two opposite corners of
        the box around an ellipse; the corners of a freehand line; the middle of a
        sphere.
    points_lps
        The same points in patient coordinates, mm.
    figures
        What was measured, by name: ``length_mm``, ``angle_deg``, ``area_mm2``,
        ``volume_ml``, and ``mean``, ``sd``, ``min``, ``max`` in `units`.
    units
        Of the values of the image: ``HU``, ``SUVbw``; empty where none was measured.
    """

    annotation_id: str = Field(min_length=1, max_length=32)
    timepoint_id: str
    kind: AnnotationKind
    plane: ImagePlane
    points_pixel: tuple[PixelPoint, ...] = Field(max_length=MOST_POINTS)
    points_lps: tuple[PointLPS, ...] = Field(max_length=MOST_POINTS)
    figures: Mapping[Annotated[str, Field(min_length=1, max_length=32)], FigureValue]
    units: str = Field(default="", max_length=64)

    @model_validator(mode="after")
    def _points_are_as_many_as_it_needs(self) -> Self:
        least, most = POINTS[self.kind]
        if not least <= len(self.points_pixel) <= most:
            msg = f"a {self.kind.value} has at least {least} and at most {most} points"
            raise ValueError(msg)
        if len(self.points_lps) != len(self.points_pixel):
            msg = "points are given in pixels and in the patient, one for one"
            raise ValueError(msg)
        return self


class Comment(Record):
    """What a reader wrote about a visit, or about one lesion at it.

    Attributes
    ----------
    lesion_id
        None for a comment on the whole visit.
    """

    timepoint_id: str
    lesion_id: str | None = None
    text: str = Field(min_length=1, max_length=2_000)
