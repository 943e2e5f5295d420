from __future__ import annotations

import pytest

from napari_recist.viewport.mouse.caliper_tool import NEW, CaliperOutcome, CaliperTool
from recist_tool.measure import PlaneCaliper, length_mm

SPACING = (0.5, 0.5)
REACH_MM = 2.0
LONG = PlaneCaliper(((10.0, 10.0), (10.0, 30.0)))
CROSS = PlaneCaliper(((10.0, 10.0), (10.0, 30.0)), ((6.0, 20.0), (14.0, 20.0)))


class Bench:
    """A tool with what it told."""

    def __init__(self, **calipers: PlaneCaliper) -> None:
        self.drawn: list[CaliperOutcome] = []
        self.chosen: list[str] = []
        self.tool = CaliperTool(self.drawn.append, self.chosen.append)
        self.tool.over(SPACING, calipers, next(iter(calipers), None))

    def drag(self, *points: tuple[float, float]) -> None:
        self.tool.press(points[0], REACH_MM)
        for point in points[1:]:
            self.tool.move(point)
        self.tool.release(points[-1], REACH_MM)

    def click(self, point: tuple[float, float]) -> None:
        self.drag(point)


def test_one_drag_makes_a_long_axis() -> None:
    bench = Bench()
    bench.tool.armed = True
    bench.drag((20, 20), (22, 30), (25, 50))
    assert bench.drawn == [CaliperOutcome(NEW, PlaneCaliper(((20, 20), (25, 50))))]
    assert bench.tool.draft is None


def test_two_clicks_make_the_same_long_axis_as_a_drag() -> None:
    bench = Bench()
    bench.tool.armed = True
    bench.click((20, 20))
    assert bench.drawn == []
    bench.tool.move((23, 40))
    assert bench.tool.draft == CaliperOutcome(NEW, PlaneCaliper(((20, 20), (23, 40))))
    bench.click((25, 50))
    assert bench.drawn == [CaliperOutcome(NEW, PlaneCaliper(((20, 20), (25, 50))))]


def test_a_second_click_on_the_first_waits_for_another() -> None:
    bench = Bench()
    bench.tool.armed = True
    bench.click((20, 20))
    bench.click((20.5, 20.5))
    assert bench.drawn == []
    bench.click((25, 50))
    assert len(bench.drawn) == 1


def test_a_drag_after_a_stray_click_begins_where_the_drag_begins() -> None:
    bench = Bench()
    bench.tool.armed = True
    bench.click((5, 5))
    bench.drag((20, 20), (22, 30), (25, 50))
    assert bench.drawn == [CaliperOutcome(NEW, PlaneCaliper(((20, 20), (25, 50))))]


def test_a_drag_of_which_only_the_release_was_told_begins_there_too() -> None:
    bench = Bench()
    bench.tool.armed = True
    bench.click((5, 5))
    bench.tool.press((20, 20), REACH_MM)
    bench.tool.release((25, 50), REACH_MM / 2)
    assert bench.drawn == [CaliperOutcome(NEW, PlaneCaliper(((20, 20), (25, 50))))]


def test_a_press_off_every_caliper_is_not_for_a_tool_that_is_not_armed() -> None:
    bench = Bench(T1=LONG)
    assert not bench.tool.press((50, 50), REACH_MM)
    assert not bench.tool.busy


def test_escape_drops_the_first_click() -> None:
    bench = Bench()
    bench.tool.armed = True
    bench.click((20, 20))
    assert bench.tool.cancel()
    assert bench.tool.draft is None
    assert not bench.tool.cancel()


def test_a_click_on_a_line_chooses_its_lesion() -> None:
    bench = Bench(T1=LONG)
    bench.click((10.5, 24))
    assert bench.chosen == ["T1"]
    assert bench.drawn == []


def test_dragging_an_end_changes_the_long_axis_and_not_the_other_end() -> None:
    bench = Bench(T1=LONG)
    bench.drag((10, 30), (10, 35), (12, 40))
    ((key, caliper),) = bench.drawn
    assert key == "T1"
    assert caliper.long_ends == ((10, 10), (12, 40))


def test_a_proposed_short_axis_is_not_recorded_when_the_long_axis_is_dragged() -> None:
    bench = Bench(T1=LONG)
    bench.drag((10, 30), (10, 40))
    assert bench.drawn[0].caliper.short_ends is None


