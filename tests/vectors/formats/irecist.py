"""irecist_v1: rows of Table 2, examples of Table 3, and courses of sums."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from recist_tool.criteria.answer.best_response import best
from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.criteria.irecist.progression import Step, step
from recist_tool.criteria.irecist.seen import (
    Observed,
    ProgressionState,
    SeenNewLesion,
)
from recist_tool.criteria.irecist.table import TABLE_2
from recist_tool.criteria.irecist.visits import BEST, progression
from recist_tool.criteria.recist11.tables import overall_response
from recist_tool.criteria.recist11.visits import meets_pd, meets_pr
from recist_tool.model.criteria_settings import IRecistSettings
from recist_tool.model.protocol import Settings
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "any later assessment confirms": {"confirm_min_days": 0},
    "Table 2 read literally: an unchanged new lesion keeps iUPD": {
        "unchanged_new_lesion_keeps_iupd": True
    },
}
"""The settings that give each alternative of the file."""
NOT_PD = {"CR", "NON-CR/NON-PD", "NA"}
TARGETS_ONLY = {Response.PR, Response.SD, Response.NA}
NON_TARGETS_ONLY = {Response.NON_CR_NON_PD, Response.NA}
GROUPS = {
    "non-iCR/non-iUPD": NOT_PD,
    "non-iCR/non-iUPD or CR": NOT_PD,
    "not iUPD": NOT_PD | {"PR", "SD"},
    "SD, PR or CR": {"SD", "PR", "CR"},
    "iUPD": {"PD"},
    "iUPD, unchanged or smaller": {"PD"},
}
GREW = {"increase", "increased", "larger", "bigger", "grown", "growth", "grew"}

OVERRULED = {"I03": "2024-02-26", "I13": "2024-02-26"}
"""Dates of progression that the files leave out and the paper gives (Seymour 2017).

