"""The patients of a folder, and how far one reader has come with each of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.app.agenda import expected_lesions
from recist_tool.dicom.scan.first_study import first_study
from recist_tool.errors import RecistToolError, StorageError
from recist_tool.model.blinding import Blinding, neutral_name
from recist_tool.model.case import Read
from recist_tool.model.protocol import Protocol
from recist_tool.model.sequence import visit_to_sign_before_opening
from recist_tool.store.casefile import CASE_SUFFIX, read_case_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from recist_tool.model.case import Case

DEEPEST: Final = 3
"""How many folders deep case files are looked for."""


class VisitProgress(NamedTuple):
    """How far a visit is read.

    Attributes
    ----------
    measured
        How many lesions have a finding.
    missing
        The ids of those that have none yet.
    locked
        Whether the reader signed it.
    after
        The visit that has to be signed before this one can be opened, or None.
    """

    timepoint_id: str
    measured: int
    missing: tuple[str, ...]
    locked: bool
    after: str | None = None


class CaseProgress(NamedTuple):
    """How far a patient is read.

    Attributes
    ----------
    path
        The case file; where none was begun, the patient's folder of images.
    name
        The subject id of the case, or what stands for it in a blinded one; where none
        was begun, the folder's name.
    visits
        In the order of their dates.
    begun
        Whether there is a case.
    fault
        Why the case file does not read; empty where it does.
    """

    path: Path
    name: str
    visits: tuple[VisitProgress, ...] = ()
    begun: bool = True
    fault: str = ""

    @property
    def done(self) -> bool:
        """Whether every visit is signed."""
        return bool(self.visits) and all(one.locked for one in self.visits)

    @property
    def missing(self) -> int:
        """How many findings are missing at visits that are not signed."""
        return sum(len(one.missing) for one in self.visits if not one.locked)


def worklist(
    folder: Path,
    reader_id: str,
    advance: Callable[[int, int], None] = lambda done, total: None,
    protocol: Protocol = Protocol(),  # noqa: B008 - it cannot change
) -> tuple[CaseProgress, ...]:
    """Return the patients of a folder: cases, then folders of images without one.

    Case files are looked for up to three folders deep. They are read, not replayed from
    their journals: after a crash one may lag a single change behind until it is opened.
    A folder in `folder` counts as images not begun where it holds a DICOM file of a
    study that none of the cases has.

    Parameters
    ----------
    reader_id
        Whose progress; a reader who did not begin yet has everything before them.
    advance
        Called with what is done, of how much, before each patient.
    protocol
        Under which new cases begin: where it blinds to the subject, folders of images
        and files that do not read are not named either.

    Raises
    ------
    StorageError
        If the folder cannot be read; one in it that cannot is a patient with a fault.
    """
    closed: list[tuple[Path, StorageError]] = []
    cases = sorted(_case_files(folder, DEEPEST, closed))
    beside = [path for path in _entries(folder) if path.is_dir()]
    found: list[CaseProgress] = []
    studies: set[str] = set()
    total = len(cases) + len(beside)
    for path in cases:
        advance(len(found), total)
        try:
            case = read_case_file(path).case
        except RecistToolError as error:
            found.append(_unread(path, error, protocol))
            continue
        studies |= _studies(case)
        found.append(case_progress(path, case, reader_id))
    for number, images in enumerate(beside, start=len(cases)):
        advance(number, total)
        uid = first_study(images)
        if uid is not None and uid not in studies:
            name = Blinding.under(protocol)._replace(stand_in=neutral_name([uid]))
            found.append(CaseProgress(images, name.subject(images.name), begun=False))
    found += [_unread(path, error, protocol) for path, error in closed]
    return tuple(found)


def case_progress(path: Path, case: Case, reader_id: str) -> CaseProgress:
    """Return how far a reader has come with a case.

    Parameters
    ----------
    path
        Where the case lies; it is not read again.
    reader_id
        One without a read in the case has everything before them.
    """
    read = case.read(reader_id) or Read(reader_id=reader_id)
    visits = tuple(_visit(case, read, one.timepoint_id) for one in case.timepoints)
    name = Blinding.of(case).subject(case.subject_id)
    return CaseProgress(path=path, name=name, visits=visits)


def matching_cases(
    patients: Sequence[CaseProgress], words: str = "", *, waiting_only: bool = False
) -> list[CaseProgress]:
    """Return the patients whose names hold every word, in any case.

    Parameters
    ----------
    waiting_only
        Leave out those of whom every visit is signed.
    """
    wanted = words.casefold().split()
    return [
        one
        for one in patients
        if all(word in one.name.casefold() for word in wanted)
        and not (waiting_only and one.done)
    ]


def next_case(
    patients: Sequence[CaseProgress], after: Path | None
) -> CaseProgress | None:
    """Return the next patient with a visit to sign, going round; None if there is none.

    The patient at `after` comes last: nothing is next while only that one waits.
    """
    paths = [one.path for one in patients]
    start = paths.index(after) + 1 if after in paths else 0
    turned = [*patients[start:], *patients[:start]]
    return next(
        (one for one in turned if not one.done and not one.fault and one.path != after),
        None,
    )


def _visit(case: Case, read: Read, timepoint_id: str) -> VisitProgress:
    missing = tuple(one.lesion_id for one in expected_lesions(case, read, timepoint_id))
    measured = sum(one.timepoint_id == timepoint_id for one in read.findings)
    locked = read.locked(timepoint_id)
    first = visit_to_sign_before_opening(case, read, timepoint_id)
    return VisitProgress(
        timepoint_id=timepoint_id,
        measured=measured,
        missing=missing,
        locked=locked,
        after=first,
    )


def _case_files(
    folder: Path, deep: int, closed: list[tuple[Path, StorageError]]
) -> Iterator[Path]:
    """Yield the case files of a folder; a folder in it that is closed is noted."""
    for path in _entries(folder):
        if path.name.endswith(CASE_SUFFIX) and path.is_file():
            yield path
        elif deep and path.is_dir() and not path.is_symlink():
            try:
                yield from _case_files(path, deep - 1, closed)
            except StorageError as error:
                closed.append((path, error))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise StorageError.at(
            folder.name, f"cannot be read ({error.strerror})", "Choose another folder"
        ) from None


def _unread(path: Path, error: RecistToolError, protocol: Protocol) -> CaseProgress:
    name = path.name.removesuffix(CASE_SUFFIX)
    told = Blinding.under(protocol)._replace(
        subject_id=name, stand_in=neutral_name([name])
    )
    return CaseProgress(path, told.subject(name), fault=told.told(str(error)))


def _studies(case: Case) -> set[str]:
    return {one.study_instance_uid for visit in case.timepoints for one in visit.series}
