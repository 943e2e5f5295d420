"""``recist find``: a lesion from a point, the others like it, and what was cut off."""

from __future__ import annotations

import json

import numpy as np
import pytest

from recist_tool.cli import main
from recist_tool.phantom import SMALL_PATIENT
from tests.phantoms import two_hot_lesions

T1, T2 = SMALL_PATIENT.lesions[:2]


def at(spec):
    return ",".join(map(str, spec.center_lps))


@pytest.fixture
def ct(phantoms):
    return str(phantoms.folder_of(SMALL_PATIENT) / "BL" / "CT")


@pytest.fixture
def pet(phantoms):
    return str(phantoms.folder_of(two_hot_lesions()) / "BL" / "PT")


def found(capsys, *words):
    assert main(["find", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_from_one_point_come_the_lesion_the_others_and_their_burden(ct, capsys):
    answer = found(capsys, ct, "--at", at(T1), "--others")
    assert answer["units"] == "HU"
    assert answer["lesion"]["long_axis_mm"] == pytest.approx(62, abs=4)
    middles = [
        np.mean(one["long_axis_lps"], axis=0).tolist() for one in answer["others"]
    ]
    assert min(np.linalg.norm(np.subtract(one, T2.center_lps)) for one in middles) < 15
    lesions = [answer["lesion"], *answer["others"]]
    burden = answer["burden"]
    assert burden["lesions"] == len(lesions)
    total_ml = sum(one["volume_ml"] for one in lesions)
    assert burden["volume_ml"] == pytest.approx(total_ml)
    share = 100 * total_ml / burden["organ_ml"]
    assert burden["percent_of_organ"] == pytest.approx(share, rel=0.02)


def test_what_was_cut_off_is_told_to_scripts_and_people(pet, capsys):
    cool = two_hot_lesions().lesions[0]
    answer = found(capsys, pet, "--at", at(cool))
    assert answer["lesion"]["method"] == "share_of_maximum"
    assert answer["lesion"]["cut_ml"] > 5
    assert answer["lesion"]["parameters"]["cut_voxels"] > 0
    assert "others" not in answer
    assert main(["find", pet, "--at", at(cool)]) == 0
    told = capsys.readouterr().out
    assert f"{answer['lesion']['cut_ml']:.1f} ml beside it were cut off" in told


def test_the_border_is_that_which_was_asked_for(pet, capsys):
    hot = two_hot_lesions().lesions[1]
    half, fixed, lean = (
        found(capsys, pet, "--at", at(hot), "--uptake-border", *border)["lesion"]
        for border in (["50%"], ["SUV 20"], ["percist", "--percist-sul", "15"])
    )
    assert half["parameters"]["share"] == 0.5
    assert fixed["parameters"]["threshold"] == 20
    assert lean["method"] == "percist_liver_threshold"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--at", "1,2"], 2, "is not x,y,z"),
        (["--at", "0,0,900"], 1, "above or below the images"),
        (["--at", "-66,-8,25", "--uptake-border", "half"], 2, "a border of uptake is"),
        (["--at", "-66,-8,25", "--uptake-border", "percist"], 1, "liver's SUL"),
        (["--at", "-66,-8,25", "--others"], 1, "a CT of regular slices only"),
    ],
)
def test_what_cannot_be_found_is_refused_in_a_line(pet, capsys, words, status, told):
    assert main(["find", pet, *words]) == status
    error = capsys.readouterr().err
    assert told in " ".join(error.replace("│", " ").split())
    assert "Traceback" not in error
