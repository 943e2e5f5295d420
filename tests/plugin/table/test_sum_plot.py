"""The plot of the sums over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from napari.utils.theme import get_theme
from qtpy.QtCore import QPointF, Qt

from napari_recist.room.finding_recorder import Recorder
from napari_recist.table.sum_plot import COLOURS, PD_COLOURS, PR_COLOURS, SumPlot
from napari_recist.table.sum_series import Course, course_of
from napari_recist.viewport.mouse.caliper_tool import NEW, CaliperOutcome
from recist_tool.app.reading.assessment import CurrentAssessment
from recist_tool.measure import PlaneCaliper
from tests.plugin.looking_at import contrast
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from recist_tool.app.reading.current_read import CurrentRead

LEGIBLE = 4.5


@pytest.fixture
def course(reading: CurrentRead) -> Course:
    """T1 in the liver: 30 mm, 20 mm, and not evaluable at TP2."""
    recorder = Recorder(reading)
    for visit, length in (("BL", 60), ("TP1", 40)):
        reading.open_timepoint(visit)
        axis = PlaneCaliper(((20.0, 5.0), (20.0, 5.0 + length)))
        if visit != "BL":
            reading.choose("T1")
        else:
            reading.next_new(reading.new_lesion.role.TARGET)
        recorder.caliper_drawn(CaliperOutcome(NEW, axis), volume(), 1)
    reading.open_timepoint("TP2")
    recorder.not_evaluable("not imaged")
    judged = CurrentAssessment().judged(reading.session)
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


def test_a_case_without_an_assessment_has_an_empty_plot(reading: CurrentRead) -> None:
    assert (
        course_of(CurrentAssessment().judged(reading.session), reading.visits)
        == Course()
    )


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
