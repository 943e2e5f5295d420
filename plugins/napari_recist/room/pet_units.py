"""The PET at hand: the unit it is shown in, and what a reader says for its tags."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from recist_tool.app.reading import made
from recist_tool.dicom import proposed_dose
from recist_tool.errors import CommandRefused
from recist_tool.model import OverrideSuv, SuvOverride, WithdrawSuvOverride
from recist_tool.terms import SuvUnit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from napari_recist.room.room import Room
    from recist_tool.dicom import Series
    from recist_tool.measure import Volume

BQ_PER_MBQ = 1_000_000


class PetUnits:
    """What there is to say of the PET of the open visit."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._known: tuple[SuvOverride, ...] = ()
        complain = partial(room.reading.say, is_error=True)
        room.viewing.arrivals.refused.connect(complain)
        room.reading.changed.connect(self.follow)

    @property
    def unit(self) -> SuvUnit:
        """The unit in which PET is shown."""
        return self._room.viewing.arrivals.unit

    def show_in(self, unit: SuvUnit) -> None:
        """Show every PET in a unit, or say in place why this one cannot be."""
        room, volume = self._room, self.volume()

        def change() -> None:
            if volume is not None:
                volume.in_suv(unit)
            room.viewing.arrivals.unit = unit
            self._show_again()

        room.reading.attempt(change)

    def follow(self) -> None:
        """Load a PET again whose override changed: its values are others now."""
        case = self._room.reading.case
        now = () if case is None else case.suv_overrides
        if now == self._known or case is None:
            self._known = now
            return
        changed = {
            one.series_instance_uid
            for one in (*now, *self._known)
            if one not in now or one not in self._known
        }
        self._known = now
        arrivals = self._room.viewing.arrivals
        for key in self._room.studies.keys_of(changed):
            arrivals.drop(key)
        self._show_again()

    def _show_again(self) -> None:
        """Show every PET that is on the screen as it is read now."""
        viewing = self._room.viewing
        viewing.fusing.forget()
        for station in viewing.on_show:
            volume = station.pane.acquired
            if volume is not None and volume.modality == "PT":
                viewing.show_again(station)
            viewing.fusing.lay_again(station)

    def words(self) -> tuple[str, str]:
        """Return what the PET on show is in, and how its values became that."""
        volume = self.volume()
        if volume is None:
            series = self.series()
            unshown = "The PET of this visit is not on show."
            return ("" if series is None else unshown), ""
        if volume.suv_refused:
            return f"Shown in {volume.units}: {volume.suv_refused}", volume.suv_refused
        return f"Shown in {volume.units}", volume.suv_method

    def volume(self) -> Volume | None:
        """Return the PET on show, that of the active pane first; None without any."""
        viewing = self._room.viewing
        stations = [viewing.active, *viewing.on_show]
        volumes = [one.pane.acquired for one in stations]
        return next((one for one in volumes if one and one.modality == "PT"), None)

    def series(self) -> Series | None:
        """Return the PET series meant: the one on show, else that of the visit."""
        volume, visit = self.volume(), self._room.reading.visit
        found = [] if visit is None else self._room.studies.of_visit(visit)
        every = [one for one in found if one.modality == "PT"]
        if volume is not None:
            uid = volume.series_instance_uid
            shown = [one for one in every if one.series_instance_uid == uid]
            every = shown or every
        return every[0] if every else None

    def override(self) -> SuvOverride | None:
        """Return what stands for the tags of the PET, or None."""
        case, series = self._room.reading.case, self.series()
        if case is None or series is None:
            return None
        return case.suv_override(series.series_instance_uid)

    def values(self) -> dict[str, object]:
        """Return the override as the values of its form, or one that is proposed.

        A dose that was entered in kBq or MBq stands there, to be taken with one click.
        """
        override, series = self.override(), self.series()
        if override is None and series is not None:
            override = proposed_dose(series)
        if override is None:
            return {}
        values = dict(override)
        if override.total_dose_bq is not None:
            values["dose_mbq"] = override.total_dose_bq / BQ_PER_MBQ
        return values

    def let_stand(self, values: Mapping[str, Any]) -> None:
        """Record values for tags of the PET, and load it again with them.

        Raises
        ------
        CommandRefused
            If there is no PET, no reason, or a value does not fit.
        """
        series = self.series()
        if series is None:
            raise CommandRefused.at("PET", "there is none at this visit")
        if "reason" not in values:
            raise CommandRefused.at("Reason", "is needed", "Say why, and from where")
        stated = dict(values)
        dose = stated.pop("dose_mbq", None)
        if isinstance(dose, Decimal):
            stated["total_dose_bq"] = float(dose * BQ_PER_MBQ)
        stated["series_instance_uid"] = series.series_instance_uid
        override = made(SuvOverride, stated)
        self._room.reading.open_session().do(OverrideSuv(override=override))

    def withdraw(self) -> None:
        """Go back to what the tags say."""
        series = self.series()
        if series is None:
            raise CommandRefused.at("PET", "there is none at this visit")
        uid = series.series_instance_uid
        self._room.reading.open_session().do(
            WithdrawSuvOverride(series_instance_uid=uid)
        )
