"""timepoint_table_v1: Tables 1 and 2, as published and as a full grid."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from recist_tool.criteria.recist11.tables import (
    ALL_ROWS,
    NON_TARGET_RESPONSES,
    TARGET_RESPONSES,
    TableRow,
    overall_response,
)
from recist_tool.terms import NewLesions, Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NOT_PD = {"CR", "NON-CR/NON-PD", "NA"}
GROUPS = {
    "non-PD": NOT_PD,
    "non-PD or not all evaluated": NOT_PD | {"NE"},
    "ANY": {str(response) for response in TARGET_RESPONSES | NON_TARGET_RESPONSES},
}


def checks(data: Mapping[str, Any]):
    """Yield a check for each published row and each cell of the grid."""
    for row in data.get("published_rows", ()):
        yield row["row"], partial(published_row, row)
    for case in data["cases"]:
        yield case["id"], partial(cell, case)


def cell(case: Mapping[str, Any]) -> None:
    new = NewLesions(case["new_lesions"]) is NewLesions.YES
    responses = (Response(case["target"]), Response(case["nontarget"]))
    row = overall_response(*responses, new)
    assert row.overall == case["expected_overall"]
    if case.get("row", "").startswith("T"):
        named = _row(case["row"].split()[0])
        assert named.fits(*responses, new)
        assert named.overall == row.overall


def published_row(row: Mapping[str, Any]) -> None:
    """The row of that number asks what the paper prints, and answers the same."""
    ours = _row(row["row"])
    assert ours.overall == row["overall"]
    assert ours.new == {word == "YES" for word in row["new_lesions"].split(" or ")}
    targets = _group(row["target"]) & TARGET_RESPONSES
    assert ours.target == (targets - {Response.NA} if ours.table == 1 else targets)
    printed = _group(row["nontarget"]) & NON_TARGET_RESPONSES
    assert ours.non_target - {Response.NA} >= printed - {Response.NA, Response.NE}
    assert ours.non_target <= printed | {Response.NE, Response.NA}


def _row(name: str) -> TableRow:
    table, number = (int(part) for part in name.removeprefix("T").split("-"))
    [row] = [one for one in ALL_ROWS if (one.table, one.number) == (table, number)]
    return row


def _group(word: str) -> set[Response]:
    return {Response(name) for name in GROUPS.get(word, {word})}
