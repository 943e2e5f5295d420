"""The first mutants of every sound file; ``make nightly`` reads very many more."""

from __future__ import annotations

import os
import tempfile

import pytest

from tests.fuzz import runner
from tests.fuzz.corpus import Seed, fixed_seeds, real_seeds
from tests.fuzz.mutants import mutant, recipes
from tests.fuzz.runner import report, run

JOBS = min(2, os.cpu_count() or 1)
FIXED = 500
REAL = 60


def failures(verdicts):
    return "\n".join(report(one) for one in verdicts if one.outcome == "failed")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_mutated_files_are_read_right_or_refused_in_a_line():
    verdicts = run(recipes(fixed_seeds(), FIXED), JOBS)
    assert failures(verdicts) == ""
    assert len(verdicts) == FIXED
    assert {one.outcome for one in verdicts} == {"loaded", "partly", "refused"}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not real_seeds(), reason="RECIST_REAL_IMAGES is not set")
def test_mutated_real_images_are_read_right_or_refused_in_a_line():
    assert failures(run(recipes(real_seeds(), REAL), JOBS)) == ""


def test_a_recipe_always_gives_the_same_mutant():
    seed = Seed("x", "dicom", {"a": bytes(range(256)) * 4})
    assert mutant("x:7", seed) == mutant("x:7", seed)
    assert mutant("x:7", seed).files != mutant("x:8", seed).files


def test_a_worker_that_is_killed_is_a_failure_and_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "FAILURES", tmp_path)
    monkeypatch.setattr(runner, "LONGEST_S", 0.0)
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    (verdict,) = run(["ct-rle:3"], 1)
    assert (verdict.outcome, verdict.recipe) == ("failed", "ct-rle:3")
    assert "the process ended" in report(verdict)
    assert list(place.iterdir()) == []
    assert {path.name for path in (tmp_path / "ct-rle-3").iterdir()} == {
        *("0001.dcm", "0002.dcm", "0003.dcm")
    }
