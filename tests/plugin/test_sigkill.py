"""A reader's work outlives the program: killed at any moment, and opened again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from recist_tool.app import Session
from recist_tool.dicom import load, scan
from recist_tool.phantom import READING_PATIENT, truth
from recist_tool.terms import LesionRole
from tests.examples import by_day
from tests.plugin.read_plan import plan_of, save_plan
from tests.plugin.real_liver import baseline_looks, real
from tests.plugin.sigkills import Kills
from tests.plugin.victim import READER, Victim, Witness

if TYPE_CHECKING:
    from pathlib import Path

    from tests.phantoms import Phantoms
    from tests.plugin.read_plan import Plan

pytestmark = [pytest.mark.gui, pytest.mark.slow]

SEED = 6
SOME = by_day(1, at_night=3)
"""Kills of each run of the tests; ``make nightly`` kills 200 times."""


def kill_after_lines(
    images: Path, plan: Plan, cases: Path, lines: int
) -> tuple[Victim, Witness]:
    """Let a process read until it told so much, kill it, and hear the witness."""
    path = cases.with_name("plan.json")
    save_plan(plan, path)
    victim, witness = Victim(images, path), Witness(cases)
    victim.go(cases)
    victim.wait(lines=lines)
    victim.kill()
    witness.hear(victim.told)
    return victim, witness


def test_nothing_is_missing_after_a_sigkill_straight_after_the_last_action(
    tmp_path: Path, phantoms: Phantoms
) -> None:
    images = phantoms.folder_of(READING_PATIENT)
    plan = plan_of(truth(READING_PATIENT))
    _, witness = kill_after_lines(images, plan, tmp_path / "cases", 12)
    with Session.open(witness.case_path, reader_id=READER) as session:
        assert {"T1", "T2"} <= {one.lesion_id for one in session.read.findings}


@pytest.mark.nightly
def test_reads_killed_at_random_moments_lose_nothing_and_go_on(
    tmp_path: Path, phantoms: Phantoms
) -> None:
    kills = Kills(tmp_path, phantoms.folder_of(READING_PATIENT), SEED)
    try:
        for _ in range(SOME):
            kills.kill_one()
    finally:
        kills.close()
    assert kills.tally.actions > 0


@pytest.mark.nightly
@pytest.mark.nightly
@pytest.mark.skipif(
    "RECIST_REAL_IMAGES" not in os.environ, reason="RECIST_REAL_IMAGES is not set"
)
def test_a_read_of_a_real_liver_ct_survives_a_sigkill(tmp_path: Path) -> None:
    images = real("ct_liver_crlm_1004")
    (series,) = scan([images]).series
    plan = {"BL": baseline_looks(load(series))}
    victim, witness = kill_after_lines(images, plan, tmp_path / "cases", 100)
    assert victim.has_finished
    with Session.open(witness.case_path, reader_id=READER) as session:
        lesions = session.read.lesions
        assert len(session.read.findings) == 3
        assert session.read.locked("BL")
        (visit,) = session.case.timepoints
    roles = [one.role for one in lesions]
    assert roles == [LesionRole.TARGET, LesionRole.TARGET, LesionRole.NON_TARGET]
    assert all(one.organ == "liver" for one in lesions)
    assert visit.series[0].series_instance_uid == series.series_instance_uid
