"""Which key does what in the reading room."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from napari_recist.room.advance import Advance
from napari_recist.widgets.key_filter import Key
from recist_tool.app.reading import PRESETS, State
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from napari_recist.room.room import Room

UNDOES = ("Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z")
"""They drop what is in the hand themselves, and do no more where there was anything."""

YES_KEY, NO_KEY = "Alt+Y", "Alt+N"
FOLD_KEY, HANG_KEY = "Ctrl+B", "Ctrl+H"
KEEPS_HAND = (*PRESETS, *UNDOES, FOLD_KEY, "F", "?", "Escape", "Up", "Down")
Verb = tuple[str, str, Callable[[], object]]


class Asks(NamedTuple):
    """What the window does for a key.

    Attributes
    ----------
    organ, reason, length, partner
        Give the focus to the field for the organ, for the reason why not evaluable, for
        a typed length, for the lesion merged with.
    signature
        States what is signed.
    sign_button
        Leads to the button that does, and presses nothing.
    split
        Takes the next calipers as parts of the chosen lesion, or no more of them.
    sheet
        Shows or hides the sheet of keys.
    image
        Lets keys choose among the key images.
    masks
        Asks for a file of masks.
    role, node
        Give the lesion of the form its next role; make it a node, or none.
    page
        Turns to the next page (1), or to the one before (-1).
    fold
        Folds the panel to a strip, or opens it.
    pane, control
        Give the focus to the panes, and to the next control of the panel.
    hanging
        Offers the hanging protocols.
    """

    organ: Callable[[], None]
    reason: Callable[[], None]
    length: Callable[[], None]
    partner: Callable[[], None]
    signature: Callable[[], None]
    sign_button: Callable[[], None]
    split: Callable[[], None]
    sheet: Callable[[], None]
    image: Callable[[], None]
    masks: Callable[[], None]
    role: Callable[[], None]
    node: Callable[[], None]
    page: Callable[[int], None]
    fold: Callable[[], None]
    pane: Callable[[], None]
    control: Callable[[], None]
    hanging: Callable[[], None]


def bindings(room: Room, asks: Asks) -> dict[str, Key]:
    """Return the actions by the keys that they come with."""
    reading, recorder = room.reading, room.recorder
    verbs: list[Verb] = [
        ("0", "gone (0 mm)", recorder.gone),
        ("5", "too small (5 mm)", recorder.too_small),
        ("P", "present, without caliper", recorder.present),
        ("D", "new lesion: definite", partial(recorder.say, State.DEFINITE)),
        ("E", "new lesion: equivocal", partial(recorder.say, State.EQUIVOCAL)),
        ("Shift+P", "non-target: PD", partial(recorder.say, State.PROGRESSION)),
        ("Shift+L", "non-target: larger", partial(recorder.say, State.LARGER)),
        ("Delete", "take back this finding; with none, the lesion", recorder.clear),
    ]
    keys = [Key(name, text, partial(reading.attempt, do)) for name, text, do in verbs]
    keys += [
        Key("Ctrl+Z", "undo", room.undo),
        Key("Ctrl+Y", "redo", room.redo),
        Key("Ctrl+Shift+Z", "redo", room.redo),
    ]
    keys += _choices(room, asks)
    keys += [
        Key(YES_KEY, "yes, to a question", partial(reading.answer, is_so=True)),
        Key(NO_KEY, "no, to a question", partial(reading.answer, is_so=False)),
        Key("O", "organ", asks.organ),
        Key("Shift+T", "role: target, non-target, new", asks.role),
        Key("Shift+N", "a lymph node, or none", asks.node),
        Key("Ctrl+PgDown", "next page", partial(asks.page, 1)),
        Key("Ctrl+PgUp", "page before", partial(asks.page, -1)),
        Key("X", "not evaluable", asks.reason),
        Key("=", "type a length, mm", asks.length),
        Key("S", "split: draw its parts", asks.split),
        Key("G", "merged into another", asks.partner),
        Key("Ctrl+Return", "sign the visit, or open it again", asks.signature),
        Key("K", "key images: arrows choose, Enter goes there", asks.image),
        Key("Shift+I", "masks of a file", asks.masks),
        Key("?", "this sheet", asks.sheet),
    ]
    keys += [
        Key(digit, f"window: {preset.name}", partial(set_preset, room, digit))
        for digit, preset in PRESETS.items()
    ]
    return {key.sequence: _with_free_hand(room, key) for key in keys}


def _with_free_hand(room: Room, key: Key) -> Key:
    """Drop what is half drawn before a key does something else.

    What changes only grey values or panes leaves it in the hand.
    """
    if key.sequence in KEEPS_HAND:
        return key

    def act() -> None:
        room.drop_half_drawn()
        key.action()

    return key._replace(action=act)


def _choices(room: Room, asks: Asks) -> list[Key]:
    reading = room.reading
    target, other, new = (partial(room.draw_new, role) for role in LesionRole)
    going_on = Advance(room, asks.sign_button)

    return [
        Key("M", "caliper on or off", room.arm),
        Key("T", "next: a new target", target),
        Key("N", "next: a new non-target", other),
        Key("W", "next: a new lesion", new),
        Key(
            "Space",
            "next lesion that waits; Sign; next visit",
            going_on.forward,
        ),
        Key("Shift+Space", "previous one that waits", going_on.back),
        Key("[", "visit before", partial(reading.step_timepoint, -1)),
        Key("]", "visit after", partial(reading.step_timepoint, 1)),
        Key("Up", "slice towards the head", partial(room.step, 1), repeats=True),
        Key("Down", "slice towards the feet", partial(room.step, -1), repeats=True),
        Key("B", "one, two or four panes", room.viewing.cycle_count),
        Key(HANG_KEY, "hang by a saved protocol; save one", asks.hanging),
        Key("F6", "to the panes; the next one", asks.pane),
        Key(FOLD_KEY, "fold the panel to a strip; open it", asks.fold),
        Key("Tab", "next control of the panel", asks.control),
        Key("L", "link panes: by hand, registration, lesion", room.viewing.cycle_link),
        Key("F", "PET over CT", room.viewing.fusing.toggle),
        Key("R", "turn the image by a quarter", partial(_turn, room, "rotated")),
        Key("Shift+R", "mirror the image", partial(_turn, room, "mirrored")),
        Key("Ctrl+R", "reset the view: upright, all of it", room.reset_view),
        Key("V", "invert black and white", room.invert),
        Key("Escape", "drop the caliper", room.escape),
    ]


def _turn(room: Room, how: str) -> None:
    pane = room.viewing.at_hand.pane
    pane.turn(getattr(pane.display, how))


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
    ("Ctrl+left-drag", "scroll fast through the whole series"),
    ("Shift+click", "the same point in all other panes"),
    ("double click", "this pane alone, or all again"),
    ("right click", "what is here, and what can be done"),
    ("left", "caliper: two clicks or one drag; its ends and lines can be pulled"),
)
