"""A pane with all that belongs to it: its tool, its calipers, its mouse, its film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from napari_recist.viewport.mouse.caliper_tool import CaliperTool
from napari_recist.viewport.mouse.left_button import Hands
from napari_recist.viewport.mouse.mouse import ViewportMouse
from napari_recist.viewport.slice_annotations import SliceAnnotations
from napari_recist.viewport.viewport import Viewport
from recist_tool.app.reading import DRAFT, UNFINISHED, DisplaySet

if TYPE_CHECKING:
    import numpy as np
    from napari.components import ViewerModel
    from numpy.typing import NDArray

    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.mouse.caliper_tool import CaliperOutcome
    from recist_tool.app.reading import CurrentRead


class ViewportListener(Protocol):
    """What a station tells the wall on which it hangs."""

    def drawn(self, outcome: CaliperOutcome) -> None:
        """Hear that a caliper was drawn or changed."""
        ...

    def press(self, station: MeasuringViewport) -> None:
        """Hear that a button went down in a pane."""
        ...

    def may_draw(self, station: MeasuringViewport) -> bool:
        """Return whether calipers are drawn in a pane; if they are not, say why."""
        ...

    def missed(self, key: str) -> None:
        """Hear that an end of a caliper was missed by little."""
        ...

    def point(self, station: MeasuringViewport) -> None:
        """Hear that the pointer is over a pane."""
        ...

    def moved(self, station: MeasuringViewport) -> None:
        """Hear that another slice, or another part of it, came into view."""
        ...

    def windowed(self, station: MeasuringViewport) -> None:
        """Hear that the grey values of a pane changed."""
        ...

    def step_alone(self, station: MeasuringViewport, slices: int) -> None:
        """Scroll a pane without those linked to it."""
        ...

    @property
    def finds_points(self) -> bool:
        """Whether a click finds the same point in the other panes."""
        ...

    def find_point(self, station: MeasuringViewport, at: Pixel) -> None:
        """Find a point of a pane in the others."""
        ...

    def ask(self, station: MeasuringViewport, at: Pixel) -> None:
        """Hear that a menu is asked for at a point of a pane."""
        ...

    def enlarge(self, station: MeasuringViewport) -> None:
        """Let a pane fill the wall, or no longer."""
        ...

    def carry(
        self, timepoint_id: str, station: MeasuringViewport, points: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Bring patient points of a visit to where they lie in a pane's series.

        Parameters
        ----------
        timepoint_id
            The visit to which the points belong.
        station
            The pane to whose series they are brought.
        points
            Shape (points, 3): x, y, z, mm.
        """
        ...


class MeasuringViewport:
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

    def __init__(
        self, viewer: ViewerModel, reading: CurrentRead, wall: ViewportListener
    ) -> None:
        self.pane = Viewport(viewer)
        self.film = self.shown = DisplaySet()
        self._wall = wall
        self._reading = reading
        self.tool = CaliperTool(wall.drawn, self._choose, wall.missed)
        self.hands = Hands(self.tool)
        self.sheet = SliceAnnotations(self.pane, self.tool, reading, self._carry)
        self._mouse = ViewportMouse(self.pane, self.hands, self.sheet.redraw, self)
        self.pane.slice_changed.connect(self._on_slice)
        self.pane.view_changed.connect(lambda: wall.moved(self))
        self.pane.window_changed.connect(lambda: wall.windowed(self))
        self._mouse.attach()

    def close(self) -> None:
        """Leave the viewer as it was."""
        self._mouse.detach()
        self.pane.close()

    def hang(self, film: DisplaySet) -> None:
        """Take a film; its image follows when it is there."""
        self.hands.cancel()
        self.film = film
        self.sheet.timepoint_id = film.timepoint_id

    def pressed(self) -> None:
        """Take the focus."""
        self._wall.press(self)

    def may_draw(self, at: Pixel, reach_mm: float) -> bool:
        """Return whether the left button draws; elsewhere a click only chooses."""
        may = self._wall.may_draw(self)
        grip = None if may else self.tool.grip(at, reach_mm)
        if grip is not None:
            self._choose(grip.key)
        return may

    def pointed(self) -> None:
        """Be the pane at hand."""
        self._wall.point(self)

    def step_alone(self, slices: int) -> None:
        """Scroll without the linked panes."""
        self._wall.step_alone(self, slices)

    @property
    def finds_points(self) -> bool:
        """Whether a click finds the same point in the other panes."""
        return self._wall.finds_points

    def find_point(self, at: Pixel) -> None:
        """Find a point of this pane in the others."""
        self._wall.find_point(self, at)

    def ask(self, at: Pixel) -> None:
        """Ask what can be done at a point of this pane."""
        self._wall.ask(self, at)

    def enlarge(self) -> None:
        """Fill the wall, or no longer."""
        self._wall.enlarge(self)

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
