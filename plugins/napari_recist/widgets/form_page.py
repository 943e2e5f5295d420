"""A page of forms under headings, which scrolls where the window is low."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from napari_recist.widgets.record_form import RecordForm
    from napari_recist.widgets.rows_form import RowsForm
    from recist_tool.app.reading import CurrentRead


class FormPage(QScrollArea):
    """Headings with a form below each; what a form changes is attempted on the read.

    Signals
    -------
    asked
        A change was asked for; it is carried as a callable.
    """

    asked = Signal(object)

    def __init__(self, reading: CurrentRead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading = reading
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(2, 4, 2, 4)
        self._column.setSpacing(3)
        self.setWidget(inner)

    def refresh(self) -> None:
        """Show the case as it stands; pages that are not in view need not."""

    def add(self, heading: str, part: QWidget, tip: str = "") -> None:
        """Add a part under a heading.

        Parameters
        ----------
        tip
            Shown where the pointer rests on the heading; may be empty.
        """
        label = QLabel(f"<b>{heading}</b>")
        label.setToolTip(tip)
        self._column.addWidget(label)
        self._column.addWidget(part)
        self._column.addSpacing(4)

    def end(self) -> None:
        """Let what is left of the height stay empty."""
        self._column.addStretch(1)

    def record(
        self, form: RecordForm | RowsForm, write: Callable[[Any], object]
    ) -> None:
        """Record what a form says whenever it changes; tell beside it why not."""

        def write_or_tell(values: Any) -> None:
            if self._reading.attempt(lambda: write(values)):
                form.tell("")
                return
            form.tell(self._reading.note.text)
            if self._reading.question:
                form.let_go()  # whatever the answer is, the field shows it

        form.changed.connect(write_or_tell)
