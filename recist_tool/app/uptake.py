"""What a mask on a PET says, as a scan of a visit has it: units and methods with it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.pet.comparability import differences, unknowns
from recist_tool.criteria.pet.percist import blood_pool_threshold, liver_threshold
from recist_tool.errors import SuvRefused
from recist_tool.measure.drawn.annotations import region_place
from recist_tool.measure.mask.statistics import statistics
from recist_tool.measure.pet.peak import suv_peak
from recist_tool.measure.pet.reference_region import (
    blood_pool_reference,
    liver_reference,
)
from recist_tool.model.pet import PetLesion, PetScan, ReferenceRegion
from recist_tool.terms import SuvUnit

if TYPE_CHECKING:
    from recist_tool.dicom.scan.pet_scan import ScanFacts
    from recist_tool.measure.caliper.caliper import Pixel
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.model.case import Case, Read
    from recist_tool.model.provenance import Provenance

USUAL_KIND: Final = f"{SuvUnit.BODY_WEIGHT} max"
"""Which SUV is followed where nobody said otherwise."""

KINDS: Final = {
    USUAL_KIND: "suv_max",
    f"{SuvUnit.BODY_WEIGHT} mean": "suv_mean",
}
"""The kinds of SUV that a mask gives, and the figure that each is."""

UNEVEN: Final = Decimal("0.15")
"""SD over mean: more noise than the guidelines of EANM let an image have (Koopman 2014,
EJNMMI Phys 1:22)."""

SUV: Final = "suv"
"""Under which the methods of a scan say how its values became SUV."""

LIVER: Final = "liver"
BLOOD_POOL: Final = "blood_pool"
PLACES: Final = {LIVER: liver_reference, BLOOD_POOL: blood_pool_reference}
REGIONS: Final = {
    LIVER: "liver, sphere of 3 cm",
    BLOOD_POOL: "blood pool, cylinder of 1 × 2 cm",
}
LIMITS: Final = {LIVER: liver_threshold, BLOOD_POOL: blood_pool_threshold}


class Region(NamedTuple):
    """A lesion on a series: the voxels, and how they came to be.

    Attributes
    ----------
    facts
        How the PET was made; None where nobody looked, or it is none.
    """

    volume: Volume
    mask: Mask
    provenance: Provenance
    facts: ScanFacts | None = None


def scan_with(pet: PetScan | None, lesion_id: str, region: Region) -> PetScan | None:
    """Return the scan of a visit with what a mask says of a lesion; None off a PET.

    Parameters
    ----------
    pet
        What was said of the scan before; None where nothing was.
    lesion_id, region
        Of which lesion, and as `lesion_uptake` takes them. A PET without SUV says
        nothing.
    """
    if region.volume.modality != "PT" or region.volume.suv_refused:
        return None
    found = with_uptake(pet, lesion_id, region)
    return found if region.facts is None else with_facts(found, region.facts)


def lesion_uptake(region: Region, kind: str | None, before: PetLesion) -> PetLesion:
    """Return the uptake of a lesion as its mask says.

    Parameters
    ----------
    kind
        Of the SUV that the trial follows, as `PetScan.suv_kind`; None takes the
        maximum.
    before
        What was said of it; what a mask does not say of it stays.

    Raises
    ------
    SuvRefused
        If the series is no PET in SUV.
    GeometryError
        If the mask is empty or of another series.
    """
    volume, mask, how, _ = region
    by_weight = volume.in_suv(SuvUnit.BODY_WEIGHT)
    found = statistics(mask, by_weight)
    border = _border_words(how)
    figures = {"suv_max": found.maximum, "suv_mean": found.mean}
    methods = {
        "suv_max": "SUVbw, hottest voxel of the mask",
        "suv_mean": f"SUVbw, mean of the mask ({border})",
    }
    followed = KINDS.get(kind or USUAL_KIND)
    if followed is not None:
        figures["suv"], methods["suv"] = figures[followed], methods[followed]
    if mask.grid.is_regular:
        figures["mtv_ml"] = mask.volume_ml
        methods["mtv_ml"] = f"ml, volume of the mask ({border})"
    _add_lean(region, figures, methods)
    return before.replaced(
        **{name: _number(one) for name, one in figures.items()},
        methods={**before.methods, **methods},
    )


def _add_lean(
    region: Region, figures: dict[str, float], methods: dict[str, str]
) -> None:
    """Add what PERCIST asks for, where lean body mass is known."""
    volume, mask, how, _ = region
    try:
        lean = volume.in_suv(SuvUnit.LEAN_JANMAHASATIAN)
    except SuvRefused:
        return
    if not mask.grid.is_regular:
        return
    peak = suv_peak(mask, lean)
    if peak is not None:
        figures["sul_peak"] = peak.value
        methods["sul_peak"] = (
            "SUL (Janmahasatian), hottest sphere of 1 ml centred in the mask"
        )
    figures["tlg_g"] = statistics(mask, lean).mean * mask.volume_ml
    methods["tlg_g"] = f"g, mean SUL × volume of the mask ({_border_words(how)})"


def with_uptake(pet: PetScan | None, lesion_id: str, region: Region) -> PetScan:
    """Return the scan of a visit with the uptake of a lesion in it.

    Parameters
    ----------
    pet
        What was said of the scan; None where nothing was.
    lesion_id, region
        Whose uptake, and as `lesion_uptake` takes them.

    Raises
    ------
    SuvRefused, GeometryError
        As `lesion_uptake`.
    """
    pet = pet or PetScan()
    before = pet.lesions.get(lesion_id, PetLesion())
    found = lesion_uptake(region, pet.suv_kind, before)
    how = region.volume.suv_method
    return pet.replaced(
        lesions={**pet.lesions, lesion_id: found},
        suv_kind=pet.suv_kind or USUAL_KIND,
        methods={**pet.methods, SUV: how} if how else pet.methods,
    )


def with_region(
    pet: PetScan | None, name: str, volume: Volume, slice_index: int, pixel: Pixel
) -> PetScan:
    """Return the scan of a visit with a reference region placed in it.

    Parameters
    ----------
    name
        `LIVER` or `BLOOD_POOL`.
    slice_index
        Of the volume, from 0.
    pixel
        Row, column of its middle; fractions allowed.

    Raises
    ------
    SuvRefused
        If there is no SUL.
    GeometryError
        If the region leaves the image, or holds padding.
    """
    lean = volume.in_suv(SuvUnit.LEAN_JANMAHASATIAN)
    found = PLACES[name](lean, slice_index, pixel)
    region = ReferenceRegion(
        mean_sul=_number(found.mean),
        sd_sul=_number(found.sd),
        method=f"SUL (Janmahasatian), {REGIONS[name]}",
        place=region_place(volume, slice_index, pixel),
    )
    return (pet or PetScan()).replaced(**{name: region})


def with_facts(pet: PetScan, facts: ScanFacts) -> PetScan:
    """Return a scan with how it was made, where that was not said yet."""
    stated = {
        "uptake_minutes": facts.uptake_minutes and _number(facts.uptake_minutes, 1),
        "injected_mbq": facts.injected_mbq and _number(facts.injected_mbq, 1),
        "scanner": facts.scanner or None,
        "reconstruction": facts.reconstruction or None,
    }
    new = {
        name: value
        for name, value in stated.items()
        if value is not None and getattr(pet, name) is None
    }
    said = dict.fromkeys(new, "from the tags of the series")
    return pet.replaced(**new, methods={**pet.methods, **said})


def region_words(case: Case, read: Read, timepoint_id: str, name: str) -> str:
    """Return what there is to say of a reference region: level, evenness, comparison.

    Parameters
    ----------
    timepoint_id
        The visit of the scan.
    name
        `LIVER` or `BLOOD_POOL`.
    """
    pet = read.uptake_at(timepoint_id)
    region: ReferenceRegion | None = pet and getattr(pet, name)
    if pet is None or region is None or region.sd_sul is None:
        return ""
    place = name.replace("_", " ").capitalize()
    parts = [f"{place}: SUL {region.mean_sul:.2f}, SD {region.sd_sul:.2f}"]
    limit = LIMITS[name](region)
    if limit is not None:
        parts.append(f"measurable from SULpeak {limit:.2f}")
    if region.sd_sul > UNEVEN * region.mean_sul:
        percent = 100 * region.sd_sul / region.mean_sul if region.mean_sul else 0
        parts.append(f"uneven: SD is {percent:.0f} % of the mean; look twice")
    return "; ".join([*parts, *_compared(case, read, timepoint_id, pet)]) + "."


def _compared(case: Case, read: Read, timepoint_id: str, pet: PetScan) -> list[str]:
    """Return how a scan compares with that of the baseline."""
    baseline = case.timepoints[0].timepoint_id
    before = read.uptake_at(baseline)
    if timepoint_id == baseline or before is None:
        return []
    apart = differences(before, pet, case.protocol.settings.other_criteria.percist)
    unknown = unknowns(before, pet)
    if apart:
        return [f"not comparable with {baseline}: {', '.join(apart)}"]
    if unknown:
        return [f"comparable with {baseline} as far as known ({', '.join(unknown)}: ?)"]
    return [f"comparable with {baseline}"]


def _border_words(how: Provenance) -> str:
    words = how.algorithm.replace("_", " ") or how.method.value
    return f"{words}, edited" if how.edited else words


def _number(value: float, digits: int = 3) -> Decimal:
    return Decimal(repr(round(value, digits)))
