"""The agreement of two readers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.report.trial.tables import NONE, Table, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.trial.agreement import Kappa
    from recist_tool.trial.cohort import TrialResult
    from recist_tool.trial.double_reads import (
        Discordance,
        ReaderAgreement,
        ReaderAnswer,
        ScopeAgreement,
    )

_WORDS: Final = {
    "bor": "best response",
    "pd_date": "date of PD",
    "liver_bor": "best response of the liver",
    "liver_pd_date": "date of PD in the liver",
}
_ROWS: Final = (
    "patients with both reads",
    "same best response",
    "kappa (95 % limits)",
    "patients on the scale CR, PR, SD, PD",
    "weighted kappa of these",
    "both say PD, or neither",
    "both say PD, on the same date",
    "early discrepancies (EDR)",
    "late discrepancies (LDR)",
)
_NOTE: Final = (
    "EDR: of the PD of {0}, those that {1} does not see or sees later. LDR: of all "
    "discrepancies, those where {0} is later or sees no PD (Amit and others 2011). "
    "Weights are {2}."
)


def agreement_tables(result: TrialResult) -> list[Table]:
    """Return the tables of each pair of readers; none where each patient has one."""
    return [table for pair in result.agreement for table in _tables(pair)]


def _tables(pair: ReaderAgreement) -> Iterator[Table]:
    names = f"{pair.reference} (reference) and {pair.other}"
    note = _NOTE.format(pair.reference, pair.other, pair.weights.value)
    cells = zip(_ROWS, _cells(pair.overall), _cells(pair.liver), strict=True)
    columns = ("", "whole patient", "liver")
    yield Table(f"Agreement of {names}", columns, tuple(cells), note)
    yield _cross("Best response", pair, pair.overall.bor)
    if pair.liver.bor.n:
        yield _cross("Best response of the liver", pair, pair.liver.bor)
    if not pair.discordant:
        return
    yield Table(
        f"Patients on whom {names} differ",
        ("patient", "what", pair.reference, pair.other),
        tuple(row for one in pair.discordant for row in _differences(one)),
    )


def _cells(scope: ScopeAgreement) -> tuple[str, ...]:
    seen = scope.progression
    same = sum(row[place] for place, row in enumerate(scope.bor.table))
    early = seen.investigator_only + seen.investigator_earlier
    late = seen.central_only + seen.investigator_later
    return (
        str(scope.bor.n),
        _share(same, scope.bor.n),
        _kappa(scope.bor),
        str(scope.bor_weighted.n),
        _kappa(scope.bor_weighted),
        _share(seen.both + seen.neither, seen.n),
        _share(seen.same_time, seen.both),
        _share(early, seen.both + seen.investigator_only),
        _share(late, early + late),
    )


def _cross(title: str, pair: ReaderAgreement, kappa: Kappa) -> Table:
    return Table(
        f"{title} by both",
        (f"{pair.reference} ↓ {pair.other} →", *kappa.categories),
        tuple(
            (name, *map(str, row))
            for name, row in zip(kappa.categories, kappa.table, strict=True)
        ),
    )


def _differences(one: Discordance) -> Iterator[tuple[str, ...]]:
    for name in one.differs:
        pairs = (
            (read.liver if name.startswith("liver_") else read.overall)
            for read in (one.reference, one.other)
        )
        field = name.removeprefix("liver_")
        yield one.reference.id, _WORDS[name], *(_said(field, by) for by in pairs)


def _said(field: str, answer: ReaderAnswer | None) -> str:
    if answer is None:
        return "no liver lesion"
    if field == "bor":
        return answer.bor.value
    return str(answer.pd_date or "no PD")


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {percent(part / whole)} %" if whole else f"{part}/{whole}"


def _kappa(kappa: Kappa) -> str:
    if kappa.kappa is None or kappa.ci95 is None:
        return NONE
    low, high = kappa.ci95
    return f"{kappa.kappa:.2f} ({low:.2f} to {high:.2f})"
