"""Figures of a trial show the numbers of its result."""

from __future__ import annotations

import numpy as np
import pytest

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.report.trial.changes import spider_figure, waterfall_figure
from recist_tool.report.trial.curves import incidence_figure, survival_figure
from recist_tool.report.trial.figures import absences, trial_figures
from recist_tool.report.trial.landmarks import landmark_figure
from recist_tool.report.trial.style import (
    RESPONSE_COLOURS,
    SETTINGS,
    last_month,
    month_ticks,
    word,
)
from recist_tool.report.trial.swimmer import MOST_FIGURES, ROWS, swimmer_figures
from recist_tool.terms import Response
from recist_tool.trial.kept import best_change
from recist_tool.trial.survival import kaplan_meier
from tests.report.trial_reports import QUARTERLY, made, pixels, registry, texts
from tests.trial.cohorts import measured, on, patient

FULL = {
    "waterfall",
    "spider",
    "os",
    "pfs",
    "liver-pfs",
    "dor",
    "liver-dor",
    "liver-incidence",
    "landmarks",
    "os-by-KRAS",
    "pfs-by-KRAS",
    "liver-pfs-by-KRAS",
    "swimmer-1",
    "swimmer-2",
}


@pytest.fixture(autouse=True)
def _style():
    from matplotlib import rc_context

    with rc_context(SETTINGS):
        yield


def test_a_registry_gives_every_figure_and_none_is_blank():
    result, patients = registry()
    drawn = {one.name: one.figure for one in trial_figures(result, patients)}
    assert set(drawn) == FULL
    for name, figure in drawn.items():
        grey = pixels(figure)
        assert (grey < 128).mean() > 0.002, name
        assert (grey[[0, -1]] == 255).all(), f"{name} is cut off"
        assert (grey[:, [0, -1]] == 255).all(), f"{name} is cut off"


def test_the_waterfall_has_a_bar_for_every_sum_from_growth_to_shrinkage():
    result, patients = registry()
    ax = waterfall_figure(patients).axes[0]
    bars = sorted(ax.patches, key=lambda bar: bar.get_x())
    best = [best_change(one.changes) for one in patients]
    known = sorted((one for one in best if one is not None), reverse=True)
    assert [bar.get_height() for bar in bars] == pytest.approx(known)
    without = len(best) - len(known)
    assert f"{without} of {result.n} without a sum" in ax.get_title(loc="left")


def test_a_bar_has_the_colour_of_the_best_response():
    _, patients = made([measured("A", sums=(100, 60, 60)), measured("B", sums=(9, 30))])
    ax = waterfall_figure(patients).axes[0]
    colours = [bar.get_facecolor() for bar in ax.patches]
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == [-40.0, 100.0]  # 233 % growth is cut off, with an arrow
    assert "↑" in texts(ax.figure)
    assert len(set(colours)) == 2


def test_many_bars_are_one_drawing_and_none_is_lost():
    """Five thousand rectangles would take half a minute to draw."""
    cohort = [measured(f"S{at}", sums=(100, 240 - at, 240 - at)) for at in range(200)]
    _, patients = made(cohort)
    ax = waterfall_figure(patients).axes[0]
    assert not ax.patches
    assert len(ax.get_children()) < 40
    drawn = [path.vertices for one in ax.collections for path in one.get_paths()]
    drawn.sort(key=lambda bar: bar[0, 0])
    assert [bar[0, 0] + 0.5 for bar in drawn] == list(range(200))
    ends = [max(bar[:, 1], key=abs) for bar in drawn]
    shown = [min(140 - at, 100) or 0.6 for at in range(200)]
    assert ends == pytest.approx(shown)
    (ticks,) = [line for line in ax.lines if line.get_marker() == "|"]
    assert len(ticks.get_xdata()) == 40  # grew by more than 100 %


def test_a_change_of_nothing_is_still_seen():
    _, patients = made([measured("A", sums=(100, 100))])
    (bar,) = waterfall_figure(patients).axes[0].patches
    assert bar.get_height() > 0


def test_the_limits_of_recist_stand_only_beside_recist():
    _, patients = made([measured("A", sums=(100, 60))])
    assert "−30 %" in texts(waterfall_figure(patients))
    other = measured("A", sums=(100, 60)).replaced(criteria="WHO")
    _, patients = made([other.replaced(timepoints=_perpendicular(other))])
    assert "−30 %" not in texts(waterfall_figure(patients))


def _perpendicular(findings):
    return [
        one.replaced(target={"T1": {"mm": 50, "perpendicular_mm": 40}})
        for one in findings.timepoints
    ]


