"""Which organ of a list a reader's words mean. No Qt here.

Nothing typed becomes another organ than it says, and none becomes a default: what the
list does not have and no dictionary knows is asked for once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.model.organs import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.model.trial_organs import OrganWords

NOT_RECOGNISED = "not recognised"


def fitting_organs(text: str, organs: Sequence[str]) -> list[str]:
    """Return the organs of a list that a text may mean, in the order of the list.

    >>> fitting_organs("lymph", ["liver", "lymph node"])
    ['lymph node']
    """
    wanted = text.strip().casefold()
    return [one for one in organs if wanted in one.casefold()]


def organ_meant(text: str, organs: Sequence[str], words: OrganWords = ()) -> str | None:
    """Return the organ that a text settles: of the list, by its only match, or known.

    None where it settles none.

    >>> organ_meant("lymph", ["liver", "lymph node"])
    'lymph node'
    >>> organ_meant("left hepatic lobe", ["liver"])
    'left hepatic lobe'
    >>> organ_meant("livre", ["liver"]) is None
    True
    >>> fitting_organs("l", ["liver", "lung"]), organ_meant("l", ["liver", "lung"])
    (['liver', 'lung'], None)

    Parameters
    ----------
    text
        As typed; an empty one settles nothing.
    organs
        The list.
    words
        The trial's own words (``Settings.organ_words``).
    """
    wanted = text.strip().casefold()
    if not wanted:
        return None
    exact = next((one for one in organs if one.casefold() == wanted), None)
    if exact is not None:
        return exact
    if is_recognised(wanted, organs, words):
        return wanted
    fitting = fitting_organs(wanted, organs)
    return fitting[0] if len(fitting) == 1 else None


def is_recognised(
    organ: str, organs: Sequence[str] = (), words: OrganWords = ()
) -> bool:
    """Return whether an organ is of the list, or names one that is known.

    Parameters
    ----------
    organ
        As recorded.
    organs
        The list of the protocol.
    words
        The trial's own words.
    """
    return organ in organs or place_of(organ, words).known
