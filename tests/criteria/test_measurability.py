"""Measurability and selection: the sizes of 3.1 and the counts of 4.2."""

from __future__ import annotations

from typing import Any

import pytest

from recist_tool.criteria.course.organs import organ_group
from recist_tool.criteria.recist11.measurability import (
    SuggestedRole,
    measurability,
    selection,
)
from recist_tool.model.protocol import Protocol
from recist_tool.trial.patient import assess
from tests.criteria.cases import codes, findings


@pytest.mark.parametrize(
    ("facts", "measurable"),
    [
        ({"long_axis_mm": 10}, True),
        ({"long_axis_mm": 9.9}, False),
        ({"long_axis_mm": 10, "slice_thickness_mm": 5}, True),
        ({"long_axis_mm": 10, "slice_thickness_mm": 5.1}, False),
        ({"long_axis_mm": 10.2, "slice_thickness_mm": 5.1}, True),
        ({"long_axis_mm": 14, "slice_thickness_mm": 7}, True),
        ({"long_axis_mm": 13.9, "slice_thickness_mm": 7}, False),
        ({"long_axis_mm": 9.9, "slice_thickness_mm": 1}, False),
        ({"long_axis_mm": 15.9, "slice_thickness_mm": 8, "modality": "MR"}, False),
        ({"long_axis_mm": 16, "slice_thickness_mm": 8, "modality": "MR"}, True),
        ({"long_axis_mm": 20, "modality": "CXR"}, True),
        ({"long_axis_mm": 19.9, "modality": "CXR"}, False),
        ({"long_axis_mm": 10, "modality": "CLINICAL"}, True),
        ({"long_axis_mm": 9.9, "modality": "CLINICAL"}, False),
        ({"long_axis_mm": 90, "modality": "US"}, False),
        ({"long_axis_mm": 90, "modality": "PT"}, False),
        ({"long_axis_mm": 90, "modality": "ENDOSCOPY"}, False),
        ({"long_axis_mm": 30, "organ": "bone"}, True),
        ({"long_axis_mm": 30, "organ": "bone", "blastic": True}, False),
        ({"long_axis_mm": 90, "organ": "ascites"}, False),
        ({"long_axis_mm": 30, "previously_irradiated": True}, False),
        (
            {
                "long_axis_mm": 30,
                "previously_irradiated": True,
                "progressed_since": True,
            },
            True,
        ),
        ({}, False),
        ({"nodal": True, "long_axis_mm": 30}, False),
    ],
)
def test_measurability_follows_size_method_and_kind(
    facts: dict[str, Any], measurable: bool
) -> None:
    answer = measurability(**facts)
    assert answer.measurable is measurable
    assert answer.citation.startswith("Eisenhauer 2009, 3.")
    assert (answer.role is SuggestedRole.TARGET) == measurable


@pytest.mark.parametrize(
    ("short_axis", "role"),
    [
        (15, SuggestedRole.TARGET),
        (14.9, SuggestedRole.PATHOLOGICAL_NODE),
        (10, SuggestedRole.PATHOLOGICAL_NODE),
        (9.9, SuggestedRole.NORMAL_NODE),
    ],
)
def test_nodes_go_by_their_short_axis(short_axis: float, role: SuggestedRole) -> None:
    answer = measurability(nodal=True, short_axis_mm=short_axis, long_axis_mm=40)
    assert answer.role is role


def test_a_node_on_thick_slices_is_told_but_not_refused() -> None:
    facts: dict[str, Any] = {"nodal": True, "slice_thickness_mm": 8}
    assert measurability(**facts, short_axis_mm=15.9).warning
    assert not measurability(**facts, short_axis_mm=16).warning


def test_a_trial_may_refuse_nodes_on_thick_slices() -> None:
    strict = Protocol(thick_slices_raise_node_floor=True)
    facts: dict[str, Any] = {"nodal": True, "slice_thickness_mm": 8}
    assert not measurability(**facts, short_axis_mm=15.9, protocol=strict).measurable
    assert measurability(**facts, short_axis_mm=16, protocol=strict).measurable


def test_the_ct_of_pet_ct_measures_if_it_is_of_diagnostic_quality() -> None:
    answer = measurability(modality="PET/CT", long_axis_mm=20)
    assert answer.measurable
    assert "diagnostic" in answer.warning


def test_the_floors_are_the_protocols() -> None:
    lenient = Protocol.model_validate({"min_long_axis_mm": 8})
    assert measurability(long_axis_mm=8, protocol=lenient).measurable


