"""bor_table_v1 and bor_sequence_v1: visits to best overall response."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.model.protocol import Settings
from recist_tool.terms import AfterCr, Response
from tests.trial.best import best_response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "first visit re-read as PR by the reader": {"after_cr": AfterCr.REREAD_AS_PR},
    "admiralonco default (CR,PR counted as SD when on/after the window)": {
        "after_cr": AfterCr.AS_RECORDED
    },
    "any CR/PR/SD record >= sd_min_days counts as SD (admiralonco)": {
        "after_cr": AfterCr.AS_RECORDED
    },
    "strictly consecutive visits (max_ne_between=0)": {"max_ne_between": 0},
    "strictly consecutive": {"max_ne_between": 0},
    "max_ne_between>=2": {"max_ne_between": 2},
    "lenient: any number of SD": {"any_sd_between_pr_ok": True},
    "no minimum for NON-CR/NON-PD": {"sd_minimum_for_non_cr_non_pd": False},
}
"""The settings that give each alternative of the files."""

NOT_SETTINGS = {
    "admiralonco default label": "MISSING is a label for export, no response",
}
"""Alternatives that are no setting, and why."""


def checks(data: Mapping[str, Any]):
    """Yield a check for each sequence and for each alternative that a setting gives."""
    for case in data["cases"]:
        yield case["id"], partial(check, case, case, {})
        for other in case.get("alternatives", ()):
            convention = other["convention"]
            if convention in CONVENTIONS:
                name = f"{case['id']} [{convention}]"
                yield name, partial(check, case, other, CONVENTIONS[convention])


def check(
    case: Mapping[str, Any], expected: Mapping[str, Any], changes: Mapping[str, object]
) -> None:
    settings = Settings.model_validate({**case["settings"], **changes})
    reference = dt.date.fromisoformat(case["reference_date"])
    visits = [dated(one, reference) for one in case["sequence"]]
    best = best_response(visits, settings)
    assert best.confirmed == expected["expected_bor_confirmed"], best.reason
    if "expected_bor_unconfirmed" in expected:
        assert best.unconfirmed == expected["expected_bor_unconfirmed"]
    assert best.reason
    assert best.citation.startswith("Eisenhauer 2009")


def dated(visit: Mapping[str, Any], reference: dt.date) -> Dated:
    """Return a visit; its date and its day say the same."""
    day = (dt.date.fromisoformat(visit["date"]) - reference).days
    assert visit.get("day", day) == day
    return Dated(day, Response(visit["overall"]))
