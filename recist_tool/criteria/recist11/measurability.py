"""Whether a lesion can be a target, and whether the targets of a read conform.

The functions answer while a caliper is drawn. They advise: nothing here blocks a read.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.course.organs import organ_group
from recist_tool.criteria.numbers import millimetres
from recist_tool.criteria.recist11.sums import NORMAL_NODE_MM
from recist_tool.model.protocol import Protocol
from recist_tool.terms import LIVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    Length = Decimal | float | int

THICK_SLICE_MM: Final = 5
CHEST_XRAY_FLOOR_MM: Final = Decimal(20)
SIZES: Final = "Eisenhauer 2009, 3.1.1"
_NEVER: Final = "Eisenhauer 2009, 3.1.2"
_TREATED: Final = "Eisenhauer 2009, 3.1.3"
_METHODS: Final = "Eisenhauer 2009, 3.2"
SELECTION: Final = "Eisenhauer 2009, 4.2"
_ON_SLICES: Final = frozenset({"CT", "MR", "MRI", "PET/CT"})
_MEASURING: Final = _ON_SLICES | {"CXR", "CLINICAL"}
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


class MeasuredSize(NamedTuple):
    """A diameter beside the floor that it was held against, mm."""

    axis: str
    value_mm: Decimal
    floor_mm: Decimal

    def __str__(self) -> str:
        """Return the comparison in words."""
        side = "at least" if self.value_mm >= self.floor_mm else "below"
        value, floor = millimetres(self.value_mm), millimetres(self.floor_mm)
        return f"{self.axis} {value}, {side} {floor}"


class Measurability(NamedTuple):
    """Whether a lesion is measurable at baseline.

    Attributes
    ----------
    role
        What the lesion may be in the read.
    because
        The size that decided, or the words for what is not about size.
    citation
        Where that is published.
    warning
        What a person should weigh although the answer stands; may be empty.
    """

    measurable: bool
    role: SuggestedRole
    because: MeasuredSize | str
    citation: str
    warning: str = ""

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        return str(self.because)


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
    limits = protocol or DEFAULT_PROTOCOL
    method = (modality or "CT").upper()
    group = organ_group(organ, limits.settings.organ_words)
    never = organ if group in _NEVER_MEASURABLE else ""
    refused = _never_measurable(
        method, never, blastic, previously_irradiated and not progressed_since
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
    limits = protocol or DEFAULT_PROTOCOL
    words = limits.settings.organ_words
    groups = tuple([organ_group(organ, words) for organ in organs])
    per_organ = (limits.max_targets_per_organ, limits.max_liver_targets)
    violations = _violations(groups, limits.max_targets, *per_organ)
    return Selection(not violations, violations)


@lru_cache(maxsize=4096)
def _violations(
    groups: tuple[str, ...], in_all: int, per_organ: int, in_liver: int
) -> tuple[str, ...]:
    found: list[str] = []
    if len(groups) > in_all:
        found.append(f"more than {in_all} in total")
    for organ, count in Counter(groups).items():
        allowed = in_liver if organ == LIVER else per_organ
        if count > allowed:
            found.append(f"more than {allowed} in {organ}")
    return tuple(found)


DEFAULT_PROTOCOL: Final = Protocol()


def _never_measurable(
    method: str, fluid: str, blastic: bool, treated: bool
) -> Measurability | None:
    """Return why size does not matter, or None where it does."""
    role = SuggestedRole.NON_TARGET
    if method not in _MEASURING:
        return Measurability(
            False, role, because=f"{method} is not for measuring", citation=_METHODS
        )
    if blastic:
        return Measurability(
            False, role, because="blastic bone lesion", citation=_NEVER
        )
    if fluid:
        return Measurability(
            False, role, because=f"{fluid} is never measurable", citation=_NEVER
        )
    if treated:
        reason = "treated locally before, no progression shown since"
        return Measurability(False, role, because=reason, citation=_TREATED)
    return None


def _node(
    short_mm: Decimal | None, slices: Decimal | None, limits: Protocol
) -> Measurability:
    if short_mm is None:
        reason = "the short axis of the node is not measured"
        return Measurability(
            False, SuggestedRole.NON_TARGET, because=reason, citation=SIZES
        )
    floor = limits.min_node_short_axis_mm
    raised = _raised(floor, slices)
    if limits.thick_slices_raise_node_floor:
        floor = raised
    size = MeasuredSize("short axis", short_mm, floor)
    if short_mm >= floor:
        warning = "below twice the slice thickness" if short_mm < raised else ""
        return Measurability(
            True, SuggestedRole.TARGET, because=size, citation=SIZES, warning=warning
        )
    if short_mm >= NORMAL_NODE_MM:
        return Measurability(
            False, SuggestedRole.PATHOLOGICAL_NODE, because=size, citation=SIZES
        )
    normal = MeasuredSize("short axis", short_mm, NORMAL_NODE_MM)
    return Measurability(
        False, SuggestedRole.NORMAL_NODE, because=normal, citation=SIZES
    )


def _by_long_axis(long_mm: Decimal | None, floor: Decimal) -> Measurability:
    if long_mm is None:
        reason = "the long axis is not measured"
        return Measurability(
            False, SuggestedRole.NON_TARGET, because=reason, citation=SIZES
        )
    measurable = long_mm >= floor
    role = SuggestedRole.TARGET if measurable else SuggestedRole.NON_TARGET
    return Measurability(
        measurable,
        role,
        because=MeasuredSize("long axis", long_mm, floor),
        citation=SIZES,
    )


def _raised(floor: Decimal, slices: Decimal | None) -> Decimal:
    if slices is None or slices <= THICK_SLICE_MM:
        return floor
    return max(floor, 2 * slices)


def _exact(value: Length | None) -> Decimal | None:
    """Return a number as it is written: 9.8, not its binary neighbour."""
    if value is None or isinstance(value, Decimal):
        return value
    return Decimal(str(value))
