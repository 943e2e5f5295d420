"""What is asked before it is recorded, and what never is."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from recist_tool.app import Session
from recist_tool.app.plausible import doubts, is_whole_organ
from recist_tool.model import (
    Absent,
    AddTimepoint,
    Caliper,
    Diameter,
    FollowUp,
    ImagePlane,
    Measured,
    NewLesionSeen,
    NonTargetSeen,
    PetLesion,
    PetScan,
    RecordFinding,
    RecordUptake,
    RecordVolumes,
    ReviseTimepoint,
    SeriesReference,
    SetFollowUp,
    SetReferenceDate,
    SetTreatments,
    Timepoint,
    Treatment,
)
from recist_tool.model.commands import AddMeasuredLesion, ChangeLesionRole
from recist_tool.terms import Axis, LesionRole, NewLesionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recist_tool.model import Command

TODAY = dt.date(2026, 11, 30)
BASELINE = dt.date(2024, 3, 6)
VISITS = (BASELINE, dt.date(2024, 5, 13))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Two visits, each with a CT and a PET; T1 of 56 mm at both, NT1, T2 at BL."""
    with Session.create(tmp_path, subject_id="S-1", reader_id="r") as session:
        for name, date in zip(("BL", "TP1"), VISITS, strict=True):
            series = tuple(
                SeriesReference(
                    series_instance_uid=f"1.{number}.{date:%Y%m%d}",
                    study_instance_uid="1",
                    modality=modality,
                )
                for number, modality in enumerate(("CT", "PT"))
            )
            visit = Timepoint(timepoint_id=name, date=date, series=series)
            session.do(AddTimepoint(timepoint=visit))
        session.add_lesion(LesionRole.TARGET, "liver")
        session.add_lesion(LesionRole.NON_TARGET, "bone")
        for name in ("BL", "TP1"):
            session.record("T1", name, measured(56))
        session.record("NT1", "BL", NonTargetSeen())
        session.add_lesion(LesionRole.TARGET, "liver")
        session.record("T2", "BL", measured(30))
        yield session


def measured(length_mm: float, series: int = 0, **figures: object) -> Measured:
    axis = Diameter(axis=Axis.LONG, value_mm=Decimal(str(length_mm)))
    uid = f"1.{series}.{BASELINE:%Y%m%d}"
    plane = ImagePlane(sop_instance_uid="1.9", series_instance_uid=uid)
    caliper = Caliper(long_axis=axis, plane=plane)
    return Measured.model_validate({"caliper": caliper, **figures})


def found(finding: object, lesion_id: str = "T1", visit: str = "TP1") -> Command:
    return RecordFinding.model_validate(
        {
            "reader_id": "r",
            "lesion_id": lesion_id,
            "timepoint_id": visit,
            "finding": finding,
        }
    )


def treated(gbq: float, date: dt.date = VISITS[0]) -> Command:
    return SetTreatments(treatments=(Treatment(date=date, activity_gbq=gbq),))


def became(**dates: dt.date) -> Command:
    return SetFollowUp(follow_up=FollowUp.model_validate(dates))


ASKED = {
    "died before baseline": (
        became(death=dt.date(2024, 3, 5)),
        "The day of death is 2024-03-05, before the baseline of 2024-03-06?",
    ),
    "alive in 2030": (
        became(last_alive=dt.date(2030, 1, 1)),
        "The day last known alive is 2030-01-01, which is still to come?",
    ),
    "alive after death": (
        became(death=dt.date(2025, 1, 1), last_alive=dt.date(2025, 1, 2)),
        "Died on 2025-01-01, and known to be alive on 2025-01-02, after that?",
    ),
    "therapy before baseline": (
        became(new_therapy=dt.date(2023, 1, 1)),
        "another therapy is 2023-01-01, before the baseline",
    ),
    "1,600 GBq": (treated(1600), "1,600 GBq in one session?"),
    "treated in the future": (
        treated(1.6, dt.date(2027, 1, 1)),
        "The treatment is 2027-01-01, which is still to come?",
    ),
    "viable 200 of 56": (
        found(measured(56, viable_mm=200)),
        "T1: 200 mm viable, in a lesion of 56 mm?",
    ),
    "HU of metal": (found(measured(56, hu_mean=2000)), "T1: a mean of 2000 HU?"),
    "litres in a lesion": (
        found(measured(56, volume_ml=920)),
        "T1: 920 ml, in a lesion of 56 mm (92.0 ml)?",
    ),
    "a lesion like an organ": (
        found(measured(239)),
        "T1: 239 mm across? That is the size of an organ.",
    ),
    "a target on PET": (
        found(measured(40, series=1)),
        "This target is measured on PET.",
    ),
    "gone at baseline": (
        found(Absent(), "NT1", "BL"),
        "NT1 is gone at baseline?",
    ),
    "gone where it was measured": (
        found(Absent()),
        "T1 is measured here: 56 mm. Is it gone instead?",
    ),
    "day 0 years off": (
        SetReferenceDate(reference_date=dt.date(2020, 3, 6)),
        "Day 0 is 2020-03-06, 1461 days before baseline?",
    ),
    "a visit to come": (
        ReviseTimepoint(
            timepoint=Timepoint(timepoint_id="TP1", date=dt.date(2042, 1, 1))
        ),
        "The visit TP1 is 2042-01-01, which is still to come?",
    ),
    "a liver of 16 litres": (
        RecordVolumes(reader_id="r", timepoint_id="BL", volumes_ml={"liver": 16000}),
        "liver: 16,000 ml, more than 10 litres?",
    ),
    "an SUV of 450": (
        RecordUptake(
            reader_id="r",
            timepoint_id="BL",
            pet=PetScan(lesions={"T1": PetLesion(suv=450)}),
        ),
        "T1: SUV 450?",
    ),
}

