"""Going on through a read with one key: the next lesion, the signature, the next visit.

No Qt here. A lesion is shown in the grey values that its organ was last read in, with
the caliper ready, so that nothing is left to do but to look and to draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.app.reading import is_signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.room import Room


class Advance:
    """Leads from one lesion that waits to the next.

    Parameters
    ----------
    lead_to_signature
        Shows the reader where the open visit is signed.
    """

    def __init__(self, room: Room, lead_to_signature: Callable[[], None]) -> None:
        self._room = room
        self._reading = room.reading
        self._lead_to_signature = lead_to_signature

    def forward(self) -> None:
        """Go to the next lesion that waits; where none does, to the button that signs.

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
            self._lead_to_signature()

    def back(self) -> None:
        """Go to the lesion before that waits."""
        self._go(-1)

    def _is_done(self) -> bool:
        return is_signed(self._reading) and not self._reading.expected()

    def _open_next_visit(self) -> None:
        self._keep_window()
        self._reading.lesion_id = None
        self._reading.step_timepoint(1)

    def _go(self, step: int) -> None:
        """Choose the next lesion that waits, in its window, the caliper at hand."""
        reading, room = self._reading, self._room
        self._keep_window()
        reading.next_expected(step)
        lesion = reading.lesion
        if lesion is None or lesion not in reading.expected():
            return
        room.windows.turn_to(lesion.organ)
        if room.viewing.active.hands.other is None and not room.unmeasurable():
            room.arm(on=True)

    def _keep_window(self) -> None:
        lesion = self._reading.lesion
        if lesion is not None:
            self._room.windows.belongs_to(lesion.organ)
