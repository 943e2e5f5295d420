"""The read at a glance: criteria, lesions x timepoints, why, and the sums over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from napari_recist.table.report_button import ReportButton
from napari_recist.table.rows import table_of
from napari_recist.table.sum_plot import SumPlot
from napari_recist.table.sum_series import course_of
from napari_recist.table.view import LesionTable
from napari_recist.widgets.combo_box import CalmComboBox
from napari_recist.widgets.elided_label import ElidedLabel
from recist_tool.app.reading import PATIENT, CurrentAssessment, offered, whys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtGui import QResizeEvent

    from napari_recist.table.cells import Table
    from napari_recist.widgets.background import Loader
    from recist_tool.app.reading import Assessed, CurrentRead, MissingImages
    from recist_tool.terms import Criteria


class Fold(NamedTuple):
    """How much of the sums is shown.

    Attributes
    ----------
    unfolded
        The scopes of which all is shown.
    is_brief
        Whether of the others only sums and responses are shown.
    hidden
        How many rows of a usual read the next fuller table has more.
    """

    unfolded: frozenset[str] = frozenset()
    is_brief: bool = False
    hidden: int = 0


FOLDS = (Fold(frozenset({PATIENT})), Fold(hidden=4), Fold(is_brief=True, hidden=9))
"""From the fullest to the shortest, for tables of which less and less has room."""

LEAST_WITH_PLOT_PX = 260
"""Lower pages, as in napari at the size it opens with, are all table."""


class ReadTab(QWidget):
    """Table and plot of one read.

    Signals
    -------
    cell_chosen
        Lesion id and timepoint id of a cell; the latter may be empty.
    visit_chosen
        Timepoint id of a point of the plot.
    explained
        The reader rests the pointer on a response.
    judged_by
        The reader looks at the read by other criteria.
    edited
        Lesion id, field and text of a corrected name or organ.
    menu_wanted
        A cell of the table whose menu is asked for.
    """

    cell_chosen = Signal(str, str)
    visit_chosen = Signal(str)
    explained = Signal()
    judged_by = Signal()
    edited = Signal(str, str, str)
    menu_wanted = Signal(object)

    def __init__(
        self,
        reading: CurrentRead,
        missing: MissingImages,
        loader: Loader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._reading = reading
        self._missing = missing
        self._judge = CurrentAssessment()
        self._fold = 0
        self._by_hand: Fold | None = None
        self._offered: Sequence[tuple[Criteria, str]] = ()
        self._criteria = CalmComboBox()
        self._criteria.setObjectName("criteria")
        self._criteria.keep_narrow(12)
        self._criteria.setToolTip("Judge the same read by other criteria")
        self._report = ReportButton(reading, loader)
        self._table = LesionTable()
        self._why = ElidedLabel()
        self._why.setObjectName("why")
        self._why.keep(2)  # of the patient, and of the liver
        self._plot = SumPlot()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()
        self._criteria.activated.connect(self._on_criteria)
        self._table.clicked_cell.connect(self.cell_chosen)
        self._table.edited.connect(self.edited)
        self._table.explained.connect(self.explained)
        self._table.menu_wanted.connect(self.menu_wanted)
        self._table.folded.connect(self._on_fold)
        self._table.resized.connect(self.refresh)
        self._plot.visit_chosen.connect(self.visit_chosen)

    @property
    def judged(self) -> Assessed:
        """The read by the criteria that the reader looks at."""
        return self._judge.judged(self._reading.session)

    def refresh(self) -> None:
        """Show the read as it stands."""
        reading = self._reading
        judged = self.judged
        visit = reading.timepoint_id or ""
        self._offer()
        self._report.refresh()
        table = self._table_of(judged)
        for _ in FOLDS:
            if not self._folds_otherwise(len(table.rows)):
                break
            table = self._table_of(judged)
        self._table.show_table(table, visit, reading.lesion_id)
        self._say_why(judged, visit)
        self._plot.show_course(course_of(judged, reading.visits), visit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the plot away where the table needs its height."""
        super().resizeEvent(event)
        has_room = event.size().height() >= LEAST_WITH_PLOT_PX
        if has_room != self._plot.isVisibleTo(self):
            self._plot.setVisible(has_room)
            below = self._plot.sizeHint().height() if has_room else 0
            self._split.setSizes([event.size().height() - below, below])

    def shown(self) -> Table:
        """Return the table as it stands on the screen."""
        return self._table.shown

    def take_focus(self) -> None:
        """Take the focus out of the fields, so that keys act on the image again."""
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(QLabel("Judged by"))
        head.addWidget(self._criteria, 1)
        head.addWidget(self._report)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(2)
        below.addWidget(self._why)
        below.addWidget(self._plot, 1)
        split = self._split
        split.addWidget(self._table)
        split.addWidget(lower)
        split.setStretchFactor(0, 1)  # the plot keeps its height
        split.setStretchFactor(1, 0)
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 3, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(split, 1)

    def _offer(self) -> None:
        wanted = offered(self._reading.protocol)
        if wanted == self._offered:
            return
        self._offered = wanted
        self._criteria.clear()
        for criteria, words in wanted:
            self._criteria.addItem(words, criteria)
        names = [criteria for criteria, _ in wanted]
        chosen = self._judge.criteria
        self._criteria.setCurrentIndex(0 if chosen is None else names.index(chosen))

    def _say_why(self, judged: Assessed, visit: str) -> None:
        found, told = whys(judged, visit), self._reading.blinding.told
        self._why.say(
            [told(one.short) for one in found],
            told("\n\n".join(one.full for one in found)),
        )

    def _on_criteria(self, row: int) -> None:
        self._judge.criteria = self._criteria.itemData(row)
        self.refresh()
        self.judged_by.emit()

    def _on_fold(self, scope: str) -> None:
        now = FOLDS[self._fold] if self._by_hand is None else self._by_hand
        self._by_hand = Fold(now.unfolded ^ {scope})
        self.refresh()

    def _table_of(self, judged: Assessed) -> Table:
        fold = FOLDS[self._fold] if self._by_hand is None else self._by_hand
        return table_of(
            self._reading,
            judged,
            fold.unfolded,
            self._missing.why_no_picture,
            is_brief=fold.is_brief,
        )

    def _folds_otherwise(self, rows: int) -> bool:
        """Show as much as there is room for; return if that is more or less now."""
        if self._by_hand is not None:
            return False
        before, most = self._fold, rows + FOLDS[self._fold].hidden
        if rows > self._table.room:
            self._fold = min(self._fold + 1, len(FOLDS) - 1)
        elif self._fold and most <= self._table.room:
            self._fold -= 1
        return self._fold != before
