"""Laying the PET of a visit over its CT, in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from napari_recist.viewport.image.fusion import refusal, resampled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_recist.viewport.image.fusion import ResampledPet
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import CurrentRead, PatientSeries
    from recist_tool.dicom import Series
    from recist_tool.errors import RecistToolError
    from recist_tool.measure import Volume


class ViewportsToFuse(Protocol):
    """What fusing needs to know of the panes."""

    @property
    def on_show(self) -> Sequence[MeasuringViewport]:
        """The panes on the screen."""
        ...

    @property
    def at_hand(self) -> MeasuringViewport:
        """The pane that a key is meant for."""
        ...

    def load(self, series: Series, done: Callable[[Volume], None]) -> None:
        """Call `done` with the volume of a series."""
        ...


class FusionLoader:
    """Lays PET over CT and takes it away again."""

    def __init__(
        self,
        wall: ViewportsToFuse,
        reading: CurrentRead,
        studies: PatientSeries,
        loader: Loader,
    ) -> None:
        self._wall = wall
        self._reading = reading
        self._studies = studies
        self._loader = loader
        self._made: dict[tuple[str, str, str], ResampledPet] = {}
        self._wanted: list[MeasuringViewport] = []

    def forget(self) -> None:
        """Let go of what was resampled: another patient comes."""
        self._made.clear()

    def toggle(self) -> None:
        """Lay the PET of the visit over its CT in all its panes, or take it away."""
        station = self._wall.at_hand
        together = self._of_visit(station)
        if station not in self._wanted:
            for one in together:
                self.lay(one)
            return
        for one in together:
            self.spare(one)
        self._reading.changed.emit()

    def spare(self, station: MeasuringViewport) -> None:
        """Show no PET over the CT of a pane any more."""
        if station in self._wanted:
            self._wanted.remove(station)
            station.pane.fused.clear()

    def _of_visit(self, station: MeasuringViewport) -> list[MeasuringViewport]:
        """Return a pane, and the others on show with a CT of the same visit."""
        visit = station.film.timepoint_id
        return [
            one
            for one in self._wall.on_show
            if one is station or (one.film.timepoint_id == visit and _shows_ct(one))
        ]

    def want(self, station: MeasuringViewport) -> None:
        """Show PET over CT in a pane as soon as it has a CT."""
        if station not in self._wanted:
            self._wanted.append(station)

    def wants(self, station: MeasuringViewport) -> bool:
        """Return whether a pane is to show PET over CT wherever it can."""
        return station in self._wanted

    def lay_again(self, station: MeasuringViewport) -> None:
        """Lay the PET over a new series in a pane that had one, where there is one."""
        ground = station.pane.volume
        if station in self._wanted and ground is not None and ground.modality == "CT":
            self.lay(station)

    def lay(self, station: MeasuringViewport) -> None:
        """Lay the PET of a pane's visit over its CT, or say why not."""
        series = self._pet_of(station)
        ground = station.pane.volume
        if ground is None:
            return
        if series is None or ground.modality == "PT":
            self._reading.say(refusal(None, ground), is_error=True)
            return
        self.want(station)
        self._wall.load(series, lambda pet: self._resample(station, ground, pet))

    def blend(self, blend: float) -> None:
        """Set how strong every fused PET is, 0 to 1."""
        for station in self._wall.on_show:
            station.pane.fused.blend = blend

    def _pet_of(self, station: MeasuringViewport) -> Series | None:
        """Return the PET of a pane's visit, that in the frame of the CT first."""
        visit = self._reading.visit_of(station.film.timepoint_id)
        ground = station.pane.volume
        if visit is None or ground is None:
            return None
        pets = [one for one in self._studies.of_visit(visit) if one.modality == "PT"]
        frame = ground.frame_of_reference_uid
        pets.sort(key=lambda one: one.frame_of_reference_uid != frame)
        return pets[0] if pets else None

    def _resample(
        self, station: MeasuringViewport, ground: Volume, pet: Volume
    ) -> None:
        why = refusal(pet, ground)
        if why:
            self._wanted.remove(station)
            self._reading.say(why, is_error=True)
            return
        known = self._made.get(_key(pet, ground, station))
        if known is not None:
            self._lay(station, ground, pet, known)
            return

        def done(overlay: ResampledPet) -> None:
            self._made[_key(pet, ground, station)] = overlay
            self._lay(station, ground, pet, overlay)

        def failed(error: RecistToolError) -> None:
            self._reading.say(str(error), is_error=True)

        self._loader.run(
            "Laying PET over CT",
            lambda advance: resampled(pet, ground, advance),
            done,
            failed,
        )

    def _lay(
        self,
        station: MeasuringViewport,
        ground: Volume,
        pet: Volume,
        overlay: ResampledPet,
    ) -> None:
        if station.pane.volume is ground and station in self._wanted:
            station.pane.fused.lay(overlay, ground, pet.units)
            self._reading.changed.emit()


def _shows_ct(station: MeasuringViewport) -> bool:
    ground = station.pane.volume
    return ground is not None and ground.modality == "CT"


def _key(
    pet: Volume, ground: Volume, station: MeasuringViewport
) -> tuple[str, str, str]:
    return pet.series_instance_uid, ground.series_instance_uid, station.pane.plane.value