NOT_ASKED: tuple[Command, ...] = (
    became(death=dt.date(2025, 1, 9), last_alive=dt.date(2025, 1, 9)),
    became(last_alive=TODAY, new_therapy=BASELINE),
    treated(7.4),
    treated(20),
    found(measured(56, viable_mm=56, hu_mean=54, volume_ml=92)),
    found(measured(56, viable_mm=0, hu_mean=-120, volume_ml=360)),
    found(measured(200)),
    found(Absent(), "T2"),
    found(NonTargetSeen(), "NT1"),
    SetReferenceDate(reference_date=dt.date(2024, 3, 18)),
    RecordVolumes(reader_id="r", timepoint_id="BL", volumes_ml={"liver": 3200}),
)


@pytest.mark.parametrize("what", ASKED)
def test_what_is_hardly_ever_meant_is_asked_in_one_sentence(
    session: Session, what: str
) -> None:
    command, words = ASKED[what]
    (asked,) = doubts(session.case, command, TODAY)
    assert words in asked


@pytest.mark.parametrize("number", range(len(NOT_ASKED)))
def test_what_is_seen_in_practice_is_never_asked(session: Session, number: int) -> None:
    assert doubts(session.case, NOT_ASKED[number], TODAY) == ()


@pytest.mark.parametrize("what", ASKED)
def test_what_was_confirmed_is_not_asked_again(session: Session, what: str) -> None:
    command, _ = ASKED[what]
    session.do(command)
    assert doubts(session.case, command, TODAY) == ()


def test_dates_of_a_patient_that_a_site_moved_are_not_of_the_future(
    session: Session,
) -> None:
    later = Timepoint(timepoint_id="TP2", date=dt.date(2091, 1, 1))
    session.do(AddTimepoint(timepoint=later))
    assert doubts(session.case, became(death=dt.date(2090, 1, 1)), TODAY) == ()
    assert doubts(session.case, became(death=dt.date(2091, 1, 2)), TODAY)


def test_a_lesion_measured_on_pet_is_asked_about_when_it_becomes_a_target(
    session: Session,
) -> None:
    on_pet = NonTargetSeen(caliper=measured(30, series=1).caliper)
    session.record("NT1", "BL", on_pet)
    change = ChangeLesionRole(
        reader_id="r", lesion_id="NT1", role=LesionRole.TARGET, new_id="T2"
    )
    (asked,) = doubts(session.case, change, TODAY)
    assert "measured on PET" in asked


def test_a_definite_new_lesion_without_a_caliper_is_asked_about(
    session: Session,
) -> None:
    lesion = session.new_lesion(LesionRole.NEW, "liver", first_seen="TP1")
    for status, asks in (
        (NewLesionStatus.DEFINITE, True),
        (NewLesionStatus.EQUIVOCAL, False),
    ):
        command = AddMeasuredLesion(
            reader_id="r",
            lesion=lesion,
            timepoint_id="TP1",
            finding=NewLesionSeen(status=status),
        )
        assert bool(doubts(session.case, command, TODAY)) is asks


def test_lesions_of_any_usual_size_are_never_asked_about(session: Session) -> None:
    chance = random.Random(15)  # noqa: S311 - no secret
    for _ in range(300):
        length = round(chance.uniform(3, 180), 1)
        ball_ml = length**3 * 0.5236e-3
        figures = {
            "viable_mm": round(chance.uniform(0, length), 1),
            "hu_mean": round(chance.uniform(-100, 250), 1),
            "volume_ml": round(chance.uniform(0.1, 2) * ball_ml, 3),
        }
        assert doubts(session.case, found(measured(length, **figures)), TODAY) == ()


def test_an_organ_that_a_file_names_is_asked_about_sooner_than_a_lesion() -> None:
    assert is_whole_organ("Spleen", 120)
    assert not is_whole_organ("Spleen metastasis", 120)
    assert not is_whole_organ("", 120)
    assert is_whole_organ("", 239)
