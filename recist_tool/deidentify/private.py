"""The private elements that SUV needs; every other private element is dropped."""

from __future__ import annotations

from typing import Final, NamedTuple

GE_PET: Final = "GEMS_PETD_01"
PHILIPS_PET: Final = "Philips PET Private Group"


class SafePrivate(NamedTuple):
    """A private element whose value cannot identify anybody once it is checked.

    Attributes
    ----------
    group, creator, element
        Of the element; the block, which is the creator's, is not counted in.
    vr
        What its value must be; a DT is moved with the other dates.
    """

    group: int
    creator: str
    element: int
    vr: str


SAFE: Final = (
    SafePrivate(0x0009, GE_PET, 0x0D, "DT"),  # scan start, where decay begins
    SafePrivate(0x7053, PHILIPS_PET, 0x00, "DS"),  # SUV of one count: PS3.15, E.3.10
    SafePrivate(0x7053, PHILIPS_PET, 0x09, "DS"),  # Bq/ml of one count
)


def creator_tag(tag: int) -> int:
    """Return where the creator of a private element's block is named."""
    return tag & 0xFFFF_0000 | (tag & 0xFF00) >> 8


def safe_private(tag: int, creator: str) -> SafePrivate | None:
    """Return what a private element is, if it is one of the safe ones.

    Files whose creator was lost still have their SUV, in the first block alone; it is
    the first block that readers look at then.
    """
    lost = not creator and tag & 0xFF00 == 0x1000
    for one in SAFE:
        if (one.group, one.element) == (tag >> 16, tag & 0xFF) and (
            lost or creator == one.creator
        ):
            return one
    return None
