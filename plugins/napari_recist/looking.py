"""What opening some folders finds: series, and the cases that know them already."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari_recist.cases import Found, cases_folder, find_cases
from napari_recist.reading import Note
from recist_tool import ScanResult, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FIRST_STEP = "Press M and draw the first lesion: two clicks, or one drag. ? shows keys."


class Looked(NamedTuple):
    """Series on disk, and cases that hold their studies."""

    result: ScanResult
    found: Found


def look(paths: Sequence[Path], advance: Callable[[int, int], None]) -> Looked:
    """Scan folders, and look for cases of what is there; made for the background."""
    result = scan(paths, advance)
    studies = {one.study_instance_uid for one in result.series}
    return Looked(result, find_cases(cases_folder(), studies))


def first_note(found: Found) -> Note:
    """Return what to tell the reader before a case begins."""
    if found.cases:
        names = ", ".join(path.name for path in found.cases)
        return Note(
            f"Several cases hold these studies: {names}. Open one.", is_error=True
        )
    if found.unreadable:
        names = ", ".join(path.name for path in found.unreadable)
        text = f"Not looked into for an earlier read, as it does not read: {names}."
        return Note(text, is_error=True)
    return Note(FIRST_STEP)
