"""The public face: every name is there, and importing it is light."""

from __future__ import annotations

import subprocess
import sys

import pytest

import recist_tool


@pytest.mark.parametrize("name", recist_tool.__all__)
def test_every_public_name_is_there(name):
    assert getattr(recist_tool, name) is not None
    assert name in dir(recist_tool)


def test_another_name_is_refused_in_the_usual_way():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = recist_tool.nonsense


def test_importing_the_package_imports_nothing_heavy():
    script = (
        "import sys, recist_tool\n"
        "heavy = {'numpy', 'pydantic', 'pydicom', 'SimpleITK', 'napari'}\n"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""
