"""Values that a reader lets stand for missing or wrong tags of a PET."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from pydantic import ValidationError

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.series import (
    as_remembered,
    proposed_dose,
    with_proposed_dose,
)
from recist_tool.errors import CommandRefused, SuvRefused
from recist_tool.model.case import Case, Read, SeriesReference, Timepoint
from recist_tool.model.commands import (
    LockTimepoint,
    OverrideSuv,
    PlaceSeries,
    WithdrawSuvOverride,
)
from recist_tool.model.suv_override import SuvOverride
from recist_tool.terms import SeriesRole, SuvUnit
from tests.dicom.enhanced_files import item_of
from tests.dicom.series_files import pet

DAY = datetime.date(2024, 1, 2)


def only(folder):
    (series,) = scan([folder]).series
    return series


def case_of(series, **override):
    case = Case(case_uid="1.2", subject_id="S")
    if not override:
        return case
    uid = series.series_instance_uid
    given = SuvOverride(series_instance_uid=uid, reason="from the chart", **override)
    return OverrideSuv(override=given).apply(case)


def test_a_weight_from_the_chart_stands_for_the_missing_tag_and_is_named(tmp_path):
    pet().write(tmp_path / "whole")
    pet(PatientWeight="").write(tmp_path / "lacking")
    whole, lacking = only(tmp_path / "whole"), only(tmp_path / "lacking")
    assert "PatientWeight" in load(lacking).suv_refused
    volume = load(as_remembered(lacking, case_of(lacking, weight_kg=70)))
    assert volume.units == "SUVbw"
    assert np.array_equal(volume.voxels, load(whole).voxels)
    said = (
        "overridden by the reader: PatientWeight (0010,1030) is 70.0 (from the chart)"
    )
    assert said in volume.suv_method


def test_an_injection_from_the_chart_stands_for_both_of_its_tags(tmp_path):
    pet().write(tmp_path)
    series = only(tmp_path)
    at = datetime.datetime(2024, 1, 2, 9, 0)  # noqa: DTZ001 - the scanner's clock
    later = as_remembered(series, case_of(series, injected_at=at))
    ratio = later.suv.factors.suvbw_factor / series.suv.factors.suvbw_factor
    assert ratio == pytest.approx(2 ** (3600 / 6586.2))


def test_an_implausible_override_is_refused_like_the_tag(tmp_path):
    pet(PatientSize="").write(tmp_path)
    series = only(tmp_path)
    remembered = as_remembered(series, case_of(series, weight_kg=7000))
    assert "7000 is implausible" in remembered.suv.refused


def test_a_series_nobody_corrected_stays_as_it_was(tmp_path):
    pet().write(tmp_path)
    series = only(tmp_path)
    assert as_remembered(series, case_of(series)) is series


@pytest.mark.parametrize(
    "fields", [{}, {"weight_kg": 0}, {"weight_kg": float("nan")}, {"sex": "X"}]
)
def test_an_override_says_a_possible_value(fields):
    with pytest.raises(ValidationError):
        SuvOverride(series_instance_uid="1", reason="why", **fields)


def test_an_override_needs_its_reason():
    with pytest.raises(ValidationError):
        SuvOverride(series_instance_uid="1", reason="", weight_kg=70)


def test_an_override_can_be_withdrawn_once():
    series = SeriesReference(
        series_instance_uid="1.5", study_instance_uid="1.4", modality="PT"
    )
    visit = Timepoint(timepoint_id="BL", date=DAY, series=(series,))
    case = Case(case_uid="1.2", subject_id="S", timepoints=(visit,))
    given = SuvOverride(series_instance_uid="1.5", reason="why", sex="F")
    overridden = OverrideSuv(override=given).apply(case)
    back = WithdrawSuvOverride(series_instance_uid="1.5")
    assert back.apply(overridden) == case
    with pytest.raises(CommandRefused, match="nothing overrides"):
        back.apply(case)


def locked_case():
    pinned = SeriesReference(
        series_instance_uid="1.5", study_instance_uid="1.4", modality="PT"
    )
    visits = (
        Timepoint(timepoint_id="BL", date=DAY, series=(pinned,)),
        Timepoint(timepoint_id="TP1", date=DAY + datetime.timedelta(days=60)),
    )
    case = Case(
        case_uid="1.2", subject_id="S", timepoints=visits, reads=(Read(reader_id="R"),)
    )
    return pinned, LockTimepoint(
        reader_id="R",
        timepoint_id="BL",
        signed_by="R",
        at=datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC),
    ).apply(case)


def test_a_signed_visit_keeps_its_suv_and_its_series():
    pinned, case = locked_case()
    given = SuvOverride(series_instance_uid="1.5", reason="why", sex="F")
    with pytest.raises(CommandRefused, match="locked"):
        OverrideSuv(override=given).apply(case)
    with pytest.raises(CommandRefused, match="locked"):
        PlaceSeries(timepoint_id="TP1", series=pinned).apply(case)


def placed(case, timepoint_id, uid, **how):
    series = SeriesReference(
        series_instance_uid=uid,
        study_instance_uid="1.4",
        modality="CT",
        **{name: how.pop(name) for name in ("phase", "role") if name in how},
    )
    command = PlaceSeries(timepoint_id=timepoint_id, series=series, **how)
    return command.apply(case)


def uids(case):
    return [[one.series_instance_uid for one in tp.series] for tp in case.timepoints]


def test_a_series_is_pinned_to_one_visit_and_the_one_to_read_stands_first():
    visits = tuple(
        Timepoint(timepoint_id=name, date=DAY + datetime.timedelta(days=days))
        for name, days in (("BL", 0), ("TP1", 60))
    )
    case = Case(case_uid="1.2", subject_id="S", timepoints=visits)
    case = placed(placed(case, "BL", "a"), "BL", "b")
    assert uids(case) == [["a", "b"], []]
    case = placed(case, "BL", "b", is_reading=True)
    assert uids(case) == [["b", "a"], []]
    case = placed(case, "BL", "a", phase="arterial")
    assert uids(case) == [["b", "a"], []]
    assert case.pinned("a").phase == "arterial"
    case = placed(case, "TP1", "b")
    assert uids(case) == [["a"], ["b"]]
    with pytest.raises(CommandRefused, match="no such timepoint"):
        placed(case, "TP9", "b")


def test_what_the_reader_said_of_a_series_is_remembered(tmp_path):
    pet(SeriesDescription="odd").write(tmp_path)
    series = only(tmp_path)
    visit = Timepoint(timepoint_id="BL", date=DAY)
    case = Case(case_uid="1.2", subject_id="S", timepoints=(visit,))
    uid = series.series_instance_uid
    case = placed(case, "BL", uid, phase="delayed", role=SeriesRole.DERIVED)
    again = as_remembered(series, case)
    assert (again.phase, again.role.name) == ("delayed", SeriesRole.DERIVED)
    assert again.phase_reason == again.role.reason == "said by the reader"


def test_a_volume_is_shown_in_the_unit_it_says(tmp_path):
    pet().write(tmp_path)
    volume = load(only(tmp_path))
    lean = volume.in_suv(SuvUnit.LEAN_JANMAHASATIAN)
    assert lean.units == "SUL"
    assert lean.voxels == pytest.approx(volume.voxels * 55.857107722577474 / 70)
    assert lean.in_suv(SuvUnit.BODY_WEIGHT).voxels == pytest.approx(volume.voxels)
    assert volume.in_suv(SuvUnit.BODY_WEIGHT) is volume
    assert volume.in_suv(SuvUnit.BODY_SURFACE).units == "SUVbsa"


def test_a_unit_whose_tag_is_missing_is_refused_by_name(tmp_path):
    pet(PatientSize="").write(tmp_path)
    volume = load(only(tmp_path))
    with pytest.raises(SuvRefused, match="no SUL: PatientSize"):
        volume.in_suv(SuvUnit.LEAN_JANMAHASATIAN)


def test_a_pet_without_suv_is_in_no_unit_of_it(tmp_path):
    pet(PatientWeight="").write(tmp_path)
    volume = load(only(tmp_path))
    with pytest.raises(SuvRefused, match="PatientWeight"):
        volume.in_suv(SuvUnit.LEAN_JANMAHASATIAN)


def test_two_tags_of_the_injection_that_differ_are_told_and_the_full_one_used(tmp_path):
    files = pet()
    files.isotope["RadiopharmaceuticalStartTime"] = "093000"
    files.write(tmp_path)
    series = only(tmp_path)
    assert "injected at 10:00:00 by (0018,1078), though (0018,1072) says 09:30:00" in (
        series.suv.factors.method
    )


@pytest.mark.parametrize(("entered", "unit"), [("370", "MBq"), ("370000", "kBq")])
def test_a_dose_in_another_unit_is_offered_as_an_override(tmp_path, entered, unit):
    whole = pet()
    whole.write(tmp_path / "whole")
    whole.but(isotope={**whole.isotope, "RadionuclideTotalDose": entered}).write(
        tmp_path / "wrong"
    )
    right, wrong = only(tmp_path / "whole"), only(tmp_path / "wrong")
    assert f"(entered in {unit}?)" in wrong.suv.refused
    override = proposed_dose(wrong)
    assert override.total_dose_bq == 370e6
    assert override.reason == f"RadionuclideTotalDose was entered in {unit}"
    taken = with_proposed_dose(wrong)
    assert taken.suv.factors.suvbw_factor == right.suv.factors.suvbw_factor
    assert f"was entered in {unit}" in taken.suv.factors.method
    assert proposed_dose(right) is None
    assert with_proposed_dose(right) is right


def test_a_half_life_that_a_reader_vouches_for_is_taken(tmp_path):
    files = pet()
    files.but(isotope={**files.isotope, "RadionuclideHalfLife": "109.77"}).write(
        tmp_path
    )
    series = only(tmp_path)
    assert "109.77 minutes is that of F-18" in series.suv.refused
    told = as_remembered(series, case_of(series, half_life_s=6500))
    assert "RadionuclideHalfLife (0018,1075) is 6500.0" in told.suv.factors.method


def coded(code, half_life):
    item = item_of({"CodeValue": code, "CodingSchemeDesignator": "SRT"})
    files = pet()
    return files.but(
        isotope={
            **files.isotope,
            "RadionuclideHalfLife": half_life,
            "RadionuclideCodeSequence": [item],
        }
    )


def test_the_code_of_the_nuclide_is_held_to_the_half_life(tmp_path):
    coded("C-111A1", "4062").write(tmp_path / "wrong")
    coded("C-131A3", "4062").write(tmp_path / "right")
    assert "4062 is that of Ga-68, though" in only(tmp_path / "wrong").suv.refused
    assert only(tmp_path / "right").suv.factors.suvbw_factor > 0


@pytest.mark.parametrize("is_corrected", [True, False])
def test_beds_after_midnight_whose_date_was_not_advanced_come_after_the_others(
    tmp_path, is_corrected
):
    """Four beds from 23:50 on, five minutes each, all dated 2 January."""
    night = pet(
        SeriesTime="235000",
        ActualFrameDuration="120000",
        **(
            {}
            if is_corrected
            else {"CorrectedImage": ["ATTN"], "DecayCorrection": "NONE"}
        ),
    ).but(
        isotope={**pet().isotope, "RadiopharmaceuticalStartDateTime": "20240102225000"}
    )
    for folder, days in (
        ("said", ("20240102", "20240103")),
        ("not", ("20240102",) * 2),
    ):
        for index, at in enumerate(("235000", "235500", "000000", "000500")):
            dataset = night.dataset(index)
            dataset.AcquisitionTime = at
            dataset.AcquisitionDate = days[index > 1]
            (tmp_path / folder).mkdir(exist_ok=True)
            dataset.save_as(tmp_path / folder / str(index), enforce_file_format=True)
    said, unsaid = only(tmp_path / "said"), only(tmp_path / "not")
    assert unsaid.suv.by_slice == said.suv.by_slice
    assert unsaid.suv.factors.suvbw_factor == pytest.approx(
        70_000 / (370e6 * 2 ** (-(3600 if is_corrected else 3660) / 6586.2)), rel=2e-4
    )
