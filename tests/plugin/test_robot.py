"""A short run of the robot with bad hands; ``make nightly`` has the long one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugin.robot import run, without_files

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

EVENTS, SEED = 150, 15


def test_bad_hands_record_nothing_unasked_and_the_picture_keeps_its_letters(
    measured: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_files(monkeypatch.setattr)
    measured.viewer.window.activate()
    told: list[str] = []
    robot = run(measured, EVENTS, SEED, told.append)
    assert robot.counted.total() == EVENTS
    assert told[-1].startswith(f"seed {SEED}: {EVENTS} events")
