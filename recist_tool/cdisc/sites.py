"""Where a lesion is and how it was seen, in the words of CDISC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.criteria.course.organs import organ_group
from recist_tool.model.organs import side_of

if TYPE_CHECKING:
    from recist_tool.criteria.course.organs import Words

_LOCATIONS: Final = {
    "adrenal": "ADRENAL GLAND",
    "colon and rectum": "LARGE INTESTINE",
    "prostate": "PROSTATE GLAND",
    "small bowel": "SMALL INTESTINE",
    "thymus": "THYMUS GLAND",
    "thyroid": "THYROID GLAND",
}

_METHODS: Final = {
    "CT": "CT SCAN",
    "MR": "MRI",
    "MRI": "MRI",
    "PT": "PET SCAN",
    "PET": "PET SCAN",
    "PET/CT": "PET/CT SCAN",
    "CXR": "X-RAY",
    "CR": "X-RAY",
    "DX": "X-RAY",
    "US": "ULTRASOUND",
    "CLINICAL": "PHYSICAL EXAMINATION",
}


def location(organ: str, nodal: bool | None, words: Words = ()) -> str:
    """Return ``TULOC`` of a lesion.

    A word that the codelist LOC lacks is written in capitals as the reader gave it;
    LOC may be extended.

    >>> location("lung (left)", nodal=False), location("mediastinum", nodal=True)
    ('LUNG', 'LYMPH NODE')

    Parameters
    ----------
    nodal
        Whether the reader marked the lesion as a node; None leaves it to the organ.
    words
        The trial's own words (``Settings.organ_words``).
    """
    group = organ_group(organ, words, nodal=nodal)
    return _LOCATIONS.get(group, group.upper())


def laterality(organ: str) -> str:
    """Return ``TULAT``, where the organ names its side.

    >>> laterality("Right kidney"), laterality("liver")
    ('RIGHT', '')
    """
    return side_of(organ).upper()


def method(modality: str | None) -> str:
    """Return ``--METHOD`` of a modality, or nothing where it is not known.

    >>> method("CT"), method(None)
    ('CT SCAN', '')
    """
    return _METHODS.get((modality or "").upper(), "")
