"""The words at the window are a reader's, not a programmer's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from napari_recist.viewport.image.fusion import refusal
from tests.plugin.dock_hands import turn_to
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui
SPELT = re.compile(r"\bsd min|non cr non pd|[a-z]_[a-z]|\bNone\b")


def type_slowly(field: QLineEdit, text: str) -> None:
    """Type into a field with the keyboard, and leave it."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_the_protocol_is_shown_in_words(reader: Reader) -> None:
    turn_to(reader, "Protocol")
    words = reader.dock.findChild(QLabel, "protocol").text()
    assert "Target lesions in the liver: at most 2" in words
    assert not SPELT.search(words)


def test_a_number_stays_as_it_was_typed(measured: Reader) -> None:
    measured.reading.choose("T1")
    turn_to(measured, "Lesion")
    fields = measured.dock.findChildren(QLineEdit)
    (field,) = [one for one in fields if one.objectName().endswith("viable_mm")]
    type_slowly(field, "27.0")
    measured.settle()
    assert field.text() == "27.0"
    measured.reading.choose("T2")
    assert field.text() == ""
    measured.reading.choose("T1")
    assert field.text() in ("27", "27.0")


def test_no_choice_of_a_form_is_a_code(reader: Reader) -> None:
    boxes = reader.dock.findChildren(QComboBox)
    texts = [box.itemText(row) for box in boxes for row in range(box.count())]
    assert "FDG-PET; baseline had none" in texts
    assert not [one for one in texts if "_" in one]


def test_what_begins_a_case_says_what_it_does(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    reader = make_reader()
    reader.open(patient)
    texts = {
        name: reader.dock.findChild(QPushButton, name).text()
        for name in ("begin", "usual protocol", "other protocol")
    }
    assert texts["begin"] == "Begin the case"
    assert texts["usual protocol"] == "Usual protocol"
    assert texts["other protocol"].startswith("Other protocol")


def test_a_pet_by_itself_is_not_told_that_it_has_no_pet() -> None:
    pet = volume(modality="PT", units="SUVbw")
    assert "no PET" not in refusal(None, pet)
