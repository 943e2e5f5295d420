"""What pyproject.toml requires is what the product imports, and the other way round."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PRODUCT = ("recist_tool", "napari_recist")
FOLDERS = (ROOT / "recist_tool", ROOT / "plugins" / "napari_recist")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOT_PRODUCT = {"test", "docs"}
OWN_NAMES_LATER = "recist_tool/__init__.py"
"""Loads its own public names when they are first used, no library."""

PLUG_IN_OF = {
    "cryptography": "distributed",
    "pyjpegls": "pydicom",
    "pylibjpeg": "pydicom",
    "pyside6-essentials": "qtpy",
}
"""What nothing imports by name: a library finds it by itself."""

COMES_WITH = {"pydantic-core": "pydantic", "urllib3": "requests"}
"""What is imported, and is a part of what is required, or what it passes on."""


def normal(name: str) -> str:
    """Return the name of a distribution as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> set[str]:
    """Return the distributions that the product requires, with all extras."""
    lists = [
        wanted
        for extra, wanted in PROJECT["optional-dependencies"].items()
        if extra not in NOT_PRODUCT
    ]
    names = [
        normal(re.split(r"[\[<>=!~ ;]", one)[0])
        for wanted in (PROJECT["dependencies"], *lists)
        for one in wanted
    ]
    return set(names) - {"recist-tool"}


def imported() -> set[str]:
    """Return the distributions that product code imports, at whatever depth."""
    modules: set[str] = set()
    for folder in FOLDERS:
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {each.name.partition(".")[0] for each in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    modules.add(node.module.partition(".")[0])
    owners = packages_distributions()
    return {
        normal(owner)
        for module in modules - set(PRODUCT) - sys.stdlib_module_names
        for owner in owners[module]
    }


def test_every_library_that_is_required_is_imported_or_a_plug_in_of_one_that_is():
    assert len(required()) > 20
    assert required() - imported() == set(PLUG_IN_OF)
    assert set(PLUG_IN_OF.values()) <= imported()


def test_every_library_that_is_imported_is_required():
    assert imported() - required() == set(COMES_WITH)
    assert set(COMES_WITH.values()) <= required()


def test_no_library_is_imported_by_a_string_which_import_linter_would_not_see():
    by_string = re.compile(r"\b(import_module|__import__|importorskip)\(")
    found = {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in folder.rglob("*.py")
        if by_string.search(path.read_text("utf-8"))
    }
    assert found <= {OWN_NAMES_LATER}
