from __future__ import annotations

import pytest

from recist_tool.cdisc import subject_of_case
from recist_tool.errors import FindingsError
from recist_tool.model.case import SeriesReference
from recist_tool.model.diameter import ImagePlane
from recist_tool.model.finding import (
    Measured,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    Split,
)
from recist_tool.terms import LesionRole, NewLesionStatus, ReaderRole
from tests.builders import caliper, case, lesion
from tests.report.cdisc_reads import read, record, records, tables, with_reads

READER_1, READER_2 = ReaderRole.READER_1, ReaderRole.READER_2
INVESTIGATOR, ADJUDICATOR = ReaderRole.INVESTIGATOR, ReaderRole.ADJUDICATOR


def simple_read(reader_id: str, role: ReaderRole, later_mm: int = 30):
    return read(
        reader_id,
        role,
        [lesion("T1")],
        {
            ("T1", "BL"): Measured(caliper=caliper(50, 40)),
            ("T1", "TP1"): Measured(caliper=caliper(later_mm, 20)),
        },
    )


def test_two_central_readers_keep_apart_in_every_domain() -> None:
    both = with_reads(
        case(), simple_read("a", READER_1), simple_read("b", READER_2, later_mm=50)
    )
    made = tables(subject_of_case(both))
    for name in ("TU", "TR", "RS"):
        evaluators = {
            (one[f"{name}EVAL"], one[f"{name}EVALID"]) for one in records(made[name])
        }
        assert evaluators == {
            ("INDEPENDENT ASSESSOR", "RADIOLOGIST 1"),
            ("INDEPENDENT ASSESSOR", "RADIOLOGIST 2"),
        }
    assert [one["TULNKID"] for one in records(made["TU"])] == ["R1-T1", "R2-T1"]
    by_reader = {
        one["RSEVALID"]: one["RSSTRESC"]
        for one in records(made["RS"], RSTESTCD="OVRLRESP")
    }
    assert by_reader == {"RADIOLOGIST 1": "PR", "RADIOLOGIST 2": "SD"}
    assert {one["RSLNKGRP"] for one in records(made["RS"], VISIT="TP1")} == {
        "R1-A2",
        "R2-A2",
    }


def test_a_single_read_needs_no_prefix_and_no_evaluator_id() -> None:
    alone = with_reads(case(), simple_read("a", INVESTIGATOR))
    found = record(tables(subject_of_case(alone))["TU"])
    assert found["TULNKID"] == "T1"
    assert (found["TUEVAL"], found["TUEVALID"]) == ("INVESTIGATOR", None)
    assert found["TUACPTFL"] is None


def test_several_investigators_are_told_apart_by_number() -> None:
    both = with_reads(
        case(), simple_read("a", INVESTIGATOR), simple_read("b", INVESTIGATOR)
    )
    found = records(tables(subject_of_case(both))["TU"])
    assert [one["TUEVALID"] for one in found] == ["READER 1", "READER 2"]
    assert len({one["TULNKID"] for one in found}) == 2


def test_two_reads_of_one_central_role_are_refused() -> None:
    both = with_reads(case(), simple_read("a", READER_1), simple_read("b", READER_1))
    with pytest.raises(FindingsError, match="role reader_1: 2 reads"):
        subject_of_case(both)


def test_the_adjudicators_read_is_the_accepted_one() -> None:
    three = with_reads(
        case(),
        simple_read("a", READER_1),
        simple_read("b", READER_2),
        simple_read("c", ADJUDICATOR),
    )
    rs = tables(subject_of_case(three))["RS"]
    accepted = {one["RSEVALID"] for one in records(rs, RSACPTFL="Y")}
    assert accepted == {"ADJUDICATOR 1"}
    assert {one["RSACPTFL"] for one in records(rs)} == {"Y", None}


def test_of_two_readers_without_adjudication_none_is_accepted() -> None:
    both = with_reads(case(), simple_read("a", READER_1), simple_read("b", READER_2))
    rs = tables(subject_of_case(both))["RS"]
    assert not records(rs, RSACPTFL="Y")


def test_the_read_that_the_trial_takes_can_be_named() -> None:
    both = with_reads(case(), simple_read("a", READER_1), simple_read("b", READER_2))
    tu = tables(subject_of_case(both, accepted="b"))["TU"]
    assert record(tu, TUACPTFL="Y")["TUEVALID"] == "RADIOLOGIST 2"


def test_a_reader_who_read_nothing_cannot_be_accepted() -> None:
    alone = with_reads(case(), simple_read("a", READER_1))
    with pytest.raises(FindingsError, match="no read in the case"):
        subject_of_case(alone, accepted="z")


def test_a_case_without_findings_has_no_tables() -> None:
    with pytest.raises(FindingsError, match="nothing was read"):
        subject_of_case(case())


def test_a_read_not_begun_is_left_out() -> None:
    one_begun = with_reads(
        case(), simple_read("a", READER_1), read("b", READER_2, [], {})
    )
    found = record(tables(subject_of_case(one_begun))["TU"])
    assert (found["TUEVALID"], found["TULNKID"]) == ("RADIOLOGIST 1", "T1")


