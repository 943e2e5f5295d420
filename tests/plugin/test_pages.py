"""The right-hand side in a real window: what is typed and clicked there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from napari_recist.pages import Pages
from napari_recist.series_menu import SeriesMenu
from recist_tool import LesionRole, Measured, Response, SeriesRole, Split, SuvUnit

if TYPE_CHECKING:
    from recist_tool import Series
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

PAGES = ("Read", "Lesion", "Visit", "PET", "Patient", "Protocol")


def turn_to(reader: Reader, name: str) -> None:
    reader.dock.findChild(Pages, "pages").setCurrentIndex(PAGES.index(name))


def type_into(reader: Reader, name: str, text: str) -> None:
    field = reader.dock.findChild(QLineEdit, name)
    field.setText(text)
    field.editingFinished.emit()


def choose(reader: Reader, name: str, text: str) -> None:
    box = reader.dock.findChild(QComboBox, name)
    row = box.findText(text)
    assert row >= 0
    box.setCurrentIndex(row)
    box.activated.emit(row)


def press(reader: Reader, name: str) -> None:
    button = reader.dock.findChild(QPushButton, name)
    assert button.isVisibleTo(reader.dock)
    button.click()


def fault(reader: Reader, form: str) -> QLabel:
    return reader.dock.findChild(QLabel, f"{form} fault")


def show_pet(reader: Reader) -> Series:
    visit = reader.reading.visit
    assert visit is not None
    found = reader.room.studies.of_visit(visit)
    pet = next(one for one in found if one.modality == "PT")
    reader.room.show_series(pet.slices[0].sop_instance_uid, visit.timepoint_id)
    reader.settle()
    return pet


@pytest.fixture
def measured(reader: Reader) -> Reader:
    """A reader with T1 and T2 drawn at baseline."""
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    reader.drag((60, 30), (60, 45))
    return reader


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
    measured.key(Qt.Key.Key_W)
    assert "New lesion" in heading.text()
    assert measured.dock.findChild(QComboBox, "role").currentText() == "new"


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
    press(measured, "sign")
    assert measured.dock.findChild(QComboBox, "signature").currentText() == "reader-1"
    press(measured, "signature done")
    assert measured.reading.open_read().locked("BL")
    assert waits.text().startswith("BL is signed by reader-1")
    measured.reading.choose("T1")
    measured.key(Qt.Key.Key_Delete)
    assert "locked" in measured.reading.note.text
    press(measured, "sign")
    measured.dock.findChild(QComboBox, "unlock reason").setCurrentText("query")
    press(measured, "unlock reason done")
    assert not measured.reading.open_read().locked("BL")


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
    measured.reading.changed()
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


def test_pet_is_shown_in_the_unit_that_is_asked_for(reader: Reader) -> None:
    show_pet(reader)
    turn_to(reader, "PET")
    before = reader.room.pane.volume
    assert before is not None
    reader.room.pane.go_to(3)
    choose(reader, "suv unit", "SUL")
    reader.settle()
    after = reader.room.pane.volume
    assert after is not None
    assert (before.units, after.units) == ("SUVbw", "SUL")
    assert after.voxels.max() == pytest.approx(
        before.in_suv(SuvUnit.LEAN_JANMAHASATIAN).voxels.max()
    )
    assert reader.room.pane.slice_index == 3
    method = reader.dock.findChild(QLabel, "suv method")
    assert method.text() == "Shown in SUL"
    assert "decay" in method.toolTip().lower()


def test_a_weight_from_the_chart_stands_for_the_tag_and_is_withdrawn(
    measured: Reader,
) -> None:
    pet = show_pet(measured)
    turn_to(measured, "PET")
    before = measured.room.pane.acquired
    assert before is not None
    type_into(measured, "suv weight_kg", "100")
    press(measured, "suv stand")
    assert "Reason" in fault(measured, "suv").text()
    type_into(measured, "suv reason", "from the chart")
    press(measured, "suv stand")
    measured.settle()
    after = measured.room.pane.acquired
    assert after is not None
    assert "overridden by the reader: PatientWeight" in after.suv_method
    assert not np.allclose(after.voxels, before.voxels)
    case = measured.reading.case
    assert case is not None
    assert case.suv_override(pet.series_instance_uid) is not None
    press(measured, "suv withdraw")
    measured.settle()
    again = measured.room.pane.acquired
    assert again is not None
    assert np.array_equal(again.voxels, before.voxels)


def test_every_series_is_given_out_as_the_case_remembers_it(measured: Reader) -> None:
    room = measured.room
    series = room.studies.of_visit(measured.reading.visits[0])[0]
    menu = SeriesMenu(room, series, "BL", measured.dock)
    act(menu, "Phase", "arterial")
    act(menu, "Role", SeriesRole.LOW_DOSE_CT.value)
    found = room.studies.find(room.shown_key)
    assert found is not None
    assert (found.phase, found.role.name) == ("arterial", SeriesRole.LOW_DOSE_CT)
    assert room.studies.of_visit(measured.reading.visits[0])[0].phase == "arterial"


def test_a_series_is_pinned_to_another_visit_and_read_on(measured: Reader) -> None:
    room, reading = measured.room, measured.reading
    pet = next(
        one for one in room.studies.of_visit(reading.visits[0]) if one.modality == "PT"
    )
    act(SeriesMenu(room, pet, "BL", measured.dock), "Pin to visit", "TP1")
    pinned = [one.series_instance_uid for one in reading.visits[1].series]
    assert pet.series_instance_uid in pinned
    assert pet in room.studies.of_visit(reading.visits[1])
    act(SeriesMenu(room, pet, "TP1", measured.dock), "", "Read this visit")
    assert reading.visits[1].series[0].series_instance_uid == pet.series_instance_uid


def test_a_signed_visit_keeps_its_series(measured: Reader) -> None:
    press(measured, "sign")
    press(measured, "signature done")
    series = measured.room.studies.of_visit(measured.reading.visits[0])[0]
    act(SeriesMenu(measured.room, series, "BL", measured.dock), "Phase", "delayed")
    assert "locked" in measured.reading.note.text


def test_the_protocol_is_shown_with_all_its_conventions(measured: Reader) -> None:
    turn_to(measured, "Protocol")
    text = measured.dock.findChild(QLabel, "protocol").text()
    assert "max targets per organ: 2" in text
    assert "confirm min days: 28" in text


def test_a_target_too_many_or_too_small_is_told_while_it_is_drawn(
    measured: Reader,
) -> None:
    assert measured.reading.new_lesion.role is LesionRole.TARGET
    measured.click((50, 30))
    measured.hover((50, 33))
    labels = [one.label for one in measured.room.pane.sketches()]
    assert any(
        "not measurable: long axis" in label and "more than 2 in liver" in label
        for label in labels
    )


def act(menu: SeriesMenu, submenu: str, words: str) -> None:
    where = menu
    if submenu:
        where = next(one.menu() for one in menu.actions() if one.text() == submenu)
    next(one for one in where.actions() if one.text().startswith(words)).trigger()
