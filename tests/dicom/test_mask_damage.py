"""Files of masks with bytes changed are read, or refused in one line: nothing else."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.uid import RLELossless

from recist_tool.dicom.masks.read import read_masks
from recist_tool.errors import InputError
from tests.dicom.mask_files import (
    SERIES,
    ball,
    slices_of,
    write_seg,
    write_structure_set,
)

LUMP = ball()


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    folder = tmp_path_factory.mktemp("intact")
    images = slices_of(SERIES, folder / "ct")
    circle = np.array(
        [(-8.0, -15.0, -24.0), (-6.0, -15.0, -24.0), (-7.0, -12.0, -24.0)]
    )
    return {
        "seg": write_seg(folder / "a.dcm", images, LUMP),
        "rle": write_seg(
            folder / "b.dcm", images, LUMP.astype(np.uint8), kind="LABELMAP",
            transfer_syntax_uid=RLELossless,
        ),
        "rs": write_structure_set(folder / "c.dcm", SERIES, {"A": [circle]}),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["seg", "rle", "rs"])
@given(data=st.data())
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_bytes_that_were_changed_are_read_or_refused(tmp_path, intact, kind, data):
    content = bytearray(intact[kind].read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        where = data.draw(st.integers(132, len(content) - 1))
        content[where] = data.draw(st.integers(0, 255))
    path = tmp_path / "changed.dcm"
    path.write_bytes(content)
    with contextlib.suppress(InputError):  # anything else is a failure
        read_masks(path).segments()
