"""A first proposal of the contrast phase, from the words and times of a series."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from recist_tool.dicom.header.elements import Elements

NATIVE: Final = "native"
ARTERIAL: Final = "arterial"
PORTAL_VENOUS: Final = "portal venous"
DELAYED: Final = "delayed"
PHASES: Final = (NATIVE, ARTERIAL, PORTAL_VENOUS, DELAYED)

CONTRAST: Final = (
    r"(i\.? ?v\.?\b|contrast|kontrast|km\b|injec|inyec|iniez|enhanc|mezzo|c\b)"
)
WITHOUT: Final = r"\b(without|w/o|wo|ohne|sans|sin|senza|sine)\b"
WITH: Final = r"\b(with|w|mit|avec|con|cum)\b"
AND: Final = r"[\s/&+,-]*(and|und|et|y|e)?[\s/&+,-]*"
BOTH: Final = rf"({WITH}{AND}{WITHOUT}|{WITHOUT}{AND}{WITH}|\bwwo\b)"
"""A series of two parts, or of the difference between them: neither native nor not."""

WORDS: Final = (
    (
        NATIVE,
        r"\bnativ\w*|\bnon?[ -]?(con\b|contrast)|\bunenhanced\b|\bpre[ -]?contrast\b"
        rf"|{WITHOUT}[ -]*({CONTRAST}|$)|\bplain\b|\bnec?ct\b|\bncct\b|平扫",
    ),
    (
        ARTERIAL,
        r"\b(arteri|artéri)(?!o)\w*|\bartery\b|\bhap\b|\bart\b|\bcta\b|动脉"
        r"|\b(ct[ -]?)?angio(gra\w+|ct)?\b",
    ),
    (
        PORTAL_VENOUS,
        r"\bporto(?!cav|sys)\w*|\bportal\w*|\bpv[pe]?\b|\bven(ous|oes|ös|eus|os)\w*"
        r"|\bveineu\w*|\bven\b|门静脉|门脉|静脉期",
    ),
    (
        DELAYED,
        r"\bdelay(ed|s)?\b|\blate\b|\bspät\w*|\bspaet\w*|\btardi\w*"
        r"|\b(equilib|äquilib|aequilib|excret)\w*|延迟",
    ),
)
"""Whole words of descriptions and protocols, in several languages."""

NOT: Final = (
    r"\b(non?|not|nicht|keine?|pas( de)?|without|w/o|wo|ohne|sans|sin|senza)[\s-]*"
)
"""What turns the phase after it into one that the series is not of."""

EARLY_AND_LATE: Final = (
    r"(early|late|fr[uü]h|spät|spaet)[ -]?(?=arter|art\b|hap\b|port|pv)"
)
"""Words that say when within a phase, not that it is a delayed one."""

SEVERAL: Final = r"[+&,;/]|\b(and|und|et|y|e)\b"
"""What joins two phases, where one word does not qualify the other."""

DELAYS: Final = (
    (timedelta(seconds=15), timedelta(seconds=50), ARTERIAL),
    (timedelta(seconds=50), timedelta(seconds=120), PORTAL_VENOUS),
    (timedelta(seconds=120), timedelta(minutes=20), DELAYED),
)
"""From the start of the contrast bolus to the acquisition."""

AFTER_ARTERIAL: Final = (
    (timedelta(seconds=15), timedelta(seconds=75), PORTAL_VENOUS),
    (timedelta(seconds=90), timedelta(minutes=20), DELAYED),
)
AFTER_PORTAL_VENOUS: Final = ((timedelta(seconds=60), timedelta(minutes=20), DELAYED),)
"""From one phase to another of the same injection."""


class Phase(NamedTuple):
    """A proposed contrast phase and why; the name is empty if nothing tells."""

    name: str
    reason: str


class TimedSeries(NamedTuple):
    """What tells the phase of one CT series among the others of its study.

    Attributes
    ----------
    acquired_at
        Of its first slice; None where unknown.
    has_contrast
        Whether a contrast agent is named.
    """

    phase: Phase
    acquired_at: datetime | None
    has_contrast: bool


def proposed_phase(found: Elements) -> Phase:
    """Return the contrast phase that the header of a CT slice suggests.

    Where words and the time since the bolus contradict each other, the words stand, and
    the reason says both.
    """
    timed = _timed(found)
    for tag, words in (
        (tags.SERIES_DESCRIPTION, "series description"),
        (tags.PROTOCOL_NAME, "protocol name"),
    ):
        names = named_phases(found.text(tag))
        if len(names) == 1:
            return _seconded(Phase(names[0], f"said by the {words}"), timed)
        if names:
            return timed
    return timed


def _seconded(said: Phase, timed: Phase) -> Phase:
    """Return a phase with what its time says of it, where that is another one."""
    if timed.name in ("", said.name):
        return said
    return said._replace(
        reason=f"{said.reason}; {timed.reason}, which speaks for {timed.name}"
    )


def named_phases(text: str) -> tuple[str, ...]:
    """Return the phases that a description names; several where it is of all of them.

    >>> named_phases("Leber spät-arteriell"), named_phases("venous delayed 5 min")
    (('arterial',), ('delayed',))
    >>> named_phases("Abdomen with & without"), named_phases("intravenous contrast")
    ((), ())
    >>> named_phases("NON-ANGIOGRAPHIC"), named_phases("Cholangiocarcinoma")
    ((), ())
    """
    said = re.sub(BOTH, " ", text.casefold().replace("_", " "))
    said = re.sub(EARLY_AND_LATE, "", said)
    for name, pattern in WORDS:
        if name != NATIVE:
            said = re.sub(f"{NOT}({pattern})", " ", said)
    names = tuple(name for name, pattern in WORDS if re.search(pattern, said))
    # the delayed phase is a venous one too: its own word decides
    is_one = names == (PORTAL_VENOUS, DELAYED) and not re.search(SEVERAL, said)
    return (DELAYED,) if is_one else names


def _timed(found: Elements) -> Phase:
    acquired = found.moment(tags.ACQUISITION_DATE, tags.ACQUISITION_TIME)
    started = found.moment(tags.ACQUISITION_DATE, tags.CONTRAST_START_TIME)
    if acquired is None or started is None:
        return Phase("", "")
    delay = acquired - started
    for least, most, name in DELAYS:
        if least <= delay < most:
            seconds = delay.total_seconds()
            return Phase(name, f"acquired {seconds:.0f} s after the contrast bolus")
    return Phase("", "")


def phases_of_study(every: Sequence[TimedSeries]) -> tuple[Phase, ...]:
    """Return the phases of CT series of one study, seen together.

    What a series says itself stays. Where it says nothing, it is native if others have
    a contrast agent and it has none; or its phase follows from the time since another.
    """
    return tuple(one.phase if one.phase.name else _beside(one, every) for one in every)


def _beside(one: TimedSeries, every: Sequence[TimedSeries]) -> Phase:
    if not one.has_contrast:
        if any(other.has_contrast for other in every):
            return Phase(NATIVE, "names no contrast agent, as others of its study do")
        return one.phase
    if one.acquired_at is None:
        return one.phase
    for first, delays in (
        (ARTERIAL, AFTER_ARTERIAL),
        (PORTAL_VENOUS, AFTER_PORTAL_VENOUS),
    ):
        for other in every:
            if other.phase.name == first and other.acquired_at is not None:
                phase = _after(one.acquired_at - other.acquired_at, first, delays)
                if phase.name:
                    return phase
    return one.phase


def _after(
    delay: timedelta, first: str, delays: Sequence[tuple[timedelta, timedelta, str]]
) -> Phase:
    for least, most, name in delays:
        if least <= delay < most:
            seconds = delay.total_seconds()
            return Phase(name, f"acquired {seconds:.0f} s after the {first} series")
    return Phase("", "")
