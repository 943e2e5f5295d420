"""What is known beside the images is changed by commands, like all else."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from recist_tool.errors import CommandRefused
from recist_tool.model.clinical import Clinical, MarkerValue, Symptom
from recist_tool.model.commands import (
    AddLesion,
    ClearClinical,
    ClearUptake,
    ClearVolumes,
    LockTimepoint,
    RecordClinical,
    RecordUptake,
    RecordVolumes,
    RemoveLesion,
    SetFollowUp,
    SetGroups,
    SetReferenceDate,
    SetTreatments,
    UnlockTimepoint,
)
from recist_tool.model.follow_up import FollowUp, Treatment
from recist_tool.model.pet import PetLesion, PetScan
from tests.builders import NOON, case, lesion

FIRST, SECOND = dt.date(2024, 1, 10), dt.date(2024, 3, 1)
RAISED = Clinical(markers={"CgA": MarkerValue(value=400, uln=100)})
WHO = {"reader_id": "reader", "timepoint_id": "BL"}


def clinical(known, timepoint_id="BL"):
    return RecordClinical(timepoint_id=timepoint_id, clinical=known)


def uptake(sul_peak, **about):
    scan = PetScan(lesions={"T1": PetLesion(sul_peak=sul_peak)})
    return RecordUptake(**WHO | about, pet=scan)


def volumes(**volumes_ml):
    return RecordVolumes(**WHO, volumes_ml=volumes_ml)


def lock(start, timepoint_id="BL"):
    command = LockTimepoint(
        reader_id="reader", timepoint_id=timepoint_id, signed_by="Dr R", at=NOON
    )
    return command.apply(start)


def test_the_first_treatment_is_day_0_until_a_reference_date_is_given():
    sessions = (Treatment(date=SECOND), Treatment(date=FIRST, activity_gbq=2.5))
    treated = SetTreatments(treatments=sessions).apply(case())
    assert [one.date for one in treated.treatments] == [FIRST, SECOND]
    assert treated.day_0 == FIRST
    given = SetReferenceDate(reference_date=SECOND).apply(treated)
    assert given.day_0 == SECOND
    assert case().day_0 is None


@pytest.mark.parametrize("command", [SetReferenceDate, SetTreatments])
def test_a_command_without_what_it_sets_is_no_command(command):
    with pytest.raises(ValidationError):
        command()


@pytest.mark.parametrize("activity", [float("inf"), float("nan"), -1])
def test_an_activity_is_a_finite_figure_that_json_can_hold(activity):
    with pytest.raises(ValidationError):
        Treatment(date=FIRST, activity_gbq=activity)


@pytest.mark.parametrize(
    ("set_it", "take_back", "field"),
    [
        (
            SetTreatments(treatments=(Treatment(date=FIRST),)),
            SetTreatments(treatments=()),
            "treatments",
        ),
        (
            SetFollowUp(follow_up=FollowUp(death=SECOND)),
            SetFollowUp(follow_up=None),
            "follow_up",
        ),
        (SetGroups(groups={"arm": "SIRT"}), SetGroups(groups={}), "groups"),
    ],
)
def test_what_is_set_for_the_patient_is_replaced_and_taken_back(
    set_it, take_back, field
):
    changed = set_it.apply(case())
    assert getattr(changed, field) == getattr(set_it, field)
    assert changed != case()
    assert take_back.apply(changed) == case()


def test_a_clinical_record_replaces_the_one_before_and_can_be_cleared():
    later = Clinical(symptoms={"flushing": Symptom(severity=2)}, marker_raised=False)
    once = clinical(RAISED).apply(case())
    both = clinical(RAISED, "TP1").apply(once)
    twice = clinical(later).apply(both)
    assert twice.clinical_at("BL").markers == {}
    assert twice.clinical_at("BL").symptoms == later.symptoms
    assert twice.clinical_at("TP1").markers == RAISED.markers
    cleared = ClearClinical(timepoint_id="BL").apply(twice)
    assert cleared.clinical_at("BL") is None
    assert cleared.clinical_at("TP1") is not None
    with pytest.raises(CommandRefused, match="BL: nothing clinical is recorded"):
        ClearClinical(timepoint_id="BL").apply(cleared)


def test_a_clinical_record_that_says_nothing_is_refused():
    with pytest.raises(CommandRefused, match="BL: the clinical record is empty"):
        clinical(Clinical()).apply(case())


def test_uptake_and_volumes_are_each_readers_own_and_replaced_whole():
    start = volumes(liver=1800, tumour=90).apply(uptake(6).apply(case()))
    again = volumes(liver=1700).apply(uptake(4).apply(start))
    read = again.read("reader")
    assert read.uptake_at("BL").lesions["T1"].sul_peak == 4
    assert read.volumes_at("BL") == {"liver": 1700}
    assert read.uptake_at("TP1") is None
    assert read.volumes_at("TP1") is None
    assert ClearVolumes(**WHO).apply(ClearUptake(**WHO).apply(again)) == case()


@pytest.mark.parametrize(
    ("clear", "what"),
    [(ClearUptake(**WHO), "no uptake"), (ClearVolumes(**WHO), "no volumes")],
)
def test_what_was_not_recorded_is_not_cleared(clear, what):
    with pytest.raises(CommandRefused, match=what):
        clear.apply(case())


def test_a_signed_visit_takes_no_uptake_and_no_volumes_until_it_is_unlocked():
    signed = lock(volumes(liver=1800).apply(uptake(6).apply(case())))
    changes = (uptake(4), ClearUptake(**WHO), volumes(liver=1), ClearVolumes(**WHO))
    for change in changes:
        with pytest.raises(CommandRefused, match="locked"):
            change.apply(signed)
    opened = UnlockTimepoint(**WHO, reason="typo").apply(signed)
    assert uptake(4).apply(opened).read("reader").uptake_at("BL") == uptake(4).pet


def test_what_the_clinic_knows_is_no_readers_to_sign():
    known = clinical(RAISED).apply(lock(case()))
    assert known.clinical_at("BL").markers == RAISED.markers


@pytest.mark.parametrize(
    "change",
    [
        clinical(RAISED, "TP9"),
        ClearClinical(timepoint_id="TP9"),
        uptake(4, timepoint_id="TP9"),
        uptake(4, reader_id="nobody"),
        ClearVolumes(reader_id="reader", timepoint_id="TP9"),
    ],
)
def test_a_visit_or_reader_that_is_not_there_is_refused_by_name(change):
    with pytest.raises(CommandRefused, match=r"TP9|nobody"):
        change.apply(case())


def test_volumes_are_named_and_not_negative():
    with pytest.raises(ValidationError):
        volumes()
    with pytest.raises(ValidationError):
        volumes(liver=-1)


def test_removing_a_lesion_takes_its_uptake_along_and_no_others():
    start = AddLesion(reader_id="reader", lesion=lesion()).apply(case())
    lesions = {"T1": PetLesion(suv=8), "spot": PetLesion(organ="bone", suv=5)}
    scan = PetScan(lesions=lesions, uptake_minutes=60)
    scanned = RecordUptake(**WHO, pet=scan).apply(start)
    remove = RemoveLesion(reader_id="reader", lesion_id="T1")
    left = remove.apply(scanned).read("reader").uptake_at("BL")
    assert set(left.lesions) == {"spot"}
    assert left.uptake_minutes == 60
    with pytest.raises(CommandRefused, match="locked"):
        remove.apply(lock(scanned))


def test_removing_a_lesion_without_uptake_leaves_a_signed_scan_alone():
    start = AddLesion(reader_id="reader", lesion=lesion("T2")).apply(case())
    scanned = lock(uptake(6).apply(start))
    removed = RemoveLesion(reader_id="reader", lesion_id="T2").apply(scanned)
    assert removed.read("reader").uptake == scanned.read("reader").uptake
