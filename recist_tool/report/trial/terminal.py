"""The endpoints of a trial for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text

from recist_tool.report.trial.agreement_tables import agreement_tables
from recist_tool.report.trial.patient_tables import patient_tables
from recist_tool.report.trial.tables import tables
from recist_tool.report.trial.words import examined

if TYPE_CHECKING:
    from rich.console import RenderableType

    from recist_tool.report.trial.tables import Table
    from recist_tool.trial.cohort import TrialResult


def trial_view(result: TrialResult) -> RenderableType:
    """Return rates, times, landmarks and subgroups, whole patient and liver."""
    evaluable, liver = result.overall.evaluable_orr.n, result.liver.orr.n
    criteria = ", ".join(result.criteria)
    head = Text(f"{criteria}: {result.n} patients treated", style="bold")
    head.append(
        f", {evaluable} evaluable (an adequate {examined(result)} after baseline); "
        f"{liver} with liver lesions at baseline, "
        f"{result.liver.evaluable_orr.n} of them evaluable in the liver",
        style="not bold",
    )
    shown = [*tables(result), *patient_tables(result), *agreement_tables(result)]
    return Group(head, *(_rich(one) for one in shown))


def _rich(table: Table) -> RenderableType:
    # as text, for in a plain string rich would take [ann] for a style
    drawn = RichTable(
        title=Text(table.title, style="table.title"), title_justify="left"
    )
    for place, column in enumerate(table.columns):
        drawn.add_column(Text(column), justify="right" if place else "left")
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    parts: list[RenderableType] = [Text(), drawn]
    if table.note:
        parts.append(Text(table.note, style="dim"))
    return Group(*parts)
