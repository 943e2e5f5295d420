"""What is signed, by whom, and with which meaning, before it is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from napari_recist.table.rows import lesion_rows
from napari_recist.widgets.deliberate_button import DeliberateButton
from napari_recist.widgets.key_filter import ENTER
from napari_recist.widgets.theme import points
from recist_tool.app.reading import signature_meaning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qtpy.QtGui import QKeyEvent

    from recist_tool.app import Session
    from recist_tool.app.reading import CurrentRead

WIDTH, HEIGHT = 560, 460
NO_ANSWER = "no response"


class Part(NamedTuple):
    """A heading with the lines below it."""

    heading: str
    lines: tuple[str, ...]


class SignDialog(QDialog):
    """States what the open visit says, and signs it by its own button alone.

    The button is not in focus when the dialog opens, and no key is meant for it: it is
    clicked, or reached by Tab and pressed by Return. Space presses nothing here.

    Signals
    -------
    signed
        The reader signs what is stated.
    """

    signed = Signal()

    def __init__(self, reading: CurrentRead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading = reading
        self._stated = -1
        self.setObjectName("signing")
        self.setModal(True)
        self._text = QTextBrowser()
        self._text.setObjectName("signing text")
        self._text.setTabChangesFocus(True)
        self._text.setOpenLinks(False)
        self._leave = DeliberateButton("Not now")
        self._leave.setObjectName("signing leave")
        self._sign = DeliberateButton("")
        self._sign.setObjectName("signing sign")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._leave)
        buttons.addSpacing(24)
        buttons.addWidget(self._sign)
        column = QVBoxLayout(self)
        column.addWidget(self._text, 1)
        column.addLayout(buttons)
        self.resize(WIDTH, HEIGHT)
        self._leave.clicked.connect(self.reject)
        self._sign.clicked.connect(self._on_sign)
        self.finished.connect(self._forget)

    def ask(self) -> None:
        """State what is signed, with the focus on the words."""
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        self._stated = len(session.entries)
        self.setWindowTitle(f"Sign {visit}")
        self._sign.setText(f"Sign {visit} as {session.reader_id}")
        self._text.setHtml(_html(statement(self._reading)))
        self.open()
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget(self) -> None:
        """Keep no word of a patient while nothing is asked."""
        self._stated = -1
        self._text.clear()
        self._sign.setText("")
        self.setWindowTitle("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Return press nothing that is not in focus."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)

    def _on_sign(self) -> None:
        """Sign, unless something changed under the dialog: that is stated first."""
        if len(self._reading.open_session().entries) != self._stated:
            self.ask()
            return
        self.accept()
        self.signed.emit()


def statement(reading: CurrentRead) -> list[Part]:
    """Return what a signature of the open visit stands under, as the reader is told."""
    session, visit_id = reading.open_session(), reading.open_visit_id()
    visit, told = reading.visit_of(visit_id), reading.blinding
    date = "" if visit is None else told.date(visit.date)
    role = session.read.role.value.replace("_", " ")
    waiting = [one.lesion_id for one in reading.expected()]
    stands = [*(f"{one}: no finding" for one in waiting), *map(str, session.problems)]
    parts = [
        Part("Who", (f"{session.reader_id}, {role}",)),
        Part(
            "Visit", (f"{visit_id}, {date} · {told.subject(session.case.subject_id)}",)
        ),
        Part("Findings", tuple(_findings(reading)) or ("no lesion",)),
        Part("Responses", tuple(_responses(session, visit_id)) or (NO_ANSWER,)),
        Part("Missing", tuple(stands) or ("nothing",)),
        Part("Meaning", (signature_meaning(session.reader_id, visit_id),)),
    ]
    return [one._replace(lines=tuple(map(told.told, one.lines))) for one in parts]


def _findings(reading: CurrentRead) -> Iterator[str]:
    """Yield a line for each lesion that something was found of at the open visit."""
    read, visit = reading.open_read(), reading.open_visit_id()
    criteria = reading.protocol.criteria[0]
    for name, organ, *cells in lesion_rows(reading, criteria=criteria):
        if read.finding(name.lesion_id or "", visit) is None:
            continue
        here = next(one for one in cells if one.timepoint_id == visit)
        more = "; ".join(here.tooltip.splitlines())
        told = f"{here.text} ({more})" if more else here.text
        yield f"{name.text}, {organ.text}: {' '.join(told.split())}"


def _responses(session: Session, visit: str) -> Iterator[str]:
    """Yield what each of the protocol's criteria says, and the reader's own word."""
    for criteria, found in session.assessments.items():
        scopes = (("whole patient", found.overall), ("liver", found.liver))
        for name, scope in scopes:
            answer = scope.timepoints.get(visit) if scope is not None else None
            if answer is not None:
                total = f", sum {answer.sum_mm} mm" if answer.sum_mm is not None else ""
                yield f"{criteria.value}, {name}: {answer.overall}{total}"
    for held in session.read.overrides:
        if held.timepoint_id == visit:
            yield f"held to be {held.response} ({held.scope}): {held.reason}"


def _html(parts: list[Part]) -> str:
    size = points() + 1
    rows = "".join(
        f"<tr><td style='padding-right: 12px'><b>{escape(part.heading)}</b></td>"
        f"<td>{'<br>'.join(map(escape, part.lines))}</td></tr>"
        for part in parts
    )
    return f"<table style='font-size: {size}pt' cellpadding='3'>{rows}</table>"
