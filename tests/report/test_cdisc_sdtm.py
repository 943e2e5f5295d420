from __future__ import annotations

import pytest

from tests.report.cdisc_reads import record, records, tables_of, visits

NODE = {"id": "T2", "role": "target", "organ": "lymph node", "nodal": True}
LIVER = {"id": "T1", "role": "target", "organ": "liver"}
LUNG = {"id": "T3", "role": "target", "organ": "lung (left)"}
EFFUSION = {"id": "NT1", "role": "non_target", "organ": "pleura"}
PATHOLOGICAL_NODE = {
    "id": "NT2",
    "role": "non_target",
    "organ": "mediastinum",
    "nodal": True,
}


def new(lesion_id: str = "N1", **details: object) -> dict[str, object]:
    made = {"id": lesion_id, "organ": "liver", "status": "definite", "mm": 12}
    return made | details


# ------------------------------------------------------------------ identification


def test_each_lesion_is_identified_once_at_the_scan_that_showed_it() -> None:
    tu = tables_of(
        lesions=[LIVER, EFFUSION],
        timepoints=visits(
            {"target": {"T1": {"mm": 50}}, "nontarget": {"NT1": "present"}},
            {"target": {"T1": {"mm": 50}}, "nontarget": {"NT1": "present"}},
            {
                "target": {"T1": {"mm": 50}},
                "nontarget": {"NT1": "present"},
                "new": [new()],
            },
        ),
    )["TU"]
    found = [(one["TULNKID"], one["TUSTRESC"], one["TUDTC"]) for one in records(tu)]
    assert found == [
        ("T1", "TARGET", "2023-12-20"),
        ("NT1", "NON-TARGET", "2023-12-20"),
        ("N1", "NEW", "2024-04-22"),
    ]
    assert {one["TUTESTCD"] for one in records(tu)} == {"TUMIDENT"}
    assert {one["TUTEST"] for one in records(tu)} == {"Tumor Identification"}


def test_a_new_lesion_seen_again_is_identified_where_it_was_first_seen() -> None:
    target = {"target": {"T1": {"mm": 50}}}
    tu = tables_of(
        timepoints=visits(
            target,
            {**target, "new": [new(status="equivocal")]},
            {**target, "new": [new(first_seen="TP1")]},
        )
    )["TU"]
    assert record(tu, TULNKID="N1")["VISIT"] == "TP1"


def test_a_lesion_named_with_the_visit_before_is_dated_to_that_visit() -> None:
    target = {"target": {"T1": {"mm": 50}}}
    tu = tables_of(
        timepoints=visits(target, target, {**target, "new": [new(first_seen="TP1")]})
    )["TU"]
    assert record(tu, TULNKID="N1")["TUDTC"] == "2024-02-26"


@pytest.mark.parametrize(
    ("organ", "location", "side"),
    [
        ("liver", "LIVER", None),
        ("Right kidney", "KIDNEY", "RIGHT"),
        ("lungs", "LUNG", None),
        ("adrenal gland", "ADRENAL GLAND", None),
        ("small bowel", "SMALL INTESTINE", None),
        ("mediastinal lymph nodes", "LYMPH NODE", None),
        ("uvula", "UVULA", None),
    ],
)
def test_a_location_is_the_term_of_cdisc_or_the_readers_word_in_capitals(
    organ: str, location: str, side: str | None
) -> None:
    tu = tables_of(lesions=[{**LIVER, "organ": organ}])["TU"]
    found = record(tu, TULNKID="T1")
    assert (found["TULOC"], found["TULAT"]) == (location, side)


