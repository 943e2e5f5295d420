"""Names that a file cannot have on every system."""

from __future__ import annotations

import re
from typing import Final

_DEVICE: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\..*)?", re.I
)
"""Devices of Windows, whatever comes after a dot (Microsoft, Naming files)."""


def is_device(name: str) -> bool:
    """Whether a name is that of a device on Windows, where no file can have it.

    >>> is_device("con"), is_device("NUL.1"), is_device("conrad")
    (True, True, False)
    """
    return _DEVICE.fullmatch(name) is not None
