"""Which organ a lesion counts under, and which lesions are the liver's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.model.organs import folded, place_of
from recist_tool.terms import LIVER, LYMPH_NODE

if TYPE_CHECKING:
    from recist_tool.model.findings import FindingsLesion, NewLesionFinding
    from recist_tool.model.protocol import Settings

    Words = tuple[tuple[str, str], ...]


def organ_group(organ: str, words: Words = (), *, nodal: bool | None = None) -> str:
    """Return the organ that `organ` counts under in target selection.

    Paired organs are one organ, both liver lobes and all segments are one organ, and
    all lymph nodes are one organ whatever their station (Eisenhauer 2009, 4.2, and the
    answers of the RECIST working group). Pleura is not lung. What is no known organ is
    one of its own.

    Parameters
    ----------
    organ
        A reader's words for a place (see `model.organs.place_of`).
    words
        The trial's own words (``Settings.organ_words``).
    nodal
        Whether the reader marked the lesion as a lymph node.

    Examples
    --------
    >>> organ_group("lung (left)"), organ_group("Right kidney")
    ('lung', 'kidney')
    >>> organ_group("mediastinal lymph nodes"), organ_group("liver segment 5")
    ('lymph node', 'liver')
    """
    return LYMPH_NODE if nodal else place_of(organ, words).organ


def is_node(organ: str, nodal: bool | None, words: Words = ()) -> bool:
    """Return whether a lesion is a lymph node, by its flag or by its organ.

    Parameters
    ----------
    nodal
        The reader's flag; None or False leaves it to the words for the organ.
    words
        The trial's own words for organs (``Settings.organ_words``).
    """
    return organ_group(organ, words, nodal=nodal) == LYMPH_NODE


def hepatic(lesion: FindingsLesion | NewLesionFinding, settings: Settings) -> bool:
    """Return whether the liver-specific assessment counts a lesion (see `in_liver`)."""
    return in_liver(lesion.organ, lesion.nodal, lesion.note, settings)


def in_liver(
    organ: str, nodal: bool | None, note: str | None, settings: Settings
) -> bool:
    """Return whether a place is in the liver.

    Nodes of the hepatic hilum are not liver, unless the trial names their site.

    Parameters
    ----------
    nodal
        Whether the reader marked a node; None where nothing was said.
    note
        The reader's remark, in which the site of a node may stand.
    settings
        ``organ_words``, and ``hepatic_node_sites``: the nodes that count as liver.
    """
    group = organ_group(organ, settings.organ_words, nodal=nodal)
    if group != LYMPH_NODE or not settings.hepatic_node_sites:
        return group == LIVER
    sites = {folded(site) for site in settings.hepatic_node_sites}
    return bool(sites & {folded(organ), folded(note or "")})
