"""Which key is where now: as it came, or as the reader moved it, kept across starts.

An action is named by the key that it came with, so the kept file says what moved:
``{"M": "K"}`` puts on K what came on M; an empty text leaves it without a key.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from napari_recist.widgets.key_filter import normal
from napari_recist.widgets.reader_settings import keep, settings_folder
from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from napari_recist.widgets.key_filter import Key

TOO_LARGE = 100_000
"""Bytes; a file of moved keys is some hundred."""


def keys_path() -> Path:
    """Return where the moved keys are kept: in the user's folder for settings."""
    return settings_folder() / "keys.json"


class KeyMap:
    """Every action of the room, and the key that it is on.

    Parameters
    ----------
    keys
        The actions with the keys that they come with; each key once.
    path
        Where moved keys are kept.

    Raises
    ------
    ValueError
        If two actions come with one key.

    Attributes
    ----------
    note
        What the reader should know of the kept file; empty where all is well.
    """

    def __init__(self, keys: Iterable[Key], path: Path) -> None:
        self._actions: dict[str, Key] = {}
        for key in keys:
            if self._actions.setdefault(normal(key.sequence), key) is not key:
                raise ValueError(f"two actions are on {key.sequence}")
        self._path = path
        self._moved: dict[str, str] = {}
        self.note = ""
        self._take_kept()

    def find(self, pressed: str) -> Key | None:
        """Return the action on a key, or None."""
        return next(
            (key for key, sequence in self.rows() if sequence == pressed and pressed),
            None,
        )

    def rows(self) -> list[tuple[Key, str]]:
        """Return every action and its key now; empty where it has none."""
        return [(key, self._moved.get(own, own)) for own, key in self._actions.items()]

    def sequence(self, came_with: str) -> str:
        """Return the key now of the action that came with a key."""
        own = normal(came_with)
        return self._moved.get(own, own)

    @property
    def is_changed(self) -> bool:
        """Whether any key was moved."""
        return bool(self._moved)

    def move(self, key: Key, pressed: str) -> None:
        """Put an action on another key, or on none, and keep that.

        Raises
        ------
        CommandRefused
            If another action has that key, or the disk refuses; nothing moves then.
        """
        other = self.find(pressed)
        if other is not None and other is not key:
            raise CommandRefused.at(
                pressed, f"is on '{other.meaning}' already", "Move that one first"
            )
        own = normal(key.sequence)
        moved = {name: now for name, now in self._moved.items() if name != own}
        self._keep(moved if pressed == own else {**moved, own: pressed})

    def reset(self) -> None:
        """Put every action back on the key that it came with.

        Raises
        ------
        CommandRefused
            If the disk refuses.
        """
        self._keep({})

    def _keep(self, moved: dict[str, str]) -> None:
        keep(self._path, moved)
        self._moved = moved
        self.note = ""

    def _take_kept(self) -> None:
        """Take what the file says that still holds; say what does not."""
        left_out = 0
        kept = self._kept()
        going = {name for name in kept if name in self._actions}
        taken = set(self._actions) - going
        for name, value in kept.items():
            now = normal(value) if isinstance(value, str) else None
            if now is None or name not in self._actions or (now and now in taken):
                left_out += 1
                continue
            taken.add(now)
            self._moved[name] = now
        for name in going - set(self._moved):  # back on its own key, if that is free
            if name in self._moved.values():
                self._moved[name] = ""
        if left_out:
            self.note = (
                f"{left_out} of your keys could not be used: taken by another action, "
                "or of an action that is no more. Press ? to see all keys."
            )

    def _kept(self) -> dict[str, object]:
        try:
            if self._path.stat().st_size > TOO_LARGE:
                raise ValueError
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
        self.note = "Your own keys do not read; the keys are as they came."
        return {}
