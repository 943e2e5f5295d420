"""A read that was typed as findings, drawn as a session records it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recist_tool.criteria.course.marker import marker_raised
from recist_tool.model.case import Timepoint, VisitResponses
from recist_tool.model.clinical import Clinical
from recist_tool.model.commands import (
    AddLesion,
    AddTimepoint,
    LockTimepoint,
    OverrideResponse,
    RecordClinical,
    RecordFinding,
    RecordResponses,
    RecordUptake,
    RecordVolumes,
    SetFollowUp,
    SetGroups,
    SetReferenceDate,
    SetTreatments,
)
from recist_tool.model.finding import (
    Absent,
    Measured,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    Split,
    TooSmall,
)
from recist_tool.model.findings import (
    AbsentPart,
    Findings,
    MeasuredTarget,
    NonTargetFinding,
    SplitTarget,
)
from recist_tool.model.override import VisitOverride
from recist_tool.terms import LesionRole, NonTargetStatus
from tests.builders import NOON, caliper, lesion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.model.findings import (
        FindingsTimepoint,
        NewLesionFinding,
        TargetFinding,
    )

READER = "reader"


def commands_for(read: Findings) -> Iterator[Any]:
    """Yield the commands that draw a read, after its case and reader were begun."""
    if read.reference_date is not None:
        yield SetReferenceDate(reference_date=read.reference_date)
    yield SetTreatments(treatments=read.treatment)
    yield SetFollowUp(follow_up=read.follow_up)
    yield SetGroups(groups=read.groups)
    for seen in read.timepoints:
        assert seen.date is not None
        yield AddTimepoint(
            timepoint=Timepoint(
                timepoint_id=seen.id,
                date=seen.date,
                target_scan_dates=seen.target_scan_dates,
            )
        )
    for one in read.lesions:
        made = lesion(
            one.id,
            role=one.role,
            organ=one.organ,
            nodal=one.nodal,
            finding_site=one.note or "",
        )
        yield AddLesion(reader_id=READER, lesion=made)
    yield from _add_new(read)
    for seen in read.timepoints:
        yield from _visit_commands(read, seen)


def _add_new(read: Findings) -> Iterator[Any]:
    first: dict[str, tuple[str, NewLesionFinding]] = {}
    for seen in read.timepoints:
        for one in seen.new:
            first.setdefault(one.id, (one.first_seen or seen.id, one))
    for name, (visit, one) in sorted(first.items()):
        made = lesion(
            name,
            role=LesionRole.NEW,
            organ=one.organ,
            nodal=bool(one.nodal),
            first_seen=visit,
        )
        yield AddLesion(reader_id=READER, lesion=made)


def _visit_commands(read: Findings, seen: FindingsTimepoint) -> Iterator[Any]:
    for name, found in seen.target.items():
        nodal = next(one.nodal for one in read.lesions if one.id == name)
        yield _found(seen, name, _drawn_target(name, found, nodal))
    for name, found in seen.nontarget.items():
        yield _found(seen, name, _drawn_nontarget(found))
    for one in seen.new:
        yield _found(seen, one.id, _drawn_new(one))
    yield from _about_the_visit(seen)


def _found(seen: FindingsTimepoint, lesion_id: str, finding: Any) -> RecordFinding:
    return RecordFinding(
        reader_id=READER, lesion_id=lesion_id, timepoint_id=seen.id, finding=finding
    )


def _drawn_target(name: str, found: TargetFinding, nodal: bool) -> Any:
    if isinstance(found, MeasuredTarget):
        axes = (found.mm, found.perpendicular_mm)
        more = found.model_dump(exclude={"mm", "perpendicular_mm"})
        more["merged_with"] = [one for one in found.merged_with if one != name]
        return Measured(caliper=_caliper(*axes, nodal), **more)
    if isinstance(found, SplitTarget):
        return _drawn_split(found)
    if found.state == "ne":
        return NotEvaluable(reason=found.reason or "?")
    if found.state == "merged_into":
        return MergedInto(lesion_id=found.lesion or "?")
    return Absent() if found.state == "absent" else TooSmall()


def _caliper(counted: Any, across: Any, nodal: bool) -> Any:
    return caliper(across, counted) if nodal else caliper(counted, across)


def _drawn_split(found: SplitTarget) -> Split:
    """Return the parts, as long as broad; with one axis where no area is known."""
    sizes = [None if isinstance(one, AbsentPart) else one for one in found.parts_mm]
    known = found.area_mm2 is not None
    return Split(
        parts=tuple(
            None if one is None else caliper(one, one if known else None)
            for one in sizes
        ),
        viable_mm=found.viable_mm,
        hu_mean=found.hu_mean,
        volume_ml=found.volume_ml,
    )


def _drawn_nontarget(found: Any) -> Any:
    state = found.state if isinstance(found, NonTargetFinding) else found
    if state == "absent":
        return Absent()
    if state == "ne":
        return NotEvaluable(reason="not imaged")
    short = found.short_axis_mm if isinstance(found, NonTargetFinding) else None
    change = found.change_since_last if isinstance(found, NonTargetFinding) else None
    drawn = None if short is None else caliper(short, short)
    status = NonTargetStatus(state)
    return NonTargetSeen(status=status, caliper=drawn, change_since_last=change)


def _drawn_new(one: NewLesionFinding) -> NewLesionSeen:
    drawn = None if one.mm is None else caliper(one.mm, one.mm)
    return NewLesionSeen(
        status=one.status,
        caliper=drawn,
        followed_as=one.kind,
        change=one.change,
        enhancement=one.enhancement,
        cytology_positive=one.cytology_positive,
        note=one.note,
        scan_date=one.scan_date,
    )


def _about_the_visit(seen: FindingsTimepoint) -> Iterator[Any]:
    clinical = Clinical(
        markers=seen.markers,
        marker_raised=marker_raised(seen.marker),
        symptoms=seen.symptoms,
        somatostatin_analogue=seen.somatostatin_analogue,
        fdg_pet=seen.fdg_pet,
    )
    if clinical != Clinical():
        yield RecordClinical(timepoint_id=seen.id, clinical=clinical)
    if seen.pet is not None:
        yield RecordUptake(reader_id=READER, timepoint_id=seen.id, pet=seen.pet)
    if seen.volumes_ml:
        yield RecordVolumes(
            reader_id=READER, timepoint_id=seen.id, volumes_ml=seen.volumes_ml
        )
    if seen.overall is not None or seen.liver is not None:
        recorded = VisitResponses(
            timepoint_id=seen.id, overall=seen.overall, liver=seen.liver
        )
        yield RecordResponses(reader_id=READER, responses=recorded)
    for one in seen.overrides:
        said = VisitOverride(timepoint_id=seen.id, **one.model_dump())
        yield OverrideResponse(reader_id=READER, override=said)
    yield LockTimepoint(
        reader_id=READER, timepoint_id=seen.id, signed_by="Dr R", at=NOON
    )
