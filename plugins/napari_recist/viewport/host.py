"""What the viewports ask of the room around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.viewports import Viewports
    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import (
        CurrentRead,
        DisplaySet,
        MissingImages,
        PatientSeries,
    )


class WorkspaceKeeper(Protocol):
    """Who writes down what the reader has before the eyes."""

    def keep(self) -> None:
        """Write it where it changed."""
        ...


class HangingKeeper(Protocol):
    """Who hangs visits by what the reader saved by name."""

    @property
    def name(self) -> str:
        """The one by which the open case hangs; empty where it hangs as usual."""
        ...

    @property
    def saved(self) -> SavedNames:
        """What is saved."""
        ...

    def hang(self, name: str) -> None:
        """Hang the open visit by a saved one."""
        ...

    def hang_as_usual(self) -> None:
        """Hang without any."""
        ...

    def save(self, text: str) -> None:
        """Save how the panes hang now."""
        ...

    def ask_to_remove(self, name: str) -> None:
        """Ask whether a saved one is to go."""
        ...

    def make_default(self, name: str) -> None:
        """Hang new cases by a saved one; as usual where the name is empty."""
        ...


class SavedNames(Protocol):
    """The names under which hanging protocols are saved."""

    @property
    def protocols(self) -> Mapping[str, object]:
        """What is saved, by name."""
        ...

    @property
    def default(self) -> str:
        """The name of the one by which new cases hang; empty for none."""
        ...

    @property
    def note(self) -> str:
        """What is wrong with what is saved; empty for nothing."""
        ...


class ViewportHost(Protocol):
    """The read and its images, and what a reader asks for at a viewport."""

    reading: CurrentRead
    studies: PatientSeries
    loader: Loader
    viewing: Viewports

    @property
    def missing(self) -> MissingImages:
        """What of the case is not at hand."""
        ...

    @property
    def keeper(self) -> WorkspaceKeeper:
        """Who keeps the workspace."""
        ...

    @property
    def hanging(self) -> HangingKeeper:
        """Who hangs visits by what the reader saved."""
        ...

    def recorded_new(self) -> str:
        """Name the new lesion that the last change recorded; empty for none."""
        ...

    def hang_film(self, station: MeasuringViewport, film: DisplaySet) -> None:
        """Hang what the reader chose in a viewport."""
        ...

    def open_dropped(self, paths: Sequence[Path]) -> None:
        """Open files and folders that were dropped on the viewports."""
        ...

    def locate(self, folder: Path) -> None:
        """Look for missing images in a folder."""
        ...
