"""The visits and their series: what there is, what is shown, what is odd about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from napari_recist.studies import UNDATED, key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recist_tool import Series, Timepoint

KEY_ROLE = Qt.ItemDataRole.UserRole
VISIT_ROLE = Qt.ItemDataRole.UserRole + 1
WARNING = "\N{WARNING SIGN}"
PINNED = "\N{BULLET}"


class SeriesList(QTreeWidget):
    """A tree of visits with their series.

    Signals
    -------
    series_chosen
        Key of the series and timepoint id of a series that was clicked.
    visit_chosen
        Timepoint id of a visit that was clicked.
    """

    series_chosen = Signal(str, str)
    visit_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown_key = ""
        self.setHeaderLabels(["Visit / series", "Slices", "Step, mm", ""])
        self.setRootIsDecorated(True)
        self.setIndentation(12)
        self.setUniformRowHeights(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.itemClicked.connect(self._on_click)

    def show_visits(
        self,
        visits: Sequence[Timepoint],
        series: Mapping[str, Sequence[Series]],
        undated: Sequence[Series],
        shown_key: str,
    ) -> None:
        """Show the visits.

        Parameters
        ----------
        series
            Series of each visit, those pinned to it first.
        undated
            Series whose study has no date: they can be looked at.
        shown_key
            The series on show; it stands in bold.
        """
        self.clear()
        self._shown_key = shown_key
        for visit in visits:
            pinned = {one.series_instance_uid for one in visit.series}
            title = f"{visit.timepoint_id}   {visit.date}"
            found = series.get(visit.timepoint_id, ())
            self._add(title, visit.timepoint_id, found, pinned)
        if undated:
            self._add("undated", UNDATED, undated, set())

    def _add(
        self, title: str, visit: str, series: Sequence[Series], pinned: set[str]
    ) -> None:
        top = QTreeWidgetItem([title])
        top.setData(0, VISIT_ROLE, visit)
        self.addTopLevelItem(top)
        for one in series:
            item = _series_item(one, one.series_instance_uid in pinned)
            item.setData(0, VISIT_ROLE, visit)
            top.addChild(item)
            _embolden(item, bold=key_of(one) == self._shown_key)
        top.setExpanded(True)

    def sizeHint(self) -> QSize:
        """Ask for room for six lines."""
        return QSize(380, 150)

    def _on_click(self, item: QTreeWidgetItem) -> None:
        key, visit = item.data(0, KEY_ROLE), item.data(0, VISIT_ROLE)
        if key:
            self.series_chosen.emit(key, visit)
        else:
            self.visit_chosen.emit(visit)


def series_words(series: Series) -> str:
    """Return a series as one line: modality, description, phase."""
    return "  ".join(
        part for part in (series.modality, series.description, series.phase) if part
    )


def _series_item(series: Series, is_pinned: bool) -> QTreeWidgetItem:
    step = series.spacing_mm[0]
    item = QTreeWidgetItem(
        [
            f"{series_words(series)} {PINNED if is_pinned else ''}".strip(),
            str(series.shape[0]),
            "" if step is None else f"{step:.2f}".rstrip("0").rstrip("."),
            WARNING if series.warnings else "",
        ]
    )
    item.setData(0, KEY_ROLE, key_of(series))
    texts = [text for _, text in series.warnings]
    lines = [series_words(series), *(f"{WARNING} {text}" for text in texts)]
    if is_pinned:
        lines.append("Pinned: this visit is read on it")
    for column in range(item.columnCount()):
        item.setToolTip(column, "\n".join(lines))
    return item


def _embolden(item: QTreeWidgetItem, *, bold: bool) -> None:
    font = item.font(0)
    font.setBold(bold)
    item.setFont(0, font)
