"""The colour of each role of a lesion. No Qt here."""

from __future__ import annotations

from recist_tool.terms import LesionRole

ROLE_COLOURS = {
    LesionRole.TARGET: "#ffd60a",
    LesionRole.NON_TARGET: "#45d8ff",
    LesionRole.NEW: "#ff6b9d",
}


GHOST_COLOUR = "#d9d9d9"
