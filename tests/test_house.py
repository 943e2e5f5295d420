"""The house stays one to find the way in: small folders, one meaning for a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGES = (ROOT / "recist_tool", ROOT / "plugins" / "napari_recist")
MOST_FILES = 30


def classes(package: Path) -> Iterator[tuple[str, str]]:
    """Return the file and the name of each class."""
    for path in sorted(package.rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                yield str(path.relative_to(ROOT)), node.name


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_no_folder_outgrows_thirty_files(package: Path) -> None:
    held: dict[str, int] = defaultdict(int)
    for path in package.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            held[str(path.parent.relative_to(ROOT))] += 1
    assert held, "no files found"
    assert {one: count for one, count in held.items() if count > MOST_FILES} == {}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_no_two_classes_of_a_package_share_a_name(package: Path) -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for place, name in classes(package):
        homes[name].append(place)
    assert len(homes) > 50
    assert {name: at for name, at in homes.items() if len(at) > 1} == {}