def test_visits_are_numbered_as_in_the_case_even_if_a_reader_skipped_one() -> None:
    skipped = read(
        "a",
        READER_1,
        [lesion("T1")],
        {
            ("T1", "BL"): Measured(caliper=caliper(50)),
            ("T1", "TP2"): Measured(caliper=caliper(40)),
        },
    )
    tr = tables(subject_of_case(with_reads(case(3), skipped)))["TR"]
    numbers = {one["VISIT"]: one["VISITNUM"] for one in records(tr)}
    assert numbers == {"BL": 1, "TP2": 3}


def test_both_axes_of_a_caliper_are_results() -> None:
    drawn = with_reads(case(), simple_read("a", READER_1))
    tr = tables(subject_of_case(drawn))["TR"]
    axes = {
        one["TRTESTCD"]: one["TRSTRESN"]
        for one in records(tr, VISIT="BL", TRLNKID="T1")
    }
    assert axes == {"LDIAM": 50, "LPERP": 40}
    total = record(tr, VISIT="BL", TRTESTCD="SUMDIAM", TRGRPID="TARGET")
    assert total["TRSTRESN"] == 50


def test_a_lesion_carries_its_tracking_uid_and_the_method_of_its_series() -> None:
    on_ct = caliper(50).replaced(
        plane=ImagePlane(sop_instance_uid="1.2.3.4", series_instance_uid="1.2.3")
    )
    one = read("a", READER_1, [lesion("T1")], {("T1", "BL"): Measured(caliper=on_ct)})
    made = with_reads(case(), one)
    series = SeriesReference(
        series_instance_uid="1.2.3", study_instance_uid="1.2", modality="CT"
    )
    baseline = made.timepoints[0].replaced(series=(series,))
    made = made.replaced(timepoints=(baseline, *made.timepoints[1:]))
    tables_made = tables(subject_of_case(made))
    found = record(tables_made["TU"])
    assert found["TUSPID"] == lesion("T1").tracking_uid
    assert found["TUMETHOD"] == "CT SCAN"
    assert record(tables_made["TR"], TRTESTCD="LDIAM")["TRMETHOD"] == "CT SCAN"


def test_parts_merges_nodes_and_new_lesions_of_a_drawn_read() -> None:
    node = lesion("T3", organ="lymph node", nodal=True)
    other = lesion("NT1", role=LesionRole.NON_TARGET, organ="pleura")
    found_new = lesion("N1", role=LesionRole.NEW, first_seen="TP1")
    drawn = read(
        "a",
        READER_1,
        [lesion("T1"), lesion("T2"), node, other, found_new],
        {
            ("T1", "BL"): Measured(caliper=caliper(50)),
            ("T2", "BL"): Measured(caliper=caliper(20)),
            ("T3", "BL"): Measured(caliper=caliper(30, 18)),
            ("NT1", "BL"): NonTargetSeen(caliper=caliper(25)),
            ("T1", "TP1"): Split(parts=(caliper(30, 12), None)),
            ("T2", "TP1"): MergedInto(lesion_id="T3"),
            ("T3", "TP1"): Measured(caliper=caliper(30, 8)),
            ("NT1", "TP1"): NotEvaluable(reason="not imaged"),
            ("N1", "TP1"): NewLesionSeen(
                status=NewLesionStatus.DEFINITE, caliper=caliper(14, 9)
            ),
        },
    )
    made = tables(subject_of_case(with_reads(case(), drawn)))
    sizes = [
        (one["TRLNKID"], one["TRTESTCD"], one["TRSTRESC"])
        for one in records(made["TR"], VISIT="TP1")
        if one["TRLNKID"]
    ]
    assert sizes == [
        ("T1.1", "LDIAM", "30"),
        ("T1.1", "LPERP", "12"),
        ("T1.2", "LDIAM", "0"),
        ("T2/T3", "LDIAM", "30"),
        ("T2/T3", "LPERP", "8"),
        ("T2/T3", "LNSTATE", "NON-PATHOLOGICAL"),
        ("NT1", "TUMSTATE", None),
        ("N1", "TUMSTATE", "UNEQUIVOCAL"),
        ("N1", "LDIAM", "14"),
        ("N1", "LPERP", "9"),
    ]
    at_baseline = record(made["TR"], VISIT="BL", TRLNKID="NT1", TRTESTCD="LDIAM")
    assert at_baseline["TRSTRESN"] == 25


def test_nothing_but_the_subject_id_says_who_the_patient_or_the_reader_is() -> None:
    secrets = ("Rumpel", "Dr Grimm", "ward 7", "1.2.840.99")
    one = read(
        "Dr Grimm",
        READER_1,
        [lesion("T1", name="Rumpel's lesion", finding_site="ward 7 film")],
        {
            ("T1", "BL"): Measured(
                caliper=caliper(50).replaced(
                    plane=ImagePlane(
                        sop_instance_uid="1.2.840.99.1",
                        series_instance_uid="1.2.840.99",
                    )
                )
            )
        },
    )
    series = SeriesReference(
        series_instance_uid="1.2.840.99",
        study_instance_uid="1.2.840.99.9",
        modality="CT",
        description="Rumpel abdomen",
        folder="Rumpel",
    )
    made = with_reads(case(), one)
    baseline = made.timepoints[0].replaced(series=(series,), label="ward 7")
    made = made.replaced(timepoints=(baseline, *made.timepoints[1:]))
    cells = [
        str(cell)
        for table in tables(subject_of_case(made)).values()
        for row in table.rows
        for cell in row
    ]
    assert cells
    assert not [cell for cell in cells if any(one in cell for one in secrets)]
