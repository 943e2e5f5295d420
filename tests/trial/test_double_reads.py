"""Agreement of two readers over the patients of a trial, counted by hand."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import KappaWeights, ReaderRole, Response
from recist_tool.trial.agreement_json import agreement_json
from recist_tool.trial.double_reads import (
    PatientRead,
    ReaderAnswer,
    reader_agreements,
    reading,
)
from recist_tool.trial.patient_result import patient_result
from tests.trial.cohorts import REFERENCE, measured, on, patient

CR, PR, SD, PD, NE = (Response(word) for word in ("CR", "PR", "SD", "PD", "NE"))
MAY, JUNE = dt.date(2024, 5, 1), dt.date(2024, 6, 1)
ONCE = TrialSettings(confirmed_responses=False)


def read(name, reader, bor, pd_date=None, role=None):
    answer = ReaderAnswer(bor, pd_date)
    return PatientRead(name, reader, role, answer, answer)


def both(pairs, dates=None, settings=ONCE):
    """Return the agreement of ann and bob on best responses, and dates of PD."""
    found = dates or [(None, None)] * len(pairs)
    readings = [
        read(f"P{place}", name, bor, day)
        for place, (bors, days) in enumerate(zip(pairs, found, strict=True))
        for name, bor, day in zip(("ann", "bob"), bors, days, strict=True)
    ]
    (agreement,) = reader_agreements(readings, settings)
    return agreement


def test_a_table_of_two_by_two():
    """Agreement 0.7; by chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5; kappa 0.2 / 0.5."""
    pairs = 4 * [(PR, PR)] + [(PR, SD)] + 2 * [(SD, PR)] + 3 * [(SD, SD)]
    bor = both(pairs).overall.bor
    assert bor.categories == ("PR", "SD")
    assert bor.table == ((4, 1), (2, 3))
    assert (bor.n, bor.agreement) == (10, pytest.approx(0.7))
    assert bor.kappa == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("weights", "kappa"),
    [
        # steps seen 0.1 + 0.1 x 2, by chance 0.54 + 0.14 + 0.22
        (KappaWeights.LINEAR, 1 - 0.3 / 0.9),
        # squared: 0.1 + 0.1 x 4; 0.6 (0.3 + 1.2) + 0.2 x 0.7 + 0.2 (1.6 + 0.3)
        (KappaWeights.QUADRATIC, 1 - 0.5 / 1.42),
        (KappaWeights.NONE, 0.44 / 0.64),
    ],
)
def test_a_table_of_three_by_three_with_weights(weights, kappa):
    pairs = 4 * [(PR, PR)] + [(PR, SD), (PR, PD)] + 2 * [(SD, SD)] + 2 * [(PD, PD)]
    agreement = both(pairs, settings=ONCE.replaced(kappa_weights=weights))
    assert agreement.overall.bor_weighted.kappa == pytest.approx(kappa)
    assert agreement.overall.bor.kappa == pytest.approx(0.44 / 0.64)
    assert agreement.weights is weights


def test_what_is_on_no_scale_is_a_category_but_has_no_weight():
    pairs = [(PR, PR), (SD, SD), (NE, SD), (NE, NE)]
    scope = both(pairs).overall
    assert scope.bor.table == ((1, 0, 0), (0, 1, 0), (0, 1, 1))
    assert scope.bor.n == 4
    assert scope.bor_weighted.n == 2


@pytest.mark.parametrize(
    ("word", "counted"),
    [
        (Response.NON_CR_NON_PD, SD),
        (Response.CMR, CR),
        (Response.IPR, PR),
        (Response.ICPD, PD),
    ],
)
def test_words_of_other_criteria_stand_on_the_scale(word, counted):
    weighted = both([(word, counted), (SD, SD)]).overall.bor_weighted
    assert (weighted.n, weighted.agreement) == (2, 1)


DATES = [
    *2 * [(MAY, MAY)],
    (MAY, JUNE),
    (JUNE, MAY),
    (MAY, None),
    *2 * [(None, MAY)],
    *3 * [(None, None)],
]


def test_discrepancies_of_progression_by_hand():
    """a = 4 with one earlier and one later, b = 1, c = 2: EDR 2/5, LDR 3/5."""
    seen = both([(SD, SD)] * 10, DATES).overall.progression
    assert tuple(seen) == (2, 1, 1, 1, 2, 3)
    assert seen.early_discrepancy_rate == pytest.approx(2 / 5)
    assert seen.late_discrepancy_rate == pytest.approx(3 / 5)
    assert seen.agreement == pytest.approx(7 / 10)


def test_dates_within_the_tolerance_are_one_time():
    near = [(MAY, MAY + dt.timedelta(days=14)), (MAY, MAY + dt.timedelta(days=15))]
    settings = ONCE.replaced(same_progression_within_days=14)
    agreement = both([(SD, SD)] * 2, near, settings)
    assert agreement.overall.progression.same_time == 1
    assert [one.reference.id for one in agreement.discordant] == ["P1"]


def test_who_differs_is_listed_with_what_differs():
    pairs = [(PR, PR), (PR, SD), (SD, SD)]
    agreement = both(pairs, [(None, None), (None, MAY), (MAY, MAY)])
    (one,) = agreement.discordant
    assert one.reference.id == "P1"
    assert one.differs == ("bor", "pd_date", "liver_bor", "liver_pd_date")


def test_a_liver_lesion_that_one_reader_sees_is_a_difference():
    answer = ReaderAnswer(SD, None)
    readings = [
        PatientRead("P", "ann", None, answer, answer),
        PatientRead("P", "bob", None, answer, None),
    ]
    (agreement,) = reader_agreements(readings, ONCE)
    assert agreement.discordant[0].differs == ("liver_bor",)
    assert (agreement.overall.bor.n, agreement.liver.bor.n) == (1, 0)
    assert agreement_json(agreement)["discordant"][0]["other"]["liver_bor"] is None


def test_patients_with_one_read_are_not_counted():
    readings = [read("A", "ann", PR), read("B", "bob", SD)]
    assert reader_agreements(readings, ONCE) == ()


@pytest.mark.parametrize(
    ("roles", "reference"),
    [
        ((None, None), "ann"),
        ((ReaderRole.READER_2, ReaderRole.READER_1), "bob"),
        ((ReaderRole.READER_1, ReaderRole.INVESTIGATOR), "bob"),
        ((ReaderRole.INVESTIGATOR, ReaderRole.INVESTIGATOR), "ann"),
    ],
)
def test_the_investigator_or_the_first_reader_is_the_reference(roles, reference):
    readings = [
        read("P", name, PR, role=role)
        for name, role in zip(("ann", "bob"), roles, strict=True)
    ]
    (agreement,) = reader_agreements(readings, ONCE)
    assert agreement.reference == reference


def test_the_reference_is_the_same_for_all_patients():
    readings = [read("A", "ann", PR), read("A", "bob", SD)]
    readings += [read("B", "bob", SD), read("B", "ann", PR)]
    (agreement,) = reader_agreements(readings, ONCE)
    assert agreement.overall.bor.table == ((0, 2), (0, 0))


def test_each_pair_of_three_readers_is_compared_and_no_adjudicator():
    readings = [read("A", name, PR) for name in ("ann", "bob", "cem")]
    readings.append(read("A", "eve", SD, role=ReaderRole.ADJUDICATOR))
    agreements = reader_agreements(readings, ONCE)
    names = [(one.reference, one.other) for one in agreements]
    assert names == [("ann", "bob"), ("ann", "cem"), ("bob", "cem")]


def test_what_is_compared_is_what_the_endpoints_use():
    result = patient_result(measured("P", sums=(50, 30, 30, 45)), TrialSettings())
    said = reading(result, "ann", None, TrialSettings())
    pd_date = REFERENCE + dt.timedelta(days=168)
    assert said.overall == ReaderAnswer(PR, pd_date) == said.liver
    assert result.overall.pfs.date == pd_date


def test_a_date_of_progression_is_kept_where_the_endpoint_is_censored():
    """After new therapy PFS is censored; the reader saw the PD all the same."""
    course = patient("P", "56 SD, 112 PD", follow_up={"new_therapy": on(70)})
    result = patient_result(course, TrialSettings())
    said = reading(result, "ann", None, TrialSettings())
    assert not result.overall.pfs.event
    assert said.overall.pd_date == REFERENCE + dt.timedelta(days=112)


def test_a_patient_without_liver_lesions_has_no_answer_there():
    result = patient_result(measured("P", organ="lung", sums=(50, 30)), ONCE)
    assert reading(result, "ann", None, ONCE).liver is None


def test_the_json_names_readers_patients_and_answers_alone():
    shown = agreement_json(both([(PR, SD), (SD, SD)], [(None, MAY), (MAY, MAY)]))
    assert set(shown) == {
        *("reference", "other", "n", "weights", "overall", "liver", "discordant")
    }
    for scope in ("overall", "liver"):
        assert {name: one["n"] for name, one in shown[scope].items()} == {
            "bor": 2, "bor_weighted": 2, "progression": 2,
        }  # fmt: skip
    assert shown["discordant"] == [
        {
            "id": "P0",
            "differs": ["bor", "pd_date", "liver_bor", "liver_pd_date"],
            "reference": {
                "bor": "PR",
                "pd_date": None,
                "liver_bor": "PR",
                "liver_pd_date": None,
            },
            "other": {
                "bor": "SD",
                "pd_date": "2024-05-01",
                "liver_bor": "SD",
                "liver_pd_date": "2024-05-01",
            },
        }
    ]
    assert shown["overall"]["progression"]["other_only"] == 1
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


answers = st.tuples(
    st.sampled_from([CR, PR, SD, PD, NE]), st.sampled_from([None, MAY, JUNE])
)


@given(st.lists(st.tuples(answers, answers), min_size=1, max_size=20))
def test_patients_agree_or_are_listed(pairs):
    agreement = both(
        [(one[0], two[0]) for one, two in pairs],
        [(one[1], two[1]) for one, two in pairs],
    )
    assert len(agreement.discordant) == sum(one != two for one, two in pairs)
    differ = sum("bor" in one.differs for one in agreement.discordant)
    assert agreement.overall.bor.agreement == pytest.approx(1 - differ / len(pairs))
    dated = sum("pd_date" in one.differs for one in agreement.discordant)
    seen = agreement.overall.progression
    assert dated == seen.n - seen.same_time - seen.neither
