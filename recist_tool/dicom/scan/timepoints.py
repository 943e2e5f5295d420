"""Proposed timepoints: studies of one patient by date, with the series to read."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.scan.phase import ARTERIAL, DELAYED, NATIVE, PORTAL_VENOUS
from recist_tool.dicom.scan.suv_tags import SeriesSuv
from recist_tool.terms import SeriesRole, WarningCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.dicom.header.slice_header import PatientKey
    from recist_tool.dicom.scan.series import Series

LONGEST_VISIT: Final = timedelta(days=7)
"""A CT and its PET, or chest and abdomen, are often made some days apart; visits of a
trial are weeks apart."""
THICKEST_MM: Final = 5.0  # Eisenhauer 2009, 3.1: slices of no more than 5 mm
FEWEST_SLICES: Final = 10
MODALITIES: Final = {"CT": 2, "MR": 1}
PHASES: Final = {PORTAL_VENOUS: 4, "": 3, DELAYED: 2, ARTERIAL: 2, NATIVE: 1}
SHARP_WORDS: Final = ("lung", "lunge", "bone", "knochen", "sharp")
UNREADABLE: Final = frozenset({WarningCode.LOCALIZER, WarningCode.NO_PIXEL_SPACING})
ROLES: Final = {SeriesRole.LOW_DOSE_CT: 1, SeriesRole.DERIVED: 0}
ACQUIRED: Final = 2


class ProposedTimepoint(NamedTuple):
    """The series of one patient made for one visit.

    Attributes
    ----------
    name
        BL, TP1, TP2 … by date; PRE1, PRE2 … before the baseline where day 0 is known;
        ``undated`` where the study has no date.
    date
        Of the series that is read; of the first study where none can be.
    reading
        The series proposed for measuring; None if none can be measured.
    pet
        The PET proposed for SUV; None if there is none.
    reason
        Why these, in a sentence.
    """

    name: str
    date: date | None
    series: tuple[Series, ...]
    reading: Series | None
    pet: Series | None
    reason: str


class PatientTimepoints(NamedTuple):
    """The proposed timepoints of one patient, by date."""

    patient: PatientKey
    timepoints: tuple[ProposedTimepoint, ...]


def propose_timepoints(
    series: Iterable[Series], day_0: date | None = None
) -> tuple[PatientTimepoints, ...]:
    """Return timepoints by study date for each patient, never mixing two patients.

    Studies of up to seven days are one visit.

    Parameters
    ----------
    day_0
        Start of treatment: the last visit up to that day is the baseline. Without it,
        or with no visit up to it, the first visit is.
    """
    patients: defaultdict[PatientKey, list[Series]] = defaultdict(list)
    for one in series:
        patients[person_of(one)].append(one)
    return tuple(
        PatientTimepoints(patient, _timepoints(every, day_0))
        for patient, every in sorted(patients.items())
    )


def person_of(series: Series) -> PatientKey:
    """Return who was examined; of nobody known, each study is of somebody else."""
    if any(series.patient):
        return series.patient
    return series.patient._replace(name=f"study {series.study_instance_uid}")


def _timepoints(
    series: Sequence[Series], day_0: date | None
) -> tuple[ProposedTimepoint, ...]:
    undated = [one for one in series if one.study_date is None]
    proposed = [_timepoint("", visit) for visit in _visits(series)]
    before = [one for one in proposed if day_0 and one.date and one.date <= day_0]
    baseline = max(len(before) - 1, 0)
    named = [
        one._replace(name=_name(index - baseline, index))
        for index, one in enumerate(proposed)
    ]
    if undated:
        named.append(_timepoint("undated", undated)._replace(date=None))
    return tuple(named)


def _name(after_baseline: int, index: int) -> str:
    if after_baseline < 0:
        return f"PRE{index + 1}"
    return f"TP{after_baseline}" if after_baseline else "BL"


def _visits(series: Iterable[Series]) -> list[list[Series]]:
    """Return dated series by visit, each counted from its first day."""
    visits: list[list[Series]] = []
    first: date | None = None
    dated = [(one.study_date, one) for one in series if one.study_date is not None]
    for day, one in sorted(dated, key=lambda pair: pair[0]):
        if first is None or day - first > LONGEST_VISIT:
            visits.append([])
            first = day
        visits[-1].append(one)
    return visits


def _timepoint(name: str, series: Sequence[Series]) -> ProposedTimepoint:
    readable = [one for one in series if _is_readable(one)]
    best = max(readable, key=_merit, default=None)
    pet = max(filter(_is_pet, series), key=_pet_merit, default=None)
    dated = best or series[0]
    reason = (
        _reason(best, readable) if best else "no CT or MR series here can be measured"
    )
    days = sorted({one.study_date for one in series if one.study_date})
    if len(days) > 1:
        reason += f"; one visit with studies of {(days[-1] - days[0]).days} days"
    return ProposedTimepoint(
        name=name,
        date=dated.study_date,
        series=tuple(series),
        reading=best,
        pet=pet,
        reason=reason,
    )


def _is_pet(series: Series) -> bool:
    return series.role.name is SeriesRole.PET


def _pet_merit(series: Series) -> tuple[bool, bool, float]:
    """How well a PET serves: SUV, one regular volume, then the longest."""
    return (
        isinstance(series.suv, SeriesSuv),
        series.slice_spacing_mm is not None,
        _length_mm(series),
    )


def _is_readable(series: Series) -> bool:
    codes = {warning.code for warning in series.warnings}
    return series.modality in MODALITIES and not codes & UNREADABLE


class _Merit(NamedTuple):
    """How well a series serves for measuring; the first difference decides."""

    modality: int
    role: int
    is_volume: bool
    many_slices: bool
    is_thin: bool
    is_soft: bool
    phase: int
    length_mm: float
    slices: int


def _merit(series: Series) -> _Merit:
    thickness = _thickness_mm(series)
    return _Merit(
        modality=MODALITIES[series.modality],
        role=ROLES.get(series.role.name, ACQUIRED),
        is_volume=series.slice_spacing_mm is not None,
        many_slices=len(series.slices) >= FEWEST_SLICES,
        is_thin=thickness is not None and thickness <= THICKEST_MM,
        is_soft=not _is_sharp(series),
        phase=PHASES.get(series.phase, 0),
        length_mm=round(_length_mm(series), -1),
        slices=len(series.slices),
    )


def _thickness_mm(series: Series) -> float | None:
    return series.slice_thickness_mm or series.slice_spacing_mm


def _length_mm(series: Series) -> float:
    return (series.slice_spacing_mm or 0.0) * len(series.slices)


def _is_sharp(series: Series) -> bool:
    kernel = series.slices[0].elements.text(tags.CONVOLUTION_KERNEL)
    text = f"{series.description} {kernel}".casefold()
    return any(word in text for word in SHARP_WORDS)


def _is_plain(series: Series) -> bool:
    return series.role.name in (SeriesRole.DIAGNOSTIC_CT, SeriesRole.OTHER)


def _reason(best: Series, readable: Sequence[Series]) -> str:
    thickness = _thickness_mm(best)
    parts = [
        best.modality,
        "" if _is_plain(best) else f"{best.role.name} ({best.role.reason})",
        best.phase and f"{best.phase} phase ({best.phase_reason})",
        f"{len(best.slices)} slices",
        f"{thickness:g} mm thick" if thickness else "thickness unknown",
        "" if best.slice_spacing_mm else "not one regular volume",
    ]
    among = f"; the best of {len(readable)}" if len(readable) > 1 else ""
    return ", ".join(part for part in parts if part) + among
