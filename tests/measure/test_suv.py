"""SUV from numbers: the branches that the worked cases leave out, and refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import SuvRefused
from recist_tool.measure.pet.nuclides import NUCLIDES, nuclide_named
from recist_tool.measure.pet.suv import (
    LeanBodyMass,
    PetFacts,
    lean_body_mass_kg,
    suv_factors,
    suv_scales,
    suvbw_factor,
)
from recist_tool.terms import SuvUnit

HALF_LIFE_S = 6586.2
NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
FACTS = PetFacts(
    units="BQML",
    corrections=("ATTN", "DECY"),
    decay_correction="START",
    half_life_s=HALF_LIFE_S,
    total_dose_bq=370e6,
    injected_at=NOON - timedelta(hours=1),
    series_at=NOON,
    acquired_at=NOON,
    weight_kg=70.0,
    height_m=1.75,
    sex="M",
)
FIRST_DAY = datetime(1, 1, 1, 12, tzinfo=UTC)
UNDECAYED = 70_000 / 370e6


def but(**changes):
    return replace(FACTS, **changes)


def waited_s(facts):
    """Return the decay time that a factor stands for."""
    import math

    return math.log2(suvbw_factor(facts) / UNDECAYED) * HALF_LIFE_S


def test_the_dose_decays_from_injection_to_the_series():
    assert waited_s(FACTS) == pytest.approx(3600)


def test_pixels_corrected_to_administration_need_no_decay_and_no_times():
    facts = but(
        decay_correction="ADMIN", injected_at=None, series_at=None, half_life_s=None
    )
    assert suvbw_factor(facts) == pytest.approx(UNDECAYED)


def test_a_time_of_day_after_the_scan_was_the_day_before():
    facts = but(injected_at=None, injected_time=time(23, 30))
    early = replace(facts, series_at=datetime(2024, 1, 2, 0, 30, tzinfo=UTC))
    assert waited_s(early) == pytest.approx(3600)


def test_the_full_injection_time_wins_over_the_time_of_day():
    assert waited_s(but(injected_time=time(3))) == pytest.approx(3600)


def test_ge_private_scan_time_is_used_where_the_series_was_made_later():
    facts = but(
        series_at=NOON + timedelta(hours=5),
        ge_scan_at=NOON + timedelta(seconds=60),
        frame_reference_s=1.0,
        frame_duration_s=120.0,
    )
    assert waited_s(facts) == pytest.approx(3660)


def test_counts_with_both_philips_factors_use_the_one_to_suv():
    facts = but(units="CNTS", philips_suv_scale=5e-4, philips_activity_scale=1.6)
    assert suvbw_factor(facts) == 5e-4


def test_counts_with_the_activity_factor_alone_become_activity_first():
    facts = but(units="CNTS", philips_suv_scale=0.0, philips_activity_scale=1.6)
    assert suvbw_factor(facts) == pytest.approx(1.6 * suvbw_factor(FACTS))


def test_counts_need_neither_weight_nor_dose_where_the_factor_to_suv_is_there():
    facts = PetFacts(units="CNTS", philips_suv_scale=5e-4)
    assert suvbw_factor(facts) == 5e-4


def test_private_factors_are_ignored_where_pixels_are_activity():
    facts = but(philips_suv_scale=5e-4, philips_activity_scale=1.6)
    assert suvbw_factor(facts) == suvbw_factor(FACTS)


@pytest.mark.parametrize(
    ("units", "kind", "of_one"),
    [
        ("GML", "", 1.0),
        ("GML", "BW", 1.0),
        ("GML", "LBMJANMA", 70 / 55.857107722577474),
        ("GML", "LBMJAMES128", 70 / (77 - 128 * 0.16)),
        ("GML", "LBM", 70 / (77 - 120 * 0.16)),
        ("GML", "IBW", 70 / (48 + 1.06 * 23)),
        ("CM2ML", "", 70e3 / 18480.80),
        ("CM2ML", "BSA", 70e3 / 18480.80),
    ],
)
def test_suv_of_another_kind_becomes_suv_by_body_weight(units, kind, of_one):
    factor = suvbw_factor(but(units=units, suv_type=kind))
    assert factor == pytest.approx(of_one, rel=1e-4)


def test_suv_by_lean_mass_already_needs_no_second_normalisation():
    factors = suv_factors(but(units="GML", suv_type="LBMJANMA"))
    assert factors.sul_factor == pytest.approx(1.0)


def test_sul_is_suvbw_by_lean_mass_over_weight():
    scales = {one.unit: one for one in suv_scales(FACTS)}
    assert scales[SuvUnit.LEAN_JAMES].per_suvbw == pytest.approx((77 - 128 * 0.16) / 70)


def test_without_a_sex_there_is_suvbw_and_the_reason_why_no_sul():
    factors = suv_factors(but(sex=""))
    assert factors.suvbw_factor == pytest.approx(suvbw_factor(FACTS))
    assert factors.sul_factor is None
    assert "PatientSex (0010,0040) is none of M, F and O" in factors.method


def test_of_sex_o_lean_mass_and_ideal_weight_are_the_means_of_both():
    male, female, other = (
        {one.unit: one.per_suvbw for one in suv_scales(but(sex=sex))} for sex in "MFO"
    )
    for unit in (SuvUnit.LEAN_JANMAHASATIAN, SuvUnit.LEAN_JAMES, SuvUnit.IDEAL_WEIGHT):
        assert other[unit] == pytest.approx((male[unit] + female[unit]) / 2)
    # by hand: Janmahasatian 9270 * 70 / (6680 + 216 BMI) and (8780 + 244 BMI)
    bmi = 70 / 1.75**2
    lean = (648_900 / (6680 + 216 * bmi) + 648_900 / (8780 + 244 * bmi)) / 2
    assert other[SuvUnit.LEAN_JANMAHASATIAN] == pytest.approx(lean / 70)
    assert "the mean of both sexes" in suv_factors(but(sex="O")).method


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        (370.0, "(entered in MBq?)"),
        (370_000.0, "(entered in kBq?)"),
        (1_999_999.0, "(entered in kBq?)"),
        (1.0001e10, "is implausible"),
        (1.5, "is implausible"),
    ],
)
def test_a_dose_in_another_unit_is_refused_and_the_unit_asked(dose, said):
    with pytest.raises(SuvRefused) as refused:
        suvbw_factor(but(total_dose_bq=dose))
    assert str(refused.value).endswith(said) or said in str(refused.value)


def test_a_small_dose_of_a_child_is_one():
    assert suvbw_factor(but(total_dose_bq=10e6)) > 0


F18, GA68 = (next(n for n in NUCLIDES if n.name == name) for name in ("F-18", "Ga-68"))


def test_a_half_life_of_another_nuclide_than_the_code_is_refused():
    with pytest.raises(SuvRefused, match=r"4062 is that of Ga-68, though .* says F-18"):
        suvbw_factor(but(half_life_s=4062, nuclide=F18))
    assert suvbw_factor(but(half_life_s=4062, nuclide=GA68)) > 0
    assert suvbw_factor(but(half_life_s=6588, nuclide=F18)) > 0  # rounded
    stated = but(half_life_s=7000, nuclide=F18, is_half_life_stated=True)
    assert suvbw_factor(stated) > 0


@pytest.mark.parametrize("waited_min", [1, 20, 60])
@pytest.mark.parametrize(
    "name", ["C-11", "N-13", "O-15", "F-18", "Cu-64", "Ga-68", "Zr-89", "I-124"]
)
def test_a_half_life_in_minutes_is_refused_however_soon_the_scan(name, waited_min):
    found = next(one for one in NUCLIDES if one.name == name)
    facts = but(
        half_life_s=round(found.half_life_s / 60, 2),
        injected_at=NOON - timedelta(minutes=waited_min),
    )
    for named in (None, found):
        with pytest.raises(SuvRefused, match="0018,1075"):
            suvbw_factor(replace(facts, nuclide=named))


def test_no_two_names_or_codes_of_nuclides_are_one():
    codes = [code for one in NUCLIDES for code in one.codes]
    assert len(set(codes)) == len(codes)
    assert len({one.name for one in NUCLIDES}) == len(NUCLIDES)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("FDG", "F-18"),
        ("F18-FDG", "F-18"),
        ("[18F]PSMA-1007", "F-18"),
        ("^18^Fluorodeoxyglucose", "F-18"),
        ("68Ga-DOTATATE", "Ga-68"),
        ("Gallium", None),
        ("PSMA-11", None),
        ("", None),
    ],
)
def test_a_drug_names_its_nuclide(text, name):
    found = nuclide_named(text)
    assert (found and found.name) == name


def frames(start, **changes):
    """Return facts of a frame of 2 minutes whose reference time counts from a start."""
    constant = np.log(2) / HALF_LIFE_S
    mean = np.log(constant * 120 / -np.expm1(-constant * 120)) / constant
    reference = (NOON - start).total_seconds() + mean
    return but(frame_duration_s=120.0, frame_reference_s=reference, **changes)


def test_the_start_that_frames_count_from_wins_over_an_early_series():
    early = NOON - timedelta(minutes=12)
    facts = frames(NOON, series_at=early)
    assert waited_s(facts) == pytest.approx(3600, abs=0.1)
    assert "though SeriesTime (0008,0031) says 11:48:00" in suv_factors(facts).method
    ge = replace(facts, ge_scan_at=NOON)
    assert waited_s(ge) == pytest.approx(3600)
    assert "(0009,100D), though SeriesTime" in suv_factors(ge).method


def test_frames_that_count_from_the_series_confirm_it():
    early = NOON - timedelta(minutes=12)  # the first bed is not among the files
    facts = frames(early, series_at=early)
    assert waited_s(facts) == pytest.approx(3600 - 720)
    assert suv_factors(facts).method.startswith("dose decayed by 2880.0 s to the time")


def test_times_of_the_start_that_agree_with_none_are_refused():
    facts = frames(
        NOON - timedelta(minutes=6),
        series_at=NOON - timedelta(minutes=12),
        ge_scan_at=NOON - timedelta(minutes=1),
    )
    with pytest.raises(SuvRefused, match="began at 11:48:00, FrameReferenceTime"):
        suvbw_factor(facts)


def test_the_method_says_how_the_factor_came_about():
    assert suv_factors(FACTS).method == (
        "dose decayed by 3600.0 s to the time of the series; SUL by Janmahasatian"
    )


@pytest.mark.parametrize(
    ("changes", "tag"),
    [
        ({"units": "PROPCPS"}, "0054,1001"),
        ({"units": ""}, "0054,1001"),
        ({"corrections": None}, "0028,0051"),
        ({"corrections": ("DECY",)}, "0028,0051"),
        ({"corrections": ("ATTN",)}, "0028,0051"),
        ({"decay_correction": "NONE"}, "0028,0051"),
        ({"decay_correction": ""}, "0054,1102"),
        ({"half_life_s": None}, "0018,1075"),
        ({"half_life_s": 0.0}, "0018,1075"),
        ({"total_dose_bq": None}, "0018,1074"),
        ({"total_dose_bq": 370.0}, "0018,1074"),
        ({"injected_at": None}, "0018,1078"),
        ({"injected_at": NOON + timedelta(minutes=1)}, "0018,1078"),
        ({"injected_at": NOON - timedelta(hours=24, seconds=1)}, "0018,1078"),
        ({"series_at": None, "acquired_at": None}, "0008,0031"),
        ({"weight_kg": None}, "0010,1030"),
        ({"weight_kg": 70_000.0}, "0010,1030"),
        ({"units": "CNTS"}, "7053,1000"),
        ({"units": "GML", "suv_type": "LBM", "height_m": None}, "0010,1020"),
        ({"units": "GML", "suv_type": "LBM", "height_m": 175.0}, "0010,1020"),
        ({"units": "GML", "suv_type": "XYZ"}, "0054,1006"),
    ],
)
def test_what_is_missing_or_contradictory_is_refused_by_its_tag(changes, tag):
    with pytest.raises(SuvRefused, match=tag):
        suvbw_factor(but(**changes))


def test_a_wait_of_exactly_a_day_is_allowed():
    assert waited_s(but(injected_at=NOON - timedelta(hours=24))) == pytest.approx(86400)


@pytest.mark.parametrize("half_life", [1.8295, 109.77, 1e-300])
def test_a_half_life_in_minutes_or_hours_is_refused(half_life):
    with pytest.raises(SuvRefused, match="0018,1075"):
        suvbw_factor(but(half_life_s=half_life))


def test_surface_units_with_a_type_by_weight_are_refused():
    with pytest.raises(SuvRefused, match="0054,1006"):
        suvbw_factor(but(units="CM2ML", suv_type="BW"))


@pytest.mark.parametrize(
    "changes",
    [
        {"series_at": None, "frame_reference_s": 1e25, "frame_duration_s": 1.0},
        {"injected_at": None, "injected_time": time(23), "series_at": FIRST_DAY},
    ],
)
def test_numbers_beyond_computing_are_refused(changes):
    with pytest.raises(SuvRefused, match="beyond"):
        suvbw_factor(but(**changes))


def test_a_series_made_days_later_does_not_move_the_day_of_injection():
    acquired = datetime(2024, 1, 2, 0, 30, tzinfo=UTC)
    facts = but(
        injected_at=None,
        injected_time=time(23, 30),
        series_at=acquired + timedelta(days=5),
        acquired_at=acquired,
    )
    assert waited_s(facts) == pytest.approx(3600)


def test_a_long_lived_nuclide_may_be_imaged_days_later():
    facts = but(half_life_s=78.4 * 3600, injected_at=NOON - timedelta(days=6))
    assert suvbw_factor(facts) == pytest.approx(UNDECAYED * 2 ** (144 / 78.4))


@pytest.mark.parametrize(
    ("changes", "tag"),
    [({"frame_duration_s": None}, "0018,1242"), ({"acquired_at": None}, "0008,0032")],
)
def test_an_image_without_decay_correction_needs_its_own_times(changes, tag):
    facts = but(corrections=("ATTN",), decay_correction="NONE", frame_duration_s=180.0)
    with pytest.raises(SuvRefused, match=tag):
        suvbw_factor(replace(facts, **changes))


def test_all_that_is_missing_is_said_at_once():
    with pytest.raises(SuvRefused) as caught:
        suvbw_factor(but(weight_kg=None, total_dose_bq=None, half_life_s=None))
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("sex", ["M", "F"])
def test_a_child_has_no_ideal_weight(sex):
    scales = {one.unit: one for one in suv_scales(but(height_m=1.05, sex=sex))}
    assert scales[SuvUnit.IDEAL_WEIGHT].per_suvbw is None
    assert "0010,1020" in scales[SuvUnit.IDEAL_WEIGHT].refused
    with pytest.raises(SuvRefused, match="0010,1020"):
        suvbw_factor(but(units="GML", suv_type="IBW", height_m=1.05, sex=sex))


def test_a_body_beyond_the_formula_of_james_is_refused():
    with pytest.raises(SuvRefused, match="beyond the formula of James"):
        lean_body_mass_kg(300, 1.5, "F", LeanBodyMass.JAMES)


@given(st.floats(13, 60), st.floats(1.4, 2.1), st.sampled_from("MF"))
def test_lean_mass_lies_between_nothing_and_the_weight(bmi, height_m, sex):
    weight_kg = bmi * height_m**2
    assert 0 < lean_body_mass_kg(weight_kg, height_m, sex) < weight_kg


@given(st.floats(0, 20), st.floats(0, 20))
def test_the_longer_the_wait_the_larger_the_factor(hours, more):
    early = but(injected_at=NOON - timedelta(hours=hours))
    late = but(injected_at=NOON - timedelta(hours=min(24, hours + more)))
    assert suvbw_factor(late) >= suvbw_factor(early)
