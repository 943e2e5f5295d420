"""What of the open case is not at hand, and how to say so. No Qt.

Numbers never depend on it: what was measured stays, only its picture is refused.
"""

from __future__ import annotations

from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from recist_tool.app.reading.patient_series import series_words
from recist_tool.model.finding import calipers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app.reading.current_read import CurrentRead
    from recist_tool.app.reading.hanging_protocol import DisplaySet
    from recist_tool.app.reading.patient_series import PatientSeries
    from recist_tool.model.case import SeriesReference, Timepoint
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.finding import Finding

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
"""For what is left out of a line."""
ENDING = 2
"""So many parts of a folder tell it from others; the rest can hold names."""

NOT_FOUND = "the series it was measured on was not found"
GONE = "the slice it was measured on is not in its series any more"


class MissingImages:
    """Holds the case against the images that were found.

    Attributes
    ----------
    searching
        Whether the images are still being looked for: nothing is missing yet.
    """

    def __init__(self, reading: CurrentRead, studies: PatientSeries) -> None:
        self._reading = reading
        self._studies = studies
        self.searching = False

    def of_visit(self, visit: Timepoint | None) -> list[SeriesReference]:
        """Return the series of a visit that were looked for and not found."""
        if visit is None or self.searching:
            return []
        return self._studies.missing(visit)

    def of_film(self, film: DisplaySet) -> list[SeriesReference]:
        """Return what keeps a pane empty: the series that hangs there, or all."""
        lost = self.of_visit(self._reading.visit_of(film.timepoint_id))
        named = [one for one in lost if one.key == film.series_key]
        return named or lost

    def pane_words(self, film: DisplaySet) -> str:
        """Return what to write into a pane whose images are not there."""
        visit = self._reading.visit_of(film.timepoint_id)
        if visit is None:
            return ""
        if self.searching:
            return f"Looking for the images of {visit.timepoint_id} {ELLIPSIS}"
        lost = self.of_film(film)
        if not lost:
            return _without_images(visit)
        is_named = [one.key for one in lost] == [film.series_key]
        what = f"{self._names(lost)} of" if is_named else "The images of"
        were = "was" if is_named else "were"
        line = f"{what} {visit.timepoint_id} {were} not found. The numbers stay."
        return "\n\n".join(filter(None, (line, self._at(lost))))

    def visit_note(self, visit: Timepoint) -> str:
        """Return what to tell a reader who opens a visit; empty where all is there."""
        lost, name = self.of_visit(visit), visit.timepoint_id
        if not lost:
            return ""
        if not self._studies.of_visit(visit):
            return (
                f"The images of {name} were not found. The numbers stay. "
                f"Locate{ELLIPSIS} in the pane asks where they are."
            )
        were, it = ("was", "it") if len(lost) == 1 else ("were", "one")
        return (
            f"{self._names(lost)} of {name} {were} not found. The numbers stay. "
            f"Click {it} in the list of visits to say where it is."
        )

    def gone_note(self, timepoint_id: str) -> str:
        """Return of which lesions of a visit the slices are gone; empty where none."""
        read = self._reading.read
        found = () if read is None else read.findings
        gone = [
            one.lesion_id
            for one in found
            if one.timepoint_id == timepoint_id
            and self.why_no_picture(one.finding) == GONE
        ]
        if not gone:
            return ""
        return (
            f"The slices of {', '.join(gone)} at {timepoint_id} are not at hand: "
            "their numbers stay, without a picture."
        )

    def why_no_picture(self, finding: Finding | None) -> str:
        """Return why what was measured cannot be shown; empty where it can.

        What was measured without an image, such as a length that was typed in, never
        had a picture.
        """
        faults = map(self._fault, calipers_of(finding))
        return next((fault for fault in faults if fault), "")

    def keys_of(self, finding: Finding | None) -> list[str]:
        """Return the keys of the series at hand on which something was measured."""
        planes = [one.plane for one in calipers_of(finding)]
        keys = [
            self._studies.key_of_image(one.series_instance_uid, one.sop_instance_uid)
            for one in planes
            if one is not None
        ]
        return [key for key in keys if key is not None]

    def _fault(self, caliper: Caliper) -> str:
        plane = caliper.plane
        if plane is None:
            return ""
        uid = plane.series_instance_uid
        if self._studies.key_of_image(uid, plane.sop_instance_uid) is not None:
            return ""
        if self._studies.keys_of([uid]):
            return GONE
        return "" if self.searching else NOT_FOUND

    def _names(self, lost: Sequence[SeriesReference]) -> str:
        told = self._reading.blinding
        return ", ".join(series_words(one, told) for one in lost)

    def _at(self, lost: Sequence[SeriesReference]) -> str:
        """Return where series were last; folders are named by dates, or patients."""
        if self._reading.blinding.hidden:
            return ""
        folders = dict.fromkeys(ending(one.folder) for one in lost if one.folder)
        verb = "It was" if len(lost) == 1 else "They were"
        return f"{verb} in {', '.join(folders)}" if folders else ""


def place(folder: str) -> PurePath:
    """Return a folder as the system wrote it on which a case was kept."""
    return PureWindowsPath(folder) if "\\" in folder else PurePosixPath(folder)


def ending(folder: str) -> str:
    """Return the end of a folder's name.

    >>> ending("/data/trial/S-1/BL/CT")
    '…/BL/CT'
    >>> ending("/data")
    '…/data'
    """
    path = place(folder)
    return "/".join((ELLIPSIS, *path.parts[1:][-ENDING:]))


def nearest(folder: str) -> str:
    """Return the folder itself, or the nearest above it that is still there."""
    path = Path(folder)
    there = (one for one in (path, *path.parents) if one.parts and is_folder(one))
    return str(next(there, ""))


def is_folder(path: Path) -> bool:
    """Return whether a folder is there; one that is closed to us is as good as gone."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _without_images(visit: Timepoint) -> str:
    """Return what to write where nothing of a visit was found."""
    return (
        f"No images of {visit.timepoint_id} are known.\n\n"
        "What needs no caliper can be recorded: 0, 5, X, P."
    )
