"""Lines about the work, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from recist_tool.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.errors import Fault


def tell(line: object) -> None:
    """Say one line about the work on standard error."""
    sys.stderr.write(f"recist: {printable(str(line))}\n")


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
