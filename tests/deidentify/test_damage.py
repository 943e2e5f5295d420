"""A damaged file is cleaned or refused: no planted identity comes out either way."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from tests.deidentify.planted import SECRET, SYNTAXES, plain_bytes, write_planted
from tests.dicom.series_files import pet
from tests.examples import by_day

KEY = Pseudonyms(b"0123456789abcdef")
PREAMBLE = 132


@pytest.fixture(scope="module", params=SYNTAXES)
def sound(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "a.dcm"
    write_planted(path, pet().dataset(0), request.param)
    return path.read_bytes()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.sampled_from([0, 1, 1, 1, 4, 200]),
            st.binary(max_size=4),
        ),
        min_size=1,
        max_size=6,
    )
)
@settings(
    max_examples=by_day(12, at_night=100), suppress_health_check=list(HealthCheck)
)
def test_a_file_with_changed_bytes_gives_nothing_of_the_patient_away(
    tmp_path, sound, changes
):
    content = bytearray(sound)
    for part, length, fresh in changes:
        at = PREAMBLE + (len(content) - PREAMBLE) * part // (10**6 + 1)
        content[at : at + length] = fresh
    source, target = tmp_path / "in", tmp_path / "out"
    shutil.rmtree(target, ignore_errors=True)
    source.mkdir(exist_ok=True)
    (source / "a.dcm").write_bytes(content)
    export = deidentify(source, target, KEY)
    assert len(export.written) + len(export.refused) == 1
    for one in export.written:
        after = plain_bytes(one.target).lower()
        for encoding in ("ascii", "utf-16-le", "utf-16-be"):
            assert SECRET.lower().encode(encoding) not in after
    for one in export.refused:
        assert one.why
        assert SECRET not in one.why
