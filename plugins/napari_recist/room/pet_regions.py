"""The reference regions of PERCIST, placed under the pointer; how a PET was made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from recist_tool.app import region_words, with_facts, with_region
from recist_tool.dicom import scan_facts
from recist_tool.errors import CommandRefused
from recist_tool.model import RecordUptake

if TYPE_CHECKING:
    from napari_recist.room.room import Room
    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from recist_tool.dicom import ScanFacts
    from recist_tool.measure import Volume


class PetRegions:
    """Places the liver sphere and the cylinder in the aorta by one key."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._reading = room.reading

    def place(self, name: str) -> None:
        """Place a region where the pointer is, and record what it measures."""
        station = self._room.viewing.at_hand
        self.place_at(name, station, station.pane.pointed)

    def place_at(self, name: str, station: MeasuringViewport, at: Pixel | None) -> None:
        """Place a region at a point of a pane, and record what it measures.

        Parameters
        ----------
        name
            ``liver`` or ``blood_pool``.
        at
            Row, column; None where the pointer is on no image.
        """
        if self._reading.attempt(partial(self._place, name, station, at)):
            session = self._reading.open_session()
            visit = self._reading.open_visit_id()
            self._reading.say(region_words(session.case, session.read, visit, name))

    def facts(self, volume: Volume) -> ScanFacts | None:
        """Return how a PET was made; None for anything else."""
        series = self._room.studies.find(volume.key)
        case = self._reading.case
        if series is None or volume.modality != "PT":
            return None
        override = case and case.suv_override(series.series_instance_uid)
        return scan_facts(series, override)

    def _place(self, name: str, station: MeasuringViewport, at: Pixel | None) -> None:
        pane, words = station.pane, name.replace("_", " ")
        volume = pane.volume
        if volume is None or at is None or volume.modality != "PT":
            raise CommandRefused.at(
                words, "the pointer is on no PET", f"Point at the {words} on the PET"
            )
        if not pane.can_measure:
            raise CommandRefused.at(
                words, "is placed on slices as acquired", "Choose axial for this pane"
            )
        visit = self._reading.open_visit_id()
        if station.film.timepoint_id not in ("", visit):
            raise CommandRefused.at(
                station.film.timepoint_id,
                f"hangs there to compare with: {visit} is open",
                "Point at the PET of the open visit",
            )
        self._room.make_ready()
        session = self._reading.open_session()
        before = session.read.uptake_at(visit)
        pet = with_region(before, name, volume, pane.slice_index, at)
        facts = self.facts(volume)
        if facts is not None:
            pet = with_facts(pet, facts)
        session.do(
            RecordUptake(reader_id=session.reader_id, timepoint_id=visit, pet=pet)
        )
