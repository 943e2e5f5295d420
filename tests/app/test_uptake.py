"""PET without typing: a mask says its uptake, and criteria answer from masks alone."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest

from benchmarks.lesion_scenes import volume_of
from recist_tool.app.segmenting import finding_on_mask, record_mask
from recist_tool.app.session import Session
from recist_tool.app.uptake import (
    BLOOD_POOL,
    LIVER,
    Region,
    region_words,
    with_facts,
    with_region,
)
from recist_tool.dicom.scan.pet_scan import ScanFacts
from recist_tool.errors import SuvRefused
from recist_tool.measure.geometry.volume import SuvScale
from recist_tool.measure.mask.edit import add_ellipse
from recist_tool.measure.mask.mask import Mask
from recist_tool.model.case import SeriesReference
from recist_tool.model.commands import (
    AddTimepoint,
    AttachSeries,
    ClearFinding,
    RecordUptake,
    SetProtocol,
)
from recist_tool.model.finding import Measured
from recist_tool.model.pet import PetLesion, PetScan
from recist_tool.model.protocol import Protocol
from recist_tool.model.provenance import MeasuringMethod, Provenance
from recist_tool.terms import Criteria, LesionRole, Response, SuvUnit
from tests.builders import caliper, timepoint

SHAPE, SPACING = (17, 40, 40), (4.0, 4.0, 4.0)
LEAN = 0.75
CLICK = Provenance(
    method=MeasuringMethod.SEGMENTED, program="test 1", algorithm="percent_of_max"
)
SCALES = (
    SuvScale(SuvUnit.BODY_WEIGHT, 1.0),
    SuvScale(SuvUnit.LEAN_JANMAHASATIAN, LEAN),
)


def pet(peak=10.0, *, uid="1.2.7", scales=SCALES):
    """Return a PET with a lesion at (8, 20, 10), an even liver at (8, 20, 30)."""
    values = np.full(SHAPE, 2.0, np.float32)
    z, y, x = np.indices(SHAPE)
    distance = np.sqrt((z - 8) ** 2 + (y - 20) ** 2 + (x - 10) ** 2)
    values += (peak - 2.0) * (distance <= 3) * (1 - distance / 12)
    image = volume_of(values, SPACING, modality="PT", units="SUVbw")
    kept = {
        name: getattr(image, name)
        for name in image.__dataclass_fields__
        if name != "shape"
    }
    uids = tuple(f"{uid}.{one}" for one in range(SHAPE[0]))
    return type(image)(
        **kept
        | {
            "suv_scales": scales,
            "suv_method": "by body weight",
            "series_instance_uid": uid,
            "sop_instance_uids": uids,
        }
    )


def lesion_of(image):
    mask = Mask(image.grid, (0, 0, 0), np.zeros((0, 0, 0), np.bool_))
    for at in range(6, 11):
        mask = add_ellipse(mask, at, (20, 10), (10.0, 10.0))
    return mask


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as opened:
        criteria = (Criteria.EORTC_PET, Criteria.PERCIST)
        opened.do(SetProtocol(protocol=Protocol(criteria=criteria)))
        for number in (0, 1):
            opened.do(AddTimepoint(timepoint=timepoint(number)))
        for visit, uid in (("BL", "1.2.7"), ("TP1", "1.2.8")):
            reference = SeriesReference(
                series_instance_uid=uid, study_instance_uid="1.2", modality="PT"
            )
            opened.do(AttachSeries(timepoint_id=visit, series=reference))
        opened.add_lesion(LesionRole.TARGET, "liver")
        yield opened


def recorded(session, visit, image):
    record_mask(session, "T1", visit, image, lesion_of(image), CLICK)
    return session.read.uptake_at(visit).lesions["T1"]


def test_a_mask_says_every_figure_with_its_unit_and_way(session):
    image = pet()
    found = recorded(session, "BL", image)
    inside = image.voxels[lesion_of(image).as_full()].astype(float)
    assert float(found.suv_max) == pytest.approx(inside.max(), abs=1e-3)
    assert float(found.suv_mean) == pytest.approx(inside.mean(), abs=1e-3)
    assert found.suv == found.suv_max
    volume_ml = inside.size * 0.064
    assert float(found.mtv_ml) == pytest.approx(volume_ml, abs=1e-3)
    assert float(found.tlg_g) == pytest.approx(
        LEAN * inside.mean() * volume_ml, abs=2e-3
    )
    assert 2 * LEAN < float(found.sul_peak) < LEAN * inside.max()
    figures = {"suv", "suv_max", "suv_mean", "mtv_ml", "tlg_g", "sul_peak"}
    assert found.methods.keys() == figures
    assert found.methods["suv_max"].startswith("SUVbw")
    assert found.methods["sul_peak"].startswith("SUL (Janmahasatian)")
    assert session.read.uptake_at("BL").methods == {"suv": "by body weight"}
    assert session.read.uptake_at("BL").suv_kind == "SUVbw max"


def test_one_undo_takes_finding_and_uptake_back(session):
    before = session.case
    recorded(session, "BL", pet())
    session.undo()
    assert session.case == before


def test_criteria_answer_from_masks_alone(session):
    recorded(session, "BL", pet(12.0))
    recorded(session, "TP1", pet(6.0, uid="1.2.8"))
    for criteria in (Criteria.EORTC_PET, Criteria.PERCIST):
        answer = session.answer.by_criteria[criteria].overall
        assert answer.timepoints["TP1"].overall is Response.PMR, criteria


def test_without_a_lean_body_mass_only_what_needs_it_is_missing(session):
    unknown = SuvScale(SuvUnit.LEAN_JANMAHASATIAN, None, "PatientSize is missing")
    found = recorded(session, "BL", pet(scales=(SCALES[0], unknown)))
    assert (found.sul_peak, found.tlg_g) == (None, None)
    assert found.suv_max is not None
    assert found.mtv_ml is not None


def test_a_size_measured_on_ct_stays_and_the_mask_is_kept_with_the_uptake(session):
    session.record("T1", "BL", Measured(caliper=caliper(30, 20)))
    before = session.read.finding("T1", "BL")
    found = recorded(session, "BL", pet())
    assert session.read.finding("T1", "BL") == before
    assert found.mask is not None
    assert [name for name, _ in session.read.masks_at("BL")] == ["T1"]
    session.do(ClearFinding(reader_id="reader", lesion_id="T1", timepoint_id="BL"))
    assert session.read.uptake_at("BL").lesions["T1"] == found


def test_the_kind_of_suv_that_is_followed_is_the_readers(session):
    place = {"reader_id": "reader", "timepoint_id": "BL"}
    session.do(RecordUptake(**place, pet=PetScan(suv_kind="SUVbw mean")))
    found = recorded(session, "BL", pet())
    assert found.suv == found.suv_mean
    session.do(RecordUptake(**place, pet=PetScan(suv_kind="SUVbsa max")))
    assert recorded(session, "BL", pet()).suv is None


def test_what_was_typed_beside_a_mask_stays(session):
    place = {"reader_id": "reader", "timepoint_id": "BL"}
    typed = PetLesion(extent_mm=31, sul_peak=3)
    session.do(RecordUptake(**place, pet=PetScan(lesions={"T1": typed})))
    found = recorded(session, "BL", pet())
    assert found.extent_mm == 31
    assert "extent_mm" not in found.methods
    assert found.sul_peak != 3


def test_taking_a_finding_back_takes_its_uptake_and_leaves_what_was_typed(session):
    place = {"reader_id": "reader", "timepoint_id": "TP1"}
    typed = PetScan(lesions={"T1": PetLesion(extent_mm=31)})
    session.do(RecordUptake(**place, pet=typed))
    recorded(session, "TP1", pet(uid="1.2.8"))
    session.do(ClearFinding(lesion_id="T1", **place))
    assert session.read.uptake_at("TP1").lesions == typed.lesions


def test_the_liver_sphere_and_its_threshold(session):
    scan = with_region(None, LIVER, pet(), 8, (20, 30))
    assert scan.liver.mean_sul == Decimal("1.5")
    assert scan.liver.sd_sul == 0
    assert scan.liver.place.middle_pixel == (30, 20)
    place = {"reader_id": "reader", "timepoint_id": "BL"}
    session.do(RecordUptake(**place, pet=scan))
    words = region_words(session.case, session.read, "BL", LIVER)
    assert words == "Liver: SUL 1.50, SD 0.00; measurable from SULpeak 2.25."


def test_an_uneven_region_is_told(session):
    scan = with_region(None, BLOOD_POOL, pet(), 8, (20, 9.5))
    session.do(RecordUptake(reader_id="reader", timepoint_id="BL", pet=scan))
    words = region_words(session.case, session.read, "BL", BLOOD_POOL)
    assert "Blood pool: SUL" in words
    steep = scan.blood_pool.sd_sul / scan.blood_pool.mean_sul
    assert ("uneven" in words) is (steep > Decimal("0.15"))


def test_a_follow_up_is_compared_with_the_baseline(session):
    for visit, image in (("BL", pet()), ("TP1", pet(uid="1.2.8"))):
        facts = ScanFacts(60.0 if visit == "BL" else 90.0, 350.0, "A B", "OSEM")
        scan = with_facts(with_region(None, LIVER, image, 8, (20, 30)), facts)
        session.do(RecordUptake(reader_id="reader", timepoint_id=visit, pet=scan))
    words = region_words(session.case, session.read, "TP1", LIVER)
    assert "not comparable with BL: uptake of 90.0 min" in words
    scan = session.read.uptake_at("TP1").replaced(uptake_minutes=62)
    session.do(RecordUptake(reader_id="reader", timepoint_id="TP1", pet=scan))
    assert region_words(session.case, session.read, "TP1", LIVER).endswith(
        "comparable with BL."
    )


def test_facts_of_the_tags_do_not_take_the_place_of_what_was_typed():
    scan = with_facts(PetScan(uptake_minutes=61), ScanFacts(60.0, 350.0, "A B", ""))
    assert scan.uptake_minutes == 61
    assert scan.methods.keys() == {"injected_mbq", "scanner"}
    assert scan.reconstruction is None


def test_a_pet_without_suv_gives_a_size_and_no_uptake(session):
    image = pet()
    kept = {n: getattr(image, n) for n in image.__dataclass_fields__ if n != "shape"}
    counts = type(image)(**kept | {"units": "BQML", "suv_refused": "no weight"})
    record_mask(session, "T1", "BL", counts, lesion_of(counts), CLICK)
    assert session.read.uptake_at("BL") is None
    assert session.read.finding("T1", "BL") is not None
    with pytest.raises(SuvRefused):
        with_region(None, LIVER, counts, 8, (20, 30))


def test_a_ct_mask_gives_the_mean_for_choi_and_the_volume(session):
    values = np.random.default_rng(2).normal(60, 20, SHAPE).astype(np.float32)
    image = volume_of(values, SPACING)
    mask = lesion_of(image)
    typed = Measured(caliper=caliper(9), hu_mean=12, typed=("hu_mean",))
    found, _ = finding_on_mask(
        image, mask, CLICK, role=LesionRole.TARGET, decimals=1, said=typed
    )
    inside = image.voxels[mask.as_full()]
    assert float(found.hu_mean) == pytest.approx(inside.mean(), abs=0.05)
    assert float(found.volume_ml) == pytest.approx(inside.size * 0.064, abs=1e-3)
    assert found.typed == ()
    on_pet = Region(pet(), lesion_of(pet()), CLICK)
    kept, _ = finding_on_mask(
        *on_pet[:3], role=LesionRole.TARGET, decimals=1, said=typed
    )
    assert (kept.hu_mean, kept.typed) == (12, ("hu_mean",))
    assert not math.isnan(float(kept.volume_ml))
