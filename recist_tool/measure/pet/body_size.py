"""Lean body mass, body surface and ideal weight: what SUV is normalised by."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from recist_tool.errors import SuvRefused

SHORTEST_IDEAL_M: Final = 1.3  # the formula is of adults: at 1.07 m it weighs nothing
EITHER: Final = "O"
"""PatientSex (0010,0040) of whom no formula was made for: the mean of both counts.

As the manual of IBSI has it for SUV by lean body mass.
"""
IDEAL_KG: Final = {"M": (48.0, 1.06), "F": (45.5, 0.91)}  # at 152 cm, for each cm more


class LeanBodyMass(StrEnum):
    """A published formula for lean body mass."""

    JANMAHASATIAN = "Janmahasatian"
    JAMES = "James"
    JAMES_120 = "James, 120 for men"


def lean_body_mass_kg(
    weight_kg: float,
    height_m: float,
    sex: str,
    formula: LeanBodyMass = LeanBodyMass.JANMAHASATIAN,
) -> float:
    """Return lean body mass, kg.

    Janmahasatian 2005 (Clin Pharmacokinet 44:1051), James 1976; DICOM's plain "LBM" is
    James with 120 for men.

    Parameters
    ----------
    sex
        ``M``, ``F``, or ``O`` for the mean of both, as PatientSex (0010,0040).

    Raises
    ------
    SuvRefused
        If the sex is none of these, or the formula does not reach such a body.

    Examples
    --------
    >>> round(lean_body_mass_kg(70, 1.75, "M"), 2)
    55.86
    >>> round(lean_body_mass_kg(60, 1.60, "F", LeanBodyMass.JAMES), 4)
    43.3875
    """
    _require_sex(sex)
    if sex == EITHER:
        both = (lean_body_mass_kg(weight_kg, height_m, one, formula) for one in "MF")
        return sum(both) / 2
    if formula is LeanBodyMass.JANMAHASATIAN:
        body_mass_index = weight_kg / height_m**2
        constant, slope = (6680, 216) if sex == "M" else (8780, 244)
        return 9270 * weight_kg / (constant + slope * body_mass_index)
    lean = _james(weight_kg, height_m, sex, 120 if formula.endswith("men") else 128)
    if lean <= 0:
        raise SuvRefused(
            f"PatientSize (0010,1020) {height_m:g} m and PatientWeight (0010,1030) "
            f"{weight_kg:g} kg are beyond the formula of James"
        )
    return lean


def _james(weight_kg: float, height_m: float, sex: str, men: int) -> float:
    ratio = (weight_kg / (height_m * 100)) ** 2
    if sex == "F":
        return 1.07 * weight_kg - 148 * ratio
    return 1.10 * weight_kg - men * ratio


def body_surface_m2(weight_kg: float, height_m: float) -> float:
    """Return the surface of a body, m2 (Du Bois 1916).

    >>> round(body_surface_m2(70, 1.75), 3)
    1.848
    """
    return 0.007184 * weight_kg**0.425 * (height_m * 100) ** 0.725


def ideal_weight_kg(height_m: float, sex: str) -> float:
    """Return the ideal weight of a body, kg, as the QIBA FDG-PET profile has it.

    Raises
    ------
    SuvRefused
        If the sex is none of M, F and O, or the body is too short for the formula.

    Examples
    --------
    >>> round(ideal_weight_kg(1.75, "M"), 2)
    72.38
    """
    _require_sex(sex)
    if height_m < SHORTEST_IDEAL_M:
        raise SuvRefused(
            f"PatientSize (0010,1020) {height_m:g} m is too short for an ideal weight"
        )
    if sex == EITHER:
        return sum(ideal_weight_kg(height_m, one) for one in IDEAL_KG) / 2
    least, per_cm = IDEAL_KG[sex]
    return least + per_cm * (height_m * 100 - 152)


def _require_sex(sex: str) -> None:
    if sex not in (*IDEAL_KG, EITHER):
        raise SuvRefused(
            "PatientSex (0010,0040) is none of M, F and O (the mean of both)"
        )
