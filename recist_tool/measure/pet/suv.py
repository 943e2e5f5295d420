"""Standardised uptake values from numbers: what one unit of a rescaled pixel is worth.

The rules follow the vendor-neutral pseudo-code of the QIBA FDG-PET profile and the PET
modules of DICOM PS3.3 (C.8.9), with two additions: doses that were decay-corrected to
their administration (ADMIN), and images that were not decay-corrected at all (NONE).
Whatever is missing or contradictory is refused by name; nothing is guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.errors import Fault, SuvRefused
from recist_tool.measure.geometry.volume import SuvScale
from recist_tool.measure.pet.body_size import (
    EITHER,
    LeanBodyMass,
    body_surface_m2,
    ideal_weight_kg,
    lean_body_mass_kg,
)
from recist_tool.measure.pet.nuclides import in_other_unit, nuclide_with
from recist_tool.terms import SuvUnit

if TYPE_CHECKING:
    from collections.abc import Callable

    from recist_tool.measure.pet.nuclides import Nuclide

LEAST_DOSE_BQ: Final = 2e6  # 2 MBq: 2000 MBq in kBq, more than anybody is given
LEAST_DOSE_KBQ: Final = 1e5  # less was entered in MBq
MOST_DOSE_BQ: Final = 1e10
WEIGHT_KG: Final = (0.2, 650.0)
HEIGHT_M: Final = (0.25, 2.75)
LONGEST_WAIT_S: Final = 24 * 3600
HALF_LIVES_LEFT: Final = 10  # after these no nuclide is worth imaging
MOST_HALF_LIVES: Final = 14  # a day of F-18; hours and minutes written as s are beyond
LEAN: Final = {
    "LBM": LeanBodyMass.JAMES_120,
    "LBMJAMES128": LeanBodyMass.JAMES,
    "LBMJANMA": LeanBodyMass.JANMAHASATIAN,
}
"""SUV Type (0054,1006) and the formula that it stands for."""

KINDS: Final = {
    SuvUnit.LEAN_JANMAHASATIAN: "LBMJANMA",
    SuvUnit.LEAN_JAMES: "LBMJAMES128",
    SuvUnit.BODY_SURFACE: "BSA",
    SuvUnit.IDEAL_WEIGHT: "IBW",
}
"""A unit and the SUV Type that stands for it."""

SAME_INJECTION: Final = timedelta(minutes=1)
SAME_MOMENT_S: Final = 10.0
"""Clocks of one scanner agree so well; F-18 decays by 0.1 % in that time."""
GE_SCAN: Final = "the scan time of GE (0009,100D)"
FIRST: Final = "the earliest acquisition"


@dataclass(frozen=True, kw_only=True)
class PetFacts:
    """What the tags of a PET series say; None or empty where they say nothing.

    Moments are on the scanner's clock, of which UTC is the stand-in.

    Attributes
    ----------
    units
        BQML, CNTS, GML or CM2ML.
    suv_type
        What GML or CM2ML stand for: BW, LBM, LBMJAMES128, LBMJANMA, BSA or IBW.
    corrections
        The words of CorrectedImage; None if it is missing.
    decay_correction
        START, ADMIN or NONE.
    nuclide
        By its code, or else by the name of the radiopharmaceutical.
    is_half_life_stated
        Whether a reader vouches for the half-life, whichever nuclide's it is.
    injected_at, injected_time
        The full date and time, and the time of day alone.
    series_at, acquired_at, ge_scan_at
        Of the series, of its earliest image, and from the private tag of GE.
    frame_reference_s, frame_duration_s
        Of the image that was acquired at `acquired_at`.
    philips_suv_scale, philips_activity_scale
        Private factors that go with counts.
    """

    units: str = ""
    suv_type: str = ""
    corrections: tuple[str, ...] | None = None
    decay_correction: str = ""
    half_life_s: float | None = None
    nuclide: Nuclide | None = None
    is_half_life_stated: bool = False
    total_dose_bq: float | None = None
    injected_at: datetime | None = None
    injected_time: time | None = None
    series_at: datetime | None = None
    acquired_at: datetime | None = None
    ge_scan_at: datetime | None = None
    frame_reference_s: float | None = None
    frame_duration_s: float | None = None
    weight_kg: float | None = None
    height_m: float | None = None
    sex: str = ""
    philips_suv_scale: float | None = None
    philips_activity_scale: float | None = None


class SuvFactors(NamedTuple):
    """What rescaled pixels are multiplied with.

    Attributes
    ----------
    units
        Of the rescaled pixels: BQML, CNTS, GML or CM2ML.
    suvbw_factor
        To SUV by body weight, g/ml.
    sul_factor
        To SUV by lean body mass, g/ml; None where that is refused.
    method
        How the factors came about, in a sentence; and why there is no `sul_factor`.
    """

    units: str
    suvbw_factor: float
    sul_factor: float | None
    method: str


class _Step(NamedTuple):
    """A number and how it came about."""

    value: float
    how: str


def suv_factors(facts: PetFacts) -> SuvFactors:
    """Return the factors to SUVbw and SUL.

    Raises
    ------
    SuvRefused
        If a tag is missing or contradicts another; the tag is named.
    """
    factor, how = _suvbw(facts)
    try:
        sul: float | None = factor * _normalizer(facts, "LBMJANMA")
        how = f"{how}; SUL by Janmahasatian{_of_both(facts)}"
    except SuvRefused as refusal:
        sul = None
        how = f"{how}; no SUL: {'; '.join(fault.what for fault in refusal.faults)}"
    return SuvFactors(facts.units, factor, sul, how)


def _of_both(facts: PetFacts) -> str:
    if facts.sex != EITHER:
        return ""
    return ", the mean of both sexes, as PatientSex (0010,0040) is O"


def uptake_minutes(facts: PetFacts) -> float:
    """Return the minutes from injection to scan.

    Raises
    ------
    SuvRefused
        If either is missing, or the scan came first, or too late to show anything.
    """
    return _wait(facts).seconds / 60


def suvbw_factor(facts: PetFacts) -> float:
    """Return what a rescaled pixel is multiplied with to give SUV by body weight.

    Raises
    ------
    SuvRefused
        If a tag is missing or contradicts another; the tag is named.

    Examples
    --------
    A voxel of 5000 Bq/ml, one hour and 370 MBq of F-18 after injection:

    >>> from datetime import UTC, datetime
    >>> facts = PetFacts(
    ...     units="BQML",
    ...     corrections=("ATTN", "DECY"),
    ...     decay_correction="START",
    ...     half_life_s=6586.2,
    ...     total_dose_bq=370e6,
    ...     injected_at=datetime(2024, 1, 2, 10, tzinfo=UTC),
    ...     series_at=datetime(2024, 1, 2, 11, tzinfo=UTC),
    ...     weight_kg=70,
    ... )
    >>> round(5000 * suvbw_factor(facts), 3)
    1.382
    """
    return _suvbw(facts).value


def suv_scales(facts: PetFacts) -> tuple[SuvScale, ...]:
    """Return how SUVbw is turned into every other unit, or why it cannot be.

    >>> suv_scales(PetFacts(weight_kg=70, height_m=1.75, sex="F"))[0].per_suvbw
    1.0
    """
    return tuple(_scale(facts, unit) for unit in SuvUnit)


def _scale(facts: PetFacts, unit: SuvUnit) -> SuvScale:
    if unit is SuvUnit.BODY_WEIGHT:
        return SuvScale(unit, 1.0)
    try:
        return SuvScale(unit, _normalizer(facts, KINDS[unit]))
    except SuvRefused as refusal:
        return SuvScale(unit, None, "; ".join(fault.what for fault in refusal.faults))


def _suvbw(facts: PetFacts) -> _Step:
    try:
        return _counted(facts)
    except ArithmeticError:
        raise SuvRefused(
            "its dates, times or amounts are beyond what can be computed with"
        ) from None


def _counted(facts: PetFacts) -> _Step:
    _require_attenuation(facts)
    if facts.units == "BQML":
        return _from_activity(facts)
    if facts.units == "CNTS":
        return _from_counts(facts)
    if facts.units in ("GML", "CM2ML"):
        return _from_suv(facts)
    raise SuvRefused(
        f"Units (0054,1001) is {facts.units or 'missing'}: "
        "not one of BQML, CNTS, GML, CM2ML"
    )


def _require_attenuation(facts: PetFacts) -> None:
    if facts.corrections is not None and "ATTN" not in facts.corrections:
        raise SuvRefused(
            "CorrectedImage (0028,0051) has no ATTN: "
            "the image is not corrected for attenuation"
        )


def _from_counts(facts: PetFacts) -> _Step:
    """Philips: counts with a private factor to SUVbw, or else to Bq/ml."""
    if facts.philips_suv_scale:
        return _Step(facts.philips_suv_scale, "CNTS x private SUV scale (7053,1000)")
    if facts.philips_activity_scale:
        factor, how = _from_activity(facts)
        return _Step(
            factor * facts.philips_activity_scale,
            f"CNTS x private activity scale (7053,1009); {how}",
        )
    raise SuvRefused(
        "Units (0054,1001) is CNTS, but neither private factor, "
        "(7053,1000) or (7053,1009), is there"
    )


def _from_suv(facts: PetFacts) -> _Step:
    """Convert pixels that are SUV of the kind that SUV Type (0054,1006) names."""
    kind = facts.suv_type or ("BW" if facts.units == "GML" else "BSA")
    if facts.units == "CM2ML" and kind != "BSA":
        raise SuvRefused(
            f"Units (0054,1001) is CM2ML, but SUV Type (0054,1006) is {kind}"
        )
    if kind == "BW":
        return _Step(1.0, f"{facts.units}: pixels are SUVbw already")
    return _Step(
        1 / _normalizer(facts, kind), f"{facts.units}: pixels are SUV by {kind}"
    )


def _normalizer(facts: PetFacts, kind: str) -> float:
    """Return by how much SUV of a kind exceeds SUVbw (g/ml, or cm2/ml for BSA)."""
    weight, height, sex = _weight_kg(facts), _height_m(facts), facts.sex
    if kind in LEAN:
        return lean_body_mass_kg(weight, height, sex, LEAN[kind]) / weight
    if kind == "BSA":
        return body_surface_m2(weight, height) * 1e4 / (weight * 1e3)  # cm2, g
    if kind == "IBW":
        return ideal_weight_kg(height, sex) / weight
    raise SuvRefused(f"SUV Type (0054,1006) {kind} cannot be converted to SUVbw")


def _from_activity(facts: PetFacts) -> _Step:
    """Return body weight over dose; for pixels in Bq/ml."""
    _require_tags(facts)
    weight_g, dose = _weight_kg(facts) * 1000, _dose_bq(facts)
    if facts.decay_correction == "ADMIN":
        return _Step(weight_g / dose, "pixels decay-corrected to administration")
    wait, how = _wait(facts)
    left = dose * 2 ** (-wait / _half_life_s(facts))
    said = f"dose decayed by {wait:.1f} s to {how}{_other_injection(facts)}"
    return _Step(weight_g / left, said)


def _other_injection(facts: PetFacts) -> str:
    """Say that the two tags of the injection differ; the full one is used."""
    full, clock = facts.injected_at, facts.injected_time
    if full is None or clock is None:
        return ""
    other = datetime.combine(full.date(), clock, tzinfo=UTC)
    if abs(full - other) <= SAME_INJECTION:
        return ""
    return (
        f"; injected at {full:%H:%M:%S} by (0018,1078), though (0018,1072) says "
        f"{clock:%H:%M:%S}"
    )


def _require_tags(facts: PetFacts) -> None:
    """Refuse with everything at once that is missing or implausible."""
    faults: list[Fault] = []
    checks: list[Callable[[PetFacts], object]] = [_require_decay, _weight_kg, _dose_bq]
    if facts.decay_correction != "ADMIN":
        checks.append(_half_life_s)
    for check in checks:
        try:
            check(facts)
        except SuvRefused as refusal:
            faults.extend(refusal.faults)
    if faults:
        raise SuvRefused(*faults)


def _require_decay(facts: PetFacts) -> None:
    """Refuse unless both tags tell the same about decay correction."""
    if facts.corrections is None:
        raise SuvRefused("CorrectedImage (0028,0051) is missing")
    kind = facts.decay_correction
    if kind not in ("START", "ADMIN", "NONE"):
        raise SuvRefused(
            f"DecayCorrection (0054,1102) is {kind or 'missing'}: "
            "not one of START, ADMIN, NONE"
        )
    if ("DECY" in facts.corrections) == (kind == "NONE"):
        has = "has DECY" if kind == "NONE" else "has no DECY"
        raise SuvRefused(
            f"CorrectedImage (0028,0051) {has}, "
            f"but DecayCorrection (0054,1102) is {kind}"
        )


def _weight_kg(facts: PetFacts) -> float:
    if not facts.weight_kg:
        raise SuvRefused("PatientWeight (0010,1030) is missing or 0")
    least, most = WEIGHT_KG
    if not least <= facts.weight_kg <= most:
        raise SuvRefused(
            f"PatientWeight (0010,1030) is in kg; {facts.weight_kg:g} is implausible"
        )
    return facts.weight_kg


def _height_m(facts: PetFacts) -> float:
    if not facts.height_m:
        raise SuvRefused("PatientSize (0010,1020) is missing or 0")
    least, most = HEIGHT_M
    if not least <= facts.height_m <= most:
        raise SuvRefused(
            f"PatientSize (0010,1020) is metres; {facts.height_m:g} is implausible"
        )
    return facts.height_m


def _dose_bq(facts: PetFacts) -> float:
    if not facts.total_dose_bq:
        raise SuvRefused("RadionuclideTotalDose (0018,1074) is missing or 0")
    if not LEAST_DOSE_BQ <= facts.total_dose_bq <= MOST_DOSE_BQ:
        entered = dose_entered(facts.total_dose_bq)
        question = f" (entered in {entered.unit}?)" if entered else ""
        raise SuvRefused(
            f"RadionuclideTotalDose (0018,1074) is becquerels; "
            f"{facts.total_dose_bq:g} is implausible{question}"
        )
    return facts.total_dose_bq


class EnteredDose(NamedTuple):
    """A dose that was not entered in becquerels.

    Attributes
    ----------
    unit
        In which it would be plausible: MBq or kBq.
    bq
        What it is then.
    """

    unit: str
    bq: float


def dose_entered(value: float) -> EnteredDose | None:
    """Return in which unit an implausible dose may have been entered; None for none.

    Parameters
    ----------
    value
        Of RadionuclideTotalDose (0018,1074), which is in becquerels.

    Examples
    --------
    >>> dose_entered(370.0)
    EnteredDose(unit='MBq', bq=370000000.0)
    >>> dose_entered(370e3)
    EnteredDose(unit='kBq', bq=370000000.0)
    >>> dose_entered(370e6) is None
    True
    """
    if value >= LEAST_DOSE_BQ:
        return None
    unit, per = ("kBq", 1e3) if value >= LEAST_DOSE_KBQ else ("MBq", 1e6)
    found = EnteredDose(unit, value * per)
    return found if LEAST_DOSE_BQ <= found.bq <= MOST_DOSE_BQ else None


def _half_life_s(facts: PetFacts) -> float:
    if facts.half_life_s is None or facts.half_life_s <= 0:
        raise SuvRefused("RadionuclideHalfLife (0018,1075) is missing or 0")
    if not facts.is_half_life_stated:
        _require_nuclide(facts.half_life_s, facts.nuclide)
    return facts.half_life_s


def _require_nuclide(half_life_s: float, nuclide: Nuclide | None) -> None:
    """Refuse a half-life of another nuclide, or of none."""
    if nuclide is not None and nuclide.has(half_life_s):
        return
    found = nuclide_with(half_life_s)
    if nuclide is None and found is not None:
        return
    whose = f"is that of {found.name}" if found else "is that of no nuclide of PET"
    told = "" if found else in_other_unit(half_life_s)
    because = f"; {told}" if told else ""
    though = (
        f", though RadionuclideCodeSequence (0054,0300) or Radiopharmaceutical "
        f"(0018,0031) says {nuclide.name}"
        if nuclide
        else ""
    )
    raise SuvRefused(
        f"RadionuclideHalfLife (0018,1075) is seconds; {half_life_s:g} {whose}"
        f"{though}{because}"
    )


class _Moment(NamedTuple):
    at: datetime
    how: str


class _Wait(NamedTuple):
    """How long the dose decayed before the moment that the pixels stand for."""

    seconds: float
    how: str


def _wait(facts: PetFacts) -> _Wait:
    scan, how = _scan(facts)
    wait_s = (scan - _injected(facts, scan)).total_seconds()
    longest_s = max(LONGEST_WAIT_S, HALF_LIVES_LEFT * _half_life_s(facts))
    if not 0 <= wait_s <= longest_s:
        raise SuvRefused(
            f"the injection, (0018,1078) or (0018,1072), lies {abs(wait_s) / 3600:.1f} "
            f"hours {'after' if wait_s < 0 else 'before'} the scan"
        )
    if wait_s > MOST_HALF_LIVES * _half_life_s(facts):
        raise SuvRefused(
            f"RadionuclideHalfLife (0018,1075) is seconds; {facts.half_life_s:g} is "
            f"implausible {wait_s / 60:.0f} minutes after the injection"
        )
    return _Wait(wait_s, how)


def _injected(facts: PetFacts, scan: datetime) -> datetime:
    """Return the injection; a time of day alone is the last such time before `scan`."""
    if facts.injected_at is not None:
        return facts.injected_at
    if facts.injected_time is None:
        raise SuvRefused(
            "RadiopharmaceuticalStartDateTime (0018,1078) and "
            "RadiopharmaceuticalStartTime (0018,1072) are missing"
        )
    injected = datetime.combine(scan.date(), facts.injected_time, tzinfo=UTC)
    return injected if injected <= scan else injected - timedelta(days=1)


def _scan(facts: PetFacts) -> _Moment:
    """Return the moment to which the pixels are decay-corrected."""
    if facts.decay_correction == "NONE":
        return _frame(facts)
    series, acquired = facts.series_at, facts.acquired_at
    if series is not None and (acquired is None or series <= acquired):
        return _started(facts, series)
    if facts.ge_scan_at is not None:
        return _Moment(facts.ge_scan_at, GE_SCAN)
    if acquired is None:
        raise SuvRefused(
            "SeriesTime (0008,0031) and AcquisitionTime (0008,0032), or their dates, "
            "are missing"
        )
    reference = _reference(facts)
    if reference is not None:
        return _Moment(reference, "the start that FrameReferenceTime (0054,1300) gives")
    return _Moment(acquired, FIRST)


def _started(facts: PetFacts, series: datetime) -> _Moment:
    """Return the time of the series, unless the frames say that it is not the start.

    START is the start of the acquisition (PS3.3, C.8.9.1.1.5). FrameReferenceTime
    counts from it (C.8.9.4.1.5): it tells whether that is the time of the series, or
    that of the scan, which GE has in a tag of its own.
    """
    usual = _Moment(series, "the time of the series")
    reference = _reference(facts)
    others = [
        _Moment(at, f"{how}, though SeriesTime (0008,0031) says {series:%H:%M:%S}")
        for at, how in ((facts.ge_scan_at, GE_SCAN), (facts.acquired_at, FIRST))
        if at is not None and _apart_s(at, series) > SAME_MOMENT_S
    ]
    if reference is None or _apart_s(reference, series) <= SAME_MOMENT_S:
        return usual
    for other in others:
        if _apart_s(reference, other.at) <= SAME_MOMENT_S:
            return other
    if _apart_s(reference, series) <= (facts.frame_duration_s or 0):
        return usual  # counted to the start or the end of the frame, as some do
    raise SuvRefused(
        f"SeriesTime (0008,0031) says that the scan began at {series:%H:%M:%S}, "
        f"FrameReferenceTime (0054,1300) at {reference:%H:%M:%S}"
    )


def _apart_s(one: datetime, other: datetime) -> float:
    return abs((one - other).total_seconds())


def _reference(facts: PetFacts) -> datetime | None:
    """Return the moment that FrameReferenceTime counts from; None where it is 0."""
    if facts.acquired_at is None:
        return None
    if not facts.frame_reference_s or not facts.frame_duration_s:
        return None
    offset = _mean_rate_s(facts, facts.frame_duration_s) - facts.frame_reference_s
    return facts.acquired_at + timedelta(seconds=offset)


def _frame(facts: PetFacts) -> _Moment:
    """Return when an image that is not decay-corrected had its mean count rate."""
    if facts.acquired_at is None:
        raise SuvRefused("AcquisitionDate or AcquisitionTime (0008,0032) is missing")
    if not facts.frame_duration_s:
        raise SuvRefused(
            "ActualFrameDuration (0018,1242) is missing, "
            "which an image without decay correction needs"
        )
    offset = _mean_rate_s(facts, facts.frame_duration_s)
    return _Moment(
        facts.acquired_at + timedelta(seconds=offset),
        "the mean count rate of the frame (not decay-corrected)",
    )


def _mean_rate_s(facts: PetFacts, duration_s: float) -> float:
    """Return how long after its start a frame has its mean count rate, s."""
    constant = math.log(2) / _half_life_s(facts)
    decay = constant * duration_s
    return math.log(decay / -math.expm1(-decay)) / constant
