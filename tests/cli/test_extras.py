"""A command whose library is missing says which extra brings it, in one line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from recist_tool.extras import EXTRA_OF, setup_error
from tests.processes import HIDING, python

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
RESPONSES = str(ROOT / "docs" / "examples" / "registry.jsonl")

RUN = f"""{HIDING}
from recist_tool.cli import main
sys.exit(main(sys.argv[2:]))
"""


def without(packages, *arguments):
    """Run the command line as if packages were not installed."""
    return python(RUN, packages, *arguments)


ALL = " ".join((*EXTRA_OF, "gdcm", "highdicom"))


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (["scan", "https://localhost:1/dicom-web"], "dicomweb_client", "pacs"),
        (["trial", RESPONSES, "--report", "report"], "matplotlib", "figures"),
        (["report", "a.case.json"], "matplotlib", "figures"),
        (
            ["export", RESPONSES, "out", "--to", "sdtm", "--study", "S"],
            "pyreadstat",
            "xpt",
        ),
        (["measure", "."], "distributed", "cluster"),
    ],
)
def test_what_is_missing_is_said_with_its_extra(
    tmp_path, monkeypatch, arguments, package, extra
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.nii").write_bytes(b"x")
    ended = without(ALL, *arguments)
    assert ended.returncode == 1
    line = ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert package in line
    assert f'pip install "recist-tool[{extra}]"' in line


def test_without_extras_a_trial_is_counted_and_exported(tmp_path):
    assert without(ALL, "trial", RESPONSES).returncode == 0
    ended = without(ALL, "export", RESPONSES, tmp_path, "--to", "csv", "--study", "S")
    assert ended.returncode == 0
    assert "is not installed" not in ended.stderr


def test_a_demo_whose_report_cannot_be_made_says_so_before_it_writes(tmp_path):
    ended = without(ALL, "demo", tmp_path / "made", "--no-window")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert 'pip install "recist-tool[figures]"' in line
    assert not (tmp_path / "made").exists()


def test_every_extra_that_is_named_exists_and_brings_its_package():
    alike = {"PySide6": "PySide6-Essentials"}
    for package, extra in EXTRA_OF.items():
        wanted = alike.get(package, package).replace("_", "-").lower()
        assert any(one.lower().startswith(wanted) for one in EXTRAS[extra]), package


def test_a_library_that_does_not_load_is_named_and_a_fault_of_ours_is_not_hidden():
    broken = ImportError("libGL.so.1: cannot open", name="qtpy.QtCore")
    assert "libGL.so.1" in str(setup_error(broken))
    assert setup_error(ImportError("x", name="recist_tool.trial")) is None
    assert setup_error(ImportError("x")) is None


def test_a_library_of_a_version_that_does_not_fit_is_named() -> None:
    """Python's own words, "cannot import name", do not say what to do."""
    old = ImportError("cannot import name 'x' from 'scipy' (a.py)", name="scipy")
    line = str(setup_error(old))
    assert line.startswith("scipy: is installed, but not in a version that fits")
    assert line.endswith("pip install --upgrade scipy")
    assert "cannot import name" not in line
    partial = ModuleNotFoundError("No module named 'scipy.x'", name="scipy.x")
    assert "scipy: is installed, but without scipy.x" in str(setup_error(partial))
