"""The series of one patient that were found on disk, and their visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool import (
    DicomError,
    SeriesReference,
    Timepoint,
    as_remembered,
    propose_timepoints,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from recist_tool import Case, Series

UNDATED = "undated"


def key_of(series: Series) -> str:
    """Return what tells a series from all others on disk.

    Not its series UID: what only shares a UID was split into several series.
    """
    uid = series.slices[0].sop_instance_uid
    return f"{uid}#{series.frame_numbers[0]}" if series.frame_numbers else uid


class Studies:
    """The series of one patient, in the order in which they were found.

    They are given out with what readers said of them in the open case.

    Parameters
    ----------
    case
        Returns the open case, or None.
    """

    def __init__(self, case: Callable[[], Case | None] = lambda: None) -> None:
        self._found: dict[str, Series] = {}
        self._case = case
        self._said: tuple[object, ...] = ()
        self._remembered: dict[str, Series] = {}
        self._visits: list[tuple[Series, ...]] | None = None

    @property
    def _series(self) -> dict[str, Series]:
        """The series by their keys, as the open case remembers them."""
        case = self._case()
        if case is None:
            said: tuple[object, ...] = ()
        else:
            said = (case.case_uid, case.timepoints, case.suv_overrides)
        if said != self._said or len(self._remembered) != len(self._found):
            self._said, self._visits = said, None
            self._remembered = {
                key: one if case is None else as_remembered(one, case)
                for key, one in self._found.items()
            }
        return self._remembered

    def is_of_another(self, series: Sequence[Series]) -> bool:
        """Return whether series belong to another patient than those known."""
        known = {one.patient for one in self._series.values()}
        return bool(known) and not known.issuperset(one.patient for one in series)

    def add(self, series: Iterable[Series]) -> None:
        """Remember series; one that was known is replaced by how it was found now."""
        self._found.update({key_of(one): one for one in series})
        self._remembered = {}

    def clear(self) -> None:
        """Forget all series: another patient comes."""
        self._found.clear()
        self._remembered = {}

    def find(self, key: str) -> Series | None:
        """Return a series by its key, or None where it was not found on disk."""
        return self._series.get(key)

    def keys_of(self, series_instance_uids: Collection[str]) -> list[str]:
        """Return the keys of the series found with these UIDs."""
        return [
            key
            for key, one in self._found.items()
            if one.series_instance_uid in series_instance_uids
        ]

    def of_visit(self, visit: Timepoint) -> list[Series]:
        """Return the series of a visit: those pinned to it, then those made for it.

        A study some days from its day belongs to it too, where both are proposed as
        one visit.
        """
        pinned = {one.series_instance_uid for one in visit.series}
        every, together = list(self._series.values()), self._together()
        first = [one for one in every if one.series_instance_uid in pinned]
        made = [
            one
            for proposed in together
            if any(_belongs(other, visit, pinned) for other in proposed)
            for one in proposed
            if one.series_instance_uid not in pinned
        ]
        return [*first, *made]

    def _together(self) -> list[tuple[Series, ...]]:
        """Return the dated series of each visit that the studies propose."""
        series = self._series.values()
        if self._visits is None:
            self._visits = [
                timepoint.series
                for patient in propose_timepoints(series)
                for timepoint in patient.timepoints
                if timepoint.date is not None
            ]
        return self._visits

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
