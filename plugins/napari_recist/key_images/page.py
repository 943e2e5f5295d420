"""The page of key images: a grid of lesions and visits, each image leads there."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from qtpy.QtGui import QKeyEvent, QPainter, QPalette, QPen
from qtpy.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from napari_recist.key_images.grid_model import (
    MADE_WHEN,
    NO_IMAGE,
    Tile,
    Tiles,
    tiles_of,
)
from napari_recist.widgets.key_filter import ENTER, leave_keys
from napari_recist.widgets.theme import named

if TYPE_CHECKING:
    from napari_recist.key_images.recorder import KeyImageRecorder
    from recist_tool.app.reading import CurrentRead

NONE_YET = (
    "No key images yet. Each caliper that is recorded makes one: the lesion in its "
    "window, with its lengths."
)
LINES = 6
"""How high an image is in the grid, in lines of text."""

GAP = 3
OWN_KEYS = ("Up", "Down", "Left", "Right", "Return", "Enter", "Escape")

Index = QModelIndex | QPersistentModelIndex


class TileModel(QAbstractTableModel):
    """The tiles for Qt, with headings."""

    def __init__(self, album: KeyImageRecorder) -> None:
        super().__init__()
        self._album = album
        self._tiles = Tiles()

    def show(self, tiles: Tiles) -> None:
        """Show other tiles; what is chosen or scrolled to stays where it can."""
        old = self._tiles
        is_alike = old.visits == tiles.visits and old.lesions == tiles.lesions
        if not is_alike:
            self.beginResetModel()
        self._tiles = tiles
        if not is_alike:
            self.endResetModel()

    @property
    def tiles(self) -> Tiles:
        """What is shown."""
        return self._tiles

    def tile(self, index: Index) -> Tile | None:
        """Return the tile at an index; None beyond the grid."""
        if not index.isValid():
            return None
        return self._tiles.rows[index.row()][index.column()]

    def rowCount(self, parent: Any = None) -> int:
        """Return the number of lesions."""
        return len(self._tiles.rows)

    def columnCount(self, parent: Any = None) -> int:
        """Return the number of visits."""
        return len(self._tiles.visits)

    def headerData(
        self, section: int, orientation: Any, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a visit or a lesion by its short name.

        Parameters
        ----------
        section
            Index of a visit (horizontal) or of a lesion, from 0.
        role
            Only the text is given; any other asks for None.
        """
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._tiles.visits[section]
        return self._tiles.lesions[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what was found, and all of the image; the delegate paints it small."""
        tile = self.tile(index)
        if tile is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tile.words
        return self._tip(tile) if role == Qt.ItemDataRole.ToolTipRole else None

    def _tip(self, tile: Tile) -> str:
        name = f"{tile.lesion_id} at {tile.timepoint_id}"
        words = escape(f"{name}: {tile.tooltip or tile.words}".rstrip(": "))
        png = self._album.whole(tile.place)
        if png is not None:
            coded = base64.b64encode(png).decode()
            return f'<p>{words}</p><img src="data:image/png;base64,{coded}">'
        return f"{words}. {MADE_WHEN}" if tile.awaits else words


class TileDelegate(QStyledItemDelegate):
    """Paints an image, and below it what was found.

    Qt paints what is in view, so no other image is read from the disk.
    """

    def __init__(
        self, model: TileModel, album: KeyImageRecorder, view: QTableView
    ) -> None:
        super().__init__(view)
        self._model = model
        self._album = album
        self._view = view

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Paint a tile; where the reader is, and where the keys are, it is framed.

        Parameters
        ----------
        option
            Where to paint, with the font and palette of the view.
        index
            Of a lesion (row) and a visit (column).
        """
        tile = self._model.tile(index)
        if tile is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = option.rect.adjusted(GAP, GAP, -GAP, -GAP)
        words, small = tile.words, self._album.small(tile.place)
        if small is not None:
            side = area.height() - option.fontMetrics.height()
            left = area.center().x() - side // 2
            painter.drawImage(QRect(left, area.top(), side, side), small)
        elif tile.awaits and not self._album.has(tile.place):
            words = f"{words}\n{NO_IMAGE}"
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(area, below, words)
        frame = option.rect.adjusted(1, 1, -2, -2)
        if self._view.hasFocus() and self._view.currentIndex() == index:
            painter.setPen(QPen(painter.pen().color(), 1, Qt.PenStyle.DashLine))
            painter.drawRect(frame)
        if tile.is_here:
            painter.setPen(QPen(named(self._view, "active"), 2))
            painter.drawRect(frame.adjusted(2, 2, -2, -2))
        painter.restore()


class ImageGrid(QTableView):
    """The grid on the screen.

    Signals
    -------
    picked
        Lesion id and timepoint id of an image that was clicked, or entered.
    left
        The reader is done choosing by keys.
    """

    picked = Signal(str, str)
    left = Signal()

    def __init__(self, album: KeyImageRecorder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TileModel(album)
        self.setObjectName("key images")
        self.setModel(self._model)
        self.setItemDelegate(TileDelegate(self._model, album, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves keys to the image
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        leave_keys(self, OWN_KEYS)
        self._size_tiles()
        self.clicked.connect(self._on_picked)

    def show_tiles(self, tiles: Tiles) -> None:
        """Show the tiles as they are now."""
        self._model.show(tiles)
        self.viewport().update()

    def choose_by_keys(self) -> None:
        """Let arrows choose, beginning where the reader is."""
        row, column = self._model.tiles.here() or (0, 0)
        self.setCurrentIndex(self._model.index(row, column))
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the chosen image on Enter; Escape gives the keys back."""
        if event.key() in ENTER:
            self._on_picked(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
            self.viewport().update()

    def _size_tiles(self) -> None:
        line = self.fontMetrics().height()
        self.horizontalHeader().setDefaultSectionSize(LINES * line + 2 * GAP)
        self.verticalHeader().setDefaultSectionSize((LINES + 1) * line + 2 * GAP)

    def _on_picked(self, index: Index) -> None:
        tile = self._model.tile(index)
        if tile is not None:
            self.left.emit()
            self.picked.emit(*tile.place)


class ImagesPage(QWidget):
    """The grid, or how it is filled.

    Signals
    -------
    picked
        Lesion id and timepoint id of the image that the reader wants to go to.
    """

    picked = Signal(str, str)

    def __init__(
        self,
        reading: CurrentRead,
        album: KeyImageRecorder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._reading = reading
        self._none = QLabel(NONE_YET)
        self._none.setWordWrap(True)
        self._grid = ImageGrid(album)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 3, 0, 0)
        column.addWidget(self._none)
        column.addWidget(self._grid, 1)
        self._grid.picked.connect(self.picked)
        self._grid.left.connect(self._grid.clearFocus)
        album.changed.connect(self._on_images)

    def refresh(self) -> None:
        """Show the read as it stands."""
        tiles = tiles_of(self._reading)
        self._none.setVisible(not tiles.rows)
        self._grid.setVisible(bool(tiles.rows))
        self._grid.show_tiles(tiles)

    def choose_by_keys(self) -> None:
        """Let arrows choose an image, and Enter go there."""
        if self._grid.isVisibleTo(self):
            self._grid.choose_by_keys()

    def _on_images(self) -> None:
        if self.isVisible():
            self.refresh()
