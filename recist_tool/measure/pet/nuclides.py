"""The nuclides of PET: their half-lives, and the codes that DICOM has for them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

SAME: Final = 0.03
"""Of a half-life: files round it, and tables differ by less."""
UNITS_S: Final = {"minutes": 60.0, "hours": 3600.0, "days": 86_400.0}


class Nuclide(NamedTuple):
    """A nuclide.

    Attributes
    ----------
    name
        As people write it: F-18.
    half_life_s
        As evaluated (ENSDF).
    codes
        Of PS3.16, CID 4020: in SNOMED CT or DCM, and as SNOMED RT had it before.
    """

    name: str
    half_life_s: float
    codes: tuple[str, ...]

    def has(self, half_life_s: float) -> bool:
        """Whether a half-life is its own."""
        return abs(half_life_s / self.half_life_s - 1) <= SAME


NUCLIDES: Final = (
    Nuclide("C-11", 1221.8, ("40565003", "C-105A1")),
    Nuclide("N-13", 597.9, ("21576001", "C-107A1")),
    Nuclide("O-14", 70.62, ("424875009", "C-1018C")),
    Nuclide("O-15", 122.24, ("129504001", "C-B1038")),
    Nuclide("F-18", 6586.2, ("77004003", "C-111A1")),
    Nuclide("Na-22", 8.21e7, ("71633006", "C-155A1")),
    Nuclide("K-38", 458.2, ("423764008", "C-135A4")),
    Nuclide("Sc-43", 14_008.0, ("126605",)),
    Nuclide("Sc-44", 14_292.0, ("126600",)),
    Nuclide("Ti-45", 11_088.0, ("75696008", "C-166A2")),
    Nuclide("Mn-51", 2772.0, ("126601",)),
    Nuclide("Mn-52", 483_062.0, ("37225000", "C-149A1")),
    Nuclide("Mn-52m", 1266.0, ("126607",)),
    Nuclide("Fe-52", 29_790.0, ("69089000", "C-130A1")),
    Nuclide("Cu-60", 1422.0, ("425364008", "C-127A4")),
    Nuclide("Cu-61", 12_020.0, ("71425003", "C-127A1")),
    Nuclide("Cu-62", 580.4, ("422934004", "C-127A5")),
    Nuclide("Cu-64", 45_721.0, ("3932008", "C-127A2")),
    Nuclide("Zn-62", 33_094.0, ("65054007", "C-141A1")),
    Nuclide("Ga-66", 34_164.0, ("79477007", "C-131A1")),
    Nuclide("Ga-68", 4062.6, ("35337001", "C-131A3")),
    Nuclide("Ge-68", 2.341e7, ("53315004", "C-128A2")),
    Nuclide("As-70", 3156.0, ("126602",)),
    Nuclide("As-72", 93_600.0, ("2705002", "C-115A2")),
    Nuclide("Se-73", 25_740.0, ("87437000", "C-116A2")),
    Nuclide("Br-75", 5802.0, ("17910003", "C-113A1")),
    Nuclide("Br-76", 58_320.0, ("79523006", "C-113A2")),
    Nuclide("Br-77", 205_344.0, ("86521004", "C-113A3")),
    Nuclide("Rb-82", 75.45, ("79197006", "C-159A2")),
    Nuclide("Y-86", 53_064.0, ("10738001", "C-162A3")),
    Nuclide("Y-90", 230_760.0, ("14691008", "C-162A7")),
    Nuclide("Zr-89", 282_280.0, ("63360001", "C-168A4")),
    Nuclide("Nb-90", 52_560.0, ("126603",)),
    Nuclide("Tc-94m", 3120.0, ("424079002", "C-163AA")),
    Nuclide("I-124", 360_806.0, ("40937006", "C-114A5")),
    Nuclide("Tb-152", 63_000.0, ("126606",)),
)
"""Those of PS3.16, CID 4020 (PET Radionuclide)."""

FDG: Final = re.compile(r"\bfdg\b|fluoro-?d(eoxy)?-?glucose|fluorodesoxyglu[ck]ose")
OF_CODE: Final = {code: one for one in NUCLIDES for code in one.codes}


def nuclide_named(text: str) -> Nuclide | None:
    """Return the nuclide that a radiopharmaceutical names; None where it names none.

    >>> (
    ...     nuclide_named("68Ga-PSMA-11").name,
    ...     nuclide_named("FDG -- fluorodeoxyglucose").name,
    ... )
    ('Ga-68', 'F-18')
    >>> nuclide_named("Tracer 7") is None
    True
    """
    said = text.casefold()
    found = {
        one.name
        for one in NUCLIDES
        for symbol, mass in [one.name.casefold().split("-")]
        if re.search(rf"(?<![a-z0-9]){symbol}[-^ ]*{mass}(?![0-9a-z])", said)
        or re.search(rf"(?<![0-9]){mass}[-^ ]*{symbol}(?![a-z])", said)
    }
    if not found and FDG.search(said):
        found = {"F-18"}
    return next((one for one in NUCLIDES if {one.name} == found), None)


def nuclide_with(half_life_s: float) -> Nuclide | None:
    """Return the nuclide whose half-life is nearest, if it is that one."""
    nearest = min(NUCLIDES, key=lambda one: abs(half_life_s / one.half_life_s - 1))
    return nearest if nearest.has(half_life_s) else None


def in_other_unit(half_life: float) -> str:
    """Return whose half-life a number is in another unit, in words; else nothing.

    >>> in_other_unit(109.77)
    '109.77 minutes is that of F-18'
    >>> in_other_unit(5.0)
    ''
    """
    for unit, seconds in UNITS_S.items():
        nuclide = nuclide_with(half_life * seconds)
        if nuclide is not None:
            return f"{half_life:g} {unit} is that of {nuclide.name}"
    return ""
