"""The protocol that the case is read under: shown, not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from napari_recist.widgets.form_page import FormPage
from recist_tool.report import protocol_words

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

    from recist_tool.app.reading import CurrentRead
    from recist_tool.model import Protocol


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
    """Return the conventions of a protocol in words, one to a line; its name first."""
    (_, name), *rest = protocol_words(protocol)
    return [name, *(f"{what}: {value}" for what, value in rest)]
