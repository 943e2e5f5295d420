"""A trial: from many patients to rates, curves, landmarks and subgroups."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.errors import Fault, FindingsError
from recist_tool.terms import Ending, LiverProgression, Scope
from recist_tool.trial.competing import CumulativeIncidence, cumulative_incidence
from recist_tool.trial.composite import CompositeRate, composite_rates
from recist_tool.trial.landmarks import LandmarkCount, count_landmark, landmark_response
from recist_tool.trial.log_rank import LogRank, log_rank
from recist_tool.trial.rates import Rate, disease_control_rate, response_rate
from recist_tool.trial.survival import SurvivalCurve, follow_up, kaplan_meier
from recist_tool.trial.time_to_event import liver_progression_free_survival

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from recist_tool.model.trial_settings import Landmark, TrialSettings
    from recist_tool.terms import Criteria
    from recist_tool.trial.double_reads import ReaderAgreement
    from recist_tool.trial.patient_result import PatientResult, ScopeResult
    from recist_tool.trial.time_to_event import TimeToEvent

COMPETING = (
    Ending.PROGRESSION,
    Ending.DEATH,
    Ending.EXTRAHEPATIC_PROGRESSION,
)
"""Causes 1, 2, 3 of the cumulative incidence of liver progression."""


class ScopeRates(NamedTuple):
    """Response and disease control in one scope, with both denominators.

    Attributes
    ----------
    orr, dcr
        Among all patients of the scope: no answer is no response. Disease control
        only of those whose criteria know progression.
    evaluable_orr, evaluable_dcr
        Among those with an adequate visit after baseline.
    """

    orr: Rate
    dcr: Rate
    evaluable_orr: Rate
    evaluable_dcr: Rate


class Curves(NamedTuple):
    """Kaplan-Meier curves of a group of patients; times in months.

    Attributes
    ----------
    dor, liver_dor
        Of the responders.
    follow_up
        Reverse curve: its median is the median follow-up.
    """

    os: SurvivalCurve
    pfs: SurvivalCurve
    liver_pfs: SurvivalCurve
    dor: SurvivalCurve
    liver_dor: SurvivalCurve
    follow_up: SurvivalCurve


class Subgroup(NamedTuple):
    """The patients of one subgroup."""

    name: str
    n: int
    overall: ScopeRates
    liver: ScopeRates
    curves: Curves


class Subgroups(NamedTuple):
    """Patients compared by one field.

    Attributes
    ----------
    without
        Patients that do not have the field: in no group.
    log_rank
        For OS, PFS and liver PFS.
    """

    field: str
    groups: tuple[Subgroup, ...]
    without: int
    log_rank: dict[str, LogRank]


class FailedPatient(NamedTuple):
    """A read that the program could not judge, which is left out of every figure."""

    id: str
    fault: Fault
    reader_id: str = ""


class TrialResult(NamedTuple):
    """Everything that a trial reports.

    Attributes
    ----------
    overall, liver
        Rates; `liver` counts the patients with liver lesions at baseline.
    liver_incidence
        Cumulative incidence of liver progression against death and progression
        elsewhere, causes as in `COMPETING`, times in months.
    landmarks, liver_landmarks
        One for each landmark of the settings.
    composites
        One for each composite of the settings.
    agreement
        One for each pair of readers with patients in common.
    failed
        Patients whom no figure counts, because the program went wrong over them.
    refused
        What is wrong with patients whom no figure counts.
    questions
        What a person should look at again, a line each; every figure counts it.
    """

    settings: TrialSettings
    patients: tuple[PatientResult, ...]
    overall: ScopeRates
    liver: ScopeRates
    curves: Curves
    liver_incidence: CumulativeIncidence
    landmarks: tuple[LandmarkCount, ...]
    liver_landmarks: tuple[LandmarkCount, ...]
    subgroups: tuple[Subgroups, ...]
    composites: tuple[CompositeRate, ...] = ()
    agreement: tuple[ReaderAgreement, ...] = ()
    failed: tuple[FailedPatient, ...] = ()
    refused: tuple[Fault, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of patients treated."""
        return len(self.patients)

    @property
    def criteria(self) -> tuple[Criteria, ...]:
        """The criteria that patients were assessed by, the most used first."""
        counted = Counter(one.findings.criteria for one in self.patients)
        return tuple(criteria for criteria, _ in counted.most_common())

    @property
    def knows_progression(self) -> bool:
        """Whether any of them has a word for progression; true without patients."""
        if not self.patients:
            return True
        return any(one.course.knows_progression for one in self.patients)


def trial_result(
    patients: Sequence[PatientResult],
    settings: TrialSettings,
    subgroups: Sequence[str] | None = None,
) -> TrialResult:
    """Return the endpoints of a trial from its patients.

    Parameters
    ----------
    settings
        The same with which the patients were made.
    subgroups
        Fields of ``findings.groups`` to compare by; all of them by default.

    Raises
    ------
    FindingsError
        If two patients have the same id, or no patient has a field asked for.
    """
    _check_ids(patients)
    known = sorted({field for one in patients for field in one.findings.groups})
    asked = known if subgroups is None else subgroups
    if unknown := sorted(set(asked) - set(known)):
        has = f"there are: {', '.join(known)}" if known else "there is none"
        raise FindingsError.at("groups", f"no patient has '{unknown[0]}'", has)
    return TrialResult(
        settings=settings,
        patients=tuple(patients),
        overall=_rates(patients, Scope.OVERALL, settings),
        liver=_rates(patients, Scope.LIVER, settings),
        curves=_curves(patients, settings),
        liver_incidence=_liver_incidence(patients, settings),
        landmarks=_landmarks(patients, Scope.OVERALL, settings),
        liver_landmarks=_landmarks(patients, Scope.LIVER, settings),
        subgroups=tuple(_subgroups(patients, field, settings) for field in asked),
        composites=composite_rates([one.composites for one in patients], settings),
    )


