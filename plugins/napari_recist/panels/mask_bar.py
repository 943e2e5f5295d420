"""The tools for masks as buttons: what the keys do, with the size of the brush."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QDoubleSpinBox, QPushButton, QWidget

from napari_recist.room.segmentation import LEAST_MM, MOST_MM
from napari_recist.room.snap import snap
from napari_recist.viewport.mouse.left_button import Mode
from napari_recist.widgets.flow_layout import FlowRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.carry_over import CarryOver
    from napari_recist.room.room import Room
    from napari_recist.room.segmentation import LesionSegmentation

SIZE_TIP = "Diameter of the brush, mm (+ and -)"


class MaskBar(FlowRow):
    """Find, brush, smooth, fill, snap, carry over; what is in hand."""

    def __init__(
        self,
        room: Room,
        contouring: LesionSegmentation,
        carrying: CarryOver,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._contouring = contouring
        self._carrying = carrying
        snap_it = partial(room.reading.attempt, partial(snap, room))
        self._find = self._button("Find", "A click finds the border (A)")
        self._brush = self._button("Brush", "Paint, then erase, then neither (Shift+A)")
        self._size = self._size_box()
        self._smooth = self._button("Smooth", "Smooth the outline (H)")
        self._fill = self._button("Fill", "Fill slices between drawn ones (I)")
        self._snap = self._button("Snap", "Move the caliper to the border (Shift+M)")
        self._carry = self._button("Carry over", "Propose lesions of the baseline (C)")
        self._connect(snap_it)
        room.reading.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show which tool is in hand."""
        mode = self._contouring.mode
        self._find.setChecked(mode is Mode.FIND)
        self._brush.setChecked(mode.is_brush)
        self._brush.setText("Erase" if mode is Mode.ERASE else "Brush")
        self._carry.setChecked(self._carrying.busy)
        self._carry.setText("Stop" if self._carrying.busy else "Carry over")
        if not self._size.hasFocus():
            self._size.setValue(self._contouring.brush_mm)

    def _connect(self, snap_it: Callable[[], object]) -> None:
        contouring = self._contouring
        acts: tuple[tuple[QPushButton, Callable[[], object]], ...] = (
            (self._find, contouring.toggle_find),
            (self._brush, contouring.cycle_brush),
            (self._smooth, contouring.smooth),
            (self._fill, contouring.fill_between),
            (self._snap, snap_it),
            (self._carry, self._carrying.toggle),
        )
        for button, act in acts:
            button.clicked.connect(partial(_do, act))
        self._size.editingFinished.connect(self._on_size)

    def _on_size(self) -> None:
        if self._size.value() != self._contouring.brush_mm:
            self._contouring.set_brush(self._size.value())

    def _size_box(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(LEAST_MM, MOST_MM)
        box.setDecimals(0)
        box.setSuffix(" mm")
        box.setToolTip(SIZE_TIP)
        box.setObjectName("brush size")
        self.add(box)
        return box

    def _button(self, word: str, tip: str) -> QPushButton:
        button = QPushButton()
        button.setText(word)
        button.setToolTip(tip)
        button.setObjectName(f"mask {word.lower()}")
        button.setCheckable(word in ("Find", "Brush", "Carry over"))
        self.add(button)
        return button


def _do(act: Callable[[], object], *_: object) -> None:
    """Do what a button says, whether it is up or down."""
    act()
