"""TR: what was measured or seen of each lesion, visit by visit, and the sums."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.cdisc.links import Link, group_of, links_at, part_id
from recist_tool.cdisc.results import (
    ZERO,
    Result,
    counted_test,
    diameters,
    measured,
    node_state,
    not_done,
    stated,
    too_small,
)
from recist_tool.cdisc.subject import nodal
from recist_tool.cdisc.sums import sum_results
from recist_tool.cdisc.tu import evidence, modality_method, timing
from recist_tool.criteria.course.course import only_recorded
from recist_tool.criteria.recist11.sums import TOO_SMALL_MM
from recist_tool.model.findings import (
    MeasuredTarget,
    NonTargetFinding,
    SplitTarget,
)
from recist_tool.terms import LesionRole, NewLesionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.cdisc.dataset import Value
    from recist_tool.cdisc.subject import SubjectRead
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.findings import (
        FindingsTimepoint,
        NewLesionFinding,
        TargetFinding,
    )

    Record = dict[str, Value]

NOT_ASSESSED: Final = "NOT ASSESSED"
_NON_TARGET_WORDS: Final = {
    "present": "PRESENT",
    "increased_not_unequivocal": "INCREASED, NOT UNEQUIVOCAL",
    "unequivocal_pd": "UNEQUIVOCAL PROGRESSION",
    "absent": "ABSENT",
}
_NEW_STATES: Final = {
    NewLesionStatus.DEFINITE: "UNEQUIVOCAL",
    NewLesionStatus.EQUIVOCAL: "EQUIVOCAL",
    NewLesionStatus.RESOLVED: "ABSENT",
}


class Line(NamedTuple):
    """One result and what it belongs to."""

    group: str
    link_id: str
    method: str
    result: Result


def tr_records(reading: SubjectRead) -> Iterator[Record]:
    """Return the records of one read, visit by visit: lesions, then sums."""
    for seen in reading.findings.timepoints:
        if only_recorded(seen):
            continue
        visit = reading.visits[seen.id]
        for line in _lines(reading, seen):
            yield {
                **reading.subject("TR"),
                **reading.who("TR"),
                **timing("TR", visit),
                **line.result.record(),
                "TRGRPID": line.group,
                "TRLNKID": line.link_id,
                "TRLNKGRP": reading.link_group(visit),
                "TRMETHOD": line.method,
            }


def _lines(reading: SubjectRead, seen: FindingsTimepoint) -> Iterator[Line]:
    for link in links_at(reading, seen):
        if link.lesion.role is LesionRole.TARGET:
            yield from _target(reading, seen, link)
        else:
            yield from _non_target(reading, seen, link)
    for lesion in seen.new:
        yield from _new(reading, seen.id, lesion)
    for group, result in sum_results(reading, seen):
        yield Line(group, "", "", result)


def _target(
    reading: SubjectRead, seen: FindingsTimepoint, link: Link
) -> Iterator[Line]:
    lesion = link.lesion
    finding = seen.target.get(lesion.id)
    how = modality_method(reading, lesion.id, seen.id, lesion.modality)
    drawn = reading.calipers.drawn.get((lesion.id, seen.id), ())
    node = nodal(reading, lesion)
    if isinstance(finding, SplitTarget):
        for number, part in enumerate(finding.parts_mm, start=1):
            size = part if isinstance(part, Decimal) else ZERO
            caliper = drawn[number - 1] if drawn else None
            for result in _sized(size, caliper, node=node):
                yield Line("TARGET", part_id(link.id, number), how, result)
        for result in _other_measures(finding):
            yield Line("TARGET", link.id, how, result)
        return
    caliper = drawn[0] if drawn else None
    for result in _target_results(finding, caliper, node=node):
        yield Line("TARGET", link.id, how, result)
    if link.joins_other_roles:
        yield Line("NON-TARGET", link.id, how, _merged_state(finding))


def _target_results(
    finding: TargetFinding | None, caliper: Caliper | None, *, node: bool
) -> list[Result]:
    counted = counted_test(nodal=node)
    if finding is None:
        return [not_done(counted, NOT_ASSESSED)]
    if isinstance(finding, MeasuredTarget):
        sizes = _sized(finding.mm, caliper, node=node)
        across = finding.perpendicular_mm
        if across is not None and not node and caliper is None:
            sizes.append(measured("LPERP", across))
        return [*sizes, *_other_measures(finding)]
    if isinstance(finding, SplitTarget) or finding.state == "ne":
        return [not_done(counted, getattr(finding, "reason", None))]
    if finding.state == "too_small":
        state = [node_state(TOO_SMALL_MM)] if node else []
        return [too_small(counted), *state]
    return _sized(ZERO, None, node=node)


def _other_measures(finding: MeasuredTarget | SplitTarget) -> list[Result]:
    """Return what other criteria than RECIST 1.1 measure: mRECIST, Choi, volume."""
    measures = (
        ("VDIAM", finding.viable_mm, "mm"),
        ("RADIODEN", finding.hu_mean, "HU"),
        ("VOLUME", finding.volume_ml, "mL"),
    )
    return [
        measured(test, value, unit)
        for test, value, unit in measures
        if value is not None
    ]


def _sized(size: Decimal, caliper: Caliper | None, *, node: bool) -> list[Result]:
    """Return what was drawn, or else the diameter that counts; a node has a state."""
    sizes = [measured(counted_test(nodal=node), size)]
    if caliper is not None:
        sizes = diameters(caliper)
    return [*sizes, node_state(size)] if node else sizes


def _merged_state(finding: TargetFinding | None) -> Result:
    """Return what became of a non-target that is part of a target now."""
    if finding is None or getattr(finding, "state", "") == "ne":
        return not_done("TUMSTATE", getattr(finding, "reason", NOT_ASSESSED))
    gone = getattr(finding, "state", "") == "absent" or (
        isinstance(finding, MeasuredTarget) and not finding.mm
    )
    state = "ABSENT" if gone else "PRESENT"
    return stated("TUMSTATE", state, state)


def _non_target(
    reading: SubjectRead, seen: FindingsTimepoint, link: Link
) -> Iterator[Line]:
    lesion = link.lesion
    how = modality_method(reading, lesion.id, seen.id, lesion.modality)
    finding = seen.nontarget.get(lesion.id)
    if finding is not None and not isinstance(finding, NonTargetFinding):
        finding = NonTargetFinding(state=finding)
    drawn = reading.calipers.drawn.get((lesion.id, seen.id), ())
    for caliper in drawn:
        if caliper is not None:
            for result in diameters(caliper):
                yield Line("NON-TARGET", link.id, how, result)
    if finding is not None and finding.short_axis_mm is not None and not drawn:
        size = measured("LPERP", finding.short_axis_mm)
        yield Line("NON-TARGET", link.id, how, size)
    result = _non_target_state(finding, node=nodal(reading, lesion))
    yield Line("NON-TARGET", link.id, how, result)


def _non_target_state(finding: NonTargetFinding | None, *, node: bool) -> Result:
    test = "LNSTATE" if node else "TUMSTATE"
    if finding is None:
        return not_done(test, NOT_ASSESSED)
    if finding.state in ("ne", "merged_into"):
        return not_done(test, finding.reason)
    words = _NON_TARGET_WORDS[finding.state]
    if not node:
        return stated(test, words, "ABSENT" if words == "ABSENT" else "PRESENT")
    size = finding.short_axis_mm
    if size is not None and finding.state != "unequivocal_pd":
        return stated(test, words, node_state(size).standard)
    standard = "NON-PATHOLOGICAL" if words == "ABSENT" else "PATHOLOGICAL"
    return stated(test, words, standard)


def _new(
    reading: SubjectRead, timepoint_id: str, lesion: NewLesionFinding
) -> list[Line]:
    name = reading.link_id(lesion.id)
    how = modality_method(reading, lesion.id, timepoint_id, evidence(lesion))
    state = _NEW_STATES[lesion.status]
    results = [stated("TUMSTATE", state, state)]
    drawn = reading.calipers.drawn.get((lesion.id, timepoint_id), ())
    if drawn:
        results += [one for caliper in drawn if caliper for one in diameters(caliper)]
    elif lesion.mm is not None:
        results.append(measured(counted_test(nodal=bool(lesion.nodal)), lesion.mm))
    return [Line(group_of(LesionRole.NEW), name, how, result) for result in results]
