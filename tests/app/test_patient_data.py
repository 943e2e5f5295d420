"""What is known beside the images survives a restart, undo and the case file."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.errors import CommandRefused
from recist_tool.model.audit import AuditEntry, check_chain, next_entry, replay
from recist_tool.model.clinical import (
    Clinical,
    MarkerValue,
    RecordedResponse,
    SomatostatinAnalogue,
    Symptom,
)
from recist_tool.model.commands import (
    AddTimepoint,
    ClearClinical,
    CreateCase,
    LockTimepoint,
    RecordClinical,
    RecordUptake,
    RecordVolumes,
    SetFollowUp,
    SetGroups,
    SetTreatments,
    StartRead,
)
from recist_tool.model.finding import Measured
from recist_tool.model.follow_up import FollowUp, Treatment
from recist_tool.model.pet import FdgPet, PetLesion, PetScan
from recist_tool.model.read_findings import findings_of
from recist_tool.store.casefile import load_case, read_case_file
from recist_tool.terms import LesionRole, Response
from tests.builders import NOON, caliper, timepoint

TREATED = Treatment(date=dt.date(2024, 1, 10), activity_gbq=2.55, target="right lobe")


def marker(value):
    return Clinical(markers={"CgA": MarkerValue(value=Decimal(value), uln=100)})


def clinical(timepoint_id, known):
    return RecordClinical(timepoint_id=timepoint_id, clinical=known)


FULL = marker("412.35").replaced(
    marker_raised=True,
    symptoms={"flushing": Symptom(severity="2.5")},
    somatostatin_analogue=SomatostatinAnalogue(drug="octreotide", dose_mg=30),
    fdg_pet=FdgPet(done=True, positive_at=("liver", "bone")),
)
SCAN = PetScan(lesions={"T1": PetLesion(suv="7.31")}, suv_kind="SUVbw max")
EVERYTHING = (
    SetTreatments(treatments=(TREATED,)),
    SetFollowUp(follow_up=FollowUp(last_alive=dt.date(2024, 6, 1))),
    SetGroups(groups={"arm": "SIRT", "lines": 2, "mutant": False}),
    clinical("BL", FULL),
    clinical("TP1", marker("90.1")),
    RecordUptake(reader_id="reader", timepoint_id="BL", pet=SCAN),
    RecordVolumes(
        reader_id="reader", timepoint_id="BL", volumes_ml={"liver": Decimal("1780.5")}
    ),
)


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as opened:
        opened.do(AddTimepoint(timepoint=timepoint(0)))
        opened.do(AddTimepoint(timepoint=timepoint(1)))
        opened.add_lesion(LesionRole.TARGET, "liver")
        opened.record("T1", "BL", Measured(caliper=caliper(50)))
        opened.record("T1", "TP1", Measured(caliper=caliper(48)))
        yield opened


@pytest.fixture
def full(session):
    for command in EVERYTHING:
        session.do(command)
    return session


def printed(capsys, *arguments):
    assert main([*map(str, arguments)]) == 0
    return json.loads(capsys.readouterr().out)


def test_nothing_is_lost_in_the_case_file_and_in_its_journal(full):
    full.close()
    assert load_case(full.case_path).case == full.case
    assert read_case_file(full.case_path).case == full.case
    with Session.open(full.case_path, reader_id="reader") as again:
        assert again.case == full.case
        assert again.notes == ()


def test_each_change_is_undone_and_redone_also_after_a_restart(session):
    before = session.case
    for command in EVERYTHING:
        session.do(command)
    after = session.case
    session.close()
    with Session.open(session.case_path, reader_id="reader") as again:
        for _ in EVERYTHING:
            again.undo()
        assert again.case == before
        for _ in EVERYTHING:
            again.redo()
        assert again.case == after
        assert not again.can_redo


def test_the_audit_trail_says_who_recorded_what_and_why(session):
    session.do(clinical("BL", FULL), "laboratory report of 2 January")
    session.do(ClearClinical(timepoint_id="BL"), "of another patient")
    recorded, cleared = session.entries[-2:]
    assert recorded.command == clinical("BL", FULL)
    assert recorded.reason == "laboratory report of 2 January"
    assert (cleared.by, cleared.reason) == ("reader", "of another patient")
    assert session.case.clinical == ()


def test_a_reader_does_not_record_anothers_uptake_or_volumes(session):
    for command in EVERYTHING[-2:]:
        with pytest.raises(CommandRefused, match="another reader"):
            session.do(command.replaced(reader_id="second"))


def test_a_signed_visit_refuses_uptake_and_leaves_journal_and_file_alone(session):
    session.do(
        LockTimepoint(reader_id="reader", timepoint_id="BL", signed_by="Dr R", at=NOON)
    )
    entries, content = session.entries, session.case_path.read_bytes()
    with pytest.raises(CommandRefused, match="locked"):
        session.do(RecordUptake(reader_id="reader", timepoint_id="BL", pet=SCAN))
    assert session.entries == entries
    assert session.case_path.read_bytes() == content


def test_verify_follows_the_journal_of_such_a_case(full, capsys):
    full.close()
    assert main(["verify", str(full.case_path)]) == 0
    assert capsys.readouterr().err == ""


def test_assess_answers_a_case_by_its_markers(full, capsys):
    full.close()
    criteria = ("--criteria", "biochemical", "--json")
    told = printed(capsys, "assess", full.case_path, *criteria)
    visit = told["overall"]["timepoints"]["TP1"]
    assert told["criteria"] == "biochemical"
    assert visit["overall"] == "RESPONSE (NORMALISED)"
    assert visit["figures"][0]["value"] == 90.1
    assert visit["figures"][0]["baseline"] == 412.35


def test_a_trial_counts_a_case_from_its_first_treatment(full, capsys):
    full.close()
    told = printed(capsys, "trial", full.case_path, "--json")
    [patient] = told["patients"]
    days = (dt.date(2024, 6, 1) - TREATED.date).days
    assert not patient["os"]["event"]
    assert patient["os"]["date"] == "2024-06-01"
    assert patient["os"]["days"] in (days, days + 1)


def test_the_case_file_fits_the_schema_that_is_printed(full, capsys):
    schema = printed(capsys, "schema", "case")
    saved = json.loads(full.case_path.read_text())
    jsonschema.validate(saved, schema)
    saved["case"]["clinical"][0]["shoe_size"] = 44
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(saved, schema)


def test_a_case_written_before_there_were_such_fields_still_loads(session):
    session.close()
    content = json.loads(session.case_path.read_text())
    for field in ("treatments", "follow_up", "groups", "clinical"):
        del content["case"][field]
    for field in ("uptake", "volumes"):
        del content["case"]["reads"][0][field]
    session.case_path.write_text(json.dumps(content))
    assert load_case(session.case_path).case == session.case


FIGURES = st.decimals(min_value=0, max_value=9_999_999_999, places=3)
MARKERS = st.dictionaries(
    st.text(max_size=8),
    st.builds(MarkerValue, value=FIGURES, uln=st.none() | FIGURES, unit=st.text()),
    min_size=1,
)
GROUPS = st.dictionaries(
    st.text(max_size=8),
    st.text(max_size=8) | st.integers(-(10**12), 10**12) | st.booleans(),
)
CHANGES = st.one_of(
    st.builds(lambda found: clinical("BL", Clinical(markers=found)), MARKERS),
    st.builds(SetGroups, groups=GROUPS),
    st.builds(
        RecordVolumes,
        reader_id=st.just("reader"),
        timepoint_id=st.just("BL"),
        volumes_ml=st.dictionaries(st.text(max_size=8), FIGURES, min_size=1),
    ),
    st.builds(
        SetTreatments,
        treatments=st.tuples(
            st.builds(
                Treatment,
                activity_gbq=st.none() | st.floats(0, 10_000),
                target=st.text(),
            )
        ),
    ),
)


@given(changes=st.lists(CHANGES, max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_recorded_comes_back_from_the_journal_as_it_was(changes):
    start = (
        CreateCase(case_uid="2.25.1", subject_id="S-1"),
        StartRead(reader_id="reader"),
        AddTimepoint(timepoint=timepoint(0)),
    )
    entries = []
    for command in (*start, *changes):
        entries.append(next_entry(entries, command, by="reader", at=NOON))
    lines = [entry.model_dump_json() for entry in entries]
    check_chain([json.loads(line) for line in lines])
    loaded = [AuditEntry.model_validate_json(line) for line in lines]
    assert replay(loaded) == replay(entries)


def test_a_cause_of_death_and_responses_by_other_methods_reach_the_findings(session):
    died = FollowUp(death=dt.date(2026, 6, 1), death_cause="pulmonary disease")
    scan = {"octreotide scan": RecordedResponse(overall=Response.PR)}
    session.do(SetFollowUp(follow_up=died))
    session.do(clinical("TP1", marker("90.1").replaced(responses=scan)))
    found = findings_of(session.case, "reader")
    assert found.follow_up.death_cause == "pulmonary disease"
    assert found.timepoints[1].responses == scan
    assert found.timepoints[0].responses == {}


def test_what_has_no_new_field_is_written_as_by_earlier_versions(full):
    for command in EVERYTHING:
        written = command.model_dump_json()
        for later in ("death_cause", "fractions", "responses"):
            assert later not in written