def test_pulling_an_end_of_a_proposed_short_axis_sets_both_its_ends() -> None:
    bench = Bench(T1=LONG)
    proposed_end = (15.0, 20.0)  # half as long as the long axis, across its middle
    bench.drag(proposed_end, (17, 20))
    caliper = bench.drawn[0].caliper
    assert caliper.long_ends == LONG.long_ends
    assert caliper.short_ends is not None
    assert length_mm(SPACING, *caliper.short_ends) == pytest.approx(7.0)
    once_more = Bench(T1=caliper)
    once_more.drag((17, 20), (19, 20))
    (outcome,) = once_more.drawn
    assert outcome.caliper.short_ends is not None
    assert length_mm(SPACING, *outcome.caliper.short_ends) == pytest.approx(8.0)


def test_the_proposal_of_another_lesion_cannot_be_taken() -> None:
    bench = Bench(T1=LONG)
    bench.tool.over(SPACING, {"T1": LONG}, proposing=None)
    assert bench.tool.grip((15, 20), REACH_MM) is None


def test_dragging_a_line_moves_the_whole_caliper() -> None:
    bench = Bench(T1=CROSS)
    bench.drag((10, 25), (13, 27))
    caliper = bench.drawn[0].caliper
    assert caliper.long_ends == ((13, 12), (13, 32))
    assert caliper.short_ends == ((9, 22), (17, 22))


def test_a_short_axis_that_outgrew_the_long_takes_its_role_on_release() -> None:
    bench = Bench(T1=CROSS)
    bench.drag((14, 20), (40, 20))
    caliper = bench.drawn[0].caliper
    assert caliper.long_ends == ((6, 20), (40, 20))
    assert caliper.short_ends == ((10, 10), (10, 30))


def test_while_dragging_the_roles_do_not_swap_under_the_hand() -> None:
    bench = Bench(T1=CROSS)
    bench.tool.press((14, 20), REACH_MM)
    bench.tool.move((40, 20))
    assert bench.tool.draft is not None
    assert bench.tool.draft.caliper.long_ends == CROSS.long_ends


def test_the_nearest_end_is_taken_where_two_are_in_reach() -> None:
    other = PlaneCaliper(((10.0, 33.0), (30.0, 33.0)))
    bench = Bench(T1=LONG, T2=other)
    grip = bench.tool.grip((10, 32), REACH_MM)
    assert grip is not None
    assert grip.key == "T2"


def test_a_drag_whose_moves_were_all_dropped_ends_where_the_button_was_released() -> (
    None
):
    bench = Bench(T1=LONG)
    bench.tool.press((10, 30), REACH_MM)
    bench.tool.release((10, 45), REACH_MM)
    assert bench.drawn[0].caliper.long_ends == ((10, 10), (10, 45))


def test_moving_without_a_button_does_not_drag() -> None:
    bench = Bench(T1=LONG)
    bench.drag((10, 30), (10, 40))
    assert not bench.tool.move((20, 50))
    assert len(bench.drawn) == 1


def test_an_end_taken_beside_its_place_moves_as_far_as_the_hand() -> None:
    bench = Bench(T1=LONG)
    bench.drag((11.0, 31.0), (11.0, 36.0), (11.0, 41.0))
    (outcome,) = bench.drawn
    assert outcome.caliper.long_ends == ((10.0, 10.0), (10.0, 40.0))


def test_a_hand_that_trembles_chooses_and_changes_nothing() -> None:
    bench = Bench(T1=LONG)
    bench.drag((10.0, 30.0), (10.0, 30.5), (10.5, 30.5))
    assert bench.drawn == []
    assert bench.chosen == ["T1"]


def test_a_hand_that_moved_away_and_back_leaves_the_end_where_it_was() -> None:
    bench = Bench(T1=LONG)
    bench.drag((10.0, 30.0), (10.0, 40.0), (10.0, 30.0))
    assert [one.caliper for one in bench.drawn] == [LONG]


def test_a_click_on_a_proposed_end_takes_the_axis_as_it_is_proposed() -> None:
    bench = Bench(T1=LONG)
    bench.click((15.0, 20.0))
    (outcome,) = bench.drawn
    assert outcome.caliper.long_ends == LONG.long_ends
    assert outcome.caliper.short_ends == ((15.0, 20.0), (5.0, 20.0))
