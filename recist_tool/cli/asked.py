"""What in a trial's patients a person should look at again, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from recist_tool.cli.cohort_files import Patient
from recist_tool.criteria.plausible import plausibility_messages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from recist_tool.errors import InputError

_TOLD: Final = 20


def plausibility_asked(
    items: Iterable[Patient | InputError], today: dt.date
) -> Iterator[Patient | InputError]:
    """Return the same patients, and ask in the end about what can hardly be."""
    found: list[str] = []
    more = 0
    for item in items:
        if isinstance(item, Patient):
            used = item.protocol.criteria
            for one in plausibility_messages(item.findings, used, today):
                if len(found) < _TOLD:
                    found.append(f"{item.where}: {one.text}")
                else:
                    more += 1
        yield item
    if more:
        found.append(f"and {more} more such questions: recist assess tells each")
    for line in found:
        sys.stderr.write(f"recist: {line}\n")
