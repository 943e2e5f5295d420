"""A case reaches the criteria with all that is known of the patient."""

from __future__ import annotations

import datetime as dt

import pytest

from recist_tool.model.case import SeriesReference
from recist_tool.model.clinical import (
    Clinical,
    MarkerValue,
    SomatostatinAnalogue,
    Symptom,
)
from recist_tool.model.commands import (
    AddLesion,
    AttachSeries,
    LockTimepoint,
    RecordClinical,
    RecordFinding,
    RecordUptake,
    RecordVolumes,
    SetFollowUp,
    SetGroups,
    SetProtocol,
    SetTreatments,
    StartRead,
)
from recist_tool.model.finding import Absent, Measured
from recist_tool.model.follow_up import FollowUp, Treatment
from recist_tool.model.pet import FdgPet, PetLesion, PetScan, ReferenceRegion
from recist_tool.model.protocol import Protocol
from recist_tool.model.read_findings import findings_of
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import Criteria, Response
from recist_tool.trial.patient import assess
from recist_tool.trial.patient_result import patient_result
from tests.builders import NOON, caliper, case, lesion

LIVER = ReferenceRegion(mean_sul=2, sd_sul="0.2")


def after(start, *commands):
    for command in commands:
        start = command.apply(start)
    return start


def cga(value, timepoint_id):
    known = Clinical(markers={"CgA": MarkerValue(value=value, uln=100)})
    return RecordClinical(timepoint_id=timepoint_id, clinical=known)


def raised(timepoint_id, is_raised):
    known = Clinical(marker_raised=is_raised)
    return RecordClinical(timepoint_id=timepoint_id, clinical=known)


def uptake(timepoint_id, sul_peak):
    measured = {"T1": PetLesion(sul_peak=sul_peak)}
    scan = PetScan(lesions=measured, liver=LIVER, uptake_minutes=60)
    return RecordUptake(reader_id="reader", timepoint_id=timepoint_id, pet=scan)


def volumes(timepoint_id, **volumes_ml):
    return RecordVolumes(
        reader_id="reader", timepoint_id=timepoint_id, volumes_ml=volumes_ml
    )


def found(timepoint_id, finding):
    return RecordFinding(
        reader_id="reader", lesion_id="T1", timepoint_id=timepoint_id, finding=finding
    )


def pinned(timepoint_id):
    series = SeriesReference(
        series_instance_uid=f"1.{timepoint_id}", study_instance_uid="1", modality="CT"
    )
    return AttachSeries(timepoint_id=timepoint_id, series=series)


def read_case(visits=2, mm=(50, 30)):
    """Return a case in which T1 was measured at the first visits."""
    start = AddLesion(reader_id="reader", lesion=lesion()).apply(case(visits))
    names = [one.timepoint_id for one in start.timepoints]
    measured = [
        found(name, Measured(caliper=caliper(size)))
        for name, size in zip(names, mm, strict=False)
    ]
    return after(start, *measured)


def answer(start, criteria):
    findings = findings_of(start, "reader").replaced(criteria=criteria)
    return list(assess(findings).overall.timepoints.values())[-1].overall


def ids(start, reader_id="reader"):
    findings = findings_of(start, reader_id)
    return findings and [one.id for one in findings.timepoints]


def under(*criteria):
    return SetProtocol(protocol=Protocol(criteria=criteria))


def test_everything_that_findings_can_say_of_a_visit_is_carried_over():
    known = Clinical(
        markers={"CEA": MarkerValue(value=7)},
        marker_raised=True,
        symptoms={"pain": Symptom(relieved=True)},
        somatostatin_analogue=SomatostatinAnalogue(dose_mg=20),
        fdg_pet=FdgPet(done=True, result="positive", positive_at="bone"),
    )
    start = after(
        read_case(),
        RecordClinical(timepoint_id="TP1", clinical=known),
        uptake("TP1", 3),
        volumes("TP1", liver=1750),
    )
    baseline, visit = findings_of(start, "reader").timepoints
    assert visit.markers == known.markers
    assert visit.marker is True
    assert visit.symptoms == known.symptoms
    assert visit.somatostatin_analogue == known.somatostatin_analogue
    assert visit.fdg_pet == known.fdg_pet
    assert visit.pet == start.read("reader").uptake_at("TP1")
    assert visit.volumes_ml == {"liver": 1750}
    assert baseline.pet is None
    assert baseline.marker is None
    assert baseline.markers == baseline.symptoms == baseline.volumes_ml == {}


def test_everything_that_findings_can_say_of_a_patient_is_carried_over():
    sessions = (Treatment(date=dt.date(2024, 1, 15), activity_gbq=2.5),)
    known = FollowUp(last_alive=dt.date(2024, 6, 1))
    findings = findings_of(
        after(
            read_case(),
            SetTreatments(treatments=sessions),
            SetFollowUp(follow_up=known),
            SetGroups(groups={"arm": "SIRT", "lines": 2, "KRAS mutant": True}),
        ),
        "reader",
    )
    assert findings.treatment == sessions
    assert findings.follow_up == known
    assert findings.groups == {"arm": "SIRT", "lines": 2, "KRAS mutant": True}


