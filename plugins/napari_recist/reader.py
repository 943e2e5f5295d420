"""What napari calls to open a folder, a DICOMDIR, a zip archive or a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari import current_viewer

from recist_tool.app.reading import is_case
from recist_tool.dicom import holds_dicom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NO_LAYERS: list[tuple[None]] = [(None,)]
"""What napari takes as: opened, but not as layers."""


def get_reader(
    path: str | Sequence[str],
) -> Callable[[str | Sequence[str]], list[Any]] | None:
    """Return the reader of DICOM folders and files, archives and cases; else None."""
    paths = _paths(path)
    return read if paths and all(map(_is_ours, paths)) else None


def read(path: str | Sequence[str]) -> list[Any]:
    """Open paths: in the reading room of the viewer, or without one as image layers."""
    viewer = current_viewer()
    paths = _paths(path)
    if viewer is None:
        from napari_recist.layers import image_layers

        return image_layers(paths)
    from napari_recist.window import add_reading_room

    add_reading_room(viewer).open(paths)
    return NO_LAYERS


def _paths(path: str | Sequence[str]) -> list[Path]:
    return [Path(path)] if isinstance(path, str) else [Path(one) for one in path]


def _is_ours(path: Path) -> bool:
    if path.is_dir():  # a .zarr, or a folder of other images, is another reader's
        return holds_dicom(path)
    is_ours = path.suffix.lower() in (".dcm", ".zip")
    return is_case(path) or path.name.upper() == "DICOMDIR" or is_ours
