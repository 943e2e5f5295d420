"""What must hold for any patient."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recist_tool.model.findings import Findings
from recist_tool.terms import Response, Scope
from recist_tool.trial.patient import assess
from tests.criteria.cases import findings, new, of_scope

RANK = {
    Response.CR: 0,
    Response.PR: 1,
    Response.SD: 2,
    Response.NON_CR_NON_PD: 2,
    Response.NED: 2,
    Response.PD: 3,
}
LESIONS = "T1 liver, T2 lung, N1 lymph node, X1 liver, X2 bone"
TARGETS = ("T1", "T2", "N1")
lengths = st.integers(min_value=0, max_value=900).map(
    lambda tenths: Decimal(tenths) / 10
)
at_baseline = st.integers(min_value=100, max_value=900).map(
    lambda tenths: Decimal(tenths) / 10
)
states = st.sampled_from(["present", "absent", "increased_not_unequivocal"])
sizes = st.fixed_dictionaries(dict.fromkeys(TARGETS, lengths))
seen = st.fixed_dictionaries(
    dict.fromkeys(TARGETS, st.one_of(lengths, st.sampled_from(["absent", "too_small"])))
    | {"X1": states, "X2": states}
)
maybe_unseen = st.fixed_dictionaries(
    dict.fromkeys(TARGETS, st.one_of(lengths, st.sampled_from(["absent", "ne"])))
    | {"X1": st.one_of(states, st.just("ne")), "X2": states}
)
starts = st.fixed_dictionaries(
    dict.fromkeys(TARGETS, at_baseline)
    | dict.fromkeys(("X1", "X2"), st.just("present"))
)
courses = st.tuples(starts, st.lists(maybe_unseen, min_size=1, max_size=4))


def answers(read: Findings) -> list[Response]:
    return [
        answer.overall
        for scope in Scope
        for answer in of_scope(read, scope).timepoints.values()
    ]


@given(starts, st.lists(seen, max_size=3), seen, sizes)
def test_growth_never_improves_a_response(
    start: dict[str, Any],
    before: list[dict[str, Any]],
    now: dict[str, Any],
    more: dict[str, Decimal],
) -> None:
    grown = dict(now)
    for name in TARGETS:
        if isinstance(now[name], Decimal):
            grown[name] = now[name] + more[name]
    for scope in Scope:
        [small, large] = [
            list(of_scope(read, scope).timepoints.values())[-1].overall
            for read in (
                findings(LESIONS, start, *before, now),
                findings(LESIONS, start, *before, grown),
            )
        ]
        assert RANK[large] >= RANK[small]


@given(courses, st.permutations(LESIONS.split(", ")), st.randoms())
def test_the_order_of_lesions_is_irrelevant(
    course: tuple[dict[str, Any], list[dict[str, Any]]], order: list[str], chance: Any
) -> None:
    start, visits = course
    shuffled = []
    for visit in (start, *visits):
        names = list(visit)
        chance.shuffle(names)
        shuffled.append({name: visit[name] for name in names})
    one = assess(findings(LESIONS, start, *visits))
    other = assess(findings(", ".join(order), *shuffled))
    for scope in ("overall", "liver"):
        ours, theirs = getattr(one, scope), getattr(other, scope)
        assert ours.bor_confirmed == theirs.bor_confirmed
        for name, answer in ours.timepoints.items():
            # all but the evidence, which keeps the order
            assert answer[:14] == theirs.timepoints[name][:14]


@given(courses, st.sampled_from(["liver", "lung"]))
def test_a_new_definite_lesion_never_improves(
    course: tuple[dict[str, Any], list[dict[str, Any]]], organ: str
) -> None:
    start, [*before, last_visit] = course
    worse = last_visit | {"new": [new(organ=organ)]}
    without = assess(findings(LESIONS, start, *before, last_visit))
    with_it = assess(findings(LESIONS, start, *before, worse))
    assert list(with_it.overall.timepoints.values())[-1].overall is Response.PD
    if organ == "liver":
        assert with_it.liver is not None
        assert list(with_it.liver.timepoints.values())[-1].overall is Response.PD
    order = [*RANK, Response.NE]
    assert order.index(with_it.overall.bor_confirmed) >= min(
        order.index(without.overall.bor_confirmed), order.index(Response.PD)
    )


@given(starts, sizes, st.integers(min_value=2, max_value=40))
def test_scaling_all_diameters_keeps_the_percentages(
    start: dict[str, Any], now: dict[str, Decimal], factor: int
) -> None:
    lesions = "T1 liver, T2 lung, N1 lymph node"
    start = {name: start[name] for name in TARGETS}
    scaled = [
        {name: value * factor / 10 for name, value in visit.items()}
        for visit in (start, now)
    ]
    [plain] = assess(findings(lesions, start, now)).overall.timepoints.values()
    [other] = assess(findings(lesions, *scaled)).overall.timepoints.values()
    assert plain.pct_from_baseline is not None
    assert other.pct_from_baseline is not None
    assert abs(plain.pct_from_baseline - other.pct_from_baseline) < Decimal("1e-20")
    assert (plain.target is Response.PR) == (other.target is Response.PR) or (
        Response.CR in (plain.target, other.target)  # nodes have an absolute limit
    )


@given(courses)
def test_every_answer_has_a_reason_and_a_citation(
    course: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    start, visits = course
    read = findings(LESIONS, start, *visits)
    for scope in Scope:
        assessed = of_scope(read, scope)
        assert assessed.bor_reason
        assert assessed.bor_citation
        for answer in assessed.timepoints.values():
            assert answer.reason
            assert answer.citation


@given(courses)
def test_an_unseen_target_is_never_cr_pr_or_sd(
    course: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    start, visits = course
    for answer in assess(findings(LESIONS, start, *visits)).overall.timepoints.values():
        if answer.sum_mm is None:
            assert answer.target in (Response.NE, Response.PD)


@given(courses)
def test_a_confirmed_response_is_never_better_than_an_unconfirmed_one(
    course: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    order = [*RANK, Response.NE]
    start, visits = course
    read = findings(LESIONS, start, *visits)
    for scope in Scope:
        assessed = of_scope(read, scope)
        ranks = (assessed.bor_unconfirmed, assessed.bor_confirmed)
        assert order.index(ranks[0]) <= order.index(ranks[1])
