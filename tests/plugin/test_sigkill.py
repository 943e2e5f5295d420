"""A reader's work outlives the program: killed straight after the last click."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from recist_tool import (
    CASE_SUFFIX,
    LesionRole,
    Measured,
    NonTargetSeen,
    Session,
    write_patient,
)
from recist_tool.phantom import SAMPLE_PATIENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.gui, pytest.mark.slow]

SCRIPT = Path(__file__).with_name("killed_read.py")


def read_and_kill(folder: Path, cases: Path, lines: int) -> Sequence[str]:
    """Run the read and kill it with SIGKILL as soon as it told of `lines` findings."""
    told: list[str] = []
    with subprocess.Popen(  # noqa: S603 - this test's own script
        [sys.executable, str(SCRIPT), str(folder)],
        env=os.environ | {"RECIST_CASES": str(cases), "RECIST_READER": "reader-1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(line.strip())
            if len(told) == lines:
                process.kill()
                break
    return told


def reopen(cases: Path) -> Session:
    (path,) = cases.glob(f"*/*{CASE_SUFFIX}")
    return Session.open(path, reader_id="reader-1")


def test_nothing_is_missing_after_a_sigkill_straight_after_the_last_click(
    tmp_path: Path,
) -> None:
    folder, cases = tmp_path / "images", tmp_path / "cases"
    write_patient(SAMPLE_PATIENTS[0], folder)
    assert read_and_kill(folder, cases, 3) == ["1", "2", "3"]
    with reopen(cases) as session:
        found = [(one.lesion_id, one.finding) for one in session.read.findings]
    assert [lesion_id for lesion_id, _ in found] == ["T1", "T2", "NT1"]
    for lesion_id, finding in found:
        kind = NonTargetSeen if lesion_id == "NT1" else Measured
        assert isinstance(finding, kind)
        caliper = finding.caliper
        assert caliper is not None
        assert caliper.long_axis.value_mm > 0
        assert caliper.long_axis.ends_lps is not None
        assert caliper.long_axis.ends_pixel is not None
        assert caliper.plane is not None
        assert caliper.plane.sop_instance_uid


@pytest.mark.skipif(
    "RECIST_REAL_IMAGES" not in os.environ, reason="RECIST_REAL_IMAGES is not set"
)
def test_a_read_of_a_real_liver_ct_survives_a_sigkill(tmp_path: Path) -> None:
    folder = Path(os.environ["RECIST_REAL_IMAGES"]) / "ct_liver_crlm_1004"
    read_and_kill(folder, tmp_path / "cases", 3)
    with reopen(tmp_path / "cases") as session:
        lesions = session.read.lesions
        assert len(session.read.findings) == 3
        (visit,) = session.case.timepoints
    roles = [one.role for one in lesions]
    assert roles == [LesionRole.TARGET, LesionRole.TARGET, LesionRole.NON_TARGET]
    assert all(one.organ == "liver" for one in lesions)
    assert visit.series[0].series_instance_uid
