"""Where the papers ask a person to look: remarks that change no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.answer import Message
from recist_tool.criteria.course.checks import has_merged, host
from recist_tool.criteria.course.organs import is_node, organ_group
from recist_tool.criteria.numbers import listed, millimetres
from recist_tool.criteria.recist11.reasons import Evidence, TargetRule
from recist_tool.criteria.recist11.sums import (
    NORMAL_NODE_MM,
    TOO_SMALL_MM,
    diameter,
    present_again,
)
from recist_tool.criteria.recist11.visits import meets_pd
from recist_tool.model.findings import StatedTarget
from recist_tool.terms import MessageLevel, NewLesions, NewLesionStatus, Response, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import (
        Course,
        CourseLesion,
        CourseVisit,
        View,
    )
    from recist_tool.model.findings import FindingsTimepoint, NewLesionFinding

QUERY: Final = MessageLevel.QUERY
WARNING: Final = MessageLevel.WARNING
TARGET_NODE_MM: Final = 15


def queries(
    course: Course, view: View, answers: Mapping[str, TimepointResponse]
) -> list[Message]:
    """Return what a person should look at in one scope, visit by visit.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answers
        Of `assess_visits`, by visit ID.
    """
    messages: list[Message] = []
    for visit in course.follow_ups:
        answer = answers[visit.id]
        if not visit.recorded:
            if view.scope is Scope.OVERALL:
                messages += _of_findings(course, view, visit)
            if _says_more(visit.seen):
                messages += _stated_by_the_reader(course, view, visit, answer)
            if answer.overall is Response.PD and not answer.post_pd:
                messages += _progression(course, view, visit, answer)
    if view.scope is Scope.LIVER:
        return [one._replace(text=f"liver: {one.text}") for one in messages]
    return messages


def _of_findings(course: Course, view: View, visit: CourseVisit) -> list[Message]:
    """Tell of lesions that have no finding, ask about those that merged."""
    given = len(visit.seen.target) + len(visit.seen.nontarget)
    complete = given == len(view.targets) + len(view.non_targets)
    messages = [] if complete else _unread(view, visit)
    if visit.simple or not has_merged(visit.seen):
        return messages
    return messages + _merged(course, visit)


def _says_more(seen: FindingsTimepoint) -> bool:
    """Return whether a visit holds more than findings of the baseline lesions."""
    if seen.new or seen.fdg_pet is not None:
        return True
    return seen.overall is not None or seen.liver is not None


def _stated_by_the_reader(
    course: Course, view: View, visit: CourseVisit, answer: TimepointResponse
) -> list[Message]:
    """Ask about new lesions, PET, and responses written down beside findings."""
    seen = visit.seen
    messages: list[Message] = []
    if seen.new:
        for lesion in view.new_at(seen):
            messages += _new(course, visit, lesion, answer)
    if seen.overall is not None or seen.liver is not None:
        messages += _recorded_beside(view, visit, answer)
    if seen.fdg_pet is not None:
        messages += _pet(course, visit)
    return messages


def _unread(view: View, visit: CourseVisit) -> list[Message]:
    """Warn of lesions without a finding; the answer takes them as not evaluated."""
    seen = visit.seen
    names = [one.id for one in view.targets if one.id not in seen.target]
    names += [one.id for one in view.non_targets if one.id not in seen.nontarget]
    names = [name for name in names if host(seen, name) == name]
    if not names:
        return []
    verb = "has" if len(names) == 1 else "have"
    text = f"{listed(names)} {verb} no finding: taken as not evaluated"
    lesion = names[0] if len(names) == 1 else None
    return [
        Message(WARNING, "no-finding", text=text, lesion=lesion, timepoint=visit.id)
    ]


def _merged(course: Course, visit: CourseVisit) -> list[Message]:
    merged = [one for one in course.lesions if host(visit.seen, one.id) != one.id]
    messages = [_across(course, visit, one) for one in merged]
    messages += [_non_target_merged(visit, one.id) for one in merged if not one.target]
    return [message for message in messages if message is not None]


def _across(course: Course, visit: CourseVisit, lesion: CourseLesion) -> Message | None:
    """Ask about a merge of which the liver counts one lesion and not the other."""
    into = host(visit.seen, lesion.id)
    if any(one.id == into and one.hepatic == lesion.hepatic for one in course.lesions):
        return None
    text = f"{lesion.id} merged into {into}: one is in the liver, one is not"
    return Message(
        QUERY, "merged-across-scopes", text=text, lesion=lesion.id, timepoint=visit.id
    )


def _non_target_merged(visit: CourseVisit, name: str) -> Message:
    into = host(visit.seen, name)
    text = f"non-target {name} merged into {into}, which RECIST 1.1 does not address: "
    text += f"{into} is measured as one, {name} is there while {into} is"
    return Message(
        QUERY, "merged-with-non-target", text=text, lesion=name, timepoint=visit.id
    )


def _new(
    course: Course,
    visit: CourseVisit,
    lesion: NewLesionFinding,
    answer: TimepointResponse,
) -> list[Message]:
    found: list[tuple[str, str]] = []
    if lesion.status is NewLesionStatus.RESOLVED and _definite_before(
        course, visit, lesion
    ):
        found.append(
            ("definite-then-resolved", f"{lesion.id} was definite and is gone")
        )
    if lesion.status is NewLesionStatus.DEFINITE:
        found += _dating(course, visit, lesion)
        if lesion.evidence == "fdg_pet_no_baseline":
            text = f"{lesion.id} is definite on PET alone without a baseline PET: "
            text += "CT must confirm the site (Eisenhauer 2009, 4.3.5)"
            found.append(("pet-without-ct", text))
        words = course.settings.organ_words
        if is_node(lesion.organ, lesion.nodal, words) and lesion.mm is not None:
            found += _small_node(lesion, lesion.mm, answer)
    return [
        Message(QUERY, code, text=text, lesion=lesion.id, timepoint=visit.id)
        for code, text in found
    ]


def _definite_before(
    course: Course, visit: CourseVisit, lesion: NewLesionFinding
) -> bool:
    return any(
        one.id == lesion.id and one.status is NewLesionStatus.DEFINITE
        for earlier in course.follow_ups
        if earlier.day < visit.day
        for one in earlier.seen.new
    )


def _dating(
    course: Course, visit: CourseVisit, lesion: NewLesionFinding
) -> list[tuple[str, str]]:
    first = lesion.first_seen
    if first is None or first == visit.id:
        return []
    if course.baseline is not None and first == course.baseline.id:
        text = (
            f"{lesion.id} was first seen at baseline: is it new? PD is not dated back"
        )
        return [("new-lesion-at-baseline", text)]
    earlier = next(one for one in course.follow_ups if one.id == first)
    if any(one.id == lesion.id for one in earlier.seen.new):
        return []
    text = f"{lesion.id} is dated back to {first}, where nothing was noted"
    return [("dated-back-in-hindsight", text)]


def _small_node(
    lesion: NewLesionFinding, size: Decimal, answer: TimepointResponse
) -> list[tuple[str, str]]:
    if size < NORMAL_NODE_MM:
        text = f"new node {lesion.id} of {millimetres(size)} is normal by size"
        return [("new-node-normal-size", f"{text} (Eisenhauer 2009, 3.1.1)")]
    alone = Response.PD not in (answer.target, answer.nontarget)
    if size >= TARGET_NODE_MM or not alone or answer.post_pd:
        return []
    text = f"new node {lesion.id} of {millimetres(size)} may be the only sign of PD: "
    return [("small-new-node", text + "consider waiting for the next visit")]


def _recorded_beside(
    view: View, visit: CourseVisit, answer: TimepointResponse
) -> list[Message]:
    """Tell where a recorded response stands beside findings."""
    given = visit.seen.overall if view.scope is Scope.OVERALL else visit.seen.liver
    if isinstance(answer.why, Evidence) and answer.why.override:
        text = f"{view.scope} response {given} is the reader's; the findings give NE"
        return [Message(QUERY, "reader-override", text=text, timepoint=visit.id)]
    if given is None or given is answer.overall:
        return []
    text = f"{view.scope} response was recorded as {given}; the findings give "
    text += f"{answer.overall}, which is used"
    return [Message(WARNING, "recorded-differs", text=text, timepoint=visit.id)]


def _pet(course: Course, visit: CourseVisit) -> list[Message]:
    """Ask about uptake at a site that no lesion explains."""
    pet = visit.seen.fdg_pet
    if pet is None or pet.positive_at is None:
        return []
    sites = [pet.positive_at] if isinstance(pet.positive_at, str) else pet.positive_at
    known = {one.id for one in course.findings.lesions}
    words = course.settings.organ_words
    organs = {one.group for one in course.lesions}
    for lesion in visit.seen.new:
        known.add(lesion.id)
        organs.add(organ_group(lesion.organ, words, nodal=lesion.nodal))
    unknown = [
        site
        for site in sites
        if site not in known and organ_group(site, words) not in organs
    ]
    if not unknown:
        return []
    text = f"PET is positive at {listed(unknown)}, where no lesion is noted"
    return [Message(QUERY, "pet-positive-elsewhere", text=text, timepoint=visit.id)]


def _progression(
    course: Course, view: View, visit: CourseVisit, answer: TimepointResponse
) -> list[Message]:
    why = answer.why
    assert isinstance(why, Evidence)  # noqa: S101 - the caller looked
    found: list[tuple[str, str]] = []
    if why.cr_at is not None and Response.PD in (answer.target, answer.nontarget):
        text = f"disease is back after CR at {why.cr_at}: was the CR real? If not, "
        found.append(("disease-after-cr", f"{text}read {why.cr_at} as PR"))
    if why.rule is TargetRule.BACK_AFTER_CR and _only_a_small_node(view, visit, answer):
        text = "a target node below 15 mm is the only sign of PD: consider waiting"
        found.append(("small-node-after-cr", text))
    if why.rule is TargetRule.GROWN and _rests_on_too_small(
        course, view, visit, answer
    ):
        text = (
            "the PD rests on a lesion too small to measure, taken as 5 mm: re-read it"
        )
        found.append(("too-small-default-pd", text))
    return [Message(QUERY, code, text=text, timepoint=visit.id) for code, text in found]


def _only_a_small_node(
    view: View, visit: CourseVisit, answer: TimepointResponse
) -> bool:
    if answer.new_lesions is NewLesions.YES or answer.nontarget is Response.PD:
        return False
    back = present_again(view, visit.seen)
    sizes = [diameter(view, visit.seen, lesion) for lesion in back if lesion.nodal]
    return len(sizes) == len(back) and all(
        size is not None and size < TARGET_NODE_MM for size in sizes
    )


def _rests_on_too_small(
    course: Course, view: View, visit: CourseVisit, answer: TimepointResponse
) -> bool:
    """Return whether PD fails once default sizes take their kindest value.

    A lesion too small to measure lies between 0 and 10 mm: now it could be 0, and at
    the nadir it could have been almost 10.
    """
    total, nadir = answer.sum_mm, answer.nadir_ref_mm
    if total is None or nadir is None:
        return False
    kindest = total - TOO_SMALL_MM * _too_small_at(view, visit.seen)
    before = (one for one in course.follow_ups if one.id == answer.nadir_at)
    at_nadir = next(before, course.baseline)
    if at_nadir is not None:
        nadir += TOO_SMALL_MM * _too_small_at(view, at_nadir.seen)
    return not meets_pd(kindest, nadir)


def _too_small_at(view: View, seen: FindingsTimepoint) -> int:
    return sum(
        isinstance(finding, StatedTarget) and finding.state == "too_small"
        for name, finding in seen.target.items()
        if name in view.target_ids
    )
