"""What in a trial's patients a person should look at again, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.cli.cohort_files import Patient
from recist_tool.cli.lines import tell
from recist_tool.criteria.answer.plausible import plausibility_messages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from recist_tool.errors import InputError

_TOLD: Final = 20


def plausibility_asked(
    items: Iterable[Patient | InputError], today: dt.date
) -> Iterator[Patient | InputError]:
    """Return the same patients, and ask in the end about what can hardly be.

    The same question about many patients is one line, with the first of them.
    """
    first: dict[str, str] = {}
    others: dict[str, int] = {}
    more = 0
    for item in items:
        if isinstance(item, Patient):
            used = item.protocol.criteria
            for one in plausibility_messages(item.findings, used, today):
                if one.text in first:
                    others[one.text] = others.get(one.text, 0) + 1
                elif len(first) < _TOLD:
                    first[one.text] = item.where
                else:
                    more += 1
        yield item
    for text, where in first.items():
        also = f" (and in {others[text]} more)" if text in others else ""
        tell(f"{where}{also}: {text}")
    if more:
        tell(f"and {more} more such questions: recist assess tells each")
