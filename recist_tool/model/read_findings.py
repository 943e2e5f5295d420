"""A read drawn on images, as the findings that criteria look at."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from recist_tool.model.clinical import Clinical
from recist_tool.model.figures import (
    MeasuredFigures,
    NewLesionFigures,
    NonTargetFigures,
    TargetFigures,
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
    FindingsLesion,
    FindingsTimepoint,
    MeasuredTarget,
    NewLesionFinding,
    NonTargetFinding,
    SplitTarget,
    StatedTarget,
    TargetFinding,
)
from recist_tool.model.override import ResponseOverride
from recist_tool.model.sequence import visits_reached
from recist_tool.terms import Criteria, LesionRole

if TYPE_CHECKING:
    from recist_tool.model.case import Case, Read, Timepoint
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.finding import Finding
    from recist_tool.model.lesion import Lesion
    from recist_tool.model.pet import PetScan

_CLINICAL: Final = frozenset(
    [Criteria.BIOCHEMICAL, Criteria.SYMPTOMS, Criteria.SOMATOSTATIN_ANALOGUE]
)
"""Criteria that look at no image."""


def findings_of(case: Case, reader_id: str) -> Findings | None:
    """Return the findings of one read, or None while nothing is recorded.

    Timepoints at which the reader recorded nothing and signed nothing are left out:
    they are not read yet. What the clinic knows of a visit counts for itself where the
    first of the protocol's criteria looks at nothing else, or where the visit has no
    series to read and comes after the first that was read.
    """
    read = case.read(reader_id)
    if read is None:
        return None
    opened = _opened(case, read)
    timepoints = tuple(
        _timepoint(case, read, one)
        for one in case.timepoints
        if one.timepoint_id in opened
    )
    if not timepoints:
        return None
    return Findings(
        id=case.subject_id,
        criteria=case.protocol.criteria[0],
        reference_date=case.reference_date,
        settings=case.protocol.settings,
        lesions=tuple(
            _lesion(case, read, one)
            for one in read.lesions
            if one.role is not LesionRole.NEW
        ),
        timepoints=timepoints,
        follow_up=case.follow_up,
        treatment=case.treatments,
        groups=case.groups,
    )


def counted_mm(caliper: Caliper, *, nodal: bool) -> Decimal:
    """Return the diameter that enters the sum: the short axis of a node.

    Raises
    ------
    ValueError
        If a node has no short axis: of a whole one, `RecordFinding` does not let that
        happen.
    """
    if not nodal:
        return caliper.long_axis.value_mm
    if caliper.short_axis is None:
        msg = "a node is counted by its short axis"
        raise ValueError(msg)
    return caliper.short_axis.value_mm


def _opened(case: Case, read: Read) -> set[str]:
    recorded = visits_reached(read)
    known = {one.timepoint_id for one in case.clinical}
    if case.protocol.criteria[0] in _CLINICAL:
        return recorded | known
    ids = [one.timepoint_id for one in case.timepoints]
    first = next((place for place, one in enumerate(ids) if one in recorded), len(ids))
    later = case.timepoints[first:]
    return recorded | (known & {one.timepoint_id for one in later if not one.series})


def _lesion(case: Case, read: Read, lesion: Lesion) -> FindingsLesion:
    caliper = next(
        (
            found.finding.caliper
            for timepoint in case.timepoints[:1]
            for found in read.findings
            if (found.lesion_id, found.timepoint_id)
            == (lesion.lesion_id, timepoint.timepoint_id)
            and isinstance(found.finding, Measured | NonTargetSeen)
        ),
        None,
    )
    plane = caliper.plane if caliper else None
    return FindingsLesion(
        id=lesion.lesion_id,
        role=LesionRole.TARGET
        if lesion.role is LesionRole.TARGET
        else LesionRole.NON_TARGET,
        organ=lesion.organ,
        nodal=lesion.nodal,
        note=lesion.finding_site or None,
        modality=_modality(case, plane.series_instance_uid) if plane else None,
        slice_thickness_mm=plane.slice_thickness_mm if plane else None,
        blastic=lesion.blastic,
        previously_irradiated=lesion.previously_irradiated,
        progressed_since=lesion.progressed_since,
    )


def _modality(case: Case, series_instance_uid: str) -> str | None:
    return next(
        (
            series.modality
            for timepoint in case.timepoints
            for series in timepoint.series
            if series.series_instance_uid == series_instance_uid
        ),
        None,
    )


def _timepoint(case: Case, read: Read, timepoint: Timepoint) -> FindingsTimepoint:
    target: dict[str, TargetFinding] = {}
    nontarget: dict[str, NonTargetFinding] = {}
    new: list[NewLesionFinding] = []
    known = case.clinical_at(timepoint.timepoint_id) or Clinical()
    recorded = read.responses_at(timepoint.timepoint_id)
    for lesion in read.lesions:
        finding = read.finding(lesion.lesion_id, timepoint.timepoint_id)
        if finding is None:
            continue
        if isinstance(finding, NewLesionSeen):
            new.append(_new(lesion, finding, timepoint.timepoint_id))
        elif lesion.role is LesionRole.TARGET:
            target[lesion.lesion_id] = _target(lesion, finding)
        else:
            nontarget[lesion.lesion_id] = _nontarget(finding)
    return FindingsTimepoint(
        id=timepoint.timepoint_id,
        date=timepoint.date,
        target=target,
        nontarget=nontarget,
        new=tuple(new),
        marker=known.marker_raised,
        markers=known.markers,
        symptoms=known.symptoms,
        somatostatin_analogue=known.somatostatin_analogue,
        fdg_pet=known.fdg_pet,
        overall=recorded and recorded.overall,
        liver=recorded and recorded.liver,
        responses=known.responses,
        pet=_without_masks(read.uptake_at(timepoint.timepoint_id)),
        volumes_ml=read.volumes_at(timepoint.timepoint_id) or {},
        overrides=tuple(
            ResponseOverride(scope=one.scope, response=one.response, reason=one.reason)
            for one in read.overrides
            if one.timepoint_id == timepoint.timepoint_id
        ),
        target_scan_dates=timepoint.target_scan_dates,
    )


def _without_masks(pet: PetScan | None) -> PetScan | None:
    """Return what criteria look at: they see no voxels."""
    if pet is None or all(one.mask is None for one in pet.lesions.values()):
        return pet
    lesions = {name: one.replaced(mask=None) for name, one in pet.lesions.items()}
    return pet.replaced(lesions=lesions)


def _target(lesion: Lesion, finding: Finding) -> TargetFinding:
    match finding:
        case Measured():
            return _measured(lesion, finding)
        case Split():
            return _split(lesion, finding)
        case NotEvaluable():
            return StatedTarget(state="ne", reason=finding.reason)
        case MergedInto():
            return StatedTarget(state="merged_into", lesion=finding.lesion_id)
        case Absent() | TooSmall():
            return StatedTarget(state=finding.kind)
        case _:
            raise _impossible(lesion.role, finding)


def _measured(lesion: Lesion, finding: Measured) -> MeasuredTarget:
    caliper = finding.caliper
    across = caliper.long_axis if lesion.nodal else caliper.short_axis
    return MeasuredTarget(
        mm=counted_mm(caliper, nodal=lesion.nodal),
        perpendicular_mm=across.value_mm if across else None,
        **MeasuredFigures.shared(finding),
    )


def _split(lesion: Lesion, finding: Split) -> TargetFinding:
    drawn = [part for part in finding.parts if part is not None]
    if lesion.nodal and any(part.short_axis is None for part in drawn):
        return StatedTarget(state="ne", reason="a part of the node has no short axis")
    parts = tuple(
        AbsentPart(state="absent")
        if part is None
        else counted_mm(part, nodal=lesion.nodal)
        for part in finding.parts
    )
    return SplitTarget(
        state="split",
        parts_mm=parts,
        area_mm2=_area_mm2(finding),
        **TargetFigures.shared(finding),
    )


def _area_mm2(finding: Split) -> Decimal | None:
    """Return the sum of the products of the parts; None where an axis is missing."""
    total = Decimal(0)
    for part in finding.parts:
        if part is None:
            continue
        if part.short_axis is None:
            return None
        total += part.long_axis.value_mm * part.short_axis.value_mm
    return total


def _nontarget(finding: Finding) -> NonTargetFinding:
    match finding:
        case NonTargetSeen():
            short = finding.caliper.short_axis if finding.caliper else None
            return NonTargetFinding(
                state=finding.status.value,
                short_axis_mm=short.value_mm if short else None,
                **NonTargetFigures.shared(finding),
            )
        case Absent():
            return NonTargetFinding(state="absent")
        case NotEvaluable():
            return NonTargetFinding(state="ne", reason=finding.reason)
        case MergedInto():
            return NonTargetFinding(state="merged_into", lesion=finding.lesion_id)
        case _:
            raise _impossible(LesionRole.NON_TARGET, finding)


def _new(lesion: Lesion, finding: NewLesionSeen, timepoint_id: str) -> NewLesionFinding:
    mm = None
    if finding.caliper is not None:
        has_counted = not lesion.nodal or finding.caliper.short_axis is not None
        mm = counted_mm(finding.caliper, nodal=lesion.nodal) if has_counted else None
    shared = NewLesionFigures.shared(finding)
    shared["note"] = finding.note or lesion.finding_site or None
    return NewLesionFinding(
        id=lesion.lesion_id,
        organ=lesion.organ,
        mm=mm,
        nodal=lesion.nodal,
        first_seen=None if lesion.first_seen == timepoint_id else lesion.first_seen,
        evidence=finding.evidence,
        region_imaged_at_baseline=finding.region_imaged_at_baseline,
        kind=finding.followed_as,
        **shared,
    )


def _impossible(role: LesionRole, finding: Finding) -> ValueError:
    return ValueError(f"a {role.value} lesion holds the finding {finding.kind}")
