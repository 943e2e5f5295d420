"""The house stays one to find the way in: small folders, one meaning for a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# Rows of tables that are laid out as they were published, a column for each place.
TABLE_ROWS = {
    "TableRow": ("recist_tool/criteria/recist11/tables.py",),
    "Table3Row": ("recist_tool/trial/best_response.py",),
    "IrecistRow": ("recist_tool/criteria/irecist/table.py",),
    "OverallRow": ("recist_tool/criteria/size_based/mrecist.py",),
    "Term": ("recist_tool/cdisc/codes.py",),
    "Ellipsoid": (
        "recist_tool/phantom/demo_patient.py",
        "recist_tool/phantom/reading_patient.py",
    ),
}
LARGE_RECORD = 5
FIRST_PLACES = 2

ROOT = Path(__file__).parents[1]
PACKAGES = (ROOT / "recist_tool", ROOT / "plugins" / "napari_recist")
MOST_FILES = 30


def files_of(package: Path) -> list[Path]:
    """Return the modules of a package."""
    return sorted(package.rglob("*.py"))


def classes(package: Path) -> Iterator[tuple[str, str]]:
    """Return the file and the name of each class."""
    for path in files_of(package):
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


def last_name(node: ast.expr) -> str:
    """Return `d` of `a.b.d`, and of `d(...)`; empty where there is no name."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def fields_of(record: ast.ClassDef) -> list[str]:
    """Return the fields of a named tuple or dataclass; none of any other class."""
    kinds = {last_name(one) for one in (*record.bases, *record.decorator_list)}
    if not kinds & {"NamedTuple", "dataclass"}:
        return []
    return [
        one.target.id
        for one in record.body
        if isinstance(one, ast.AnnAssign)
        and isinstance(one.target, ast.Name)
        and "ClassVar" not in ast.unparse(one.annotation)
    ]


def fields_by_class(tree: ast.AST) -> dict[str, list[str]]:
    """Return the fields of each class; none of one that is no record."""
    found = [one for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]
    return {one.name: fields_of(one) for one in found}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Return each call with the name of what is called: `cls` by its class."""
    waiting = [(tree, "")]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            yield inside if name == "cls" else name, node
        within = node.name if isinstance(node, ast.ClassDef) else inside
        waiting += [(one, within) for one in ast.iter_child_nodes(node)]


def by_place(call: ast.Call, fields: list[str]) -> list[str]:
    """Return what a record takes by its place without bearing its field's name.

    The first two may, and a whole row alone; `None` says nothing that could be swapped.
    """
    return [
        ast.unparse(given)
        for place, given in enumerate(call.args)
        if place >= (1 if isinstance(given, ast.Starred) else FIRST_PLACES)
        and last_name(given) != fields[place]
        and not (isinstance(given, ast.Constant) and given.value is None)
    ]


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("Seen(id, day, target, nontarget, new)", []),
        ("Seen(one, two, target=nontarget, nontarget=target, new=new)", []),
        ("Seen(id, day, found.target, nontarget(found), None)", []),
        ("Seen(id, day, nontarget, target, new)", ["nontarget", "target"]),
        ("Seen(id, *found)", ["*found"]),
        ("Seen(*found)", []),
        ("Seen(id, day, 3, nontarget, new)", ["3"]),
    ],
)
def test_a_swap_in_a_record_is_seen(call: str, wrong: list[str]) -> None:
    source = "class Seen(NamedTuple):\n    id: str\n    day: int\n    target: str\n"
    source += "    nontarget: str\n    new: bool\n"
    fields = fields_by_class(ast.parse(source))["Seen"]
    [found] = [one for name, one in calls(ast.parse(call)) if name == "Seen"]
    assert by_place(found, fields) == wrong


def test_records_with_five_or_more_fields_are_built_by_keyword() -> None:
    known: dict[str, list[str]] = {}
    wrong: list[str] = []
    for package in PACKAGES:  # the plugin's own classes hide those of the core
        trees = {path: ast.parse(path.read_text("utf-8")) for path in files_of(package)}
        for tree in trees.values():
            known |= fields_by_class(tree)
        for path, tree in trees.items():
            place = path.relative_to(ROOT).as_posix()
            for name, call in calls(tree):
                fields = known.get(name, [])
                if len(fields) < LARGE_RECORD or place in TABLE_ROWS.get(name, ()):
                    continue
                if bare := by_place(call, fields):
                    wrong.append(f"{place}:{call.lineno} {name}: {', '.join(bare)}")
    assert sum(len(fields) >= LARGE_RECORD for fields in known.values()) > 100
    assert wrong == []
