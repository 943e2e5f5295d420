"""The pages of the API reference: a page for each public namespace, from its stub.

MkDocs runs this while it builds (`hooks` in mkdocs.yml). A name is shown where the stub
offers it, described as the module that defines it does.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]
CORE = ROOT / "recist_tool"
MODULES = ("errors", "terms")
"""Public modules that are no packages: all that they define."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages into the navigation."""
    pages: list[Any] = [{space: page_of(space)} for space in spaces()]
    config.nav[-1:-1] = [{"API reference": pages}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Write the pages."""
    for space in spaces():
        text = page(space)
        files.append(File.generated(config, page_of(space), content=text))
    return files


def spaces() -> list[str]:
    """Return the public namespaces by name, the top first."""
    stubs = [stub.parent.relative_to(ROOT) for stub in CORE.rglob("__init__.pyi")]
    names = [".".join(folder.parts) for folder in stubs]
    return sorted([*names, *(f"recist_tool.{name}" for name in MODULES)])


def page_of(space: str) -> str:
    """Return where the page of a namespace is."""
    return f"api/{space}.md"


def page(space: str) -> str:
    """Return the page of a namespace."""
    if space.rpartition(".")[2] in MODULES:
        return f"# {space}\n\n{shown(space, members=True)}"
    folder = ROOT.joinpath(*space.split("."))
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    stub = ast.parse((folder / "__init__.pyi").read_text("utf-8"))
    names = sorted(
        (alias.name, f"{space}.{node.module}.{alias.name}")
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )
    blocks = [shown(home) for _, home in names]
    what = f"`from {space} import …`"
    intro = (said or "").replace(">>>", "    >>>")
    return "\n\n".join([f"# {space}", what, intro, *blocks])


def shown(home: str, *, members: bool = False) -> str:
    """Return the block that describes one object; of a module, all that is in it."""
    heading = "" if not members else "\n    options:\n      show_root_heading: false"
    return f"::: {home}{heading}\n"
