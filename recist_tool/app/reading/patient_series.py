"""The series of one patient that were found on disk, and their visits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from recist_tool.app.image_places import ROOT, here, keeps_paths
from recist_tool.app.reading.typed_fields import NOT_BLINDED
from recist_tool.dicom.scan.people import alike, as_one
from recist_tool.dicom.scan.series import as_remembered, series_reference
from recist_tool.dicom.scan.telling_folder import tells_patient
from recist_tool.dicom.scan.timepoints import person_of, propose_timepoints
from recist_tool.errors import DicomError
from recist_tool.measure.geometry.grid import GeometryWarning
from recist_tool.model.case import Timepoint
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from recist_tool.dicom.header.slice_header import PatientKey
    from recist_tool.dicom.scan.people import Alike
    from recist_tool.dicom.scan.scan import Series
    from recist_tool.model.blinding import Blinding
    from recist_tool.model.case import Case, SeriesReference

UNDATED = "undated"
"""In place of the date of a series without one."""


TELLING = (
    "The folder of these images looks like a name or number of the patient's, and the "
    f"case keeps it. Rename it, or set {ROOT}."
)


def series_words(
    series: Series | SeriesReference, blinding: Blinding = NOT_BLINDED
) -> str:
    """Return a series as one line: modality, description, phase."""
    said = blinding.description(series.description)
    return "  ".join(part for part in (series.modality, said, series.phase) if part)


class PatientSeries:
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
        self._places: dict[tuple[str, str], str] = {}

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
            self._remembered = dict(self._as_said(case))
        return self._remembered

    def _as_said(self, case: Case | None) -> Iterator[tuple[str, Series]]:
        """Yield every series by its key, with what the open case knows of it."""
        for key, one in self._found.items():
            if case is None:
                yield key, one
                continue
            said = as_remembered(one, case)
            gone = self._gone(one, case.pinned(one.series_instance_uid, one.key))
            if gone:
                said = replace(said, warnings=(*gone, *said.warnings))
            yield key, said

    def _gone(
        self, series: Series, pinned: SeriesReference | None
    ) -> list[GeometryWarning]:
        """Say how many slices a series lost since it was pinned.

        What only shares its UID was split: where it is not known which part was meant,
        the largest counts.
        """
        same = self.keys_of([series.series_instance_uid])
        if pinned is not None and pinned.part:
            same = [series.key]
        there = max(len(self._found[key].slices) for key in same)
        count = (pinned and pinned.slices) or there
        if there >= count:
            return []
        verb = "is" if count - there == 1 else "are"
        text = f"{count - there} of its {count} slices {verb} not at hand"
        return [GeometryWarning(WarningCode.MISSING_SLICE, text)]

    @property
    def people(self) -> set[PatientKey]:
        """Whose images were found; of nobody named, each study is of somebody else."""
        return {person_of(one) for one in self._found.values()}

    def is_of_another(self, series: Iterable[Series]) -> bool:
        """Return whether series belong to another patient than those known."""
        known = self.people
        return bool(known) and not known.issuperset(map(person_of, series))

    def may_be_one(self, series: Sequence[Series]) -> tuple[Alike, ...]:
        """Return the patients who would have to be one, so that series fit together.

        None where the series are of one patient, who is known or the first; nor where
        more than missing tags tells them apart.
        """
        given = set(map(person_of, series))
        if len(given) == 1 and not self.is_of_another(series):
            return ()
        people = alike(self.people | given)
        joined = set(map(person_of, as_one(series, people)))
        return people if len(joined) == 1 else ()

    def take_as_one(self, people: Sequence[Alike]) -> None:
        """Give the series of patients who are one to one of them."""
        self._found = {one.key: one for one in as_one(self._found.values(), people)}
        self._look_again()

    def add(self, series: Iterable[Series]) -> set[str]:
        """Remember series, and return the keys under which others were till now.

        One that was known is replaced by how it is found now, and so is a part of it.
        """
        changed: set[str] = set()
        for one in series:
            images = _images(one)
            for key in self.keys_of([one.series_instance_uid]):
                known = _images(self._found[key])
                if known < images or (key == one.key and known != images):
                    del self._found[key]
                    changed.add(key)
            self._found[one.key] = one
        self._look_again()
        return changed

    def drop_if_gone(self, key: str) -> str:
        """Forget a series whose files are there no longer, and return its UID."""
        series = self._found.get(key)
        if series is None:
            return ""
        try:
            series.files[0].stat()
        except OSError:
            del self._found[key]
            self._look_again()
            return series.series_instance_uid
        return ""

    def clear(self) -> None:
        """Forget all series: another patient comes."""
        self._found.clear()
        self._look_again()

    def _look_again(self) -> None:
        self._remembered, self._visits = {}, None
        self._places = {
            image: key for key, one in self._found.items() for image in _images(one)
        }

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

    def key_of_image(self, series_instance_uid: str, sop_uid: str) -> str | None:
        """Return the key of the series in which an image is, or None if it is not."""
        return self._places.get((series_instance_uid, sop_uid))

    def of_visit(self, visit: Timepoint) -> list[Series]:
        """Return the series of a visit: those pinned to it, then those made for it.

        A study some days from its day belongs to it too, where both are proposed as
        one visit.
        """
        every, together = list(self._series.values()), self._together()
        first = [
            one
            for pinned in visit.series
            for one in every
            if pinned.is_of(one.series_instance_uid, one.key)
        ]
        made = [
            one
            for proposed in together
            if any(_belongs(other, visit) for other in proposed)
            for one in proposed
            if not is_pinned(one, visit.series)
        ]
        return list(dict.fromkeys((*first, *made)))

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

    def folders(self, series_instance_uid: str | None = None) -> set[Path]:
        """Return the folders that hold images, of one series or of all."""
        return {
            file.parent.absolute()
            for one in self._found.values()
            if series_instance_uid in (None, one.series_instance_uid)
            for file in one.files
        }

    def folder_words(self, case: Case) -> str:
        """Warn where a case keeps folders that look like the patient's; else empty."""
        is_told = keeps_paths(case.protocol) and any(
            tells_patient(one, case.subject_id) for one in self._series.values()
        )
        return TELLING if is_told else ""

    def missing(self, visit: Timepoint) -> list[SeriesReference]:
        """Return the pinned series of a visit that were not found on disk."""
        found = [(one.series_instance_uid, one.key) for one in self._found.values()]
        return [
            here(pinned)
            for pinned in visit.series
            if not any(pinned.is_of(*one) for one in found)
        ]


