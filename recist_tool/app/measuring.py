"""The lesions of a file of masks, measured: on a series, or by themselves."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from recist_tool.app.overlaps import overlaps
from recist_tool.dicom.load import load, open_volume
from recist_tool.dicom.masks.mask_file import segment_at, too_slow
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.series import proposed_dose, with_proposed_dose
from recist_tool.errors import Fault, GeometryError, InputError, SuvRefused
from recist_tool.limits import measuring_ends
from recist_tool.measure.mask.statistics import SUV_UNITS, require_suv_of_pet
from recist_tool.measure.mask_measure import measure_mask
from recist_tool.measure.pet.metabolic import fraction_of_max, metabolic
from recist_tool.terms import Boundary, SuvUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from recist_tool.dicom.masks.mask_file import MaskFile, Segment, Segments
    from recist_tool.dicom.scan.series import Series
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.measure.mask_measure import MaskMeasure
    from recist_tool.measure.pet.metabolic import Metabolic


AS_ENTERED: Final = "take it so by --dose-as-entered, or on the PET page"


class UptakeThreshold(NamedTuple):
    """What of a lesion counts as metabolically active.

    Attributes
    ----------
    value
        In the units of the PET, or as a fraction of the maximum of the lesion.
    """

    value: float
    is_of_maximum: bool

    @classmethod
    def of(cls, text: str) -> UptakeThreshold:
        """Return the threshold that a person wrote: ``4`` or ``41%``.

        Raises
        ------
        ValueError
            If it is neither, or not above 0, or above the maximum.
        """
        match = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(%?)\s*", text)
        if match is None or not float(match[1]):
            raise ValueError(text)
        is_of_maximum = bool(match[2])
        value = float(match[1]) / (100 if is_of_maximum else 1)
        if is_of_maximum and value > 1:
            raise ValueError(text)
        return cls(value, is_of_maximum)

    def __str__(self) -> str:
        """Return it as a person writes it."""
        return f"{self.value * 100:g}%" if self.is_of_maximum else f"{self.value:g}"


class MeasureOptions(NamedTuple):
    """How lesions are measured.

    Attributes
    ----------
    boundary, inside_only
        As `recist_tool.measure.mask.axes.axes` takes them.
    fraction
        Of fractional segmentations: what a voxel holds at least to be inside.
    thresholds
        Of metabolic tumour volumes.
    suv_unit
        In which a PET is measured.
    dose_as_entered
        Whether a dose that is implausible in becquerels is taken in kBq or MBq.
    """

    boundary: Boundary = Boundary.EDGE
    inside_only: bool = False
    fraction: float = 0.5
    thresholds: tuple[UptakeThreshold, ...] = ()
    suv_unit: SuvUnit = SuvUnit.BODY_WEIGHT
    dose_as_entered: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return them for a file of results."""
        answer: dict[str, Any] = {
            "boundary": str(self.boundary),
            "inside_only": self.inside_only,
            "fraction": self.fraction,
            "thresholds": list(map(str, self.thresholds)),
            "suv_unit": str(self.suv_unit),
        }
        if self.dose_as_entered:  # left out else: lines of earlier versions stay valid
            answer["dose_as_entered"] = True
        return answer


class MeasuredLesion(NamedTuple):
    """One lesion of a file and what it measures.

    Attributes
    ----------
    segment
        As the file has it, on the voxels that were measured.
    metabolic
        By each threshold, in their order; empty unless the series is a PET in SUV.
    """

    segment: Segment
    measure: MaskMeasure
    metabolic: tuple[tuple[UptakeThreshold, Metabolic], ...] = ()

    @property
    def tlg_g(self) -> float | None:
        """Mean uptake times volume of the whole lesion; None unless it is in SUV."""
        found = self.measure
        if found.statistics is None or found.volume_ml is None:
            return None
        return (
            found.statistics.mean * found.volume_ml
            if found.units in SUV_UNITS
            else None
        )

    def as_json(self) -> dict[str, Any]:
        """Return the lesion as `recist measure --json` prints it."""
        values = dict.fromkeys(("mean", "sd", "min", "max", "suv_peak"))
        answer: dict[str, Any] = {
            "label": self.segment.label,
            "name": self.segment.name,
        }
        answer |= self.measure.as_json()
        answer["mesh_diameter_mm"] = self.measure.mesh_diameter_mm
        answer |= {key: answer.get(key) for key in values} | {"tlg_g": self.tlg_g}
        if self.metabolic:
            answer["metabolic"] = [
                {"of": str(threshold), "threshold": found.threshold}
                | {"mtv_ml": found.mtv_ml, "tlg_g": found.tlg_g}
                for threshold, found in self.metabolic
            ]
        return answer


