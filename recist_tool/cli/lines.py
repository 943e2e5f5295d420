"""Lines about the work, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from recist_tool.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.errors import Fault


_LONGEST: Final = 2500
"""Letters: names in a damaged file may have any number of them."""


def tell(line: object) -> None:
    """Say one line about the work on standard error; of a very long one the start."""
    text = printable(str(line))
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    sys.stderr.write(f"recist: {text}\n")


def tell_faults(
    faults: Iterable[Fault | str], remarks: Iterable[Fault | str] = ()
) -> int:
    """Say what was not done, and what to know; return the exit status."""
    for remark in remarks:
        tell(f"note: {remark}")
    status = 0
    for fault in faults:
        tell(fault)
        status = 1
    return status
