"""Lesions carried over to a follow-up, and calipers snapped, at the window."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_recist.viewport.image.volume_cache import VolumeCache
from recist_tool.app.reading.signing import sign
from recist_tool.dicom import load, scan
from recist_tool.errors import GeometryError, RegistrationRefused
from recist_tool.measure import Registration, Volume, register
from recist_tool.model import Measured, MeasuringMethod
from recist_tool.phantom import SMALL_PATIENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui

NODULE = next(one for one in SMALL_PATIENT.lesions if one.lesion_id == "T3")
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def _middle(volume: Volume, centre_lps: np.ndarray) -> tuple[int, Pixel]:
    heights = volume.slice_origins_lps @ volume.normal_lps
    at = int(np.abs(heights - centre_lps @ volume.normal_lps).argmin())
    row, column = volume.lps_to_pixel(at, centre_lps[np.newaxis])[0].tolist()
    return at, (row, column)


def _draw_nodule(reader: Reader, half_px: float = 3.0) -> None:
    """Draw the nodule by hand: a long axis along its row."""
    series = reader.room.pane.volume
    assert series is not None
    slice_index, (row, column) = _middle(series, np.array(NODULE.center_lps))
    reader.room.pane.go_to(slice_index)
    reader.key(Qt.Key.Key_M)
    reader.drag((row, column - half_px), (row, column + half_px))


def _carry(reader: Reader, half_px: float = 3.0) -> None:
    _draw_nodule(reader, half_px)
    _go_on(reader)


def _go_on(reader: Reader) -> None:
    """Carry over what is measured to the next visit."""
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.key(Qt.Key.Key_C)
    reader.settle()


@pytest.fixture(scope="module", autouse=True)
def _registered_once() -> Iterator[None]:
    """Lay each pair of scans over one another once: it takes seconds."""
    known: dict[bytes, Registration] = {}

    def laid(
        fixed: Volume, moving: Volume, progress: Callable[[float, str], None]
    ) -> Registration:
        pair = b"".join(one.voxels.tobytes() for one in (fixed, moving))
        if pair not in known:
            known[pair] = register(fixed, moving, progress=progress)
        return known[pair]

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("napari_recist.room.carry_over.register", laid)
        yield


@pytest.fixture
def no_border(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no border be found anywhere."""

    def refuse(*_: object) -> None:
        raise GeometryError.at("click", "no border found: nothing here stands out")

    monkeypatch.setattr("napari_recist.room.carry_over.segment_click", refuse)


def _in_hand(reader: Reader, *, nodal: bool = False) -> None:
    """Take the caliper of the nodule into the hand, as no border is found."""
    _draw_nodule(reader)
    if nodal:
        _pull(reader, (1, 0), handle=2)
        reader.reading.attempt(lambda: reader.reading.revise("T1", nodal=True))
    _go_on(reader)
    reader.reading.choose("T1")
    reader.key(Qt.Key.Key_Return)
    reader.settle()


def _pull(reader: Reader, by: Pixel, handle: int = 0) -> None:
    """Pull an end of the caliper that shows handles."""
    (sketch,) = (one for one in reader.room.pane.sketches() if one.handles)
    row, column = _under(reader, sketch.handles[handle])
    reader.drag((row, column), (row + by[0], column + by[1]))


@pytest.mark.slow
def test_lesions_of_the_baseline_are_proposed_where_they_lie(reader: Reader) -> None:
    _carry(reader)
    reader.reading.choose("T1")
    proposal = reader.dock.carrying.proposal()
    assert proposal is not None
    there = np.array(NODULE.center_lps) + SMALL_PATIENT.visits[1].offset_lps
    assert np.linalg.norm(np.array(proposal.centre_lps) - there) < 8
    assert reader.finding("T1", "TP1") is None
    assert reader.room.pane.slice_index == proposal.slice_index
    (ghost,) = reader.room.pane.sketches()
    assert ghost.label.startswith("T1? ")
    assert "%" in ghost.label
    assert not ghost.handles


