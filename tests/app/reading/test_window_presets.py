from __future__ import annotations

import pytest

from recist_tool.app.reading.window_presets import (
    PRESETS,
    Window,
    dragged,
    first_window,
)
from tests.plugin.volumes import volume


def test_a_width_and_a_level_make_the_window_around_it() -> None:
    window = Window.of(400, 40)
    assert window == (-160, 240)
    assert (window.width, window.level) == (400, 40)


def test_the_first_presets_are_soft_tissue_liver_lung_and_bone() -> None:
    names = [PRESETS[digit].name for digit in "1234"]
    assert names == ["soft tissue", "liver", "lung", "bone"]


def test_no_preset_is_on_a_key_that_records_a_finding() -> None:
    assert not {"0", "5"} & PRESETS.keys()


def test_ct_begins_in_the_soft_tissue_window_and_suv_from_0_to_10() -> None:
    assert first_window(volume()) == Window(-160, 240)
    assert first_window(volume(modality="PT", units="SUVbw")) == Window(0, 10)


def test_units_without_a_preset_span_what_the_middle_slice_holds() -> None:
    series = volume(modality="PT", units="BQML")
    low, high = first_window(series)
    assert series.voxels[2].min() < low < high < series.voxels[2].max()


def test_a_drag_to_the_right_widens_and_a_drag_down_brightens() -> None:
    before = Window.of(400, 40)
    assert dragged(before, 30, 0).width == pytest.approx(440)
    assert dragged(before, 30, 0).level == pytest.approx(40)
    assert dragged(before, 0, 30).level == pytest.approx(0)


def test_a_window_never_closes() -> None:
    assert dragged(Window.of(10, 0), -100_000, 0).width > 0
