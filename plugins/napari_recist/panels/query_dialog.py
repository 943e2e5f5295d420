"""Studies of a server: searched, fetched in the background, opened like a folder."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from qtpy.QtCore import QTimer, Signal
from qtpy.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_recist.panels.query_fields import QueryFields, ServerBox
from napari_recist.panels.query_results import StudyTable, patients_of
from napari_recist.widgets.background import Loader
from napari_recist.widgets.key_filter import ENTER
from napari_recist.widgets.messages import NoteLine
from napari_recist.widgets.progress_bar import ProgressBar
from recist_tool.app.reading import Note
from recist_tool.servers import ImageServer, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtGui import QCloseEvent, QKeyEvent

    from recist_tool.errors import RecistToolError
    from recist_tool.servers import Pulled, Study

    Advance = Callable[[int, int], None]

T = TypeVar("T")

FIRST_STEP = "Name a server and what to look for; * stands for any characters."
WIDTH, HEIGHT = 860, 560
GRACE_MS = 2000
"""How long a download may take to end in order after it was stopped."""


class QueryDialog(QDialog):
    """Searches a server and fetches what the reader chooses.

    Signals
    -------
    opened
        The folders of the studies that were fetched, as a list of paths.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open from PACS")
        self.setObjectName("query")
        self.loader = Loader(self)
        self._stop = threading.Event()
        self._server = ServerBox()
        self._fields = QueryFields()
        self._search = _button("Search", "search")
        self._table = StudyTable()
        self._progress = ProgressBar()
        self._note = NoteLine()
        self._fetch = _button("Download and open", "fetch")
        self._end = _button("Stop", "stop")
        self._lay_out()
        self._connect()
        self.destroyed.connect(partial(_let_go, self.__dict__))
        self._say(FIRST_STEP)
        self._refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End what runs: what has come stays in the cache."""
        self._stop.set()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        space = self.screen().availableSize()
        self.resize(min(WIDTH, space.width()), min(HEIGHT, space.height()))
        first = QHBoxLayout()
        first.addWidget(QLabel("Server"))
        first.addWidget(self._server, 1)
        first.addWidget(self._search)
        last = QHBoxLayout()
        last.addWidget(self._progress, 1)
        last.addStretch(0)
        last.addWidget(self._end)
        last.addWidget(self._fetch)
        column = QVBoxLayout(self)
        column.addLayout(first)
        column.addWidget(self._fields)
        column.addWidget(self._table, 1)
        column.addWidget(self._note)
        column.addLayout(last)

    def _connect(self) -> None:
        self._search.clicked.connect(self.search)
        self._fetch.clicked.connect(self.fetch)
        self._end.clicked.connect(self.stop)
        self._table.itemSelectionChanged.connect(self._refresh)
        self._table.doubleClicked.connect(self.fetch)
        self._follow()

    def _follow(self) -> None:
        self._progress.follow(self.loader)
        self.loader.rested.connect(self._refresh)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Search by Return wherever it is pressed; a button is pressed by it."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)
            return
        here = self.focusWidget()
        if isinstance(here, QPushButton) and here.isVisible():
            here.click()
        else:
            self.search()

    def stop(self) -> None:
        """End what runs; a server that does not answer is left to itself."""
        stop = self._stop
        stop.set()
        QTimer.singleShot(GRACE_MS, self, lambda: self._leave(stop))

    def _leave(self, stop: threading.Event) -> None:
        """Hear no more of work that was stopped, and is not at its end yet."""
        if stop is not self._stop or not self.loader.busy:
            return
        self.loader.close()
        self._progress.hide()
        self.loader = Loader(self)
        self._follow()
        self._say("Stopped: the server does not answer.", is_error=True)
        self._refresh()

    def search(self) -> None:
        """Search the server for what the fields say."""
        where, query = self._server.address(), self._fields.query()
        user, password = self._fields.who()

        def find(*_: object) -> list[Study]:
            if user and password:
                sign_in(where, user, password)
            return ImageServer(where).find(query)

        self._table.show_studies(())
        self._run("Searching", find, self._on_found)

    def fetch(self) -> None:
        """Fetch the chosen studies, then open them."""
        studies = self._table.chosen()
        if not studies:
            return
        if len(patients_of(studies)) > 1:
            self._say("Choose studies of one patient.", is_error=True)
            return
        where, modality = self._server.address(), self._fields.query().modality
        uids = [one.study_instance_uid for one in studies]
        self._run(
            "Downloading",
            lambda advance, stopped: ImageServer(where).pull(
                uids, modality, advance, stopped
            ),
            self._on_fetched,
        )

    def _run(
        self,
        what: str,
        work: Callable[[Advance, Callable[[], bool]], T],
        done: Callable[[T], None],
    ) -> None:
        if self.loader.busy:
            return
        self._stop = stop = threading.Event()
        self._say("")
        self.loader.run(what, lambda go_on: work(go_on, stop.is_set), done, self._fail)
        self._refresh()

    def _on_found(self, studies: list[Study]) -> None:
        self._server.remember()
        self._fields.forget_password()
        self._table.show_studies(studies)
        count = len(patients_of(studies))
        said = f"{len(studies)} studies of {count} patients. Choose those to open."
        self._say(said if studies else "No study matches.")

    def _on_fetched(self, pulled: Pulled) -> None:
        self._say("\n".join(map(str, pulled.faults)), is_error=True)
        self.opened.emit(list(pulled.folders))
        if not pulled.faults:
            self.accept()

    def _fail(self, error: RecistToolError) -> None:
        self._say(str(error), is_error=True)

    def _refresh(self) -> None:
        """Offer what can be done now."""
        busy = self.loader.busy
        self._end.setVisible(busy)
        self._search.setEnabled(not busy)
        self._fetch.setEnabled(not busy and bool(self._table.chosen()))

    def _say(self, text: str, *, is_error: bool = False) -> None:
        self._note.show_note(Note(text, is_error=is_error))


def _let_go(held: dict[str, Any]) -> None:
    """End what runs when the window goes."""
    held["_stop"].set()
    held["loader"].close()


def _button(words: str, name: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAutoDefault(False)  # Enter searches: it belongs to the fields
    return button
