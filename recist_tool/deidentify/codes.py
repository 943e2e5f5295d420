"""Coded entries: kept where the code is of a public scheme, and looks like it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from recist_tool.deidentify import words
from recist_tool.deidentify.encode import Element

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.deidentify.source import SourceDataSet

CODE_VALUE: Final = 0x0008_0100
CODING_SCHEME: Final = 0x0008_0102
CODE_MEANING: Final = 0x0008_0104
LONG_CODE_VALUE: Final = 0x0008_0119
URN_CODE_VALUE: Final = 0x0008_0120
LONGEST_MEANING: Final = 64  # of a long string (LO)
CODE_TAGS: Final = frozenset(
    {CODE_VALUE, CODING_SCHEME, CODE_MEANING, LONG_CODE_VALUE, URN_CODE_VALUE}
)

SCHEMES: Final = {
    "DCM": r"\d{6}",
    "SCT": r"\d{6,18}",
    "SRT": r"[A-Z0-9]{1,2}-[0-9A-Z]{4,5}",
    "SNM3": r"[A-Z0-9]{1,2}-[0-9A-Z]{4,5}",
    "99SDM": r"[A-Z0-9]{1,2}-[0-9A-Z]{4,5}",
    "LN": r"\d{1,5}-\d",
    "NCIt": r"C\d{4,6}",
    "RADLEX": r"RID\d{1,5}",
    "FMA": r"\d{4,6}",
    "UMLS": r"C\d{7}",
    "IBSI": r"[0-9A-Z]{4}",
    "UCUM": r"1|%|\[hnsf'U\]|(?:\{SUV\w{2,4}\})?g/m[lL](?:\{SUV\w{2,4}\})?|k?Bq/m[lL]"
    r"|[mcu]?m[23]?|m[lL]|[mu]?s|min|h|g|kg|[kM]?Bq|k?eV|kV|mA|m?Gy|deg|mm2/s|um2/s"
    r"|1/s|\{counts\}(?:/s)?|\{ratio\}|1:1|\{pixels\}",
}
"""How the codes of public schemes look (PS3.16, chapter 8)."""


def public_code(source: SourceDataSet) -> tuple[Element, ...] | None:
    """Return value, scheme and meaning of a coded entry; None if it cannot stay."""
    value, scheme = source.text(CODE_VALUE), source.text(CODING_SCHEME)
    pattern = SCHEMES.get(scheme)
    if pattern is None or re.fullmatch(pattern, value) is None:
        return None
    meaning = _meaning(value, scheme, source.text(CODE_MEANING))[:LONGEST_MEANING]
    return (
        Element(CODE_VALUE, "SH", value.encode()),
        Element(CODING_SCHEME, "SH", scheme.encode()),
        Element(CODE_MEANING, "LO", meaning.encode()),
    )


def _meaning(value: str, scheme: str, said: str) -> str:
    """Return what a code means: as said, if that is harmless; else as published."""
    kept = words.harmless(said)
    if said and kept == said:
        return said
    return _published().get((scheme, value)) or kept or value


@cache
def _published() -> Mapping[tuple[str, str], str]:
    """Return the meanings of the codes of PS3.16, as pydicom lists them."""
    from pydicom.sr.codedict import codes

    listed = (getattr(codes, scheme).concepts for scheme in ("DCM", "SCT", "UCUM"))
    return {
        (code.scheme_designator, code.value): code.meaning
        for concepts in listed
        for code in concepts.values()
    }
