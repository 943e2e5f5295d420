"""The plot of the sums, and the contrast of what is coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from napari.utils.theme import get_theme
from qtpy.QtCore import QPointF, Qt

from napari_recist.caliper_tool import NEW, Outcome
from napari_recist.judging import Judge
from napari_recist.plot import COLOURS, PD_COLOURS, PR_COLOURS, SumPlot
from napari_recist.plotting import Course, course_of
from napari_recist.recording import Recorder
from napari_recist.table import CHIP_COLOURS
from recist_tool import NewLesions, PlaneCaliper, Response
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from napari_recist.reading import Reading

LEGIBLE = 4.5


@pytest.fixture
def course(reading: Reading) -> Course:
    """T1 in the liver: 30 mm, 20 mm, and not evaluable at TP2."""
    recorder = Recorder(reading)
    for visit, length in (("BL", 60), ("TP1", 40)):
        reading.open_timepoint(visit)
        axis = PlaneCaliper(((20.0, 5.0), (20.0, 5.0 + length)))
        if visit != "BL":
            reading.choose("T1")
        else:
            reading.next_new(reading.new_lesion.role.TARGET)
        recorder.caliper_drawn(Outcome(NEW, axis), volume(), 1)
    reading.open_timepoint("TP2")
    recorder.not_evaluable("not imaged")
    judged = Judge().judged(reading.session)
    return course_of(judged, reading.visits)


def test_sums_stand_at_their_days_and_incomplete_ones_are_left_out(
    course: Course,
) -> None:
    assert [name for _, name in course.visits] == ["BL", "TP1", "TP2"]
    assert {one.name for one in course.curves} == {"patient", "liver"}
    patient = course.curves[0]
    assert patient.points == ((0.0, 30.0), (60.0, 20.0))
    assert patient.visits == ("BL", "TP1")


def test_the_limits_are_those_of_the_patient(course: Course) -> None:
    assert course.pr_mm == 21
    assert course.pd == ((60.0, 36.0),)


def test_a_case_without_an_assessment_has_an_empty_plot(reading: Reading) -> None:
    assert course_of(Judge().judged(reading.session), reading.visits) == Course()


@pytest.mark.gui
def test_a_click_on_a_point_names_its_visit(course: Course, qtbot: QtBot) -> None:
    plot = SumPlot()
    qtbot.addWidget(plot)
    plot.resize(380, 118)
    plot.show_course(course, "TP1")
    plot.show()
    chosen: list[str] = []
    plot.visit_chosen.connect(chosen.append)
    at = plot.place(course.curves[0].points[1]).toPoint()
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
    corner = QPointF(1, 1).toPoint()
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=corner)
    assert chosen == ["TP1"]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_lines_of_the_plot_are_legible_on_either_theme(theme: str) -> None:
    ground = get_theme(theme).background.as_hex()
    for pair in (*COLOURS.values(), PD_COLOURS, PR_COLOURS):
        assert contrast(pair[theme == "light"], ground) >= LEGIBLE


def test_white_is_legible_on_the_chip_of_every_answer() -> None:
    assert set(CHIP_COLOURS) == {*Response, *NewLesions}
    for colour in CHIP_COLOURS.values():
        assert contrast("#ffffff", colour) >= LEGIBLE


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.1)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    colour = colour.removeprefix("#")
    if len(colour) == 3:
        colour = "".join(2 * one for one in colour)
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
