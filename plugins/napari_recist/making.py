"""Making panes piece by piece, so that the window answers between the pieces.

A canvas with its first picture costs a third of a second where a processor stands in
for the graphics card; a reader who scrolls meanwhile feels every tenth of that.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.components import ViewerModel

    from napari_recist.station import Station


class Maker(Protocol):
    """Where panes come from."""

    def make(self) -> ViewerModel:
        """Make one more canvas, which is not on show yet."""
        ...

    def warm(self, viewer: ViewerModel) -> None:
        """Paint a canvas once, unseen, so that showing it costs little."""
        ...

    def next_turn(self, act: Callable[[], None], *, urgent: bool) -> None:
        """Do something once the window has answered to what waits."""
        ...


class Making:
    """Makes panes when they are asked for, or ahead of that.

    Parameters
    ----------
    maker
        None where there is no window: then there is one pane.
    furnish
        Puts what belongs to a pane around a canvas.
    stations
        All panes there are; new ones are added.
    """

    def __init__(
        self,
        maker: Maker | None,
        furnish: Callable[[ViewerModel], Station],
        stations: list[Station],
    ) -> None:
        self._maker = maker
        self._furnish = furnish
        self._stations = stations
        self._wanted = 1
        self._then: Callable[[], None] | None = None
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether somebody waits for panes."""
        return self._then is not None

    def ensure(self, count: int, then: Callable[[], None] | None = None) -> None:
        """Do something as soon as there are so many panes; only the last wish counts.

        At once where they are there, or cannot be made. Without `then`, panes are made
        ahead: slowly, and for nobody in particular.
        """
        if then is None and self._busy:
            return
        self._wanted, self._then = count, then
        if self._maker is None or len(self._stations) >= count:
            self._serve()
        elif not self._busy:
            self._go_on(self._maker)

    def soon(self, act: Callable[[], None]) -> None:
        """Do something that takes its time in a turn of its own."""
        if self._maker is None:
            act()
        else:
            self._maker.next_turn(act, urgent=True)

    def _serve(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    def _go_on(self, maker: Maker) -> None:
        self._busy = len(self._stations) < self._wanted
        if not self._busy:
            self._serve()
            return
        viewer = maker.make()
        self._turn(maker, lambda: self._furnished(maker, viewer))

    def _furnished(self, maker: Maker, viewer: ViewerModel) -> None:
        station = self._furnish(viewer)
        self._turn(maker, partial(self._warmed, maker, station))

    def _warmed(self, maker: Maker, station: Station) -> None:
        maker.warm(station.pane.viewer)
        self._stations.append(station)
        self._turn(maker, partial(self._go_on, maker))

    def _turn(self, maker: Maker, act: Callable[[], None]) -> None:
        maker.next_turn(act, urgent=self._then is not None)
