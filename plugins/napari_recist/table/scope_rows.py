"""Rows of sums, changes and responses: whole patient, liver, outside the liver."""

from __future__ import annotations

from enum import Enum
from functools import cached_property, partial
from typing import TYPE_CHECKING

from napari_recist.table.cells import Cell
from recist_tool.app.reading import EXTRAHEPATIC, LIVER, PATIENT
from recist_tool.terms import NewLesions, Response, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from decimal import Decimal

    from recist_tool.app.reading import Assessed
    from recist_tool.criteria import Figure, ScopeAssessment, TimepointResponse
    from recist_tool.trial import PatientAssessment

    Rows = list[tuple[Cell, ...]]

FOLDED = "\N{BLACK RIGHT-POINTING SMALL TRIANGLE}"
UNFOLDED = "\N{BLACK DOWN-POINTING SMALL TRIANGLE}"
SCOPES = {PATIENT: Scope.OVERALL, LIVER: Scope.LIVER}
RESPONSE = "Response"
BEST = "Best response"
AFTER_PD = " after PD"
NEW_WORDS = {NewLesions.NO: "no", NewLesions.YES: "yes", NewLesions.EQUIVOCAL: "?"}
SHORT = {
    Response.NON_CR_NON_PD: "non-CR/PD",
    Response.NON_ICR_NON_IUPD: "non-iCR/PD",
    Response.NORMALISED: "normal",
    Response.OFF_DRUG: "off drug",
    Response.RESPONSE: "response",
    Response.NO_RESPONSE: "none",
}


def scope_rows(
    judged: Assessed,
    visits: Sequence[str],
    unfolded: Collection[str],
    *,
    is_brief: bool = False,
) -> Rows:
    """Return the rows below the lesions; the first of each scope folds the rest.

    Parameters
    ----------
    judged
        Sums in mm, and responses where the case can be assessed.
    visits
        A column each, in the order of time.
    unfolded
        Names of the scopes whose rows are all shown.
    is_brief
        Whether the others show their sums only.
    """
    rows: Rows = []
    folded = Detail.SUMS if is_brief else Detail.SOME
    for name, scope in judged.scopes:
        detail = Detail.ALL if name in unfolded else folded
        block = _Block(name, visits, scope.timepoints, detail)
        baseline = scope.baseline_sum_mm
        if judged.found is not None:
            block.add_sums(baseline)
            block.add_figures()
            block.add_responses(judged.found, scope)
            if not is_brief or name in unfolded:
                block.add_best(scope)
        rows += block.rows
    if judged.outside is not None:
        detail = Detail.ALL if EXTRAHEPATIC in unfolded else folded
        block = _Block(EXTRAHEPATIC, visits, judged.outside.timepoints, detail)
        block.add_sums(judged.outside.baseline_sum_mm)
        rows += block.rows
    return rows


class Detail(Enum):
    """How much of a scope is shown."""

    SUMS = 0
    SOME = 1
    ALL = 2


class _Visit:
    """What one visit says in a scope, each sentence worked out once, where it is asked.

    Attributes
    ----------
    answer
        The response of the visit.
    """

    def __init__(self, answer: TimepointResponse) -> None:
        self.answer = answer

    @cached_property
    def limit(self) -> str | None:
        """The distance to the nearest threshold, or None."""
        return self.answer.nearest_threshold

    @cached_property
    def words(self) -> str:
        """The changes of the sum, one to a line."""
        return sum_words(self.answer, self.limit)

    @cached_property
    def why(self) -> str:
        """The reason and its source."""
        return f"{self.answer.reason}\n{self.answer.citation}"


