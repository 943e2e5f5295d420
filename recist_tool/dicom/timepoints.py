"""Proposed timepoints: studies of one patient by date, with the series to read."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom import tags
from recist_tool.dicom.phase import ARTERIAL, DELAYED, NATIVE, PORTAL_VENOUS
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from recist_tool.dicom.image import PatientKey
    from recist_tool.dicom.series import Series

THICKEST_MM: Final = 5.0  # Eisenhauer 2009, 3.1: slices of no more than 5 mm
FEWEST_SLICES: Final = 10
MODALITIES: Final = {"CT": 2, "MR": 1}
PHASES: Final = {PORTAL_VENOUS: 4, "": 3, DELAYED: 2, ARTERIAL: 2, NATIVE: 1}
SHARP_WORDS: Final = ("lung", "lunge", "bone", "knochen", "sharp")
UNREADABLE: Final = frozenset({WarningCode.LOCALIZER, WarningCode.NO_PIXEL_SPACING})


class ProposedTimepoint(NamedTuple):
    """All series of one patient on one day.

    Attributes
    ----------
    name
        BL, TP1, TP2 … by date; ``undated`` where the study has no date.
    reading
        The series proposed for measuring; None if none can be measured.
    reason
        Why that one, in a sentence.
    """

    name: str
    date: datetime.date | None
    series: tuple[Series, ...]
    reading: Series | None
    reason: str


class PatientTimepoints(NamedTuple):
    """The proposed timepoints of one patient, baseline first."""

    patient: PatientKey
    timepoints: tuple[ProposedTimepoint, ...]


def propose_timepoints(series: Iterable[Series]) -> tuple[PatientTimepoints, ...]:
    """Return timepoints by study date for each patient, never mixing two patients."""
    patients: defaultdict[PatientKey, list[Series]] = defaultdict(list)
    for one in series:
        patients[_person(one)].append(one)
    return tuple(
        PatientTimepoints(patient, _timepoints(every))
        for patient, every in sorted(patients.items())
    )


def _person(series: Series) -> PatientKey:
    """Return who was examined; of nobody known, each study is of somebody else."""
    if any(series.patient):
        return series.patient
    return series.patient._replace(name=f"study {series.study_instance_uid}")


def _timepoints(series: Sequence[Series]) -> tuple[ProposedTimepoint, ...]:
    days: defaultdict[datetime.date, list[Series]] = defaultdict(list)
    undated = [one for one in series if one.study_date is None]
    for one in series:
        if one.study_date is not None:
            days[one.study_date].append(one)
    proposed = [
        _timepoint("BL" if index == 0 else f"TP{index}", day, every)
        for index, (day, every) in enumerate(sorted(days.items()))
    ]
    if undated:
        proposed.append(_timepoint("undated", None, undated))
    return tuple(proposed)


def _timepoint(
    name: str, day: datetime.date | None, series: Sequence[Series]
) -> ProposedTimepoint:
    readable = [one for one in series if _is_readable(one)]
    if not readable:
        reason = "no CT or MR series here can be measured"
        return ProposedTimepoint(name, day, tuple(series), None, reason)
    best = max(readable, key=_merit)
    return ProposedTimepoint(name, day, tuple(series), best, _reason(best, readable))


def _is_readable(series: Series) -> bool:
    codes = {warning.code for warning in series.warnings}
    return series.modality in MODALITIES and not codes & UNREADABLE


class _Merit(NamedTuple):
    """How well a series serves for measuring; the first difference decides."""

    modality: int
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
        MODALITIES[series.modality],
        series.slice_spacing_mm is not None,
        len(series.slices) >= FEWEST_SLICES,
        thickness is not None and thickness <= THICKEST_MM,
        not _is_sharp(series),
        PHASES[series.phase],
        round(_length_mm(series), -1),
        len(series.slices),
    )


def _thickness_mm(series: Series) -> float | None:
    return series.slice_thickness_mm or series.slice_spacing_mm


def _length_mm(series: Series) -> float:
    return (series.slice_spacing_mm or 0.0) * len(series.slices)


def _is_sharp(series: Series) -> bool:
    kernel = series.slices[0].elements.text(tags.CONVOLUTION_KERNEL)
    text = f"{series.description} {kernel}".casefold()
    return any(word in text for word in SHARP_WORDS)


def _reason(best: Series, readable: Sequence[Series]) -> str:
    thickness = _thickness_mm(best)
    parts = [
        best.modality,
        best.phase and f"{best.phase} phase ({best.phase_reason})",
        f"{len(best.slices)} slices",
        f"{thickness:g} mm thick" if thickness else "thickness unknown",
        "" if best.slice_spacing_mm else "not one regular volume",
    ]
    among = f"; the best of {len(readable)}" if len(readable) > 1 else ""
    return ", ".join(part for part in parts if part) + among
