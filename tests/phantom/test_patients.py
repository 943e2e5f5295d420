"""The story of each patient, recomputed from its lesions by plain arithmetic."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from recist_tool.phantom import (
    DEMO_PATIENT,
    PATIENTS,
    SMALL_PATIENT,
    LesionState,
    PatientSpec,
    TimepointTruth,
    Truth,
    truth,
)
from recist_tool.terms import LIVER, LesionRole, NewLesions, Response, Scope

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
TARGET, NON_TARGET, NEW = LesionRole.TARGET, LesionRole.NON_TARGET, LesionRole.NEW

everyone = pytest.mark.parametrize("spec", PATIENTS.values(), ids=PATIENTS.keys())


def lesions(timepoint: TimepointTruth, scope: Scope, role: LesionRole):
    return [
        one
        for one in timepoint.lesions
        if one.role is role
        and (scope is Scope.OVERALL or (one.organ == LIVER and not one.nodal))
    ]


def sum_mm(timepoint: TimepointTruth, scope: Scope) -> Decimal:
    total = Decimal(0)
    for one in lesions(timepoint, scope, TARGET):
        if one.state is LesionState.TOO_SMALL:
            total += 5
        elif one.state is LesionState.MEASURED:
            assert one.caliper is not None
            axis = one.caliper.short_axis_mm if one.nodal else one.caliper.long_axis_mm
            total += Decimal(f"{axis:.1f}")
    return total


def target_response(total: Decimal, baseline: Decimal, nadir: Decimal) -> Response:
    if total == 0:
        return CR
    if 5 * total >= 6 * nadir and total - nadir >= 5:
        return PD
    return PR if 10 * total <= 7 * baseline else SD


def non_target_response(timepoint: TimepointTruth, scope: Scope) -> Response:
    seen = lesions(timepoint, scope, NON_TARGET)
    gone = all(one.state is LesionState.ABSENT for one in seen)
    return CR if gone else Response.NON_CR_NON_PD


def overall_response(target: Response, non_target: Response, new: bool) -> Response:
    if new or target is PD:
        return PD
    return PR if (target, non_target) == (CR, Response.NON_CR_NON_PD) else target


@everyone
@pytest.mark.parametrize("scope", Scope)
def test_the_story_follows_from_the_diameters(spec: PatientSpec, scope: Scope) -> None:
    timepoints = truth(spec).timepoints
    baseline = nadir = sum_mm(timepoints[0], scope)
    first = timepoints[0].expected[scope]
    assert (first.sum_mm, first.overall) == (baseline, None)
    for timepoint in timepoints[1:]:
        expected = timepoint.expected[scope]
        total = sum_mm(timepoint, scope)
        new = bool(lesions(timepoint, scope, NEW))
        target = target_response(total, baseline, nadir)
        non_target = non_target_response(timepoint, scope)
        assert expected.sum_mm == total
        assert expected.target is target
        assert expected.non_target is non_target
        assert expected.new_lesions is (NewLesions.YES if new else NewLesions.NO)
        assert expected.overall is overall_response(target, non_target, new)
        nadir = min(nadir, total)


def test_at_the_last_visit_the_liver_responds_while_the_patient_progresses() -> None:
    last = truth(DEMO_PATIENT).timepoints[-1]
    assert last.expected[Scope.LIVER].overall is PR
    assert last.expected[Scope.OVERALL].overall is PD


def test_the_demo_shows_every_kind_of_course() -> None:
    timepoints = truth(DEMO_PATIENT).timepoints
    states = {one.state for timepoint in timepoints for one in timepoint.lesions}
    assert states == set(LesionState)
    lung = [timepoint.lesion("T3") for timepoint in timepoints]
    lengths = [one.caliper.long_axis_mm for one in lung if one and one.caliper]
    assert lengths[-1] > lengths[0]


@everyone
def test_targets_are_measurable_and_few_enough(spec: PatientSpec) -> None:
    targets = lesions(truth(spec).timepoints[0], Scope.OVERALL, TARGET)
    organs = [one.organ for one in targets]
    assert len(targets) <= 5
    assert all(organs.count(organ) <= 2 for organ in organs)
    for one in targets:
        assert one.caliper is not None
        if one.nodal:
            assert one.caliper.short_axis_mm >= 15
        else:
            assert one.caliper.long_axis_mm >= max(10, 2 * spec.ct.slice_thickness_mm)


@everyone
def test_calipers_lie_on_the_image_and_say_the_same_in_pixels_and_mm(
    spec: PatientSpec,
) -> None:
    rows_mm, columns_mm = spec.ct.pixel_spacing_mm
    for timepoint in truth(spec).timepoints:
        for caliper in (one.caliper for one in timepoint.lesions if one.caliper):
            for ends, length in (
                (caliper.long_ends_pixel, caliper.long_axis_mm),
                (caliper.short_ends_pixel, caliper.short_axis_mm),
            ):
                (a, b), (c, d) = ends
                across, down = (a - c) * columns_mm, (b - d) * rows_mm
                assert (across**2 + down**2) ** 0.5 == pytest.approx(length, abs=1e-3)
                assert 0 <= min(a, c) <= max(a, c) <= spec.ct.columns - 1
                assert 0 <= min(b, d) <= max(b, d) <= spec.ct.rows - 1


@everyone
def test_dates_give_treatment_twelve_days_after_baseline(spec: PatientSpec) -> None:
    days = [(visit.date - spec.reference_date).days for visit in spec.visits]
    assert days[0] == -12
    assert days == sorted(days)


def test_uids_differ_between_patients_visits_and_series() -> None:
    uids: list[str] = []
    for spec in PATIENTS.values():
        for timepoint in truth(spec).timepoints:
            uids += [timepoint.study_instance_uid, timepoint.frame_of_reference_uid]
            uids += [series.series_instance_uid for series in timepoint.series]
    assert len(set(uids)) == len(uids)
    assert all(len(uid) <= 64 and uid.startswith("2.25.") for uid in uids)


def test_truth_survives_json() -> None:
    known = truth(SMALL_PATIENT)
    text = TypeAdapter(Truth).dump_json(known)
    assert Truth.model_validate_json(text) == known


def test_a_lesion_without_a_stage_for_each_visit_is_refused() -> None:
    lesion = DEMO_PATIENT.lesions[0]
    broken = type(lesion)(**{**vars(lesion), "course": lesion.course[:2]})
    with pytest.raises(ValueError, match="T1: one stage for each visit"):
        PatientSpec(**{**vars(DEMO_PATIENT), "lesions": (broken,)})


def test_a_pet_visit_without_a_pet_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="no PET acquisition"):
        PatientSpec(**{**vars(DEMO_PATIENT), "pet": None})