@pytest.mark.slow
def test_enter_finds_the_border_of_today_and_enter_again_records_it(
    reader: Reader,
) -> None:
    _carry(reader)
    reader.reading.choose("T1")
    reader.key(Qt.Key.Key_Return)
    reader.settle()
    assert reader.finding("T1", "TP1") is None
    assert [one.lesion_id for one in reader.reading.expected()] == ["T1"]
    draft = reader.dock.contouring.draft
    assert draft is not None
    assert draft.axes is not None
    reader.key(Qt.Key.Key_Return)
    found = reader.finding("T1", "TP1")
    assert isinstance(found, Measured)
    today = float(found.caliper.long_axis.value_mm)
    assert today == pytest.approx(draft.axes.long_axis_mm, abs=0.05)
    assert _method(found) is MeasuringMethod.SEGMENTED
    assert found.caliper.provenance is not None
    assert found.caliper.provenance.parameters["carried_from"] == "BL"
    assert reader.reading.read is not None
    assert reader.reading.read.mask("T1", "TP1") is not None


@pytest.mark.slow
def test_a_lesion_that_shrank_is_not_drawn_to_its_old_length(reader: Reader) -> None:
    _carry(reader, half_px=6.0)  # twice as long as the nodule is
    reader.reading.choose("T1")
    reader.key(Qt.Key.Key_Return)
    reader.settle()
    reader.key(Qt.Key.Key_Return)
    found, before = reader.finding("T1", "TP1"), reader.finding("T1")
    assert isinstance(found, Measured)
    assert isinstance(before, Measured)
    now_mm, then_mm = (one.caliper.long_axis.value_mm for one in (found, before))
    assert float(now_mm) < 0.75 * float(then_mm)


@pytest.mark.slow
def test_an_end_pulled_on_the_proposal_records_it_as_corrected(
    reader: Reader,
) -> None:
    _carry(reader)
    reader.reading.choose("T1")
    reader.key(Qt.Key.Key_Return)
    reader.settle()
    entries = len(reader.reading.open_session().entries)
    proposed = reader.dock.contouring.draft
    assert proposed is not None
    _pull(reader, (0, -2))
    found = reader.finding("T1", "TP1")
    assert isinstance(found, Measured)
    assert found.caliper.provenance is not None
    assert found.caliper.provenance.edited
    assert len(reader.reading.open_session().entries) == entries + 1
    assert reader.dock.contouring.draft is None
    assert reader.reading.read is not None
    assert reader.reading.read.mask("T1", "TP1") is not None
    reader.key(Qt.Key.Key_Z, CTRL)
    assert reader.finding("T1", "TP1") is None


@pytest.mark.slow
def test_where_no_border_is_found_the_old_caliper_waits_to_be_pulled(
    reader: Reader, no_border: None
) -> None:
    _in_hand(reader)
    assert "no measurement" in reader.reading.note.text
    assert reader.finding("T1", "TP1") is None
    (sketch,) = reader.room.pane.sketches()
    assert "T1? pull" in sketch.label
    assert all(line.dashed for line in sketch.lines)
    assert sketch.handles
    reader.key(Qt.Key.Key_Return)
    assert "pull an end" in reader.reading.note.text
    assert reader.finding("T1", "TP1") is None
    before = reader.finding("T1")
    _pull(reader, (0, -2))
    found = reader.finding("T1", "TP1")
    assert isinstance(found, Measured)
    assert isinstance(before, Measured)
    assert found.caliper.long_axis.value_mm != before.caliper.long_axis.value_mm
    assert _method(found) is MeasuringMethod.CARRIED_OVER
    assert reader.reading.expected() == []
    reader.key(Qt.Key.Key_Z, CTRL)
    assert reader.finding("T1", "TP1") is None


@pytest.mark.slow
def test_a_caliper_that_is_only_moved_is_no_measurement(
    reader: Reader, no_border: None
) -> None:
    _in_hand(reader)
    unfinished = reader.reading.unfinished
    assert unfinished is not None
    (row, column), (_, other) = unfinished.caliper.long_ends
    reader.room.pane.magnification = 5.0  # its ends and its middle are far apart
    reader.room.pane.centre_on((row, column))
    quarter = (row, column + (other - column) / 4)
    reader.drag(quarter, (quarter[0] + 3, quarter[1]))
    assert reader.finding("T1", "TP1") is None
    moved = reader.reading.unfinished
    assert moved is not None
    assert moved.caliper.long_ends[0][0] == pytest.approx(row + 3, abs=0.5)
    _pull(reader, (2, 2))
    assert isinstance(reader.finding("T1", "TP1"), Measured)


@pytest.mark.slow
def test_a_click_on_what_waits_to_be_pulled_keeps_it_in_hand(
    reader: Reader, no_border: None
) -> None:
    _in_hand(reader)
    unfinished = reader.reading.unfinished
    assert unfinished is not None
    reader.click(unfinished.caliper.long_ends[0])
    assert reader.reading.unfinished == unfinished
    assert reader.reading.lesion_id == "T1"


