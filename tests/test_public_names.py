"""The public face: every name is there, light to import, and says what it lacks."""

from __future__ import annotations

import ast
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import recist_tool
from tests.examples import by_day_and_at_night
from tests.processes import HIDING, python

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CORE, PLUGIN = ROOT / "recist_tool", ROOT / "plugins" / "napari_recist"
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
STUBS = sorted(CORE.rglob("__init__.pyi"))
NAMESPACES = {
    ".".join(stub.parent.relative_to(ROOT).parts): import_module(
        ".".join(stub.parent.relative_to(ROOT).parts)
    )
    for stub in STUBS
}
MODULES = {
    name: import_module(name) for name in ("recist_tool.errors", "recist_tool.terms")
}
NAMES = [(space, name) for space in NAMESPACES for name in NAMESPACES[space].__all__]
SKIPPED = {"recist_tool.app.reading"}


def imports(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Return file, module and name of every import from the core."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "recist_tool"
            ):
                for alias in node.names:
                    yield str(path.relative_to(ROOT)), node.module or "", alias.name
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.startswith("recist_tool"):
                        yield str(path.relative_to(ROOT)), alias.name, ""


@pytest.mark.parametrize("space", NAMESPACES)
def test_every_public_name_is_there(space: str) -> None:
    module = NAMESPACES[space]
    assert module.__all__
    for name in module.__all__:
        assert getattr(module, name) is not None
        assert name in dir(module)


def test_each_name_is_in_one_namespace() -> None:
    """`app.reading` offers to front ends what it takes from elsewhere, too."""
    homes: dict[str, list[str]] = {}
    for space, name in NAMES:
        if space not in SKIPPED:
            homes.setdefault(name, []).append(space)
    assert len(homes) > 200
    assert {name: at for name, at in homes.items() if len(at) > 1} == {}


def test_the_names_of_the_readme_are_at_the_top() -> None:
    code = (ROOT / "README.md").read_text("utf-8").split("```python\n")[1]
    tree = ast.parse(code.split("```")[0])
    (wanted,) = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    assert wanted.module == "recist_tool"
    assert {alias.name for alias in wanted.names} <= set(recist_tool.__all__)


@pytest.mark.parametrize(
    "page",
    [page for page in DOCUMENTS if "```python" in page.read_text("utf-8")],
    ids=lambda page: page.stem,
)
def test_what_the_documentation_imports_is_public(page: Path) -> None:
    for block in page.read_text("utf-8").split("```python\n")[1:]:
        for node in ast.walk(ast.parse(block.split("```")[0])):
            if isinstance(node, ast.ImportFrom) and "recist_tool" in str(node.module):
                offered = set(NAMESPACES[str(node.module)].__all__)
                assert {alias.name for alias in node.names} <= offered


def test_a_function_is_not_hidden_by_the_module_of_its_name() -> None:
    script = (
        "import recist_tool.dicom.scan.series, recist_tool.dicom.load\n"
        "from recist_tool.dicom import load, scan\n"
        "assert callable(load) and callable(scan)"
    )
    done = python(script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("space", NAMESPACES)
def test_another_name_is_refused_in_the_usual_way(space: str) -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = NAMESPACES[space].nonsense


def test_the_plugin_imports_public_names_and_nothing_else() -> None:
    public = {space: set(module.__all__) for space, module in NAMESPACES.items()}
    public |= {name: set(vars(module)) for name, module in MODULES.items()}
    public["recist_tool"] |= {"__version__"}
    used = list(imports(PLUGIN))
    assert len(used) > 300
    assert [one for one in used if one[2] not in public.get(one[1], set())] == []


def test_the_core_imports_from_where_a_name_is_defined() -> None:
    """import-linter does not see through a namespace."""
    inside = list(imports(CORE))
    assert len(inside) > 1000
    hidden = [
        (path, module, name)
        for path, module, name in inside
        if name in getattr(NAMESPACES.get(module), "__all__", ())
        and not (ROOT.joinpath(*module.split(".")) / f"{name}.py").exists()
    ]
    assert hidden == []


def test_importing_a_namespace_imports_nothing_heavy() -> None:
    script = (
        f"import sys, {', '.join(NAMESPACES)}\n"
        "heavy = {'numpy', 'pydantic', 'pydicom', 'SimpleITK', 'napari'}\n"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = python(script)
    assert done.stderr.strip() == ""


WITHOUT = (
    HIDING
    + """
wrong, lacking = [], False
for space in sys.argv[2:]:
    module = __import__(space, fromlist=["__all__"])
    for name in module.__all__:
        try:
            exec(f"from {space} import {name}")
        except ImportError as error:
            said = str(error)
            if f"{sys.argv[1]}, which is not installed" not in said:
                wrong.append(said)
            wrong += [said] if "cannot import name" in said else []
            lacking = True
assert lacking, "nothing needs it"
sys.exit("\\n".join(wrong))
"""
)


@pytest.mark.parametrize(
    "library",
    by_day_and_at_night(
        1, {one: one for one in ("numpy", "pydantic", "pydicom", "filelock")}
    ),
)
def test_a_name_whose_library_is_missing_says_which(library: str) -> None:
    done = python(WITHOUT, library, *NAMESPACES)
    assert done.stderr.strip() == ""


def test_both_packages_are_typed_and_the_version_is_written_once() -> None:
    assert (CORE / "py.typed").exists()
    assert (PLUGIN / "py.typed").exists()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "recist_tool/__init__.py"
    assert recist_tool.__version__.count(".") == 2
