"""The protocol that the case is read under: shown, not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from napari_recist.widgets.form_page import FormPage
from recist_tool.app.reading import text_of

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

    from recist_tool.app.reading import CurrentRead
    from recist_tool.model import Protocol

LEFT_OUT = {"settings", "organs", "criteria", "name"}


class ProtocolPage(FormPage):
    """Every convention of the protocol, by name."""

    def __init__(self, reading: CurrentRead, parent: QWidget | None = None) -> None:
        super().__init__(reading, parent)
        self._words = QLabel()
        self._words.setObjectName("protocol")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.add("Protocol (fixed once the case begins)", self._words)
        self.end()

    def refresh(self) -> None:
        """Show the protocol of the case, or of the one that would begin now."""
        text = "\n".join(protocol_lines(self._reading.protocol))
        if text != self._words.text():
            self._words.setText(text)


def protocol_lines(protocol: Protocol) -> list[str]:
    """Return the conventions of a protocol, one to a line."""
    limits = {name: value for name, value in protocol if name not in LEFT_OUT}
    settings = {
        name: value for name, value in protocol.settings if name != "other_criteria"
    }
    return [
        protocol.name,
        f"criteria: {', '.join(one.value for one in protocol.criteria)}",
        *(f"{_spaced(name)}: {_words(value)}" for name, value in limits.items()),
        *(f"{_spaced(name)}: {_words(value)}" for name, value in settings.items()),
        f"organs: {', '.join(protocol.organs)}",
    ]


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return text_of(value) or "none"
