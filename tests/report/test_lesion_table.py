"""The table of lesions that a person reads at a terminal."""

from __future__ import annotations

from rich.console import Console

from recist_tool.report.lesion_table import lesion_table


def test_slices_count_from_one_as_viewers_count_them():
    lesion = {"label": 7, "name": "S4", "slice": 23, "long_axis_mm": 52.1}
    console = Console(width=100, record=True)
    with console.capture() as told:
        console.print(lesion_table({"lesions": [lesion], "units": None}))
    cells = [cell.strip() for cell in told.get().splitlines()[-2].split("│")]
    assert cells[1:5] == ["7", "S4", "24", "52.1"]