def test_a_spider_line_ends_with_the_first_progression():
    _, patients = made([measured("A", sums=(100, 60, 60, 100, 150))])
    (lines,) = spider_figure(patients, QUARTERLY).axes[0].collections
    (line,) = lines.get_segments()
    assert line[:, 1].tolist() == pytest.approx([0, -40, -40, 0])
    assert line[-1, 0] == pytest.approx(168 / 30.4375)


def test_responses_alone_give_no_waterfall_and_say_so():
    result, patients = made([patient("A", "56 PR")])
    names = {one.name for one in trial_figures(result, patients)}
    assert not names & {"waterfall", "spider"}
    assert absences(result, patients) == [
        "No waterfall and no spider: no visit has a sum to compare."
    ]


def test_a_survival_curve_is_drawn_as_it_was_estimated():
    curve = kaplan_meier([3, 6, 6, 9, 12], [True, True, False, True, False])
    figure = survival_figure({"": curve}, "Overall survival")
    line = figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == [0, 3, 6, 9, 12]
    assert line.get_ydata() == pytest.approx([1, 0.8, 0.6, 0.3, 0.3])
    assert "3 events in 5, median 9.0 (3.0 to not reached)" in texts(figure)
    assert len(figure.axes[0].collections) == 1  # the band


def test_numbers_at_risk_stand_below_the_ticks():
    curve = kaplan_meier([3, 6, 6, 9, 12], [True] * 5)
    figure = survival_figure({"": curve}, "Overall survival")
    above, below = figure.axes
    pixels(figure)
    counts = {one.get_position()[0]: one.get_text() for one in below.texts}
    assert list(counts) == above.get_xticks().tolist()
    assert [counts[month] for month in (0, 6, 10, 12)] == ["5", "4", "1", "1"]
    assert above.get_xlim() == below.get_xlim()


def test_the_band_begins_without_width():
    curve = kaplan_meier([3, 6, 9], [True, False, True])
    figure = survival_figure({"": curve}, "Overall survival")
    (band,) = figure.axes[0].collections
    heights = {y for x, y in band.get_paths()[0].vertices if x < 3}
    assert heights == {1.0}


def test_groups_are_told_apart_by_line_as_well_as_by_colour():
    curve = kaplan_meier([3, 6, 9], [True, False, True])
    curves = {"A": curve, "B": curve, "C": curve}
    ax = survival_figure(curves, "OS", note="log-rank p = 0.5").axes[0]
    steps = [one for one in ax.lines if one.get_label()[:1] in curves]
    assert len({one.get_linestyle() for one in steps}) == 3
    assert len({one.get_color() for one in steps}) == 3
    assert "log-rank p = 0.5" in texts(ax.figure)


def test_an_endpoint_of_nobody_says_so():
    figure = survival_figure({"": kaplan_meier([], [])}, "Duration of response")
    assert "no patient has this endpoint" in texts(figure)


def test_incidences_and_their_counts_are_shown():
    result, _ = registry()
    figure = incidence_figure(result.liver_incidence, "Liver")
    ends = [one.get_ydata()[-1] for one in figure.axes[0].lines[:3]]
    assert ends == pytest.approx(result.liver_incidence.incidence[-1].tolist())
    events = result.liver_incidence.events.sum(axis=0)
    assert f"progression in the liver ({events[0]})" in texts(figure)


def test_landmark_bars_add_up_to_all_treated():
    result, _ = registry()
    for ax in landmark_figure(result).axes:
        tops = np.zeros(5)
        for bars in ax.containers:
            tops += [bar.get_height() for bar in bars]
        assert tops == pytest.approx(np.ones(5))


def test_swimmers_show_every_patient_once():
    result, _ = registry()
    figures = list(swimmer_figures(result.patients, result.settings))
    rows = [
        label.get_text().split()[0]
        for figure in figures
        for label in figure.axes[0].get_yticklabels()
    ]
    assert len(figures) == 2
    assert sorted(rows) == sorted(one.findings.id for one in result.patients)


def test_a_swimmer_shows_activities_progression_death_and_who_is_alive():
    sessions = [
        {"date": on(0), "activity_gbq": 2.5, "target": "right lobe"},
        {"date": on(0), "activity_gbq": 1.5, "target": "left lobe"},
        {"date": on(42)},
    ]
    result, _ = made(
        [
            measured(
                "A",
                sums=(100, 60, 90),
                treatment=sessions,
                follow_up={"death": on(300)},
            ),
            measured("B", sums=(100, 60, 60), follow_up={"last_alive": on(200)}),
        ]
    )
    (figure,) = swimmer_figures(result.patients, result.settings)
    ax = figure.axes[0]
    names = [one.get_text() for one in ax.get_yticklabels()]
    assert names == ["A   2.5+1.5, ?", "B"]
    markers = [(one.get_marker(), one.get_ydata()[0]) for one in ax.lines]
    for mark in [("X", 0), ("s", 0), ("D", 0), ("|", 0), ("v", 1)]:
        assert mark in markers
    assert ("D", 1) not in markers
    arrows = [one.xy[1] for one in ax.texts if one.arrow_patch is not None]
    assert arrows == [1]


