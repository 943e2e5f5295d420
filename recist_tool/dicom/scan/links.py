"""Links in a folder: those that lead out of it are not followed, and said.

What a folder holds is the user's choice; where a link in it leads is whoever's who made
the folder: a medium, an archive, another patient.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT: Final = (
    "a link out of the folder: not followed; name the place that it leads to, too"
)


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path is a link to what is not in a folder.

    Parameters
    ----------
    root
        The folder, resolved.
    """
    return path.is_symlink() and not path.resolve().is_relative_to(root)


def links_out(folder: Path) -> Iterator[Path]:
    """Give the links in a folder, and in all below, that lead out of it."""
    root = folder.resolve()
    for here, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            path = Path(here, name)
            if leads_out(path, root):
                yield path


def files_below(folder: Path) -> Iterator[Path]:
    """Give the files in a folder and in all below; none that lies elsewhere."""
    root = folder.resolve()
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here, name)
            if path.is_file() and not leads_out(path, root):
                yield path
