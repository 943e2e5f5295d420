"""Free text and code strings, as far as their words are known to be harmless."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

TOKEN: Final = re.compile(r"[^\W_]+(?:[.,]\d+[^\W_]*)?")
DATE: Final = re.compile(r"\d+(?:[./-]\d+){2,}")
QUANTITY: Final = re.compile(
    r"\d{1,3}(?:[.,]\d{1,3})?(?:mm|cm|s|sec|min|kvp?|mas?|ml|%)"
)
THICKNESS: Final = re.compile(r"(?:[0-9]|10)[.,](?:0|25|5|75|6|625|8|2|27|3)0?")
KERNEL: Final = re.compile(r"(?:[BHIUTDQ][rvlfsqp]?\d{2}[fhsm]?|FC\d{2})(?:[\\/]\d)?")
LESION: Final = re.compile(r"(?:T|NT|N|L|GTV|CTV|PTV|Lesion|Segment|ROI)[ _-]?\d{1,2}")
KERNEL_NAMES: Final = frozenset(
    ("STANDARD", "STND", "SOFT", "SMOOTH", "LUNG", "CHST", "BONE", "BONEPLUS")
) | {"DETAIL", "EDGE", "ULTRA", "SHARP", "BRAIN", "HD", "NONE", "A", "B", "C", "D"}
MODEL: Final = re.compile(r"([^\W\d]{4,})\d{1,2}")
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")


def _listed(name: str) -> frozenset[str]:
    text = files(__package__ or "").joinpath(name).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(" ".join(lines).split())


@cache
def harmless_words() -> frozenset[str]:
    """Return the words that a description may keep, in lower case."""
    return frozenset(word.casefold() for word in _listed("words.txt"))


@cache
def terms() -> frozenset[str]:
    """Return the terms that a code string may keep."""
    return _listed("terms.txt")


def harmless(text: str) -> str:
    """Return the words of a description that say nothing about who was imaged.

    Kept are listed words, and numbers only as a quantity or a thickness: others may be
    dates or identifiers.

    >>> harmless("Abdomen portal-venous 5.0 Mrs. Smith 12.03.1951")
    'Abdomen portal venous 5.0'
    """
    spelled = re.sub(r"\bw/o\b", "without", text, flags=re.IGNORECASE)
    spelled = re.sub(r"\bw/(?=\s)", "with", spelled, flags=re.IGNORECASE)
    spelled = DATE.sub(" ", spelled)
    return " ".join(filter(_is_harmless, TOKEN.findall(spelled)))


def _is_harmless(token: str) -> bool:
    word = token.casefold()
    stem = MODEL.sub(r"\1", word)
    return (
        stem in harmless_words()
        or bool(QUANTITY.fullmatch(word) or THICKNESS.fullmatch(word))
        or bool(KERNEL.fullmatch(token))
    )


def harmless_label(text: str) -> str:
    """Return a label of a lesion or segment: a mark such as ``T1``, or known words."""
    return text if LESION.fullmatch(text) else harmless(text)


def is_kernel(text: str) -> bool:
    """Tell whether a text is a maker's name of a reconstruction kernel."""
    return (
        text.upper() in KERNEL_NAMES
        or bool(KERNEL.fullmatch(text))
        or is_small_number(text)
    )


def is_term(text: str) -> bool:
    """Tell whether a code string is a defined term, or made of some."""
    known = terms()
    return text in known or all(
        word in known for word in re.split(r"[ _/]+", text.strip())
    )


def term(text: str) -> str:
    """Return a code string if it is a defined term; else nothing."""
    return text if is_term(text) else ""


def number(text: str) -> str:
    """Return a number as DS and IS write it; nothing if the text is none."""
    return text if NUMBER.fullmatch(text) else ""


def is_small_number(text: str) -> bool:
    """Tell whether a text is a number too small to be a date or an identifier."""
    return text.isascii() and text.isdecimal() and len(text) <= 3
