"""Whole reads, and their answers: a liver by RECIST, a thigh by EORTC, PERCIST."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from recist_tool.terms import Response
from tests.plugin.real_liver import Patient
from tests.plugin.scripted_read import ScriptedRead, actions_of, mean_per_lesion
from tests.plugin.two_reads.pet_reader import PetReader
from tests.plugin.two_reads.reads import (
    EORTC,
    PERCIST,
    phantom_images,
    read_phantom,
    read_thigh,
    thigh_images,
    write_reports,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from recist_tool.model import PetLesion
    from tests.plugin.hands import Reader

pytestmark = [pytest.mark.gui, pytest.mark.slow, pytest.mark.nightly]

on_real_images = pytest.mark.skipif(
    "RECIST_REAL_IMAGES" not in os.environ, reason="RECIST_REAL_IMAGES is not set"
)


def seated(
    make_reader: Callable[[], Reader], images: list[Path], cases: Path, protocol: str
) -> PetReader:
    """Return a reader of PET before images, under a protocol of the folder of cases."""
    cases.mkdir(exist_ok=True)
    (cases / "protocol.json").write_text(protocol, "utf-8")
    reader = make_reader()
    reader.open(*images)
    return PetReader(reader)


def uptake(hands: PetReader, visit: str) -> PetLesion:
    scan = hands.session.read.uptake_at(visit)
    assert scan is not None
    return scan.lesions["T1"]


@on_real_images
def test_a_liver_is_read_signed_and_reported(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    patient = Patient(tmp_path / "moved-copy")
    reader = make_reader()
    reader.open(*patient.folders)
    read = ScriptedRead(reader, patient.plan(), carries=True)
    read.run()
    found = read.session.assessment
    assert found is not None
    assert found.overall.timepoints["TP1"].overall is Response.PR
    assert found.liver is not None
    assert found.liver.timepoints["TP1"].overall is Response.PR
    reader.wait_for(lambda: not reader.dock.album.busy)
    html, _ = write_reports(read.session, tmp_path)
    page = html.read_text("utf-8")
    assert "partial response (PR)" in page
    assert page.count("data:image/png") == 6  # five calipers, and the sums


@on_real_images
def test_a_thigh_is_read_by_a_click_at_each_visit(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    images = thigh_images(tmp_path / "later")
    hands = seated(make_reader, images, tmp_path / "cases", EORTC)
    read_thigh(hands)
    before, after = uptake(hands, "BL"), uptake(hands, "TP1")
    assert float(before.suv) == pytest.approx(10.265, abs=2e-3)
    assert float(after.suv) == pytest.approx(2 + (10.265 - 2) / 2, abs=2e-3)
    found = hands.session.assessment
    assert found is not None
    answer = found.overall.timepoints["TP1"]
    assert answer.overall is Response.PMR
    assert "40.3 % below baseline" in answer.reason
    assert mean_per_lesion(actions_of(hands.actions)["TP1"]) <= 6
    html, _ = write_reports(hands.session, tmp_path)
    assert "SUVbw max 6.13 (\N{MINUS SIGN}40.3 %)".replace(
        " %", "\N{NO-BREAK SPACE}%"
    ) in html.read_text("utf-8")


def test_percist_needs_a_key_in_the_liver_and_a_click_in_the_lesion(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    images = phantom_images(tmp_path / "images")
    hands = seated(make_reader, images, tmp_path / "cases", PERCIST)
    read_phantom(hands)
    found = hands.session.assessment
    assert found is not None
    assert found.overall.timepoints["TP1"].overall is Response.PMR
    for visit in ("BL", "TP1"):
        scan = hands.session.read.uptake_at(visit)
        assert scan is not None
        assert scan.liver is not None
        assert float(scan.liver.mean_sul) == pytest.approx(1.39, abs=0.03)
