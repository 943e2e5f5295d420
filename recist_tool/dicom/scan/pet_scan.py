"""How a PET was made, as its tags say: what scans are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.scan.suv_tags import earliest_facts
from recist_tool.errors import SuvRefused
from recist_tool.measure.pet.suv import PetFacts, uptake_minutes

if TYPE_CHECKING:
    from recist_tool.dicom.scan.series import Series
    from recist_tool.model.suv_override import SuvOverride

BQ_PER_MBQ = 1_000_000


class ScanFacts(NamedTuple):
    """How a PET was made; None and empty where its tags do not say.

    Attributes
    ----------
    uptake_minutes
        From injection to the start of the scan.
    scanner, reconstruction
        As the files have them.
    """

    uptake_minutes: float | None = None
    injected_mbq: float | None = None
    scanner: str = ""
    reconstruction: str = ""


def scan_facts(series: Series, override: SuvOverride | None = None) -> ScanFacts:
    """Return how a PET was made.

    Parameters
    ----------
    series
        A PET.
    override
        What a reader lets stand for its tags.
    """
    found = series.slices[0].elements
    maker, model = found.text(tags.MANUFACTURER), found.text(tags.MODEL_NAME)
    kernel = found.text(tags.CONVOLUTION_KERNEL)
    method = found.text(tags.RECONSTRUCTION_METHOD)
    facts = _facts(series, override)
    return ScanFacts(
        uptake_minutes=_wait(facts),
        injected_mbq=facts.total_dose_bq and facts.total_dose_bq / BQ_PER_MBQ,
        scanner=" ".join(filter(None, (maker, model))),
        reconstruction=" ".join(filter(None, (method, kernel))),
    )


def _facts(series: Series, override: SuvOverride | None) -> PetFacts:
    try:
        return earliest_facts(series.slices, override)
    except SuvRefused:
        return PetFacts()


def _wait(facts: PetFacts) -> float | None:
    try:
        return uptake_minutes(facts)
    except SuvRefused:
        return None
