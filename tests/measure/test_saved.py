"""A mask comes back from a case as it went in; what is no mask is refused."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays
from pydantic import ValidationError

from benchmarks.lesion_scenes import volume_of
from recist_tool.errors import GeometryError
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask.saved import as_saved_mask, from_saved_mask
from recist_tool.model.mask import LesionMask
from recist_tool.model.provenance import MeasuringMethod, Provenance

SERIES = volume_of(np.zeros((6, 12, 14), np.float32), (3.0, 1.0, 1.0))


def lesion():
    full = np.zeros(SERIES.shape, np.bool_)
    full[2:5, 3:9, 4:7] = True
    full[3, 4, 5] = False
    return Mask.of_full(full, SERIES.grid)


@given(arrays.arrays(np.bool_, (6, 12, 14)))
def test_every_mask_comes_back(full):
    if not full.any():
        full[0, 0, 0] = True
    saved = as_saved_mask(SERIES, Mask.of_full(full, SERIES.grid))
    read = LesionMask.model_validate_json(saved.model_dump_json())
    assert np.array_equal(from_saved_mask(SERIES, read).as_full(), full)


def test_how_it_came_to_be_is_kept():
    made = Provenance(
        method=MeasuringMethod.SEGMENTED, program="p 1", parameters={"contrast": 3.5}
    )
    saved = as_saved_mask(SERIES, lesion(), made)
    assert LesionMask.model_validate_json(saved.model_dump_json()).provenance == made


def test_it_is_found_where_the_slices_run_the_other_way():
    flipped = replaced(
        SERIES,
        sop_instance_uids=SERIES.sop_instance_uids[::-1],
        slice_origins_lps=SERIES.slice_origins_lps[::-1],
    )
    found = from_saved_mask(flipped, as_saved_mask(SERIES, lesion()))
    assert np.array_equal(found.as_full(), lesion().as_full()[::-1])


def test_on_another_series_it_is_not_found():
    other = replaced(SERIES, sop_instance_uids=tuple("abcdef"))
    assert from_saved_mask(other, as_saved_mask(SERIES, lesion())) is None


def test_where_an_image_is_missing_it_is_not_found():
    uids = list(SERIES.sop_instance_uids)
    uids[3] = "elsewhere"
    other = replaced(SERIES, sop_instance_uids=tuple(uids))
    assert from_saved_mask(other, as_saved_mask(SERIES, lesion())) is None


def test_on_smaller_images_it_is_not_found():
    small = volume_of(np.zeros((6, 5, 14), np.float32), (3.0, 1.0, 1.0))
    assert from_saved_mask(small, as_saved_mask(SERIES, lesion())) is None


def test_frames_of_one_file_are_told_apart():
    frames = replaced(SERIES, sop_instance_uids=("1.2",) * 6, frame_numbers=range(1, 7))
    mask = replace(lesion(), grid=frames.grid)
    assert np.array_equal(
        from_saved_mask(frames, as_saved_mask(frames, mask)).as_full(),
        lesion().as_full(),
    )


def test_an_empty_mask_is_not_saved():
    empty = Mask.of_full(np.zeros(SERIES.shape, np.bool_), SERIES.grid)
    with pytest.raises(GeometryError, match="empty"):
        as_saved_mask(SERIES, empty)


def test_a_mask_of_another_grid_is_not_saved():
    other = volume_of(np.zeros((6, 12, 14), np.float32), (3.0, 2.0, 1.0))
    with pytest.raises(GeometryError, match="mm from those of the image"):
        as_saved_mask(other, lesion())


def test_without_image_uids_it_is_not_saved():
    with pytest.raises(GeometryError, match="no SOP Instance UIDs"):
        as_saved_mask(replaced(SERIES, sop_instance_uids=()), lesion())


def replaced(series, **changes):
    kept = {
        name: getattr(series, name)
        for name in series.__dataclass_fields__
        if name != "shape"
    }
    return type(series)(**kept | changes)


def saved(**changes):
    return as_saved_mask(SERIES, lesion()).replaced(**changes)


def encoded(content):
    return base64.b64encode(zlib.compress(content, 9)).decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"bits": "!!!"}, "not base64 of zlib"),
        ({"bits": base64.b64encode(b"junk").decode()}, "not base64 of zlib"),
        ({"bits": encoded(b"\xff")}, "not as many as its shape"),
        ({"bits": encoded(b"\xff" * 50_000_000)}, "not as many as its shape"),
        ({"bits": encoded(b"\0" * 7)}, "empty"),
        ({"bits": encoded(b"\xff" * 7)[:-8]}, "mask"),
        ({"sop_instance_uids": ("1",)}, "one image for each"),
        ({"frame_numbers": (1,)}, "one frame for each"),
        ({"start": (-1, 0)}, "greater than or equal to 0"),
        ({"shape": (3, 100_000, 100_000)}, "at most"),
        ({"shape": (3, 0, 4)}, "greater than or equal to 1"),
        ({"bits": "A" * 5_000_000}, "at most 4000000 characters"),
    ],
)
def test_what_is_no_mask_is_refused(changes, says):
    with pytest.raises(ValidationError, match=says):
        saved(**changes)
