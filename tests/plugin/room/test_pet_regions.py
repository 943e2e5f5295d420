"""A PET read without typing: liver sphere, lesions by a click, a page that fills."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QLineEdit

from napari_recist.panels.sign_dialog import statement
from recist_tool.measure import liver_reference
from recist_tool.model import Protocol, SetProtocol
from recist_tool.phantom import SMALL_PATIENT
from recist_tool.terms import Criteria, SuvUnit
from tests.plugin.dock_hands import turn_to, type_into
from tests.plugin.two_reads.places import even_place, hottest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from recist_tool.model import PetScan
    from tests.phantoms import Phantoms
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def on_pet(reader: Reader) -> Reader:
    """A reader with the PET of the baseline on show."""
    visit = reader.reading.visits[0]
    pet = [one for one in reader.room.studies.of_visit(visit) if one.modality == "PT"]
    reader.room.show_series(pet[0].key, visit.timepoint_id)
    reader.settle()
    assert reader.room.pane.volume.modality == "PT"
    return reader


def pet_of(reader: Reader) -> PetScan | None:
    read = reader.reading.read
    return None if read is None else read.uptake_at("BL")


def test_a_key_places_the_liver_sphere_under_the_pointer(on_pet: Reader) -> None:
    pane = on_pet.room.pane
    at, place = even_place(pane.volume)
    pane.go_to(at)
    on_pet.hover(place)
    pointed = pane.pointed
    on_pet.key(Qt.Key.Key_H, SHIFT)
    pet = pet_of(on_pet)
    assert pet is not None
    assert pet.liver is not None
    lean = pane.volume.in_suv(SuvUnit.LEAN_JANMAHASATIAN)
    wanted = liver_reference(lean, at, pointed)
    assert float(pet.liver.mean_sul) == pytest.approx(wanted.mean, abs=1e-3)
    assert float(pet.liver.sd_sul) == pytest.approx(wanted.sd, abs=1e-3)
    assert pet.liver.method
    assert "Liver: SUL" in on_pet.reading.note.text
    assert "measurable from SULpeak" in on_pet.reading.note.text
    assert [one for one in pane.scene().sketches if one.label.startswith("liver")]
    assert pet.uptake_minutes is not None
    assert pet.injected_mbq is not None
    turn_to(on_pet, "PET")
    field = on_pet.dock.findChild(QLineEdit, "pet liver_mean_sul")
    assert Decimal(field.text()) == pet.liver.mean_sul
    sources = on_pet.dock.findChild(QLabel, "pet sources").text()
    assert "sphere of 3 cm" in sources
    assert "from the tags" in sources
    turn_to(on_pet, "Read")
    on_pet.key(Qt.Key.Key_Z, CONTROL)
    assert pet_of(on_pet) is None


def test_a_region_off_the_pet_or_the_visit_is_refused_in_a_line(reader: Reader) -> None:
    reader.hover((40, 40))
    reader.key(Qt.Key.Key_B, SHIFT)
    assert "the pointer is on no PET" in reader.reading.note.text
    assert pet_of(reader) is None


def test_a_click_on_the_pet_fills_case_page_and_table_and_typing_is_marked(
    on_pet: Reader,
) -> None:
    on_pet.room.make_ready()
    session = on_pet.reading.session
    assert session is not None
    session.do(SetProtocol(protocol=Protocol(criteria=(Criteria.EORTC_PET,))))
    pane = on_pet.room.pane
    at, place = hottest(pane.volume)
    pane.go_to(at)
    on_pet.key(Qt.Key.Key_A)
    on_pet.click(place)
    on_pet.wait_for(lambda: on_pet.dock.contouring.draft is not None)
    on_pet.key(Qt.Key.Key_Return)
    assert on_pet.reading.question == ""
    pet = pet_of(on_pet)
    assert pet is not None
    one = pet.lesions["T1"]
    assert float(one.suv_max) == pytest.approx(
        float(pane.volume.voxels.max()), abs=1e-3
    )
    assert one.methods.keys() >= {"suv", "suv_max", "suv_mean", "mtv_ml"}
    on_pet.key(Qt.Key.Key_Escape)
    cell = on_pet.dock._read.shown().rows[0][2]
    assert cell.text == f"{one.suv:.1f}"
    assert "SUVmax" in cell.tooltip
    turn_to(on_pet, "PET")
    type_into(on_pet, "uptake 1 suv", "9.5")
    turn_to(on_pet, "Read")
    typed = pet_of(on_pet).lesions["T1"]
    assert (typed.suv, typed.suv_max) == (Decimal("9.5"), one.suv_max)
    assert "suv" not in typed.methods
    assert "suv_max" in typed.methods
    assert on_pet.dock._read.shown().rows[0][2].text == "9.5\N{DAGGER}"


def test_a_read_of_uptake_alone_begins_on_the_pet_follows_on_it_and_signs_it(
    make_reader: Callable[[], Reader], tmp_path: Path, phantoms: Phantoms
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir(exist_ok=True)
    (cases / "protocol.json").write_text('{"criteria": ["EORTC PET"]}')
    images = phantoms.folder_of(SMALL_PATIENT)
    reader = make_reader()
    reader.open(images / "BL", images / "TP2")
    panes = reader.room.viewing.stations
    assert panes[0].pane.volume.modality == "PT"
    assert "click in the first lesion on the PET" in reader.reading.note.text
    reader.key(Qt.Key.Key_B)
    reader.settle()
    assert [one.pane.volume.modality for one in panes[:2]] == ["PT", "CT"]
    at, place = hottest(panes[0].pane.volume)
    panes[0].pane.go_to(at)
    reader.key(Qt.Key.Key_A)
    reader.click(place)
    reader.wait_for(lambda: reader.dock.contouring.draft is not None)
    reader.key(Qt.Key.Key_Return)
    parts = {one.heading: one.lines for one in statement(reader.reading)}
    (line,) = parts["Findings"]
    uptake = pet_of(reader).lesions["T1"]
    assert line.startswith(f"T1, liver: {uptake.suv:.1f} (")
    assert f"; SUVmax {uptake.suv_max} (" in line
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    assert [one.pane.volume.modality for one in panes[:2]] == ["PT", "PT"]
    assert [one.film.timepoint_id for one in panes[:2]] == ["TP1", "BL"]
