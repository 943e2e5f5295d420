"""The contrast phase by aorta and liver: a second opinion, with its own reason."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recist_tool.app.phase_opinion import with_pixel_phase
from recist_tool.cli import main
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.phase import Phase
from recist_tool.dicom.scan.pixel_phase import phase_of_enhancement, phase_of_pixels
from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.series import second_opinion, seconded
from recist_tool.measure.organs.enhancement import Enhancement, enhancement
from recist_tool.phantom import SAMPLE_PATIENTS
from tests.dicom.series_files import Files
from tests.measure.torso import PHASES, Torso

IMAGES = os.environ.get("RECIST_REAL_IMAGES")
TRUNKS = int(os.environ.get("RECIST_TRUNKS", "3"))
"""Random trunks of each phase; more of them at night."""


def torso(phase, **changes):
    aorta, vein, liver = PHASES[phase]
    return Torso(aorta_hu=aorta, vein_hu=vein, liver_hu=liver, **changes)


def random_torso(phase, seed):
    chance = np.random.default_rng(seed)
    return torso(
        phase,
        aorta_mm=chance.uniform(8.5, 14),
        aorta_x=chance.uniform(4, 24),
        aorta_y=chance.uniform(-40, -28),
        liver_mm=tuple(chance.uniform((50, 60, 65), (70, 75, 95))),
        size=chance.uniform(0.85, 1.05),
        noise_hu=chance.uniform(5, 30),
        spacing_mm=(chance.choice([2.5, 5.0, 8.0]), 2.0, 2.0),
        slices=int(chance.integers(40, 60)),
        is_turned=bool(chance.integers(2)),
        seed=seed,
    )


@pytest.mark.parametrize("phase", PHASES)
def test_random_trunks_are_seen_in_their_phase_or_not_named(phase):
    named = []
    for seed in range(TRUNKS):
        found = phase_of_pixels(random_torso(phase, seed).volume())
        assert found.name in (phase, ""), (seed, found)
        named.append(found.name)
    assert named.count("") <= len(named) / 4


def test_aorta_and_liver_have_the_hu_that_were_painted():
    found = enhancement(torso("portal venous").volume())
    assert found.aorta_hu == pytest.approx(158, abs=5)
    assert found.liver_hu == pytest.approx(112, abs=3)


def test_the_same_body_says_the_same_whichever_way_its_axes_run():
    one, other = (torso("arterial", is_turned=turned) for turned in (False, True))
    assert phase_of_pixels(one.volume()).name == "arterial"
    assert phase_of_pixels(other.volume()).name == "arterial"


def test_without_either_organ_nothing_is_told():
    legs = Torso(has_liver=False).volume()
    soft = np.where(legs.voxels > 60, 55, legs.voxels).astype(np.int16)
    for voxels in (soft, np.full_like(soft, -1000)):
        found = phase_of_pixels(replace(legs, voxels=voxels))
        assert found == Phase("", "cannot tell: no spine was found")
    short = Torso(slices=4).volume()
    assert phase_of_pixels(short).name == ""


def test_no_ct_in_hu_tells_a_phase():
    volume = Torso(slices=8).volume()
    assert "no CT" in phase_of_pixels(replace(volume, modality="MR")).reason
    assert phase_of_pixels(replace(volume, units="stored value")).name == ""
    uneven = replace(volume, slice_spacing_mm=None)
    assert phase_of_pixels(uneven).reason.startswith("cannot tell: ")


@pytest.mark.parametrize(
    ("aorta_hu", "liver_hu", "phase"),
    [
        (40, 58, "native"),
        (376, 80, "arterial"),  # Goshima 2006: 40 + 336, 55 + 25
        (340, 70, "arterial"),
        (165, 118, "portal venous"),  # 40 + 125, 55 + 63
        (157, 114, "portal venous"),
        (100, 95, "delayed"),
        (300, None, "arterial"),
        (45, None, ""),  # a vein has no more in the arterial phase
        (160, None, ""),
        (None, 110, ""),
        (160, 76, ""),  # between arterial and portal venous
        (121, 110, ""),  # between portal venous and delayed
        (50, 110, ""),  # no aorta has so little where the liver has so much
    ],
)
def test_hu_of_two_organs_speak_for_one_phase_or_for_none(aorta_hu, liver_hu, phase):
    found = phase_of_enhancement(Enhancement(aorta_hu, liver_hu))
    assert found.name == phase
    assert found.reason.startswith("cannot tell") == (phase == "")


def test_brighter_aortas_are_never_seen_in_a_later_phase():
    order = ["native", "delayed", "portal venous", "arterial"]
    for liver_hu in range(30, 140, 10):
        names = [
            phase_of_enhancement(Enhancement(aorta_hu, liver_hu)).name
            for aorta_hu in range(30, 500, 5)
        ]
        places = [order.index(name) for name in names if name]
        assert places == sorted(places)


def test_the_phantom_is_portal_venous(phantoms):
    folder = phantoms.folder_of(SAMPLE_PATIENTS[0])
    series = next(one for one in scan([folder]).series if one.modality == "CT")
    found = with_pixel_phase(series)
    assert found.pixel_phase is not None
    assert found.pixel_phase.name == "portal venous"


def test_words_stand_beside_what_the_pixels_say(tmp_path):
    Files().tagged(SeriesDescription="Abdomen art. 3.0").write(tmp_path)
    (series,) = scan([tmp_path]).series
    other = seconded(series, Phase("portal venous", "aorta 155 HU, liver 110 HU"))
    assert (other.phase, other.phase_reason) == (series.phase, series.phase_reason)
    assert second_opinion(other) == (
        "its pixels speak for portal venous (aorta 155 HU, liver 110 HU), but it is "
        "arterial: said by the series description"
    )
    same = seconded(series, Phase("arterial", "aorta 300 HU, liver 70 HU"))
    assert second_opinion(same).endswith("liver 70 HU), too")
    assert second_opinion(series) == ""


def test_where_words_say_nothing_the_pixels_propose(tmp_path):
    Files().tagged(SeriesDescription="Abdomen 3.0").write(tmp_path)
    (series,) = scan([tmp_path]).series
    found = seconded(series, Phase("arterial", "aorta 300 HU, liver 70 HU"))
    assert found.phase == "arterial"
    assert found.phase_reason == "proposed by its pixels: aorta 300 HU, liver 70 HU"
    assert "nothing else says its phase" in second_opinion(found)
    doubtful = seconded(series, Phase("", "cannot tell: no spine was found"))
    assert (doubtful.phase, second_opinion(doubtful)) == (
        "",
        "of its phase the pixels cannot tell: no spine was found",
    )


def test_a_scan_asks_the_pixels_only_where_it_is_told_to(phantoms, capsys):
    folder = str(phantoms.folder_of(SAMPLE_PATIENTS[0]) / "BL" / "CT")
    assert main(["scan", folder, "--json"]) == 0
    (series,) = json.loads(capsys.readouterr().out)["series"]
    assert "pixel_phase" not in series
    assert main(["scan", folder, "--json", "--pixels"]) == 0
    (series,) = json.loads(capsys.readouterr().out)["series"]
    assert series["pixel_phase"] == "portal venous"
    assert series["pixel_phase_reason"].startswith("aorta 1")
    assert main(["scan", folder, "--pixels"]) == 0
    assert "its pixels speak for portal venous" in capsys.readouterr().out


@pytest.mark.skipif(not IMAGES, reason="RECIST_REAL_IMAGES is not set")
@pytest.mark.parametrize(
    ("name", "phase", "aorta_hu", "liver_hu"),
    [
        ("ct_liver_crlm_1004", "portal venous", 135, 119),
        # by the medians in the masks of TotalSegmentator: 151 and 93
        ("ct_liver_totalseg/example_ct_dicom", "portal venous", 151, 93),
        ("ct_lung_lidc_0001", "arterial", 410, None),
        ("ct_liver_dcmqi/ct-3slice", "", None, None),  # three slices
        ("petct_sts_003", "", None, None),  # a thigh
    ],
)
def test_real_series_are_seen_in_their_phase(name, phase, aorta_hu, liver_hu):
    folder = Path(IMAGES or "") / name
    series = next(one for one in scan([folder]).series if one.modality == "CT")
    volume = load(series)
    assert phase_of_pixels(volume).name == phase
    found = enhancement(volume)
    assert found.aorta_hu == (aorta_hu and pytest.approx(aorta_hu, abs=8))
    assert found.liver_hu == (liver_hu and pytest.approx(liver_hu, abs=8))
