"""An empty room: what to do first, in the place where images will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QObject, Qt, Signal
from qtpy.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_recist.widgets.file_drop import admit, dropped
from napari_recist.widgets.flow_layout import FlowRow
from napari_recist.widgets.theme import Dress, lettered, points

if TYPE_CHECKING:
    from qtpy.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent

STYLE = """
QFrame#welcome { border: 1px solid $line; border-radius: 6px; }
QPushButton { padding: 6px 12px; }
QPushButton#tour { background: $filled; color: white; }
"""
PLACE = "Drop a folder of images here, a zip archive, a DICOMDIR or a case file."
WIDTH = 70
"""In letters, where there is room."""


class Welcome(QFrame):
    """What can be opened, and at the first start the tour.

    Attributes
    ----------
    was_seen
        Whether the tour stood on the screen.

    Signals
    -------
    opened
        Paths that were dropped, as a list.
    tour_wanted, folder_wanted, server_wanted, worklist_wanted
        The reader chose that.
    """

    opened = Signal(object)
    tour_wanted = Signal()
    folder_wanted = Signal()
    server_wanted = Signal()
    worklist_wanted = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("welcome")
        self.setAcceptDrops(True)
        self._tour = QPushButton("Take the tour (3 minutes)")
        self._tour.setObjectName("tour")
        self._folder = QPushButton("Open a folder\N{HORIZONTAL ELLIPSIS}")
        self._server = QPushButton("PACS\N{HORIZONTAL ELLIPSIS}")
        self._worklist = QPushButton("Worklist\N{HORIZONTAL ELLIPSIS}")
        self.was_seen = False
        self._column = QVBoxLayout(self)
        self._lay_out()
        self._tour.clicked.connect(self.tour_wanted)
        Dress(self, lambda: lettered(points() + 1) + STYLE)
        canvas.installEventFilter(self)
        self.hide()

    def offer(self, *, tour: bool, server: bool) -> None:
        """Stand in the middle of the empty room.

        Parameters
        ----------
        tour
            Whether the tour is offered.
        server
            Whether servers may be searched: they show whose images they hold.
        """
        self._tour.setVisible(tour)
        self._server.setEnabled(server)
        self.show()
        self.raise_()
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Take note that the reader sees what is offered."""
        super().paintEvent(event)
        self.was_seen = self.was_seen or self._tour.isVisible()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        admit(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.opened.emit(dropped(event))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        canvas = self.parentWidget()
        if canvas is None:
            return
        width = WIDTH * self.fontMetrics().averageCharWidth()
        width = min(width, canvas.width())
        height = self._column.totalHeightForWidth(width)
        self.resize(width, min(height, canvas.height()))
        self.move(
            (canvas.width() - self.width()) // 2,
            (canvas.height() - self.height()) // 2,
        )

    def _lay_out(self) -> None:
        column = self._column
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(12)
        head = QLabel("<b>Nothing is open</b>")
        words = QLabel(PLACE)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignLeft)
        column.addWidget(head)
        column.addWidget(words)
        column.addWidget(self._tour, 0, Qt.AlignmentFlag.AlignLeft)
        row = FlowRow(spacing=6)
        for button, name, signal in (
            (self._folder, "folder", self.folder_wanted),
            (self._server, "server", self.server_wanted),
            (self._worklist, "worklist", self.worklist_wanted),
        ):
            button.setObjectName(f"welcome {name}")
            button.clicked.connect(signal)
            row.add(button)
        column.addWidget(row)
