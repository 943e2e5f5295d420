"""The patients of a trial as they are read and answered, one read of each accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.errors import AssessmentFailed, Fault, FindingsError, InputError
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import ReaderRole
from recist_tool.trial.cohort import FailedPatient, TrialResult, trial_result
from recist_tool.trial.double_reads import PatientRead, reader_agreements, reading
from recist_tool.trial.intake.faults import counted, placed
from recist_tool.trial.intake.organ_words import UnknownPlaces, with_words
from recist_tool.trial.intake.patient import Patient, under
from recist_tool.trial.intake.plausibility import Plausibility
from recist_tool.trial.judging import judging
from recist_tool.trial.kept import KeptPatient, Known, kept
from recist_tool.trial.patient_result import patient_result
from recist_tool.trial.plausible import implausible

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from recist_tool.model.findings import Findings
    from recist_tool.terms import Criteria
    from recist_tool.trial.double_reads import ReaderAgreement
    from recist_tool.trial.patient_result import PatientResult


class _Read(NamedTuple):
    """One read of a patient; `patient` is None where it was refused."""

    reader: str
    where: str
    role: ReaderRole | None
    patient: KeptPatient | None = None


class AnsweredTrial(NamedTuple):
    """The endpoints of a trial, and what figures and pages need of its patients.

    Attributes
    ----------
    patients
        Those of `result`, in its order.
    """

    result: TrialResult
    patients: tuple[KeptPatient, ...]


def assess_trial(  # noqa: PLR0913 - one parameter a choice
    cohort: Iterable[Findings | Patient | InputError],
    settings: TrialSettings | None = None,
    subgroups: Sequence[str] | None = None,
    *,
    criteria: Criteria | None = None,
    accepted: str = "",
    keep_going: bool = False,
    today: dt.date | None = None,
) -> TrialResult:
    """Return the endpoints of a trial, as ``recist trial`` does.

    Parameters
    ----------
    cohort
        One read of a patient after the other: findings, or what `read_patients` makes
        of files.
    settings
        Conventions of the trial; the defaults where none are given.
    subgroups
        Fields of ``findings.groups`` to compare by; all of them by default.
    criteria
        None for those of each patient.
    accepted
        Whose read of a patient counts where there are several; empty for the
        adjudicator's.
    keep_going
        Answer the good patients where others are refused: see `TrialResult.refused`.
    today
        Figures and dates that can hardly be are asked about in
        `TrialResult.questions`, dates after this day too; without it, they are not.

    Raises
    ------
    FindingsError
        Naming the faults of all patients, each by its file or its place in the cohort.
    InputError
        If there is no patient.
    AssessmentFailed
        Where the program goes wrong over every one. Others over whom it does are in
        `TrialResult.failed`.
    """
    answers = CohortAnswers(criteria, settings or TrialSettings(), accepted, today)
    for place, item in enumerate(cohort, start=1):
        answers.take(_as_patient(item, place))
    return answers.trial(subgroups, keep_going=keep_going).result


class CohortAnswers:
    """The patients answered, what is wrong with the others, and how many those are.

    `failed` holds those over whom the program went wrong: they stop no other.

    Parameters
    ----------
    criteria
        None for each file's own.
    accepted
        Whose read of a patient counts where there are several; empty for the
        adjudicator's.
    today
        See `assess_trial`.
    """

    def __init__(
        self,
        criteria: Criteria | None,
        settings: TrialSettings,
        accepted: str = "",
        today: dt.date | None = None,
    ) -> None:
        self._criteria, self._settings = criteria, settings
        self._accepted = accepted
        self._places = UnknownPlaces()
        self._plausibility = None if today is None else Plausibility(today)
        self._known = Known()
        self._reads: dict[str, tuple[_Read, ...]] = {}
        self._doubled: set[str] = set()
        self._readings: list[PatientRead] = []
        self.faults: list[Fault] = []
        self.failed: list[FailedPatient] = []
        self.refused = 0

    def take(self, item: Patient | InputError) -> None:
        """Answer one read of a patient, or note what is wrong with it."""
        try:
            patient = self._only(self._asked(item))
        except InputError as error:
            self.faults.extend(error.faults)
            self.refused += 1
            return
        reads = self._reads.get(patient.findings.id, ())
        read = self._answered(patient, reads)
        self._reads[patient.findings.id] = (*reads, read)
        # what is refused is told by its fault alone
        if self._plausibility is not None and read.patient is not None:
            self._plausibility.note(patient)

    def questions(self) -> Iterator[str]:
        """Return what a person should look at again, a line each.

        Words for places that no organ is known by, and what can hardly be.
        """
        yield from self._places.lines(least=2)
        if self._plausibility is not None:
            yield from self._plausibility.lines()

    def trial(
        self, subgroups: Sequence[str] | None, *, keep_going: bool
    ) -> AnsweredTrial:
        """Return the endpoints of the accepted reads. Call it once, in the end.

        Parameters
        ----------
        subgroups
            Fields to compare by; None takes all of them.
        keep_going
            Answer the good patients where others are refused.

        Raises
        ------
        FindingsError
            Naming every fault of every patient.
        InputError
            If there is no patient.
        AssessmentFailed
            Where the program goes wrong over every patient.
        """
        good = self.accept()
        if self.faults and not (keep_going and good):
            raise FindingsError.of(self.every_fault(good, keep_going=keep_going))
        if not good and self.failed:
            raise AssessmentFailed.of(self.every_fault(good))
        if not good:
            raise InputError("there is no patient in these files")
        results = [one.result for one in good]
        result = trial_result(results, self._settings, subgroups)
        result = result._replace(
            agreement=self.agreement(),
            failed=tuple(self.failed),
            refused=tuple(self.faults),
            questions=tuple(self.questions()),
        )
        return AnsweredTrial(result, good)

    def every_fault(
        self, good: Sequence[KeptPatient], *, keep_going: bool = True
    ) -> list[Fault]:
        """Return what is wrong with all patients; if kept going, with the counts.

        Parameters
        ----------
        good
            The patients answered.
        """
        faults = [*self.faults, *(one.fault for one in self.failed)]
        if not keep_going:
            return faults
        return counted(len(good), self.refused, faults)

    def accept(self) -> tuple[KeptPatient, ...]:
        """Return the accepted read of each patient, in the order of the files.

        Call it once, after the last read: it notes the patients without such a read.
        """
        chosen = [self._chosen(name, reads) for name, reads in self._reads.items()]
        good = tuple(one for one in chosen if one is not None)
        self.refused += len(chosen) - len(good)
        return good

    def agreement(self) -> tuple[ReaderAgreement, ...]:
        """Return the agreement of the readers of patients that were read twice."""
        clear = (one for one in self._readings if one.id not in self._doubled)
        return reader_agreements(clear, self._settings)

    def _asked(self, item: Patient | InputError) -> Patient | InputError:
        """Return a read with the trial's words, once it was looked at."""
        if isinstance(item, InputError):
            return item
        patient = with_words(item, self._settings.organ_words)
        self._places.note(patient.source, patient.findings)
        return patient

    def _only(self, item: Patient | InputError) -> Patient:
        """Return a read that nobody has; of two with one id neither counts."""
        if isinstance(item, InputError):
            raise item
        name, reader = item.findings.id, item.reader_id
        reads = self._reads.get(name, ())
        if not reads or (reader and not {one.reader for one in reads} & {"", reader}):
            return item
        self._doubled.add(name)
        same = _by(reader, reads)
        first = same or reads[0]
        what = f"the same id{' and reader' if same and reader else ''}"
        remedy = "Leave one of the two out, or correct an id"
        raise FindingsError.at(
            f"{item.where}, id", f"{what} as in {first.where}", remedy
        )

    def _answered(self, patient: Patient, reads: tuple[_Read, ...]) -> _Read:
        read = _Read(patient.reader_id, patient.where, patient.role)
        try:
            result = self._result(patient, reads)
            with judging(result.findings.criteria):
                read = read._replace(patient=kept(result, self._known))
                if patient.reader_id:
                    who = patient.reader_id, patient.role
                    self._readings.append(reading(result, *who, self._settings))
        except FindingsError as error:
            self.faults.extend(placed(error, patient.where).faults)
        except AssessmentFailed as failure:
            self._note_failed(patient, failure)
        return read

    def _note_failed(self, patient: Patient, failure: AssessmentFailed) -> None:
        (fault,) = placed(failure, patient.where).faults
        name = patient.findings.id
        self.failed.append(FailedPatient(name, fault, patient.reader_id))

    def _result(self, patient: Patient, reads: tuple[_Read, ...]) -> PatientResult:
        result = patient_result(under(patient, self._criteria), self._settings)
        faults = [*implausible(result), *_other_day_0(result, reads)]
        if faults:
            raise FindingsError.of(faults)
        return result

    def _chosen(self, name: str, reads: tuple[_Read, ...]) -> KeptPatient | None:
        if name in self._doubled:
            return None
        read = self._accepted_of(reads)
        if read is not None:
            return read.patient
        where = reads[0].where
        by = self._accepted and "was not read by that reader"
        remedy = "Name a reader of each patient with --accepted"
        fault = Fault(where, by or "was read by several readers", remedy)
        self.faults.append(fault)
        return None

    def _accepted_of(self, reads: tuple[_Read, ...]) -> _Read | None:
        """Return the read that counts: the accepted, the only, the adjudicator's."""
        if unnamed := _by("", reads):  # findings that name no reader
            return unnamed
        if self._accepted:
            return _by(self._accepted, reads)
        last = tuple(one for one in reads if one.role is ReaderRole.ADJUDICATOR)
        for only in (reads, last):
            if len(only) == 1:
                return only[0]
        return None


def _as_patient(
    item: Findings | Patient | InputError, place: int
) -> Patient | InputError:
    if isinstance(item, Patient | InputError):
        return item
    return Patient.of(item, f"patient {place}", "the cohort")


def _by(reader: str, reads: tuple[_Read, ...]) -> _Read | None:
    return next((one for one in reads if one.reader == reader), None)


def _other_day_0(result: PatientResult, reads: tuple[_Read, ...]) -> list[Fault]:
    """Find reads that cannot be of one patient: they count from different days."""
    day = result.course.reference_date
    return [
        Fault(
            "reference_date",
            f"{day} is not that of {one.where}, which has the same id",
            "Give both reads one date, or correct an id",
        )
        for one in reads
        if one.patient and one.patient.result.course.reference_date != day
    ][:1]
