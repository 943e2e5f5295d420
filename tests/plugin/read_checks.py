"""What must hold of a read, whoever made it, and however often it was broken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recist_tool.measure import PlaneCaliper, length_mm
from recist_tool.model import caliper_of
from recist_tool.phantom import READING_PATIENT
from recist_tool.terms import Scope

if TYPE_CHECKING:
    from recist_tool.app import Session
    from recist_tool.model import Caliper
    from recist_tool.phantom import Truth
    from tests.plugin.read_plan import Plan

SPACING_MM = READING_PATIENT.ct.pixel_spacing_mm
SUM_MM = 2.5
"""How far a sum of five diameters may be off where each end is off by a pixel."""


def drawn_calipers(session: Session) -> dict[tuple[str, str], PlaneCaliper]:
    """Return where the ends of each caliper lie, as (row, column)."""
    found = {
        (one.lesion_id, one.timepoint_id): caliper_of(one.finding)
        for one in session.read.findings
    }
    return {key: _as_drawn(one) for key, one in found.items() if one is not None}


def _as_drawn(caliper: Caliper) -> PlaneCaliper:
    axes = [one for one in (caliper.long_axis, caliper.short_axis) if one is not None]
    ends = [one.ends_pixel for one in axes if one.ends_pixel is not None]
    return PlaneCaliper(*(((b, a), (d, c)) for (a, b), (c, d) in ends))


def assert_ends_lie_where_the_lesions_end(
    session: Session, plan: Plan, mm_per_px: float
) -> None:
    """Hold each end to as near as a hand can point.

    An end that was drawn lies within a pixel of the screen; one that was pulled, within
    two: it was taken hold of at one, and let go at another.
    """
    drawn = drawn_calipers(session)
    looks = {
        (one.lesion_id, one.timepoint_id): one
        for found in plan.values()
        for one in found
    }
    for key, caliper in drawn.items():
        known = looks[key].caliper
        assert known is not None
        for ends, true_ends, pixels in zip(caliper, known, (1, 2), strict=True):
            for end, true_end in zip(
                sorted(ends or ()), sorted(true_ends or ()), strict=True
            ):
                off_mm = length_mm(SPACING_MM, end, true_end)
                assert off_mm <= pixels * mm_per_px, key


def assert_answers(session: Session, truth: Truth) -> None:
    found = session.assessment
    assert found is not None
    for visit in truth.timepoints:
        for scope, answers in (
            (Scope.OVERALL, found.overall),
            (Scope.LIVER, found.liver),
        ):
            assert answers is not None
            expected = visit.expected[scope]
            answer = answers.timepoints.get(visit.timepoint_id)
            if expected.overall is None:
                total = answers.baseline_sum_mm
            else:
                assert answer is not None
                assert answer.overall is expected.overall
                total = answer.sum_mm
            assert total is not None
            assert float(total) == pytest.approx(float(expected.sum_mm), abs=SUM_MM)