def test_the_parts_of_a_lesion_that_fell_apart_have_names_of_their_own() -> None:
    split = {"target": {"T1": {"state": "split", "parts_mm": [12, 9.5]}}}
    made = tables_of(timepoints=visits({"target": {"T1": {"mm": 30}}}, split, split))
    parts = records(made["TU"], TUTESTCD="TUSPLIT")
    assert [(one["TULNKID"], one["TUGRPID"]) for one in parts] == [
        ("T1.1", "T1"),
        ("T1.2", "T1"),
    ]
    sizes = records(made["TR"], VISIT="TP1", TRTESTCD="LDIAM")
    assert [(one["TRLNKID"], one["TRSTRESC"]) for one in sizes] == [
        ("T1.1", "12"),
        ("T1.2", "9.5"),
    ]
    assert record(made["TR"], VISIT="TP1", TRTESTCD="SUMDIAM", TRGRPID="TARGET")[
        "TRSTRESC"
    ] == ("21.5")


def test_lesions_that_merged_are_measured_once_under_both_names() -> None:
    merged = {
        "T1": {"mm": 60, "merged_with": ["T3"]},
        "T3": {"state": "merged_into", "lesion": "T1"},
    }
    made = tables_of(
        lesions=[LIVER, {**LUNG, "organ": "liver"}],
        timepoints=visits(
            {"target": {"T1": {"mm": 30}, "T3": {"mm": 20}}}, {"target": merged}
        ),
    )
    assert record(made["TU"], TUTESTCD="TUMERGE")["TULNKID"] == "T1/T3"
    size = record(made["TR"], VISIT="TP1", TRTESTCD="LDIAM")
    assert (size["TRLNKID"], size["TRSTRESN"]) == ("T1/T3", 60)


def test_a_non_target_that_is_part_of_a_target_is_still_present() -> None:
    made = tables_of(
        lesions=[LIVER, {**EFFUSION, "organ": "liver"}],
        timepoints=visits(
            {"target": {"T1": {"mm": 30}}, "nontarget": {"NT1": "present"}},
            {
                "target": {"T1": {"mm": 44}},
                "nontarget": {"NT1": {"state": "merged_into", "lesion": "T1"}},
            },
        ),
    )
    state = record(made["TR"], VISIT="TP1", TRGRPID="NON-TARGET")
    assert (state["TRLNKID"], state["TRSTRESC"]) == ("T1/NT1", "PRESENT")


# --------------------------------------------------------------------- measurement


def test_a_node_is_measured_across_and_has_a_state() -> None:
    tr = tables_of(
        lesions=[NODE],
        timepoints=visits(
            {"target": {"T2": {"mm": 18}}}, {"target": {"T2": {"mm": 9}}}
        ),
    )["TR"]
    assert record(tr, VISIT="BL", TRTESTCD="LPERP")["TRSTRESN"] == 18
    assert record(tr, VISIT="BL", TRTESTCD="LNSTATE")["TRSTRESC"] == "PATHOLOGICAL"
    assert record(tr, VISIT="TP1", TRTESTCD="LNSTATE")["TRSTRESC"] == (
        "NON-PATHOLOGICAL"
    )
    assert not records(tr, TRTESTCD="LDIAM")


def test_a_node_of_ten_millimetres_is_pathological() -> None:
    tr = tables_of(
        lesions=[NODE],
        timepoints=visits(
            {"target": {"T2": {"mm": 18}}}, {"target": {"T2": {"mm": 10}}}
        ),
    )["TR"]
    assert record(tr, VISIT="TP1", TRTESTCD="LNSTATE")["TRSTRESC"] == "PATHOLOGICAL"


def test_too_small_to_measure_is_text_as_read_and_five_millimetres_as_standard() -> (
    None
):
    made = tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": 20}}}, {"target": {"T1": {"state": "too_small"}}}
        )
    )
    size = record(made["TR"], VISIT="TP1", TRTESTCD="LDIAM")
    assert size["TRORRES"] == "TOO SMALL TO MEASURE"
    assert size["TRORRESU"] is None
    assert (size["TRSTRESC"], size["TRSTRESN"], size["TRSTRESU"]) == ("5", 5, "mm")
    assert size["TRSTAT"] is None


def test_a_target_that_is_gone_is_zero_and_not_missing() -> None:
    tr = tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": 20}}}, {"target": {"T1": {"state": "absent"}}}
        )
    )["TR"]
    size = record(tr, VISIT="TP1", TRTESTCD="LDIAM")
    assert (size["TRSTRESN"], size["TRSTAT"]) == (0, None)