Where all later responses are iUPD and iCPD never occurs, progression is the first iUPD.
"""


def checks(data: Mapping[str, Any]):
    """Yield a check for each row, for each sequence and for each course."""
    for row in data.get("table2_rows", ()):
        yield f"table2-{row['row']}", partial(published_row, row)
    for example in data.get("ibor_table3", ()):
        for number, sequence in enumerate(example["expanded"], start=1):
            name = f"table3-{example['example']}-{number}"
            yield name, partial(best_of_course, sequence, example["ibor"])
    for case in data["cases"]:
        yield case["id"], partial(course, case)
        for other in case.get("alternatives") or ():
            if other["convention"] in CONVENTIONS:
                name = f"{case['id']} [{other['convention']}]"
                yield name, partial(alternative, case, other)


def published_row(row: Mapping[str, Any]) -> None:
    """The row of that number asks and answers what is printed; the walk obeys it."""
    [ours] = [one for one in TABLE_2 if one.number == row["row"]]
    assert ours.target == _group(row["target"]) - NON_TARGETS_ONLY
    assert ours.non_target - {Response.NA} == _group(row["nontarget"]) - TARGETS_ONLY
    assert ours.new is row["new"].startswith("yes")
    assert ours.without_prior == row["no_prior_iupd"]
    assert ours.with_prior == row["prior_iupd_default"]
    for target, nontarget in product(ours.target, ours.non_target):
        now = _shows(target, nontarget, new=ours.new)
        if ours.without_prior is not None:
            [answer] = steps([now], IRecistSettings())
            assert answer.response is ours.without_prior
            assert answer.row is ours
        before = now._replace(id="TP1", day=56)
        first, second = steps([before, now], IRecistSettings())
        if first.response is Response.IUPD:
            assert second.response is ours.with_prior
        if row["prior_iupd_confirm"] is not None:
            grown = _grown(now)
            assert steps([before, grown], IRecistSettings())[1].response == "iCPD"


def best_of_course(sequence: Sequence[str], expected: str) -> None:
    visits = [
        Dated(56 * number, Response(word)) for number, word in enumerate(sequence, 1)
    ]
    assert best(visits, Settings(), BEST).unconfirmed == expected


def course(case: Mapping[str, Any]) -> None:
    expected = case["expected"]
    settings = IRecistSettings()
    visits = _visits(case)
    answers = steps(visits, settings)
    assert [str(one.response) for one in answers] == expected["itimepoints"]
    dated = [Dated(one.day, one.response, one.id) for one in answers]
    if "ibor" in expected:
        assert best(dated, Settings(), BEST).unconfirmed == expected["ibor"]
    given_all = expected.get("recist11", [None] * len(visits))
    for given, ours in zip(given_all, recist_1_1(visits), strict=True):
        assert given is None or ours == given
    at = progression(answers, settings)
    dates = {one["id"]: one["date"] for one in case["timepoints"]}
    if "progression_date" in expected:
        day = OVERRULED.get(case["id"], expected["progression_date"])
        assert (at and dates[at]) == day


def steps(visits: Sequence[Observed], settings: IRecistSettings) -> list[Step]:
    """Return the response of each visit, in the order of their days."""
    state = ProgressionState()
    answers: list[Step] = []
    for seen in visits:
        answer, state = step(seen, state, settings)
        answers.append(answer)
    return answers


def recist_1_1(visits: Sequence[Observed]) -> list[Response]:
    """Return the responses by RECIST 1.1, for which a new lesion stays progression."""
    answers: list[Response] = []
    had_new = False
    for seen in visits:
        had_new = had_new or bool(seen.new)
        answers.append(overall_response(seen.target, seen.nontarget, had_new).overall)
    return answers


def alternative(case: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    changes = CONVENTIONS[other["convention"]]
    answers = steps(_visits(case), IRecistSettings.model_validate(changes))
    found = [str(one.response) for one in answers]
    expected = other["expected"]
    assert (found[-1] if isinstance(expected, str) else found) == expected


def _visits(case: Mapping[str, Any]) -> list[Observed]:
    baseline = Decimal(str(case["baseline_target_sum_mm"]))
    nadir = baseline
    visits: list[Observed] = []
    for one in case["timepoints"]:
        visits.append(_visit(one, baseline, nadir))
        nadir = min(nadir, visits[-1].sum_mm or nadir)
    return visits


def _visit(one: Mapping[str, Any], baseline: Decimal, nadir: Decimal) -> Observed:
    seen = Observed(one["id"], one["day"], Response.NE)
    if one["target_sum_mm"] is not None:
        total = Decimal(str(one["target_sum_mm"]))
        target = _target(total, baseline, nadir)
        seen = Observed(one["id"], one["day"], target, sum_mm=total, measured_mm=total)
    nontarget = _nontarget(one["nontarget"])
    return seen._replace(
        nontarget=nontarget,
        progressed=frozenset({"NT"} if nontarget is Response.PD else ()),
        nontarget_grew=one["nontarget"].startswith("further"),
        new=tuple(_new(lesion) for lesion in one["new"]),
    )


def _target(total: Decimal, baseline: Decimal, nadir: Decimal) -> Response:
    if not total:
        return Response.CR
    if meets_pd(total, nadir):
        return Response.PD
    return Response.PR if meets_pr(total, baseline) else Response.SD


def _nontarget(words: str) -> Response:
    """Return the response: further growth, or none since an iUPD, is still PD."""
    plain = words.casefold()
    if plain.startswith(("further", "no further", "unchanged", "same", "iupd", "pd")):
        return Response.PD
    if plain.startswith("non-"):
        return Response.NON_CR_NON_PD
    return Response(words.removeprefix("i"))


def _new(lesion: Mapping[str, Any]) -> SeenNewLesion:
    if lesion["kind"] == "target" and lesion["mm"] is not None:
        return SeenNewLesion(lesion["id"], Decimal(str(lesion["mm"])))
    return SeenNewLesion(lesion["id"], None, lesion["change"] in GREW)


def _group(words: str) -> set[Response]:
    return {Response(word) for word in GROUPS.get(words, {words})}


def _shows(target: Response, nontarget: Response, *, new: bool) -> Observed:
    """Return a visit at which these are found, with sums that fit them."""
    return Observed(
        "TP2",
        112,
        target,
        nontarget,
        Decimal(125),
        Decimal(125),
        frozenset({"NT"} if nontarget is Response.PD else ()),
        new=(SeenNewLesion("NL1", Decimal(15)),) if new else (),
    )


def _grown(now: Observed) -> Observed:
    """Return the same with the least growth that confirms, in one category."""
    if now.new:
        return now._replace(new=(SeenNewLesion("NL1", Decimal(20)),))
    if now.target is Response.PD:
        return now._replace(sum_mm=Decimal(130), measured_mm=Decimal(130))
    return now._replace(nontarget_grew=True)
