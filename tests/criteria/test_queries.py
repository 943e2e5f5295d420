"""Where a person is asked to look, and where nobody is bothered."""

from __future__ import annotations

from typing import Any

import pytest

from recist_tool.terms import MessageLevel
from recist_tool.trial.patient import assess
from tests.criteria.cases import codes, findings, new

ONE = "T1 liver"
START = {"T1": 50}
SHORT = ("T1 liver, X1 bone", {"T1": 50, "X1": "present"}, {"T1": 50})
EQUIVOCAL = {"T1": 50, "new": [new(status="equivocal")]}
DEFINITE = {"T1": 50, "new": [new()]}


def node(size: float, **more: Any) -> dict[str, Any]:
    return {"T1": 50, "new": [new(organ="lymph node", mm=size, **more)]}


@pytest.mark.parametrize(
    ("lesions", "visits", "expected"),
    [
        # nothing to ask
        (ONE, (START, {"T1": 50}), set()),
        (ONE, (START, {"T1": "ne"}), set()),
        (ONE, (START, EQUIVOCAL, DEFINITE), set()),
        (ONE, (START, {"T1": 90}, {"T1": 90}), set()),
        # findings that were not given
        (ONE, (START, {}), {"no-finding"}),
        ("T1 liver, X1 lung", (START | {"X1": "present"}, {"T1": 5}), {"no-finding"}),
        # disease after CR
        (ONE, (START, {"T1": 0}, {"T1": 2}), {"disease-after-cr"}),
        (ONE, (START, {"T1": 0}, {"T1": 20}), {"disease-after-cr"}),
        (
            "X1 lung",
            ({"X1": "present"}, {"X1": "absent"}, {"X1": "present"}),
            {"disease-after-cr"},
        ),
        ("N1", ({"N1": 20}, {"N1": 8}, {"N1": 15}), {"disease-after-cr"}),
        (
            "N1",
            ({"N1": 20}, {"N1": 8}, {"N1": 12}),
            {"disease-after-cr", "small-node-after-cr"},
        ),
        (
            "N1, N2",
            ({"N1": 20, "N2": 20}, {"N1": 9, "N2": 9}, {"N1": 15, "N2": 4}),
            {"disease-after-cr"},
        ),
        (
            "N1",
            ({"N1": 20}, {"N1": 8}, {"N1": 12, "new": [new()]}),
            {"disease-after-cr"},
        ),
        # new nodes
        (ONE, (START, node(15)), set()),
        (ONE, (START, node(14.9)), {"small-new-node"}),
        (ONE, (START, node(10)), {"small-new-node"}),
        (ONE, (START, node(9.9)), {"new-node-normal-size"}),
        (ONE, (START, node(12, status="equivocal")), set()),
        (ONE, (START, node(12) | {"T1": 90}), set()),
        # a size that was assumed
        (ONE, (START, {"T1": "too_small"}, {"T1": 10}), {"too-small-default-pd"}),
        (ONE, (START, {"T1": "too_small"}, {"T1": 15}), set()),
        (
            "T1 liver, T2 lung",
            ({"T1": 20, "T2": 20}, {"T1": 20, "T2": 0}, {"T1": 22, "T2": "too_small"}),
            {"too-small-default-pd"},
        ),
        # new lesions that come and go
        (
            ONE,
            (START, DEFINITE, {"T1": 50, "new": [new(status="resolved")]}),
            {"definite-then-resolved"},
        ),
        (ONE, (START, EQUIVOCAL, {"T1": 50, "new": [new(status="resolved")]}), set()),
        (
            ONE,
            (START, {"T1": 50}, {"T1": 50, "new": [new(first_seen="TP1")]}),
            {"dated-back-in-hindsight"},
        ),
        (
            ONE,
            (START, {"T1": 50, "new": [new(first_seen="BL")]}),
            {"new-lesion-at-baseline"},
        ),
        (
            ONE,
            (START, {"T1": 50, "new": [new(evidence="fdg_pet_no_baseline")]}),
            {"pet-without-ct"},
        ),
        # PET
        (ONE, (START, {"T1": 50, "fdg_pet": {"positive_at": "T1"}}), set()),
        (ONE, (START, {"T1": 50, "fdg_pet": {"positive_at": "liver"}}), set()),
        (ONE, (START, {"T1": 50, "fdg_pet": {"done": True}}), set()),
        (
            ONE,
            (START, {"T1": 50, "fdg_pet": {"positive_at": ["T1", "spine"]}}),
            {"pet-positive-elsewhere"},
        ),
        # merges
        (
            "T1 liver, T2 liver",
            ({"T1": 20, "T2": 20}, {"T1": 40, "T2": "merged_into into T1"}),
            set(),
        ),
        (
            "T1 liver, T2 adrenal",
            ({"T1": 20, "T2": 20}, {"T1": 40, "T2": "merged_into into T1"}),
            {"merged-across-scopes"},
        ),
        (
            "T1 liver, X1 liver",
            (
                {"T1": 20, "X1": "present"},
                {"T1": 40, "X1": {"state": "merged_into", "merged_into": "T1"}},
            ),
            {"merged-with-non-target"},
        ),
        # responses beside findings
        (ONE, (START, {"T1": 50, "overall": "SD"}), set()),
        (ONE, (START, {"T1": 50, "overall": "PR"}), {"recorded-differs"}),
        (ONE, (START, {"T1": 50, "liver": "PR"}), {"recorded-differs"}),
        (ONE, (START, {"T1": "ne", "overall": "PR"}), {"reader-override"}),
    ],
)
def test_a_person_is_asked_where_the_papers_say_so(
    lesions: str, visits: tuple[dict[str, Any], ...], expected: set[str]
) -> None:
    assert codes(lesions, *visits) == expected


