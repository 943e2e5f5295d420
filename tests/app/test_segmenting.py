"""A mask in a read: axes, volume and voxels are one change, and undone as one."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from benchmarks.lesion_scenes import volume_of
from recist_tool.app import segmenting
from recist_tool.app.segmenting import (
    provenance_of,
    record_mask,
    segment_with,
    segmenters,
)
from recist_tool.app.session import Session
from recist_tool.errors import CommandRefused, GeometryError, SetupError
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.edit import add_ellipse
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask.saved import as_saved_mask, from_saved_mask
from recist_tool.measure.segment.segment import Segmentation
from recist_tool.model.commands import AddTimepoint
from recist_tool.model.finding import Absent, Measured, NewLesionSeen, NonTargetSeen
from recist_tool.model.provenance import MeasuringMethod, Provenance
from recist_tool.store.casefile import load_case
from recist_tool.terms import LesionRole, NewLesionStatus, NonTargetStatus
from tests.builders import caliper, timepoint

SERIES = volume_of(np.zeros((7, 60, 60), np.float32), (2.5, 1.0, 1.0))
BY_BRUSH = Provenance(method=MeasuringMethod.MASK, program="test 1", edited=True)


def drawn(radius_mm=10.0):
    mask = Mask.of_full(np.zeros(SERIES.shape, np.bool_), SERIES.grid)
    for at in (2, 3, 4):
        mask = add_ellipse(mask, at, (30, 30), (radius_mm, 0.8 * radius_mm))
    return mask


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as opened:
        for number in (0, 1):
            opened.do(AddTimepoint(timepoint=timepoint(number)))
        yield opened


def test_a_target_gets_axes_volume_and_voxels(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    record_mask(session, "T1", "BL", SERIES, drawn(), BY_BRUSH)
    finding, found = session.read.finding("T1", "BL"), axes(drawn())
    assert isinstance(finding, Measured)
    assert float(finding.caliper.long_axis.value_mm) == round(found.long_axis_mm, 1)
    assert float(finding.volume_ml) == pytest.approx(drawn().voxels * 0.0025, abs=0.001)
    assert finding.caliper.provenance == BY_BRUSH
    assert session.read.mask("T1", "BL").provenance == BY_BRUSH
    again = from_saved_mask(SERIES, session.read.mask("T1", "BL"))
    assert np.array_equal(again.as_full(), drawn().as_full())


def test_one_undo_takes_caliper_and_mask_back(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    record_mask(session, "T1", "BL", SERIES, drawn(6.0), BY_BRUSH)
    before = session.case
    record_mask(session, "T1", "BL", SERIES, drawn(), BY_BRUSH)
    assert session.undo() == before
    session.undo()
    assert session.read.finding("T1", "BL") is None
    assert session.read.mask("T1", "BL") is None


def test_it_is_there_when_the_case_is_opened_again(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    record_mask(session, "T1", "BL", SERIES, drawn(), BY_BRUSH)
    assert load_case(session.case_path).case == session.case


def test_a_caliper_drawn_later_takes_the_mask_away(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    record_mask(session, "T1", "BL", SERIES, drawn(), BY_BRUSH)
    session.record("T1", "BL", Measured(caliper=caliper(20)))
    assert session.read.mask("T1", "BL") is None


def test_the_status_of_a_non_target_is_kept(session):
    session.add_lesion(LesionRole.NON_TARGET, "liver")
    grown = NonTargetSeen(status=NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL)
    session.record("NT1", "TP1", grown)
    record_mask(session, "NT1", "TP1", SERIES, drawn(), BY_BRUSH)
    finding = session.read.finding("NT1", "TP1")
    assert finding.status is NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL
    assert finding.caliper.provenance == BY_BRUSH


def test_a_non_target_and_a_new_lesion_can_have_a_mask(session):
    session.add_lesion(LesionRole.NON_TARGET, "liver")
    session.add_lesion(LesionRole.NEW, "liver", first_seen="TP1")
    for lesion_id in ("NT1", "NL1"):
        record_mask(session, lesion_id, "TP1", SERIES, drawn(), BY_BRUSH)
    assert isinstance(session.read.finding("NT1", "TP1"), NonTargetSeen)
    new = session.read.finding("NL1", "TP1")
    assert isinstance(new, NewLesionSeen)
    assert new.status is NewLesionStatus.DEFINITE


def test_what_is_gone_has_no_mask(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    with pytest.raises(CommandRefused, match="'absent' has no mask"):
        session.record("T1", "TP1", Absent(), mask=as_saved_mask(SERIES, drawn()))


def test_without_a_lesion_it_is_refused(session):
    with pytest.raises(CommandRefused, match="no such lesion"):
        record_mask(session, "T9", "BL", SERIES, drawn(), BY_BRUSH)


def test_an_empty_mask_is_refused_and_nothing_recorded(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    entries = session.entries
    empty = Mask.of_full(np.zeros(SERIES.shape, np.bool_), SERIES.grid)
    with pytest.raises(GeometryError, match="empty"):
        record_mask(session, "T1", "BL", SERIES, empty, BY_BRUSH)
    assert session.entries == entries


def test_findings_without_masks_are_written_as_before(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(20)))
    for file in session.case_path.parent.glob("S-1.*"):
        assert '"mask"' not in file.read_text()
        assert '"provenance"' not in file.read_text()


class Installed:
    """Entry points as an installed package would give them."""

    def __init__(self, monkeypatch, **functions):
        for name, function in functions.items():
            monkeypatch.setattr(segmenting, f"_test_{name}", function, raising=False)
        found = EntryPoints(
            EntryPoint(
                name, f"{segmenting.__name__}:_test_{name}", segmenting.SEGMENTERS
            )
            for name in functions
        )
        monkeypatch.setattr(
            segmenting, "entry_points", lambda **choice: found.select(**choice)
        )


def test_an_installed_segmenter_is_found_and_asked(monkeypatch):
    made = Segmentation(drawn(), 0.9, "network", {"epochs": 3.0})
    asked = []

    def network(volume, slice_index, pixel):
        asked.append((volume, slice_index, pixel))
        return made

    Installed(monkeypatch, network=network)
    assert segmenters() == ("network",)
    assert segment_with("network", SERIES, 3, (30, 30)) is made
    assert asked == [(SERIES, 3, (30, 30))]
    assert provenance_of(made).algorithm == "network"


def test_a_segmenter_that_is_not_installed_is_named(monkeypatch):
    Installed(monkeypatch)
    with pytest.raises(SetupError, match=r"'network'.*not installed.*none"):
        segment_with("network", SERIES, 3, (30, 30))


def test_a_segmenter_that_fails_is_one_line(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("patient name")

    Installed(monkeypatch, broken=broken)
    with pytest.raises(
        SetupError, match=r"'broken': failed \(ZeroDivisionError\)"
    ) as no:
        segment_with("broken", SERIES, 3, (30, 30))
    assert "patient name" not in str(no.value)


def test_what_a_segmenter_refuses_is_passed_on(monkeypatch):
    def refusing(*_):
        raise GeometryError.at("click", "no border found")

    Installed(monkeypatch, refusing=refusing)
    with pytest.raises(GeometryError, match="no border found"):
        segment_with("refusing", SERIES, 3, (30, 30))


def test_a_mask_of_another_geometry_is_refused(monkeypatch):
    other = volume_of(np.zeros((7, 60, 60), np.float32), (5.0, 1.0, 1.0))
    Installed(monkeypatch, off=lambda *_: Segmentation(drawn(), 1.0, "off", {}))
    with pytest.raises(GeometryError, match="segmenter 'off'"):
        segment_with("off", other, 3, (30, 30))
