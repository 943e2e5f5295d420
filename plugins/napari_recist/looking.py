"""What opening some folders finds: series, and the cases that know them already."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari_recist.cases import Found, cases_folder, find_cases
from napari_recist.reading import Note
from recist_tool import ScanResult, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from napari_recist.studies import Studies
    from recist_tool import Case, Volume

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


def holds_images_of(studies: Studies, case: Case) -> bool:
    """Return whether any series of a case is among those found on disk."""
    pinned = {
        series.series_instance_uid
        for visit in case.timepoints
        for series in visit.series
    }
    return bool(studies.keys_of(pinned))


def remark_on(volume: Volume) -> str:
    """Return what a reader must know of a series before measuring on it."""
    if volume.suv_refused:
        return f"No SUV here, shown in {volume.units}: {volume.suv_refused}"
    if not volume.is_regular:
        texts = "; ".join(warning.text for warning in volume.warnings)
        return f"Not one regular volume, measure in its slices only: {texts}"
    return ""
