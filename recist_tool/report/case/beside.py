"""What is known of a visit beside diameters: uptake on PET, markers, volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.report.case.blocks import (
    DataTable,
    ReportSection,
    TableColumn,
    TextLine,
    Tone,
)
from recist_tool.report.case.words import NONE, change_words, figure_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from recist_tool.model.clinical import Clinical
    from recist_tool.model.pet import PetLesion, PetScan, ReferenceRegion
    from recist_tool.report.case.blocks import Words
    from recist_tool.report.case.matter import CaseMatter


def beside_images(of: CaseMatter) -> list[ReportSection]:
    """Return a section for each kind of figure that somebody recorded."""
    read, case = of.read, of.case
    uptake = {one.timepoint_id: list(_uptake(one.pet)) for one in read.uptake}
    volumes = {
        one.timepoint_id: [
            (name, figure_words(value, "ml")) for name, value in one.volumes_ml.items()
        ]
        for one in read.volumes
    }
    clinic = {one.timepoint_id: list(_clinic(one)) for one in case.clinical}
    named = (
        ("Uptake on PET", uptake),
        ("Volumes", volumes),
        ("Known from the clinic", clinic),
    )
    return [
        ReportSection(title, (_table(known, of),))
        for title, known in named
        if any(known.values())
    ]


def _table(known: dict[str, list[tuple[str, str]]], of: CaseMatter) -> DataTable:
    visits = [one for one in of.case.timepoints if known.get(one.timepoint_id)]
    names = dict.fromkeys(name for one in visits for name, _ in known[one.timepoint_id])
    columns = (
        TableColumn("", 1.4),
        *(TableColumn(one.timepoint_id, below=of.when(one)) for one in visits),
    )
    rows = tuple(
        (
            (TextLine(name, Tone.STRONG),),
            *(_cell(known[one.timepoint_id], name) for one in visits),
        )
        for name in names
    )
    return DataTable(columns, rows)


def _cell(figures: list[tuple[str, str]], name: str) -> Words:
    said = [text for at, text in figures if at == name]
    return tuple(TextLine(one) for one in said or [NONE])


def _uptake(pet: PetScan) -> Iterator[tuple[str, str]]:
    for name, lesion in pet.lesions.items():
        for text in _of_lesion(lesion, pet.suv_kind or "SUV"):
            yield name, text
    for name, region in (("Liver", pet.liver), ("Blood pool", pet.blood_pool)):
        if region is not None:
            yield name, _reference(region)
    yield from (("Scan", text) for text in _scan(pet))


def _scan(pet: PetScan) -> Iterator[str]:
    yield pet.tracer
    if pet.injected_mbq is not None:
        yield figure_words(pet.injected_mbq, "MBq")
    if pet.uptake_minutes is not None:
        yield f"{figure_words(pet.uptake_minutes, 'min')} after injection"
    yield from filter(None, (pet.scanner, pet.reconstruction))


def _of_lesion(lesion: PetLesion, kind: str) -> Iterator[str]:
    if lesion.organ:
        yield lesion.organ
    yield from uptake_figures(lesion, kind)
    if lesion.background:
        yield "as the background"
    if lesion.new:
        yield "new"


def uptake_figures(
    lesion: PetLesion, kind: str, before: PetLesion | None = None
) -> Iterator[str]:
    """Yield the figures of a lesion's uptake, each with its unit.

    Parameters
    ----------
    kind
        What the SUV is that the trial follows.
    before
        The same at baseline: then each has its change from there. None for none.
    """
    figures = (
        (kind, "suv", ""),
        ("SUVbw max", "suv_max", ""),
        ("SUVbw mean", "suv_mean", ""),
        ("SULpeak", "sul_peak", ""),
        ("MTV", "mtv_ml", "ml"),
        ("TLG", "tlg_g", "g"),
        ("extent", "extent_mm", "mm"),
    )
    told: set[str] = set()
    for name, field, unit in figures:
        value: Decimal | None = getattr(lesion, field)
        if value is None or name in told:
            continue
        told.add(name)
        changed = change_words(value, before and getattr(before, field))
        more = f" ({changed})" if changed else ""
        yield f"{name} {figure_words(value, unit)}{more}"


def _reference(region: ReferenceRegion) -> str:
    spread = region.sd_sul
    told = "" if spread is None else f", SD {figure_words(spread, '')}"
    return f"mean SUL {figure_words(region.mean_sul, '')}{told}"


def _clinic(known: Clinical) -> Iterator[tuple[str, str]]:
    for name, marker in known.markers.items():
        normal = marker.uln
        limit = "" if normal is None else f" (normal to {figure_words(normal, '')})"
        yield name, f"{figure_words(marker.value, marker.unit or '')}{limit}"
    if known.marker_raised is not None:
        yield "Marker of the trial", "raised" if known.marker_raised else "normal"
    for name, symptom in known.symptoms.items():
        if symptom.severity is not None:
            yield name, figure_words(symptom.severity, "")
        if symptom.relieved is not None:
            yield name, "relieved" if symptom.relieved else "not relieved"
    drug = known.somatostatin_analogue
    if drug is not None:
        dose = figure_words(drug.dose_mg, "mg")
        yield (
            drug.drug or "Somatostatin analogue",
            f"{dose} every {drug.interval_days} days",
        )
    for name, response in known.responses.items():
        yield name, response.overall.value