class _Block:
    """The rows of one scope."""

    def __init__(
        self,
        name: str,
        visits: Sequence[str],
        answers: Mapping[str, TimepointResponse],
        detail: Detail,
    ) -> None:
        self.rows: Rows = []
        self._name = name
        self._visits = visits
        self._said = {at: _Visit(one) for at, one in answers.items()}
        self._is_open = detail is Detail.ALL
        self._is_brief = detail is Detail.SUMS

    def add_sums(self, baseline_mm: Decimal | None) -> None:
        """Add the sums, how they changed, and how far the next limit is."""
        if baseline_mm is None:
            return
        first = Cell(f"{baseline_mm}", "baseline sum", is_sum=True)
        self._add("Sum, mm", _sum_cell, first)
        if self._is_brief:
            return
        self._add("% baseline", partial(_signed, "pct_from_baseline", 1))
        if self._is_open or self._name != EXTRAHEPATIC:
            self._add("% nadir", partial(_signed, "pct_from_nadir", 1))
        if self._is_open:
            self._add("mm nadir", partial(_signed, "abs_from_nadir_mm", None))
        if self._name != EXTRAHEPATIC:
            self._add("to limit", _limit_cell)

    def add_figures(self) -> None:
        """Add what criteria other than RECIST 1.1 compared."""
        seen: dict[tuple[str, str | None], str] = {}
        for said in self._said.values():
            for one in said.answer.figures:
                seen.setdefault((one.name, one.lesion), one.unit)
        for number, ((name, lesion), unit) in enumerate(seen.items()):
            if number and not self._is_open:
                break
            title = f"{lesion or ''} {name}".strip() + (f", {unit}" if unit else "")
            self._add(title, partial(_figure_cell, name, lesion))

    def add_best(self, scope: ScopeAssessment) -> None:
        """Add the best response of the course, under its last visit."""
        confirmed, seen = scope.bor_confirmed, scope.bor_unconfirmed
        known = [visit for visit in self._visits if visit in scope.timepoints]
        if not known:
            return
        text, tooltip = _short(confirmed), f"{confirmed}: {scope.bor_reason}"
        if seen is not confirmed:
            text += f" ({_short(seen)}?)"
            tooltip += f"\nwithout confirmation: {seen}"
        tooltip += f"\n{scope.bor_citation}"
        chip = Cell(text, tooltip, chip=confirmed, is_sum=True)
        cells = [chip if at == known[-1] else Cell() for at in self._visits]
        head = Cell(BEST, "of the whole course", is_sum=True, is_answer=True)
        self.rows.append((head, Cell(self._name, is_sum=True), *cells))

    def add_responses(self, found: PatientAssessment, whole: ScopeAssessment) -> None:
        """Add the chips: each part of the response where unfolded, and the whole."""
        if self._is_open:
            self._add("Target", partial(_part_cell, "target"))
            self._add("Non-target", partial(_part_cell, "nontarget"))
            self._add("New", partial(_part_cell, "new_lesions"))
        best = f"best response {whole.bor_confirmed} (confirmed), "
        best += f"{whole.bor_unconfirmed} (unconfirmed)"
        self._add(RESPONSE, _response_cell, tooltip=f"{best}, {self._name}")
        scope = SCOPES[self._name]
        own = {at: one for (of, at), one in found.overrides.items() if of is scope}
        if own:
            cells = [
                Cell(_short(own[at].response), own[at].reason, chip=own[at].response)
                if at in own
                else Cell()
                for at in self._visits
            ]
            tip = "beside what is computed"
            head = Cell("Reader says", tip, is_sum=True, is_answer=True)
            self.rows.append((head, Cell(self._name, is_sum=True), *cells))

    def _add(
        self,
        title: str,
        cell_of: Callable[[_Visit], Cell],
        first: Cell | None = None,
        tooltip: str = "",
    ) -> None:
        """Add a row, unless no visit has anything to say in it."""
        said = [self._said.get(visit) for visit in self._visits]
        cells = [Cell() if one is None else cell_of(one) for one in said]
        if first is not None:
            cells[:1] = [first]
        if not any(cell.text for cell in cells):
            return
        fold = "" if self.rows else self._name
        if fold:
            title = f"{UNFOLDED if self._is_open else FOLDED} {title}"
            tooltip = tooltip or f"Click: {'fewer' if self._is_open else 'more'} rows"
        is_answer = title.endswith(RESPONSE)
        head = Cell(title, tooltip, is_sum=True, scope=fold, is_answer=is_answer)
        self.rows.append((head, Cell(self._name, is_sum=True, scope=fold), *cells))


