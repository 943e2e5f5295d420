"""What a reader says of a series: unit, tags, phase, role, visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtWidgets import QLabel

from napari_recist.panels.series_menu import SeriesMenu
from recist_tool.terms import SeriesRole, SuvUnit
from tests.plugin.dock_hands import choose, fault, press, sign_visit, turn_to, type_into

if TYPE_CHECKING:
    from recist_tool.dicom import Series
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


def show_pet(reader: Reader) -> Series:
    visit = reader.reading.visit
    assert visit is not None
    found = reader.room.studies.of_visit(visit)
    pet = next(one for one in found if one.modality == "PT")
    reader.room.show_series(pet.slices[0].sop_instance_uid, visit.timepoint_id)
    reader.settle()
    return pet


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


def test_the_pixels_of_a_series_are_asked_for_its_phase_and_change_nothing(
    measured: Reader,
) -> None:
    room = measured.room
    series = room.studies.of_visit(measured.reading.visits[0])[0]
    menu = SeriesMenu(room, series, "BL", measured.dock)
    act(menu, "Phase", "Ask aorta and liver")
    measured.settle()
    assert "Its pixels speak for portal venous (aorta 1" in measured.reading.note.text
    found = room.studies.find(series.key)
    assert found is not None
    assert (found.phase, found.pixel_phase) == (series.phase, None)


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
    sign_visit(measured)
    series = measured.room.studies.of_visit(measured.reading.visits[0])[0]
    act(SeriesMenu(measured.room, series, "BL", measured.dock), "Phase", "delayed")
    assert "locked" in measured.reading.note.text


def act(menu: SeriesMenu, submenu: str, words: str) -> None:
    where = menu
    if submenu:
        where = next(one.menu() for one in menu.actions() if one.text() == submenu)
    next(one for one in where.actions() if one.text().startswith(words)).trigger()
