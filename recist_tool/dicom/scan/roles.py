"""What a series is good for in a read, and what tells so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.terms import SeriesRole

if TYPE_CHECKING:
    from recist_tool.dicom.header.slice_header import SliceHeader

LOW_DOSE: Final = (
    r"\bct[ -]?ac\b|\bac[ -]?ct\b|\bctac\b|attenuation|low[ -]?dose|\bld[ -]?ct\b"
    r"|niedrigdosis|schwächung|faible dose|baja dosis"
)
UNCORRECTED: Final = r"\bnac\b|\bnon?[ -]?ac\b|\buncorr|\b(without|ohne|no) ac\b"
DERIVED: Final = (
    r"\bmips?\b|\bmpr\b|\b3d\b|\bvrt?\b|projection|reformat|subtract|screen ?save"
)
CODE: Final = r"[A-Z0-9_]{1,16}"
REWORKED: Final = frozenset(
    {"MIP", "MPR", "PROJECTION IMAGE", "REFORMATTED", "VOLUME", "SUBTRACTION"}
)
"""Values of ImageType (0008,0008) of what was computed from acquired slices."""


class Role(NamedTuple):
    """A proposed role and why."""

    name: SeriesRole
    reason: str


def proposed_role(image: SliceHeader) -> Role:
    """Return the role that the header of a slice suggests."""
    if image.is_localizer:
        return Role(SeriesRole.LOCALIZER, "ImageType (0008,0008) is LOCALIZER")
    said = image.elements.text(tags.SERIES_DESCRIPTION).casefold().replace("_", " ")
    reworked = REWORKED & set(image.elements.texts(tags.IMAGE_TYPE))
    if reworked:
        words = ", ".join(sorted(reworked))
        return Role(SeriesRole.DERIVED, f"ImageType (0008,0008) is {words}")
    if re.search(DERIVED, said):
        return Role(SeriesRole.DERIVED, "said by the series description")
    if image.modality == "PT":
        return _pet_role(image, said)
    if image.modality == "CT":
        return _ct_role(said)
    return Role(SeriesRole.OTHER, f"modality {_named(image.modality)}")


def _named(modality: str) -> str:
    """Return a modality as it may be printed: a code string (PS3.5, 6.2)."""
    return modality if re.fullmatch(CODE, modality) else "unknown"


def _pet_role(image: SliceHeader, said: str) -> Role:
    corrections = image.elements.texts(tags.CORRECTED_IMAGE)
    if corrections and "ATTN" not in corrections:
        reason = "CorrectedImage (0028,0051) has no ATTN"
        return Role(SeriesRole.UNCORRECTED_PET, reason)
    if not corrections and re.search(UNCORRECTED, said):
        reason = "said by the series description"
        return Role(SeriesRole.UNCORRECTED_PET, reason)
    return Role(SeriesRole.PET, "corrected for attenuation" if corrections else "PET")


def _ct_role(said: str) -> Role:
    if re.search(LOW_DOSE, said):
        return Role(SeriesRole.LOW_DOSE_CT, "said by the series description")
    return Role(SeriesRole.DIAGNOSTIC_CT, "nothing tells of another use")
