"""The table at a terminal shows what the criteria compare."""

from __future__ import annotations

import pytest
from rich.console import Console

from recist_tool.report.terminal import assessment_view
from recist_tool.trial.patient import assess
from tests.criteria.cases import findings


def shown(criteria: str, *visits: dict[str, object]) -> str:
    console = Console(width=160, record=True, file=None, quiet=False)
    with console.capture() as capture:
        read = findings("T1 liver", *visits, criteria=criteria)
        console.print(assessment_view(assess(read)))
    return capture.get()


@pytest.mark.parametrize(
    ("criteria", "heading", "figures"),
    [
        ("WHO", "sum of products mm²", ("1000.0", "500.0", "-50.0 %")),
        ("volumetric", "volume ml", ("80.0", "20.0", "-75.0 %")),
        ("biochemical", "CgA ng/ml", ("400.0", "150.0", "-62.5 %")),
        ("RECIST 1.1", "sum mm", ("40.0", "25.0", "-37.5 %")),
    ],
)
def test_columns_hold_what_the_criteria_compare(
    criteria: str, heading: str, figures: tuple[str, ...]
) -> None:
    def visit(mm: float, across: float, ml: float, cga: float) -> dict[str, object]:
        return {
            "T1": {"mm": mm, "perpendicular_mm": across, "volume_ml": ml},
            "markers": {"CgA": {"value": cga, "uln": 100, "unit": "ng/ml"}},
        }

    text = shown(criteria, visit(40, 25, 80, 400), visit(25, 20, 20, 150))
    assert heading in text
    for figure in figures:
        assert figure in text
    assert "(as recorded)" not in text
