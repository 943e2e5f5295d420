"""Menus of a right click: what is here, measure, delete with a reason, copy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtGui import QCursor
from qtpy.QtWidgets import QMenu

from napari_recist.panels.tool_bindings import (
    COPY_KEY,
    ENLARGE_KEY,
    PROBE_KEYS,
    REGION_KEYS,
    SLICE_KEY,
)
from napari_recist.viewport.mouse.mouse import REACH_PX
from recist_tool.app import BLOOD_POOL, LIVER
from recist_tool.measure import KIND_WORDS, annotation_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qtpy.QtWidgets import QWidget

    from napari_recist.panels.toolkit import Removal, Toolkit
    from napari_recist.table.cells import Cell
    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.measuring_viewport import MeasuringViewport

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
REASONS = ("drawn by mistake", "not a lesion", "another lesion was meant")
REGION_WORDS = {LIVER: "Liver sphere here", BLOOD_POOL: "Blood pool here"}


class ContextMenu(QMenu):
    """A menu whose first lines say what is here."""

    def __init__(self, kit: Toolkit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("context menu")

    def say(self, lines: Sequence[str]) -> None:
        """Say what is here, in lines that do nothing; and offer to copy them."""
        told = [line for line in lines if line]
        for line in told:
            self.addAction(line).setEnabled(False)
        if told:
            self.offer("Copy this", partial(self._kit.copy_text, "\n".join(told)))
        self.addSeparator()

    def offer(
        self,
        words: str,
        act: Callable[[], object],
        key: str = "",
        menu: QMenu | None = None,
    ) -> None:
        """Offer to do something, with the key that does it, too.

        Parameters
        ----------
        key
            As it came; empty where none does.
        menu
            In which it stands; None for this one.
        """
        now = self._kit.key_of(key) if key else ""
        action = (menu or self).addAction(f"{words}\t{now}" if now else words)
        action.triggered.connect(lambda: act())

    def offer_removals(self, removals: Sequence[Removal]) -> None:
        """Offer to take something back, for a reason that is chosen or typed."""
        for one in removals:
            menu = QMenu(f"{one.words}, because it is", self)
            self.addMenu(menu)
            for reason in REASONS:
                act = partial(self._kit.remove, one, reason)
                self.offer(reason, act, menu=menu)
            ask = partial(self._kit.ask_reason, one)
            self.offer(f"another reason{ELLIPSIS}", ask, menu=menu)


class Menus:
    """Shows the menus where they are asked for, at the pointer."""

    def __init__(self, kit: Toolkit, parent: QWidget) -> None:
        self._kit = kit
        self._parent = parent
        kit.room.viewing.asked.connect(self._on_pane)

    def show_cell(self, cell: Cell) -> None:
        """Show what can be done with a cell of the table."""
        cell_menu(self._kit, cell, self._parent).popup(QCursor.pos())

    def _on_pane(self, station: MeasuringViewport, at: Pixel) -> None:
        self._kit.cine.stop()
        pane_menu(self._kit, station, at, self._parent).popup(QCursor.pos())


def pane_menu(
    kit: Toolkit, station: MeasuringViewport, at: Pixel, parent: QWidget
) -> ContextMenu:
    """Return the menu of a point of a pane.

    Parameters
    ----------
    at
        Row, column.
    """
    menu, room, pane = ContextMenu(kit, parent), kit.room, station.pane
    reading = room.reading
    lesions = _lesions_at(kit, station, at)
    drawn = kit.probes.at(station, at)
    menu.say(
        [
            pane.value_words(at),
            kit.place_words(station, at),
            *(kit.lesion_words(one, station.film.timepoint_id) for one in lesions),
            *map(annotation_words, drawn),
        ]
    )
    is_open = station.film.timepoint_id in ("", reading.timepoint_id)
    for one in lesions:
        visit = station.film.timepoint_id
        menu.offer(f"Choose {one}", partial(room.go_to_cell, one, visit))
    if is_open and pane.can_measure:
        _offer_tools(menu, kit, station, at)
    is_pet = pane.volume is not None and pane.volume.modality == "PT"
    if is_open and is_pet and pane.can_measure:
        for name, words in REGION_WORDS.items():
            act = partial(kit.regions.place_at, name, station, at)
            menu.offer(words, act, REGION_KEYS[name])
    menu.addSeparator()
    find = partial(room.viewing.find_point, station, at)
    menu.offer("Same point in the other panes", find)
    menu.offer(f"Go to slice{ELLIPSIS}", kit.ask_slice, SLICE_KEY)
    menu.offer("Reset the view", pane.reset_view, "Ctrl+R")
    words = "All panes" if room.viewing.enlarged else "This pane alone"
    menu.offer(words, partial(room.viewing.enlarge, station), ENLARGE_KEY)
    if is_open:
        menu.addSeparator()
        menu.offer_removals(
            [
                *(kit.removal_of(one) for one in lesions),
                *(kit.removal_of_drawn(one) for one in drawn),
            ]
        )
    return menu


def cell_menu(kit: Toolkit, cell: Cell, parent: QWidget) -> ContextMenu:
    """Return the menu of a cell of the table.

    Parameters
    ----------
    cell
        Which lesion, and at which visit; neither in most rows of sums.
    """
    menu, room = ContextMenu(kit, parent), kit.room
    name, visit = cell.lesion_id, cell.timepoint_id or ""
    menu.say([f"{name or ''} {visit}".strip(), *cell.tooltip.splitlines()])
    if name is not None:
        menu.offer(f"Go to {name}", partial(room.go_to_cell, name, visit))
        menu.offer(f"Measure {name}", partial(kit.measure, name, visit))
        menu.offer(f"Comment on {name}{ELLIPSIS}", partial(kit.comment, name, visit))
    menu.offer("Copy the table", kit.copy_table, COPY_KEY)
    here = room.reading.timepoint_id
    if name is not None and visit in ("", here):
        menu.addSeparator()
        menu.offer_removals([kit.removal_of(name)])
    return menu


def _offer_tools(
    menu: ContextMenu, kit: Toolkit, station: MeasuringViewport, at: Pixel
) -> None:
    """Offer what measures, with its keys."""
    tools = QMenu("Measure", menu)
    menu.addMenu(tools)
    menu.offer("Caliper", kit.take_caliper, "M", tools)
    menu.offer(
        "Border of the lesion here", partial(kit.find_here, station, at), "A", tools
    )
    tools.addSeparator()
    for kind, key in PROBE_KEYS.items():
        act = partial(kit.take_up, station, kind)
        menu.offer(KIND_WORDS[kind].capitalize(), act, key, tools)


def _lesions_at(kit: Toolkit, station: MeasuringViewport, at: Pixel) -> list[str]:
    """Return the lesions whose caliper or mask is under a point."""
    grip = station.tool.grip(at, REACH_PX * station.pane.mm_per_px)
    names = [] if grip is None else [grip.key]
    names += kit.masks_at(station, at)
    read = kit.room.reading.read
    known = dict.fromkeys(names)
    return [one for one in known if read is not None and read.lesion(one)]
