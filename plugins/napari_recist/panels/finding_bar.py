"""What became of the chosen lesion: one button each, those that fit its role."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from napari_recist.widgets.flow_layout import FlowRow
from napari_recist.widgets.inline_question import InlineQuestion
from recist_tool.app.reading import State, states_of
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtGui import QResizeEvent

    from napari_recist.room.finding_recorder import Merge, Recorder
    from recist_tool.app.reading import CurrentRead, ReadingPlace

REASONS = (
    "not imaged",
    "obscured by an artefact",
    "imaged in another way",
    "treated locally since baseline",
)
PRESENT = "finding present"
"""The one button that can add a lesion, so that it needs none."""


ADDS = "Add, no caliper"
"""What that button says while no lesion is chosen."""

ADDED = (LesionRole.NON_TARGET, LesionRole.NEW)
"""Roles of lesions that can be added without a caliper."""


class Verb(NamedTuple):
    """A button: its words, its key, what it means, what it says and does."""

    word: str
    key: str
    tip: str
    state: State
    act: Callable[[], None]
    asks: bool = False


class FindingBar(QWidget):
    """One button for each finding that needs no caliper.

    Signals
    -------
    asked
        A verb of the read was asked for; it is carried as a callable.
    splitting
        Parts of the chosen lesion are to be drawn, or no more of them.
    left
        The reader is done with a field here.
    """

    asked = Signal(object)
    splitting = Signal()
    left = Signal()

    def __init__(
        self, reading: CurrentRead, recorder: Recorder, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._reading = reading
        self._recorder = recorder
        self._buttons: list[tuple[QPushButton, Verb]] = []
        self._present_key = ""
        self._merges: dict[str, Merge] = {}
        self._asked_at: ReadingPlace | None = None
        self._whose = QLabel()
        self._whose.setObjectName("whose findings")
        row = FlowRow()
        row.add(self._whose)
        for verb in self._verbs():
            button = _button(verb)
            act = verb.act if verb.asks else partial(self.asked.emit, verb.act)
            button.clicked.connect(act)
            self._buttons.append((button, verb))
            row.add(button)
        self._reason = InlineQuestion("reason", "Why it cannot be evaluated", REASONS)
        self._partner = InlineQuestion(
            "partner", "Which caliper covers the mass", is_free=False
        )
        self._length = InlineQuestion("length", "Longest diameter, mm")
        self._row = row
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(row)
        column.addStretch()
        answers = (self._on_reason, self._on_partner, self._on_length)
        for asking, on_answer in zip(self._questions, answers, strict=True):
            asking.answered.connect(on_answer)
            asking.left.connect(self.left)
            asking.lie_over(self)

    def refresh(self) -> None:
        """Show the buttons that fit the chosen lesion, or the next one."""
        lesion = self._reading.lesion
        if self._asked_at != self._reading.place:
            self._drop_questions()
        if self._partner.isHidden():
            self._merges = {}
        role = lesion.role if lesion else self._reading.new_lesion.role
        states = states_of(role, at_baseline=self._reading.is_baseline)
        for button, verb in self._buttons:
            adds = button.objectName() == PRESENT and lesion is None
            button.setVisible(verb.state in states)
            button.setEnabled(lesion is not None or (adds and role in ADDED))
            if button.objectName() == PRESENT:
                word = ADDS if adds else verb.word
                button.setText(f"{word} {self._present_key}".strip())
            if button.objectName() == "finding split":
                button.setChecked(self._recorder.is_splitting)
        visit = self._reading.timepoint_id or ""
        name = lesion.lesion_id if lesion else "New"
        self._whose.setText(f"<b>NT10</b> at {visit}:")
        self._whose.setMinimumWidth(self._whose.sizeHint().width())
        self._whose.setText(f"<b>{name}</b> at {visit}:" if visit else "")
        self._reserve()

    def name_keys(self, key_of: Callable[[str], str]) -> None:
        """Name the key on each button: where the reader has it now."""
        for button, verb in self._buttons:
            key = key_of(verb.key) if verb.key else ""
            if button.objectName() == PRESENT:
                self._present_key = key
                button.setText(f"{ADDS} {key}".strip())
                button.ensurePolished()
                button.setMinimumWidth(button.sizeHint().width())  # says it in turns
            button.setText(f"{verb.word} {key}".strip())
            button.setToolTip(f"{verb.tip} ({key})" if key else verb.tip)

    def ask_reason(self) -> None:
        """Let the reader say why the lesion cannot be evaluated."""
        self._ask(self._reason)

    def ask_length(self) -> None:
        """Let the reader type a length that is too short to be drawn."""
        if self._reading.lesion is None:
            self._reading.say("Choose the lesion first: Space.", is_error=True)
        else:
            self._ask(self._length)

    @property
    def _questions(self) -> tuple[InlineQuestion, ...]:
        return self._reason, self._partner, self._length

    def _ask(self, question: InlineQuestion, text: str = "") -> None:
        self._drop_questions()
        self._asked_at = self._reading.place
        question.ask(text)

    def _drop_questions(self) -> None:
        """Take questions away: an answer is of the lesion that was asked about."""
        for question in self._questions:
            question.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the lines that are needed at this width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._reserve()

    def _reserve(self) -> None:
        """Be as high as the most buttons need: another role's would move the rest."""
        sets = {
            states_of(role, at_baseline=at_baseline)
            for role in LesionRole
            for at_baseline in (True, False)
        }
        heights = [
            self._row.height_of(
                [
                    self._whose,
                    *(one for one, verb in self._buttons if verb.state in of),
                ],
                self.width(),
            )
            for of in sets
        ]
        self.setMinimumHeight(max(self._reason.sizeHint().height(), *heights))

    def ask_partner(self) -> None:
        """Let the reader say which caliper covers the chosen lesion and another."""
        self._merges = self._recorder.merges()
        if self._merges:
            self._partner.offer(list(self._merges))
            self._ask(self._partner, next(iter(self._merges)))
        else:
            self._reading.say("There is no other lesion to merge with.", is_error=True)

    def _on_reason(self, reason: str) -> None:
        self.asked.emit(partial(self._recorder.not_evaluable, reason))

    def _on_length(self, text: str) -> None:
        self.asked.emit(partial(self._recorder.typed, text))

    def _on_partner(self, words: str) -> None:
        merge = self._merges.pop(words)
        self.asked.emit(partial(self._recorder.merge, merge))

    def _verbs(self) -> list[Verb]:
        recorder, say = self._recorder, partial(partial, self._recorder.say)
        return [
            Verb(
                "Present",
                "P",
                tip="Seen, neither larger nor gone; a caliper stays",
                state=State.PRESENT,
                act=recorder.present,
            ),
            Verb("Gone", "0", tip="Gone: 0 mm", state=State.GONE, act=recorder.gone),
            Verb(
                "Too small",
                "5",
                tip="Counts as 5 mm",
                state=State.TOO_SMALL,
                act=recorder.too_small,
            ),
            Verb(
                "Larger",
                "Shift+L",
                tip="Larger, but no unequivocal progression",
                state=State.LARGER,
                act=say(State.LARGER),
            ),
            Verb(
                "PD",
                "Shift+P",
                tip="Unequivocal progression of this lesion",
                state=State.PROGRESSION,
                act=say(State.PROGRESSION),
            ),
            Verb(
                "Definite",
                "D",
                tip="Certainly a new lesion",
                state=State.DEFINITE,
                act=say(State.DEFINITE),
            ),
            Verb(
                "Equivocal",
                "E",
                tip="Perhaps a new lesion; look again next time",
                state=State.EQUIVOCAL,
                act=say(State.EQUIVOCAL),
            ),
            Verb(
                "Resolved",
                "0",
                tip="No longer there",
                state=State.RESOLVED,
                act=recorder.gone,
            ),
            Verb(
                "NE",
                "X",
                tip="Not evaluable; asks why",
                state=State.NOT_EVALUABLE,
                act=self.ask_reason,
                asks=True,
            ),
            Verb(
                "Split",
                "S",
                tip="Fell into parts: draw each",
                state=State.SPLIT,
                act=self.splitting.emit,
                asks=True,
            ),
            Verb(
                "Merged",
                "G",
                tip="One mass with another lesion now; asks whose caliper covers it",
                state=State.MERGED,
                act=self.ask_partner,
                asks=True,
            ),
        ]


def _button(verb: Verb) -> QPushButton:
    button = QPushButton()
    button.setText(f"{verb.word} {verb.key}".strip())
    button.setObjectName(f"finding {verb.word.lower()}")
    button.setCheckable(verb.word == "Split")
    return button
