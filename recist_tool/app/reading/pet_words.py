"""What is known of uptake, and where it comes from, in lines for a reader. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.model.pet import PetLesion, PetScan

TYPED: Final = "typed"
FIGURES: Final = {
    "suv_max": "SUVmax",
    "suv_mean": "SUVmean",
    "suv": "SUV followed",
    "sul_peak": "SULpeak",
    "mtv_ml": "MTV",
    "tlg_g": "TLG",
    "extent_mm": "extent, mm",
}
SCAN: Final = {
    "uptake_minutes": "uptake time, min",
    "injected_mbq": "injected, MBq",
    "scanner": "scanner",
    "reconstruction": "reconstruction",
}


def uptake_lines(lesion: PetLesion) -> list[str]:
    """Return each figure of a lesion with how it was found, a line each."""
    return [
        f"{words} {getattr(lesion, name)} ({lesion.methods.get(name, TYPED)})"
        for name, words in FIGURES.items()
        if getattr(lesion, name) is not None
    ]


def brief_uptake(lesion: PetLesion) -> str:
    """Return what a mask said of uptake, for the end of a sentence.

    >>> from recist_tool.model.pet import PetLesion
    >>> known = {"suv_max": "8.25", "mtv_ml": "12.04", "methods": {"suv_max": "so"}}
    >>> brief_uptake(PetLesion.model_validate(known))
    ': SUVmax 8.2'
    """
    measured = (
        f"{words} {getattr(lesion, name):.1f}"
        for name, words in FIGURES.items()
        if name in lesion.methods and name != "suv"
    )
    figures = ", ".join(measured)
    return f": {figures}" if figures else ""


def source_lines(scan: PetScan | None) -> list[str]:
    """Return which figures of a scan were measured, and which typed, a line each."""
    if scan is None:
        return []
    lines = list(_of_scan(scan))
    for name, lesion in scan.lesions.items():
        lines += [f"{name}  {line}" for line in uptake_lines(lesion)]
    return lines


def _of_scan(scan: PetScan) -> Iterator[str]:
    for name, words in SCAN.items():
        if getattr(scan, name) is not None:
            yield f"{words}: {scan.methods.get(name, TYPED)}"
    if "suv" in scan.methods:
        yield f"SUV: {scan.methods['suv']}"
    for region, words in ((scan.liver, "liver"), (scan.blood_pool, "blood pool")):
        if region is not None:
            yield f"{words}: {region.method or TYPED}"
