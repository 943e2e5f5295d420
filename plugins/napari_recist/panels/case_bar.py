"""Whose case is open, who reads it, where it lies; undo and redo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_recist.panels.protocol_page import protocol_lines
from napari_recist.panels.query_dialog import QueryDialog
from napari_recist.widgets.elided_label import ElidedLabel
from recist_tool.app.reading import cases_folder, ending
from recist_tool.terms import Blinded

if TYPE_CHECKING:
    from napari_recist.room.room import Room

OPEN_TIP = "Open a folder, a case, a zip archive, a DICOMDIR; or drop it on the window"
FILES = (
    "All files (*);;Cases (*.case.json);;Zip archives (*.zip);;"
    "DICOMDIR (DICOMDIR dicomdir)"
)
_DAY_0_WRITTEN = {False: "yyyy-mm-dd", True: "day n"}
_PACS_TIPS = {
    False: "Open from a server",
    True: "A server tells names, dates and descriptions: this read is blinded",
}


class CaseBar(QWidget):
    """The head of the dock.

    Signals
    -------
    opened
        The paths that the reader chose to open, as a list.
    """

    opened = Signal(object)

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._query: QueryDialog | None = None
        self._subject = QLineEdit()
        self._subject.setToolTip("The trial's pseudonym; never the patient's name")
        self._subject.setObjectName("subject")
        self._reader = QLineEdit()
        self._reader.setToolTip("Who reads; written into the journal")
        self._reader.setObjectName("reader")
        self._folder = QPushButton()
        self._folder.setText("Folder\N{HORIZONTAL ELLIPSIS}")
        self._begin = QPushButton("Begin the case")
        self._begin.setObjectName("begin")
        self._undo = _tool("\N{LEFTWARDS ARROW WITH HOOK}", "Undo (Ctrl+Z)", "undo")
        self._redo = _tool("\N{RIGHTWARDS ARROW WITH HOOK}", "Redo (Ctrl+Y)", "redo")
        self._open = _tool("Open\N{HORIZONTAL ELLIPSIS}", OPEN_TIP, "open")
        self._kinds = QMenu(self)
        self._pacs = _tool("PACS\N{HORIZONTAL ELLIPSIS}", "", "pacs")
        self._where = ElidedLabel()
        self._day_0 = QLineEdit()
        self._day_0.setObjectName("day 0")
        self._day_0.setToolTip("Day 0: start of treatment, or randomisation")
        self._day_0_name = QLabel("Day 0")
        self._protocol_name = QLabel("Protocol")
        self._protocol = ElidedLabel()
        self._protocol.setObjectName("protocol of the case")
        self._other = _tool(
            "Other protocol\N{HORIZONTAL ELLIPSIS}",
            "Begin the case under the protocol of a file",
            "other protocol",
        )
        self._usual = _tool(
            "Usual protocol", "Begin it as the folder of cases says", "usual protocol"
        )
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Show the case, or what it will be called and where it will lie."""
        room, session = self._room, self._room.reading.session
        waiting = session is None and bool(room.reading.proposed)
        if not self._subject.hasFocus():
            self._subject.setText(room.subject)
            self._subject.setCursorPosition(0)  # its beginning stays in view
        if not self._reader.hasFocus():
            self._reader.setText(room.reader)
            self._reader.setCursorPosition(0)
        self._subject.setReadOnly(not waiting)
        self._reader.setReadOnly(room.reading.is_kept)
        self._begin.setVisible(waiting)
        self._folder.setVisible(waiting)
        self._undo.setEnabled(session is not None and session.can_undo)
        self._redo.setEnabled(session is not None and session.can_redo)
        told = room.reading.blinding
        for widget in (self._day_0, self._day_0_name):
            widget.setVisible(session is not None)
        if session is not None and not self._day_0.hasFocus():
            self._day_0.setText(told.date(session.case.reference_date))
        self._day_0.setPlaceholderText(_DAY_0_WRITTEN[told.hides(Blinded.DATES)])
        self._show_place()
        self._show_protocol(waiting=waiting)
        self._pacs.setEnabled(not told.hidden)
        self._pacs.setToolTip(_PACS_TIPS[bool(told.hidden)])

    def _show_place(self) -> None:
        """Show where the case lies, unless that names the subject."""
        room, session = self._room, self._room.reading.session
        path = room.proposal.folder if session is None else session.case_path
        has_place = session is not None or bool(room.reading.proposed)
        if session is not None and room.subject != session.case.subject_id:
            self._where.say([], "")
            return
        kept = [ending(str(path))] if has_place else []
        self._where.say(kept, f"The case and its journal are kept here: {path}")

    def _show_protocol(self, *, waiting: bool) -> None:
        """Show under which protocol the case will begin, while that can be chosen."""
        intended = self._room.reading.intended
        lines = protocol_lines(intended.protocol) if waiting else []
        self._protocol.say(lines[:1], "\n".join(lines))
        self._usual.setVisible(waiting and intended.is_chosen)
        for button in (self._usual, self._other):
            button.setEnabled(not self._room.reading.is_kept)
        for widget in (self._protocol_name, self._other):
            widget.setVisible(waiting)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(QLabel("Subject"))
        first.addWidget(self._subject, 10)
        first.addWidget(QLabel("Reader"))
        first.addWidget(self._reader, 7)
        for button in (self._undo, self._redo, self._open, self._pacs):
            first.addWidget(button)
        second = QHBoxLayout()
        second.addWidget(self._where, 3)
        second.addWidget(self._day_0_name)
        second.addWidget(self._day_0, 1)
        second.addWidget(self._folder)
        second.addWidget(self._begin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(first)
        third = QHBoxLayout()
        third.addWidget(self._protocol_name)
        third.addWidget(self._protocol, 1)
        third.addWidget(self._other)
        third.addWidget(self._usual)
        column.addLayout(second)
        column.addLayout(third)

    def _connect(self) -> None:
        room = self._room
        self._subject.editingFinished.connect(self._on_subject)
        self._reader.editingFinished.connect(self._on_reader)
        self._day_0.editingFinished.connect(self._on_day_0)
        for field in (self._subject, self._reader, self._day_0):
            field.returnPressed.connect(field.clearFocus)  # the keys are the image's
        self._folder.clicked.connect(self._on_folder)
        self._other.clicked.connect(self._on_protocol)
        self._usual.clicked.connect(
            lambda: room.reading.attempt(lambda: room.intend(None))
        )
        self._begin.clicked.connect(lambda: room.reading.attempt(room.begin))
        self._undo.clicked.connect(room.undo)
        self._redo.clicked.connect(room.redo)
        for words, ask in (
            ("Folder of images\N{HORIZONTAL ELLIPSIS}", self.ask_folder),
            (
                "Case, zip archive, DICOMDIR or files\N{HORIZONTAL ELLIPSIS}",
                self.ask_files,
            ),
        ):
            action = self._kinds.addAction(words)
            action.triggered.connect(ask)
        self._open.clicked.connect(self._on_open)
        self._pacs.clicked.connect(self.ask_server)

    def _on_reader(self) -> None:
        name = self._reader.text().strip()
        if name != self._room.reader:
            self._room.reading.attempt(lambda: self._room.change_reader(name))

    def _on_subject(self) -> None:
        self._room.rename(self._subject.text().strip())

    def _on_day_0(self) -> None:
        case, text = self._room.reading.case, self._day_0.text().strip()
        told = self._room.reading.blinding
        if case is not None and text and text != told.date(case.reference_date):
            self._room.reading.attempt(lambda: self._room.set_day_0(text))

    def _on_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Keep the case in")
        if chosen:
            self._room.keep_in(Path(chosen))

    def _on_protocol(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "The protocol of this case", str(cases_folder()), "Protocol (*.json)"
        )
        if chosen:
            room = self._room
            room.reading.attempt(lambda: room.intend_file(Path(chosen)))

    def ask_folder(self) -> None:
        """Ask for a folder of images."""
        chosen = QFileDialog.getExistingDirectory(self, "Open a folder of images")
        if chosen:
            self.opened.emit([Path(chosen)])

    def ask_files(self) -> None:
        """Ask for case files, zip archives, a DICOMDIR, or DICOM files."""
        chosen, _ = QFileDialog.getOpenFileNames(
            self, "Open a case, a zip archive, a DICOMDIR or DICOM files", "", FILES
        )
        if chosen:
            self.opened.emit([Path(one) for one in chosen])

    def _on_open(self) -> None:
        """Ask what kind it is: no dialog of a system chooses files and folders."""
        self._kinds.popup(self._open.mapToGlobal(self._open.rect().bottomLeft()))

    def ask_server(self) -> None:
        """Show the search of a server."""
        if self._query is None:
            self._query = QueryDialog(self)
            self._query.opened.connect(self.opened)
        self._query.show()
        self._query.raise_()


def _tool(text: str, tip: str, name: str) -> QPushButton:
    button = QPushButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setObjectName(name)
    return button
