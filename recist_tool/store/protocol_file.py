"""The protocol of a trial in a file of its own (JSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.model.protocol import Protocol
from recist_tool.store.validation import read_record

if TYPE_CHECKING:
    from pathlib import Path

PROTOCOL_FILE: Final = "protocol.json"
"""In a folder of cases: the protocol that cases begun there are read under."""


def read_protocol(path: Path) -> Protocol:
    """Return the protocol of a file.

    Raises
    ------
    InputError
        Naming every field that does not fit, or why the file cannot be read.
    """
    return read_record(path, Protocol)
