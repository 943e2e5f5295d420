"""The visits and their series: what there is, what is shown, what is odd about it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from qtpy.QtCore import QEvent, QPoint, QSize, Qt, Signal
from qtpy.QtGui import QBrush
from qtpy.QtWidgets import (
    QHeaderView,
    QToolTip,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from napari_recist.key_images.thumbnails import Thumbnails
from napari_recist.widgets.theme import named
from recist_tool.app.reading import NOT_BLINDED, UNDATED, is_pinned, series_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qtpy.QtGui import QHelpEvent

    from napari_recist.widgets.background import Loader
    from recist_tool.dicom import Series
    from recist_tool.model import Blinding, SeriesReference, Timepoint

KEY_ROLE = Qt.ItemDataRole.UserRole
VISIT_ROLE = Qt.ItemDataRole.UserRole + 1
MISSING_ROLE = Qt.ItemDataRole.UserRole + 2
WARNING = "\N{WARNING SIGN}"
PINNED = "(read)"
"""Behind the series on which a visit is read."""
NO_DATE = "no date"
NOT_FOUND = "not found"


class Shown(NamedTuple):
    """The visit that is open and the series that is on show."""

    timepoint_id: str
    series_key: str


class VisitSeries(NamedTuple):
    """The series of a visit: at hand, the pinned ones first; and missing."""

    series: Sequence[Series] = ()
    missing: Sequence[SeriesReference] = ()


class SeriesList(QTreeWidget):
    """A tree of visits with their series.

    Signals
    -------
    series_chosen
        Key of the series and timepoint id of a series that was clicked.
    visit_chosen
        Timepoint id of a visit that was clicked.
    visit_dated
        Timepoint id of a visit and the date that was typed for it.
    menu_wanted
        Key of the series and timepoint id of a series, and where on the screen.
    """

    series_chosen = Signal(str, str)
    visit_chosen = Signal(str)
    visit_dated = Signal(str, str)
    menu_wanted = Signal(str, str, object)

    def __init__(self, loader: Loader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = Thumbnails(loader, self._on_thumbnail)
        self._at_hand: dict[str, Series] = {}
        self._hovered = ("", QPoint())
        self._shown = Shown("", "")
        self._blinding = NOT_BLINDED
        self._state: tuple[object, ...] = ()
        self.setObjectName("visits")
        self.setHeaderLabels(["Visit / series", "Date / slices", "Step, mm", ""])
        self.setRootIsDecorated(True)
        self.setIndentation(12)
        self.setUniformRowHeights(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QTreeWidget.EditTrigger.DoubleClicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.itemClicked.connect(self._on_click)
        self.itemChanged.connect(self._on_edit)

    def show_visits(
        self,
        visits: Sequence[Timepoint],
        found: Mapping[str, VisitSeries],
        undated: Sequence[Series],
        shown: Shown,
        blinding: Blinding = NOT_BLINDED,
    ) -> None:
        """Show the visits.

        Parameters
        ----------
        found
            Series of each visit.
        undated
            Series whose study has no date: they can be looked at.
        shown
            The open visit, unfolded, and the series on show, in bold.
        blinding
            How dates and descriptions are told.
        """
        state = (shown, blinding, tuple(visits), tuple(undated))
        state += tuple(
            (tuple(one.series), tuple(one.missing)) for one in found.values()
        )
        if state == self._state:
            return
        self._state = state
        every = [*undated, *(one for visit in found.values() for one in visit.series)]
        self._at_hand = {one.key: one for one in every}
        self.blockSignals(True)
        self.clear()
        self._shown, self._blinding = shown, blinding
        for visit in visits:
            there = found.get(visit.timepoint_id, VisitSeries())
            self._add(
                visit.timepoint_id, blinding.date(visit.date), there, visit.series
            )
        if undated:
            self._add(UNDATED, NO_DATE, VisitSeries(undated), ())
        self._grey()
        self.blockSignals(False)

    def _add(
        self,
        visit: str,
        date: str,
        found: VisitSeries,
        pinned: Sequence[SeriesReference],
    ) -> None:
        top = QTreeWidgetItem([visit, date])
        top.setData(0, VISIT_ROLE, visit)
        top.setFlags(top.flags() | Qt.ItemFlag.ItemIsEditable)
        top.setToolTip(1, "Double-click to correct the date")
        is_open = visit == self._shown.timepoint_id
        _embolden(top, bold=is_open)
        self.addTopLevelItem(top)
        items = [
            _series_item(one, self._blinding, is_pinned=is_pinned(one, pinned))
            for one in found.series
        ]
        items += [_missing_item(one, self._blinding) for one in found.missing]
        for item in items:
            item.setData(0, VISIT_ROLE, visit)
            top.addChild(item)
            is_shown = item.data(0, KEY_ROLE) == self._shown.series_key
            _embolden(item, bold=is_shown)
        top.setExpanded(is_open or visit == UNDATED)
        if is_open:
            self.scrollToItem(top)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the middle slice of a series that the pointer rests on."""
        if event.type() == QEvent.Type.ToolTip:
            about: QHelpEvent = event  # pyright: ignore[reportAssignmentType] - by its type
            item = self.itemAt(about.pos())
            key = "" if item is None else item.data(0, KEY_ROLE) or ""
            self._hovered = key, about.globalPos()
            if key in self._at_hand and self._show_thumbnail():
                return True
        return super().viewportEvent(event)

    def _on_thumbnail(self, key: str) -> None:
        if key == self._hovered[0] and QToolTip.isVisible():
            self._show_thumbnail()

    def _show_thumbnail(self) -> bool:
        """Show it with the words of its line; return whether there is one yet."""
        key, where = self._hovered
        picture = self._thumbnails.html(self._at_hand[key])
        if picture:
            item = self.itemAt(self.viewport().mapFromGlobal(where))
            words = "" if item is None else escape(item.toolTip(0))
            lines = words.replace("\n", "<br>")
            QToolTip.showText(where, f"<p>{lines}</p>{picture}", self)
        return bool(picture)

    def changeEvent(self, event: QEvent) -> None:
        """Grey what is missing for the ground that the list stands on now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.blockSignals(True)
            self._grey()
            self.blockSignals(False)

    def _grey(self) -> None:
        brush = QBrush(named(self, "quiet"))
        visits = _children(self.invisibleRootItem())
        for item in (one for visit in visits for one in _children(visit)):
            if item.data(0, MISSING_ROLE):
                for column in range(item.columnCount()):
                    item.setForeground(column, brush)

    def sizeHint(self) -> QSize:
        """Ask for room for a heading and six lines."""
        return QSize(380, 122)

    def edit(self, index: Any, trigger: Any = None, event: Any = None) -> Any:
        """Let dates be edited, and nothing else.

        Parameters
        ----------
        trigger, event
            What asks for an editor; without a trigger a program does, and gets one.
        """
        if trigger is None:
            return super().edit(index)
        item = self.itemFromIndex(index)
        is_visit = bool(item.data(0, VISIT_ROLE)) and not item.data(0, KEY_ROLE)
        may_edit = is_visit and index.column() == 1
        return may_edit and super().edit(index, trigger, event)

    def _on_edit(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 1:
            self.visit_dated.emit(item.data(0, VISIT_ROLE), item.text(1))

    def _on_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is None:
            return
        key = item.data(0, KEY_ROLE)
        if key:
            there = self.viewport().mapToGlobal(at)
            self.menu_wanted.emit(key, item.data(0, VISIT_ROLE), there)

    def _on_click(self, item: QTreeWidgetItem) -> None:
        key, visit = item.data(0, KEY_ROLE), item.data(0, VISIT_ROLE)
        if key:
            self.series_chosen.emit(key, visit)
        else:
            self.visit_chosen.emit(visit)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    every = map(item.child, range(item.childCount()))
    return [one for one in every if one is not None]


def _series_item(
    series: Series, blinding: Blinding, *, is_pinned: bool
) -> QTreeWidgetItem:
    step, words = series.spacing_mm[0], series_words(series, blinding)
    item = QTreeWidgetItem(
        [
            f"{words} {PINNED if is_pinned else ''}".strip(),
            str(series.shape[0]),
            "" if step is None else f"{step:.2f}".rstrip("0").rstrip("."),
            WARNING if series.warnings else "",
        ]
    )
    item.setData(0, KEY_ROLE, series.key)
    texts = [blinding.told(text) for _, text in series.warnings]
    lines = [words, *(f"{WARNING} {text}" for text in texts)]
    if is_pinned:
        lines.append("Pinned: this visit is read on it")
    for column in range(item.columnCount()):
        item.setToolTip(column, "\n".join(lines))
    return item


def _missing_item(series: SeriesReference, blinding: Blinding) -> QTreeWidgetItem:
    """Return the line of a series that was not found, greyed; a click asks where."""
    words = series_words(series, blinding)
    item = QTreeWidgetItem([f"{words} {PINNED}", NOT_FOUND])
    item.setData(0, KEY_ROLE, series.key)
    item.setData(0, MISSING_ROLE, True)
    for column in range(item.columnCount()):
        item.setToolTip(column, f"{words}: not found. Click it to say where it is")
    return item


def _embolden(item: QTreeWidgetItem, *, bold: bool) -> None:
    font = item.font(0)
    font.setBold(bold)
    item.setFont(0, font)