def test_what_does_not_fit_into_the_swimmers_is_counted():
    cohort = [patient(f"S{at}", "56 SD") for at in range(ROWS * MOST_FIGURES + 1)]
    result, patients = made(cohort)
    figures = list(swimmer_figures(result.patients, result.settings))
    assert len(figures) == MOST_FIGURES
    said = "The swimmer plots show the 400 patients observed longest, of 401."
    assert said in absences(result, patients)


def test_too_many_groups_are_not_drawn_and_that_is_said():
    cohort = [patient(f"S{at}", "56 SD", groups={"site": at}) for at in range(7)]
    result, patients = made(cohort)
    assert not [one for one in trial_figures(result, patients) if "-by-" in one.name]
    assert "7 groups" in absences(result, patients)[-1]


def test_no_name_of_a_field_can_leave_the_folder():
    cohort = [patient(f"S{at}", "56 SD", groups={"../x y": at}) for at in range(2)]
    result, patients = made(cohort)
    names = [one.name for one in trial_figures(result, patients) if "-by-" in one.name]
    assert names == ["os-by----x-y", "pfs-by----x-y", "liver-pfs-by----x-y"]


def test_no_word_of_a_file_is_taken_for_a_formula():
    from matplotlib.text import Text

    words = r"$\foo{$ x_{1}^2$"
    cohort = [
        patient(f"{words} {at}", "56 PR", groups={words: words + at}) for at in "ab"
    ]
    result, patients = made(cohort)
    for one in trial_figures(result, patients):
        pixels(one.figure)
        assert not any(text.get_parse_math() for text in one.figure.findobj(Text))


@pytest.mark.parametrize("last", [0.5, 3, 11, 24, 25, 70, 130, 900])
def test_an_axis_of_months_has_few_ticks_and_reaches_the_end(last):
    ticks = month_ticks(last)
    assert ticks[0] == 0
    assert ticks[-1] >= last
    assert len(ticks) <= 13


def test_responses_of_other_criteria_have_the_colour_of_their_word():
    assert word(Response.CMR) is Response.CR
    assert word(Response.NO_RESPONSE) is Response.SD
    assert word(Response.IUPD) is Response.NE
    assert all(word(one) in RESPONSE_COLOURS for one in Response)


def test_an_empty_curve_has_an_axis_all_the_same():
    assert last_month(kaplan_meier([], [])) > 0


def test_settings_of_months_are_those_of_the_trial():
    lunar = TrialSettings(days_per_month=28)
    _, patients = made([measured("A", sums=(100, 60))], lunar)
    (lines,) = spider_figure(patients, lunar).axes[0].collections
    assert lines.get_segments()[0][-1, 0] == 2


def test_the_band_reaches_to_the_day_on_which_the_curve_reaches_zero():
    """R has limits up to that day; only at 0 itself there are none."""
    curve = kaplan_meier([1, 2, 3, 4, 5], [1, 1, 0, 1, 1])
    assert np.isnan(curve.upper[-1])
    (band,) = survival_figure({"": curve}, "Overall survival").axes[0].collections
    (path,) = band.get_paths()
    assert path.vertices[:, 0].max() == 5
    last_step = path.vertices[path.vertices[:, 0] == 5]
    assert last_step[:, 1].min() == pytest.approx(curve.lower[-2])
    assert last_step[:, 1].max() == pytest.approx(curve.upper[-2])


def test_legends_say_the_words_of_the_criteria():
    words = ["30 CMR", "30 PMR", "30 SMD"]
    cohort = [
        patient(f"S{at}", one, criteria="EORTC PET") for at, one in enumerate(words)
    ]
    result, _ = made(cohort)
    said = texts(landmark_figure(result))
    assert all(word in said for word in ("CMR", "PMR", "SMD"))
    (swimmer,) = swimmer_figures(result.patients, result.settings)
    assert "CMR" in texts(swimmer)


def test_criteria_without_progression_have_no_figure_of_it():
    result, patients = made([patient("S1", criteria="symptoms")])
    names = {one.name for one in trial_figures(result, patients)}
    assert names == {"os", "landmarks", "swimmer-1"}