def test_a_query_of_the_liver_says_so_and_is_not_repeated() -> None:
    lesions = "T1 liver, X1 lung"
    visits = [{"T1": size, "X1": "present"} for size in (40, 0, 2)]
    [message] = assess(findings(lesions, *visits)).messages
    assert message.code == "disease-after-cr"
    assert message.text.startswith("liver: disease is back after CR at TP1")


def test_disease_in_both_scopes_is_asked_about_once() -> None:
    messages = assess(findings(ONE, START, {"T1": 0}, {"T1": 2})).messages
    assert len(messages) == 1
    assert messages[0].level is MessageLevel.QUERY


def test_progression_is_asked_about_at_its_first_visit_only() -> None:
    visits = (START, {"T1": 0}, {"T1": 2}, {"T1": 2}, {"T1": 2})
    [message] = assess(findings(ONE, *visits)).messages
    assert message.timepoint == "TP2"


def test_a_recorded_pr_after_cr_is_asked_about() -> None:
    read = findings("", {}, {"overall": "CR"}, {"overall": "PR"})
    [message] = assess(read).messages
    assert (message.code, message.timepoint) == ("disease-after-cr", "TP2")


def test_no_message_names_the_patient() -> None:
    read = findings(ONE, {"T1": 5}, {}, id="SECRET-7")
    for message in assess(read).messages:
        assert "SECRET-7" not in message.text


def test_findings_that_were_not_given_are_named() -> None:
    read = findings(
        "T1 liver, T2 lung, X1 bone", {"T1": 9, "T2": 9, "X1": "present"}, {}
    )
    message = assess(read).messages[-1]
    assert message.text == "T1, T2 and X1 have no finding: taken as not evaluated"
    assert message.lesion is None


def test_one_finding_that_was_not_given_points_to_its_lesion() -> None:
    [message] = assess(findings(*SHORT)).messages
    assert (message.lesion, message.timepoint) == ("X1", "TP1")
    assert message.text == "X1 has no finding: taken as not evaluated"
