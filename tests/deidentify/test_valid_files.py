"""Cleaned files are as valid as their sources were, by David Clunie's checker."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.phantom import SAMPLE_PATIENTS, SMALL_PATIENT

KEY = Pseudonyms(b"0123456789abcdef")


def errors(path: Path) -> set[str]:
    """Return what is wrong with a file, whatever the values are."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.fail("dciodvfy is not installed: apt-get install dicom3tools")
    done = subprocess.run(  # noqa: S603 - a fixed program on our own file
        [program, "-new", str(path)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return {re.sub("<[^<>/]*>", "<>", line) for line in lines if line[:5] == "Error"}


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small.dcm", "rtstruct.dcm", "liver_1frame.dcm"]
)
def test_a_cleaned_file_has_no_error_that_its_source_had_not(tmp_path, name):
    source = Path(str(get_testdata_file(name, download=False)))
    export = deidentify(source, tmp_path / "out", KEY)
    (written,) = export.written
    assert errors(written.target) - errors(source) == set()


@pytest.mark.parametrize(
    "patient", [SMALL_PATIENT, SAMPLE_PATIENTS[1]], ids=["small", "oblique"]
)
def test_a_cleaned_phantom_has_no_error_at_all(tmp_path, phantoms, patient):
    export = deidentify(phantoms.folder_of(patient), tmp_path / "out", KEY)
    first = {one.target.parent: one.target for one in reversed(export.written)}
    assert export.refused == ()
    assert [errors(path) for path in first.values()] == [set()] * len(first)
