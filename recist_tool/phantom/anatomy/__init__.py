"""A believable lower chest and abdomen, in the order in which it is painted."""

from __future__ import annotations

from recist_tool.phantom.anatomy.belly import (
    bladder_parts,
    bowel_parts,
    gland_parts,
    kidney_parts,
    stomach_parts,
    vessel_parts,
)
from recist_tool.phantom.anatomy.chest import chest_parts
from recist_tool.phantom.anatomy.liver import liver_parts, spleen_parts
from recist_tool.phantom.anatomy.skeleton import skeleton_parts
from recist_tool.phantom.anatomy.trees import Mass
from recist_tool.phantom.anatomy.wall import wall_parts
from recist_tool.phantom.canvas import BodyPart


def anatomy(seed: int, masses: tuple[Mass, ...] = ()) -> tuple[BodyPart, ...]:
    """Return all parts of the body; later ones lie over earlier ones.

    Parameters
    ----------
    masses
        Centre and shape of lesions that push vessels of liver and lung aside.
    """
    return (
        *wall_parts(),
        *bowel_parts(seed),
        *spleen_parts(),
        *stomach_parts(),
        *liver_parts(seed, masses),
        *gland_parts(),
        *kidney_parts(),
        *vessel_parts(),
        *bladder_parts(),
        *chest_parts(seed, masses),
        *skeleton_parts(),
    )
