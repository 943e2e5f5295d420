"""Lesions of a file of masks in a read: known again, recorded, and undone."""

from __future__ import annotations

import numpy as np
import pytest

from recist_tool.app.importing import Unknown, import_lesions
from recist_tool.app.measuring import measure_file
from recist_tool.app.session import Session
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import CommandRefused, SequenceRefused
from recist_tool.measure.mask.saved import from_saved_mask
from recist_tool.model.commands import AddTimepoint, LockTimepoint, SetProtocol
from recist_tool.model.protocol import Protocol
from recist_tool.model.provenance import MeasuringMethod
from recist_tool.store.casefile import load_case
from recist_tool.terms import LesionRole
from tests.builders import NOON, timepoint
from tests.dicom.mask_files import SERIES, ball, slices_of, write_seg
from tests.dicom.series_files import new_uid, pet

IN_LIVER = Unknown(organ="liver")
LUMP = ball()
NEAR = ball(centre=(4, 12, 20), radius=(2, 5, 5))


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path / "case", subject_id="S-1", reader_id="R1") as session:
        for number in (0, 1):
            session.do(AddTimepoint(timepoint=timepoint(number)))
        yield session


@pytest.fixture
def series(tmp_path):
    slices_of(SERIES, tmp_path / "ct")
    return scan([tmp_path / "ct"]).series


def measured(tmp_path, series, masks=(LUMP, NEAR), names=("Dome", "Hilum")):
    images = [one.path for one in series[0].slices]
    path = write_seg(tmp_path / f"{new_uid()}.dcm", images, np.stack(masks, -1), names)
    return measure_file(path, series)


def test_lesions_are_added_with_axes_volume_voxels_and_provenance(
    tmp_path, session, series
):
    found = measured(tmp_path, series)
    assert list(import_lesions(session, "BL", found, IN_LIVER)) == ["T1", "T2"]
    one = session.read.lesion("T1")
    assert (one.name, one.organ, one.tracking_uid) == ("Dome", "liver", "1.2.3.1")
    finding = session.read.finding("T1", "BL")
    axes = found.lesions[0].measure.axes
    assert float(finding.caliper.long_axis.value_mm) == pytest.approx(
        axes.long_axis_mm, abs=0.051
    )
    assert float(finding.volume_ml) == pytest.approx(LUMP.sum() * 0.0012, abs=1e-3)
    how = finding.caliper.provenance
    assert (how.method, how.algorithm) == (MeasuringMethod.MASK, "DICOM SEG")
    assert how.parameters == {"label": 1.0}
    saved = session.read.mask("T1", "BL")
    np.testing.assert_array_equal(
        from_saved_mask(load(series[0]), saved).as_full(), LUMP
    )
    assert session.case.timepoint("BL").series[0].series_instance_uid == (
        SERIES.series_uid
    )


def test_the_case_on_the_disk_holds_them(tmp_path, session, series):
    list(import_lesions(session, "BL", measured(tmp_path, series), IN_LIVER))
    case = load_case(session.case_path).case
    assert case == session.case


def test_a_lesion_is_known_again_by_its_tracking_uid(tmp_path, session, series):
    list(import_lesions(session, "BL", measured(tmp_path, series), IN_LIVER))
    smaller = ball(radius=(1, 3, 4))
    again = measured(tmp_path, series, (smaller, NEAR), ("Renamed", "Too"))
    assert list(import_lesions(session, "BL", again)) == ["T1", "T2"]
    assert session.read.mask("T1", "BL").shape[0] == 3


def test_a_lesion_is_known_again_by_its_id_or_its_name(tmp_path, session, series):
    session.add_lesion(LesionRole.TARGET, "lung", name="Apex")
    session.add_lesion(LesionRole.NON_TARGET, "liver")
    found = measured(tmp_path, series, names=("Apex", "NT1"))
    assert list(import_lesions(session, "BL", found)) == ["T1", "NT1"]


@pytest.mark.parametrize("known", [0, 1, 2])
def test_masks_of_one_name_are_lesions_of_their_own(tmp_path, session, series, known):
    for _ in range(known):
        session.add_lesion(LesionRole.TARGET, "lung", name="Tumor")
    before = [one.lesion_id for one in session.read.lesions]
    found = measured(tmp_path, series, names=("Tumor", "Tumor"))
    added = list(import_lesions(session, "BL", found, IN_LIVER))
    assert len({*before, *added}) == known + 2
    sizes = [session.read.mask(one, "BL").shape for one in added]
    assert sizes == [one.segment.mask.inside.shape for one in found.lesions]


