"""Every vector file in a folder: ours, or that named by RECIST_VECTORS."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.vectors.formats import (
    FORMATS,
    bor,
    endpoints,
    eortc_pet,
    irecist,
    mixed,
    patient_case,
    percist,
    suv,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OWN = Path(__file__).parent / "data"
FOLDER = Path(os.environ.get("RECIST_VECTORS") or OWN)


def vectors(folder: Path) -> Iterator[object]:
    """Yield each check of each file whose format is known, as ``file:id``."""
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        if data.get("format") in FORMATS:
            for name, check in FORMATS[data["format"]](data):
                yield pytest.param(check, id=f"{path.stem}:{name}")


@pytest.mark.parametrize("check", list(vectors(FOLDER)))
def test_the_answer_is_the_expected_one(check: Callable[[], None]) -> None:
    check()


def test_each_alternative_of_our_files_is_a_setting_or_a_persons_decision() -> None:
    known = bor.CONVENTIONS | endpoints.CONVENTIONS | patient_case.CONVENTIONS
    known |= bor.NOT_SETTINGS | patient_case.NOT_SETTINGS | suv.NOT_SETTINGS
    for module in (eortc_pet, irecist, mixed, percist, who):
        known |= module.CONVENTIONS
    same = (  # these change no answer in their files
        "study-day",
        "minimum counted",
        "admiralonco: if a PR",
        "charter groups",
        "report ND/NE instead of NED",  # a row of a table; F19 shows the setting
    )
    for path in OWN.glob("*.json"):
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            if isinstance(case, list):  # a code has no alternatives
                continue
            for other in case.get("alternatives") or ():
                convention = other["convention"]
                assert convention in known or convention.startswith(same)
