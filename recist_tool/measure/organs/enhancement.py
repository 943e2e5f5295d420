"""How bright aorta and liver are on a CT: it tells how long ago contrast was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.errors import GeometryError
from recist_tool.measure.organs.aorta import aorta
from recist_tool.measure.organs.liver import liver
from recist_tool.measure.organs.spine import spine
from recist_tool.measure.registration.translation_search import body, coarsened

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume

STEP_MM: Final = 4.0


class Enhancement(NamedTuple):
    """HU of two organs; None of one that was not found.

    Attributes
    ----------
    why_not
        Where neither could be looked for; empty else.
    """

    aorta_hu: float | None
    liver_hu: float | None
    why_not: str = ""


def enhancement(volume: Volume) -> Enhancement:
    """Return how bright aorta and liver are.

    The organs are looked for at 3 mm, by their form and place alone: the same volume
    gives the same answer everywhere.

    Parameters
    ----------
    volume
        A CT in HU; of anything else, and of slices that are no regular volume, the
        answer says why there is none.
    """
    if volume.modality != "CT":
        return Enhancement(None, None, f"it is no CT, but {volume.modality}")
    try:
        coarse = coarsened(volume, STEP_MM)
    except GeometryError as error:
        return Enhancement(None, None, error.faults[0].what)
    inside = body(coarse)
    column = spine(coarse, inside)
    if column is None:
        return Enhancement(None, None, "no spine was found")
    tube, organ = aorta(coarse, column), liver(coarse, inside, column)
    return Enhancement(tube and tube.hu, organ and organ.hu)
