from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from napari_recist.viewport.annotations.caliper_graphics import (
    Box,
    CaliperMark,
    place_label,
    sketch,
)
from napari_recist.widgets.role_colours import GHOST_COLOUR, ROLE_COLOURS
from recist_tool.measure import PlaneCaliper
from recist_tool.terms import LesionRole

SPACING = (1.0, 1.0)
LONG = PlaneCaliper(((10.0, 10.0), (10.0, 30.0)))
CROSS = PlaneCaliper(((10.0, 10.0), (10.0, 30.0)), ((6.0, 20.0), (14.0, 20.0)))
AREA = Box(0, 0, 400, 300)
places = st.floats(20, 380), st.floats(20, 280)


def on_screen(pixel: tuple[float, float]) -> tuple[float, float]:
    return pixel[1] * 2, pixel[0] * 2


def mark(caliper: PlaneCaliper, **details: bool) -> CaliperMark:
    return CaliperMark("T1", "T1  20.0 mm", caliper, LesionRole.TARGET, **details)


def test_a_chosen_caliper_shows_a_dashed_proposal_and_four_handles() -> None:
    drawn = sketch(mark(LONG, selected=True), SPACING, on_screen)
    assert [line.dashed for line in drawn.lines] == [False, True]
    assert len(drawn.handles) == 4


def test_a_drawn_short_axis_is_solid() -> None:
    drawn = sketch(mark(CROSS, selected=True), SPACING, on_screen)
    assert [line.dashed for line in drawn.lines] == [False, False]


def test_a_caliper_that_is_not_chosen_shows_neither_proposal_nor_handles() -> None:
    drawn = sketch(mark(LONG), SPACING, on_screen)
    assert len(drawn.lines) == 1
    assert drawn.handles == ()


def test_a_ghost_is_dashed_grey_and_has_no_handles() -> None:
    drawn = sketch(mark(CROSS, ghost=True, selected=True), SPACING, on_screen)
    assert all(line.dashed for line in drawn.lines)
    assert drawn.handles == ()
    assert drawn.colour == GHOST_COLOUR


def test_the_three_roles_have_three_colours() -> None:
    assert len(set(ROLE_COLOURS.values())) == len(LesionRole)


def test_a_caliper_of_no_length_can_be_drawn() -> None:
    point = PlaneCaliper(((10.0, 10.0), (10.0, 10.0)))
    assert len(sketch(mark(point, selected=True), SPACING, on_screen).lines) == 1


@given(st.tuples(*places), st.tuples(*places))
def test_a_label_never_covers_its_own_caliper(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    caliper = PlaneCaliper((start[::-1], end[::-1]))
    drawn = sketch(mark(caliper), SPACING, lambda pixel: (pixel[1], pixel[0]))
    assert not place_label(drawn, (90, 18), AREA, [drawn.box]).meets(drawn.box)


def test_a_label_at_the_right_edge_moves_to_the_left() -> None:
    caliper = PlaneCaliper(((100.0, 350.0), (120.0, 380.0)))
    drawn = sketch(mark(caliper), SPACING, lambda pixel: (pixel[1], pixel[0]))
    place = place_label(drawn, (90, 18), AREA, [drawn.box])
    assert place.is_within(AREA)
    assert place.right < drawn.box.left


def test_two_labels_of_neighbouring_calipers_do_not_overlap() -> None:
    drawn = sketch(mark(LONG), SPACING, on_screen)
    first = place_label(drawn, (90, 18), AREA, [drawn.box])
    second = place_label(drawn, (90, 18), AREA, [drawn.box, first])
    assert not second.meets(first)