def test_a_target_not_evaluated_is_not_done_with_the_readers_reason() -> None:
    tr = tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": 20}}},
            {"target": {"T1": {"state": "ne", "reason": "motion artefact"}}},
        )
    )["TR"]
    size = record(tr, VISIT="TP1", TRTESTCD="LDIAM")
    assert (size["TRSTAT"], size["TRREASND"]) == ("NOT DONE", "motion artefact")
    assert (size["TRORRES"], size["TRSTRESC"], size["TRSTRESN"]) == (None, None, None)
    for group in ("TARGET", "LIVER TARGET"):
        total = record(tr, VISIT="TP1", TRTESTCD="SUMDIAM", TRGRPID=group)
        assert total["TRSTAT"] == "NOT DONE"
        assert total["TRSTRESN"] is None


def test_a_target_without_a_finding_is_not_assessed() -> None:
    tr = tables_of(
        lesions=[LIVER, LUNG],
        timepoints=visits(
            {"target": {"T1": {"mm": 20}, "T3": {"mm": 15}}},
            {"target": {"T1": {"mm": 20}}},
        ),
    )["TR"]
    size = record(tr, VISIT="TP1", TRLNKID="T3")
    assert (size["TRSTAT"], size["TRREASND"]) == ("NOT DONE", "NOT ASSESSED")


@pytest.mark.parametrize(
    ("state", "original", "standard"),
    [
        ("present", "PRESENT", "PRESENT"),
        ("absent", "ABSENT", "ABSENT"),
        ("unequivocal_pd", "UNEQUIVOCAL PROGRESSION", "PRESENT"),
        ("increased_not_unequivocal", "INCREASED, NOT UNEQUIVOCAL", "PRESENT"),
    ],
)
def test_a_non_target_keeps_the_readers_words_beside_the_state(
    state: str, original: str, standard: str
) -> None:
    tr = tables_of(
        lesions=[EFFUSION],
        timepoints=visits(
            {"nontarget": {"NT1": "present"}}, {"nontarget": {"NT1": state}}
        ),
    )["TR"]
    found = record(tr, VISIT="TP1", TRTESTCD="TUMSTATE")
    assert (found["TRORRES"], found["TRSTRESC"]) == (original, standard)


@pytest.mark.parametrize(
    ("finding", "standard"),
    [
        ({"state": "present", "short_axis_mm": 12}, "PATHOLOGICAL"),
        ({"state": "present", "short_axis_mm": 9}, "NON-PATHOLOGICAL"),
        ({"state": "absent", "short_axis_mm": 9}, "NON-PATHOLOGICAL"),
        ({"state": "unequivocal_pd", "short_axis_mm": 9}, "PATHOLOGICAL"),
        ({"state": "present"}, "PATHOLOGICAL"),
        ({"state": "absent"}, "NON-PATHOLOGICAL"),
    ],
)
def test_a_non_target_node_has_a_node_state(
    finding: dict[str, object], standard: str
) -> None:
    tr = tables_of(
        lesions=[PATHOLOGICAL_NODE],
        timepoints=visits(
            {"nontarget": {"NT2": "present"}}, {"nontarget": {"NT2": finding}}
        ),
    )["TR"]
    assert record(tr, VISIT="TP1", TRTESTCD="LNSTATE")["TRSTRESC"] == standard
    measured = records(tr, VISIT="TP1", TRTESTCD="LPERP")
    assert bool(measured) == ("short_axis_mm" in finding)


@pytest.mark.parametrize(
    ("status", "state"),
    [("definite", "UNEQUIVOCAL"), ("equivocal", "EQUIVOCAL"), ("resolved", "ABSENT")],
)
def test_a_new_lesion_is_as_sure_as_its_reader(status: str, state: str) -> None:
    target = {"target": {"T1": {"mm": 50}}}
    tr = tables_of(
        timepoints=visits(
            target,
            {**target, "new": [new(status="equivocal")]},
            {**target, "new": [new(status=status, first_seen="TP1", mm=14)]},
        )
    )["TR"]
    found = record(tr, VISIT="TP2", TRTESTCD="TUMSTATE")
    assert (found["TRGRPID"], found["TRSTRESC"]) == ("NEW", state)
    size = record(tr, VISIT="TP2", TRGRPID="NEW", TRTESTCD="LDIAM")
    assert size["TRSTRESN"] == 14


