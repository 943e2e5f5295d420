"""The scripted read on real scans: carried over, measured, fused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt

from recist_tool.app.reading.hanging_protocol import Plane
from recist_tool.terms import Response
from tests.plugin.real_liver import Patient, real
from tests.plugin.scripted_read import ScriptedRead, actions_of, mean_per_lesion

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugin.hands import Reader

pytestmark = [
    pytest.mark.gui,
    pytest.mark.slow,
    pytest.mark.skipif(
        "RECIST_REAL_IMAGES" not in os.environ, reason="RECIST_REAL_IMAGES is not set"
    ),
]

MOST_AT_FOLLOW_UP = 3.0


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Patient:
    return Patient(tmp_path_factory.mktemp("moved-copy"))


def test_a_real_liver_is_read_again_where_its_lesions_are_carried_over(
    make_reader: Callable[[], Reader], patient: Patient
) -> None:
    reader, plan = make_reader(), patient.plan()
    reader.open(*patient.folders)
    read = ScriptedRead(reader, plan, carries=True)
    read.run()
    after = [one for one in read.actions if one.timepoint_id == "TP1"]
    assert mean_per_lesion(actions_of(after)["TP1"]) <= MOST_AT_FOLLOW_UP
    kinds = {one.kind for one in after}
    assert kinds == {"key", "drag", "click"}  # each was on its slice; a click signs
    found = read.session.assessment
    assert found is not None
    answer = found.overall.timepoints["TP1"]
    near = 4 * read.mm_per_px
    assert float(found.overall.baseline_sum_mm) == pytest.approx(
        patient.sum_mm("BL"), abs=near
    )
    assert float(answer.sum_mm) == pytest.approx(patient.sum_mm("TP1"), abs=near)
    assert answer.overall is Response.PR


def test_a_real_pet_is_fused_by_one_key_and_projected_beside(
    make_reader: Callable[[], Reader],
) -> None:
    reader = make_reader()
    reader.open(real("petct_sts_003"))
    assert not reader.sees_colour()
    reader.key(Qt.Key.Key_F)
    reader.settle()
    reader.wait_for(reader.sees_colour)
    reader.key(Qt.Key.Key_B)
    reader.settle()
    beside = reader.room.viewing.stations[1]
    assert beside.pane.volume.modality == "PT"
    film = beside.film._replace(plane=Plane.PROJECTION)
    reader.room.hang_film(beside, film)
    reader.settle()
    assert beside.pane.plane is Plane.PROJECTION
    assert beside.pane.volume.voxels.max() == beside.pane.acquired.voxels.max()
    assert reader.room.viewing.stations[0].pane.fused.is_on
    reader.wait_for(reader.sees_colour)
