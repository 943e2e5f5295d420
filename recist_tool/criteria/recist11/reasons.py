"""RECIST 1.1 in sentences: why a visit is what it is, and where that is published."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import SumLimits
from recist_tool.criteria.numbers import listed, millimetres, percent
from recist_tool.criteria.recist11.non_targets import non_targets
from recist_tool.criteria.recist11.sums import NORMAL_NODE_MM, present_again, visit_sum
from recist_tool.model.findings import NonTargetFinding, StatedTarget
from recist_tool.terms import NewLesions, NewLesionStatus, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import CourseVisit, View
    from recist_tool.criteria.recist11.non_targets import NonTargets
    from recist_tool.criteria.recist11.sums import VisitSum
    from recist_tool.criteria.recist11.tables import TableRow

PAPER: Final = "Eisenhauer 2009"


class TargetRule(StrEnum):
    """The clause that decided the target response."""

    NO_TARGETS = "no targets"
    GONE = "gone"
    GROWN = "grown"
    PART_GROWN = "part grown"
    BACK_AFTER_CR = "back after CR"
    BACK_FROM_ZERO = "back from zero"
    MISSING = "missing"
    SHRUNK = "shrunk"
    CARRIED = "carried"
    STABLE = "stable"


class Clause(NamedTuple):
    """What a target rule answers, and the section that says so."""

    response: Response
    section: str


# fmt: off
CLAUSES: Final = {
    TargetRule.NO_TARGETS:     Clause(Response.NA, ""),
    TargetRule.GONE:           Clause(Response.CR, "4.3.1"),
    TargetRule.GROWN:          Clause(Response.PD, "4.3.1"),
    TargetRule.PART_GROWN:     Clause(Response.PD, "4.4.2"),
    TargetRule.BACK_AFTER_CR:  Clause(Response.PD, "4.3.5"),
    TargetRule.BACK_FROM_ZERO: Clause(Response.PD, "4.3.5"),
    TargetRule.MISSING:        Clause(Response.NE, "4.4.2"),
    TargetRule.SHRUNK:         Clause(Response.PR, "4.3.1"),
    TargetRule.CARRIED:        Clause(Response.PR, "working group on confirmed PR"),
    TargetRule.STABLE:         Clause(Response.SD, "4.3.1"),
}
# fmt: on


class Recorded(NamedTuple):
    """Evidence of a visit of which only the response was written down, or none is told.

    Attributes
    ----------
    compared
        False where there is no baseline to compare with: nothing recorded counts.
    """

    scope: str
    given: bool
    compared: bool = True

    def reason(self, answer: TimepointResponse) -> str:
        """Return what was recorded."""
        if not self.compared:
            return "there is no baseline scan to compare with"
        if not self.given:
            return f"no {self.scope} response was recorded, and no findings"
        return f"recorded as {answer.overall}; no findings were given"

    def citation(self, answer: TimepointResponse) -> str:
        """Return who answers for it."""
        if not self.compared:
            return "Eisenhauer 2009, 4.3.1: responses are changes from baseline"
        return "as recorded by the reader"

    def limits(self, answer: TimepointResponse) -> SumLimits | None:
        """Return None: there is no sum."""
        return None


class Evidence(NamedTuple):
    """Everything that one visit was judged on.

    Attributes
    ----------
    rule
        What decided the target response.
    cr_at
        Earlier visit with overall CR, if any.
    override
        The reader's documented response where the findings give NE.
    """

    view: View
    visit: CourseVisit
    rule: TargetRule
    row: TableRow
    cr_at: str | None
    override: bool

    @property
    def total(self) -> VisitSum:
        """The targets of this visit, added up again."""
        return visit_sum(self.view, self.visit.seen)

    @property
    def found(self) -> NonTargets:
        """The non-targets of this visit, looked through again."""
        return non_targets(self.view, self.visit.seen)

    def reason(self, answer: TimepointResponse) -> str:
        """Return the deciding facts, the decisive one first."""
        parts = [
            f"reader's override of NE: {answer.overall}" if self.override else "",
            self._definite_new(answer),
            self._progressed(answer),
            _WORDINGS[self.rule](self, answer),
            self._other_non_targets(answer),
            self._equivocal(answer),
        ]
        none = "no lesion" if answer.overall is Response.NE else "no disease"
        return "; ".join(part for part in parts if part) or none

    def citation(self, answer: TimepointResponse) -> str:
        """Return the section of the deciding rule and the row of the table."""
        if self.override:
            return f"{PAPER}, 4.4.2: documented by the reader"
        places = [self._section(answer), self.row.citation]
        if not any(places):
            return "no disease at baseline: RECIST 1.1 is silent, CDISC says NED"
        return f"{PAPER}, {'; '.join(place for place in places if place)}"

    def limits(self, answer: TimepointResponse) -> SumLimits | None:
        """Return the sums at which the target response changes, mm."""
        baseline, nadir = answer.baseline_sum_mm, answer.nadir_ref_mm
        if baseline is None or nadir is None:
            return None
        return SumLimits(7 * baseline / 10, max(6 * nadir / 5, nadir + 5))

    def _section(self, answer: TimepointResponse) -> str:
        if answer.new_lesions is NewLesions.YES:
            return "4.3.5"
        if answer.nontarget is Response.PD:
            return "4.3.4" if self.found.progressed else "4.3.5"
        return CLAUSES[self.rule].section

    def gone(self) -> str:
        """Return what CR rests on."""
        if left := self.total.measured_mm:
            limit = millimetres(NORMAL_NODE_MM)
            rest = f"nodes below {limit}, sum {millimetres(left)}"
            only_nodes = all(lesion.nodal for lesion in self.view.targets)
            return f"all target {rest}" if only_nodes else f"all targets gone, {rest}"
        return "all targets gone"

    def part_grown(self, answer: TimepointResponse) -> str:
        """Return by how much what was measured has grown alone."""
        figure = self.total.measured_mm
        assert figure is not None  # noqa: S101 - it was found to have grown
        without = f"{millimetres(figure)} without {self._named_missing()}"
        return f"partial sum {without}, already {_above_nadir(figure, answer)}"

    def back(self, answer: TimepointResponse) -> str:
        """Return which targets are back, and after what."""
        back = [
            f"{lesion.id} ({lesion.organ})"
            for lesion in present_again(self.view, self.visit.seen)
        ]
        verb = "is" if len(back) == 1 else "are"
        since = f"after CR at {self.cr_at}" if self.cr_at else "after a sum of 0 mm"
        figure = answer.sum_mm if answer.sum_mm is not None else self.total.measured_mm
        size = "" if figure is None else f", sum {millimetres(figure)}"
        return f"{listed(back)} {verb} back {since}{size}"

    def missing(self) -> str:
        """Return which targets are missing, and what was measured."""
        text = f"{self._named_missing()} not evaluated"
        measured = self.total.measured_mm
        return (
            text if measured is None else f"{text}; partial sum {millimetres(measured)}"
        )

    def _named_missing(self) -> str:
        names: list[str] = []
        for name in self.total.missing:
            finding = self.visit.seen.target.get(name)
            reason = finding.reason if isinstance(finding, StatedTarget) else None
            if finding is None:
                reason = "no finding"
            names.append(f"{name} ({reason})" if reason else name)
        return listed(names)

    def _definite_new(self, answer: TimepointResponse) -> str:
        if answer.new_lesions is not NewLesions.YES:
            return ""
        return self._new_of(NewLesionStatus.DEFINITE, "new lesion")

    def _equivocal(self, answer: TimepointResponse) -> str:
        if answer.new_lesions is not NewLesions.EQUIVOCAL:
            return ""
        text = self._new_of(NewLesionStatus.EQUIVOCAL, "equivocal new lesion")
        if answer.restated_overall is not None and not answer.restated_because:
            return f"{text}, confirmed later: restated as {answer.restated_overall}"
        return f"{text}, not counted until confirmed"

    def _new_of(self, status: NewLesionStatus, kind: str) -> str:
        named = [
            f"{lesion.id} ({lesion.organ}"
            + (f", {millimetres(lesion.mm)})" if lesion.mm is not None else ")")
            for lesion in self.view.new_at(self.visit.seen)
            if lesion.status is status
        ]
        return f"{kind}{'s' if len(named) > 1 else ''} {listed(named)}"

    def _progressed(self, answer: TimepointResponse) -> str:
        if answer.nontarget is not Response.PD:
            return ""
        found = self.found
        if found.progressed:
            return f"{self._named(found.progressed)} unequivocally progressed"
        return f"{self._named(found.persisting)} back after CR at {self.cr_at}"

    def _other_non_targets(self, answer: TimepointResponse) -> str:
        """Return what non-targets add where they are not PD."""
        told = answer.target in (Response.CR, Response.NA)
        if answer.nontarget in (Response.PD, Response.NA) or not told:
            return ""
        if answer.nontarget is Response.CR:
            return "all non-targets gone"
        persisting, unseen = self.found.persisting, self.found.unseen
        parts = [
            f"{self._named(persisting)} still there" if persisting else "",
            f"{self._named(unseen)} not evaluated" if unseen else "",
        ]
        text = "; ".join(part for part in parts if part)
        return text or "tumour marker raised at baseline and not shown to be normal"

    def _named(self, names: Iterable[str]) -> str:
        organs = {lesion.id: lesion.organ for lesion in self.view.non_targets}
        return listed([f"{name} ({self._size(name, organs[name])})" for name in names])

    def _size(self, name: str, organ: str) -> str:
        finding = self.visit.seen.nontarget.get(name)
        if isinstance(finding, NonTargetFinding) and finding.short_axis_mm is not None:
            return f"{organ}, {millimetres(finding.short_axis_mm)}"
        return organ


def _grown(answer: TimepointResponse) -> str:
    total = answer.sum_mm
    assert total is not None  # noqa: S101 - every target was measured
    return f"sum {millimetres(total)}, {_above_nadir(total, answer)}"


def _above_nadir(figure: Decimal, answer: TimepointResponse) -> str:
    nadir = answer.nadir_ref_mm
    assert nadir is not None  # noqa: S101 - growth was found from it
    share = f"{percent(figure - nadir, nadir)} and " if nadir else ""
    by = f"{share}{millimetres(figure - nadir)}"
    return f"{by} above nadir {millimetres(nadir)} at {answer.nadir_at}"


def _against_both(answer: TimepointResponse) -> str:
    """Return the sum against baseline and, where it lies above, the nadir."""
    total, baseline = answer.sum_mm, answer.baseline_sum_mm
    nadir = answer.nadir_ref_mm
    assert total is not None  # noqa: S101 - every target was measured
    assert baseline is not None  # noqa: S101
    assert nadir is not None  # noqa: S101
    if total == baseline:
        text = f"sum {millimetres(total)}, as at baseline"
    else:
        side = "above" if total > baseline else "below"
        share = percent(abs(total - baseline), baseline)
        text = f"sum {millimetres(total)}, {share} {side} baseline "
        text += millimetres(baseline)
    if total <= nadir:
        return text
    if nadir == baseline:
        return f"{text} ({millimetres(total - nadir)})"
    return f"{text}, {_above_nadir(total, answer)}"


_WORDINGS: Final[Mapping[TargetRule, Callable[[Evidence, TimepointResponse], str]]] = {
    TargetRule.NO_TARGETS: lambda why, answer: "",
    TargetRule.GONE: lambda why, answer: why.gone(),
    TargetRule.GROWN: lambda why, answer: _grown(answer),
    TargetRule.PART_GROWN: Evidence.part_grown,
    TargetRule.BACK_AFTER_CR: Evidence.back,
    TargetRule.BACK_FROM_ZERO: Evidence.back,
    TargetRule.MISSING: lambda why, answer: why.missing(),
    TargetRule.SHRUNK: lambda why, answer: _against_both(answer),
    TargetRule.CARRIED: lambda why, answer: (
        f"{_against_both(answer)}; a confirmed PR goes on until PD or CR"
    ),
    TargetRule.STABLE: lambda why, answer: _against_both(answer),
}
