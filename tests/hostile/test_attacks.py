"""Files that are made to fill a memory or never to end: those that are made quickly.

``make nightly`` has all of them, and ``python -m tests.hostile`` what each takes.
"""

from __future__ import annotations

import pytest

from tests.hostile.attacks import ATTACKS
from tests.hostile.measured import faults_of, measured

QUICK = (
    "1 TB of zeros, NIfTI",
    "1 TB of zeros, an image",
    "1 TB of zeros, findings",
    "1 TB of zeros, a journal",
    "1 TB of zeros, a zip",
    "a million labels",
    "SEG: a label for each pixel",
    "deep JSON",
)


@pytest.mark.parametrize("name", QUICK)
def test_an_attack_ends_in_a_line_within_its_ceilings(name: str) -> None:
    assert faults_of(ATTACKS[name], measured(ATTACKS[name])) == []


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", sorted(ATTACKS.keys() - set(QUICK)))
def test_a_long_attack_ends_in_a_line_within_its_ceilings(name: str) -> None:
    assert faults_of(ATTACKS[name], measured(ATTACKS[name])) == []
