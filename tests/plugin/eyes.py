"""A reader's eyes: every word in the window, also what only shows under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QModelIndex, Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QTreeView,
    QWidget,
)

from napari_recist.panels.series_menu import SeriesMenu
from napari_recist.table.sum_plot import SumPlot
from napari_recist.viewport.slice_slider import SliceSlider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugin.hands import Reader

SAID_BY = ("text", "toolTip", "statusTip", "whatsThis", "title", "format")
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.ToolTipRole,
)


def words_in(reader: Reader) -> str:
    """Return all that can be read in the window now, a line each."""
    found = [
        *_of_widgets(),
        *_of_panes(reader),
        *_of_series_menus(reader),
        reader.viewer.title,
    ]
    return "\n".join(word for word in found if word)


def _of_widgets() -> Iterator[str]:
    for top in QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            yield from _of_widget(widget)


def _of_widget(widget: QWidget) -> Iterator[str]:
    yield widget.windowTitle()
    for name in SAID_BY:
        said: Any = getattr(widget, name, None)
        if callable(said):
            yield str(said())
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QMenu):
        widget.aboutToShow.emit()
        yield from _of_menu(widget)
    if isinstance(widget, QAbstractItemView | QComboBox):
        is_tree = isinstance(widget, QTreeView)
        yield from _of_model(widget.model(), QModelIndex(), is_tree=is_tree)
    if isinstance(widget, SliceSlider):
        yield from (one.text for one in widget.ticks)
    if isinstance(widget, SumPlot):
        course = widget._course
        yield from (name for _, name in course.visits)
        yield from (one.name for one in course.curves)


def _of_menu(menu: QMenu) -> Iterator[str]:
    for action in menu.actions():
        yield action.text()
        yield action.toolTip()


def _of_model(
    model: QAbstractItemModel, parent: QModelIndex, *, is_tree: bool
) -> Iterator[str]:
    is_list = isinstance(model, QAbstractListModel)
    for column in range(1 if is_list else model.columnCount(parent)):
        heading = model.headerData(column, Qt.Orientation.Horizontal)
        yield "" if heading is None else str(heading)
        for row in range(model.rowCount(parent)):
            index = model.index(row, column, parent)
            for role in ROLES:
                said = model.data(index, role)
                yield "" if said is None else str(said)
            if is_tree and column == 0:
                yield from _of_model(model, index, is_tree=True)


def _of_panes(reader: Reader) -> Iterator[str]:
    for station in reader.room.viewing.stations:
        scene = station.pane.scene()
        yield scene.note
        yield from (line.text for line in scene.lines)
        yield from (one.label for one in scene.sketches)
        yield from (layer.name for layer in station.pane.viewer.layers)


def _of_series_menus(reader: Reader) -> Iterator[str]:
    """Yield what the menus say that a right click in the list of series opens."""
    room = reader.room
    for visit in room.reading.visits:
        for series in room.studies.of_visit(visit):
            menu = SeriesMenu(room, series, visit.timepoint_id, reader.dock)
            for one in (menu, *menu.findChildren(QMenu)):
                yield from _of_menu(one)
            menu.deleteLater()
            QApplication.sendPostedEvents(menu, QEvent.Type.DeferredDelete.value)
