"""What opening some folders finds: series, and the cases that know them already."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.app.reading.case_files import KnownCases, cases_folder, find_cases
from recist_tool.app.reading.current_read import Note
from recist_tool.app.reading.patient_series import PatientSeries
from recist_tool.dicom.scan.scan import ScanResult, scan
from recist_tool.errors import DicomError
from recist_tool.store.casefile import CASE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from recist_tool.app.reading.protocols import Intended
    from recist_tool.dicom.scan.scan import Series, Skipped
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.case import Case

FIRST_STEP = "Press M and draw the first lesion: two clicks, or one drag. ? shows keys."
FIRST_STEP_ON_PET = "Press A and click in the first lesion on the PET. ? shows keys."


class FoundCases(NamedTuple):
    """Series on disk, and cases that hold their studies.

    Attributes
    ----------
    home
        The folder of those cases, and of a new one.
    """

    result: ScanResult
    found: KnownCases
    home: Path


def look(
    paths: Sequence[Path], advance: Callable[[int, int], None], home: Path | None = None
) -> FoundCases:
    """Scan folders, and look for cases of what is there; made for the background.

    Where there are no images, the cases that lie in the folders themselves count.

    Parameters
    ----------
    home
        The folder of cases, where it is not the reader's own.
    """
    result, home = scan(paths, advance), home or cases_folder()
    if not result.series:
        return FoundCases(result, KnownCases(tuple(_cases_in(paths)), ()), home)
    studies = {one.study_instance_uid for one in result.series}
    return FoundCases(result, find_cases(home, studies), home)


def refused(paths: Sequence[Path], looked: FoundCases) -> str:
    """Return in one line why nothing can be opened there."""
    name = paths[0].name if len(paths) == 1 else "what was opened"
    if looked.found.cases:
        count = len(looked.found.cases)
        return f"{name}: holds {count} cases. Open one, or list them: page Worklist"
    words = nothing_words(paths, looked.result.skipped)
    return f"{name}: {words}. Open a folder of DICOM images"


def _cases_in(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob(f"*{CASE_SUFFIX}"))


def first_note(found: KnownCases, intended: Intended) -> Note:
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
    if intended.fault is not None:
        return Note(str(intended.fault), is_error=True)
    is_pet = intended.protocol.is_of_pet_alone
    step = FIRST_STEP_ON_PET if is_pet else FIRST_STEP
    return Note(f"{step} {intended.words}".strip())


def nothing_words(paths: Sequence[Path], skipped: Sequence[Skipped]) -> str:
    """Return why no series was found: the reason given most often."""
    whys = Counter(one.why for one in skipped).most_common(1)
    if not whys:
        return "no CT or PET series in DICOM format"
    why, count = whys[0]
    if len(skipped) == 1 and skipped[0].path in paths:
        return why
    others = f", for {count} of {len(skipped)} files" if len(skipped) > 1 else ""
    return f"no CT or PET series in DICOM format ({why}{others})"


def harm_words(skipped: Sequence[Skipped]) -> str:
    """Return what of some files came to harm; nothing of other kinds of files."""
    harmed = [one for one in skipped if one.is_harmed]
    if not harmed:
        return ""
    path, why = harmed[0]
    what = "1 file is" if len(harmed) == 1 else f"{len(harmed)} files are"
    more = "" if len(harmed) == 1 else " the first of them"
    return f"{what} left out,{more} {path.name}: {why}."


def holds_images_of(studies: PatientSeries, case: Case) -> bool:
    """Return whether any series of a case is among those found on disk."""
    pinned = {
        series.series_instance_uid
        for visit in case.timepoints
        for series in visit.series
    }
    return bool(studies.keys_of(pinned))


def require_images_of(
    case: Case, known: PatientSeries, opened: Sequence[Series]
) -> None:
    """Refuse images that nothing ties to the patient of the open case.

    A case keeps nobody's name: its own series are what new ones are held against.

    Parameters
    ----------
    known
        The series found so far: those of the case may be among them.
    opened
        The series that are to be shown.

    Raises
    ------
    DicomError
        If the case has series, none of them was found, and none is among `opened`.
    """
    together = PatientSeries()
    together.add(opened)
    has_series = any(visit.series for visit in case.timepoints)
    if not has_series or any(holds_images_of(one, case) for one in (known, together)):
        return
    raise DicomError.at(
        "these images",
        "may be of another patient: no series of the open case is among them, "
        "and its own were not found",
        "Open the folder of the case's own images first",
    )


def remark_on(volume: Volume) -> str:
    """Return what a reader must know of a series before measuring on it."""
    if volume.suv_refused:
        return f"No SUV here, shown in {volume.units}: {volume.suv_refused}"
    if not volume.is_regular:
        texts = "; ".join(warning.text for warning in volume.warnings)
        return f"Not one regular volume, measure in its slices only: {texts}"
    return ""