@pytest.mark.parametrize(
    ("organs", "violations"),
    [
        (["liver", "liver", "lung", "lung", "lymph node"], ()),
        (["liver", "liver", "liver"], ("more than 2 in liver",)),
        (["lung (left)", "lung (right)", "right lung"], ("more than 2 in lung",)),
        (["kidney, left", "kidney, right", "kidneys"], ("more than 2 in kidney",)),
        (
            ["axillary lymph node", "lymph node (portal)", "inguinal nodes"],
            ("more than 2 in lymph node",),
        ),
        (["liver (left lobe)", "liver (right lobe)", "spleen"], ()),
        (["lung", "lung", "pleura", "pleura"], ()),
        (["a", "b", "c", "d", "e"], ()),
        (["a", "b", "c", "d", "e", "f"], ("more than 5 in total",)),
        (
            ["a", "a", "a", "d", "e", "f"],
            ("more than 5 in total", "more than 2 in a"),
        ),
        ([], ()),
    ],
)
def test_at_most_five_targets_and_two_in_an_organ(
    organs: list[str], violations: tuple[str, ...]
) -> None:
    answer = selection(organs)
    assert answer.violations == violations
    assert answer.valid is not bool(violations)


def test_a_liver_only_read_may_have_five_liver_targets() -> None:
    protocol = Protocol(max_liver_targets=5)
    assert selection(["liver"] * 5, protocol).valid
    assert not selection(["lung"] * 3, protocol).valid


def test_words_of_side_alone_are_kept() -> None:
    assert organ_group("(left)") == "(left)"


class TestBaselineMessages:
    def test_a_conforming_baseline_gives_none(self) -> None:
        lesions = "T1 liver, N1, X1 bone, NN1"
        node = {"state": "present", "short_axis_mm": 10}
        start = {"T1": 10, "N1": 15, "X1": "present", "NN1": node}
        assert codes(lesions, start) == set()

    @pytest.mark.parametrize(
        ("lesions", "start", "code"),
        [
            ("T1 liver", {"T1": 9.9}, "target-not-measurable"),
            ("T1 liver", {"T1": "too_small"}, "target-not-measurable"),
            ("N1", {"N1": 14.9}, "target-not-measurable"),
            ("T1", {"T1": {"state": "split", "parts_mm": [9, 9]}}, "target-in-parts"),
            ("X1 lung", {"X1": "absent"}, "non-target-absent-at-baseline"),
            (
                "NN1",
                {"NN1": {"state": "present", "short_axis_mm": 9.9}},
                "normal-node-recorded",
            ),
            ("T1 liver", {"T1": 30, "day": -29}, "baseline-too-early"),
            ("T1 liver", {"T1": 30, "day": 1}, "baseline-after-start"),
            (
                "T1 liver, T2 liver, T3 liver",
                {"T1": 30, "T2": 30, "T3": 30},
                "target-selection",
            ),
        ],
    )
    def test_what_does_not_conform_is_a_warning_and_no_block(
        self, lesions: str, start: dict[str, Any], code: str
    ) -> None:
        [message] = assess(findings(lesions, start)).messages
        assert (message.code, message.level) == (code, "warning")

    @pytest.mark.parametrize("day", [-28, 0])
    def test_four_weeks_before_the_start_conform(self, day: int) -> None:
        assert codes("T1 liver", {"T1": 30, "day": day}) == set()

    @pytest.mark.parametrize(("day", "early"), [(0, True), (1, False)])
    def test_a_visit_before_the_start_is_told(self, day: int, early: bool) -> None:
        found = codes("T1 liver", {"T1": 30}, {"T1": 30, "day": day})
        assert found == ({"visit-before-start"} if early else set())

    def test_thick_slices_raise_the_floor_of_a_target(self) -> None:
        lesion = {"id": "T1", "role": "target", "organ": "liver"}
        read = findings("T1 liver", {"T1": 15})
        for thickness, conforms in ((7.5, True), (8, False)):
            lesions = [lesion | {"slice_thickness_mm": thickness}]
            messages = assess(read.replaced(lesions=lesions)).messages
            assert (not messages) is conforms

    def test_a_node_on_thick_slices_is_told(self) -> None:
        node = {"id": "N1", "role": "target", "organ": "lymph node"}
        read = findings("N1", {"N1": 15})
        lesions = [node | {"slice_thickness_mm": 8}]
        [message] = assess(read.replaced(lesions=lesions)).messages
        assert message.code == "target-measurability"

    def test_the_protocol_sets_the_limits(self) -> None:
        read = findings("T1 liver, T2 liver, T3 liver", {"T1": 9, "T2": 30, "T3": 30})
        lenient = Protocol.model_validate(
            {"max_liver_targets": 5, "min_long_axis_mm": 5}
        )
        assert len(assess(read).messages) == 2
        assert assess(read, lenient).messages == ()

    @pytest.mark.parametrize("criteria", ["EORTC PET", "PERCIST", "RECIST 1.1"])
    def test_where_uptake_alone_counts_no_length_of_a_pet_is_asked_for(
        self, criteria: str
    ) -> None:
        lesion = {"id": "T1", "role": "target", "organ": "muscle", "modality": "PT"}
        read = findings("T1", {"T1": 30}, criteria=criteria)
        messages = assess(read.replaced(lesions=[lesion])).messages
        told = "target-not-measurable" in {one.code for one in messages}
        assert told is (criteria == "RECIST 1.1")
