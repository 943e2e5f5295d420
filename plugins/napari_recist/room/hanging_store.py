"""The hanging protocols that a reader saved by name, kept with the reader's settings.

``{"default": "Liver", "protocols": {"Liver": {…}}}``: rules for any patient. What
in the file does not read is left out and told, and stays in the file as it is.
"""

from __future__ import annotations

import contextlib
import json
import unicodedata
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from napari_recist.viewport.link import LinkMode
from napari_recist.widgets.reader_settings import keep, settings_folder
from recist_tool.app.reading import COUNTS, PaneRule
from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path
    from typing import Self

TOO_LARGE = 1_000_000
"""Bytes; a hanging protocol is some hundred."""
LONGEST = 40
"""Letters of a name."""
MOST_ASIDE = 100
NOT_READ = "Your hanging protocols do not read: saving one puts that file aside."


class HangingProtocol(BaseModel):
    """How the images of a visit hang, whoever the patient is.

    Attributes
    ----------
    panes
        What hangs in each; None in one that stays empty. The first is of the current
        visit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    link: LinkMode = LinkMode.BY_HAND
    panes: Annotated[tuple[PaneRule | None, ...], Field(max_length=max(COUNTS))]

    @model_validator(mode="after")
    def _require_a_current_visit(self) -> Self:
        first = self.panes[0] if self.panes else None
        if len(self.panes) not in COUNTS or first is None:
            raise ValueError("so many panes cannot hang")
        if first.visit.value != "current":
            raise ValueError("the first pane is of the current visit")
        return self


def hanging_path() -> Path:
    """Return where they are kept: in the user's folder for settings."""
    return settings_folder() / "hanging.json"


def as_name(text: str) -> str:
    """Return a name as it is kept: on one line, without what cannot be seen.

    Raises
    ------
    CommandRefused
        If nothing is left of it, or too much.
    """
    seen = "".join(
        one if unicodedata.category(one)[0] != "C" else " "
        for one in unicodedata.normalize("NFC", text)
    )
    name = " ".join(seen.split())
    if not name or len(name) > LONGEST:
        raise CommandRefused.at(
            "This name", "cannot be kept", f"Type 1 to {LONGEST} letters"
        )
    return name


class Saved(NamedTuple):
    """What the reader's file of hanging protocols holds.

    Attributes
    ----------
    protocols
        Those that read, by name, in the order of the names.
    default
        The name of the one by which new cases hang; empty for none.
    note
        What the reader should know of the file; empty where all is well.
    """

    protocols: Mapping[str, HangingProtocol]
    default: str = ""
    note: str = ""

    @property
    def fault(self) -> str:
        """What keeps new cases from hanging by the default; empty for nothing."""
        if self.default and self.default not in self.protocols and not self.note:
            return f"{self.default}, by which new cases hang, is not saved any more."
        return self.note

    def like(self, name: str) -> str:
        """Return the name that differs in nothing but capitals; empty for none."""
        same = (one for one in self.protocols if one.casefold() == name.casefold())
        return next(same, "")


def read_saved() -> Saved:
    """Return what is saved now: another window may have saved since."""
    kept, entries, note = _kept()
    found: dict[str, HangingProtocol] = {}
    for name, entry in entries.items():
        with contextlib.suppress(ValidationError, CommandRefused):
            if as_name(name) == name:
                found[name] = HangingProtocol.model_validate_json(json.dumps(entry))
    left_out = len(entries) - len(found)
    if left_out:
        does = "does not read and is" if left_out == 1 else "do not read and are"
        note = f"{left_out} of your hanging protocols {does} left out."
    default = kept.get("default")
    protocols = {name: found[name] for name in sorted(found, key=str.casefold)}
    return Saved(protocols, default if isinstance(default, str) else "", note)


def save(name: str, protocol: HangingProtocol) -> None:
    """Keep one under a name, in the place of what had it; the others stay.

    Raises
    ------
    CommandRefused
        If the disk refuses; all is as it was then.
    """
    saved = read_saved()
    before = saved.like(name)
    with _rewritten() as (kept, entries):
        entries.pop(before, None)
        if before and saved.default == before:
            kept["default"] = name
        entries[name] = protocol.model_dump(mode="json")


def remove(name: str) -> None:
    """Let go of one.

    Raises
    ------
    CommandRefused
        If the disk refuses; all is as it was then.
    """
    with _rewritten() as (kept, entries):
        entries.pop(name, None)
        if kept.get("default") == name:
            del kept["default"]


def make_default(name: str) -> None:
    """Hang new cases by one; as usual where the name is empty.

    Raises
    ------
    CommandRefused
        If the disk refuses; all is as it was then.
    """
    with _rewritten() as (kept, _):
        kept["default"] = name


def _kept() -> tuple[dict[str, object], dict[str, object], str]:
    """Return the file, the protocols in it, and what is wrong with it as a whole."""
    path = hanging_path()
    try:
        if path.stat().st_size > TOO_LARGE:
            raise ValueError
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, {}, ""
    except (OSError, ValueError, RecursionError):
        found = None
    entries = found.get("protocols", {}) if isinstance(found, dict) else None
    if isinstance(found, dict) and isinstance(entries, dict):
        return found, dict(entries), ""
    return {}, {}, NOT_READ


@contextlib.contextmanager
def _rewritten() -> Generator[tuple[dict[str, object], dict[str, object]]]:
    """Give what the file holds, and the protocols in it; then write both back.

    A file that does not read is put aside first.
    """
    kept, entries, fault = _kept()
    if fault:
        _put_aside(hanging_path())
    yield kept, entries
    keep(hanging_path(), {**kept, "protocols": entries})


def _put_aside(path: Path) -> None:
    """Give a file that does not read another name, beside what was put aside before.

    Raises
    ------
    CommandRefused
        If the disk refuses: nothing is written over it.
    """
    others = (path.with_suffix(f".unread-{one}.json") for one in range(MOST_ASIDE))
    try:
        free = next(one for one in others if not one.exists())
        path.rename(free)
    except (OSError, StopIteration):
        raise CommandRefused.at(
            path.name, "does not read, and cannot be put aside", "Move it yourself"
        ) from None
