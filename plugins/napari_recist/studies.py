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
    return series.slices[0].sop_instance_uid


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
        """Return the series of a visit: those pinned to it, then those of its day."""
        pinned = {one.series_instance_uid for one in visit.series}
        every = list(self._series.values())
        first = [one for one in every if one.series_instance_uid in pinned]
        same_day = [
            one
            for one in every
            if one.study_date == visit.date and one.series_instance_uid not in pinned
        ]
        return [*first, *same_day]

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


def visits_of(series: Iterable[Series]) -> list[Timepoint]:
    """Return the visits proposed from study dates, each with the series to read on.

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
            series=() if one.reading is None else (reference(one.reading),),
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
