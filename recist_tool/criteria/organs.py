"""Which organ a lesion counts under, and which lesions are the liver's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from recist_tool.terms import LIVER, LYMPH_NODE

if TYPE_CHECKING:
    from recist_tool.model.findings import FindingsLesion, NewLesionFinding

_SIDE = re.compile(r"\b(left|right|both|bilateral)\b")
_PLACE = re.compile(r"[(,;:/].*$")
_SINGULAR = {
    "lungs": "lung",
    "kidneys": "kidney",
    "adrenals": "adrenal",
    "adrenal gland": "adrenal",
    "adrenal glands": "adrenal",
    "ovaries": "ovary",
    "breasts": "breast",
}


@lru_cache(maxsize=4096)
def organ_group(organ: str) -> str:
    """Return the organ that `organ` counts under in target selection.

    Paired organs are one organ, both liver lobes are one organ, and all lymph nodes
    are one organ whatever their station (Eisenhauer 2009, 4.2, and the answers of the
    RECIST working group). Pleura is not lung.

    >>> organ_group("lung (left)"), organ_group("Right kidney")
    ('lung', 'kidney')
    >>> organ_group("mediastinal lymph nodes")
    'lymph node'
    """
    word = _SIDE.sub(" ", _PLACE.sub("", organ.casefold()))
    word = " ".join(word.split()) or organ.casefold().strip()
    if re.search(r"\bnodes?\b", word):
        return LYMPH_NODE
    return _SINGULAR.get(word, word)


def is_node(organ: str, nodal: bool | None) -> bool:
    """Return whether a lesion is a lymph node, by its flag or by its organ."""
    return bool(nodal) or organ_group(organ) == LYMPH_NODE


def hepatic(
    lesion: FindingsLesion | NewLesionFinding, node_sites: tuple[str, ...]
) -> bool:
    """Return whether the liver-specific assessment counts a lesion.

    Nodes of the hepatic hilum are not liver, unless the trial names their site.
    """
    if is_node(lesion.organ, lesion.nodal):
        return bool(lesion.note) and lesion.note in node_sites
    return organ_group(lesion.organ) == LIVER