def _sum_cell(said: _Visit) -> Cell:
    if said.answer.sum_mm is None:
        partial_mm = said.answer.partial_sum_mm
        text = "" if partial_mm is None else f"({partial_mm})"
        why = "incomplete: not every target has a size" if text else ""
        return Cell(text, why, is_sum=True)
    return Cell(f"{said.answer.sum_mm}", said.words, is_sum=True)


def _signed(name: str, digits: int | None, said: _Visit) -> Cell:
    value: Decimal | None = getattr(said.answer, name)
    if value is None:
        return Cell()
    text = f"{value:+}" if digits is None else f"{value:+.{digits}f}"
    return Cell(text, said.words, is_sum=True)


def _limit_cell(said: _Visit) -> Cell:
    """Return the nearer limit and how far the sum is above (+) or below it, mm."""
    to_pd, to_pr = said.answer.to_pd_mm, said.answer.to_pr_mm
    if to_pd is None or to_pr is None or said.limit is None:
        return Cell()
    text = f"PD {-to_pd:+.1f}" if abs(to_pd) <= abs(to_pr) else f"PR {to_pr:+.1f}"
    return Cell(text, said.limit)


def _figure_cell(name: str, lesion: str | None, said: _Visit) -> Cell:
    figures = said.answer.figures
    found = [one for one in figures if (one.name, one.lesion) == (name, lesion)]
    if not found or found[0].value is None:
        return Cell()
    return Cell(f"{found[0].value:.4g}", figure_words(found[0]), is_sum=True)


def _part_cell(part: str, said: _Visit) -> Cell:
    value: Response | NewLesions | None = getattr(said.answer, part)
    if value is None:
        return Cell()
    text = _short(value) if isinstance(value, Response) else NEW_WORDS[value]
    return Cell(text, f"{value}: {said.why}", chip=value)


def _response_cell(said: _Visit) -> Cell:
    answer = said.answer
    tooltip = f"{answer.overall}: {said.why}"
    if said.limit:
        tooltip += f"\n{said.limit}"
    text = _short(answer.overall)
    if answer.post_pd:
        text += AFTER_PD
        tooltip += "\nafter progression: it counts for nothing"
    if answer.restated_overall is not None:
        text += f"\N{RIGHTWARDS ARROW}{_short(answer.restated_overall)}"
        tooltip += f"\nsince a later visit: {answer.restated_overall}"
    return Cell(text, tooltip, chip=answer.effective, is_sum=True)


def sum_words(answer: TimepointResponse, limit: str | None) -> str:
    """Return the changes of a sum, one to a line, and how far its nearest limit is."""
    lines = [f"sum {answer.sum_mm} mm"]
    if answer.pct_from_baseline is not None:
        lines.append(f"{answer.pct_from_baseline:+.1f} % from baseline")
    if answer.pct_from_nadir is not None:
        lines.append(f"{answer.pct_from_nadir:+.1f} % from nadir")
    if answer.abs_from_nadir_mm is not None:
        where = f" ({answer.nadir_at})" if answer.nadir_at else ""
        lines.append(f"{answer.abs_from_nadir_mm:+} mm from nadir{where}")
    return "\n".join([*lines, limit] if limit else lines)


def figure_words(figure: Figure) -> str:
    """Return a figure and its changes, one to a line."""
    lines = [f"{figure.name} {figure.value} {figure.unit}".rstrip()]
    if figure.pct_from_baseline is not None:
        lines.append(f"{figure.pct_from_baseline:+.1f} % from baseline")
    if figure.pct_from_nadir is not None:
        lines.append(f"{figure.pct_from_nadir:+.1f} % from nadir")
    if figure.response is not None:
        lines.append(f"{figure.response}")
    return "\n".join(lines)


def _short(response: Response) -> str:
    return SHORT.get(response, str(response))
