"""Patients are let go once they are answered: more of them need no more memory."""

from __future__ import annotations

import gc
import json
import random
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.bench_assess import patient
from recist_tool.cdisc import Tables, subject_of_findings
from recist_tool.cdisc.spool import Spool
from recist_tool.model.findings import Findings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.store.cohort_files import read_patients
from recist_tool.trial.intake.answers import CohortAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST, MORE = 30, 60


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    chance = random.Random(3)  # noqa: S311 - no secret
    path = tmp_path / "cohort.jsonl"
    lines = (json.dumps(patient(at, chance)) for at in range(FIRST + MORE))
    path.write_text("\n".join(lines), "utf-8")
    return path


def bytes_each(take: Callable[[], object]) -> float:
    """Return by how much each further patient makes the memory grow."""
    for _ in range(FIRST):
        take()
    tracemalloc.start(1)
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(MORE):
            take()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / MORE


def test_a_trial_keeps_little_of_each_patient(cohort: Path) -> None:
    answers = CohortAnswers(None, TrialSettings())
    items = read_patients(cohort)
    each = bytes_each(lambda: answers.take(next(items)))
    assert each < 4_000  # of about 100,000 while it is answered
    assert len(answers.accept()) == FIRST + MORE


@pytest.fixture
def spools(tmp_path: Path) -> Iterator[list[Spool]]:
    made = [Spool(tmp_path) for _ in range(6)]
    yield made
    for spool in made:
        spool.close()


def test_an_export_keeps_nothing_of_a_patient(
    cohort: Path, spools: list[Spool]
) -> None:
    left, lines = iter(spools), iter(cohort.read_text("utf-8").splitlines())
    tables = Tables(TrialSettings(), lambda: next(left))

    def take() -> None:
        tables.take(subject_of_findings(Findings.model_validate_json(next(lines))))
        for spool in spools:
            next(iter(spool), None)  # no row waits in memory

    assert bytes_each(take) < 1_000  # of about 100,000 in its rows
    made = {one.name: one for one in tables.datasets()}
    assert len(made["TU"].rows) > 5 * (FIRST + MORE)


def test_rows_come_back_as_they_went(spools: list[Spool], tmp_path: Path) -> None:
    rows = [(f"S-{at}", at, None, at / 2) for at in range(1000)]
    for row in rows:
        spools[0].append(row)
        if row[1] in {300, 600}:
            assert next(iter(spools[0])) == rows[0]
    assert len(spools[0]) == 1000
    assert list(spools[0]) == rows == list(spools[0])
    assert not list(tmp_path.iterdir())
