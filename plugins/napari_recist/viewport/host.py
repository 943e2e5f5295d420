"""What the viewports ask of the room around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
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
