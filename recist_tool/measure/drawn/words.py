"""What a ruler, an angle or a region says, as it stands on the image. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.terms import AnnotationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.annotation import Annotation

SIDES: Final = ("LR", "PA", "HF")
PLUS_MINUS: Final = "\N{PLUS-MINUS SIGN}"
KIND_WORDS: Final = {
    AnnotationKind.RULER: "ruler",
    AnnotationKind.ANGLE: "angle",
    AnnotationKind.CIRCLE: "circle",
    AnnotationKind.ELLIPSE: "ellipse",
    AnnotationKind.FREEHAND: "freehand region",
    AnnotationKind.SPHERE_1_ML: "sphere of 1 cm³",
    AnnotationKind.SPHERE_3_CM: "sphere of 3 cm",
}


def amount_words(value: float, units: str) -> str:
    """Return a value of an image with its unit.

    >>> amount_words(53.2, "HU"), amount_words(2.306, "SUVbw"), amount_words(1234.5, "")
    ('53 HU', 'SUVbw 2.31', '1234')
    """
    if units == "HU":
        return f"{value:.0f} HU"
    if units.startswith("SU"):
        return f"{units} {value:.2f}"
    return f"{value:.4g} {units}".strip()


def figure_parts(figures: Mapping[str, object], units: str) -> list[str]:
    """Return what was measured, in parts that belong together.

    >>> figure_parts({"length_mm": 23.44}, "")
    ['23.4 mm']
    >>> of_region = {"mean": 45.21, "sd": 12, "min": 8, "max": 80, "area_mm2": 99}
    >>> figure_parts(of_region, "HU")
    ['45.2 ± 12.0 HU', '8.0 to 80.0', '99 mm²']

    Parameters
    ----------
    figures
        By name, as `Annotation.figures` has them.
    units
        Of mean, SD, least and most.
    """
    known = {name: float(str(one)) for name, one in figures.items()}
    parts: list[str] = []
    if "length_mm" in known:
        parts.append(f"{known['length_mm']:.1f} mm")
    if "angle_deg" in known:
        parts.append(f"{known['angle_deg']:.1f}\N{DEGREE SIGN}")
    if "mean" in known:
        parts += _value_parts(known, units)
    if "area_mm2" in known:
        parts.append(f"{known['area_mm2']:.0f} mm²")
    if "volume_ml" in known:
        parts.append(f"{known['volume_ml']:.1f} cm³")
    return parts


def annotation_words(annotation: Annotation, between: str = ", ") -> str:
    """Return an annotation as it stands beside it on the image.

    Parameters
    ----------
    between
        What stands between its figures.
    """
    parts = figure_parts(annotation.figures, annotation.units)
    return f"{annotation.annotation_id}  {between.join(parts)}"


def _value_parts(known: Mapping[str, float], units: str) -> list[str]:
    digits = 1 if units == "HU" else 2
    mean, sd, least, most = (
        f"{known[name]:.{digits}f}" for name in ("mean", "sd", "min", "max")
    )
    return [f"{mean} {PLUS_MINUS} {sd} {units}", f"{least} to {most}"]


def place_words(volume: Volume, slice_index: int, pixel: tuple[float, float]) -> str:
    """Return where a point lies: slice, row, column from 1; the patient's mm.

    Parameters
    ----------
    slice_index
        Of the volume, from 0.
    pixel
        Row, column; fractions allowed.
    """
    row, column = (round(one) + 1 for one in pixel)
    where = f"slice {slice_index + 1}, row {row}, column {column}"
    if volume.pixel_spacing_mm is None:
        return where
    place = volume.pixel_to_lps(slice_index, np.array([pixel]))[0].tolist()
    letters = (
        pair[0 if one >= 0 else 1] for one, pair in zip(place, SIDES, strict=True)
    )
    amounts = (f"{abs(one):.1f}" for one in place)
    told = " ".join(f"{a} {b}" for a, b in zip(letters, amounts, strict=True))
    return f"{where}; {told} mm"