def join_question(people: Iterable[Alike]) -> str:
    """Return what to ask before patients are taken as one."""
    missing = dict.fromkeys(words for one in people for words in one.missing)
    return (
        f"These images agree in all of the patient but {', '.join(missing)}, which "
        "some of them lack. Are they of one patient? No leaves all as it is."
    )


def _images(series: Series) -> frozenset[tuple[str, str]]:
    """Return the images of a series, each by the UIDs of both."""
    uid = series.series_instance_uid
    return frozenset((uid, one.sop_instance_uid) for one in series.slices)


def is_pinned(series: Series, pinned: Iterable[SeriesReference]) -> bool:
    """Return whether a series is among those of a case."""
    return any(one.is_of(series.series_instance_uid, series.key) for one in pinned)


def _belongs(series: Series, visit: Timepoint) -> bool:
    """Whether a series is pinned to a visit or was made on its day."""
    return is_pinned(series, visit.series) or series.study_date == visit.date


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
            "Open the folder of one patient; the page Worklist lists many",
        )
    return [
        Timepoint(
            timepoint_id=one.name,
            date=one.date,
            series=tuple(
                series_reference(each) for each in (one.reading, one.pet) if each
            ),
        )
        for patient in patients
        for one in patient.timepoints
        if one.date is not None
    ]
