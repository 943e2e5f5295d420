"""What enhanced PET says of units and decay, under the tags of single PET images.

Enhanced images (PS3.3, A.56) have no Units, CorrectedImage or DecayCorrection: a real
world value map names the unit, and there is a flag for each correction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.real_world import value_maps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.dicom.header.elements import Elements

UNITS: Final = {
    "BQ/ML": (b"BQML", b""),
    "{SUVBW}G/ML": (b"GML", b"BW"),
    "{SUVLBM}G/ML": (b"GML", b"LBM"),
    "{SUVIBW}G/ML": (b"GML", b"IBW"),
    "{SUVBSA}CM2/ML": (b"CM2ML", b"BSA"),
}
"""UCUM codes of PET units, in capitals, and Units and SUVType that mean the same."""

CORRECTIONS: Final = (
    (tags.DECAY_CORRECTED, b"DECY"),
    (tags.ATTENUATION_CORRECTED, b"ATTN"),
)


def as_single_pet_says(frame: Elements) -> Iterator[tuple[int, bytes]]:
    """Give tags of single PET images that follow from those of an enhanced one.

    What the image has under the tags of single ones, as converted images do, stays.
    """
    if not frame.text(tags.UNITS):
        yield from _units(frame)
    said = {tag: frame.text(tag) for tag, _ in CORRECTIONS}
    if tags.CORRECTED_IMAGE not in frame and any(said.values()):
        done = [word for tag, word in CORRECTIONS if said[tag] == "YES"]
        yield tags.CORRECTED_IMAGE, b"\\".join(done)
    if not frame.text(tags.DECAY_CORRECTION):
        yield from _decay(frame, said[tags.DECAY_CORRECTED])


def _units(frame: Elements) -> Iterator[tuple[int, bytes]]:
    """Give unit and rescale of the first map whose unit is one of PET."""
    for mapped in value_maps(frame):
        found = UNITS.get(mapped.unit)
        if found:
            yield tags.UNITS, found[0]
            yield tags.SUV_TYPE, found[1]
            yield tags.RESCALE_SLOPE, repr(mapped.slope).encode()
            yield tags.RESCALE_INTERCEPT, repr(mapped.intercept).encode()
            return


def _decay(frame: Elements, corrected: str) -> Iterator[tuple[int, bytes]]:
    """Give to which moment decay was corrected: to the injection, or to another."""
    if corrected == "NO":
        yield tags.DECAY_CORRECTION, b"NONE"
        return
    moment = frame.datetime(tags.DECAY_CORRECTION_DATETIME)
    if moment is None:
        return
    injected = [
        isotope.datetime(tags.INJECTION_DATETIME)
        for isotope in frame.items(tags.RADIOPHARMACEUTICAL)
    ]
    if moment in injected:
        yield tags.DECAY_CORRECTION, b"ADMIN"
        return
    yield tags.DECAY_CORRECTION, b"START"
    yield tags.SERIES_DATE, moment.strftime("%Y%m%d").encode()
    yield tags.SERIES_TIME, moment.strftime("%H%M%S.%f").encode()
