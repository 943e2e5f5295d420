"""Where cases live on disk, and who reads them.

A case is never written among the images: its folder is ``RECIST_CASES`` where that is
set, else ``recist-cases`` in the home folder, unless the reader names another.
"""

from __future__ import annotations

import getpass
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from recist_tool.limits import read_text
from recist_tool.store.casefile import CASE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class CaseProposal(NamedTuple):
    """Under which name and where a case will begin."""

    subject_id: str = ""
    folder: Path = Path()


class KnownCases(NamedTuple):
    """Cases that hold some of the studies looked for, and files that do not read."""

    cases: tuple[Path, ...]
    unreadable: tuple[Path, ...]


def cases_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which cases are kept."""
    named = environment.get("RECIST_CASES")
    return Path(named).expanduser() if named else Path.home() / "recist-cases"


def reader_id(environment: Mapping[str, str] = os.environ) -> str:
    """Return who reads: ``RECIST_READER``, else the name of the login."""
    named = environment.get("RECIST_READER", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in this container
        return "reader"


def is_case(path: Path) -> bool:
    """Return whether a path is named as a case file."""
    return path.name.endswith(CASE_SUFFIX)


def find_cases(folder: Path, study_instance_uids: Iterable[str]) -> KnownCases:
    """Return the cases at most one folder deep that hold any of the studies."""
    wanted = set(study_instance_uids)
    cases: list[Path] = []
    unreadable: list[Path] = []
    for pattern in (f"*{CASE_SUFFIX}", f"*/*{CASE_SUFFIX}"):
        for path in sorted(folder.glob(pattern)):
            try:
                content = json.loads(read_text(path))
            except (OSError, ValueError, RecursionError):
                unreadable.append(path)
                continue
            if not wanted.isdisjoint(_studies(content)):
                cases.append(path)
    return KnownCases(tuple(cases), tuple(unreadable))


def _studies(content: Any) -> Iterator[str]:
    """Yield the study UIDs of a case file, whatever its version holds besides."""
    if isinstance(content, dict):
        for name, value in cast("dict[str, Any]", content).items():
            if name == "study_instance_uid" and isinstance(value, str):
                yield value
            else:
                yield from _studies(value)
    elif isinstance(content, list):
        for value in cast("list[Any]", content):
            yield from _studies(value)
