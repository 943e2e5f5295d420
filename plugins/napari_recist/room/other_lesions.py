"""The other lesions of an organ like the chosen one, proposed to the reader in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from napari_recist.viewport.mouse.mask_edit import Seek, found_draft
from recist_tool.app.reading import require_unsigned
from recist_tool.errors import CommandRefused
from recist_tool.measure import burden_percent, organ_around, others_like, without
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from napari_recist.room.carry_over import CarryOver
    from napari_recist.room.room import Room
    from napari_recist.room.segmentation import LesionSegmentation
    from napari_recist.viewport.mouse.mask_edit import Draft
    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import NewLesion
    from recist_tool.errors import RecistToolError
    from recist_tool.measure import Mask, Segmentation, Volume

SAME_MM = 8.0  # from where the registration puts the middle of a lesion
KEYS = "Enter accepts, Escape drops it, Q ends."


class FoundOthers(NamedTuple):
    """What was found in the background."""

    organ: Mask
    lesions: list[Segmentation]


class Search(NamedTuple):
    """From which lesion the others were looked for.

    Attributes
    ----------
    lesion_id
        Of the chosen lesion.
    seen
        Its mask.
    hand
        What the next lesion was to be before.
    """

    volume: Volume
    timepoint_id: str
    lesion_id: str
    seen: Mask
    hand: NewLesion


class OtherLesions:
    """Proposes lesions like the chosen one; each is accepted or dropped by a key.

    Attributes
    ----------
    busy
        Whether they are being looked for.
    """

    def __init__(
        self,
        room: Room,
        loader: Loader,
        contouring: LesionSegmentation,
        carrying: CarryOver,
    ) -> None:
        self._room = room
        self._reading = room.reading
        self._loader = loader
        self._contouring = contouring
        self._carrying = carrying
        self._asked = 0
        self._search: Search | None = None
        self._found: FoundOthers | None = None
        self._next = 0
        self._accepted: list[Mask] = []
        self.busy = False
        room.take_back_mask = self._take_back
        contouring.recorded.connect(self._on_recorded)
        room.reading.changed.connect(self._follow)

    @property
    def waiting(self) -> int:
        """How many proposals the reader has not seen."""
        return 0 if self._found is None else len(self._found.lesions) - self._next

    def toggle(self) -> None:
        """Look for the others like the chosen lesion, or end that."""
        if self.busy or self._found is not None:
            self._contouring.drop()
            self._end()
        else:
            self._reading.attempt(self._start)

    def drop(self) -> bool:
        """Drop the proposal in hand and show the next; return whether there was one."""
        if self._found is None or self._contouring.draft is None:
            return False
        self._contouring.drop()
        self._show_next()
        return True

    def _take_back(self) -> bool:
        """Take back what was done to the mask in hand, or it; return whether it was.

        Where proposals follow one another the one in hand stays: what is taken back is
        the one before, which was recorded.
        """
        mask = self._contouring
        return mask.take_back() or (self._found is None and mask.drop_proposal())

    def _start(self) -> None:
        """Look for them in the background.

        Raises
        ------
        CommandRefused
            If no lesion with a mask on the series in view is chosen, or the visit is
            signed.
        """
        reading, volume = self._reading, self._room.pane.volume
        lesion_id = reading.lesion_id
        seen = None if lesion_id is None else self._contouring.mask_of(lesion_id)
        if volume is None or lesion_id is None or seen is None:
            raise CommandRefused.at(
                "",
                "the others are looked for from a lesion with a mask on this series",
                "Click one with A, and accept it",
            )
        require_unsigned(reading)
        search = Search(
            volume=volume,
            timepoint_id=reading.open_visit_id(),
            lesion_id=lesion_id,
            seen=seen,
            hand=reading.new_lesion,
        )
        self._asked += 1
        self._search, self.busy, self._accepted = search, True, []
        reading.say(f"Looking for lesions like {lesion_id}; go on reading meanwhile.")
        asked = self._asked

        def work(_advance: Callable[[int, int], None]) -> FoundOthers:
            organ = organ_around(search.volume, search.seen)
            return FoundOthers(organ, others_like(search.volume, search.seen, organ))

        self._loader.run(
            "Finding the others",
            work,
            lambda found: self._on_found(found) if asked == self._asked else None,
            lambda error: self._on_failed(error) if asked == self._asked else None,
        )

    def _on_found(self, found: FoundOthers) -> None:
        self.busy = False
        known = self._contouring.masks_here()
        new = [one for one in found.lesions if not _is_among(one.mask, known.values())]
        self._found, self._next = found._replace(lesions=new), 0
        self._show_next()

    def _on_failed(self, error: RecistToolError) -> None:
        self.busy, self._search = False, None
        self._reading.say(str(error), is_error=True)

    def _show_next(self) -> None:
        """Put the next proposal into the reader's hand; after the last one, say so."""
        search, found = self._search, self._found
        if search is None or found is None:
            return
        if self._next == len(found.lesions):
            self._end()
            return
        one = found.lesions[self._next]
        self._next += 1
        lesion_id = self._known_at(search, one.mask)
        if lesion_id is None:
            self._as_new(search)
        known = {"like": search.lesion_id}
        seek = Seek(search.volume, lesion_id, lambda: one, known)
        draft = found_draft(one, seek, search.timepoint_id)
        self._contouring.take_in_hand(draft)
        self._reading.say(
            f"{self._next} of {len(found.lesions)} like {search.lesion_id}: "
            f"{draft.sizes}. Expected overlap {one.confidence:.0%}. {KEYS}"
        )

    def _as_new(self, search: Search) -> None:
        """Let what is accepted next be a lesion of the same organ: no target."""
        reading = self._reading
        lesion = None if reading.read is None else reading.read.lesion(search.lesion_id)
        role = LesionRole.NON_TARGET if reading.is_baseline else LesionRole.NEW
        organ = reading.new_lesion.organ if lesion is None else lesion.organ
        reading.new_lesion = reading.new_lesion._replace(
            role=role, organ=organ, name="", nodal=False
        )
        reading.new_wanted = not reading.is_baseline

    def _known_at(self, search: Search, mask: Mask) -> str | None:
        """Return the lesion that was carried over to a place and waits there."""
        carried, read = self._carrying.carried, self._reading.read
        if carried is None or read is None or carried.route.moving is not search.volume:
            return None
        middle = mask.middle_lps()
        apart = {
            name: float(np.linalg.norm(np.subtract(one.centre_lps, middle)))
            for name, one in carried.proposals.items()
            if read.finding(name, search.timepoint_id) is None
        }
        nearest = min(apart, key=lambda name: apart[name], default=None)
        if nearest is None or apart[nearest] > max(SAME_MM, mask.ball_radius_mm):
            return None
        return nearest

    def _on_recorded(self, draft: Draft) -> None:
        if self._found is not None and self._search is not None:
            if draft.volume is self._search.volume:
                self._accepted.append(draft.mask)
            self._show_next()

    def _follow(self) -> None:
        """Forget all of it where the reader went to another visit or patient."""
        search = self._search
        if search is None:
            return
        is_here = self._reading.timepoint_id == search.timepoint_id
        if self._reading.session is None or not is_here:
            self._forget()

    def _forget(self) -> None:
        self._asked += 1
        self._search = self._found = None
        self._next, self._accepted = 0, []
        self.busy = False

    def _end(self) -> None:
        """Say what came of it."""
        search, found, accepted = self._search, self._found, self._accepted
        self._forget()
        if search is None or found is None:
            self._reading.say("Looking for the others is stopped.")
            return
        # what is drawn next is no new lesion unless the reader says so again
        self._reading.new_lesion, self._reading.new_wanted = search.hand, False
        if not found.lesions:
            self._reading.say(f"No other lesion like {search.lesion_id} was found.")
            return
        masks = [search.seen, *accepted]
        total_ml = sum(one.volume_ml for one in masks)
        percent = burden_percent(masks, found.organ)
        self._reading.say(
            f"{len(accepted)} of {len(found.lesions)} accepted. With "
            f"{search.lesion_id} {total_ml:.1f} ml, {percent:.1f} % of the organ."
        )


def _is_among(mask: Mask, known: Iterable[Mask]) -> bool:
    """Return whether a mask shares a voxel with one that is recorded."""
    return any(without(mask, one).voxels < mask.voxels for one in known)
