"""Several panes in a real napari window, with real mouse and key events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QApplication, QToolButton

from napari_recist.room.workspace import desk_path, read_desk
from napari_recist.viewport.annotations.overlay_widget import OverlayWidget
from napari_recist.viewport.link import LinkMode
from napari_recist.viewport.slice_slider import SliceSlider
from recist_tool.app.reading.hanging_protocol import DisplaySet, Plane, VisitPlace
from recist_tool.model import Measured
from tests.plugin.hands import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari_recist.viewport.measuring_viewport import MeasuringViewport

pytestmark = pytest.mark.gui


def visits(reader: Reader) -> list[str]:
    return [one.film.timepoint_id for one in reader.room.viewing.on_show]


def height_mm(station: MeasuringViewport) -> float:
    looked = station.pane.looked
    assert looked is not None
    return float(looked.point_lps[0][2])


@pytest.fixture
def compared(reader: Reader) -> Reader:
    """A reader with baseline on the left and the second follow-up on the right."""
    reader.reading.open_timepoint("TP2")
    reader.room.viewing.set_count(2)
    reader.settle()
    return reader


def test_two_panes_hang_baseline_beside_the_current_visit(compared: Reader) -> None:
    assert visits(compared) == ["TP2", "BL"]
    assert compared.room.viewing.active is compared.room.viewing.stations[0]


def test_four_panes_hang_each_visit_once_and_fill_up_with_the_current_one(
    reader: Reader,
) -> None:
    reader.reading.open_timepoint("TP2")
    reader.key(Qt.Key.Key_B)
    reader.key(Qt.Key.Key_B)
    reader.settle()
    assert visits(reader) == ["TP2", "BL", "TP1", "TP2"]
    filled = reader.room.viewing.stations[3]
    assert filled.pane.volume is not None
    reader.key(Qt.Key.Key_B)
    assert visits(reader) == ["TP2"]


def test_no_pane_is_empty_at_a_baseline_of_one_series(reader: Reader) -> None:
    reader.reading.open_timepoint("BL")
    for _ in range(2):
        reader.key(Qt.Key.Key_B)
    reader.settle()
    panes = [one.pane for one in reader.room.viewing.stations]
    assert len(panes) == 4
    assert all(one.volume is not None for one in panes)
    reader.key(Qt.Key.Key_B)


def test_the_next_visit_hangs_as_the_current_one_and_baseline_stays(
    compared: Reader,
) -> None:
    compared.key(Qt.Key.Key_BracketRight)
    compared.settle()
    assert visits(compared) == ["TP3", "BL"]


def test_the_next_visit_is_opened_also_from_a_pane_beside_the_first(
    reader: Reader,
) -> None:
    reader.reading.open_timepoint("BL")
    reader.room.viewing.set_count(2)
    reader.settle()
    beside = reader.room.viewing.stations[1]
    assert visits(reader) == ["BL", "BL"]
    press(reader, beside, (40, 40))
    assert reader.room.viewing.active is beside
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    assert visits(reader) == ["TP1", "BL"]
    assert reader.reading.timepoint_id == "TP1"
    assert reader.room.viewing.active is reader.room.viewing.stations[0]


def test_a_visit_that_hangs_already_is_opened_where_it_hangs(compared: Reader) -> None:
    compared.room.reading.open_timepoint("BL")
    compared.settle()
    assert visits(compared) == ["TP2", "BL"]
    assert compared.room.viewing.active is compared.room.viewing.stations[1]


def press(
    reader: Reader, station: MeasuringViewport, *pixels: tuple[float, float]
) -> None:
    """Click in a pane that need not be the active one."""
    frame = reader.dock.lightbox.frames[reader.room.viewing.stations.index(station)]
    canvas = frame.qt_viewer.findChildren(OverlayWidget)[0].parentWidget()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for pixel in pixels:
        x, y = station.pane.to_screen(pixel)
        at = QPointF(round(x), round(y))
        for kind, button, held in (
            (QEvent.Type.MouseMove, none, none),
            (QEvent.Type.MouseButtonPress, left, left),
            (QEvent.Type.MouseButtonRelease, left, none),
        ):
            anywhere = QPointF(canvas.mapToGlobal(at.toPoint()))
            no_keys = Qt.KeyboardModifier.NoModifier
            event = QMouseEvent(kind, at, anywhere, button, held, no_keys)
            QApplication.sendEvent(canvas, event)
            QApplication.processEvents()


def test_only_the_open_visit_is_measured_and_drawing_beside_it_says_so(
    compared: Reader,
) -> None:
    first, baseline = compared.room.viewing.stations[:2]
    compared.key(Qt.Key.Key_W)
    press(compared, baseline, (40, 40), (40, 60))
    assert "BL hangs there to compare with" in compared.reading.note.text
    assert compared.room.viewing.active is first
    assert compared.reading.timepoint_id == "TP2"
    assert compared.reading.session is None
    compared.reading.open_timepoint("BL")
    compared.settle()
    assert not compared.room.tool.armed
    compared.key(Qt.Key.Key_M)
    press(compared, baseline, (40, 40), (40, 60))
    assert isinstance(compared.finding("T1", "BL"), Measured)
    assert compared.finding("T1", "TP2") is None
    press(compared, first, (40, 40), (40, 60))
    assert compared.reading.read is not None
    assert len(compared.reading.read.lesions) == 1


def test_linked_panes_scroll_zoom_and_window_together_in_mm(compared: Reader) -> None:
    first, second = compared.room.viewing.on_show
    compared.wheel(2)
    assert height_mm(first) == pytest.approx(height_mm(second), abs=0.01)
    compared.wheel(3, ctrl=True)
    assert first.pane.mm_per_px == pytest.approx(second.pane.mm_per_px, rel=1e-3)
    compared.key(Qt.Key.Key_2)
    assert second.pane.window == first.pane.window


def test_panes_that_are_not_linked_stay_where_they_are(compared: Reader) -> None:
    first, second = compared.room.viewing.on_show
    compared.room.viewing.linking.set_mode(LinkMode.OFF)
    before = second.pane.slice_index, second.pane.mm_per_px, second.pane.window
    compared.wheel(2)
    compared.wheel(2, ctrl=True)
    compared.key(Qt.Key.Key_2)
    after = second.pane.slice_index, second.pane.mm_per_px, second.pane.window
    assert after == before
    assert first.pane.slice_index != before[0]


def test_a_pane_that_comes_takes_the_window_of_the_others(reader: Reader) -> None:
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.key(Qt.Key.Key_2)
    reader.room.viewing.set_count(2)
    reader.settle()
    first, second = reader.room.viewing.on_show
    assert second.film.timepoint_id == "BL"
    assert tuple(second.pane.window) == tuple(first.pane.window) == (15, 165)


class Moved:
    """A registration: all is moved by so much."""

    def __init__(self, *by_lps: float) -> None:
        self._by = np.array(by_lps)

    def map_points(self, points: np.ndarray) -> np.ndarray:
        return points + self._by

    def map_back(self, points: np.ndarray) -> np.ndarray:
        return points - self._by

    def uncertainty_mm(self, points: np.ndarray) -> np.ndarray:
        return np.zeros(len(points))


def test_panes_go_to_their_places_when_their_registration_comes(
    compared: Reader,
) -> None:
    first, second = compared.room.viewing.on_show
    linking, registering = (
        compared.room.viewing.linking,
        compared.room.viewing.registering,
    )
    linking.set_mode(LinkMode.BY_REGISTRATION)
    baseline, current = second.pane.acquired, first.pane.acquired
    at = first.pane.slice_index
    registering.take(baseline, current, Moved(0, 0, 15.0))
    assert first.pane.slice_index == at
    assert height_mm(first) - height_mm(second) == pytest.approx(15.0)


def test_a_visit_that_hangs_nowhere_is_found_by_way_of_the_baseline(
    compared: Reader,
) -> None:
    first, second = compared.room.viewing.on_show
    viewing = compared.room.viewing
    between = viewing.series_of(DisplaySet("TP1"))
    points = np.array([[1.0, 2.0, 3.0]])
    assert np.array_equal(viewing.carry("TP1", first, points), points)
    viewing.linking.set_mode(LinkMode.BY_REGISTRATION)
    baseline, current = second.pane.acquired, first.pane.acquired
    viewing.registering.take(baseline, current, Moved(0, 0, 15.0))
    viewing.registering.take(baseline, between, Moved(0, 5.0, 0))
    assert np.allclose(viewing.carry("TP1", first, points), [[1.0, -3.0, 18.0]])


def test_linked_by_hand_the_panes_keep_the_distance_they_had(compared: Reader) -> None:
    first, second = compared.room.viewing.on_show
    linking = compared.room.viewing.linking
    linking.set_mode(LinkMode.OFF)
    second.pane.step(3)
    apart = height_mm(second) - height_mm(first)
    linking.set_mode(LinkMode.BY_HAND)
    compared.wheel(-2)
    assert height_mm(second) - height_mm(first) == pytest.approx(apart, abs=0.01)
    assert apart != 0
    linking.step_alone(second, 1)
    wider = height_mm(second) - height_mm(first)
    compared.wheel(1)
    assert height_mm(second) - height_mm(first) == pytest.approx(wider, abs=0.01)
    assert wider != apart


def test_linked_by_lesion_both_panes_go_to_the_same_lesion(compared: Reader) -> None:
    first, second = compared.room.viewing.on_show
    compared.room.begin()
    baseline = second.pane
    compared.reading.open_timepoint("BL")
    baseline.go_to(2)
    compared.key(Qt.Key.Key_M)
    press(compared, second, (40, 40), (40, 60))
    compared.reading.open_timepoint("TP2")
    compared.reading.choose("T1")
    compared.room.viewing.linking.set_mode(LinkMode.OFF)
    first.pane.go_to(5)
    compared.room.arm(on=True)
    press(compared, first, (50, 50), (50, 70))
    assert isinstance(compared.finding("T1", "TP2"), Measured)
    compared.room.viewing.linking.set_mode(LinkMode.BY_LESION)
    first.pane.go_to(6)
    assert second.pane.slice_index == 3
    assert first.pane.slice_index == 6


def test_the_lesions_of_each_pane_are_ticks_on_its_slider(compared: Reader) -> None:
    baseline = compared.room.viewing.stations[1]
    compared.reading.open_timepoint("BL")
    baseline.pane.go_to(2)
    compared.key(Qt.Key.Key_M)
    press(compared, baseline, (40, 40), (40, 60))
    bar = compared.dock.lightbox.frames[1].findChild(SliceSlider)
    assert [tick.slice_index for tick in bar.ticks] == [2]
    baseline.pane.go_to(0)
    bar.chosen.emit(bar.slice_at(round(bar.x_of(2))))
    assert baseline.pane.slice_index == 2


def test_the_slider_shows_which_slices_are_on_their_way(reader: Reader) -> None:
    pane, viewing = reader.room.pane, reader.room.viewing
    bar = reader.dock.lightbox.frames[0].findChild(SliceSlider)
    assert bar.waiting == []
    there = np.ones(len(pane.volume.voxels), bool)
    there[2:5] = there[-1] = False
    last = len(there) - 1
    pane.await_slices(there)
    viewing.changed.emit()
    assert bar.waiting == [(2, 4), (last, last)]
    assert bar.words_at(bar.x_of(3)) == f"slice 4 of {last + 1}, not loaded yet"
    assert bar.words_at(bar.x_of(6)) == f"slice 7 of {last + 1}"
    whole, painted = bar.grab().toImage(), bar.x_of(3)
    pane.await_slices(None)
    viewing.changed.emit()
    assert bar.waiting == []
    after = bar.grab().toImage()
    column = [
        (whole.pixel(x, y), after.pixel(x, y))
        for x in range(round(painted) - 3, round(painted) + 4)
        for y in range(bar.height())
    ]
    assert any(one != other for one, other in column)


def test_a_coronal_cut_stands_upright_and_takes_no_caliper(reader: Reader) -> None:
    station = reader.room.viewing.active
    reader.room.hang_film(station, station.film._replace(plane=Plane.CORONAL))
    reader.settle()
    assert station.pane.plane is Plane.CORONAL
    rows_mm, columns_mm = station.pane.volume.pixel_spacing_mm
    scale = station.pane.viewer.layers[0].scale
    assert (scale[1], scale[2]) == (rows_mm, columns_mm)
    reader.key(Qt.Key.Key_M)
    assert not reader.room.tool.armed
    assert "slices as acquired" in reader.reading.note.text


def test_the_pane_shows_where_the_slice_of_another_plane_cuts_it(
    reader: Reader,
) -> None:
    reader.room.viewing.set_count(2)
    reader.settle()
    first, second = reader.room.viewing.on_show
    reader.room.hang_film(second, first.film._replace(plane=Plane.CORONAL))
    reader.settle()
    (start, end), *none = second.pane.scene().crossings
    assert not none
    assert start[1] == pytest.approx(end[1])
    before = start[1]
    first.pane.step(2)
    (start, _), *_ = second.pane.scene().crossings
    assert start[1] < before  # towards the head is up


def test_pet_is_laid_over_ct_by_one_key_and_stays_on_other_cuts(reader: Reader) -> None:
    pane = reader.room.pane
    reader.key(Qt.Key.Key_F)
    reader.settle()
    assert pane.fused.is_on
    assert len(pane.viewer.layers) == 2
    fuse = reader.dock.lightbox.findChild(QToolButton, "fuse")
    assert fuse.isChecked()
    reader.key(Qt.Key.Key_6)
    assert tuple(pane.fused.window) == (0, 5)
    station = reader.room.viewing.active
    reader.room.hang_film(station, station.film._replace(plane=Plane.CORONAL))
    reader.settle()
    assert pane.fused.is_on
    reader.key(Qt.Key.Key_F)
    assert not pane.fused.is_on
    assert not pane.viewer.layers[1].visible


def test_pet_lies_over_the_ct_in_every_pane_of_the_visit(reader: Reader) -> None:
    reader.reading.open_timepoint("BL")
    reader.room.viewing.set_count(4)
    reader.settle()
    panes = [one.pane for one in reader.room.viewing.on_show]
    of_ct = [one for one in panes if one.volume and one.volume.modality == "CT"]
    assert len(of_ct) > 1
    reader.key(Qt.Key.Key_F)
    reader.settle()
    assert all(one.fused.is_on for one in of_ct)
    reader.key(Qt.Key.Key_F)
    assert not any(one.fused.is_on for one in panes)
    reader.room.viewing.set_count(1)


def test_the_pet_over_the_ct_is_seen_in_colour(reader: Reader) -> None:
    reader.room.pane.go_to(24)  # through the large lesion in the liver
    reader.wait_for(lambda: not reader.sees_colour())
    reader.key(Qt.Key.Key_F)
    reader.settle()
    reader.wait_for(reader.sees_colour)


def test_where_a_visit_has_no_pet_fusion_says_so(reader: Reader) -> None:
    reader.reading.open_timepoint("TP1")
    reader.settle()
    pets = [
        one
        for one in reader.room.studies.of_visit(reader.reading.visit)
        if one.modality == "PT"
    ]
    assert not pets
    reader.key(Qt.Key.Key_F)
    assert "no PET" in reader.reading.note.text
    assert not reader.room.pane.fused.is_on


def test_a_mip_turns_with_the_wheel(reader: Reader) -> None:
    visit = reader.reading.visit
    pets = [one for one in reader.room.studies.of_visit(visit) if one.modality == "PT"]
    station = reader.room.viewing.active
    key = pets[0].slices[0].sop_instance_uid
    reader.room.hang_film(station, DisplaySet("BL", key, Plane.PROJECTION))
    reader.settle()
    assert station.pane.plane is Plane.PROJECTION
    assert station.pane.slice_index == 0
    reader.wheel(-1)
    assert station.pane.slice_index == len(station.pane.volume.voxels) - 1


def test_the_writing_of_four_panes_never_overlaps_on_a_small_screen(
    reader: Reader,
) -> None:
    reader.reading.open_timepoint("TP2")
    reader.room.viewing.set_count(4)
    reader.settle()
    for frame in reader.dock.lightbox.frames:
        glass = frame.qt_viewer.findChildren(OverlayWidget)[0]
        boxes = [one.box for one in glass.written()]
        assert len(boxes) >= 5
        for number, box in enumerate(boxes):
            assert not any(box.meets(one) for one in boxes[number + 1 :])


def test_everything_before_the_eyes_is_as_it_was_left(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    first = make_reader()
    first.open(patient)
    first.key(Qt.Key.Key_M)
    first.drag((40, 40), (40, 60))
    first.reading.open_timepoint("TP2")
    first.room.viewing.set_count(2)
    first.settle()
    station = first.room.viewing.stations[1]
    first.room.hang_film(station, DisplaySet("TP1"))
    first.settle()
    first.key(Qt.Key.Key_2)
    first.wheel(3, ctrl=True)
    first.room.viewing.linking.set_mode(LinkMode.OFF)
    station.pane.step(2)
    first.room.keeper.keep()
    left = first.room.keeper.desk()
    first.dock.close_room()
    second = make_reader()
    second.open(patient)
    desk = second.room.keeper.desk()
    assert desk.model_dump(exclude={"panes"}) == left.model_dump(exclude={"panes"})
    for before, after in zip(left.panes, desk.panes, strict=True):
        assert after.film == before.film
        assert after.slice_index == before.slice_index
        assert after.window == before.window
        assert after.magnification == pytest.approx(before.magnification)
        assert np.allclose(after.centre, before.centre)
    assert desk.panes[1].place is VisitPlace.CHOSEN


def test_a_slice_beside_the_chosen_lesion_is_in_view_again(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    first = make_reader()
    first.open(patient)
    first.key(Qt.Key.Key_M)
    first.drag((40, 40), (40, 60))
    first.wheel(3)
    left = first.room.pane.slice_index
    first.dock.close_room()
    second = make_reader()
    second.open(patient)
    assert second.reading.lesion_id == "T1"
    assert second.room.pane.slice_index == left


def test_a_desk_that_does_not_read_is_none_and_the_read_goes_on(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    first = make_reader()
    first.open(patient)
    first.key(Qt.Key.Key_M)
    first.drag((40, 40), (40, 60))
    path = first.reading.session.case_path
    first.dock.close_room()
    for text in ("", "[1, 2]", '{"reader-1": {"count": 9}}', '{"reader-1": 3}'):
        desk_path(path).write_text(text)
        desk = read_desk(path, "reader-1")
        assert desk is None or desk.count == 9
    second = make_reader()
    second.open(path)
    assert second.room.pane.volume is not None
    assert isinstance(second.finding("T1"), Measured)


def test_the_words_on_a_pane_stay_with_its_image_until_the_next_is_there(
    reader: Reader,
) -> None:
    pane = reader.room.pane
    reader.reading.open_timepoint("TP1")
    assert pane.scene().lines[0].text.startswith("BL")
    reader.settle()
    assert pane.scene().lines[0].text.startswith("TP1")


def test_a_corrected_date_is_on_the_pane_at_once(reader: Reader) -> None:
    reader.reading.attempt(lambda: reader.room.set_date("BL", "2024-03-01"))
    assert reader.room.pane.scene().lines[0].text == "BL · current · 2024-03-01"
