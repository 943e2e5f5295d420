"""A first proposal of the contrast phase, from the words and times of a series."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom import tags

if TYPE_CHECKING:
    from recist_tool.dicom.elements import Elements

NATIVE: Final = "native"
ARTERIAL: Final = "arterial"
PORTAL_VENOUS: Final = "portal venous"
DELAYED: Final = "delayed"

WORDS: Final = (
    (NATIVE, r"nativ|non.?contrast|unenhanced|without|\bw/?o\b|\bplain\b|\bsine\b"),
    (ARTERIAL, r"arter|\bhap\b|\bart\b|angio|\bcta\b"),
    (PORTAL_VENOUS, r"porto|portal|\bpv[pe]?\b|ven(ous|oes|ös|eus)|\bven\b"),
    (DELAYED, r"delay|\blate\b|spät|spaet|equilib|excret"),
)
"""Words of descriptions and protocols, in the order in which they decide."""

DELAYS: Final = (
    (timedelta(seconds=15), timedelta(seconds=50), ARTERIAL),
    (timedelta(seconds=50), timedelta(seconds=120), PORTAL_VENOUS),
    (timedelta(seconds=120), timedelta(minutes=20), DELAYED),
)
"""From the start of the contrast bolus to the acquisition."""


class Phase(NamedTuple):
    """A proposed contrast phase and why; both empty if nothing tells."""

    name: str
    reason: str


def proposed_phase(found: Elements) -> Phase:
    """Return the contrast phase that the header of a CT slice suggests."""
    for tag, words in (
        (tags.SERIES_DESCRIPTION, "series description"),
        (tags.PROTOCOL_NAME, "protocol name"),
    ):
        text = found.text(tag).casefold().replace("_", " ")
        for name, pattern in WORDS:
            if re.search(pattern, text):
                return Phase(name, f"said by the {words}")
    return _timed(found)


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