def test_two_masks_of_one_lesion_are_refused_before_anything_is_changed(
    tmp_path, session, series
):
    session.add_lesion(LesionRole.TARGET, "lung", name="Apex")
    before = session.case
    found = measured(tmp_path, series, names=("Apex", "T1"))
    with pytest.raises(CommandRefused, match="T1: labels 1 and 2 are both of it"):
        list(import_lesions(session, "BL", found))
    assert session.case == before


def test_new_lesions_name_the_visit_where_they_were_first_seen(
    tmp_path, session, series
):
    found = measured(tmp_path, series)
    new = Unknown(LesionRole.NEW, "lung")
    assert list(import_lesions(session, "TP1", found, new)) == ["NL1", "NL2"]
    assert session.read.lesion("NL1").first_seen == "TP1"


def test_a_mask_measured_without_its_series_is_not_recorded(tmp_path, session, series):
    path = write_seg(tmp_path / "s.dcm", [one.path for one in series[0].slices], LUMP)
    with pytest.raises(CommandRefused, match="voxels are recorded on images"):
        list(import_lesions(session, "BL", measure_file(path)))


@pytest.mark.parametrize(
    ("timepoint_id", "said"),
    [("TP9", r"no such timepoint \(it has BL, TP1\)"), ("BL", "it is signed")],
)
def test_where_nothing_can_be_recorded_nothing_is_changed(
    tmp_path, session, series, timepoint_id, said
):
    session.do(
        LockTimepoint(reader_id="R1", timepoint_id="BL", at=NOON, signed_by="R1")
    )
    before = session.case
    with pytest.raises(CommandRefused, match=said):
        list(import_lesions(session, timepoint_id, measured(tmp_path, series)))
    assert session.case == before


def test_a_series_of_another_visit_is_refused(tmp_path, session, series):
    found = measured(tmp_path, series)
    list(import_lesions(session, "BL", found, IN_LIVER))
    with pytest.raises(CommandRefused, match="the series belongs to BL"):
        list(import_lesions(session, "TP1", found))


def test_a_visit_that_a_sequential_read_has_not_come_to_takes_nothing(
    tmp_path, session, series
):
    session.do(SetProtocol(protocol=Protocol(sequential=True)))
    before = session.case
    found = measured(tmp_path, series)
    with pytest.raises(SequenceRefused, match="BL is not signed yet"):
        list(import_lesions(session, "TP1", found))
    assert session.case == before
    sign = LockTimepoint(reader_id="R1", timepoint_id="BL", signed_by="R1", at=NOON)
    session.do(sign)
    assert list(import_lesions(session, "TP1", found, IN_LIVER)) == ["T1", "T2"]


def test_an_organ_is_the_files_or_is_said_and_none_is_a_default(
    tmp_path, session, series
):
    before = session.case
    found = measured(tmp_path, series, names=("Liver metastasis", "Dome"))
    with pytest.raises(CommandRefused, match="label 2: the file names no organ"):
        list(import_lesions(session, "BL", found))
    assert session.case == before
    in_lung = Unknown(organ="lung")
    assert list(import_lesions(session, "BL", found, in_lung)) == ["T1", "T2"]
    assert [one.organ for one in session.read.lesions] == ["liver", "lung"]
    again = measured(tmp_path, series, names=("Liver metastasis", "Dome"))
    assert list(import_lesions(session, "BL", again)) == ["T1", "T2"]


def test_masks_on_a_pet_say_their_uptake_with_the_lesions(tmp_path, session):
    files = pet(**dict.fromkeys(SERIES.tags, "") | pet().tags)
    slices_of(files.but(count=SERIES.count, shape=SERIES.shape), tmp_path / "pet")
    series = scan([tmp_path / "pet"]).series
    found = measured(tmp_path, series)
    before = session.case
    list(import_lesions(session, "BL", found, IN_LIVER))
    scanned = session.read.uptake_at("BL")
    for name, lesion in zip(("T1", "T2"), found.lesions, strict=True):
        one = scanned.lesions[name]
        highest = lesion.measure.statistics.maximum
        assert float(one.suv_max) == pytest.approx(highest, abs=1e-3)
        assert "DICOM SEG" in one.methods["mtv_ml"]
    assert float(scanned.injected_mbq) == 370
    session.undo()
    assert session.read.lesions == before.reads[0].lesions
    assert session.read.uptake_at("BL") is None
