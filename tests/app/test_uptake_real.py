"""EORTC from the images of a real PET alone: clicks, and nothing typed.

The images are read from the folder named by RECIST_REAL_IMAGES and never copied; the
second visit is the first with less uptake.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.real_lesions import real_folder, real_tumours_on_pet
from recist_tool.app.segmenting import provenance_of, record_mask
from recist_tool.app.session import Session
from recist_tool.measure.segment.segment import segment_click
from recist_tool.model.case import SeriesReference
from recist_tool.model.commands import AddTimepoint, AttachSeries, SetProtocol
from recist_tool.model.protocol import Protocol
from recist_tool.terms import Criteria, LesionRole, Response
from tests.builders import timepoint

FOLDER = real_folder()
pytestmark = [
    pytest.mark.images,
    pytest.mark.skipif(FOLDER is None, reason="RECIST_REAL_IMAGES is not set"),
]


def later(volume, share):
    """Return the PET as another one, with a share of its uptake."""
    kept = {n: getattr(volume, n) for n in volume.__dataclass_fields__ if n != "shape"}
    uids = tuple(f"1.2.9.{at}" for at in range(len(volume.sop_instance_uids)))
    changes = {"series_instance_uid": "1.2.9", "sop_instance_uids": uids}
    voxels = volume.voxels * np.float32(share)
    return type(volume)(**kept | changes | {"voxels": voxels})


@pytest.mark.parametrize(
    ("share", "response"),
    [(0.6, Response.PMR), (0.9, Response.SMD), (1.5, Response.PMD)],
)
def test_a_click_on_each_visit_answers_by_eortc(tmp_path, share, response):
    first = next(real_tumours_on_pet(FOLDER)).volume
    at, row, column = map(int, np.unravel_index(first.voxels.argmax(), first.shape))
    scans = {"BL": first, "TP1": later(first, share)}
    with Session.create(tmp_path, subject_id="S", reader_id="reader") as session:
        session.do(SetProtocol(protocol=Protocol(criteria=(Criteria.EORTC_PET,))))
        for number, (visit, volume) in enumerate(scans.items()):
            session.do(AddTimepoint(timepoint=timepoint(number)))
            reference = SeriesReference(
                series_instance_uid=volume.series_instance_uid,
                study_instance_uid="1.2",
                modality="PT",
            )
            session.do(AttachSeries(timepoint_id=visit, series=reference))
        session.add_lesion(LesionRole.TARGET, "soft tissue")
        for visit, volume in scans.items():
            found = segment_click(volume, at, (row, column))
            record_mask(session, "T1", visit, volume, found.mask, provenance_of(found))
        answer = session.answer.by_criteria[Criteria.EORTC_PET].overall
        assert answer.timepoints["TP1"].overall is response
        one = session.read.uptake_at("BL").lesions["T1"]
        assert float(one.suv_max) == pytest.approx(float(first.voxels.max()), abs=1e-3)
        assert one.sul_peak < one.suv_max
