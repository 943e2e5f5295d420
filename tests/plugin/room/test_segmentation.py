"""Masks in the reading room: found by a click, painted, accepted, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDoubleSpinBox, QPushButton

from napari_recist.viewport.annotations.mask_outlines import border, circle, holds
from napari_recist.viewport.mouse.left_button import Mode
from napari_recist.viewport.mouse.mask_edit import touches
from recist_tool.measure import Mask, from_saved_mask
from recist_tool.model import Measured, MeasuringMethod
from recist_tool.phantom import SMALL_PATIENT
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.segmentation import LesionSegmentation
    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui


def _mask(*inside: Pixel, slice_index: int = 1) -> Mask:
    series = volume(slices=3)
    full = np.zeros(series.voxels.shape, np.bool_)
    for row, column in inside:
        full[slice_index, int(row), int(column)] = True
    return Mask.of_full(full, series)


def test_the_border_runs_along_the_edges_of_the_pixels() -> None:
    lines = border(_mask((10, 20), (10, 21)), 1)
    found = sorted(np.sort(line, axis=0).ravel().tolist() for line in lines)
    assert found == [
        [9.5, 19.5, 9.5, 21.5],
        [9.5, 19.5, 10.5, 19.5],
        [9.5, 21.5, 10.5, 21.5],
        [10.5, 19.5, 10.5, 21.5],
    ]


def test_a_mask_has_a_border_only_on_the_slices_it_was_drawn_on() -> None:
    mask = _mask((10, 20))
    assert [len(border(mask, at)) for at in range(3)] == [0, 4, 0]


def test_a_hole_has_a_border_of_its_own() -> None:
    around = [(row, column) for row in (4, 5, 6) for column in (4, 5, 6)]
    ring = _mask(*(one for one in around if one != (5, 5)))
    assert len(border(ring, 1)) == 8


def test_a_point_lies_in_a_mask_by_its_pixel_and_its_slice() -> None:
    mask = _mask((10, 20))
    assert holds(mask, 1, (10.4, 19.6))
    assert not holds(mask, 1, (10.6, 20.0))
    assert not holds(mask, 2, (10.0, 20.0))


def test_a_brush_is_round_in_millimetres() -> None:
    lines = circle((10.0, 10.0), 4.0, (0.5, 2.0))
    rows, columns = np.ptp(lines.reshape(-1, 2), axis=0)
    assert (rows * 0.5, columns * 2.0) == pytest.approx((8.0, 8.0), rel=0.01)


def test_a_quick_stroke_leaves_no_gaps() -> None:
    way = touches((0.0, 0.0), (0.0, 30.0), 2.0, (1.0, 0.5))
    columns = np.array([0.0, *(column for _, column in way)])
    assert way[-1] == (0.0, 30.0)
    assert np.diff(columns).max() * 0.5 <= 1.0


def test_a_brush_that_rests_touches_once() -> None:
    assert touches((3.0, 4.0), (3.0, 4.0), 2.0, (1.0, 1.0)) == [(3.0, 4.0)]


# ------------------------------------------------------------- in the window

NODULE = "T3"
"""In the lung, 18 mm: it stands out on the coarse grid."""

SPACING_MM = SMALL_PATIENT.ct.pixel_spacing_mm[0]


@pytest.fixture
def contouring(reader: Reader) -> LesionSegmentation:
    return reader.dock.contouring


def _go_to_lesion(reader: Reader, name: str = NODULE) -> Pixel:
    """Bring a lesion of the phantom into view and return its middle."""
    spec = next(one for one in SMALL_PATIENT.lesions if one.lesion_id == name)
    series = reader.room.pane.volume
    assert series is not None
    place = np.array(spec.center_lps)
    heights = series.slice_origins_lps @ series.normal_lps
    slice_index = int(np.abs(heights - place @ series.normal_lps).argmin())
    reader.room.pane.go_to(slice_index)
    row, column = series.lps_to_pixel(slice_index, place[np.newaxis])[0].tolist()
    return row, column


def _find(reader: Reader, name: str = NODULE) -> Pixel:
    at = _go_to_lesion(reader, name)
    reader.key(Qt.Key.Key_A)
    reader.click(at)
    reader.settle()
    return at


def _brush(reader: Reader) -> None:
    reader.key(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)


def _saved(reader: Reader, lesion_id: str) -> Mask:
    read, series = reader.reading.read, reader.room.pane.volume
    assert read is not None
    assert series is not None
    saved = read.mask(lesion_id, "BL")
    assert saved is not None
    mask = from_saved_mask(series, saved)
    assert mask is not None
    return mask


def _rightmost(mask: Mask, slice_index: int) -> Pixel:
    rows, columns = np.nonzero(mask.on_slice(slice_index))
    at = int(columns.argmax())
    return float(rows[at]), float(columns[at])


def test_a_click_proposes_the_lesion_and_records_nothing(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _find(reader)
    draft = contouring.draft
    assert draft is not None
    assert draft.axes is not None
    assert draft.axes.long_axis_mm == pytest.approx(18, abs=SPACING_MM)
    assert reader.reading.session is None
    assert "Enter accepts" in reader.reading.note.text
    scene = reader.room.pane.scene()
    assert [one.dashed for one in scene.outlines] == [True]
    assert any("New?" in one.label for one in scene.sketches)


def test_enter_records_caliper_mask_and_how_they_were_found(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _find(reader)
    assert contouring.draft is not None
    proposed = contouring.draft.mask.voxels
    reader.key(Qt.Key.Key_Return)
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert found.caliper.short_axis is not None
    assert found.caliper.provenance is not None
    assert found.caliper.provenance.method is MeasuringMethod.SEGMENTED
    assert not found.caliper.provenance.edited
    assert _saved(reader, "T1").voxels == proposed
    assert float(found.volume_ml or 0) == pytest.approx(
        _saved(reader, "T1").volume_ml, abs=0.001
    )
    assert contouring.draft is None
    assert [one.dashed for one in reader.room.pane.scene().outlines] == [False]


def test_a_click_inside_the_proposal_accepts_it(reader: Reader) -> None:
    at = _find(reader)
    reader.click(at)
    assert isinstance(reader.finding("T1"), Measured)


def test_escape_drops_the_proposal_then_the_tool(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _find(reader)
    reader.key(Qt.Key.Key_Escape)
    assert contouring.draft is None
    assert contouring.mode is Mode.FIND
    assert reader.room.pane.scene().outlines == []
    reader.key(Qt.Key.Key_Escape)
    assert contouring.mode is Mode.OFF
    assert reader.reading.session is None


def test_an_answer_that_comes_after_escape_is_not_shown(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    at = _go_to_lesion(reader)
    reader.key(Qt.Key.Key_A)
    reader.click(at)
    reader.key(Qt.Key.Key_Escape)
    reader.settle()
    assert contouring.draft is None


def test_undo_goes_back_a_stroke_then_drops_the_proposal_and_then_takes_back(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    reader.key(Qt.Key.Key_M)
    row, column = _go_to_lesion(reader)
    reader.drag((row, column - 3), (row, column + 3))
    entries = len(reader.reading.open_session().entries)
    reader.reading.choose(None)
    reader.key(Qt.Key.Key_A)
    reader.click((row + 2, column))
    reader.settle()
    found = contouring.draft
    assert found is not None
    assert not found.recorded
    _brush(reader)
    reader.drag((row + 12, column), (row + 14, column))
    assert contouring.draft is not found
    for left in (found, None):
        reader.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert contouring.draft is left
        assert len(reader.reading.open_session().entries) == entries
    reader.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert reader.finding("T1") is None


def test_undo_takes_back_finding_and_mask_at_once(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    at = _go_to_lesion(reader)
    reader.drag((at[0], at[1] - 3), (at[0], at[1] + 3))
    by_hand = reader.finding("T1")
    reader.key(Qt.Key.Key_A)
    reader.click((at[0], at[1]))
    reader.settle()
    reader.key(Qt.Key.Key_Return)
    assert reader.finding("T1") != by_hand
    reader.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert reader.finding("T1") == by_hand
    assert reader.reading.read is not None
    assert reader.reading.read.mask("T1", "BL") is None


def test_a_click_on_a_caliper_finds_the_lesion_it_was_drawn_across(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    reader.key(Qt.Key.Key_M)
    row, column = _go_to_lesion(reader)
    reader.drag((row, column - 3), (row, column + 3))
    reader.key(Qt.Key.Key_A)
    reader.click((row, column + 1))
    reader.settle()
    assert contouring.draft is not None
    assert contouring.draft.lesion_id == "T1"
    reader.key(Qt.Key.Key_Return)
    read = reader.reading.read
    assert read is not None
    assert [one.lesion_id for one in read.lesions] == ["T1"]
    assert read.mask("T1", "BL") is not None


def test_a_click_in_air_is_refused_in_place(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _go_to_lesion(reader)
    reader.key(Qt.Key.Key_A)
    reader.click((3, 3))
    reader.settle()
    assert reader.reading.note.is_error
    assert "air" in reader.reading.note.text
    assert contouring.draft is None
    assert contouring.mode is Mode.FIND


def test_without_a_series_the_key_says_what_to_do(
    make_reader: Callable[[], Reader],
) -> None:
    reader = make_reader()
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        reader.key(Qt.Key.Key_A, modifier)
        assert reader.reading.note.is_error
        assert "open one first" in reader.reading.note.text
        assert reader.dock.contouring.mode is Mode.OFF


def test_the_caliper_and_the_tools_for_masks_exclude_each_other(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    reader.key(Qt.Key.Key_M)
    reader.key(Qt.Key.Key_A)
    assert not reader.room.tool.armed
    reader.key(Qt.Key.Key_N)
    assert contouring.mode is Mode.FIND
    reader.key(Qt.Key.Key_M)
    assert contouring.mode is Mode.OFF
    assert reader.room.tool.armed


def test_a_stroke_on_a_recorded_mask_is_one_change_with_undo_and_redo(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _find(reader)
    reader.key(Qt.Key.Key_Return)
    found, before = reader.finding("T1"), _saved(reader, "T1").voxels
    _brush(reader)
    (row, right) = _rightmost(_saved(reader, "T1"), reader.room.pane.slice_index)
    reader.drag((row, right), (row, right + 3), (row, right + 5))
    after = reader.finding("T1")
    assert isinstance(found, Measured)
    assert isinstance(after, Measured)
    assert _saved(reader, "T1").voxels > before
    assert after.caliper.provenance is not None
    assert after.caliper.provenance.edited
    assert (after.volume_ml or 0) > (found.volume_ml or 0)
    assert contouring.draft is None
    ctrl = Qt.KeyboardModifier.ControlModifier
    reader.key(Qt.Key.Key_Z, ctrl)
    assert reader.finding("T1") == found
    assert _saved(reader, "T1").voxels == before
    reader.key(Qt.Key.Key_Z, ctrl | Qt.KeyboardModifier.ShiftModifier)
    assert reader.finding("T1") == after


def test_the_axes_follow_the_brush_while_the_button_is_down(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    at = _find(reader)
    assert contouring.draft is not None
    lengths = [contouring.draft.sizes]
    contouring.set_brush(10)
    _brush(reader)
    contouring.begin_stroke((at[0], at[1] + 4))
    lengths.append(contouring.draft.sizes)
    contouring.paint((at[0], at[1] + 6))
    lengths.append(contouring.draft.sizes)
    assert len(set(lengths)) == 3
    contouring.drop_stroke()
    assert contouring.draft.sizes == lengths[0]


def test_a_lesion_can_be_painted_from_nothing(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    row, column = _go_to_lesion(reader)
    contouring.set_brush(20)
    _brush(reader)
    reader.click((row, column))
    assert contouring.draft is not None
    assert contouring.draft.axes is not None
    assert contouring.draft.axes.long_axis_mm == pytest.approx(20, abs=SPACING_MM)
    assert reader.reading.session is None
    reader.key(Qt.Key.Key_Return)
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert found.caliper.provenance is not None
    assert found.caliper.provenance.method is MeasuringMethod.MASK


def test_a_mask_erased_to_nothing_is_not_recorded(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    row, column = _go_to_lesion(reader)
    _brush(reader)
    reader.click((row, column))
    reader.key(Qt.Key.Key_Return)
    recorded = reader.finding("T1")
    _brush(reader)
    contouring.set_brush(40)
    reader.click((row, column))
    assert reader.reading.note.is_error
    assert "empty" in reader.reading.note.text
    assert reader.finding("T1") == recorded
    assert contouring.draft is None


def test_slices_between_painted_ones_are_filled(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    at = _go_to_lesion(reader)
    contouring.set_brush(20)
    _brush(reader)
    reader.click(at)
    reader.room.step(2)
    reader.click(at)
    reader.key(Qt.Key.Key_Return)
    contouring.fill_between()
    assert _saved(reader, "T1").inside.any(axis=(1, 2)).tolist() == [True] * 3
    contouring.smooth()
    assert "smooth already" in reader.reading.note.text


def test_what_changes_nothing_is_said_and_not_recorded(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _find(reader)
    reader.key(Qt.Key.Key_Return)
    recorded = len(reader.reading.open_session().entries)
    contouring.fill_between()
    assert "no slice is empty" in reader.reading.note.text
    assert len(reader.reading.open_session().entries) == recorded


def test_smoothing_without_a_mask_says_how_to_get_one(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    contouring.smooth()
    assert reader.reading.note.is_error
    assert "Click it with A" in reader.reading.note.text


def test_another_visit_drops_the_proposal(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _find(reader)
    reader.key(Qt.Key.Key_BracketRight)
    assert contouring.draft is None


def test_a_series_that_goes_takes_the_proposal_with_it(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _find(reader)
    series = reader.room.studies.of_visit(reader.reading.visits[0])
    pet = next(one for one in series if one.modality == "PT")
    reader.room.show_series(pet.key, "BL")
    reader.settle()
    assert contouring.draft is None
    reader.key(Qt.Key.Key_Return)
    assert reader.reading.session is None


def test_the_buttons_do_what_the_keys_do(
    reader: Reader, contouring: LesionSegmentation
) -> None:
    _press(reader, "mask find")
    assert contouring.mode is Mode.FIND
    _press(reader, "mask brush")
    assert contouring.mode is Mode.ADD
    size = reader.dock.findChild(QDoubleSpinBox, "brush size")
    assert size is not None
    size.setValue(12)
    size.editingFinished.emit()
    assert contouring.brush_mm == 12
    _press(reader, "mask brush")
    assert contouring.mode is Mode.ERASE
    for button in ("mask smooth", "mask fill", "mask snap", "mask carry over"):
        reader.reading.say("")
        _press(reader, button)
        assert reader.reading.note.is_error  # nothing is there to be changed


def _press(reader: Reader, name: str) -> None:
    button = reader.dock.findChild(QPushButton, name)
    assert button is not None
    button.click()