@pytest.mark.parametrize(
    ("value", "response"),
    [(90, Response.NORMALISED), (200, Response.RESPONSE), (201, Response.NO_RESPONSE)],
)
def test_biochemical_criteria_answer_for_a_drawn_case(value, response):
    start = after(read_case(), cga(400, "BL"), cga(value, "TP1"))
    assert answer(start, Criteria.BIOCHEMICAL) is response


def test_symptoms_answer_for_a_drawn_case():
    grades = {"BL": 3, "TP1": 1}
    commands = [
        RecordClinical(
            timepoint_id=name,
            clinical=Clinical(symptoms={"flushing": Symptom(severity=grade)}),
        )
        for name, grade in grades.items()
    ]
    start = after(read_case(), *commands)
    assert answer(read_case(), Criteria.SYMPTOMS) is Response.NA
    assert answer(start, Criteria.SYMPTOMS) is Response.RESPONSE


@pytest.mark.parametrize(
    ("now", "response"), [(6, Response.PMR), (10, Response.SMD), (14, Response.PMD)]
)
def test_percist_answers_for_a_drawn_case(now, response):
    start = after(read_case(), uptake("BL", 10), uptake("TP1", now))
    assert answer(start, Criteria.PERCIST) is response


def test_volumetric_criteria_show_the_volumes_of_organs():
    start = after(read_case(), volumes("BL", liver=2000), volumes("TP1", liver=1800))
    findings = findings_of(start, "reader").replaced(criteria=Criteria.VOLUMETRIC)
    figures = assess(findings).overall.timepoints["TP1"].figures
    [liver] = [one for one in figures if "liver" in one.name]
    assert (liver.value, liver.baseline) == (1800, 2000)


def test_a_marker_that_stays_raised_holds_back_a_complete_response():
    gone = after(read_case(), found("TP1", Absent()))
    assert answer(gone, Criteria.RECIST_1_1) is Response.CR
    known = after(gone, raised("BL", is_raised=True))
    held = after(known, raised("TP1", is_raised=True))
    assert answer(held, Criteria.RECIST_1_1) is not Response.CR
    normal = after(known, raised("TP1", is_raised=False))
    assert answer(normal, Criteria.RECIST_1_1) is Response.CR


def test_readers_share_the_clinic_and_not_their_figures():
    start = after(
        read_case(),
        StartRead(reader_id="second"),
        cga(400, "BL"),
        uptake("BL", 10),
        volumes("BL", liver=1800),
        LockTimepoint(reader_id="second", timepoint_id="BL", signed_by="Dr S", at=NOON),
    )
    [seen] = findings_of(start, "second").timepoints
    assert seen.markers["CgA"].value == 400
    assert seen.pet is None
    assert seen.volumes_ml == {}


@pytest.mark.parametrize("command", [uptake("TP1", 3), volumes("TP1", liver=1750)])
def test_uptake_or_volumes_make_a_visit_read(command):
    assert ids(read_case(mm=(50,))) == ["BL"]
    assert ids(after(read_case(mm=(50,)), command)) == ["BL", "TP1"]


def test_what_the_clinic_knows_makes_no_visit_with_images_read():
    start = after(read_case(mm=(50,)), pinned("TP1"), cga(90, "TP1"))
    assert ids(start) == ["BL"]


def test_a_visit_to_the_clinic_alone_counts_after_the_first_that_was_read():
    start = after(read_case(visits=3), cga(400, "BL"), cga(90, "TP2"))
    assert ids(start) == ["BL", "TP1", "TP2"]
    assert answer(start, Criteria.BIOCHEMICAL) is Response.NORMALISED


def test_a_visit_to_the_clinic_before_the_first_read_does_not_become_baseline():
    start = AddLesion(reader_id="reader", lesion=lesion()).apply(case())
    start = after(start, cga(400, "BL"), found("TP1", Measured(caliper=caliper(50))))
    assert ids(start) == ["TP1"]


def test_markers_alone_are_no_reading_under_criteria_of_images():
    start = after(case(), cga(400, "BL"), cga(90, "TP1"))
    assert findings_of(start, "reader") is None


@pytest.mark.parametrize(
    "first",
    [Criteria.BIOCHEMICAL, Criteria.SYMPTOMS, Criteria.SOMATOSTATIN_ANALOGUE],
)
def test_criteria_that_look_at_no_image_need_no_reading(first):
    start = after(case(), under(first), pinned("BL"), cga(400, "BL"), cga(90, "TP1"))
    assert ids(start) == ["BL", "TP1"]


def test_a_trial_counts_survival_of_a_case_from_its_first_treatment():
    treated, died = dt.date(2024, 1, 10), dt.date(2024, 7, 1)
    start = after(
        read_case(),
        SetTreatments(treatments=(Treatment(date=treated),)),
        SetFollowUp(follow_up=FollowUp(death=died)),
    )
    result = patient_result(findings_of(start, "reader"), TrialSettings())
    assert result.os.event
    assert result.os.date == died
    assert result.course.reference_date == treated == start.day_0
