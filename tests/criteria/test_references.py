"""The criteria beside RECIST 1.1 against a second writing of their papers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool import terms
from recist_tool.model.findings import Findings
from recist_tool.trial.patient import assess_scope
from tests.app.random_reads import chance_of, random_read
from tests.criteria import pet_references, references
from tests.criteria.references import Scope, until_complete

REFERENCES = {
    "WHO": references.who,
    "Choi": references.choi,
    "volumetric": references.volumetric,
    "mRECIST": references.mrecist,
    "per lesion": references.per_lesion,
    "EORTC PET": pet_references.eortc,
    "PERCIST": pet_references.percist,
}


@pytest.mark.parametrize("criteria", REFERENCES)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_random_reads_have_the_answers_of_the_reference(
    criteria: str, seed: int
) -> None:
    read = random_read(chance_of(seed))
    for visit in read["timepoints"]:
        visit.pop("overall", None)
        visit.pop("liver", None)
    findings = Findings.model_validate(read | {"criteria": criteria})
    for scope in terms.Scope:
        expected = REFERENCES[criteria](Scope(read, scope is terms.Scope.LIVER))
        found = assess_scope(findings, scope).timepoints.values()
        answers = [one.overall.value for one in found]
        told = until_complete(expected)
        assert answers[: len(told)] == told
