"""Numbers by which somebody can be found, where only a measured number should stand."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pydicom.datadict import dictionary_has_tag, dictionary_VR

from recist_tool.deidentify.table import row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from recist_tool.deidentify.source import SourceDataSet

FEWEST_DIGITS: Final = 6
"""Shorter numbers find nobody, and many a measured value has them."""
FEWEST_LEFT: Final = 5
"""Of such a number without the zeros before it."""
FEWEST_OF_DECIMALS: Final = 8
"""The same of a number with decimals, where a coordinate may have six by chance."""
NUMBER: Final = re.compile(rf"[0-9]{{{FEWEST_DIGITS},}}")
BETWEEN: Final = re.compile(r"(?<=[0-9])[ ./-](?=[0-9])")
MOST_DIGITS: Final = 64
"""Of a text in the VRs that hold identifiers."""

IDENTIFYING: Final = frozenset(
    ("AE", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "UC", "UT")
)


def numbers_in(words: Iterable[str]) -> Iterator[str]:
    """Yield the numbers in identifiers, without leading zeros.

    >>> sorted(set(numbers_in(["AC0012345678", "774-11-90", "19510312"])))
    ['12345678', '19510312', '7741190']
    """
    for word in words:
        for number in NUMBER.findall(word) + NUMBER.findall(BETWEEN.sub("", word)):
            if len(bare := number.lstrip("0")) >= FEWEST_LEFT:
                yield bare


def identifiers(source: SourceDataSet) -> Iterator[str]:
    """Yield what identifies by the profile's table, of a data set and all within it.

    Descriptions are left out: they hold doses and times, which are to stay.
    """
    for tag in source.found:
        if not dictionary_has_tag(tag):
            continue
        vr = dictionary_VR(tag)
        if vr == "SQ":
            for item in source.items(tag):
                yield from identifiers(item)
        elif vr in IDENTIFYING and (row := row_of(tag)) and not row.descriptors:
            # of a date and time, the date
            yield from (text[:8] if vr == "DT" else text for text in source.texts(tag))


def is_identifier(text: str, numbers: frozenset[str]) -> bool:
    """Whether a number, as DS and IS write it, is one of those, however written.

    >>> known = frozenset(["7741190", "20240131"])
    >>> [is_identifier(one, known) for one in ("+07741190", "7.741190e6", "202.40131")]
    [True, True, True]
    >>> is_identifier("77.41190", known)
    False
    """
    try:
        value = abs(Decimal(text))
    except ArithmeticError:
        return False
    if not value.is_finite() or value.adjusted() > MOST_DIGITS:
        return False
    if value == value.to_integral_value():
        return f"{value:.0f}" in numbers
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    return len(digits) >= FEWEST_OF_DECIMALS and any(
        digits == number.rstrip("0") for number in numbers
    )


def are_identifiers(values: Iterable[float], numbers: frozenset[str]) -> bool:
    """Whether one of some binary numbers is one of those."""
    return any(
        float(value).is_integer() and f"{abs(int(value))}" in numbers
        for value in values
    )