@pytest.mark.slow
@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_what_waits_to_be_pulled_is_put_away_and_leaves_no_trace(
    reader: Reader, no_border: None, key: Qt.Key
) -> None:
    _in_hand(reader)
    case = reader.reading.case
    reader.key(key)
    assert reader.reading.unfinished is None
    assert reader.reading.case == case
    assert [one.lesion_id for one in reader.reading.expected()] == ["T1"]


@pytest.mark.slow
def test_a_proposal_that_was_left_is_not_recorded_by_the_next_enter(
    reader: Reader,
) -> None:
    _draw_nodule(reader)
    reader.drag((60, 30), (60, 45))
    _go_on(reader)
    reader.reading.choose("T1")
    reader.key(Qt.Key.Key_Return)
    reader.settle()
    assert reader.dock.contouring.draft is not None
    reader.reading.choose("T2")
    assert reader.dock.contouring.draft is None
    reader.key(Qt.Key.Key_Return)
    reader.reading.choose("T1")  # while the border of T2 is still looked for
    reader.settle()
    assert reader.dock.contouring.draft is None
    assert reader.reading.unfinished is None
    assert reader.finding("T1", "TP1") is None
    assert reader.finding("T2", "TP1") is None


@pytest.mark.slow
def test_a_node_is_recorded_once_both_its_axes_are_of_today(
    reader: Reader, no_border: None
) -> None:
    _in_hand(reader, nodal=True)
    _pull(reader, (0, -2))
    assert reader.finding("T1", "TP1") is None
    assert "short axis" in reader.reading.note.text
    _pull(reader, (1, 0), handle=2)
    found = reader.finding("T1", "TP1")
    assert isinstance(found, Measured)
    assert found.caliper.short_axis is not None
    assert _method(found) is MeasuringMethod.CARRIED_OVER


@pytest.mark.slow
def test_at_a_signed_visit_nothing_is_measured(reader: Reader) -> None:
    _carry(reader)
    reader.reading.choose("T1")
    reader.reading.attempt(lambda: sign(reader.reading, "reader-1"))
    reader.key(Qt.Key.Key_Return)
    reader.settle()
    assert reader.reading.note.is_error
    assert "is signed" in reader.reading.note.text
    assert reader.dock.contouring.draft is None


def test_carried_over_is_by_the_scans_as_they_are_without_a_window(
    reader: Reader, patient: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Volume] = []

    def refuse(*pair: Volume, **_: object) -> None:
        asked.extend(pair)
        raise RegistrationRefused.at("registration", "the scans look too different")

    monkeypatch.setattr("napari_recist.room.carry_over.register", refuse)
    _carry(reader)
    cts = [one for one in scan([patient]).series if one.modality == "CT"]
    for given, series in zip(asked, cts[:2], strict=True):
        alone = load(series)
        assert np.array_equal(given.voxels, alone.voxels)
        assert np.array_equal(given.slice_origins_lps, alone.slice_origins_lps)


