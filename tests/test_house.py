"""The house stays one to find the way in: small folders, one meaning for a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from recist_tool.cli.commands import app

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
MANY_PARAMETERS = 3

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


def public_functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef, int]]:
    """Return functions and methods with a public name, and how much is not asked for.

    Of a method that is the object or the class. The class has a public name too.
    """
    owners: list[tuple[str, ast.Module | ast.ClassDef, int]] = [("", tree, 0)]
    owners += [
        (f"{one.name}.", one, 1)
        for one in tree.body
        if isinstance(one, ast.ClassDef) and not one.name.startswith("_")
    ]
    for owner, home, less in owners:
        for one in home.body:
            if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
                yield f"{owner}{one.name}", one, less


def parameters_of(function: ast.FunctionDef) -> tuple[list[str], list[str]]:
    """Return the names of the parameters: plain ones, and those with stars."""
    told = function.args
    plain = [*told.posonlyargs, *told.args, *told.kwonlyargs]
    starred = [one for one in (told.vararg, told.kwarg) if one is not None]
    return [one.arg for one in plain], [one.arg for one in starred]


def explained_parameters(docstring: str) -> list[str] | None:
    """Return which parameters a docstring has a line for; None without a section."""
    lines = docstring.splitlines()
    heads = [at - 1 for at, line in enumerate(lines) if set(line) == {"-"}]
    begin = next((at for at in heads if lines[at] == "Parameters"), None)
    if begin is None:
        return None
    end = next((at for at in heads if at > begin), len(lines))
    told = [line for line in lines[begin + 2 : end] if line and line[0] != " "]
    return [name.strip(" *") for line in told for name in line.split(",")]


def is_told_elsewhere(function: ast.FunctionDef) -> bool:
    """Return whether a docstring could not hold the section.

    An overload repeats a function below it, which has the docstring; what a command has
    in its own is printed by `--help`, where each option has a line already.
    """
    decorators = {ast.unparse(one).partition("(")[0] for one in function.decorator_list}
    return not decorators.isdisjoint({"overload", "app.command"})


def unexplained(tree: ast.Module) -> list[str]:
    """Return the functions of three and more parameters without a section for them.

    And those whose section has a line for what is no parameter, or none at all.
    """
    wrong: list[str] = []
    for name, function, less in public_functions(tree):
        named, starred = parameters_of(function)
        told = explained_parameters(ast.get_docstring(function) or "")
        if told is None:
            if len(named) - less >= MANY_PARAMETERS and not is_told_elsewhere(function):
                wrong.append(f"{function.lineno} {name}: no Parameters section")
        elif not told or not {*told} <= {*named, *starred}:
            wrong.append(f"{function.lineno} {name}: explains {told}")
    return wrong


SECTION = "Parameters\n    ----------\n    "


@pytest.mark.parametrize(
    ("signature", "docstring", "fine"),
    [
        ("(a, b)", "Add.", True),
        ("(a, b, c)", "Add.", False),
        ("(a, *, b, c)", "Add.", False),
        ("(a, b, *c)", "Add.", True),
        ("(a, b, c)", f"Add.\n\n    {SECTION}a, b\n        In mm.\n    ", True),
        ("(a, b, c)", f"Add.\n\n    {SECTION}d\n        In mm.\n    ", False),
        ("(a, b, c)", f"Add.\n\n    {SECTION}\n    ", False),
        ("(a, b, c)", "Add.\n\n    Parameters\n    Of all kinds.\n    ", False),
        (
            "(a, b, c)",
            f"Add.\n\n    {SECTION}a\n        In mm.\n\n    Returns\n    -------\n"
            "    A sum.\n    ",
            True,
        ),
    ],
)
def test_a_function_that_explains_no_parameter_is_seen(
    signature: str, docstring: str, fine: bool
) -> None:
    function = f'def add{signature}:\n    """{docstring}"""\n'
    assert (unexplained(ast.parse(function)) == []) is fine
    method = f"class Sum:\n    def add{signature.replace('(', '(self, ')}:\n"
    method += f'        """{docstring}"""\n'.replace("\n    ", "\n        ")
    assert (unexplained(ast.parse(method)) == []) is fine
    assert unexplained(ast.parse(function.replace("add", "_add"))) == []


@pytest.mark.parametrize("told_by", ["@overload", '@app.command("open")'])
def test_what_is_told_elsewhere_is_not_asked_for(told_by: str) -> None:
    function = 'def add(a, b, c):\n    """Add."""\n'
    assert unexplained(ast.parse(function)) == ["1 add: no Parameters section"]
    assert unexplained(ast.parse(f"{told_by}\n{function}")) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_public_functions_of_three_and_more_parameters_explain_them(
    package: Path,
) -> None:
    seen = 0
    wrong: list[str] = []
    for path in files_of(package):
        tree = ast.parse(path.read_text("utf-8"))
        seen += len(list(public_functions(tree)))
        wrong += [f"{path.relative_to(ROOT)}:{one}" for one in unexplained(tree)]
    assert seen > 500
    assert wrong == []


def test_every_option_of_a_command_has_its_help() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    told = {
        f"{name} {one.name}": str(getattr(one, "help", None) or "")
        for name, command in group.commands.items()
        for one in command.params
    }
    assert len(told) > 40
    assert [where for where, text in told.items() if not text] == []
