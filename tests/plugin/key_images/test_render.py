"""What a key image shows: the lesion in the middle, true in mm, and no patient."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtGui import QColor

from napari_recist.key_images.render import (
    FIELD_MM,
    SIDE_PX,
    KeyImageContents,
    key_image,
    shot_of,
)
from napari_recist.viewport.annotations.outlined_text import OutlinedText
from napari_recist.viewport.annotations.overlay_painter import OverlayPainter
from recist_tool.app.reading.window_presets import PRESETS, Window
from recist_tool.measure import Mask, PlaneCaliper, as_record, as_saved_mask
from recist_tool.model import LesionFinding, Measured, NonTargetSeen, Split
from recist_tool.terms import LesionRole
from tests.builders import lesion
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtGui import QImage

    from recist_tool.measure import Volume
    from recist_tool.model import Caliper, Finding

pytestmark = pytest.mark.gui

WIDE = Window(-1000, 25000)
MIDDLE = SIDE_PX // 2


@pytest.fixture
def engraver(qapp: object) -> OverlayPainter:
    return OverlayPainter()


def across(series: Volume, at: int = 2, half: float = 8.0) -> Caliper:
    """Return a caliper along the middle row of a slice."""
    ends = ((32.0, 40.0 - half), (32.0, 40.0 + half))
    return as_record(series, at, PlaneCaliper(ends))


def shot(
    series: Volume, finding: Finding | None = None, **seen: object
) -> KeyImageContents:
    entry = LesionFinding(
        lesion_id="T1",
        timepoint_id="TP1",
        finding=finding or Measured(caliper=across(series)),
        **seen,
    )
    found = shot_of(series, lesion(), entry)
    assert found is not None
    return found


def grey(image: QImage, x: float, y: float) -> int:
    colour = QColor(image.pixel(round(x), round(y)))
    return colour.value()


def columns(image: QImage, colour: str, row: int) -> list[int]:
    """Return where, left of labels, a row of pixels has (almost) a colour."""
    wanted = QColor(colour)
    found = [QColor(image.pixel(x, row)) for x in range(MIDDLE + 20)]
    return [
        x
        for x, one in enumerate(found)
        if abs(one.hue() - wanted.hue()) < 8 and one.saturation() > 120
    ]


def test_the_lesion_is_in_the_middle_and_as_long_as_its_millimetres(
    engraver: OverlayPainter,
) -> None:
    image = key_image(shot(volume()), WIDE, engraver)
    assert (image.width(), image.height()) == (SIDE_PX, SIDE_PX)
    line = columns(image, "#ffd60a", MIDDLE)
    length_px = 8.0 * SIDE_PX / FIELD_MM  # 16 columns of 0.5 mm
    assert len(line) == pytest.approx(length_px, abs=3)
    assert np.mean(line) == pytest.approx(MIDDLE, abs=1)


def test_pixels_that_are_not_square_are_shown_in_millimetres(
    engraver: OverlayPainter,
) -> None:
    series = volume(spacing=(1.0, 0.5))
    image = key_image(shot(series), WIDE, engraver)
    scale = SIDE_PX / FIELD_MM
    black = grey(image, MIDDLE, MIDDLE - (32 + 4) * scale)
    assert black == 0  # beyond the first of 64 rows of 1 mm
    assert grey(image, MIDDLE, MIDDLE - (32 - 4) * scale) > 0
    assert grey(image, MIDDLE + (20 + 4) * scale, MIDDLE + 30) == 0
    assert grey(image, MIDDLE + (20 - 4) * scale, MIDDLE + 30) > 0


def test_a_pixel_lies_where_its_caliper_says(engraver: OverlayPainter) -> None:
    series = volume(spacing=(0.7, 0.5))
    series.voxels[:] = -1000
    series.voxels[2, 20, 20] = 25000
    found = shot(series)
    image = key_image(found, WIDE, engraver)
    x, y = found.to_picture((20.0, 20.0))
    around = [(round(x) + i, round(y) + j) for i in range(-6, 7) for j in range(-6, 7)]
    light = np.array([grey(image, *one) for one in around])
    middle = light @ (np.array(around) + 0.5) / light.sum()
    assert middle == pytest.approx((x, y), abs=0.1)


@pytest.mark.parametrize(
    ("half", "doublings"), [(8.0, 0), (89.9, 0), (90.1, 1), (180.1, 2)]
)
def test_a_field_too_small_for_the_lesion_is_doubled(
    half: float, doublings: int
) -> None:
    found = shot(volume())
    ends = ((32.0, 40.0 - half), (32.0, 40.0 + half))  # of 0.5 mm
    mark = found.marks[0]._replace(caliper=PlaneCaliper(ends))
    assert found._replace(marks=(mark,)).field_mm == FIELD_MM * 2**doublings


def test_a_window_goes_from_black_to_white_and_on_pet_the_other_way(
    engraver: OverlayPainter,
) -> None:
    ct, pet = (
        volume(modality=modality, units=units)
        for modality, units in (("CT", "HU"), ("PT", "SUVbw"))
    )
    for series in (ct, pet):
        series.voxels[:] = 0
        series.voxels[2, 44:, :] = 10
    window = Window(2, 8)
    below, above = MIDDLE + 40, MIDDLE - 40
    on_ct, on_pet = (key_image(shot(one), window, engraver) for one in (ct, pet))
    away = MIDDLE - 30
    assert (grey(on_ct, away, below), grey(on_ct, away, above)) == (255, 0)
    assert (grey(on_pet, away, below), grey(on_pet, away, above)) == (0, 255)


def test_what_is_no_number_is_drawn_and_warns_of_nothing(
    engraver: OverlayPainter,
) -> None:
    series = volume(modality="PT", units="SUVbw")
    voxels = series.voxels.astype(np.float32)
    voxels[2, :20] = np.nan
    found = shot(series)
    damaged = replace(series, voxels=voxels)
    image = key_image(found._replace(volume=damaged), Window(0, 10), engraver)
    assert grey(image, MIDDLE - 30, MIDDLE - 40) == 0


def test_the_outline_of_the_mask_is_drawn_on_its_slice(
    engraver: OverlayPainter,
) -> None:
    series = volume()
    inside = np.zeros(series.voxels.shape, np.bool_)
    inside[1:3, 28:37, 30:51] = True
    mask = as_saved_mask(series, Mask.of_full(inside, series))
    image = key_image(shot(series, mask=mask), WIDE, engraver)
    without = key_image(shot(series), WIDE, engraver)
    row = round(MIDDLE + 3 * 0.5 * SIDE_PX / FIELD_MM)  # three rows below the line
    assert len(columns(image, "#ffd60a", row)) > 0
    assert columns(without, "#ffd60a", row) == []


def test_only_names_of_lesion_and_visit_lengths_and_the_image_are_written(
    engraver: OverlayPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    write = OutlinedText.write

    def listen(self: OutlinedText, painter: object, box: object, *text: str) -> None:
        written.append(text[0])
        write(self, painter, box, *text)

    monkeypatch.setattr(OutlinedText, "write", listen)
    key_image(shot(volume()), PRESETS["2"].window, engraver)
    assert sorted(written) == [
        "2 cm",
        "3 / 5   5.0 mm to head",
        "A",
        "L",
        "P",
        "R",
        "T1  8.0 mm",
        "T1 \N{MIDDLE DOT} TP1",
        "liver W 150 L 90",
    ]


def test_a_finding_whose_image_is_not_in_the_series_is_not_shown() -> None:
    other = replace(volume(), sop_instance_uids=tuple("abcde"))
    entry = LesionFinding(
        lesion_id="T1", timepoint_id="TP1", finding=Measured(caliper=across(volume()))
    )
    assert shot_of(other, lesion(), entry) is None


def test_of_a_lesion_in_parts_those_on_the_slice_of_the_largest_are_shown() -> None:
    series = volume()
    parts: Sequence[Caliper | None] = (
        across(series, 1, 5),
        across(series, 2, 9),
        None,
        across(series, 2, 3),
    )
    found = shot(series, Split(parts=tuple(parts)))
    assert found.slice_index == 2
    assert [one.label for one in found.marks] == ["T1  9.0 mm", "T1  3.0 mm"]


def test_a_lesion_has_the_colour_of_its_role() -> None:
    series = volume()
    entry = LesionFinding(
        lesion_id="NT1",
        timepoint_id="TP1",
        finding=NonTargetSeen(caliper=across(series)),
    )
    found = shot_of(series, lesion("NT1", role=LesionRole.NON_TARGET), entry)
    assert found is not None
    assert found.marks[0].colour == "#45d8ff"


def test_a_lesion_nobody_looked_at_is_shown_in_the_window_of_its_organ() -> None:
    series = volume()
    assert shot(series).usual_window == PRESETS["2"].window
    assert shot(series)._replace(organ="lung").usual_window == PRESETS["3"].window
    assert shot(volume(modality="PT", units="SUVbw")).usual_window is None