def test_a_registration_that_is_refused_is_told_and_reading_goes_on(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RegistrationRefused.at("registration", "the scans look too different")

    monkeypatch.setattr("napari_recist.room.carry_over.register", refuse)
    _carry(reader)
    assert reader.reading.note.is_error
    assert "too different" in reader.reading.note.text
    assert "by hand" in reader.reading.note.text
    assert not reader.dock.carrying.busy
    reader.reading.choose("T1")
    assert len(reader.room.pane.sketches()) == 1  # the ghost as it was before


def test_carrying_over_can_be_stopped(reader: Reader) -> None:
    _draw_nodule(reader)
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.key(Qt.Key.Key_C)
    assert reader.dock.carrying.busy
    reader.key(Qt.Key.Key_C)
    reader.settle()
    assert not reader.dock.carrying.busy
    assert reader.dock.carrying.carried is None
    assert "stopped" in reader.reading.note.text


def test_at_baseline_there_is_nothing_to_carry_over(reader: Reader) -> None:
    reader.key(Qt.Key.Key_C)
    assert reader.reading.note.is_error
    assert "follow-up" in reader.reading.note.text


def test_nothing_measured_is_nothing_to_carry_over(reader: Reader) -> None:
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.key(Qt.Key.Key_C)
    assert reader.reading.note.is_error
    assert "no lesion is measured" in reader.reading.note.text


def test_enter_without_a_proposal_says_what_to_do(reader: Reader) -> None:
    reader.key(Qt.Key.Key_Return)
    assert "Nothing is proposed" in reader.reading.note.text


def test_a_snapped_caliper_is_recorded_as_such(reader: Reader) -> None:
    _draw_nodule(reader, half_px=4.0)
    by_hand = reader.finding("T1")
    reader.key(Qt.Key.Key_M, SHIFT)
    snapped = reader.finding("T1")
    assert isinstance(by_hand, Measured)
    assert isinstance(snapped, Measured)
    assert _method(snapped) is MeasuringMethod.SNAPPED
    assert snapped.caliper.long_axis.value_mm < by_hand.caliper.long_axis.value_mm
    assert snapped.caliper.provenance is not None
    assert "long_end_moved_mm" in snapped.caliper.provenance.parameters
    reader.key(Qt.Key.Key_Z, CTRL)
    assert reader.finding("T1") == by_hand


def test_a_caliper_of_a_mask_is_not_snapped(reader: Reader) -> None:
    _found_by_click(reader)
    before = reader.finding("T1")
    reader.key(Qt.Key.Key_M, SHIFT)
    assert reader.reading.note.is_error
    assert "from its mask" in reader.reading.note.text
    assert reader.finding("T1") == before


def test_without_a_caliper_there_is_nothing_to_snap(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M, SHIFT)
    assert reader.reading.note.is_error
    assert "no lesion is chosen" in reader.reading.note.text


def test_pulling_a_caliper_of_a_mask_keeps_the_mask_and_says_so(
    reader: Reader,
) -> None:
    _found_by_click(reader)
    read, found = reader.reading.read, reader.finding("T1")
    assert read is not None
    assert isinstance(found, Measured)
    mask = read.mask("T1", "BL")
    (end, *_) = reader.room.pane.sketches()[0].handles
    pixel = _under(reader, end)
    reader.drag(pixel, (pixel[0] - 2, pixel[1]))
    pulled, read = reader.finding("T1"), reader.reading.read
    assert isinstance(pulled, Measured)
    assert pulled.caliper.long_axis != found.caliper.long_axis
    assert pulled.caliper.provenance is not None
    assert pulled.caliper.provenance.edited
    assert _method(pulled) is MeasuringMethod.SEGMENTED
    assert read is not None
    assert read.mask("T1", "BL") == mask
    assert pulled.volume_ml == found.volume_ml


def _found_by_click(reader: Reader) -> None:
    series = reader.room.pane.volume
    assert series is not None
    slice_index, pixel = _middle(series, np.array(NODULE.center_lps))
    reader.room.pane.go_to(slice_index)
    reader.key(Qt.Key.Key_A)
    reader.click(pixel)
    reader.settle()
    reader.key(Qt.Key.Key_Return)
    reader.key(Qt.Key.Key_Escape)


def _method(found: Measured) -> MeasuringMethod | None:
    provenance = found.caliper.provenance
    return None if provenance is None else provenance.method


def _under(reader: Reader, screen: tuple[float, float]) -> Pixel:
    """Return the pixel that lies under a point of the screen."""
    origin = np.array(reader.room.pane.to_screen((0.0, 0.0)))
    scale = np.array(reader.room.pane.to_screen((1.0, 1.0))) - origin
    column, row = ((np.array(screen) - origin) / scale).tolist()
    return row, column


def test_a_baseline_that_went_away_ends_the_carrying_over_in_words(
    make_reader: Callable[[], Reader],
    patient: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for visit in ("BL", "TP1"):
        shutil.copytree(patient / visit / "CT", tmp_path / visit)
    reader = make_reader()
    reader.open(tmp_path / "BL", tmp_path / "TP1")
    _draw_nodule(reader)
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    monkeypatch.setattr(VolumeCache, "get", lambda self, key: None)
    shutil.rmtree(tmp_path / "BL")
    reader.key(Qt.Key.Key_C)
    reader.settle()
    assert not reader.dock.carrying.busy
    assert reader.reading.note.text.startswith("Read on by hand.")


def test_a_pet_that_went_away_is_told_where_it_was_to_be_laid_over_the_ct(
    make_reader: Callable[[], Reader], patient: Path, tmp_path: Path
) -> None:
    shutil.copytree(patient / "BL", tmp_path / "BL")
    reader = make_reader()
    reader.open(tmp_path / "BL")
    shutil.rmtree(tmp_path / "BL" / "PT")
    reader.key(Qt.Key.Key_F)
    reader.settle()
    assert reader.reading.note.is_error
    assert not reader.room.pane.fused.is_on
