"""What makes findings contradict themselves; every fault is found at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from recist_tool.criteria.course.marker import marker_raised
from recist_tool.criteria.course.organs import organ_group
from recist_tool.criteria.numbers import listed
from recist_tool.errors import Fault, FindingsError
from recist_tool.model.findings import (
    AbsentPart,
    MeasuredTarget,
    NonTargetFinding,
    SplitTarget,
    StatedTarget,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from recist_tool.model.findings import (
        Findings,
        FindingsLesion,
        FindingsTimepoint,
        NewLesionFinding,
        TargetFinding,
    )


_UNLISTED = "which is not among the lesions"
_CORRECT = "Correct the id"


def lesion_faults(lesions: Sequence[FindingsLesion]) -> list[Fault]:
    """Return the lesion names that are used more than once."""
    if len({lesion.id for lesion in lesions}) == len(lesions):
        return []
    counts = Counter(lesion.id for lesion in lesions)
    remedy = "Give each lesion its own id"
    return [
        Fault(f"lesion {name}", f"is listed {count} times", remedy)
        for name, count in counts.items()
        if count > 1
    ]


def visit_faults(
    findings: Findings,
    targets: frozenset[str],
    others: frozenset[str],
    simple_ids: Collection[str],
    *,
    has_baseline: bool,
) -> list[Fault]:
    """Return what is wrong with the timepoints of a patient, dates apart.

    Parameters
    ----------
    targets, others
        The names of the baseline lesions; one that is used twice is a target.
    simple_ids
        Timepoints at which nothing merged (see `simple`).
    """
    faults = _repeated_timepoints(findings.timepoints)
    for seen in findings.timepoints:
        if not (seen.target.keys() <= targets and seen.nontarget.keys() <= others):
            faults += _name_faults(seen, targets, others)
        if seen.id not in simple_ids and has_merged(seen):
            faults += _merge_faults(seen, targets, others)
        if seen.marker is not None:
            faults += _marker_faults(seen)
    if any(seen.new for seen in findings.timepoints):
        faults += _new_lesion_faults(findings, targets | others, has_baseline)
    if has_baseline:
        return faults + _baseline_faults(findings.timepoints[0], targets)
    return faults + _without_baseline_faults(findings)


def simple(seen: FindingsTimepoint) -> bool:
    """Return whether each target has a diameter and each non-target a plain word.

    Nothing has merged at such a visit, which is almost every visit.
    """
    for finding in seen.target.values():
        if type(finding) is not MeasuredTarget or finding.merged_with:
            return False
    for finding in seen.nontarget.values():
        if type(finding) is not str or finding == "merged_into":
            return False
    return True


def has_merged(seen: FindingsTimepoint) -> bool:
    """Return whether any lesion of a visit is part of another."""
    for finding in seen.target.values():
        if type(finding) is MeasuredTarget:
            if finding.merged_with:
                return True
        elif _is_merged(finding):
            return True
    return any(map(_is_merged, seen.nontarget.values()))


def host(seen: FindingsTimepoint, lesion_id: str) -> str:
    """Return the lesion that `lesion_id` is part of at a visit: itself, if not merged.

    Chains are followed; a chain that closes on itself ends where it started.
    """
    at, passed = lesion_id, {lesion_id}
    while (following := _merged_into(seen, at)) is not None:
        if following in passed:
            return lesion_id
        passed.add(following)
        at = following
    return at


def _merged_into(seen: FindingsTimepoint, lesion_id: str) -> str | None:
    """Return the lesion that this one names as its host, or that claims this one."""
    finding = seen.target.get(lesion_id) or seen.nontarget.get(lesion_id)
    if finding is not None and not _is_merged(finding):
        return None
    return _named_host(seen, lesion_id) or _claimed_by(seen, lesion_id)


def _named_host(seen: FindingsTimepoint, lesion_id: str) -> str | None:
    finding = seen.target.get(lesion_id) or seen.nontarget.get(lesion_id)
    if isinstance(finding, NonTargetFinding):
        return finding.merged_into or finding.lesion
    return finding.lesion if isinstance(finding, StatedTarget) else None


def _is_merged(finding: TargetFinding | NonTargetFinding | str) -> bool:
    if isinstance(finding, NonTargetFinding):
        return finding.state == "merged_into" or finding.merged_into is not None
    if isinstance(finding, StatedTarget):
        return finding.state == "merged_into"
    return finding == "merged_into"


def _claimed_by(seen: FindingsTimepoint, lesion_id: str) -> str | None:
    """Return the measured target that says it merged with `lesion_id`."""
    claims = (
        name
        for name, finding in seen.target.items()
        if isinstance(finding, MeasuredTarget) and lesion_id in finding.merged_with
    )
    return next((name for name in claims if name != lesion_id), None)


def _repeated_timepoints(timepoints: Sequence[FindingsTimepoint]) -> list[Fault]:
    if len({seen.id for seen in timepoints}) == len(timepoints):
        return []
    counts = Counter(seen.id for seen in timepoints)
    return [
        Fault(f"timepoint {name}", f"is listed {count} times", "Give each its own id")
        for name, count in counts.items()
        if count > 1
    ]


def _name_faults(
    seen: FindingsTimepoint, targets: frozenset[str], others: frozenset[str]
) -> list[Fault]:
    faults = [
        _name_fault(seen, name, "target", "non-target", name in others)
        for name in seen.target
        if name not in targets
    ]
    return faults + [
        _name_fault(seen, name, "non-target", "target", name in targets)
        for name in seen.nontarget
        if name not in others
    ]


def _name_fault(
    seen: FindingsTimepoint, name: str, used_as: str, other: str, is_other: bool
) -> Fault:
    what = f"is used as a {used_as} but "
    what += f"is a {other} lesion" if is_other else "is not among the lesions"
    return Fault(_at(seen, name), what, "Add the lesion or correct the id")


def _merge_faults(
    seen: FindingsTimepoint, targets: frozenset[str], others: frozenset[str]
) -> list[Fault]:
    faults: list[Fault] = []
    for name, finding in (*seen.target.items(), *seen.nontarget.items()):
        if isinstance(finding, MeasuredTarget):
            faults += [
                Fault(_at(seen, name), f"merged with {other}, {_UNLISTED}", _CORRECT)
                for other in finding.merged_with
                if other not in targets | others
            ]
        elif _is_merged(finding):
            faults += _host_faults(seen, name, targets, others)
    return faults + _claim_faults(seen, targets | others)


def _claim_faults(seen: FindingsTimepoint, known: frozenset[str]) -> list[Fault]:
    """Return the lesions that do not say where they are, and two others claim."""
    claims: dict[str, list[str]] = {}
    for name, finding in seen.target.items():
        if isinstance(finding, MeasuredTarget):
            for other in finding.merged_with:
                claims.setdefault(other, []).append(name)
    return [
        Fault(
            _at(seen, name),
            f"is merged with {listed(by)}, and can be part of one only",
            'Name it: {"state": "merged_into", "lesion": "…"}',
        )
        for name in sorted(claims.keys() & known)
        if len(by := [one for one in claims[name] if one != name]) > 1
        and _named_host(seen, name) is None
        and not _is_measured(seen, name)
    ]


def _is_measured(seen: FindingsTimepoint, name: str) -> bool:
    finding = seen.target.get(name) or seen.nontarget.get(name)
    return finding is not None and not _is_merged(finding)


def _host_faults(
    seen: FindingsTimepoint,
    name: str,
    targets: frozenset[str],
    others: frozenset[str],
) -> list[Fault]:
    into = _merged_into(seen, name)
    if into is None:
        what, remedy = "merged into a lesion that is not named", "Name it"
    elif into not in targets | others:
        what, remedy = f"merged into {into}, {_UNLISTED}", _CORRECT
    elif name in targets and into in others:
        what = f"merged into the non-target {into}"
        remedy = "Measure the conglomerate as the target, and mark the other as merged"
    elif host(seen, name) == name:
        what = f"merged into {into}, which leads back to {name}"
        remedy = "Measure one of them as the conglomerate"
    else:
        return []
    return [Fault(_at(seen, name), what, remedy)]


def _marker_faults(seen: FindingsTimepoint) -> list[Fault]:
    try:
        marker_raised(seen.marker)
    except FindingsError as error:
        return [
            Fault(f"{_at(seen)}, {fault.where}", fault.what, fault.remedy)
            for fault in error.faults
        ]
    return []


def _baseline_faults(
    baseline: FindingsTimepoint, targets: Iterable[str]
) -> list[Fault]:
    faults: list[Fault] = []
    for name in targets:
        finding = baseline.target.get(name)
        if type(finding) is MeasuredTarget and finding.mm:
            continue
        if (what := _unmeasured(finding)) is not None:
            remedy = "Measure it at baseline, or make it a non-target"
            faults.append(Fault(_at(baseline, name), what, remedy))
    return sorted(faults)


def _without_baseline_faults(findings: Findings) -> list[Fault]:
    """Return lesions without their baseline, unless it is said that there is none."""
    timepoints = findings.timepoints
    if findings.has_baseline:
        what = "records a response, so there is no baseline for the lesions"
        remedy = "Add the baseline findings as the first timepoint, or give "
        remedy += "has_baseline: false"
        at = timepoints[:1] if findings.lesions else ()
        return [Fault(_at(seen), what, remedy) for seen in at]
    what = "is a baseline, but has_baseline is false"
    remedy = "Leave one of the two out; a baseline that cannot be read is none"
    return [Fault(_at(seen), what, remedy) for seen in timepoints if seen.id == "BL"]


def _unmeasured(finding: TargetFinding | None) -> str | None:
    """Return why a baseline finding is no measurement, or None if it is one."""
    if finding is None:
        return "the target has no finding"
    if isinstance(finding, MeasuredTarget):
        return None if finding.mm else "the target measures 0 mm"
    if isinstance(finding, SplitTarget):
        sizes = [part for part in finding.parts_mm if not isinstance(part, AbsentPart)]
        return None if any(sizes) else "the target measures 0 mm"
    if finding.state == "too_small":
        return None
    return f"the target is {finding.state.replace('_', ' ')}, not measured"


def _new_lesion_faults(
    findings: Findings, known: frozenset[str], has_baseline: bool
) -> list[Fault]:
    order = {seen.id: number for number, seen in enumerate(findings.timepoints)}
    words = findings.settings.organ_words
    organs: dict[str, str] = {}
    faults: list[Fault] = []
    for number, seen in enumerate(findings.timepoints):
        if not seen.new:
            continue
        if number == 0 and has_baseline:
            what = "the baseline cannot have new lesions"
            faults.append(Fault(_at(seen), what, "List them among the lesions"))
        faults += _repeated_new(seen)
        for lesion in seen.new:
            faults += _new_fault(seen, lesion, known, order)
            organ = organs.setdefault(lesion.id, lesion.organ)
            if organ_group(organ, words) != organ_group(lesion.organ, words):
                what = f"is in {lesion.organ} here and in {organ} before"
                remedy = "One lesion has one organ; give another lesion its own id"
                faults.append(Fault(_at(seen, lesion.id), what, remedy))
    return faults


def _repeated_new(seen: FindingsTimepoint) -> list[Fault]:
    counts: Mapping[str, int] = Counter(lesion.id for lesion in seen.new)
    return [
        Fault(_at(seen, name), "is listed twice", "Give each new lesion its own id")
        for name, count in counts.items()
        if count > 1
    ]


def _new_fault(
    seen: FindingsTimepoint,
    lesion: NewLesionFinding,
    known: frozenset[str],
    order: Mapping[str, int],
) -> list[Fault]:
    where = _at(seen, lesion.id)
    if lesion.id in known:
        return [Fault(where, "is new, but was there at baseline", "Give it another id")]
    first = lesion.first_seen
    if first is not None and first not in order:
        what = f"was first seen at {first}, which is not among the timepoints"
        return [Fault(where, what, "Correct first_seen")]
    if first is not None and order[first] > order[seen.id]:
        what = f"was first seen at {first}, which comes later"
        return [Fault(where, what, "Correct first_seen")]
    return []


def _at(seen: FindingsTimepoint, lesion_id: str | None = None) -> str:
    where = f"timepoint {seen.id}"
    return where if lesion_id is None else f"{where}, lesion {lesion_id}"
