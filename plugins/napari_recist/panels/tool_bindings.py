"""Which key takes up which tool, and moves through a series."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from napari_recist.widgets.key_filter import Key
from recist_tool.app import BLOOD_POOL, LIVER
from recist_tool.measure import KIND_WORDS
from recist_tool.terms import AnnotationKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.pet_regions import PetRegions
    from napari_recist.room.probes import Probes
    from napari_recist.room.room import Room
    from napari_recist.viewport.cine import Cine

PAGE = 10
"""Slices."""

PROBE_KEYS = {
    AnnotationKind.RULER: "Y",
    AnnotationKind.ANGLE: "Shift+Y",
    AnnotationKind.CIRCLE: "Shift+O",
    AnnotationKind.ELLIPSE: "Shift+E",
    AnnotationKind.FREEHAND: "Shift+D",
    AnnotationKind.SPHERE_1_ML: "Shift+S",
    AnnotationKind.SPHERE_3_CM: "Shift+V",
}
REGION_KEYS = {LIVER: "Shift+H", BLOOD_POOL: "Shift+B"}
COPY_KEY = "Ctrl+C"
POINT_KEY, CINE_KEY, ENLARGE_KEY, SLICE_KEY = "Shift+X", "Shift+C", "Shift+F", "Ctrl+G"


class Tools(NamedTuple):
    """What the keys of this table work on.

    Attributes
    ----------
    ask_slice, copy
        Ask for a slice to go to; copy the table.
    """

    probes: Probes
    regions: PetRegions
    cine: Cine
    ask_slice: Callable[[], object]
    copy: Callable[[], object]


def with_tool_keys(keys: dict[str, Key], room: Room, tools: Tools) -> dict[str, Key]:
    """Return the keys with those of the tools.

    Escape lays a tool down before it does anything else; every key ends a cine.

    Parameters
    ----------
    keys
        By key sequence; Escape is among them.
    """
    probes, cine = tools.probes, tools.cine
    own = [
        *(
            Key(key, f"{KIND_WORDS[kind]}: no lesion", partial(probes.take_up, kind))
            for kind, key in PROBE_KEYS.items()
        ),
        *(
            Key(
                key,
                f"PET: {words} under the pointer",
                partial(tools.regions.place, name),
            )
            for (name, key), words in zip(
                REGION_KEYS.items(), ("liver sphere", "blood pool"), strict=True
            )
        ),
        Key(POINT_KEY, "a click finds the same point in all panes", probes.find_points),
        Key(ENLARGE_KEY, "this pane alone, or all again", partial(_enlarge, room)),
        Key("Home", "first slice, at the head", partial(room.go_to_end, head=True)),
        Key("End", "last slice, at the feet", partial(room.go_to_end, head=False)),
        Key("PgUp", "ten slices towards the head", partial(room.step, PAGE), True),
        Key("PgDown", "ten slices towards the feet", partial(room.step, -PAGE), True),
        Key(SLICE_KEY, "go to a slice by its number", tools.ask_slice),
        Key(COPY_KEY, "copy the table", tools.copy),
    ]
    ending = {key.sequence: _ends(cine, key) for key in [*keys.values(), *own]}
    escape = ending["Escape"]
    ending["Escape"] = escape._replace(action=lambda: probes.drop() or escape.action())
    film = Key(CINE_KEY, "cine, or stop", cine.toggle)
    return {**ending, film.sequence: film}


def _ends(cine: Cine, key: Key) -> Key:
    def act() -> None:
        cine.stop()
        key.action()

    return key._replace(action=act)


def _enlarge(room: Room) -> None:
    room.viewing.enlarge(room.viewing.at_hand)
