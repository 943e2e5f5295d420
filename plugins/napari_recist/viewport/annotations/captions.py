"""What is written on a pane about the series that hangs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.viewport.annotations.corner_text import Caption
from recist_tool.app.reading import VisitPlace, place_of

if TYPE_CHECKING:
    from recist_tool.app.reading import CurrentRead, DisplaySet
    from recist_tool.dicom import Series

FIXED = (VisitPlace.BASELINE, VisitPlace.NADIR, VisitPlace.PRIOR, VisitPlace.CURRENT)


def caption_of(
    reading: CurrentRead,
    subject_id: str,
    film: DisplaySet,
    series: Series,
    current: str,
) -> Caption:
    """Return the caption of a film; the patient by the trial's pseudonym only.

    Parameters
    ----------
    subject_id
        As readers are told it.
    current
        The visit that hangs as the current one.
    """
    visit = reading.visit_of(film.timepoint_id)
    visits = [one.timepoint_id for one in reading.visits]
    place = film.place
    if place not in FIXED:
        place = place_of(visits, film.timepoint_id, current)
    told = reading.blinding
    date = visit.date if visit is not None else series.study_date
    return Caption(
        subject_id,
        film.timepoint_id,
        place=place.value,
        date=told.date(date) or "undated",
        series=f"{series.modality} {told.description(series.description)}".strip(),
        phase=series.phase,
        warning=told.told(_warning(series)),
    )


def _warning(series: Series) -> str:
    """Return the first warning of a series in a few words, and how many more."""
    if not series.warnings:
        return ""
    first, *more = (warning.text.split(":")[0] for warning in series.warnings)
    return f"{first} (+{len(more)})" if more else first
