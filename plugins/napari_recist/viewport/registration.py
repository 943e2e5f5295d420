"""Registering the CTs of the panes in the background, for those who link by it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from napari_recist.viewport.link import LinkMode, Tie
from recist_tool.errors import RecistToolError
from recist_tool.measure import register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_recist.viewport.link import Points
    from napari_recist.viewport.linking import Linking
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import CurrentRead
    from recist_tool.measure import Registration, Volume

    Extent = tuple[str, int]


class ViewportsToRegister(Protocol):
    """What registering needs to know of the panes."""

    @property
    def on_show(self) -> Sequence[MeasuringViewport]:
        """The panes on the screen; the current visit first."""
        ...


class ViewportRegistration:
    """Lays the CT of each other pane over that of the current visit, once.

    Only whole series: of one half loaded the answer would hang on what had come. One of
    which more arrives later is laid anew.
    """

    def __init__(
        self,
        wall: ViewportsToRegister,
        linking: Linking,
        reading: CurrentRead,
        loader: Loader,
    ) -> None:
        self._wall = wall
        self._linking = linking
        self._reading = reading
        self._loader = loader
        self._begun: set[tuple[Extent, Extent]] = set()
        self._found: dict[tuple[str, str], Registration] = {}

    def forget(self) -> None:
        """Forget what was begun: another patient comes."""
        self._begun.clear()
        self._found.clear()

    def ensure(self) -> None:
        """Begin the registrations that are missing."""
        current, *others = (
            None if station.pane.awaits_slices else station.pane.acquired
            for station in self._wall.on_show
        )
        for other in others:
            if current is not None and other is not None and _are_ct(current, other):
                self._begin(other, current)

    def find(self, fixed: Volume, moving: Volume) -> Registration | None:
        """Return how one CT lies on another, or None where nobody asked yet."""
        return self._found.get((fixed.key, moving.key))

    def take(self, fixed: Volume, moving: Volume, found: Registration) -> None:
        """Let linked panes follow a registration, there and back, from now on.

        Parameters
        ----------
        fixed, moving
            The CTs that were registered, baseline and follow-up.
        found
            From `fixed` to `moving`.
        """
        self._found[fixed.key, moving.key] = found
        there = Tie(found.map_points, partial(_doubt_mm, found))
        back = Tie(partial(_back, found), partial(_doubt_back_mm, found))
        self._linking.register(fixed, moving, there)
        self._linking.register(moving, fixed, back)
        self._linking.tie_again()

    def _begin(self, fixed: Volume, moving: Volume) -> None:
        pair = _extent(fixed), _extent(moving)
        with_less = (fixed.key, moving.key) in {
            (one, other) for (one, _), (other, _) in self._begun
        }
        is_known = self._linking.is_registered(fixed, moving) and not with_less
        if pair in self._begun or is_known or self._linking.share(fixed, moving):
            return
        self._begun.add(pair)

        def done(found: Registration) -> None:
            self.take(fixed, moving, found)
            if self._linking.mode is LinkMode.BY_REGISTRATION:
                self._reading.say("The panes are linked by registration.")

        def failed(error: RecistToolError) -> None:
            if self._linking.mode is not LinkMode.BY_REGISTRATION:
                return
            if not self._any_registered():
                self._linking.set_mode(LinkMode.BY_HAND)
            self._reading.say(f"Linked by hand instead. {error}", is_error=True)

        self._loader.run(
            "Registering two visits", partial(_registered, fixed, moving), done, failed
        )

    def _any_registered(self) -> bool:
        """Return whether a pane beside the current one is linked by registration."""
        current, *others = (station.pane.acquired for station in self._wall.on_show)
        return current is not None and any(
            self._linking.is_registered(other, current)
            for other in others
            if other is not None
        )


def _extent(volume: Volume) -> Extent:
    """Return what names a series, with how much of it there is."""
    return volume.key, len(volume.voxels)


def _registered(
    fixed: Volume, moving: Volume, advance: Callable[[int, int], None]
) -> Registration:
    def report(part: float, stage: str) -> None:
        advance(round(100 * part), 100)

    return register(fixed, moving, progress=report)


def _back(found: Registration, points: Points) -> Points:
    """Return points of the moving CT on the fixed one; where none is, as it lies."""
    try:
        return found.map_back(points)
    except RecistToolError:
        return found.rigid.inverse(points)


def _doubt_mm(found: Registration, points: Points) -> float:
    return float(found.uncertainty_mm(points).max())


def _doubt_back_mm(found: Registration, points: Points) -> float:
    return _doubt_mm(found, _back(found, points))


def _are_ct(one: Volume, other: Volume) -> bool:
    return one.modality == other.modality == "CT"
