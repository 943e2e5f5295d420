"""The right-hand side in a real window: what is typed and clicked there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)

from napari_recist.viewport.slice_annotations import OTHER_END
from recist_tool.model import Measured, Split
from recist_tool.terms import LesionRole, Response
from tests.plugin.dock_hands import choose, fault, press, sign_visit, turn_to, type_into

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


def test_a_marker_typed_in_its_row_is_recorded_and_undone(measured: Reader) -> None:
    turn_to(measured, "Visit")
    type_into(measured, "marker 1 name", "CEA")
    assert "value: is needed" in fault(measured, "marker").text()
    type_into(measured, "marker 1 value", "8,4")
    type_into(measured, "marker 1 unit", "µg/l")
    case = measured.reading.case
    assert case is not None
    known = case.clinical_at("BL")
    assert known is not None
    assert float(known.markers["CEA"].value) == 8.4
    assert known.markers["CEA"].unit == "µg/l"
    assert not fault(measured, "marker").isVisibleTo(measured.dock)
    control = Qt.KeyboardModifier.ControlModifier
    for _ in range(2):
        measured.key(Qt.Key.Key_Z, control)
    assert measured.reading.case.clinical_at("BL") is None
    assert measured.dock.findChild(QLineEdit, "marker 1 name").text() == ""


def test_what_does_not_fit_is_said_at_its_field_and_changes_nothing(
    measured: Reader,
) -> None:
    turn_to(measured, "Patient")
    entries = measured.reading.open_session().entries
    type_into(measured, "treatment 1 date", "9 January")
    assert "Write it as 2024-03-06" in fault(measured, "treatment 1").text()
    assert measured.reading.open_session().entries == entries
    type_into(measured, "treatment 1 date", "2024-01-09")
    assert not fault(measured, "treatment 1").isVisibleTo(measured.dock)
    case = measured.reading.case
    assert case is not None
    assert case.treatments[0].date == dt.date(2024, 1, 9)


def test_what_was_refused_is_not_carried_to_another_visit(measured: Reader) -> None:
    turn_to(measured, "Visit")
    type_into(measured, "marker 1 name", "CEA")
    measured.reading.open_timepoint("TP1")
    assert measured.dock.findChild(QLineEdit, "marker 1 name").text() == ""
    assert not fault(measured, "marker").isVisibleTo(measured.dock)


def test_another_row_waits_below_the_last_treatment(measured: Reader) -> None:
    turn_to(measured, "Patient")
    type_into(measured, "treatment 1 date", "2024-01-09")
    type_into(measured, "treatment 2 date", "2024-02-01")
    type_into(measured, "treatment 2 activity_gbq", "1.8")
    case = measured.reading.case
    assert case is not None
    assert [one.activity_gbq for one in case.treatments] == [None, 1.8]
    type_into(measured, "treatment 1 date", "")
    case = measured.reading.case
    assert case is not None
    assert [one.date for one in case.treatments] == [dt.date(2024, 2, 1)]


def test_a_response_is_overridden_with_a_reason_and_withdrawn(
    measured: Reader,
) -> None:
    measured.key(Qt.Key.Key_BracketRight)
    measured.settle()
    for _ in range(2):
        measured.key(Qt.Key.Key_Space)
        measured.key(Qt.Key.Key_0)
    turn_to(measured, "Visit")
    choose(measured, "override scope", "liver")
    choose(measured, "override response", "SD")
    press(measured, "override hold")
    assert "Reason" in fault(measured, "override").text()
    type_into(measured, "override reason", "necrosis")
    press(measured, "override hold")
    read = measured.reading.read
    assert read is not None
    assert [one.response for one in read.overrides] == [Response.SD]
    press(measured, "withdraw liver")
    assert measured.reading.open_read().overrides == ()


def test_figures_of_other_criteria_are_written_beside_the_caliper(
    measured: Reader,
) -> None:
    measured.reading.choose("T1")
    turn_to(measured, "Lesion")
    type_into(measured, "figures 0 hu_mean", "54")
    type_into(measured, "figures 0 viable_mm", "7.5")
    found = measured.finding("T1")
    assert isinstance(found, Measured)
    assert (found.hu_mean, float(found.viable_mm or 0)) == (54, 7.5)
    type_into(measured, "figures 0 hu_mean", "")
    found = measured.finding("T1")
    assert isinstance(found, Measured)
    assert found.hu_mean is None
    assert not measured.dock.findChild(
        QWidget, "figures 1 change_since_last"
    ).isEnabled()


def test_what_a_lesion_is_can_be_said_more_closely(measured: Reader) -> None:
    measured.reading.choose("T2")
    turn_to(measured, "Lesion")
    type_into(measured, "lesion finding_site", "segment IV")
    choose(measured, "lesion previously_irradiated", "yes")
    lesion = measured.reading.lesion
    assert lesion is not None
    assert lesion.finding_site == "segment IV"
    assert lesion.previously_irradiated


def test_the_form_names_the_lesion_that_it_changes(measured: Reader) -> None:
    heading = measured.dock.findChild(QLabel, "acts upon")
    measured.reading.choose("T1")
    assert "T1" in heading.text()
    type_into(measured, "name", "segment VII")
    assert [one.name for one in measured.reading.open_read().lesions] == [
        "segment VII",
        "",
    ]
    measured.key(Qt.Key.Key_N)
    assert "New lesion" in heading.text()
    assert measured.dock.findChild(QComboBox, "role").currentText() == "non-target"


def test_the_organ_is_picked_by_two_keys(measured: Reader) -> None:
    measured.viewer.window.activate()
    measured.reading.choose("T2")
    measured.key(Qt.Key.Key_O)
    line = measured.dock.findChild(QComboBox, "organ").lineEdit()
    measured.wait_for(line.hasFocus)
    measured.key(Qt.Key.Key_2, widget=line)
    lesion = measured.reading.lesion
    assert lesion is not None
    assert (lesion.lesion_id, lesion.organ) == ("T2", "lung")
    assert not line.hasFocus()


def test_a_node_stays_one_where_its_organ_is_only_looked_at(measured: Reader) -> None:
    measured.key(Qt.Key.Key_T)
    boxes = measured.dock.findChildren(QCheckBox)
    next(one for one in boxes if one.text() == "node").click()
    assert measured.reading.new_lesion.nodal
    line = measured.dock.findChild(QComboBox, "organ").lineEdit()
    line.editingFinished.emit()
    assert measured.reading.new_lesion.nodal


def test_a_lesion_of_which_nothing_is_recorded_is_taken_out_by_delete(
    measured: Reader,
) -> None:
    measured.reading.choose("T2")
    measured.key(Qt.Key.Key_Delete)
    assert measured.reading.open_read().lesion("T2") is not None
    measured.key(Qt.Key.Key_Delete)
    assert measured.reading.open_read().lesion("T2") is None
    assert "T2 is taken out" in measured.reading.note.text
    measured.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert measured.reading.open_read().lesion("T2") is not None


def test_enter_in_a_field_of_the_case_gives_the_keys_back(measured: Reader) -> None:
    measured.viewer.window.activate()
    field = measured.dock.findChild(QLineEdit, "day 0")
    field.setFocus()
    measured.wait_for(field.hasFocus)
    field.setText("2024-01-15")
    measured.key(Qt.Key.Key_Return, widget=field)
    assert not field.hasFocus()
    case = measured.reading.case
    assert case is not None
    assert case.reference_date == dt.date(2024, 1, 15)


def test_organ_and_name_are_typed_in_one_go(measured: Reader) -> None:
    measured.reading.choose("T2")
    line = measured.dock.findChild(QComboBox, "organ").lineEdit()
    line.setText("Lung, left 10")
    line.editingFinished.emit()
    lesion = measured.reading.lesion
    assert lesion is not None
    assert (lesion.organ, lesion.name) == ("lung", "left 10")


def test_a_visit_is_signed_and_opened_again_in_place(measured: Reader) -> None:
    waits = measured.dock.findChild(QLabel, "waits")
    assert waits.text() == "BL is complete"
    sign_visit(measured)
    assert measured.reading.open_read().locked("BL")
    assert waits.text().startswith("BL is signed by reader-1")
    measured.reading.choose("T1")
    measured.key(Qt.Key.Key_Delete)
    assert "locked" in measured.reading.note.text
    press(measured, "sign")
    measured.dock.findChild(QComboBox, "unlock reason").setCurrentText("query")
    press(measured, "unlock reason done")
    assert not measured.reading.open_read().locked("BL")


def test_enter_answers_a_question_and_accepts_nothing_beside_it(
    measured: Reader,
) -> None:
    sign_visit(measured)
    measured.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    line = measured.dock.findChild(QComboBox, "unlock reason").lineEdit()
    line.setText("query")
    measured.key(Qt.Key.Key_Return, widget=line)
    assert not measured.reading.open_read().locked("BL")
    assert measured.reading.note.text == ""


def test_a_target_splits_into_the_parts_that_are_drawn(measured: Reader) -> None:
    measured.key(Qt.Key.Key_BracketRight)
    measured.settle()
    measured.key(Qt.Key.Key_Space)
    press(measured, "finding split")
    assert measured.room.tool.armed
    measured.drag((30, 30), (30, 38))
    measured.drag((40, 30), (40, 36))
    assert isinstance(measured.finding("T1", "TP1"), Split)
    press(measured, "finding split")
    assert not measured.room.recorder.is_splitting


def test_the_table_keeps_what_is_scrolled_to_and_chosen(measured: Reader) -> None:
    table = measured.dock.findChild(QTableView, "lesions")
    measured.dock.window().resize(1000, 560)
    measured.reading.choose("T2")
    resets: list[int] = []
    table.model().modelReset.connect(lambda: resets.append(1))
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum())
    at = bar.value()
    measured.reading.attempt(lambda: measured.reading.revise("T1", name="dome"))
    assert resets == []
    assert bar.value() == at
    assert [one.row() for one in table.selectionModel().selectedRows()] == [1]


def test_a_click_on_a_sum_unfolds_its_scope(measured: Reader) -> None:
    table = measured.dock.findChild(QTableView, "lesions")
    model = table.model()
    rows = model.rowCount()
    titles = [model.index(row, 0).data() for row in range(rows)]
    liver = next(
        row
        for row in range(rows)
        if model.index(row, 1).data() == "liver" and "Sum" in titles[row]
    )
    table.clicked.emit(model.index(liver, 0))
    assert model.rowCount() >= rows
    measured.reading.open_timepoint("TP1")
    measured.reading.choose("T1")
    measured.room.recorder.gone()
    measured.reading.choose("T2")
    measured.room.recorder.gone()
    measured.reading.changed.emit()
    titles = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert titles.count("Target") == 2


def test_other_criteria_are_looked_at_without_changing_the_protocol(
    measured: Reader,
) -> None:
    why = measured.dock.findChild(QLabel, "why")
    measured.reading.open_timepoint("TP1")
    measured.reading.choose("T1")
    measured.reading.attempt(measured.room.recorder.gone)
    choose(measured, "criteria", "PERCIST (not in the protocol)")
    assert "no PET scan at baseline" in why.toolTip()
    case = measured.reading.case
    assert case is not None
    assert len(case.protocol.criteria) == 1


def test_the_protocol_is_shown_with_all_its_conventions(measured: Reader) -> None:
    turn_to(measured, "Protocol")
    text = measured.dock.findChild(QLabel, "protocol").text()
    assert "Target lesions in one organ: at most 2" in text
    assert "A response is confirmed after at least: 28 days" in text


def test_a_target_too_many_or_too_small_is_told_while_it_is_drawn(
    measured: Reader,
) -> None:
    assert measured.reading.new_lesion.role is LesionRole.TARGET
    measured.click((50, 30))
    assert OTHER_END in {one.label for one in measured.room.pane.sketches()}
    measured.hover((50, 33))
    labels = [one.label for one in measured.room.pane.sketches()]
    assert any(
        "not measurable: long axis" in label and "more than 2 in liver" in label
        for label in labels
    )