def _check_ids(patients: Sequence[PatientResult]) -> None:
    first: dict[str, int] = {}
    faults = [
        Fault(
            f"patient {place}",
            f"has the same id as patient {first[one.findings.id]}",
            "Leave one of them out, or correct an id",
        )
        for place, one in enumerate(patients, start=1)
        if first.setdefault(one.findings.id, place) != place
    ]
    if faults:
        raise FindingsError.of(faults)


def _rates(
    patients: Sequence[PatientResult], scope: Scope, settings: TrialSettings
) -> ScopeRates:
    results = [
        (result, one.course.knows_progression)
        for one in patients
        if (result := one.scope(scope))
    ]
    evaluable = [one for one in results if one[0].evaluable]
    return ScopeRates(*_two_rates(results, settings), *_two_rates(evaluable, settings))


def _two_rates(
    results: Sequence[tuple[ScopeResult, bool]], settings: TrialSettings
) -> tuple[Rate, Rate]:
    return (
        response_rate((one.bor for one, _ in results), settings.rate_limits),
        disease_control_rate(
            (one.bor for one, knows_progression in results if knows_progression),
            settings.rate_limits,
            count_non_cr_non_pd=settings.disease_control_counts_non_cr_non_pd,
        ),
    )


def _curves(patients: Sequence[PatientResult], settings: TrialSettings) -> Curves:
    def curve(pick: Callable[[PatientResult], TimeToEvent | None]) -> SurvivalCurve:
        return kaplan_meier(*_times(patients, pick, settings), settings.curve_limits)

    survival = _times(patients, lambda one: one.os, settings)
    return Curves(
        os=curve(lambda one: one.os),
        pfs=curve(lambda one: one.overall.pfs),
        liver_pfs=curve(_liver_pfs),
        dor=curve(lambda one: one.overall.dor),
        liver_dor=curve(lambda one: one.liver.dor if one.liver else None),
        follow_up=follow_up(*survival, settings.curve_limits),
    )


def _liver_pfs(one: PatientResult) -> TimeToEvent | None:
    return one.liver.pfs if one.liver else None


def _times(
    patients: Iterable[PatientResult],
    pick: Callable[[PatientResult], TimeToEvent | None],
    settings: TrialSettings,
) -> tuple[list[float], list[bool]]:
    """Return months and events of the patients to whom an endpoint applies."""
    ends = [end for one in patients if (end := pick(one)) is not None]
    return [settings.months(end.days) for end in ends], [end.event for end in ends]


def _liver_incidence(
    patients: Sequence[PatientResult], settings: TrialSettings
) -> CumulativeIncidence:
    competing = settings.replaced(liver_progression=LiverProgression.COMPETES)
    ends = [
        end
        for one in patients
        if (end := liver_progression_free_survival(one.course, competing)) is not None
    ]
    causes = [COMPETING.index(end.ending) + 1 if end.event else 0 for end in ends]
    return cumulative_incidence(
        [settings.months(end.days) for end in ends],
        causes,
        kinds=len(COMPETING),
        limits=settings.curve_limits,
    )


def _landmarks(
    patients: Sequence[PatientResult], scope: Scope, settings: TrialSettings
) -> tuple[LandmarkCount, ...]:
    courses = [one.course for one in patients]
    visits = [
        (course, seen)
        for course in courses
        if (seen := course.visits(scope)) is not None
    ]

    def counted(landmark: Landmark) -> LandmarkCount:
        found = [
            (landmark_response(course, seen, landmark, settings), course)
            for course, seen in visits
        ]
        of_disease = [response for response, one in found if one.knows_progression]
        every = (response for response, _ in found)
        return count_landmark(every, landmark, settings, of_disease)

    return tuple(map(counted, settings.landmarks))


def _subgroups(
    patients: Sequence[PatientResult], field: str, settings: TrialSettings
) -> Subgroups:
    members: dict[str, list[PatientResult]] = {}
    for one in patients:
        if field in one.findings.groups:
            members.setdefault(str(one.findings.groups[field]), []).append(one)
    return Subgroups(
        field,
        tuple(_group(name, members[name], settings) for name in sorted(members)),
        len(patients) - sum(map(len, members.values())),
        {
            "os": _compared(members, lambda one: one.os),
            "pfs": _compared(members, lambda one: one.overall.pfs),
            "liver_pfs": _compared(members, _liver_pfs),
        },
    )


def _group(
    name: str, patients: Sequence[PatientResult], settings: TrialSettings
) -> Subgroup:
    return Subgroup(
        name=name,
        n=len(patients),
        overall=_rates(patients, Scope.OVERALL, settings),
        liver=_rates(patients, Scope.LIVER, settings),
        curves=_curves(patients, settings),
    )


def _compared(
    members: dict[str, list[PatientResult]],
    pick: Callable[[PatientResult], TimeToEvent | None],
) -> LogRank:
    ends = [
        (end, name)
        for name, patients in members.items()
        for one in patients
        if (end := pick(one)) is not None
    ]
    return log_rank(
        [end.days for end, _ in ends],
        [end.event for end, _ in ends],
        [name for _, name in ends],
    )
