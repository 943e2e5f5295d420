"""Where a lesion is and how it was seen, in the words of CDISC."""

from __future__ import annotations

import re
from typing import Final

from recist_tool.criteria.organs import is_node, organ_group

_LOCATIONS: Final = {
    "adrenal": "ADRENAL GLAND",
    "colon and rectum": "LARGE INTESTINE",
    "small bowel": "SMALL INTESTINE",
}
_SIDES: Final = re.compile(r"\b(left|right|bilateral)\b")

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


def location(organ: str, nodal: bool | None) -> str:
    """Return ``TULOC`` of a lesion.

    A word that the codelist LOC lacks is written in capitals as the reader gave it;
    LOC may be extended.

    >>> location("lung (left)", nodal=False), location("mediastinum", nodal=True)
    ('LUNG', 'LYMPH NODE')
    """
    if is_node(organ, nodal):
        return "LYMPH NODE"
    group = organ_group(organ)
    return _LOCATIONS.get(group, group.upper())


def laterality(organ: str) -> str:
    """Return ``TULAT``, where the organ names its side.

    >>> laterality("Right kidney"), laterality("liver")
    ('RIGHT', '')
    """
    found = _SIDES.search(organ.casefold())
    return found[1].upper() if found else ""


def method(modality: str | None) -> str:
    """Return ``--METHOD`` of a modality, or nothing where it is not known.

    >>> method("CT"), method(None)
    ('CT SCAN', '')
    """
    return _METHODS.get((modality or "").upper(), "")
