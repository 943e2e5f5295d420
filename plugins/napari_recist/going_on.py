"""Going on through a read with one key: the next lesion, the signature, the next visit.

No Qt here. A lesion is shown in the grey values that its organ was last read in, with
the caliper ready, so that nothing is left to do but to look and to draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.signing import is_signed
from napari_recist.windows import preset_of_organ

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room import Room
    from napari_recist.windows import Window


class GoingOn:
    """Leads from one lesion that waits to the next.

    Parameters
    ----------
    ask_signature
        Lets the reader sign the open visit.
    """

    def __init__(self, room: Room, ask_signature: Callable[[], None]) -> None:
        self._room = room
        self._reading = room.reading
        self._ask_signature = ask_signature
        self._windows: dict[str, Window] = {}

    def forward(self) -> None:
        """Go to the next lesion that waits; where none does, sign, then the next visit.

        A visit that is complete and signed leads to the first lesion of the next one.
        """
        reading = self._reading
        if self._is_done() and reading.visits[-1].timepoint_id != reading.timepoint_id:
            self._open_next_visit()
        self._go(1)
        if reading.expected() or reading.read is None or not reading.read.lesions:
            return
        if is_signed(reading):
            reading.say(f"{reading.timepoint_id} is complete and signed.")
        else:
            self._ask_signature()

    def back(self) -> None:
        """Go to the lesion before that waits."""
        self._go(-1)

    def _is_done(self) -> bool:
        return is_signed(self._reading) and not self._reading.expected()

    def _open_next_visit(self) -> None:
        self._remember(self._organ())
        self._reading.lesion_id = None
        self._reading.step_timepoint(1)

    def _go(self, step: int) -> None:
        """Choose the next lesion that waits, in its window, the caliper at hand."""
        left = self._organ()
        self._remember(left)
        self._reading.next_expected(step)
        if self._reading.lesion not in self._reading.expected():
            return
        if self._organ() != left:
            self._show_window(self._organ())
        if not self._holds_other_tool() and not self._room.unmeasurable():
            self._room.arm(on=True)

    def _organ(self) -> str:
        lesion = self._reading.lesion
        return "" if lesion is None else lesion.organ

    def _remember(self, organ: str) -> None:
        pane = self._room.pane
        if organ and pane.acquired is not None and pane.acquired.modality == "CT":
            self._windows[organ] = pane.window

    def _show_window(self, organ: str) -> None:
        pane = self._room.pane
        if pane.acquired is not None and pane.acquired.modality == "CT":
            pane.window = self._windows.get(organ) or preset_of_organ(organ)

    def _holds_other_tool(self) -> bool:
        return self._room.viewing.active.hands.other is not None
