"""The patients of a folder: how far each is read, a filter, and the next one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from recist_tool.app import case_progress, matching_cases, next_case, worklist
from recist_tool.app.reading import cases_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from napari_recist.room.room import Room
    from napari_recist.widgets.background import Loader
    from recist_tool.app import CaseProgress, VisitProgress

HEADINGS = ("Patient", "Visits", "Missing")
SIGNED = "\N{CHECK MARK}"
NEW_IMAGES = "images that the case does not have yet"


class WorklistPanel(QWidget):
    """Progress of each patient of a folder; a double click opens one.

    Parameters
    ----------
    open_paths
        Opens a case, or a folder of images.
    """

    def __init__(
        self,
        room: Room,
        loader: Loader,
        open_paths: Callable[[Sequence[Path]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open = open_paths
        self._room = room
        self._loader = loader
        self._patients: tuple[CaseProgress, ...] = ()
        self._shown: list[CaseProgress] = []
        self._folder = QPushButton("Folder of patients\N{HORIZONTAL ELLIPSIS}")
        self._filter = QLineEdit()
        self._waiting = QCheckBox("to do")
        self._next = QPushButton("Next case")
        self._table = QTableWidget(0, len(HEADINGS))
        self._words = QLabel()
        self._name()
        self._lay_out()
        self._folder.clicked.connect(self.ask_folder)
        self._filter.textChanged.connect(self._show)
        self._waiting.toggled.connect(self._show)
        self._next.clicked.connect(self.open_next)
        self._table.cellDoubleClicked.connect(self._on_cell)
        room.reading.changed.connect(self.refresh)
        self._show()

    def list_folder(self, folder: Path) -> None:
        """List the patients of a folder; made in the background."""
        room = self._room
        self._loader.run(
            "Reading cases",
            lambda advance: worklist(
                folder,
                room.reader,
                advance,
                room.reading.intended.protocol,
                cases_folder(),
            ),
            self._take,
            lambda error: room.reading.say(str(error), is_error=True),
        )

    def refresh(self) -> None:
        """Show how far the open case has come by now."""
        session = self._room.reading.session
        if session is None or not self._patients:
            return
        now = case_progress(session.case_path, session.case, session.reader_id)
        folders = self._room.studies.folders()
        rows = (
            now if one.path == now.path or _holds(one, folders) else one
            for one in self._patients
        )
        patients = tuple({one.path: one for one in rows}.values())
        if patients != self._patients:
            self._patients = patients
            self._show()

    def open_next(self) -> None:
        """Open the next patient who has a visit to sign."""
        following = next_case(self._patients, self._open_path, self._shown)
        if following is None:
            self._room.reading.say("No other patient of this list waits.")
        else:
            self._open(following.to_open)

    @property
    def _open_path(self) -> Path | None:
        """The case that is open, or the folder of the list whose images are."""
        session = self._room.reading.session
        if session is not None:
            return session.case_path
        folders = self._room.studies.folders()
        return next((one.path for one in self._patients if _holds(one, folders)), None)

    def _take(self, patients: tuple[CaseProgress, ...]) -> None:
        self._patients = patients
        self._show()

    def _show(self) -> None:
        self._shown = matching_cases(
            self._patients,
            self._filter.text(),
            waiting_only=self._waiting.isChecked(),
        )
        self._table.setRowCount(len(self._shown))
        for row, patient in enumerate(self._shown):
            for column, text in enumerate(_cells(patient)):
                item = QTableWidgetItem(text)
                item.setToolTip(_tip(patient))
                self._table.setItem(row, column, item)
        done = sum(one.done for one in self._patients)
        shown, every = map(_people, (self._shown, self._patients))
        self._words.setText(
            f"{shown} of {every} patients shown, {done} signed through"
            if self._patients
            else "Choose a folder that holds patients: cases, or images not begun."
        )
        self._next.setEnabled(bool(self._shown))

    def ask_folder(self) -> None:
        """Ask for a folder of patients."""
        chosen = QFileDialog.getExistingDirectory(self, "A folder of patients")
        if chosen:
            self.list_folder(Path(chosen))

    def _on_cell(self, row: int, _column: int) -> None:
        patient = self._shown[row]
        if patient.fault:
            self._room.reading.say(patient.fault, is_error=True)
        else:
            self._open(patient.to_open)

    def _name(self) -> None:
        self._folder.setObjectName("worklist folder")
        self._filter.setObjectName("worklist filter")
        self._filter.setPlaceholderText("filter")
        self._waiting.setObjectName("worklist to do")
        self._waiting.setToolTip("Leave out patients of whom every visit is signed")
        self._next.setObjectName("next case")
        self._table.setObjectName("worklist")
        self._words.setObjectName("worklist words")
        self._words.setWordWrap(True)

    def _lay_out(self) -> None:
        table = self._table
        table.setHorizontalHeaderLabels(list(HEADINGS))
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        head = QHBoxLayout()
        head.addWidget(self._folder)
        head.addWidget(self._filter, 1)
        head.addWidget(self._waiting)
        head.addWidget(self._next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addLayout(head)
        column.addWidget(table, 1)
        column.addWidget(self._words)


def _people(patients: Sequence[CaseProgress]) -> int:
    """Return how many patients there are: images of one who was begun are no other."""
    return sum(one.begun_as is None for one in patients)


def _holds(patient: CaseProgress, folders: Collection[Path]) -> bool:
    """Return whether a folder of images, as it is listed, is one that is open."""
    is_images = not patient.begun and not patient.fault
    return is_images and any(
        one.is_relative_to(patient.path.absolute()) for one in folders
    )


def _cells(patient: CaseProgress) -> Sequence[str]:
    if patient.fault:
        return patient.name, "does not read", ""
    if patient.begun_as is not None:
        return patient.name, NEW_IMAGES, ""
    if not patient.begun:
        return patient.name, "not begun", ""
    visits = "  ".join(_visit_words(one) for one in patient.visits)
    return patient.name, visits, str(patient.missing or "")


def _visit_words(visit: VisitProgress) -> str:
    """Return a visit in short: signed, or how many of its lesions are measured.

    >>> from recist_tool import VisitProgress
    >>> _visit_words(VisitProgress("TP1", 3, ("T1", "T2"), locked=False))
    'TP1 3/5'
    """
    if visit.locked:
        return f"{visit.timepoint_id} {SIGNED}"
    expected = visit.measured + len(visit.missing)
    return f"{visit.timepoint_id} {visit.measured}/{expected}"


def _tip(patient: CaseProgress) -> str:
    waiting = [
        f"{one.timepoint_id} waits for {', '.join(one.missing)}"
        for one in patient.visits
        if one.missing and not one.locked
    ]
    return patient.fault or "\n".join(waiting) or "Double click opens it"
