"""Saving how the panes hang as rules by name, and hanging a visit by them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari_recist.room import hanging_store
from napari_recist.room.hanging_store import HangingProtocol, as_name, read_saved
from napari_recist.viewport.viewports import CHOOSE
from recist_tool.app.reading import DisplaySet, HangingRules, RuledFilm, Window
from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_recist.room.hanging_store import Saved
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.viewports import Viewports
    from recist_tool.app.reading import CurrentRead, PaneRule, PatientSeries


class SavedHanging:
    """The reader's hanging protocols at the panes.

    A case hangs by one until another number of panes, or the usual, is chosen; what is
    hung by hand meanwhile stays until the next visit.
    """

    def __init__(
        self, viewing: Viewports, reading: CurrentRead, studies: PatientSeries
    ) -> None:
        self._viewing = viewing
        self._reading = reading
        self._rules = HangingRules(reading, studies)
        self._name = ""
        self._protocol: HangingProtocol | None = None
        self._to_set: dict[MeasuringViewport, tuple[PaneRule, DisplaySet]] = {}
        viewing.hung.connect(self._on_hung)

    @property
    def name(self) -> str:
        """The one by which the open case hangs; empty where it hangs as usual."""
        return self._name if self._viewing.ruled is not None else ""

    @property
    def saved(self) -> Saved:
        """What the reader saved, as it is on the disk now."""
        return read_saved()

    def hang(self, name: str) -> None:
        """Hang the open visit, and from now on each of the case, by a saved one."""
        protocol = self.saved.protocols.get(name)
        if protocol is None:
            self._reading.say(f"{name} is not saved any more.", is_error=True)
            return
        self._hang(name, protocol)

    def hang_as_usual(self) -> None:
        """Hang the panes there are as without any hanging protocol."""
        self._viewing.set_count(self._viewing.count)
        self._reading.changed.emit()

    def hang_first(self) -> str:
        """Hang a case that was never hung, by the default where there is one.

        Returns
        -------
        What is wrong with the default; empty for nothing.
        """
        saved = self.saved
        protocol = saved.protocols.get(saved.default)
        if protocol is None:
            self._viewing.hang()
        else:
            self._hang(saved.default, protocol)
        return saved.fault

    def resume(self, name: str) -> None:
        """Go on by a saved one with a case that is laid out as it was left."""
        protocol = self.saved.protocols.get(name) if name else None
        self._name, self._protocol = name, protocol
        self._viewing.ruled = protocol and partial(self._films, protocol)

    def forget(self) -> None:
        """Let go of the one in use: another patient comes."""
        self._name, self._protocol = "", None
        self._to_set.clear()

    def save(self, text: str) -> None:
        """Save how the panes hang now; a name that is taken is asked about.

        Raises
        ------
        CommandRefused
            If the name will not do, nothing hangs, or the disk refuses.
        """
        name, protocol = as_name(text), self._present()
        same = self.saved.like(name)
        if same:
            question = f"{same} is saved already. Replace it?"
            self._reading.ask(question, partial(self._keep, name, protocol))
        else:
            self._keep(name, protocol)

    def ask_to_remove(self, name: str) -> None:
        """Ask whether a saved one is to go."""
        question = f"Remove the hanging protocol {name}?"
        self._reading.ask(question, partial(hanging_store.remove, name))
        self._reading.changed.emit()

    def make_default(self, name: str) -> None:
        """Hang new cases by a saved one; as usual where the name is empty.

        Raises
        ------
        CommandRefused
            If the disk refuses.
        """
        hanging_store.make_default(name)
        how = f"by {name}" if name else "as usual"
        self._reading.say(f"New cases hang {how}.")

    def arrived(self, station: MeasuringViewport) -> None:
        """Set window and PET of a pane by its rule, once its series is there."""
        rule, film = self._to_set.pop(station, (None, None))
        volume, viewing = station.pane.volume, self._viewing
        if rule is None or volume is None or film != station.film:
            return
        if rule.window is not None and rule.units == volume.units:
            with viewing.linking.suspended():
                station.pane.window = Window(*rule.window)
        if rule.fused is None:
            viewing.fusing.spare(station)
            return
        station.pane.fused.window = Window(*rule.fused_window)
        station.pane.fused.blend = rule.fused
        if not station.pane.fused.is_on:
            viewing.fusing.lay(station)

    def _hang(self, name: str, protocol: HangingProtocol) -> None:
        viewing = self._viewing
        self._name, self._protocol = name, protocol
        viewing.hang_by(len(protocol.panes), partial(self._films, protocol))
        viewing.tie(protocol.link)

    def _on_hung(self) -> None:
        """Set what hung there before; what comes is set when it is there."""
        self._to_set.clear()
        if self._viewing.ruled is None or self._protocol is None:
            return
        panes = zip(self._viewing.on_show, self._protocol.panes, strict=False)
        for station, rule in panes:
            if rule is not None:
                self._to_set[station] = rule, station.film
            if station.shown == station.film:
                self.arrived(station)

    def _keep(self, name: str, protocol: HangingProtocol) -> None:
        hanging_store.save(name, protocol)
        self._name, self._protocol = name, protocol
        self._viewing.ruled = partial(self._films, protocol)
        self._reading.say(f"Saved: {name}. It hangs any patient so.")

    def _present(self) -> HangingProtocol:
        viewing = self._viewing
        current = viewing.stations[0].film.timepoint_id
        rules = [self._rule(one, current) for one in viewing.on_show]
        if rules[0] is None:
            raise CommandRefused.at(
                "The first pane",
                "shows no series of a visit",
                "Hang one there, then save",
            )
        return HangingProtocol(link=viewing.linking.mode, panes=tuple(rules))

    def _rule(self, station: MeasuringViewport, current: str) -> PaneRule | None:
        """Return the rule of a pane, with how its image is shown."""
        rule, pane = self._rules.rule_of(station.film, current), station.pane
        volume = pane.volume
        if rule is None or volume is None:
            return rule
        is_fused = volume.modality == "CT" and self._viewing.fusing.wants(station)
        has_units = volume.units == "HU" or volume.units.startswith("SU")
        low, high = pane.fused.window
        return rule.model_copy(
            update={
                "window": (pane.window.low, pane.window.high) if has_units else None,
                "units": volume.units if has_units else "",
                "fused": pane.fused.blend if is_fused else None,
                "fused_window": (low, high),
            }
        )

    def _films(self, protocol: HangingProtocol, current: str) -> Sequence[RuledFilm]:
        """Return what hangs in each pane while a visit is read."""
        return [
            RuledFilm(DisplaySet(), CHOOSE)
            if rule is None
            else self._rules.film_of(rule, current, is_first=not at)
            for at, rule in enumerate(protocol.panes)
        ]
