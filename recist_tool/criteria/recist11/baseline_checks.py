"""What does not conform at baseline: dates, targets, non-targets. It never blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.answer import Message
from recist_tool.criteria.recist11.measurability import (
    SELECTION,
    SIZES,
    measurability,
    selection,
)
from recist_tool.criteria.recist11.sums import NORMAL_NODE_MM
from recist_tool.model.findings import MeasuredTarget, NonTargetFinding, StatedTarget
from recist_tool.terms import PET_CRITERIA, MessageLevel

if TYPE_CHECKING:
    from recist_tool.criteria.course.course import Course, CourseLesion, CourseVisit
    from recist_tool.model.findings import FindingsLesion
    from recist_tool.model.protocol import Protocol

WARNING: Final = MessageLevel.WARNING
MAX_DAYS_BEFORE_START: Final = 28


def baseline_messages(course: Course, protocol: Protocol) -> list[Message]:
    """Return the ways in which a baseline does not conform, as warnings."""
    baseline = course.baseline
    if baseline is None:
        return _without_baseline(course)
    messages = _date_messages(course, baseline)
    organs = [one.group for one in course.lesions if one.target]
    for violation in selection(organs, protocol).violations:
        text = f"targets: {violation} ({SELECTION})"
        messages.append(
            Message(
                WARNING,
                "target-selection",
                text=text,
                timepoint=baseline.id,
            )
        )
    messages += _early_visits(course)
    of_uptake = course.findings.criteria in PET_CRITERIA
    for lesion, given in zip(course.lesions, course.findings.lesions, strict=True):
        if lesion.target and of_uptake and given.modality == "PT":
            continue  # nothing is asked of a length
        if lesion.target:
            messages += _target_messages(baseline, lesion, given, protocol)
        elif not baseline.simple or baseline.seen.nontarget.get(lesion.id) == "absent":
            messages += _non_target_messages(baseline, lesion)
    return messages


def _without_baseline(course: Course) -> list[Message]:
    """Say why there is nothing to compare; recorded responses need no comparison."""
    if not course.findings.timepoints:
        code = "no-scan"
        text = "there is no scan: no response can be told, and the best one is NE"
    elif not course.findings.has_baseline:
        code = "no-baseline"
        text = "there is no baseline scan to compare with: every visit is NE, whatever "
        text += "was found or recorded there"
    else:
        return []
    return [Message(WARNING, code, text=text)]


def _date_messages(course: Course, baseline: CourseVisit) -> list[Message]:
    if course.counted_from_baseline:
        code = "no-reference-date"
        text = "there is no reference date: days are counted from the baseline scan"
    elif baseline.day < -MAX_DAYS_BEFORE_START:
        code = "baseline-too-early"
        text = f"the baseline scan is {-baseline.day} days before the start, more than "
        text += f"{MAX_DAYS_BEFORE_START} ({SELECTION})"
    elif baseline.day > 0:
        code = "baseline-after-start"
        text = f"the baseline scan is {baseline.day} days after the start"
    else:
        return []
    return [Message(WARNING, code, text=text, timepoint=baseline.id)]


def _early_visits(course: Course) -> list[Message]:
    """Warn of visits that count as after baseline but lie before the start."""
    if course.counted_from_baseline or not course.follow_ups:
        return []
    text = "the visit is before the start: the earliest scan was taken as baseline"
    return [
        Message(WARNING, "visit-before-start", text=text, timepoint=visit.id)
        for visit in course.follow_ups
        if visit.day <= 0
    ]


def _target_messages(
    baseline: CourseVisit,
    lesion: CourseLesion,
    given: FindingsLesion,
    protocol: Protocol,
) -> list[Message]:
    finding = baseline.seen.target[lesion.id]
    if isinstance(finding, StatedTarget):
        code, what = "target-not-measurable", f"is too small to measure ({SIZES})"
    elif not isinstance(finding, MeasuredTarget):
        code, what = "target-in-parts", "is in parts: each part is a lesion"
    else:
        answer = measurability(
            modality=given.modality,
            slice_thickness_mm=given.slice_thickness_mm,
            long_axis_mm=finding.mm,
            short_axis_mm=finding.mm,
            nodal=lesion.nodal,
            organ=lesion.group,
            blastic=given.blastic,
            previously_irradiated=given.previously_irradiated,
            progressed_since=given.progressed_since,
            protocol=protocol,
        )
        if answer.measurable and not answer.warning:
            return []
        code = "target-measurability" if answer.measurable else "target-not-measurable"
        what = answer.warning or f"is not measurable: {answer.reason}"
        what = f"{what} ({answer.citation})"
    text = f"target {lesion.id} at baseline {what}"
    return [Message(WARNING, code, text=text, lesion=lesion.id, timepoint=baseline.id)]


def _non_target_messages(baseline: CourseVisit, lesion: CourseLesion) -> list[Message]:
    finding = baseline.seen.nontarget.get(lesion.id)
    detailed = isinstance(finding, NonTargetFinding)
    if (finding.state if detailed else finding) == "absent":
        code = "non-target-absent-at-baseline"
        text = f"non-target {lesion.id} is absent at baseline: it is no disease there"
        return [
            Message(WARNING, code, text=text, lesion=lesion.id, timepoint=baseline.id)
        ]
    if not detailed or finding.short_axis_mm is None or not lesion.nodal:
        return []
    if finding.short_axis_mm >= NORMAL_NODE_MM:
        return []
    text = f"node {lesion.id} is below 10 mm at baseline: it is normal ({SIZES})"
    return [
        Message(
            WARNING,
            "normal-node-recorded",
            text=text,
            lesion=lesion.id,
            timepoint=baseline.id,
        )
    ]
