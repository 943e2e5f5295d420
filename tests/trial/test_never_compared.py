"""Patients without any scan, or without a baseline: treated, so they are counted."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from recist_tool.cdisc import datasets, subject_of_findings
from recist_tool.cli import main
from recist_tool.errors import FindingsError
from recist_tool.model.findings import Findings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import Criteria, Response
from recist_tool.trial import assess_trial
from recist_tool.trial.cohort_json import trial_json
from recist_tool.trial.patient import as_json, assess
from tests.trial.cohorts import REFERENCE, measured, on

LIVER = [{"id": "L1", "role": "non_target", "organ": "liver"}]
TARGET = [{"id": "T1", "role": "target", "organ": "liver"}]
LUNG = [{"id": "NT1", "role": "non_target", "organ": "lung"}]
SEEN = [
    {"id": "TP1", "date": on(56), "target": {"T1": {"mm": 30}}, "overall": "PR"},
    {"id": "TP2", "date": on(112), "target": {"T1": {"mm": 60}}},
]


def unscanned(name="U1", **fields):
    made = {"id": name, "reference_date": on(0), "timepoints": [], "lesions": LIVER}
    return Findings.model_validate(made | fields)


def uncompared(name="B1", **fields):
    """Return a patient who was scanned after treatment and not before."""
    scans = {"timepoints": SEEN, "lesions": TARGET, "has_baseline": False}
    return unscanned(name, **(scans | fields))


NEVER_COMPARED = pytest.mark.parametrize("patient", [unscanned, uncompared])


def row(*cohort, **settings):
    """Return the last patient of the answer of a trial."""
    chosen = TrialSettings.model_validate(settings)
    return trial_json(assess_trial(cohort, chosen))["patients"][-1]


@NEVER_COMPARED
def test_the_best_response_is_not_evaluable(patient):
    one = row(patient())
    assert (one["bor"], one["liver_bor"], one["evaluable"]) == ("NE", "NE", False)


@NEVER_COMPARED
def test_survival_without_progression_is_censored_on_day_0(patient):
    one = row(patient(follow_up={"last_alive": on(400)}))
    for endpoint in ("pfs", "liver_pfs"):
        assert one[endpoint]["why"] == "censored at start: no baseline scan"
        assert (one[endpoint]["date"], one[endpoint]["days"]) == (on(0), 1)


@NEVER_COMPARED
def test_a_death_before_two_visits_were_missed_is_an_event(patient):
    one = row(patient(timepoints=[], follow_up={"death": on(120)}))
    assert (one["pfs"]["ending"], one["pfs"]["date"]) == ("death", on(120))
    assert one["liver_pfs"]["ending"] == "death"


@NEVER_COMPARED
def test_a_later_death_is_none(patient):
    one = row(patient(follow_up={"death": on(127)}))
    assert (one["pfs"]["event"], one["pfs"]["date"]) == (False, on(0))


@NEVER_COMPARED
def test_a_death_under_another_treatment_is_none(patient):
    known = {"death": on(60), "new_therapy": on(30)}
    one = row(patient(timepoints=[], follow_up=known))
    assert (one["pfs"]["event"], one["pfs"]["date"]) == (False, on(0))


@NEVER_COMPARED
def test_every_event_counts_where_the_trial_says_so(patient):
    one = row(patient(follow_up={"death": on(300)}), censoring="every_event")
    assert (one["pfs"]["ending"], one["pfs"]["date"]) == ("death", on(300))


@NEVER_COMPARED
def test_overall_survival_is_what_it_is(patient):
    assert row(patient(follow_up={"death": on(300)}))["os"]["date"] == on(300)
    alive = row(patient(follow_up={"last_alive": on(300)}))["os"]
    assert (alive["event"], alive["date"]) == (False, on(300))


@NEVER_COMPARED
@pytest.mark.parametrize(("lesions", "n"), [(LIVER, 2), (LUNG, 1), ([], 1)])
def test_the_liver_counts_where_a_liver_lesion_is_known(patient, lesions, n):
    known = patient(lesions=lesions, timepoints=[])
    ends = trial_json(assess_trial([measured("M1", sums=(50, 30, 30)), known]))
    assert ends["endpoints"]["orr"]["n"] == 2
    assert ends["endpoints"]["orr_evaluable"]["n"] == 1
    assert ends["endpoints"]["liver_orr"]["n"] == n
    assert ends["endpoints"]["liver_pfs"]["n"] == n


def test_a_recorded_response_of_the_liver_says_that_it_has_disease():
    seen = [{"id": "TP1", "date": on(56), "overall": "PR", "liver": "PR"}]
    one = row(uncompared(timepoints=seen, lesions=[]))
    assert (one["bor"], one["liver_bor"]) == ("NE", "NE")


@pytest.mark.parametrize("criteria", Criteria)
@NEVER_COMPARED
def test_no_criteria_find_a_response(patient, criteria):
    seen = [one | {"overall": None} for one in SEEN] if patient is uncompared else []
    found = assess(patient(criteria=criteria, timepoints=seen))
    for scope in (found.overall, found.liver):
        assert (scope.bor_unconfirmed, scope.bor_confirmed) == (Response.NE,) * 2
        assert scope.bor_why.reason
        for answer in scope.timepoints.values():
            assert answer.overall is Response.NE
            assert (answer.target, answer.sum_mm) == (None, None)
            assert answer.reason == "there is no baseline scan to compare with"
            assert answer.citation
    assert as_json(found)["overall"]["pd_date"] is None


@pytest.mark.parametrize(
    ("patient", "code"), [(unscanned, "no-scan"), (uncompared, "no-baseline")]
)
def test_it_is_said_why(patient, code):
    assert code in {one.code for one in assess(patient()).messages}


def test_a_baseline_of_a_patient_who_has_none_is_refused():
    seen = [SEEN[0] | {"id": "BL"}, SEEN[1]]
    with pytest.raises(FindingsError, match="BL: is a baseline, but has_baseline"):
        assess(uncompared(timepoints=seen))


def test_who_was_treated_before_the_cutoff_and_scanned_after_it_is_counted():
    cutoff = (REFERENCE + dt.timedelta(days=30)).isoformat()
    late = measured("M1", sums=(50, 30)).model_dump(mode="json")
    late["timepoints"][0]["day"] = 31
    one = row(Findings.model_validate(late), data_cutoff=cutoff)
    assert (one["bor"], one["pfs"]["date"]) == ("NE", on(0))


@NEVER_COMPARED
def test_the_tables_of_cdisc_say_no_more_than_is_known(patient):
    tables = {one.name: one for one in datasets([subject_of_findings(patient())])}
    names = [one.name for one in tables["ADRS"].variables]
    said = [dict(zip(names, cells, strict=True)) for cells in tables["ADRS"].rows]
    assert {one["AVALC"] for one in said if "BOR" in one["PARAMCD"]} == {"NE"}
    assert not [one for one in said if one["PARAMCD"] in {"MDIS", "LMDIS"}]
    assert not len(tables["ADTR"].rows)
    assert len(tables["TU"].rows) == len(patient().timepoints[:1])
    assert len(tables["ADTTE"].rows) == 3


def test_every_command_takes_them(tmp_path, capsys):
    path = tmp_path / "cohort.jsonl"
    cohort = (unscanned(), uncompared(), measured("M1", sums=(50, 30, 30)))
    path.write_text("".join(one.model_dump_json() + "\n" for one in cohort), "utf-8")
    assert main(["assess", str(path)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "there is no scan: no response can be told" in told
    assert "there is no baseline scan to compare with" in told
    report = tmp_path / "report"
    assert main(["trial", str(path), "--json", "--report", str(report)]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 3
    page = (report / "trial.html").read_text("utf-8")
    assert "censored at start: no baseline scan" in page
    assert main(["trial", str(path)]) == 0
    for to in ("csv", "sdtm"):
        assert main(["export", str(path), str(tmp_path / to), "--to", to]) == 0
