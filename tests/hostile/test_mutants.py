"""The first mutants of each kind; ``make nightly`` reads 10,000 of each."""

from __future__ import annotations

import pytest

from tests.examples import by_day
from tests.hostile.mutants import known_seeds, mutant, verdicts

KINDS = (
    *("nifti", "nrrd", "rtstruct", "seg", "case", "journal", "findings", "protocol"),
    *("tables", "answers"),
)
MANY = 500


def test_every_kind_is_mutated() -> None:
    assert set(known_seeds()) == set(KINDS)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
def test_mutants_are_read_or_refused_in_lines(
    kind: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path_factory.mktemp("cache")))
    found = list(verdicts(kind, range(by_day(MANY, at_night=2 * MANY))))
    told = [f"{one.recipe}\n{one.fault}" for one in found if one.outcome == "failed"]
    assert told == []
    assert {"read", "refused"} == {one.outcome for one in found}


def test_a_recipe_gives_the_same_mutant() -> None:
    of_kind = known_seeds()["findings"]
    assert mutant("findings:7", of_kind) == mutant("findings:7", of_kind)
    assert mutant("findings:7", of_kind).data != mutant("findings:8", of_kind).data
