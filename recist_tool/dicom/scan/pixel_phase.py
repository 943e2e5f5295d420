"""A second opinion about the contrast phase, from how bright aorta and liver are.

Unenhanced blood has 30 to 50 HU, liver 45 to 65. Iodine brightens the aorta by 300 to
336 HU and the liver by 15 to 25 in the arterial phase, by 117 to 125 and 59 to 63 in
the portal venous one (Goshima 2006, AJR 187:W25, 2 ml/kg of 300 mg/ml); in equilibrium
both are nearly alike. One is compared with the other, as dose and tube voltage change
both. What lies between two phases is not named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.dicom.scan.phase import (
    ARTERIAL,
    DELAYED,
    NATIVE,
    PORTAL_VENOUS,
    Phase,
)
from recist_tool.measure.organs.enhancement import Enhancement, enhancement

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume

MOST_NATIVE_HU: Final = 65.0
MOST_NATIVE_LIVER_HU: Final = 80.0
LEAST_ARTERIAL_HU: Final = 150.0
SURELY_ARTERIAL_HU: Final = 280.0
"""No aorta has so much in a later phase, whatever the liver has."""
MOST_ARTERIAL_PART: Final = 0.45
"""Of the aorta's HU, those of the liver."""
LEAST_PORTAL_HU: Final = 125.0
PORTAL_PART: Final = (0.5, 0.95)
DELAYED_HU: Final = (75.0, 118.0)
LEAST_DELAYED_PART: Final = 0.8


def phase_of_pixels(volume: Volume) -> Phase:
    """Return the contrast phase that the pixels of a CT speak for, and why.

    The name is empty where they do not tell; the reason then says so.

    Parameters
    ----------
    volume
        Complete, in HU.
    """
    return phase_of_enhancement(enhancement(volume))


def phase_of_enhancement(found: Enhancement) -> Phase:
    """Return the phase for which the HU of aorta and liver speak.

    >>> phase_of_enhancement(Enhancement(aorta_hu=155, liver_hu=110))
    Phase(name='portal venous', reason='aorta 155 HU, liver 110 HU')
    >>> phase_of_enhancement(Enhancement(None, None)).reason
    'cannot tell: neither aorta nor liver was found'
    """
    if found.why_not:
        return Phase("", f"cannot tell: {found.why_not}")
    if found.aorta_hu is None and found.liver_hu is None:
        return Phase("", "cannot tell: neither aorta nor liver was found")
    seen = _seen(found)
    name = "" if found.aorta_hu is None else _named(found.aorta_hu, found.liver_hu)
    return Phase(name, seen if name else f"cannot tell: {seen}")


def _seen(found: Enhancement) -> str:
    organs = (("aorta", found.aorta_hu), ("liver", found.liver_hu))
    return ", ".join(
        f"no {organ} was found" if hu is None else f"{organ} {hu:.0f} HU"
        for organ, hu in organs
    )


def _named(aorta_hu: float, liver_hu: float | None) -> str:
    if aorta_hu >= SURELY_ARTERIAL_HU:
        return ARTERIAL
    if liver_hu is None:
        return ""
    if aorta_hu <= MOST_NATIVE_HU:
        return NATIVE if liver_hu <= MOST_NATIVE_LIVER_HU else ""
    return _enhanced(aorta_hu, liver_hu / aorta_hu)


def _enhanced(aorta_hu: float, part: float) -> str:
    if aorta_hu >= LEAST_ARTERIAL_HU and part <= MOST_ARTERIAL_PART:
        return ARTERIAL
    if aorta_hu >= LEAST_PORTAL_HU and PORTAL_PART[0] <= part <= PORTAL_PART[1]:
        return PORTAL_VENOUS
    if DELAYED_HU[0] <= aorta_hu <= DELAYED_HU[1] and part >= LEAST_DELAYED_PART:
        return DELAYED
    return ""
