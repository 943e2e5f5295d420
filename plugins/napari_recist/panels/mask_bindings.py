"""Which key does what with masks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari_recist.room.segmentation import STEP_MM
from napari_recist.room.snap import snap
from napari_recist.viewport.mouse.left_button import Mode
from napari_recist.widgets.key_filter import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.carry_over import CarryOver
    from napari_recist.room.other_lesions import OtherLesions
    from napari_recist.room.room import Room
    from napari_recist.room.segmentation import LesionSegmentation

ROLE_KEYS = ("T", "N", "W")


def with_mask_keys(
    keys: dict[str, Key],
    room: Room,
    contouring: LesionSegmentation,
    carrying: CarryOver,
    others: OtherLesions,
) -> dict[str, Key]:
    """Return the keys of the room and those for masks.

    Escape drops what is in hand first; the keys for the role of the next lesion leave
    the tool for masks in the hand.

    Parameters
    ----------
    keys
        Those of the room, by key sequence; Escape is among them.
    contouring
        Finds, paints and accepts masks.
    carrying
        Carries lesions over from baseline.
    others
        Proposes the other lesions of an organ.
    """
    larger = partial(contouring.resize_brush, STEP_MM)
    smaller = partial(contouring.resize_brush, -STEP_MM)
    snap_it = partial(room.reading.attempt, partial(snap, room))

    def accept() -> None:
        if not (contouring.accept() or carrying.accept()):
            room.reading.say("Nothing is proposed: click a lesion with A first.")

    own = [
        Key("A", "find a lesion by a click", contouring.toggle_find),
        Key("Return", "accept what is proposed", accept),
        Key("Enter", "accept what is proposed", accept),
        Key("Shift+M", "snap the caliper to the border", snap_it),
        Key("C", "carry lesions over from baseline, or stop", carrying.toggle),
        Key("U", "take in what was cut off, or not", contouring.toggle_cut),
        Key("Q", "find the others like this lesion, or end", others.toggle),
        Key("H", "smooth the outline of the mask", contouring.smooth),
        Key("I", "fill slices between drawn ones", contouring.fill_between),
        Key("Shift+A", "brush: add, erase, off", contouring.cycle_brush),
        Key("+", "larger brush", larger, repeats=True),
        Key("-", "smaller brush", smaller, repeats=True),
    ]
    changed = {
        name: keys[name]._replace(
            action=partial(_keep_tool, contouring, keys[name].action)
        )
        for name in ROLE_KEYS
    }
    escape = keys["Escape"]
    changed["Escape"] = escape._replace(
        action=lambda: others.drop() or contouring.drop() or escape.action()
    )
    return {**keys, **changed, **{key.sequence: key for key in own}}


def _keep_tool(contouring: LesionSegmentation, act: Callable[[], object]) -> None:
    """Do what a key means, and keep the tool for masks in the hand."""
    mode = contouring.mode
    act()
    if mode is not Mode.OFF:
        contouring.take_up(mode)
