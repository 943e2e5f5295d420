"""What a cleaned file says of how it was cleaned (PS3.3, C.7.1.1; PS3.16, CID 7050)."""

from __future__ import annotations

from typing import Final

from recist_tool.deidentify.encode import Element

METHOD: Final = (
    "recist_tool: PS3.15 E Basic Profile",
    "dates moved by whole days",
    "descriptions cut to listed words",
    "weight, size and sex kept for SUV",
    "private SUV factors kept, all other private attributes removed",
)
CODES: Final = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113105", "Clean Descriptors Option"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
    ("113111", "Retain Safe Private Option"),
)


def method_elements() -> tuple[Element, ...]:
    """Return the elements that say so."""
    return (
        Element(0x0008_0005, "CS", b"ISO_IR 192"),
        Element(0x0012_0062, "CS", b"YES"),
        Element(0x0012_0063, "LO", "\\".join(METHOD).encode()),
        Element(0x0012_0064, "SQ", tuple(_code(*code) for code in CODES)),
        Element(0x0028_0303, "CS", b"MODIFIED"),
    )


def _code(value: str, meaning: str) -> tuple[Element, ...]:
    return (
        Element(0x0008_0100, "SH", value.encode()),
        Element(0x0008_0102, "SH", b"DCM"),
        Element(0x0008_0104, "LO", meaning.encode()),
    )
