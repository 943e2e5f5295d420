"""Making panes piece by piece, so that the window answers between the pieces.

A canvas with its first picture costs a third of a second where a processor stands in
for the graphics card; a reader who scrolls meanwhile feels every tenth of that.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from napari.components import ViewerModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from napari_recist.viewport.measuring_viewport import MeasuringViewport

MADE: Final = object()
"""What follows the last piece of a pane."""


class ViewportMaker(Protocol):
    """Where panes come from."""

    def make(self, viewer: ViewerModel) -> None:
        """Make one more canvas, which is not on show yet, for what a viewer holds."""
        ...

    def warm(self, viewer: ViewerModel) -> None:
        """Paint a canvas once, unseen, so that showing it costs little."""
        ...

    def next_turn(self, act: Callable[[], None], *, urgent: bool) -> None:
        """Do something once the window has answered to what waits."""
        ...


class ViewportFactory:
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
        maker: ViewportMaker | None,
        furnish: Callable[[ViewerModel], MeasuringViewport],
        stations: list[MeasuringViewport],
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

    def _go_on(self, maker: ViewportMaker) -> None:
        self._busy = len(self._stations) < self._wanted
        if self._busy:
            self._step(maker, self._pieces(maker))
        else:
            self._serve()

    def _step(self, maker: ViewportMaker, pieces: Iterator[None]) -> None:
        is_made = next(pieces, MADE) is MADE
        act = (
            partial(self._go_on, maker)
            if is_made
            else partial(self._step, maker, pieces)
        )
        maker.next_turn(act, urgent=self._then is not None)

    def _pieces(self, maker: ViewportMaker) -> Iterator[None]:
        """Make one more pane, in as many pieces as napari lets us."""
        viewer = ViewerModel()
        yield
        maker.make(viewer)
        yield
        station = self._furnish(viewer)
        yield
        maker.warm(viewer)
        self._stations.append(station)
