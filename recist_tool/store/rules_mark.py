"""Which rules answered: a short mark of the program's own rule files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from recist_tool import __version__

_PACKAGE: Final = Path(__file__).parents[1]
_RULES: Final = ("criteria", "trial", "model")


@cache
def written_by() -> str:
    """Return the version, and a mark that differs where any rule does.

    Two programs of one mark answer one case alike, so that a block of answers that
    this program would not give, under its own mark, was changed by somebody else.

    >>> written_by().startswith(f"recist_tool {__version__}")
    True
    """
    content = hashlib.sha256()
    files = [path for room in _RULES for path in (_PACKAGE / room).rglob("*.py")]
    for path in (*sorted(files), _PACKAGE / "terms.py"):
        content.update(path.relative_to(_PACKAGE).as_posix().encode())
        content.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return f"recist_tool {__version__}, rules {content.hexdigest()[:12]}"
