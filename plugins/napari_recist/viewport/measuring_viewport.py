"""A pane with all that belongs to it: its tool, its calipers, its mouse, its film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from napari_recist.viewport.mouse.caliper_tool import CaliperTool
from napari_recist.viewport.mouse.left_button import Hands
from napari_recist.viewport.mouse.mouse import PaneMouse
from napari_recist.viewport.slice_annotations import Sheet
from napari_recist.viewport.viewport import Pane
from recist_tool.app.reading import DRAFT, UNFINISHED, Film

if TYPE_CHECKING:
    import numpy as np
    from napari.components import ViewerModel
    from numpy.typing import NDArray

    from napari_recist.viewport.mouse.caliper_tool import Outcome
    from recist_tool.app.reading import Reading


class Wall(Protocol):
    """What a station tells the wall on which it hangs."""

    def drawn(self, outcome: Outcome) -> None:
        """Hear that a caliper was drawn or changed."""
        ...

    def activate(self, station: Station) -> None:
        """Hear that a button went down in a pane."""
        ...

    def point(self, station: Station) -> None:
        """Hear that the pointer is over a pane."""
        ...

    def moved(self, station: Station) -> None:
        """Hear that another slice, or another part of it, came into view."""
        ...

    def windowed(self, station: Station) -> None:
        """Hear that the grey values of a pane changed."""
        ...

    def step_alone(self, station: Station, slices: int) -> None:
        """Scroll a pane without those linked to it."""
        ...

    def carry(
        self, timepoint_id: str, station: Station, points: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Bring patient points of a visit to where they lie in a pane's series."""
        ...


class Station:
    """One pane at work.

    Attributes
    ----------
    film
        What hangs there, or will once it is loaded.
    shown
        What the image on show is of: until the next one is loaded, the film before.
    tool
        The caliper.
    hands
        What the left button holds: the caliper, or a tool for masks.
    """

    def __init__(self, viewer: ViewerModel, reading: Reading, wall: Wall) -> None:
        self.pane = Pane(viewer)
        self.film = self.shown = Film()
        self._wall = wall
        self._reading = reading
        self.tool = CaliperTool(wall.drawn, self._choose)
        self.hands = Hands(self.tool)
        self.sheet = Sheet(self.pane, self.tool, reading, self._carry)
        self._mouse = PaneMouse(self.pane, self.hands, self.sheet.redraw, self)
        self.pane.slice_changed = self._on_slice
        self.pane.view_changed = lambda: wall.moved(self)
        self.pane.window_changed = lambda: wall.windowed(self)
        self._mouse.attach()

    def close(self) -> None:
        """Leave the viewer as it was."""
        self._mouse.detach()
        self.pane.close()

    def hang(self, film: Film) -> None:
        """Take a film; its image follows when it is there."""
        self.hands.cancel()
        self.film = film
        self.sheet.timepoint_id = film.timepoint_id

    def pressed(self) -> None:
        """Take the focus."""
        self._wall.activate(self)

    def pointed(self) -> None:
        """Be the pane at hand."""
        self._wall.point(self)

    def step_alone(self, slices: int) -> None:
        """Scroll without the linked panes."""
        self._wall.step_alone(self, slices)

    def _choose(self, key: str) -> None:
        """Choose a lesion; what waits in the reader's hand is none yet."""
        if key not in (UNFINISHED, DRAFT):
            self._reading.choose(key)

    def _on_slice(self) -> None:
        self.hands.cancel()
        self.sheet.redraw()
        self._wall.moved(self)

    def _carry(
        self, timepoint_id: str, points: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return self._wall.carry(timepoint_id, self, points)
