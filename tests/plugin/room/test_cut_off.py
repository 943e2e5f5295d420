"""What a click on PET cut off as a neighbour's: shown, told, taken in by one key."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_recist.viewport.annotations.mask_outlines import border, hatching
from napari_recist.viewport.mask_graphics import CUT_COLOUR
from recist_tool.app.reading import LIVER_REGION, ClinicalData
from recist_tool.measure import Mask, from_saved_mask
from recist_tool.model import Protocol, ReferenceRegion
from recist_tool.terms import SuvUnit, UptakeBorder
from tests.phantoms import two_hot_lesions
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.segmentation import LesionSegmentation
    from napari_recist.viewport.mouse.mask_edit import Draft
    from recist_tool.phantom import LesionSpec
    from tests.phantoms import Phantoms
    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui


COOL, HOT = two_hot_lesions().lesions


def test_every_other_diagonal_of_what_was_cut_off_is_drawn() -> None:
    full = np.zeros((3, 64, 80), np.bool_)
    full[1, 10:12, 20:23] = True
    lines = hatching(Mask.of_full(full, volume(slices=3)), 1)
    assert sorted(map(tuple, lines.reshape(-1, 4).tolist())) == [
        (10.5, 19.5, 9.5, 20.5),
        (10.5, 21.5, 9.5, 22.5),
        (11.5, 20.5, 10.5, 21.5),
    ]
    assert len(hatching(Mask.of_full(full, volume(slices=3)), 2)) == 0


@pytest.fixture
def pet(make_reader: Callable[[], Reader], phantoms: Phantoms) -> Reader:
    reader = make_reader()
    reader.open(phantoms.folder_of(two_hot_lesions()))
    _show_pet(reader)
    return reader


@pytest.fixture
def contouring(pet: Reader) -> LesionSegmentation:
    return pet.dock.contouring


def _show_pet(reader: Reader) -> None:
    series = reader.room.studies.of_visit(reader.reading.visits[0])
    found = next(one for one in series if one.modality == "PT")
    reader.room.show_series(found.key, "BL")
    reader.settle()
    assert reader.room.pane.volume is not None
    assert reader.room.pane.volume.modality == "PT"


def _place(reader: Reader, spec: LesionSpec) -> tuple[int, Pixel]:
    series = reader.room.pane.volume
    assert series is not None
    place = np.array(spec.center_lps)
    heights = series.slice_origins_lps @ series.normal_lps
    slice_index = int(np.abs(heights - place @ series.normal_lps).argmin())
    row, column = series.lps_to_pixel(slice_index, place[np.newaxis])[0].tolist()
    return slice_index, (row, column)


def _find(reader: Reader, spec: LesionSpec = COOL) -> None:
    slice_index, at = _place(reader, spec)
    reader.room.pane.go_to(slice_index)
    reader.key(Qt.Key.Key_A)
    reader.key(Qt.Key.Key_N)  # a target on PET would be asked about
    reader.click(at)
    reader.settle()


def _draft(contouring: LesionSegmentation) -> Draft:
    assert contouring.draft is not None
    return contouring.draft


def _lines_of(reader: Reader, colour: str) -> int:
    outlines = reader.room.pane.scene().outlines
    return sum(len(one.lines) for one in outlines if one.colour == colour)


def test_what_was_cut_off_is_hatched_and_said(
    pet: Reader, contouring: LesionSegmentation
) -> None:
    _find(pet)
    draft = _draft(contouring)
    assert draft.cut is not None
    at = pet.room.pane.slice_index
    assert _lines_of(pet, CUT_COLOUR) == len(border(draft.cut, at)) + len(
        hatching(draft.cut, at)
    )
    assert f"{draft.cut.volume_ml:.1f} ml beside it (hatched) was cut off: U" in (
        pet.reading.note.text
    )
    assert pet.reading.session is None


def test_one_key_takes_it_in_and_out_again(
    pet: Reader, contouring: LesionSegmentation
) -> None:
    _find(pet)
    before = _draft(contouring)
    assert before.cut is not None
    for _ in range(2):
        pet.key(Qt.Key.Key_U)
        inside = _draft(contouring)
        assert inside.mask.voxels == before.mask.voxels + before.cut.voxels
        assert _lines_of(pet, CUT_COLOUR) == 0
        assert "U leaves it out" in pet.reading.note.text
        pet.key(Qt.Key.Key_U)
        assert np.array_equal(_draft(contouring).mask.as_full(), before.mask.as_full())
        assert _draft(contouring).provenance == before.provenance
    assert _lines_of(pet, CUT_COLOUR) > 0


def test_undo_takes_it_out_and_takes_back_nothing_else(
    pet: Reader, contouring: LesionSegmentation
) -> None:
    _find(pet, HOT)
    pet.key(Qt.Key.Key_Return)
    _show_cool(pet)
    pet.key(Qt.Key.Key_U)
    pet.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not _draft(contouring).has_cut
    assert pet.finding("NT1") is not None
    pet.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert contouring.draft is None  # what is not recorded goes first
    assert pet.finding("NT1") is not None
    pet.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pet.reading.read is not None
    assert not pet.reading.read.lesions


def _show_cool(reader: Reader) -> None:
    slice_index, at = _place(reader, COOL)
    reader.room.pane.go_to(slice_index)
    reader.key(Qt.Key.Key_N)
    reader.click(at)
    reader.settle()


def test_the_record_says_what_was_cut_off_and_what_became_of_it(
    pet: Reader, contouring: LesionSegmentation
) -> None:
    _find(pet)
    cut = _draft(contouring).cut
    assert cut is not None
    pet.key(Qt.Key.Key_U)
    both = _draft(contouring).mask
    pet.key(Qt.Key.Key_Return)
    read, series = pet.reading.read, pet.room.pane.volume
    assert read is not None
    assert series is not None
    saved = read.mask("NT1", "BL")
    assert saved is not None
    assert saved.provenance is not None
    assert saved.provenance.algorithm == "share_of_maximum"
    assert saved.provenance.parameters["cut_voxels"] == cut.voxels
    assert saved.provenance.parameters["cut_off"] == "taken in"
    again = from_saved_mask(series, saved)
    assert again is not None
    assert again.voxels == both.voxels


def test_where_nothing_was_cut_off_the_key_says_so(
    pet: Reader, contouring: LesionSegmentation
) -> None:
    _find(pet, HOT)
    assert _draft(contouring).cut is None
    assert "cut off" not in pet.reading.note.text
    pet.key(Qt.Key.Key_U)
    assert "Nothing was cut off" in pet.reading.note.text


# ------------------------------------------------------------- the protocol's border


def _under(reader: Reader, border: str, phantoms: Phantoms) -> None:
    reader.room.intend(Protocol(name="PET", uptake_border=border))
    reader.open(phantoms.folder_of(two_hot_lesions()))
    _show_pet(reader)


def test_a_click_keeps_to_the_border_of_the_protocol(
    make_reader: Callable[[], Reader], phantoms: Phantoms
) -> None:
    reader = make_reader()
    _under(reader, "SUV 20", phantoms)
    _find(reader, HOT)
    draft = _draft(reader.dock.contouring)
    assert draft.provenance.algorithm == "fixed_threshold"
    assert draft.provenance.parameters["threshold"] == 20.0
    _, at = _place(reader, COOL)
    reader.key(Qt.Key.Key_Escape)
    reader.click(at)
    reader.settle()
    assert reader.reading.note.is_error
    assert "nothing here reaches 20.00" in reader.reading.note.text


def test_the_border_of_percist_asks_for_the_liver_and_then_uses_it(
    make_reader: Callable[[], Reader], phantoms: Phantoms
) -> None:
    reader = make_reader()
    _under(reader, UptakeBorder.PERCIST, phantoms)
    _find(reader, HOT)
    assert reader.reading.note.is_error
    assert "liver's SUL are not known" in reader.reading.note.text
    _record_liver(reader, ReferenceRegion(mean_sul=Decimal(10), sd_sul=Decimal(1)))
    _find_again(reader)
    draft = _draft(reader.dock.contouring)
    assert draft.provenance.algorithm == "percist_liver_threshold"
    assert reader.room.pane.volume is not None
    sul = reader.room.pane.volume.suv_level(17.0, SuvUnit.LEAN_JANMAHASATIAN)
    assert draft.provenance.parameters["threshold"] == pytest.approx(sul)


def _record_liver(reader: Reader, liver: ReferenceRegion) -> None:
    reader.room.make_ready()
    ClinicalData(reader.reading).set_scan(
        {
            f"{LIVER_REGION}mean_sul": liver.mean_sul,
            f"{LIVER_REGION}sd_sul": liver.sd_sul,
        }
    )


def _find_again(reader: Reader) -> None:
    _, at = _place(reader, HOT)
    reader.click(at)
    reader.settle()
