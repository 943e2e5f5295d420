"""The series of one patient that were found on disk, and their visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool import DicomError, SeriesReference, Timepoint, propose_timepoints

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from recist_tool import Series

UNDATED = "undated"


def key_of(series: Series) -> str:
    """Return what tells a series from all others on disk.

    Not its series UID: what only shares a UID was split into several series.
    """
    uid = series.slices[0].sop_instance_uid
    return f"{uid}#{series.frame_numbers[0]}" if series.frame_numbers else uid


class Studies:
    """The series of one patient, in the order in which they were found."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}

    def is_of_another(self, series: Sequence[Series]) -> bool:
        """Return whether series belong to another patient than those known."""
        known = {one.patient for one in self._series.values()}
        return bool(known) and not known.issuperset(one.patient for one in series)

    def add(self, series: Iterable[Series]) -> None:
        """Remember series; one that was known is replaced by how it was found now."""
        self._series.update({key_of(one): one for one in series})

    def clear(self) -> None:
        """Forget all series: another patient comes."""
        self._series.clear()

    def find(self, key: str) -> Series | None:
        """Return a series by its key, or None where it was not found on disk."""
        return self._series.get(key)

    def of_visit(self, visit: Timepoint) -> list[Series]:
        """Return the series of a visit: those pinned to it, then those made for it.

        A study some days from its day belongs to it too, where both are proposed as
        one visit.
        """
        pinned = {one.series_instance_uid for one in visit.series}
        every = list(self._series.values())
        first = [one for one in every if one.series_instance_uid in pinned]
        made = [
            one
            for together in self._together()
            if any(_belongs(other, visit, pinned) for other in together)
            for one in together
            if one.series_instance_uid not in pinned
        ]
        return [*first, *made]

    def _together(self) -> list[tuple[Series, ...]]:
        """Return the dated series of each visit that the studies propose."""
        return [
            timepoint.series
            for patient in propose_timepoints(self._series.values())
            for timepoint in patient.timepoints
            if timepoint.date is not None
        ]

    def undated(self) -> list[Series]:
        """Return the series whose study has no date."""
        return [one for one in self._series.values() if one.study_date is None]

    def folders(self) -> set[Path]:
        """Return the folders that hold images."""
        return {file.parent for one in self._series.values() for file in one.files}

    def missing(self, visit: Timepoint) -> list[SeriesReference]:
        """Return the pinned series of a visit that were not found on disk."""
        found = {one.series_instance_uid for one in self._series.values()}
        return [one for one in visit.series if one.series_instance_uid not in found]


def _belongs(series: Series, visit: Timepoint, pinned: set[str]) -> bool:
    """Whether a series is pinned to a visit or was made on its day."""
    return series.series_instance_uid in pinned or series.study_date == visit.date


def visits_of(series: Iterable[Series]) -> list[Timepoint]:
    """Return the visits proposed from study dates, each with the series to read on.

    The series that is measured comes first, then the PET.

    Raises
    ------
    DicomError
        If the series are of several patients.
    """
    patients = propose_timepoints(series)
    if len(patients) > 1:
        raise DicomError.at(
            "these folders",
            f"hold images of {len(patients)} patients",
            "Open the folder of one patient",
        )
    return [
        Timepoint(
            timepoint_id=one.name,
            date=one.date,
            series=tuple(reference(each) for each in (one.reading, one.pet) if each),
        )
        for patient in patients
        for one in patient.timepoints
        if one.date is not None
    ]


def reference(series: Series) -> SeriesReference:
    """Return how a case remembers a series; the folder is only a hint."""
    return SeriesReference(
        series_instance_uid=series.series_instance_uid,
        study_instance_uid=series.study_instance_uid,
        modality=series.modality,
        description=series.description,
        phase=series.phase,
        folder=str(series.files[0].parent.absolute()),
    )