class MeasuredFile(NamedTuple):
    """What a file of masks measures.

    Attributes
    ----------
    kind
        The format of the file, in a word.
    lesions
        By label.
    boundary
        What their lengths reach to.
    units
        Of the values of voxels: ``HU``, ``SUVbw``, ``SUL``; empty without a series.
    series
        On which they were measured; None without one.
    volume
        Its pixels; None without a series, or where values are refused.
    faults
        What was not measured, and why.
    remarks
        What a person should know about what was.
    """

    kind: str
    lesions: tuple[MeasuredLesion, ...]
    boundary: Boundary
    units: str
    series: Series | None
    volume: Volume | None
    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `recist measure --json` prints."""
        return {
            "lesions": [lesion.as_json() for lesion in self.lesions],
            "boundary": str(self.boundary),
            "units": self.units or None,
        }


def measure_file(
    path: Path,
    series: Sequence[Series] = (),
    options: MeasureOptions = MeasureOptions(),  # noqa: B008 - it cannot change
) -> MeasuredFile:
    """Return what the lesions of a file measure.

    Parameters
    ----------
    path
        A DICOM SEG, an RTSTRUCT, or a NIfTI or NRRD label image.
    series
        Those among which is the one that they were drawn on; empty to measure the
        lesions on the voxels of their own file, without values.

    Raises
    ------
    InputError
        If the file is damaged or empty, or lies on none, or several, of the series.
    StorageError
        If it cannot be read.
    """
    return measure_masks(read_masks(path, options.fraction), series, options)


def measure_masks(
    file: MaskFile,
    series: Sequence[Series] = (),
    options: MeasureOptions = MeasureOptions(),  # noqa: B008 - it cannot change
) -> MeasuredFile:
    """Return what the lesions of a file that was read measure, as `measure_file`.

    Parameters
    ----------
    series
        The images to choose from; empty measures the masks by themselves, without HU,
        SUV and the check of where they lie.
    """
    if not series:
        return _measured(file, file.segments(), None, options)
    chosen = _chosen(file, series)
    return _measured(file, chosen.segments, chosen.series, options)


class _Fit(NamedTuple):
    """A series on which lesions lie."""

    series: Series
    segments: Segments


def _chosen(file: MaskFile, series: Sequence[Series]) -> _Fit:
    """Return the one series on which the lesions lie."""
    uid = file.series_instance_uid
    referenced = [one for one in series if uid and one.series_instance_uid == uid]
    fits: list[_Fit] = []
    refusals: list[InputError] = []
    for one in referenced or series:
        try:
            grid = open_volume(one, first=0).volume.grid
            fits.append(_Fit(one, file.segments(grid)))
        except InputError as error:
            refusals.append(error)
    if len(fits) > 1:
        fits = _least_faulty(fits)
    if len(fits) == 1:
        return _with_remark(fits[0], file) if uid and not referenced else fits[0]
    if not fits and len(refusals) == 1:
        raise refusals[0]
    what = f"it lies on {len(fits) or 'none'} of the {len(series)} series"
    raise GeometryError.at(file.path.name, what, "Give the one on which it was drawn")


def _least_faulty(fits: Sequence[_Fit]) -> list[_Fit]:
    """Return those on which the most lesions lie."""
    least = min(len(fit.segments.faults) for fit in fits)
    return [fit for fit in fits if len(fit.segments.faults) == least]


def _with_remark(fit: _Fit, file: MaskFile) -> _Fit:
    remark = Fault(
        file.path.name,
        "the series on which it was drawn is not there; measured on the one whose "
        "voxels it fits",
    )
    remarks = (*fit.segments.remarks, remark)
    return fit._replace(segments=fit.segments._replace(remarks=remarks))


def _measured(
    file: MaskFile,
    drawn: Segments,
    series: Series | None,
    options: MeasureOptions,
) -> MeasuredFile:
    faults = list(drawn.faults)
    volume, refused = _values(series, options)
    lesions: list[MeasuredLesion] = []
    ends = measuring_ends()
    for number, segment in enumerate(drawn.segments):
        if time.monotonic() > ends:
            faults.append(too_slow(file.path, len(drawn.segments) - number))
            break
        try:
            lesions.append(_lesion(segment, volume, options))
        except InputError as error:
            where = segment_at(file.path, segment.label)
            faults += (fault._replace(where=where) for fault in error.faults)
    faults += (fault._replace(where=file.path.name) for fault in refused)
    return MeasuredFile(
        kind=file.kind,
        lesions=tuple(lesions),
        boundary=options.boundary,
        units=volume.units if volume is not None else "",
        series=series,
        volume=volume,
        faults=tuple(faults),
        remarks=(
            *drawn.remarks,
            *overlaps(file.path, drawn.segments),
            *_idle_thresholds(file.path, volume, options),
        ),
    )


def _values(
    series: Series | None, options: MeasureOptions
) -> tuple[Volume | None, tuple[Fault, ...]]:
    """Return the image to take values from, or why there is none."""
    if series is None:
        return None, ()
    volume = load(with_proposed_dose(series) if options.dose_as_entered else series)
    try:
        require_suv_of_pet(volume)
        if volume.units in SUV_UNITS:
            volume = volume.in_suv(options.suv_unit)
    except SuvRefused as error:
        dose = proposed_dose(series)
        if dose is None or options.dose_as_entered:
            return None, error.faults
        remedy = f"If it is {(dose.total_dose_bq or 0) / 1e6:g} MBq: {AS_ENTERED}"
        return None, tuple(one._replace(remedy=remedy) for one in error.faults)
    return volume, ()


def _idle_thresholds(
    path: Path, volume: Volume | None, options: MeasureOptions
) -> Iterator[Fault]:
    if options.thresholds and (volume is None or volume.units not in SUV_UNITS):
        what = "thresholds are of uptake, so they need a PET in SUV: left out"
        yield Fault(path.name, what)


def _lesion(
    segment: Segment, volume: Volume | None, options: MeasureOptions
) -> MeasuredLesion:
    measure = measure_mask(
        segment.mask, volume, options.boundary, inside_only=options.inside_only
    )
    if volume is None or volume.units not in SUV_UNITS:
        return MeasuredLesion(segment, measure)
    active = tuple(
        (one, _metabolic(segment.mask, volume, one)) for one in options.thresholds
    )
    return MeasuredLesion(segment, measure, active)


def _metabolic(mask: Mask, volume: Volume, threshold: UptakeThreshold) -> Metabolic:
    value = threshold.value
    if threshold.is_of_maximum:
        value = fraction_of_max(mask, volume, value)
    return metabolic(mask, volume, value)
