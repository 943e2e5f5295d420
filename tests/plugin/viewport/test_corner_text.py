"""What is written on a pane, and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_recist.viewport.annotations.caliper_graphics import Box
from napari_recist.viewport.annotations.corner_text import (
    Caption,
    Corner,
    CornerLine,
    edge_letters,
    elided,
    letters,
    lines,
    middle_of,
    place_lines,
    position,
    scale_bar,
)
from napari_recist.viewport.image.display import AS_STORED
from napari_recist.viewport.image.mip import projections
from napari_recist.viewport.image.reformat import cut
from recist_tool.app.reading.hanging_protocol import Plane
from tests.plugin.volumes import volume

HEIGHT = 15.0


def width_of(text: str) -> float:
    return 7.0 * len(text)


texts = st.lists(
    st.builds(
        CornerLine,
        st.sampled_from(Corner),
        st.integers(0, 9),
        st.text("abc 12", min_size=1),
    ),
    max_size=14,
)
sizes = st.tuples(st.floats(120, 1900), st.floats(90, 1000))


@given(texts, sizes)
def test_no_two_lines_overlap_and_none_stands_in_the_middle(
    wanted: list[CornerLine], size: tuple[float, float]
) -> None:
    letter = Box(size[0] / 2 - 8, 4, size[0] / 2 + 8, 22)
    written = place_lines(wanted, size, HEIGHT, width_of, [letter])
    boxes = [one.box for one in written]
    for number, box in enumerate(boxes):
        assert box.is_within(Box(0, 0, *size))
        assert not box.meets(middle_of(size))
        assert not box.meets(letter)
        assert not any(box.meets(one) for one in boxes[number + 1 :])


def test_where_room_is_short_the_lines_of_highest_rank_go_first() -> None:
    wanted = [CornerLine(Corner.TOP_LEFT, rank, f"line {rank}") for rank in range(9)]
    written = place_lines(wanted, (400.0, 200.0), HEIGHT, width_of)
    kept = [one.text for one in written]
    assert kept == [f"line {rank}" for rank in range(len(kept))]
    assert 0 < len(kept) < 9


def test_a_long_description_is_cut_short_and_says_so() -> None:
    short = elided("portal venous 5 mm soft tissue", 100, width_of)
    assert short.endswith("…")
    assert width_of(short) <= 100
    assert elided("short", 100, width_of) == "short"
    assert elided("anything", 10, width_of) == ""


@given(st.tuples(*(st.floats(-1, 1) for _ in range(3))))
def test_opposite_directions_have_opposite_letters(part: tuple[float, ...]) -> None:
    vector = np.array(part)
    length = float(np.linalg.norm(vector))
    if length < 0.1:
        return
    there, back = letters(vector / length), letters(-vector / length)
    assert there
    assert back == there.translate(str.maketrans("LRPAHF", "RLAPFH"))


def test_an_axial_slice_has_right_on_the_left_and_front_at_the_top() -> None:
    assert edge_letters(volume(), Plane.ACQUIRED) == ("R", "L", "A", "P")
    coronal = cut(volume(), Plane.CORONAL)
    assert edge_letters(coronal, Plane.CORONAL) == ("R", "L", "H", "F")
    sagittal = cut(volume(), Plane.SAGITTAL)
    assert edge_letters(sagittal, Plane.SAGITTAL) == ("A", "P", "H", "F")


def test_an_oblique_slice_has_two_letters() -> None:
    axis = np.array([0.8, -0.6, 0.0])
    oblique = replace(volume(), row_axis_lps=axis)
    assert edge_letters(oblique, Plane.ACQUIRED)[1] == "LA"


def test_a_projection_from_a_changing_side_has_no_letters_left_and_right() -> None:
    coronal = cut(volume(), Plane.CORONAL)
    assert edge_letters(coronal, Plane.PROJECTION) == ("", "", "H", "F")


def test_the_position_is_the_slice_counted_from_one_and_its_place_in_mm() -> None:
    assert position(volume(), Plane.ACQUIRED, 2) == "3 / 5   5.0 mm to head"
    below = replace(volume(), slice_origins_lps=volume().slice_origins_lps - 7.5)
    assert position(below, Plane.ACQUIRED, 0) == "1 / 5   7.5 mm to feet"


@given(st.floats(0.02, 5), st.floats(200, 2000))
def test_a_scale_bar_is_a_round_length_that_fits(
    mm_per_px: float, width: float
) -> None:
    scale = scale_bar(mm_per_px, width)
    if scale is None:
        assert 0.3 * width * mm_per_px < 1
        return
    number, unit = scale.text.split()
    millimetres = float(number) * {"mm": 1, "cm": 10}[unit]
    assert scale.length_px * mm_per_px == pytest.approx(millimetres)
    assert scale.length_px <= 0.3 * width + 1e-6


def test_a_pane_says_who_when_which_series_and_what_is_odd() -> None:
    caption = Caption(
        "S-1", "TP2", "current", "2024-05-01", "CT abdomen", "portal venous", "tilt"
    )
    shown = " | ".join(one.text for one in lines(caption, volume(), Plane.ACQUIRED, 0))
    for part in ("S-1", "TP2 · current · 2024-05-01", "CT abdomen", "portal", "⚠ tilt"):
        assert part in shown


@pytest.mark.parametrize(
    ("view", "left", "right"), [(0, "R", "L"), (9, "A", "P"), (18, "L", "R")]
)
def test_a_projection_says_what_is_left_and_right_of_each_view(
    view: int, left: str, right: str
) -> None:
    """Held to where a hot place behind, and to the left of the middle, is seen."""
    series = volume(modality="PT", units="SUVbw")
    voxels = np.zeros(series.voxels.shape, np.float32)
    voxels[:, 56:60, 60:64] = 10  # rows run to the back, columns to the left
    projected = projections(replace(series, voxels=voxels), lambda done, total: None)
    assert edge_letters(projected, Plane.PROJECTION, AS_STORED, view)[:2] == (
        left,
        right,
    )
    picture = projected.voxels[view]
    seen = float(np.argwhere(picture > 5)[:, 1].mean()) - (picture.shape[1] - 1) / 2
    assert seen > 0 if right in "LP" else seen < 0
