"""The words for places decide liver, targets and nodes; what is unknown is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

import recist_tool.criteria.answer.places
from recist_tool.model.protocol import Settings
from recist_tool.terms import Response
from recist_tool.trial.patient import as_json, assess
from tests.criteria.cases import codes, findings, new

SEGMENTS = "T1 liver segment 5, T2 liver S6, T3 right lobe of liver, T4 肝S8, T5 foie"
FIVE = {"T1": 20, "T2": 20, "T3": 20, "T4": 20, "T5": 20}
S6 = {"settings": {"organ_words": {"s6": "liver"}}}
ROOT = Path(recist_tool.criteria.answer.places.__file__).parents[3]


def texts(lesions, *visits, **more):
    found = assess(findings(lesions, *visits, **more)).messages
    return [one.text for one in found if one.code.startswith("organ-")]


def test_segments_of_the_liver_have_a_liver_response() -> None:
    found = assess(findings(SEGMENTS, FIVE, dict.fromkeys(FIVE, 13)))
    assert found.liver is not None
    assert found.liver.bor_unconfirmed is Response.PR
    assert as_json(found)["liver"]["baseline_sum_mm"] == 100.0


def test_a_new_lesion_in_a_segment_is_progression_of_the_liver() -> None:
    seen = {"T1": 40, "new": [new(organ="liver segment 3")]}
    found = assess(findings("T1 caudate lobe", {"T1": 40}, seen))
    assert found.liver is not None
    assert found.liver.timepoints["TP1"].overall is Response.PD


def test_five_targets_in_five_segments_are_too_many_in_one_organ() -> None:
    assert "target-selection" in codes(SEGMENTS, FIVE)


@pytest.mark.parametrize(
    "nodes",
    [
        "T1 mediastinal LN, T2 lymph node station 7, T3 left axillary node",
        "N1 neck, N2 mediastinum, N3 axilla",
        "N1 neck, N2 mediastinum, T3 Lymphknoten",
    ],
)
def test_three_target_nodes_in_three_regions_are_too_many(nodes: str) -> None:
    names = [one.split()[0] for one in nodes.split(", ")]
    assert "target-selection" in codes(nodes, dict.fromkeys(names, 20))


def test_nodes_by_their_words_go_by_the_rules_of_nodes() -> None:
    found = assess(findings("T1 mediastinal LN", {"T1": 20}, {"T1": 9}))
    assert found.overall.timepoints["TP1"].overall is Response.CR
    assert found.liver is None


def test_the_site_stays_as_it_was_typed() -> None:
    seen = {"T1": 40, "new": [new(organ="liver segment 3")]}
    found = assess(findings("T1 liver segment 5", {"T1": 40}, seen))
    assert "liver segment 3" in found.overall.timepoints["TP1"].reason


def test_an_ambiguous_place_is_said_once_and_is_outside_the_liver() -> None:
    read = ("T1 S6, T2 S6, T3 lung", {"T1": 20, "T2": 20, "T3": 20})
    assert texts(*read) == [
        '"S6" may be liver or lung: counted as an organ of its own, outside the '
        "liver, unless organ_words names its organ"
    ]
    assert assess(findings(*read)).liver is None


def test_an_unknown_place_is_said_wherever_it_stands() -> None:
    pet = {"lesions": {"P1": {"organ": "livr", "suv": 5}}}
    seen = {"T1": 40, "new": [new(organ="uvula")], "pet": pet}
    assert [one.split()[0] for one in texts("T1 liver", {"T1": 40}, seen)] == [
        '"uvula"',
        '"livr"',
    ]


def test_known_places_and_marked_nodes_are_not_remarked_upon() -> None:
    assert texts("T1 liver, T2 other, N1 neck", {"T1": 20, "T2": 20, "N1": 20}) == []


def test_the_words_of_the_trial_decide_and_end_the_remark() -> None:
    read = ("T1 S6", {"T1": 40}, {"T1": 20})
    assert texts(*read, **S6) == []
    found = assess(findings(*read, **S6))
    assert found.liver is not None
    assert found.liver.bor_unconfirmed is Response.PR


def test_a_pet_lesion_in_a_segment_is_the_livers() -> None:
    scan = {"lesions": {"P1": {"organ": "肝S8", "suv": 9}}, "suv_kind": "SUVbw max"}
    later = {"lesions": {"P1": {"suv": 4}}, "suv_kind": "SUVbw max"}
    found = assess(findings("", {"pet": scan}, {"pet": later}, criteria="EORTC PET"))
    of = findings(
        "T1 liver, P1 肝S8", {"T1": 20, "pet": scan}, {"T1": 20, "pet": later}
    )
    assert found.overall.timepoints["TP1"].overall is Response.PMR
    read = assess(of.replaced(criteria="EORTC PET"))
    assert read.liver is not None
    assert read.liver.timepoints["TP1"].overall is Response.PMR


def test_a_node_counts_as_liver_by_its_note_or_its_site_in_any_case() -> None:
    sites = {"settings": {"hepatic_node_sites": ["Liver hilum lymph node"]}}
    read = ("T1 liver hilum lymph node", {"T1": 20}, {"T1": 9})
    assert assess(findings(*read)).liver is None
    assert assess(findings(*read, **sites)).liver is not None


def test_one_new_lesion_may_be_called_by_organ_and_by_segment() -> None:
    seen = {"T1": 40, "new": [new(organ="liver")]}
    later = {"T1": 40, "new": [new(organ="liver segment 3")]}
    assert assess(findings("T1 liver", {"T1": 40}, seen, later)).liver is not None


def test_pet_uptake_in_a_segment_of_a_known_organ_is_explained() -> None:
    fdg = {"done": True, "positive_at": "liver"}
    read = ("T1 liver segment 5", {"T1": 40}, {"T1": 40, "fdg_pet": fdg})
    assert "pet-positive-elsewhere" not in codes(*read)


@pytest.mark.parametrize("organ", ["livr", "S6", "", "right lobe"])
def test_a_word_without_a_known_organ_is_refused(organ: str) -> None:
    with pytest.raises(ValidationError, match="needs an organ that is known"):
        Settings(organ_words={"RHL": organ})


def test_a_node_cannot_be_made_an_organ_by_a_word() -> None:
    with pytest.raises(ValidationError, match="a node stays a node"):
        Settings(organ_words={"hilar LN": "liver"})


def test_words_come_back_as_they_were_saved_and_are_left_out_where_there_are_none():
    assert "organ_words" not in Settings().model_dump()
    saved = Settings(organ_words={"S6": "liver"})
    assert saved.model_dump(mode="json")["organ_words"] == {"S6": "liver"}
    assert Settings.model_validate_json(saved.model_dump_json()) == saved


def test_each_message_about_places_is_explained() -> None:
    source = (ROOT / "recist_tool" / "criteria" / "answer" / "places.py").read_text(
        "utf-8"
    )
    page = (ROOT / "docs" / "rules" / "organs.md").read_text("utf-8")
    found = set(re.findall(r'"(organ-[a-z-]+)"', source))
    assert len(found) == 2
    assert all(f"`{code}`" in page for code in found)
