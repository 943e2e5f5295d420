"""What is wrong with patients: where it stands, and how many are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.errors import Fault, FindingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.errors import RecistToolError


def placed(error: RecistToolError, where: str) -> FindingsError:
    """Return the error with the file and line before the place of every fault."""
    return FindingsError.of(
        fault._replace(where=", ".join(filter(None, (where, fault.where))))
        for fault in error.faults
    )


def counted(answered: int, refused: int, faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults of a run which kept going, and after them the counts.

    Parameters
    ----------
    answered, refused
        Numbers of patients.
    """
    return [*faults, Fault("", f"{answered} patients answered, {refused} refused")]
