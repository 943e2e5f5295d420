"""Criteria and settings chosen on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.store.validation import read_record
from recist_tool.terms import Criteria

if TYPE_CHECKING:
    from pathlib import Path


def criteria_named(name: str) -> Criteria | None:
    """Return the criteria of that name; None for the empty name.

    Raises
    ------
    typer.BadParameter
        If there are no such criteria.
    """
    if not name:
        return None
    try:
        return Criteria(name)
    except ValueError:
        known = ", ".join(one.value for one in Criteria)
        msg = f"no criteria '{name}': choose {known}"
        raise typer.BadParameter(msg) from None


def trial_settings(path: Path | None) -> TrialSettings:
    """Return the settings of a trial from a file; the defaults for None.

    Raises
    ------
    InputError
        Naming every fault of the file.
    """
    return TrialSettings() if path is None else read_record(path, TrialSettings)
