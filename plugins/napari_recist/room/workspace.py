"""What a reader had before the eyes, kept beside the case: panes, slices, windows.

It is no part of the case and its journal: losing it loses no measurement. One file
serves all readers of a case, each with an own entry.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from napari_recist.viewport.link import LinkMode
from napari_recist.widgets.reader_settings import write_whole
from recist_tool.app.reading import COUNTS, DisplaySet, Plane, VisitPlace
from recist_tool.store import CASE_SUFFIX

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".desk.json"
TOO_LARGE = 1_000_000
"""Bytes; a desk is some kilobytes."""


class ViewportState(BaseModel):
    """One pane: its film, and what of it was in view.

    Attributes
    ----------
    centre
        The (row, column) in the middle of the pane.
    magnification
        How much larger the image is than where it fits, on a screen of any size.
    window, fused_window
        From black to white; from the lowest to the highest colour.
    fused
        How strong the PET over the CT is; None where there is none.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    timepoint_id: str = ""
    series_key: str = ""
    plane: Plane = Plane.ACQUIRED
    place: VisitPlace = VisitPlace.CHOSEN
    slice_index: int = Field(0, ge=0)
    centre: tuple[float, float] = (0.0, 0.0)
    magnification: float = Field(1.0, gt=0)
    window: tuple[float, float] = (0.0, 1.0)
    fused: float | None = None
    fused_window: tuple[float, float] = (0.0, 10.0)

    @property
    def film(self) -> DisplaySet:
        """What hangs there."""
        return DisplaySet(self.timepoint_id, self.series_key, self.plane, self.place)


class Workspace(BaseModel):
    """All panes of one reader, and what is open.

    Attributes
    ----------
    active
        Which of the panes.
    hanging
        The name of the hanging protocol by which visits hang; empty for the usual.
    """

    model_config = ConfigDict(frozen=True)

    count: int = 1
    active: int = Field(0, ge=0, lt=max(COUNTS))
    link: LinkMode = LinkMode.BY_HAND
    hanging: str = ""
    timepoint_id: str | None = None
    lesion_id: str | None = None
    panes: tuple[ViewportState, ...] = Field((), max_length=max(COUNTS))


def desk_path(case_path: Path) -> Path:
    """Return where the desks of a case are kept."""
    name = case_path.name.removesuffix(CASE_SUFFIX)
    return case_path.with_name(f"{name}{SUFFIX}")


def read_desk(case_path: Path, reader_id: str) -> Workspace | None:
    """Return the desk as a reader left it; None where none can be read."""
    try:
        return Workspace.model_validate(_entries(desk_path(case_path))[reader_id])
    except (KeyError, ValidationError):
        return None


def write_desk(case_path: Path, reader_id: str, desk: Workspace) -> None:
    """Keep the desk of a reader; the file is whole at any moment.

    Parameters
    ----------
    case_path
        The case, beside which it is kept.
    desk
        Takes the place of what this reader had; other readers' desks stay.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    path = desk_path(case_path)
    entries = {**_entries(path), reader_id: desk.model_dump(mode="json")}
    write_whole(path, json.dumps(entries))


def _entries(path: Path) -> dict[str, object]:
    """Return what a file of desks holds, by reader; nothing where it does not read."""
    try:
        if path.stat().st_size > TOO_LARGE:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
