"""Which key does what in the reading room."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from napari_recist.keys import Key
from napari_recist.windows import PRESETS
from recist_tool import LesionRole, NewLesionSeen, NewLesionStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room import Room

Verb = tuple[str, str, "Callable[[], object]"]


def bindings(
    room: Room,
    ask_organ: Callable[[], None],
    ask_reason: Callable[[], None],
    show_help: Callable[[], None],
) -> dict[str, Key]:
    """Return the keys by their sequence.

    Parameters
    ----------
    ask_organ, ask_reason
        Give the focus to the field for the organ, for the reason.
    show_help
        Shows or hides the sheet of keys.
    """
    reading, recorder = room.reading, room.recorder
    definite = NewLesionSeen(status=NewLesionStatus.DEFINITE)
    equivocal = NewLesionSeen(status=NewLesionStatus.EQUIVOCAL)
    verbs: list[Verb] = [
        ("0", "gone (0 mm)", recorder.gone),
        ("5", "too small (5 mm)", recorder.too_small),
        ("P", "present, without caliper", recorder.present),
        ("D", "new lesion: definite", partial(recorder.set_status, definite)),
        ("E", "new lesion: equivocal", partial(recorder.set_status, equivocal)),
        ("Delete", "take back this finding", recorder.clear),
        ("Ctrl+Z", "undo", reading.undo),
        ("Ctrl+Shift+Z", "redo", reading.redo),
    ]
    keys = [Key(name, text, partial(reading.attempt, do)) for name, text, do in verbs]
    keys += _choices(room)
    keys += [
        Key("O", "organ", ask_organ),
        Key("X", "not evaluable", ask_reason),
        Key("?", "this sheet", show_help),
    ]
    keys += [
        Key(digit, f"window: {preset.name}", partial(set_preset, room, digit))
        for digit, preset in PRESETS.items()
    ]
    return {key.sequence: key for key in keys}


def _choices(room: Room) -> list[Key]:
    reading = room.reading

    def new(role: LesionRole) -> None:
        reading.next_new(role)
        room.arm(on=True)

    return [
        Key("M", "caliper on or off", room.arm),
        Key("T", "next: a new target", partial(new, LesionRole.TARGET)),
        Key("N", "next: a new non-target", partial(new, LesionRole.NON_TARGET)),
        Key("W", "next: a new lesion", partial(new, LesionRole.NEW)),
        Key("Space", "next lesion that waits", reading.next_expected),
        Key("Shift+Space", "previous one", partial(reading.next_expected, -1)),
        Key("[", "visit before", partial(reading.step_timepoint, -1)),
        Key("]", "visit after", partial(reading.step_timepoint, 1)),
        Key("Up", "slice towards the head", partial(room.step, 1), repeats=True),
        Key("Down", "slice towards the feet", partial(room.step, -1), repeats=True),
        Key("B", "one, two or four panes", room.viewing.cycle_count),
        Key("Tab", "next pane", room.viewing.activate_next),
        Key("L", "link panes: by hand, registration, lesion", room.viewing.cycle_link),
        Key("F", "PET over CT", room.viewing.fusing.toggle),
        Key("Escape", "drop the caliper", room.escape),
    ]


def set_preset(room: Room, digit: str) -> None:
    """Set a window preset; say so where it is made for another kind of image."""
    pane = room.viewing.at_hand.pane
    preset, volume = PRESETS[digit], pane.volume
    if volume is None:
        return
    if preset.modality == "PT" and pane.fused.is_on:
        pane.fused.window = preset.window
        return
    if volume.modality != preset.modality:
        room.reading.say(f"{digit} ({preset.name}) is a window for {preset.modality}.")
        return
    pane.window = preset.window


MOUSE = (
    ("wheel", "slice"),
    ("Ctrl+wheel", "zoom"),
    ("Shift+wheel", "slice of this pane alone"),
    ("Alt+wheel", "blend of the PET over CT"),
    ("right-drag", "window and level; with Shift, of the PET over CT"),
    ("middle-drag", "pan"),
    ("left", "caliper: two clicks or one drag; its ends and lines can be pulled"),
)


def help_text(keys: dict[str, Key]) -> str:
    """Return what keys and mouse do, as an HTML table of two columns."""
    does = [*MOUSE, *((key.sequence, key.meaning) for key in keys.values())]
    half = (len(does) + 1) // 2
    rows = (
        f"<tr>{''.join(_cells(*one) for one in pair)}</tr>"
        for pair in zip(does[:half], [*does[half:], ("", "")], strict=False)
    )
    return f"<table>{''.join(rows)}</table>"


def _cells(name: str, text: str) -> str:
    return f"<td><b>{escape(name)}</b>&nbsp;&nbsp;</td><td>{escape(text)}&emsp;</td>"
