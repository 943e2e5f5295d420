"""Which series of which visits belong into the panes, and which series a film is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.app.reading.hanging_protocol import (
    DisplaySet,
    Plane,
    VisitPlace,
    compared,
    nadir_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app.reading.current_read import CurrentRead
    from recist_tool.app.reading.patient_series import PatientSeries
    from recist_tool.dicom.scan.scan import Series


class DisplaySets:
    """The films there are for the visits of a read."""

    def __init__(self, reading: CurrentRead, studies: PatientSeries) -> None:
        self._reading = reading
        self._studies = studies

    def series_of(self, film: DisplaySet) -> Series | None:
        """Return the series of a film, or None where it was not found on disk."""
        if film.series_key:
            return self._studies.find(film.series_key)
        return next(iter(self._of_visit(film.timepoint_id)), None)

    def to_hang(
        self, current: str, count: int, beside: Sequence[DisplaySet]
    ) -> list[DisplaySet]:
        """Return what belongs into so many panes; there may be less.

        Parameters
        ----------
        current
            The visit that is read.
        beside
            What hangs beside the current visit by now.
        """
        visits = [one.timepoint_id for one in self._reading.visits]
        chosen = self._chosen(current, beside)
        others = compared(count, visits, current, nadir_of(self._reading, current))
        hung = {one.timepoint_id for one in chosen}
        others = [one for one in others if one.timepoint_id not in hung]
        first = DisplaySet(current, place=VisitPlace.CURRENT)
        films = [first, *chosen, *others, *self._fillers(current)]
        return [*films, *self._again(current, count - len(films))][:count]

    def _chosen(self, current: str, beside: Sequence[DisplaySet]) -> list[DisplaySet]:
        """Return what the reader hung beside the current visit, for this visit."""
        films: list[DisplaySet] = []
        found = self._of_visit(current)
        for film in beside:
            before = self.series_of(film)
            if film.place is VisitPlace.CHOSEN and film.timepoint_id not in (
                "",
                current,
            ):
                films.append(film)
            elif film.place is VisitPlace.FOLLOWING and before is not None:
                alike = [one for one in found if one.modality == before.modality]
                films += [
                    film._replace(timepoint_id=current, series_key=one.key)
                    for one in alike[:1]
                ]
        return films

    def _fillers(self, current: str) -> list[DisplaySet]:
        """Return more of the current visit, for panes without a visit to compare."""
        series = self._of_visit(current)
        more = [
            DisplaySet(current, one.key, place=VisitPlace.PRESENT) for one in series[1:]
        ]
        if series and series[0].slice_spacing_mm is not None:
            more += [
                DisplaySet(current, series[0].key, plane, VisitPlace.PRESENT)
                for plane in (Plane.CORONAL, Plane.SAGITTAL)
            ]
        return more

    def _again(self, current: str, panes: int) -> list[DisplaySet]:
        """Return the current visit once more, to be looked at in another window.

        Parameters
        ----------
        panes
            How many would be empty; none where it is negative.
        """
        return [
            DisplaySet(current, one.key, place=VisitPlace.PRESENT)
            for one in self._of_visit(current)[:1]
            for _ in range(panes)
        ]

    def _of_visit(self, timepoint_id: str) -> Sequence[Series]:
        visit = self._reading.visit_of(timepoint_id)
        series = [] if visit is None else self._studies.of_visit(visit)
        if not self._reading.protocol.is_of_pet_alone:
            return series
        return sorted(series, key=lambda one: one.modality != "PT")