# ---------------------------------------------------------------------------- sums


def test_sums_and_changes_stand_for_the_patient_and_for_the_liver() -> None:
    tr = tables_of(
        lesions=[LIVER, LUNG, NODE],
        timepoints=visits(
            {"target": {"T1": {"mm": 50}, "T3": {"mm": 30}, "T2": {"mm": 20}}},
            {"target": {"T1": {"mm": 30}, "T3": {"mm": 30}, "T2": {"mm": 15}}},
        ),
    )["TR"]
    whole = {
        one["TRTESTCD"]: (one["TRSTRESC"], one["TRSTRESU"])
        for one in records(tr, VISIT="TP1", TRLNKID=None, TRGRPID="TARGET")
    }
    assert whole == {
        "SUMDIAM": ("75", "mm"),
        "SUMNLNLD": ("60", "mm"),
        "PCBSD": ("-25", "%"),
        "ACNSD": ("-25", "mm"),
        "PCNSD": ("-25", "%"),
    }
    liver = records(tr, VISIT="TP1", TRGRPID="LIVER TARGET")
    assert {one["TRTESTCD"]: one["TRSTRESC"] for one in liver} == {
        "SUMDIAM": "30",
        "SUMNLNLD": "30",
        "PCBSD": "-40",
        "ACNSD": "-20",
        "PCNSD": "-40",
    }


def test_a_baseline_has_its_sum_and_no_change() -> None:
    tr = tables_of()["TR"]
    at_baseline = records(tr, VISIT="BL", TRGRPID="TARGET", TRLNKID=None)
    assert [one["TRTESTCD"] for one in at_baseline] == ["SUMDIAM", "SUMNLNLD"]


def test_a_percentage_that_does_not_end_has_four_decimals() -> None:
    tr = tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": 30}}}, {"target": {"T1": {"mm": 20}}}
        )
    )["TR"]
    change = record(tr, TRTESTCD="PCBSD", TRGRPID="TARGET")
    assert change["TRSTRESC"] == "-33.3333"
    assert str(change["TRSTRESN"]) == "-33.3333"


def test_a_change_from_a_nadir_of_zero_has_millimetres_and_no_percentage() -> None:
    tr = tables_of(
        timepoints=visits(
            {"target": {"T1": {"mm": 30}}},
            {"target": {"T1": {"state": "absent"}}},
            {"target": {"T1": {"mm": 8}}},
        )
    )["TR"]
    at = {"VISIT": "TP2", "TRGRPID": "TARGET"}
    assert record(tr, TRTESTCD="ACNSD", **at)["TRSTRESC"] == "8"
    assert not records(tr, TRTESTCD="PCNSD", **at)


# ----------------------------------------------------------------------- responses


def test_each_visit_has_its_responses_for_the_patient_and_for_the_liver() -> None:
    target = {"target": {"T1": {"mm": 50}}, "nontarget": {"NT1": "present"}}
    rs = tables_of(
        lesions=[LIVER, EFFUSION],
        timepoints=visits(target, {**target, "new": [new(organ="lung")]}),
    )["RS"]
    whole = records(rs, VISIT="TP1", RSCAT="RECIST 1.1")
    assert {one["RSTESTCD"]: one["RSSTRESC"] for one in whole} == {
        "TRGRESP": "SD",
        "NTRGRESP": "NON-CR/NON-PD",
        "NEWLIND": "Y",
        "NEWLPROG": "UNEQUIVOCAL",
        "OVRLRESP": "PD",
    }
    liver = records(rs, VISIT="TP1", RSSCAT="LIVER")
    assert {one["RSTESTCD"]: one["RSSTRESC"] for one in liver} == {
        "TRGRESP": "SD",
        "NEWLIND": "N",
        "LIVRRESP": "SD",
    }
    assert {one["RSCAT"] for one in liver} == {"PROTOCOL DEFINED RESPONSE CRITERIA"}


