"""Rulers, regions and comments: kept with the visit, and never part of an answer."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from recist_tool.errors import CommandRefused
from recist_tool.model.annotation import Annotation
from recist_tool.model.case import Case, SeriesReference
from recist_tool.model.commands import (
    AddLesion,
    AttachSeries,
    ChangeLesionRole,
    DetachSeries,
    DrawAnnotation,
    EraseAnnotation,
    LockTimepoint,
    RecordFinding,
    RemoveLesion,
    RemoveTimepoint,
    WriteComment,
)
from recist_tool.model.diameter import ImagePlane
from recist_tool.model.finding import Measured
from recist_tool.model.read_findings import findings_of
from recist_tool.model.sequence import visits_reached
from recist_tool.terms import AnnotationKind, LesionRole
from tests.builders import NOON, caliper, case, lesion

RULER = {
    "annotation_id": "M1",
    "timepoint_id": "BL",
    "kind": AnnotationKind.RULER,
    "plane": ImagePlane(sop_instance_uid="1.2.3", series_instance_uid="1.2"),
    "points_pixel": ((1.0, 2.0), (3.0, 4.0)),
    "points_lps": ((0.0, 0.0, 0.0), (1.0, 1.0, 0.0)),
    "figures": {"length_mm": "2.5"},
}


ERASED = EraseAnnotation(reader_id="reader", annotation_id="M1")


def drawn(**changes):
    annotation = Annotation.model_validate(RULER | changes)
    return DrawAnnotation(reader_id="reader", annotation=annotation)


def wrote(text, lesion_id=None, timepoint_id="BL"):
    return WriteComment(
        reader_id="reader", timepoint_id=timepoint_id, lesion_id=lesion_id, text=text
    )


@pytest.fixture
def measured():
    found = AddLesion(reader_id="reader", lesion=lesion()).apply(case())
    finding = Measured(caliper=caliper(20, 10))
    return RecordFinding(
        reader_id="reader", lesion_id="T1", timepoint_id="BL", finding=finding
    ).apply(found)


def locked(found):
    who = {"reader_id": "reader", "signed_by": "reader"}
    return LockTimepoint(timepoint_id="BL", at=NOON, **who).apply(found)


def test_what_is_drawn_or_written_changes_nothing_that_criteria_see(measured):
    found = wrote("necrotic", "T1").apply(drawn().apply(measured))
    (read,) = found.reads
    assert findings_of(found, "reader") == findings_of(measured, "reader")
    assert visits_reached(read) == {"BL"}
    only = wrote("poor contrast").apply(drawn().apply(case()))
    assert visits_reached(only.reads[0]) == set()


def test_one_of_the_same_name_is_replaced_and_erased():
    found = drawn(figures={"length_mm": 4}).apply(drawn().apply(case()))
    (one,) = found.reads[0].annotations
    assert one.figures == {"length_mm": 4}
    assert ERASED.apply(found) == case()


def test_a_file_without_any_is_as_before():
    assert not {"annotations", "comments"} & case().model_dump()["reads"][0].keys()
    kept = drawn().apply(case()).model_dump_json()
    assert Case.model_validate_json(kept) == drawn().apply(case())


@pytest.mark.parametrize(
    "command",
    [drawn(), wrote("words"), ERASED],
)
def test_a_signed_visit_takes_none_and_loses_none(command):
    with pytest.raises(CommandRefused, match="locked"):
        command.apply(locked(drawn().apply(case())))


def test_a_comment_is_replaced_and_taken_back():
    found = wrote("better").apply(wrote("poor").apply(case()))
    assert found.reads[0].comment("BL") == "better"
    assert wrote("").apply(found) == case()
    with pytest.raises(CommandRefused, match="nothing is written"):
        wrote("").apply(case())
    with pytest.raises(CommandRefused, match="no such lesion"):
        wrote("words", "T9").apply(case())


def test_a_comment_goes_with_its_lesion(measured):
    found = wrote("round", "T1").apply(measured)
    changed = ChangeLesionRole(
        reader_id="reader", lesion_id="T1", role=LesionRole.NON_TARGET, new_id="NT1"
    ).apply(found)
    assert changed.reads[0].comment("BL", "NT1") == "round"
    gone = RemoveLesion(reader_id="reader", lesion_id="T1").apply(found)
    assert gone.reads[0].comments == ()


def test_a_visit_that_holds_one_is_not_taken_out():
    for command in (drawn(), wrote("words")):
        with pytest.raises(CommandRefused, match="something is recorded"):
            RemoveTimepoint(timepoint_id="BL", reason="wrong").apply(
                command.apply(case())
            )


def test_a_series_that_bears_one_stays_pinned():
    series = SeriesReference(
        series_instance_uid="1.2", study_instance_uid="1", modality="CT"
    )
    found = AttachSeries(timepoint_id="BL", series=series).apply(case())
    off = DetachSeries(timepoint_id="BL", series_instance_uid="1.2", reason="wrong")
    assert off.apply(found).timepoints[0].series == ()
    with pytest.raises(CommandRefused, match="M1: is measured on this series"):
        off.apply(drawn().apply(found))


@pytest.mark.parametrize(
    "changes",
    [
        {"points_pixel": ((1.0, 2.0),), "points_lps": ((0.0, 0.0, 0.0),)},
        {"points_lps": ((0.0, 0.0, 0.0),)},
        {"kind": AnnotationKind.ANGLE},
    ],
)
def test_points_are_as_many_as_the_drawing_needs(changes):
    with pytest.raises(ValidationError, match="point"):
        drawn(**changes)
