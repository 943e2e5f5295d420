"""The studies that a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.servers import Study

COLUMNS = ("Date", "Patient ID", "Name", "Modalities", "Description", "Images")
DESCRIPTION = 4


class StudyTable(QTableWidget):
    """Studies, one a row, the newest first; several can be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self._studies: tuple[Study, ...] = ()
        self.setObjectName("studies")
        self.setHorizontalHeaderLabels(COLUMNS)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(DESCRIPTION, QHeaderView.ResizeMode.Stretch)

    def show_studies(self, studies: Sequence[Study]) -> None:
        """Show what was found; all of one patient are chosen at once."""
        self._studies = tuple(studies)
        self.setRowCount(len(studies))
        for row, study in enumerate(studies):
            for column, text in enumerate(_texts(study)):
                self.setItem(row, column, QTableWidgetItem(text))
        self.clearSelection()
        if studies and len(patients_of(studies)) == 1:
            self.selectAll()

    def chosen(self) -> list[Study]:
        """Return the chosen studies, in the order of the table."""
        rows = {index.row() for index in self.selectedIndexes()}
        return [self._studies[row] for row in sorted(rows)]


def patients_of(studies: Sequence[Study]) -> set[tuple[str, str]]:
    """Return who the patients of studies are, as their server tells them apart."""
    return {(one.patient_id, one.patient_name) for one in studies}


def _texts(study: Study) -> tuple[str, ...]:
    return (
        str(study.study_date or "no date"),
        study.patient_id,
        study.patient_name,
        " ".join(study.modalities),
        study.description,
        "" if study.images is None else str(study.images),
    )
