"""Whether a lesion can be a target, and whether the targets of a read conform.

The functions answer while a caliper is drawn. They advise: nothing here blocks a read.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer import Message
from recist_tool.criteria.organs import is_node, organ_group
from recist_tool.criteria.sums import NORMAL_NODE_MM
from recist_tool.criteria.words import millimetres
from recist_tool.model.findings import MeasuredTarget, NonTargetFinding, StatedTarget
from recist_tool.model.protocol import Protocol
from recist_tool.terms import LesionRole, MessageLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.criteria.course import Course
    from recist_tool.model.findings import FindingsLesion

    Length = Decimal | float | int

WARNING: Final = MessageLevel.WARNING
MAX_DAYS_BEFORE_START: Final = 28
THICK_SLICE_MM: Final = 5
CHEST_XRAY_FLOOR_MM: Final = Decimal(20)
_SIZES: Final = "Eisenhauer 2009, 3.1.1"
_NEVER: Final = "Eisenhauer 2009, 3.1.2"
_TREATED: Final = "Eisenhauer 2009, 3.1.3"
_METHODS: Final = "Eisenhauer 2009, 3.2"
_SELECTION: Final = "Eisenhauer 2009, 4.2"
_ON_SLICES: Final = frozenset({"CT", "MR", "MRI", "PET/CT"})
_NEVER_MEASURABLE: Final = frozenset(
    {
        "ascites",
        "leptomeninges",
        "leptomeningeal disease",
        "lymphangitis",
        "inflammatory breast disease",
        "pleural effusion",
        "pericardial effusion",
        "effusion",
    }
)


class SuggestedRole(StrEnum):
    """The part that a lesion may play, by its size and kind."""

    TARGET = "target candidate"
    PATHOLOGICAL_NODE = "non_target (pathological)"
    NORMAL_NODE = "normal, not recorded"
    NON_TARGET = "non_target"


class Measurability(NamedTuple):
    """Whether a lesion is measurable at baseline.

    Attributes
    ----------
    role
        What the lesion may be in the read.
    reason, citation
        Why, in a few words, and where that is published.
    warning
        What a person should weigh although the answer stands; may be empty.
    """

    measurable: bool
    role: SuggestedRole
    reason: str
    citation: str
    warning: str = ""


class Selection(NamedTuple):
    """Whether the choice of targets conforms, and each way in which it does not."""

    valid: bool
    violations: tuple[str, ...]


def measurability(  # noqa: PLR0913 - one keyword for each fact that 3.1 asks for
    *,
    modality: str | None = "CT",
    slice_thickness_mm: Length | None = None,
    long_axis_mm: Length | None = None,
    short_axis_mm: Length | None = None,
    nodal: bool = False,
    organ: str = "",
    blastic: bool = False,
    previously_irradiated: bool = False,
    progressed_since: bool = False,
    protocol: Protocol | None = None,
) -> Measurability:
    """Return whether a lesion is measurable at baseline (Eisenhauer 2009, 3.1 and 3.2).

    Parameters
    ----------
    modality
        ``CT``, ``MR``, ``CXR``, ``CLINICAL`` can measure; ``US``, ``PT`` and others
        cannot. None is taken as CT, on which lesions are measured unless stated.
    slice_thickness_mm
        Slices over 5 mm raise the floor to twice their thickness; thin ones never
        lower it. None where the image has no slices or their thickness is unknown.
    long_axis_mm, short_axis_mm
        The caliper so far, mm. Nodes go by the short axis, all else by the long.
    blastic
        A bone lesion without a soft-tissue part that could be measured.
    previously_irradiated, progressed_since
        Local treatment of any kind, and growth shown since.

    Examples
    --------
    >>> measurability(long_axis_mm=13.9, slice_thickness_mm=7).reason
    'long axis 13.9 mm, below 14.0 mm'
    >>> measurability(short_axis_mm=15, nodal=True).role.value
    'target candidate'
    """
    limits = protocol or _DEFAULT_PROTOCOL
    method = (modality or "CT").upper()
    refused = _never_measurable(
        method, organ, blastic, previously_irradiated and not progressed_since
    )
    if refused is not None:
        return refused
    slices = _exact(slice_thickness_mm) if method in _ON_SLICES else None
    if nodal:
        return _node(_exact(short_axis_mm), slices, limits)
    floor = limits.min_long_axis_mm
    if method == "CXR":
        floor = max(floor, CHEST_XRAY_FLOOR_MM)
    answer = _by_long_axis(_exact(long_axis_mm), _raised(floor, slices))
    if method == "PET/CT" and answer.measurable:
        return answer._replace(warning="only on CT of diagnostic quality")
    return answer


def selection(organs: Sequence[str], protocol: Protocol | None = None) -> Selection:
    """Return whether targets in these organs may be chosen together (4.2).

    Paired organs count once, and so do all lymph nodes.

    Examples
    --------
    >>> selection(["lung (left)", "lung (left)", "lung (right)"]).violations
    ('more than 2 in lung',)
    """
    limits = protocol or _DEFAULT_PROTOCOL
    violations: list[str] = []
    if len(organs) > limits.max_targets:
        violations.append(f"more than {limits.max_targets} in total")
    for organ, count in Counter(organ_group(organ) for organ in organs).items():
        allowed = limits.targets_allowed_in(organ)
        if count > allowed:
            violations.append(f"more than {allowed} in {organ}")
    return Selection(not violations, tuple(violations))


def baseline_messages(course: Course, protocol: Protocol) -> list[Message]:
    """Return the ways in which a baseline does not conform, as warnings."""
    if course.baseline is None:
        return []
    messages = _date_messages(course)
    targets = [one for one in course.findings.lesions if one.role is LesionRole.TARGET]
    for violation in selection([one.organ for one in targets], protocol).violations:
        text = f"targets: {violation} ({_SELECTION})"
        messages.append(
            Message(WARNING, "target-selection", text, None, course.baseline.id)
        )
    for lesion in course.findings.lesions:
        message = _lesion_message(course, lesion, protocol)
        if message is not None:
            messages.append(message)
    return messages


_DEFAULT_PROTOCOL: Final = Protocol()


def _never_measurable(
    method: str, organ: str, blastic: bool, treated: bool
) -> Measurability | None:
    """Return why size does not matter, or None where it does."""
    role = SuggestedRole.NON_TARGET
    if method not in _ON_SLICES | {"CXR", "CLINICAL"}:
        return Measurability(False, role, f"{method} is not for measuring", _METHODS)
    if blastic:
        return Measurability(False, role, "blastic bone lesion", _NEVER)
    if organ_group(organ) in _NEVER_MEASURABLE:
        return Measurability(False, role, f"{organ} is never measurable", _NEVER)
    if treated:
        reason = "treated locally before, no progression shown since"
        return Measurability(False, role, reason, _TREATED)
    return None


def _node(
    short_mm: Decimal | None, slices: Decimal | None, limits: Protocol
) -> Measurability:
    if short_mm is None:
        reason = "the short axis of the node is not measured"
        return Measurability(False, SuggestedRole.NON_TARGET, reason, _SIZES)
    floor = limits.min_node_short_axis_mm
    raised = _raised(floor, slices)
    if limits.thick_slices_raise_node_floor:
        floor = raised
    if short_mm >= floor:
        thin = short_mm < raised
        warning = "below twice the slice thickness" if thin else ""
        reason = f"short axis {millimetres(short_mm)}, at least {millimetres(floor)}"
        return Measurability(True, SuggestedRole.TARGET, reason, _SIZES, warning)
    if short_mm >= NORMAL_NODE_MM:
        reason = f"short axis {millimetres(short_mm)}, below {millimetres(floor)}"
        return Measurability(False, SuggestedRole.PATHOLOGICAL_NODE, reason, _SIZES)
    reason = f"short axis {millimetres(short_mm)}, below {millimetres(NORMAL_NODE_MM)}"
    return Measurability(False, SuggestedRole.NORMAL_NODE, reason, _SIZES)


def _by_long_axis(long_mm: Decimal | None, floor: Decimal) -> Measurability:
    if long_mm is None:
        reason = "the long axis is not measured"
        return Measurability(False, SuggestedRole.NON_TARGET, reason, _SIZES)
    size = f"long axis {millimetres(long_mm)}"
    if long_mm >= floor:
        reason = f"{size}, at least {millimetres(floor)}"
        return Measurability(True, SuggestedRole.TARGET, reason, _SIZES)
    reason = f"{size}, below {millimetres(floor)}"
    return Measurability(False, SuggestedRole.NON_TARGET, reason, _SIZES)


def _raised(floor: Decimal, slices: Decimal | None) -> Decimal:
    if slices is None or slices <= THICK_SLICE_MM:
        return floor
    return max(floor, 2 * slices)


def _exact(value: Length | None) -> Decimal | None:
    """Return a number as it is written: 9.8, not its binary neighbour."""
    if value is None or isinstance(value, Decimal):
        return value
    return Decimal(str(value))


def _date_messages(course: Course) -> list[Message]:
    baseline = course.baseline
    assert baseline is not None  # noqa: S101 - the caller looked
    if course.counted_from_baseline:
        text = "there is no reference date: days are counted from the baseline scan"
        return [Message(WARNING, "no-reference-date", text, None, baseline.id)]
    if baseline.day < -MAX_DAYS_BEFORE_START:
        text = f"the baseline scan is {-baseline.day} days before the start, more than "
        text += f"{MAX_DAYS_BEFORE_START} ({_SELECTION})"
        return [Message(WARNING, "baseline-too-early", text, None, baseline.id)]
    if baseline.day > 0:
        text = f"the baseline scan is {baseline.day} days after the start"
        return [Message(WARNING, "baseline-after-start", text, None, baseline.id)]
    return []


def _lesion_message(
    course: Course, lesion: FindingsLesion, protocol: Protocol
) -> Message | None:
    if lesion.role is LesionRole.TARGET:
        return _target_message(course, lesion, protocol)
    return _non_target_message(course, lesion)


def _target_message(
    course: Course, lesion: FindingsLesion, protocol: Protocol
) -> Message | None:
    assert course.baseline is not None  # noqa: S101 - the caller looked
    finding = course.baseline.seen.target[lesion.id]
    at = (lesion.id, course.baseline.id)
    if isinstance(finding, StatedTarget):
        text = f"target {lesion.id} is too small to measure at baseline ({_SIZES})"
        return Message(WARNING, "target-not-measurable", text, *at)
    if not isinstance(finding, MeasuredTarget):
        text = f"target {lesion.id} is in parts at baseline: each part is a lesion"
        return Message(WARNING, "target-in-parts", text, *at)
    answer = measurability(
        modality=lesion.modality,
        slice_thickness_mm=lesion.slice_thickness_mm,
        long_axis_mm=finding.mm,
        short_axis_mm=finding.mm,
        nodal=is_node(lesion.organ, lesion.nodal),
        organ=lesion.organ,
        blastic=lesion.blastic,
        previously_irradiated=lesion.previously_irradiated,
        progressed_since=lesion.progressed_since,
        protocol=protocol,
    )
    if not answer.measurable:
        text = f"target {lesion.id} is not measurable: {answer.reason}"
        return Message(
            WARNING, "target-not-measurable", f"{text} ({answer.citation})", *at
        )
    if answer.warning:
        text = f"target {lesion.id}: {answer.warning}"
        return Message(WARNING, "target-measurability", text, *at)
    return None


def _non_target_message(course: Course, lesion: FindingsLesion) -> Message | None:
    assert course.baseline is not None  # noqa: S101 - the caller looked
    finding = course.baseline.seen.nontarget.get(lesion.id)
    at = (lesion.id, course.baseline.id)
    state = finding.state if isinstance(finding, NonTargetFinding) else finding
    if state == "absent":
        text = f"non-target {lesion.id} is absent at baseline: it is no disease there"
        return Message(WARNING, "non-target-absent-at-baseline", text, *at)
    if not isinstance(finding, NonTargetFinding) or finding.short_axis_mm is None:
        return None
    if is_node(lesion.organ, lesion.nodal) and finding.short_axis_mm < NORMAL_NODE_MM:
        text = f"node {lesion.id} is below 10 mm at baseline: it is normal ({_SIZES})"
        return Message(WARNING, "normal-node-recorded", text, *at)
    return None
