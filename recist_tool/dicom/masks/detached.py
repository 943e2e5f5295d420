"""Voxels that lie in another file than the header that describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.dicom.masks.label_image import LabelError

if TYPE_CHECKING:
    from pathlib import Path

ELSEWHERE: Final = "its voxels are in another file"
SEVERAL: Final = "its voxels are in several files"
TOGETHER: Final = "Put both into one folder, or save it as one file"


def require_one_file(header: Path, name: str, remedy: str) -> None:
    """Refuse a list, or a pattern, of files in the place of the name of one.

    Parameters
    ----------
    header
        The file that names them.
    name
        As it stands in the header.
    remedy
        How to save the image in one file.

    Raises
    ------
    LabelError
        If it names several.
    """
    if name.partition(" ")[0] == "LIST" or "%" in name:
        raise LabelError.at(header.name, SEVERAL, remedy)


def voxels_beside(header: Path, name: str) -> Path:
    """Return the file of voxels that a header names, if it lies in its folder.

    Parameters
    ----------
    header
        The file that names it.
    name
        As it stands in the header.

    Raises
    ------
    LabelError
        If it is named by a path, lies elsewhere by a link, or is not there.
    """
    is_plain = not any(part in name for part in ("/", "\\", "\0")) and name != ".."
    path = header.parent / name
    if not is_plain or path.resolve().parent != header.parent.resolve():
        what = f"{ELSEWHERE}, of another folder: not read"
        raise LabelError.at(header.name, what, TOGETHER)
    if not path.is_file():
        raise LabelError.at(
            header.name, f"{ELSEWHERE}, which is not beside it", TOGETHER
        )
    return path
