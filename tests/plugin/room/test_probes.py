"""Rulers, angles and regions at the window: drawn, seen, undone, and no lesions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QApplication

from recist_tool.measure import annotation_words, probe
from recist_tool.terms import AnnotationKind
from tests.plugin.dock_hands import sign_visit

if TYPE_CHECKING:
    from recist_tool.model import Annotation
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
BARE = Qt.KeyboardModifier.NoModifier


def drawn(reader: Reader) -> tuple[Annotation, ...]:
    read = reader.reading.read
    return () if read is None else read.annotations


def labels(reader: Reader) -> list[str]:
    return [one.label for one in reader.room.pane.scene().sketches]


def test_each_tool_draws_what_it_says_and_is_laid_down(reader: Reader) -> None:
    strokes = (
        (Qt.Key.Key_Y, BARE, AnnotationKind.RULER, [(30, 30), (30, 50)]),
        (Qt.Key.Key_O, SHIFT, AnnotationKind.CIRCLE, [(40, 40), (40, 48)]),
        (Qt.Key.Key_E, SHIFT, AnnotationKind.ELLIPSE, [(50, 30), (60, 50)]),
    )
    for key, held, kind, ends in strokes:
        reader.key(key, held)
        assert reader.dock.kit.probes.kind is kind
        reader.drag(*ends)
        assert reader.dock.kit.probes.kind is None
        one = drawn(reader)[-1]
        volume, at = reader.room.pane.volume, reader.room.pane.slice_index
        points = [(row, column) for column, row in one.points_pixel]
        assert one.kind is kind
        assert np.abs(np.subtract(points, ends)).max() < 0.5
        for name, value in probe(volume, at, kind, points).figures.items():
            assert float(one.figures[name]) == pytest.approx(value, abs=1e-3)
        assert annotation_words(one, "\n") in labels(reader)
    assert reader.reading.read is not None
    assert reader.reading.read.lesions == ()


def test_an_angle_takes_three_clicks_and_a_sphere_one(reader: Reader) -> None:
    reader.key(Qt.Key.Key_Y, SHIFT)
    for at in ((30, 30), (40, 40), (30, 50)):
        assert drawn(reader) == ()
        reader.click(at)
    assert drawn(reader)[0].kind is AnnotationKind.ANGLE
    reader.room.pane.go_to(len(reader.room.pane.volume.voxels) // 2)
    reader.key(Qt.Key.Key_S, SHIFT)
    reader.click((45, 45))
    assert drawn(reader)[1].kind is AnnotationKind.SPHERE_1_ML
    assert float(drawn(reader)[1].figures["volume_ml"]) == pytest.approx(1.0)


def test_undo_drops_what_is_half_drawn_then_takes_one_back(reader: Reader) -> None:
    reader.key(Qt.Key.Key_Y)
    reader.drag((30, 30), (30, 50))
    reader.key(Qt.Key.Key_Y, SHIFT)
    reader.click((40, 40))
    reader.key(Qt.Key.Key_Z, CONTROL)
    assert len(drawn(reader)) == 1
    assert "dropped" in reader.reading.note.text
    reader.key(Qt.Key.Key_Escape)
    reader.key(Qt.Key.Key_Z, CONTROL)
    assert drawn(reader) == ()
    reader.key(Qt.Key.Key_Y, CONTROL)
    assert len(drawn(reader)) == 1


def test_a_pulled_end_measures_anew(reader: Reader) -> None:
    reader.key(Qt.Key.Key_Y)
    reader.drag((30, 30), (30, 50))
    before = drawn(reader)[0]
    reader.key(Qt.Key.Key_Y)
    reader.drag((30, 50), (30, 60))
    (one,) = drawn(reader)
    assert one.annotation_id == before.annotation_id
    assert one.figures["length_mm"] > before.figures["length_mm"]


def test_what_is_drawn_is_seen_on_its_slice_and_when_its_visit_is_opened_again(
    reader: Reader,
) -> None:
    reader.key(Qt.Key.Key_Y)
    reader.drag((30, 30), (30, 50))
    words = annotation_words(drawn(reader)[0], "\n")
    assert words in labels(reader)
    reader.key(Qt.Key.Key_Up)
    assert words not in labels(reader)
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    assert words not in labels(reader)
    reader.key(Qt.Key.Key_BracketLeft)
    reader.settle()
    reader.key(Qt.Key.Key_Down)
    reader.room.pane.go_to(_slice_of(reader))
    assert words in labels(reader)


def _slice_of(reader: Reader) -> int:
    volume = reader.room.pane.volume
    uid = drawn(reader)[0].plane.sop_instance_uid
    return volume.slices_of(uid)[0]


def test_another_tool_lays_the_ruler_down(reader: Reader) -> None:
    probes = reader.dock.kit.probes
    others = ((Qt.Key.Key_M, BARE), (Qt.Key.Key_A, BARE), (Qt.Key.Key_X, SHIFT))
    for key, held in others:
        reader.key(Qt.Key.Key_Y)
        assert probes.kind is AnnotationKind.RULER
        assert not reader.room.tool.armed
        reader.key(key, held)
        assert probes.kind is None
        reader.key(Qt.Key.Key_Escape)
    assert drawn(reader) == ()


def test_a_signed_visit_takes_no_ruler(measured: Reader) -> None:
    sign_visit(measured)
    measured.key(Qt.Key.Key_Y)
    measured.drag((40, 30), (40, 50))
    assert drawn(measured) == ()
    assert "locked" in measured.reading.note.text


def test_the_value_under_the_pointer_is_told_until_it_leaves(reader: Reader) -> None:
    pane = reader.room.pane
    reader.hover((40, 40))
    value = pane.volume.voxels[pane.slice_index, 40, 40]
    assert f"{value:.0f} HU" in [one.text for one in pane.scene().lines]
    QApplication.sendEvent(reader.canvas, QEvent(QEvent.Type.Leave))
    assert not [one for one in pane.scene().lines if one.text.endswith(" HU")]


def test_keys_go_to_the_ends_by_tens_and_to_a_slice(reader: Reader) -> None:
    pane = reader.room.pane
    last = len(pane.volume.voxels) - 1
    reader.key(Qt.Key.Key_End)
    feet = pane.slice_index
    reader.key(Qt.Key.Key_Home)
    assert {feet, pane.slice_index} == {0, last}
    reader.key(Qt.Key.Key_PageDown)
    assert abs(pane.slice_index - feet) == last - min(10, last)
    reader.viewer.window.activate()
    reader.key(Qt.Key.Key_G, CONTROL)
    field = reader.dock.lightbox.frames[0].jump
    reader.wait_for(field.isVisible)
    reader.key(Qt.Key.Key_3, widget=field)
    reader.key(Qt.Key.Key_Return, widget=field)
    assert pane.slice_index == 2
    assert not field.isVisible()


def test_cine_runs_until_a_key_is_pressed(reader: Reader) -> None:
    before = reader.room.pane.slice_index
    reader.key(Qt.Key.Key_C, SHIFT)
    reader.wait_for(lambda: reader.room.pane.slice_index != before)
    reader.key(Qt.Key.Key_Up)
    assert not reader.dock.kit.cine.is_running
