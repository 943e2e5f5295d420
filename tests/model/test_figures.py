"""A figure of a finding is declared once: typed and drawn have it, files keep it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from recist_tool.model.commands import AddLesion, RecordFinding
from recist_tool.model.figures import Figures
from recist_tool.model.finding import (
    Finding,
    Measured,
    NewLesionSeen,
    NonTargetSeen,
    Split,
)
from recist_tool.model.findings import (
    MeasuredTarget,
    NewLesionFinding,
    NonTargetFinding,
    SplitTarget,
)
from recist_tool.model.read_findings import findings_of
from recist_tool.terms import LesionRole
from tests.builders import caliper, case, lesion

PAIRS = [
    (Measured, MeasuredTarget),
    (Split, SplitTarget),
    (NonTargetSeen, NonTargetFinding),
    (NewLesionSeen, NewLesionFinding),
]
OTHER_DEFAULTS = {"evidence", "region_imaged_at_baseline"}
"""Where nothing is said, a drawn lesion was seen on CT; of a typed one nobody knows."""


def shared_by(drawn: type[Figures], typed: type[Figures]) -> set[str]:
    """Return the fields that both inherit from one home."""
    homes = [one for one in drawn.__mro__ if issubclass(one, Figures)]
    return {
        name for one in homes if issubclass(typed, one) for name in one.model_fields
    }


@pytest.mark.parametrize(("drawn", "typed"), PAIRS)
def test_no_field_of_a_finding_has_two_homes(drawn, typed):
    alike = set(drawn.model_fields) & set(typed.model_fields)
    shared = shared_by(drawn, typed)
    assert shared
    # `kind` is the discriminator of a drawn finding, and how a typed one is followed
    assert alike - shared - OTHER_DEFAULTS - {"kind"} == set()


VALUES: dict[str, Any] = {
    "merged_with": ["T9"],
    "viable_mm": 12.5,
    "hu_mean": 61.2,
    "intratumoral_nodule": True,
    "volume_ml": 8.25,
    "change_since_last": "increased",
    "status": "equivocal",
    "change": "increased",
    "enhancement": "typical",
    "cytology_positive": False,
    "note": "segment 4",
    "scan_date": "2024-05-06",
}
SIZE = caliper(20, 11).model_dump(mode="json")
DRAWN = {
    Measured: {"kind": "measured", "caliper": SIZE},
    Split: {"kind": "split", "parts": [SIZE, SIZE]},
    NonTargetSeen: {"kind": "non_target", "caliper": SIZE},
    NewLesionSeen: {"kind": "new_lesion"},
}
ROLES = {
    Measured: LesionRole.TARGET,
    Split: LesionRole.TARGET,
    NonTargetSeen: LesionRole.NON_TARGET,
    NewLesionSeen: LesionRole.NEW,
}


def typed_of(finding):
    """Return what the criteria see of a drawn finding at the first follow-up."""
    role, start = ROLES[type(finding)], case()
    first_seen = "TP1" if role is LesionRole.NEW else None
    for name in ("T1", "T9"):
        one = lesion(name, role=role, first_seen=first_seen)
        start = AddLesion(reader_id="reader", lesion=one).apply(start)
    record = RecordFinding(
        reader_id="reader", lesion_id="T1", timepoint_id="TP1", finding=finding
    )
    found = findings_of(record.apply(start), "reader")
    assert found is not None
    visit = found.timepoints[-1]
    return visit.target.get("T1") or visit.nontarget.get("T1") or visit.new[0]


@pytest.mark.parametrize(("drawn", "typed"), PAIRS)
def test_every_shared_figure_is_kept_in_files_and_reaches_the_criteria(drawn, typed):
    said = {name: VALUES[name] for name in shared_by(drawn, typed)}
    text = json.dumps(DRAWN[drawn] | said)
    finding = TypeAdapter(Finding).validate_json(text)
    assert json.loads(finding.model_dump_json()).items() >= said.items()
    seen = typed_of(finding)
    assert isinstance(seen, typed)
    assert json.loads(seen.model_dump_json()).items() >= said.items()


def test_files_have_the_fields_in_the_order_that_they_always_had():
    text = {
        kind: list(
            json.loads(TypeAdapter(Finding).validate_python(one).model_dump_json())
        )
        for kind, one in DRAWN.items()
        if kind is not NewLesionSeen
    }
    assert text == {
        Measured: ["kind", "caliper", "merged_with", "viable_mm", "hu_mean",
                   "intratumoral_nodule", "volume_ml"],
        Split: ["kind", "parts"],
        NonTargetSeen: ["kind", "status", "caliper", "change_since_last"],
    }  # fmt: skip
    seen = NewLesionSeen.model_validate({"kind": "new_lesion", "status": "definite"})
    assert list(json.loads(seen.model_dump_json())) == [
        "kind", "status", "caliper", "evidence", "region_imaged_at_baseline",
        "followed_as", "change", "enhancement", "cytology_positive",
    ]  # fmt: skip


@pytest.mark.parametrize(("drawn", "typed"), PAIRS)
def test_the_schema_describes_inherited_fields(drawn, typed):
    for kind in (drawn, typed):
        described = kind.model_json_schema()["description"]
        for name in shared_by(drawn, typed) - {"status", "note"}:
            assert f"\n{name}\n" in described