def test_an_equivocal_new_lesion_is_new_but_not_unequivocal() -> None:
    target = {"target": {"T1": {"mm": 50}}}
    rs = tables_of(
        timepoints=visits(target, {**target, "new": [new(status="equivocal")]})
    )["RS"]
    assert record(rs, RSTESTCD="NEWLIND", RSSCAT=None)["RSSTRESC"] == "Y"
    assert record(rs, RSTESTCD="NEWLPROG", RSSCAT=None)["RSSTRESC"] == "EQUIVOCAL"


def test_the_response_as_read_stays_although_a_later_visit_restates_it() -> None:
    target = {"target": {"T1": {"mm": 50}}}
    made = tables_of(
        timepoints=visits(
            target,
            {**target, "new": [new(status="equivocal")]},
            {**target, "new": [new(first_seen="TP1")]},
        )
    )
    as_read = record(made["RS"], RSTESTCD="OVRLRESP", VISIT="TP1")
    assert as_read["RSSTRESC"] == "SD"
    analysed = record(made["ADRS"], PARAMCD="OVR", AVISIT="TP1")
    assert (analysed["AVALC"], analysed["RSASREAD"]) == ("PD", "SD")


def test_the_best_response_has_no_visit_and_is_the_confirmed_one() -> None:
    rs = tables_of()["RS"]
    best = record(rs, RSTESTCD="BESTRESP", RSCAT="RECIST 1.1")
    assert best["RSSTRESC"] == "SD"  # one PR that no visit confirmed
    assert (best["VISITNUM"], best["RSDTC"]) == (None, None)
    assert best["RSTEST"] == "Best Overall Response"


def test_a_visit_of_which_only_the_response_is_known_has_no_measurements() -> None:
    made = tables_of(
        timepoints=[
            *visits({"target": {"T1": {"mm": 50}}}),
            {"id": "TP1", "day": 60, "overall": "PR"},
        ]
    )
    assert not records(made["TR"], VISIT="TP1")
    (response,) = records(made["RS"], VISIT="TP1", RSCAT="RECIST 1.1")
    assert (response["RSTESTCD"], response["RSSTRESC"]) == ("OVRLRESP", "PR")


# ----------------------------------------------------------------- links and dates


def test_the_measurements_and_responses_of_a_visit_share_a_link_group() -> None:
    made = tables_of()
    groups = {one["TRLNKGRP"] for one in records(made["TR"], VISIT="TP1")}
    assert groups == {one["RSLNKGRP"] for one in records(made["RS"], VISIT="TP1")}
    assert len(groups) == 1


def test_every_measured_lesion_is_identified() -> None:
    made = tables_of()
    measured = {one["TRLNKID"] for one in records(made["TR"])} - {None}
    assert measured <= {one["TULNKID"] for one in records(made["TU"])}


@pytest.mark.parametrize(
    ("date", "day"),
    [("2023-12-31", -1), ("2024-01-01", 1), ("2024-01-02", 2)],
)
def test_study_days_have_no_day_zero(date: str, day: int) -> None:
    baseline = {"id": "BL", "date": date, "target": {"T1": {"mm": 50}}}
    later = {"id": "TP1", "date": "2024-03-01", "target": {"T1": {"mm": 50}}}
    tu = tables_of(timepoints=[baseline, later])["TU"]
    assert (record(tu)["TUDTC"], record(tu)["TUDY"]) == (date, day)


def test_without_a_reference_date_there_are_no_study_days() -> None:
    made = tables_of(reference_date=None)
    assert {one["TRDY"] for one in records(made["TR"])} == {None}
    assert {one["ADY"] for one in records(made["ADTR"])} == {None}


def test_records_are_numbered_within_each_domain() -> None:
    tr = tables_of()["TR"]
    assert [one["TRSEQ"] for one in records(tr)] == list(range(1, len(tr.rows) + 1))
