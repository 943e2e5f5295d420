"""A read without a mouse: every control is reached, named, and worked by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QPushButton,
    QTabWidget,
    QWidget,
)

from napari_recist.widgets.accessible_names import controls_of
from recist_tool.model import NonTargetSeen, Split
from recist_tool.terms import LesionRole, NonTargetStatus

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def typed(reader: Reader, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Press a key as a keyboard does: it goes to what has the focus."""
    reader.key(key, modifier, QApplication.focusWidget() or reader.canvas)


def take_seat(reader: Reader) -> None:
    reader.viewer.window.activate()
    reader.canvas.setFocus()
    reader.wait_for(lambda: QApplication.focusWidget() is reader.canvas)


def name_of(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or words


def test_tab_goes_through_every_control_of_the_panel_and_f6_to_the_panes(
    measured: Reader,
) -> None:
    reader = measured
    reader.reading.choose("T1")
    take_seat(reader)
    wanted = {
        one
        for one in controls_of(reader.dock)
        if one.isVisible() and one.isEnabled() and one.focusProxy() is None
    }
    seen: list[QWidget] = []
    for _ in range(3 * len(wanted)):
        typed(reader, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert reader.dock.isAncestorOf(focus)
        seen.append(focus)
    missed = {f"{type(one).__name__} {one.objectName()}" for one in wanted - set(seen)}
    assert missed == set()
    nameless = [one for one in controls_of(reader.dock) if not name_of(one)]
    assert [f"{type(one).__name__} {one.objectName()}" for one in nameless] == []
    reader.key(Qt.Key.Key_F6, widget=QApplication.focusWidget())
    assert QApplication.focusWidget() is reader.canvas


def test_a_control_that_tab_led_to_is_worked_by_space_and_no_other_is(
    measured: Reader,
) -> None:
    reader = measured
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.reading.choose("T1")
    take_seat(reader)
    button = reader.dock.findChild(QPushButton, "finding gone")
    for _ in range(200):
        typed(reader, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is button:
            break
    assert button.hasFocus()
    typed(reader, Qt.Key.Key_Space)
    assert reader.finding("T1", "TP1") is not None
    assert reader.reading.lesion_id == "T1"
    take_seat(reader)
    typed(reader, Qt.Key.Key_Space)
    assert reader.reading.lesion_id == "T2"


def test_progression_node_role_and_pages_have_keys(measured: Reader) -> None:
    reader = measured
    reader.key(Qt.Key.Key_N)
    reader.drag((80, 30), (80, 45))
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.reading.choose("NT1")
    for key, status in (
        (Qt.Key.Key_L, NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL),
        (Qt.Key.Key_P, NonTargetStatus.UNEQUIVOCAL_PD),
    ):
        reader.key(key, SHIFT)
        found = reader.finding("NT1", "TP1")
        assert isinstance(found, NonTargetSeen)
        assert found.status is status
    reader.key(Qt.Key.Key_BracketLeft)
    reader.settle()
    reader.key(Qt.Key.Key_T)
    reader.key(Qt.Key.Key_T, SHIFT)
    assert reader.dock.findChild(QComboBox, "role").currentText() == "non-target"
    assert reader.reading.new_lesion.role is LesionRole.NON_TARGET
    reader.key(Qt.Key.Key_N, SHIFT)
    assert reader.reading.new_lesion.nodal
    boxes = reader.dock.findChildren(QCheckBox)
    assert next(one for one in boxes if one.text() == "node").isChecked()
    pages = reader.dock.findChild(QTabWidget, "pages")
    reader.key(Qt.Key.Key_PageDown, CTRL)
    assert pages.currentIndex() == 1
    for _ in range(2):
        reader.key(Qt.Key.Key_PageUp, CTRL)
    assert pages.currentIndex() == pages.count() - 1


def test_merging_and_splitting_are_done_by_keys_alone(measured: Reader) -> None:
    reader = measured
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    take_seat(reader)
    typed(reader, Qt.Key.Key_Space)
    typed(reader, Qt.Key.Key_G)
    box = reader.dock.findChild(QComboBox, "partner")
    assert box.isVisible()
    assert box.currentText() == "T2 (drawn next)"
    typed(reader, Qt.Key.Key_Return)
    assert reader.reading.lesion_id == "T2"
    assert "draw T2, all of it" in reader.reading.note.text
    typed(reader, Qt.Key.Key_S)
    reader.drag((30, 30), (30, 38))
    reader.drag((40, 30), (40, 36))
    assert isinstance(reader.finding("T2", "TP1"), Split)
