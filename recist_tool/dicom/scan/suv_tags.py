"""PET tags read into the numbers that `recist_tool.measure.pet.suv` computes with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.elements import on_clock
from recist_tool.errors import SuvRefused
from recist_tool.measure.geometry.volume import SuvScale
from recist_tool.measure.pet.nuclides import OF_CODE, nuclide_named
from recist_tool.measure.pet.suv import (
    PetFacts,
    SuvFactors,
    suv_factors,
    suv_scales,
    suvbw_factor,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from recist_tool.dicom.header.elements import Elements
    from recist_tool.dicom.header.slice_header import SliceHeader
    from recist_tool.measure.pet.nuclides import Nuclide
    from recist_tool.model.suv_override import SuvOverride

GE_CREATOR: Final = "GEMS_PETD_01"
PHILIPS_CREATOR: Final = "Philips PET Private Group"
HALF_A_DAY: Final = timedelta(hours=12)
WRITTEN: Final = {
    "units": "Units (0054,1001)",
    "suv_type": "SUVType (0054,1006)",
    "corrections": "CorrectedImage (0028,0051)",
    "decay_correction": "DecayCorrection (0054,1102)",
    "half_life_s": "RadionuclideHalfLife (0018,1075)",
    "nuclide": "RadionuclideCodeSequence (0054,0300)",
    "total_dose_bq": "RadionuclideTotalDose (0018,1074)",
    "injected_at": "RadiopharmaceuticalStartDateTime (0018,1078)",
    "injected_time": "RadiopharmaceuticalStartTime (0018,1072)",
    "series_at": "SeriesTime (0008,0031)",
    "weight_kg": "PatientWeight (0010,1030)",
    "height_m": "PatientSize (0010,1020)",
    "sex": "PatientSex (0010,0040)",
    "philips_suv_scale": "(7053,1000)",
    "philips_activity_scale": "(7053,1009)",
}
"""What must be the same on every slice, as people write it."""


IN_SUV: Final = "GML"
"""Units of pixels that need neither dose nor time."""
OF_IMAGE: Final = (
    (tags.PATIENT_WEIGHT, "weight_kg"),
    (tags.FRAME_REFERENCE_TIME, "FrameReferenceTime (0054,1300)"),
    (tags.ACTUAL_FRAME_DURATION, "ActualFrameDuration (0018,1242)"),
)
OF_ISOTOPE: Final = (
    (tags.TOTAL_DOSE, "total_dose_bq"),
    (tags.HALF_LIFE, "half_life_s"),
)
"""Numbers of which SUV is computed, as `WRITTEN` or people know them."""


class SuvRefusal(NamedTuple):
    """Why a PET series has no SUV."""

    refused: str


class SeriesSuv(NamedTuple):
    """The factors of a PET series.

    Attributes
    ----------
    factors
        Of the series; of its first slice where they differ.
    by_slice
        To SUVbw, one for each slice.
    scales
        From SUVbw to every other unit.
    """

    factors: SuvFactors
    by_slice: tuple[float, ...]
    scales: tuple[SuvScale, ...]

    @property
    def is_uniform(self) -> bool:
        """Whether all slices have one factor."""
        return len(set(self.by_slice)) == 1


def series_suv(
    slices: Sequence[SliceHeader], override: SuvOverride | None = None
) -> SeriesSuv | SuvRefusal:
    """Return the SUV factors of a PET series, or why there are none.

    Parameters
    ----------
    override
        Values that a reader lets stand for tags; the method of the factors names them.
    """
    try:
        return _series_suv(slices, override)
    except SuvRefused as refusal:
        return SuvRefusal("; ".join(fault.what for fault in refusal.faults))


def _series_suv(
    slices: Sequence[SliceHeader], override: SuvOverride | None
) -> SeriesSuv:
    _require_rescaled(slices)
    every = _every_facts(slices, override)
    _require_agreement(every)
    earliest = _earliest(every)
    factors = suv_factors(earliest)
    if override is not None:
        factors = factors._replace(method=f"{factors.method}; {_told(override)}")
    scales = suv_scales(earliest)
    if earliest.decay_correction == "NONE" and earliest.units != "GML":
        return SeriesSuv(factors, tuple(map(suvbw_factor, every)), scales)
    return SeriesSuv(factors, (factors.suvbw_factor,) * len(slices), scales)


def earliest_facts(
    slices: Sequence[SliceHeader], override: SuvOverride | None = None
) -> PetFacts:
    """Return what the tags of the slice say that was acquired first.

    Parameters
    ----------
    override
        Values that a reader lets stand for tags.

    Raises
    ------
    SuvRefused
        If the tags name several injections, or amounts that are no numbers.
    """
    return _earliest(_every_facts(slices, override))


def _every_facts(
    slices: Sequence[SliceHeader], override: SuvOverride | None
) -> list[PetFacts]:
    return _past_midnight([_facts(image, override) for image in slices])


def _earliest(every: Sequence[PetFacts]) -> PetFacts:
    return min(every, key=lambda f: (f.acquired_at is None, f.acquired_at or 0))


def _facts(image: SliceHeader, override: SuvOverride | None) -> PetFacts:
    """Return what the tags say, with what stands for some of them in their place."""
    facts = pet_facts(image.elements)
    stated = {} if override is None else dict(override.stated)
    if facts.units != IN_SUV:
        _require_numbers(image.elements, stated)
    if override is None:
        return facts
    stated["is_half_life_stated"] = override.half_life_s is not None
    if override.injected_at is not None:
        moment = override.injected_at
        stated["injected_at"] = on_clock(moment.date(), moment.time())
        stated["injected_time"] = None
    return replace(facts, **stated)


def _require_numbers(found: Elements, stated: Collection[str]) -> None:
    """Refuse amounts and times that are there and no numbers, unless others stand.

    Taken as missing, another would be used in their place.
    """
    isotopes = found.items(tags.RADIOPHARMACEUTICAL)
    every = [(found, one) for one in OF_IMAGE]
    every += [(isotope, one) for isotope in isotopes for one in OF_ISOTOPE]
    faults = [
        f"{WRITTEN.get(name, name)} {of.why_no(tag, 'number')}"
        for of, (tag, name) in every
        if name not in stated and of.text(tag) and of.number(tag) is None
    ]
    if faults:
        raise SuvRefused(*faults)


def _past_midnight(every: list[PetFacts]) -> list[PetFacts]:
    """Return the facts with beds after midnight on the day after the first.

    Scanners that do not advance AcquisitionDate put them a day before the others: one
    series with more than half a day between two beds is none that anybody acquires.
    """
    moments = sorted({one.acquired_at for one in every if one.acquired_at})
    if len({at.date() for at in moments}) != 1:
        return every
    wait, early = max(((b - a, a) for a, b in pairwise(moments)), default=(None, None))
    if wait is None or early is None or wait < HALF_A_DAY:
        return every
    return [
        replace(one, acquired_at=one.acquired_at + timedelta(days=1))
        if one.acquired_at and one.acquired_at <= early
        else one
        for one in every
    ]


def _told(override: SuvOverride) -> str:
    values = ", ".join(
        f"{WRITTEN[name]} is {value}" for name, value in override.stated.items()
    )
    return f"overridden by the reader: {values} ({override.reason})"


def _require_rescaled(slices: Sequence[SliceHeader]) -> None:
    """Refuse stored values: only rescaled ones are in the unit that a file names."""
    for tag, name in (
        (tags.RESCALE_SLOPE, "RescaleSlope"),
        (tags.RESCALE_INTERCEPT, "RescaleIntercept"),
    ):
        for image in slices:
            if image.elements.number(tag) is None:
                why = image.elements.why_no(tag, "number")
                raise SuvRefused(f"{name} {tags.written(tag)} {why}")


def _require_agreement(every: Sequence[PetFacts]) -> None:
    """Refuse slices that contradict each other in what holds for all of them."""
    differing = [
        words
        for name, words in WRITTEN.items()
        if len({getattr(facts, name) for facts in every}) > 1
    ]
    if differing:
        raise SuvRefused(f"slices differ in {', '.join(differing)}")


def pet_facts(found: Elements) -> PetFacts:
    """Return what the tags of one PET image say about SUV."""
    isotopes = found.items(tags.RADIOPHARMACEUTICAL)
    if len(isotopes) > 1:
        raise SuvRefused(
            "RadiopharmaceuticalInformationSequence (0054,0016) names "
            f"{len(isotopes)} injections"
        )
    facts = PetFacts(
        units=found.text(tags.UNITS),
        suv_type=found.text(tags.SUV_TYPE),
        corrections=found.texts(tags.CORRECTED_IMAGE) or None,
        decay_correction=found.text(tags.DECAY_CORRECTION),
        series_at=found.moment(tags.SERIES_DATE, tags.SERIES_TIME),
        acquired_at=found.moment(tags.ACQUISITION_DATE, tags.ACQUISITION_TIME)
        or found.datetime(tags.ACQUISITION_DATETIME),
        frame_reference_s=_seconds(found.number(tags.FRAME_REFERENCE_TIME)),
        frame_duration_s=_seconds(found.number(tags.ACTUAL_FRAME_DURATION)),
        weight_kg=found.number(tags.PATIENT_WEIGHT),
        height_m=found.number(tags.PATIENT_SIZE),
        sex=found.text(tags.PATIENT_SEX),
    )
    facts = _with_private(facts, found)
    return _with_injection(facts, isotopes[0]) if isotopes else facts


def _with_injection(facts: PetFacts, isotope: Elements) -> PetFacts:
    return replace(
        facts,
        half_life_s=isotope.number(tags.HALF_LIFE),
        nuclide=_nuclide(isotope),
        total_dose_bq=isotope.number(tags.TOTAL_DOSE),
        injected_at=isotope.datetime(tags.INJECTION_DATETIME),
        injected_time=isotope.time(tags.INJECTION_TIME),
    )


def _nuclide(isotope: Elements) -> Nuclide | None:
    """Return the nuclide by its code, or else by the name of the drug."""
    for code in isotope.items(tags.RADIONUCLIDE_CODE):
        found = OF_CODE.get(code.text(tags.CODE_VALUE))
        if found is not None:
            return found
    return nuclide_named(isotope.text(tags.RADIOPHARMACEUTICAL_NAME))


def _with_private(facts: PetFacts, found: Elements) -> PetFacts:
    """Add private tags, unless their block belongs to somebody else."""
    if found.text(tags.GE_PRIVATE_CREATOR) in (GE_CREATOR, ""):
        facts = replace(facts, ge_scan_at=found.datetime(tags.GE_SCAN_DATETIME))
    if found.text(tags.PHILIPS_PRIVATE_CREATOR) in (PHILIPS_CREATOR, ""):
        facts = replace(
            facts,
            philips_suv_scale=found.number(tags.PHILIPS_SUV_SCALE),
            philips_activity_scale=found.number(tags.PHILIPS_ACTIVITY_SCALE),
        )
    return facts


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
