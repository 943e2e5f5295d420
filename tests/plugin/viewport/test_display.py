"""Letters, position and calipers follow what is displayed, whoever turned it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_recist.viewport.annotations.corner_text import ASKEW, edge_letters
from napari_recist.viewport.image.display import (
    AS_STORED,
    Display,
    turn_words,
    upright,
)
from recist_tool.app.reading import Plane
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from recist_tool.measure import Volume
    from tests.plugin.hands import Reader

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
AXIAL = ("R", "L", "A", "P")


def lying(right: tuple[int, ...], down: tuple[int, ...]) -> Volume:
    """Return a series of a patient whose rows and columns lead that way, LPS."""
    return replace(
        volume(),
        row_axis_lps=np.array(right, float),
        column_axis_lps=np.array(down, float),
    )


def test_a_usual_scan_is_shown_as_it_is_stored() -> None:
    assert upright(volume(), Plane.ACQUIRED) == AS_STORED
    assert edge_letters(volume(), Plane.ACQUIRED, AS_STORED) == AXIAL


@pytest.mark.parametrize(
    ("right", "down"),
    [
        ((-1, 0, 0), (0, -1, 0)),
        ((-1, 0, 0), (0, 1, 0)),
        ((1, 0, 0), (0, -1, 0)),
        ((0, 1, 0), (1, 0, 0)),
        ((0, -1, 0), (1, 0, 0)),
        ((0, 1, 0), (-1, 0, 0)),
        ((0, -1, 0), (-1, 0, 0)),
    ],
)
def test_however_a_patient_lay_left_is_right_and_the_back_is_down(
    right: tuple[int, ...], down: tuple[int, ...]
) -> None:
    series = lying(right, down)
    display = upright(series, Plane.ACQUIRED)
    assert edge_letters(series, Plane.ACQUIRED, display) == AXIAL
    assert turn_words(display, series, Plane.ACQUIRED).endswith("as others lie")


def test_a_prone_patient_is_turned_by_half_and_that_is_said() -> None:
    prone = lying((-1, 0, 0), (0, -1, 0))
    words = turn_words(upright(prone, Plane.ACQUIRED), prone, Plane.ACQUIRED)
    assert words == "turned 180\N{DEGREE SIGN}, to be as others lie"


def test_four_quarters_are_none_and_a_mirror_twice_is_none() -> None:
    display = AS_STORED
    seen = []
    for _ in range(4):
        display = display.rotated
        seen.append(edge_letters(volume(), Plane.ACQUIRED, display))
    assert seen == [
        ("P", "A", "R", "L"),
        ("L", "R", "P", "A"),
        ("A", "P", "L", "R"),
        AXIAL,
    ]
    assert AS_STORED.mirrored.mirrored == AS_STORED
    assert not AS_STORED.rotated.is_mirrored
    assert AS_STORED.rotated.mirrored.is_mirrored


def test_what_napari_turned_out_of_its_plane_has_other_letters_and_is_no_slice() -> (
    None
):
    rolled = Display(down=(0, 1), right=(1, 1))
    assert not rolled.is_slice
    assert edge_letters(volume(), Plane.ACQUIRED, rolled) == ("A", "P", "F", "H")
    askew = AS_STORED._replace(is_straight=False)
    assert edge_letters(volume(), Plane.ACQUIRED, askew) == ("", "", "", "")


def assert_placed(reader: Reader) -> None:
    """Point at places of the image, and hold napari's own answer to ours."""
    pane, found = reader.room.pane, []

    def hear(_viewer: Any, event: Any) -> None:
        found.append(pane.pixel(event.position))

    pane.viewer.mouse_move_callbacks.append(hear)
    for pixel in ((30.0, 40.0), (60.0, 50.0), (50.0, 80.0)):
        found.clear()
        reader.wait_for(lambda at=pixel: reader.hover(at) or bool(found))
        reach = pane.mm_per_px / min(pane.volume.pixel_spacing_mm)
        assert found[-1] == pytest.approx(pixel, abs=1.5 * reach)
    pane.viewer.mouse_move_callbacks.remove(hear)


@pytest.mark.gui
def test_a_turned_picture_is_measured_where_it_is_seen_and_an_askew_one_not_at_all(
    reader: Reader,
) -> None:
    pane = reader.room.pane
    reader.wheel(3, ctrl=True)
    assert pane.scene().letters == AXIAL
    assert_placed(reader)
    reader.key(Qt.Key.Key_R)
    assert pane.scene().letters == ("P", "A", "R", "L")
    assert "turned 90" in " ".join(one.text for one in pane.scene().lines)
    assert_placed(reader)
    reader.key(Qt.Key.Key_R, SHIFT)
    assert pane.scene().letters == ("A", "P", "R", "L")
    assert_placed(reader)
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 40), (30, 60))
    caliper = reader.finding("T1").caliper
    ends = np.array(caliper.long_axis.ends_pixel)
    assert ends == pytest.approx(np.array([(40, 30), (60, 30)]), abs=1)
    pane.viewer.dims.transpose()
    assert pane.display.is_slice
    assert_placed(reader)


@pytest.mark.gui
def test_what_napari_turns_out_of_the_plane_is_not_measured_and_comes_back(
    reader: Reader,
) -> None:
    pane = reader.room.pane

    def in_3d() -> None:
        pane.viewer.dims.ndisplay = 3

    for askew in (pane.viewer.dims.roll, in_3d):
        askew()
        assert not pane.display.is_slice
        scene = pane.scene()
        assert ASKEW in [one.text for one in scene.lines]
        assert scene.mm_per_px is None
        reader.drag((30, 40), (30, 60))
        reader.key(Qt.Key.Key_M)
        assert "no caliper here" in reader.reading.note.text
        assert reader.reading.session is None
        reader.key(Qt.Key.Key_R, CONTROL)
        assert pane.scene().letters == AXIAL
        assert_placed(reader)
