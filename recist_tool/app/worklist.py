"""The patients of a folder, and how far one reader has come with each of them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.app.agenda import expected_lesions
from recist_tool.app.reading.case_files import find_cases
from recist_tool.dicom.scan.folder_images import images_below
from recist_tool.dicom.scan.links import OUT, leads_out
from recist_tool.errors import RecistToolError, StorageError
from recist_tool.model.blinding import Blinding, neutral_name
from recist_tool.model.case import Read
from recist_tool.model.protocol import Protocol
from recist_tool.model.sequence import visit_to_sign_before_opening
from recist_tool.store.casefile import CASE_SUFFIX, read_case_file
from recist_tool.terms import Blinded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from recist_tool.dicom.header.slice_header import PatientKey
    from recist_tool.dicom.scan.folder_images import FolderImages
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
    begun_as
        Of a folder of images: the case of the same patient, which does not have them
        yet; None where nobody began.
    fault
        Why the case file does not read; empty where it does.
    """

    path: Path
    name: str
    visits: tuple[VisitProgress, ...] = ()
    begun: bool = True
    fault: str = ""
    begun_as: Path | None = None

    @property
    def to_open(self) -> list[Path]:
        """The case, or the images; those of a patient who was begun with the case."""
        return [self.path] if self.begun_as is None else [self.begun_as, self.path]

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
    home: Path | None = None,
) -> tuple[CaseProgress, ...]:
    """Return the patients of a folder: cases, then folders of images without one.

    Case files are looked for up to three folders deep. They are read, not replayed from
    their journals: after a crash one may lag a single change behind until it is opened.
    A folder in `folder` counts as images where it holds DICOM files of studies that
    none of the cases has; they are not begun unless a case is of the same patient.

    Parameters
    ----------
    reader_id
        Whose progress; a reader who did not begin yet has everything before them.
    advance
        Called with what is done, of how much, before each patient.
    protocol
        Under which new cases begin: where it blinds to the subject, folders of images
        and files that do not read are not named either.
    home
        Where cases lie too: those of the images in `folder` are among its patients.
        None where there is no such place.

    Raises
    ------
    StorageError
        If the folder cannot be read; one in it that cannot is a patient with a fault.
    """
    closed: list[tuple[Path, StorageError]] = []
    root = folder.resolve()
    cases = sorted(_case_files(folder, root, DEEPEST, closed))
    beside = [
        path for path in _entries(folder) if path.is_dir() and not leads_out(path, root)
    ]
    list_ = _PatientList(reader_id, protocol)
    total = len(cases) + len(beside)
    for number, path in enumerate(cases):
        advance(number, total)
        list_.add_case(path)
    found: list[tuple[Path, FolderImages]] = []
    for number, path in enumerate(beside, start=len(cases)):
        advance(number, total)
        found.append((path, images_below(path, every_file=list_.names_are_told)))
    if home is not None:
        wanted = {uid for _, images in found for uid in images.studies} - set(
            list_.case_of
        )
        listed = {path.resolve() for path in cases}
        for path in find_cases(home, wanted).cases if wanted else ():
            if path.resolve() not in listed:
                list_.add_case(path)
    list_.add_images(found)
    return (*list_.rows, *(_unread(path, error, protocol) for path, error in closed))


class _PatientList:
    """The rows of a worklist while they are put together.

    Attributes
    ----------
    rows
        So far.
    case_of
        The row of the case that has a study, by its UID.
    """

    def __init__(self, reader_id: str, protocol: Protocol) -> None:
        self._reader_id = reader_id
        self._protocol = protocol
        self.rows: list[CaseProgress] = []
        self.case_of: dict[str, CaseProgress] = {}

    @property
    def names_are_told(self) -> bool:
        """Whether a patient is named after all the studies of the images."""
        return Blinding.under(self._protocol).hides(Blinded.SUBJECT)

    def add_case(self, path: Path) -> None:
        """Add a case, or why it does not read."""
        try:
            case = read_case_file(path).case
        except RecistToolError as error:
            self.rows.append(_unread(path, error, self._protocol))
            return
        row = case_progress(path, case, self._reader_id)
        self.rows.append(row)
        self.case_of |= dict.fromkeys(_studies(case), row)

    def add_images(self, folders: Sequence[tuple[Path, FolderImages]]) -> None:
        """Add the folders of images that no case has, by whose they are."""
        known = self.case_of.keys()
        begun: dict[PatientKey, CaseProgress] = {}
        studies: defaultdict[PatientKey, set[str]] = defaultdict(set)
        for _, images in folders:
            for patient in images.patients:
                studies[patient] |= images.studies
                row = next((self.case_of[uid] for uid in known & images.studies), None)
                if row is not None:
                    begun[patient] = row
        for path, images in folders:
            if not images.studies or images.studies & known:
                continue
            rows = [begun[one] for one in sorted(images.patients) if one in begun]
            together = images.studies.union(*(studies[one] for one in images.patients))
            name = rows[0].name if rows else self._name_of(path, together)
            case = rows[0].path if rows else None
            self.rows.append(
                CaseProgress(path=path, name=name, begun=False, begun_as=case)
            )

    def _name_of(self, path: Path, studies: Collection[str]) -> str:
        told = Blinding.under(self._protocol)
        return told._replace(stand_in=neutral_name(studies)).subject(path.name)


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
    patients: Sequence[CaseProgress],
    after: Path | None,
    among: Sequence[CaseProgress] | None = None,
) -> CaseProgress | None:
    """Return the next patient with a visit to sign, going round; None if there is none.

    The patient at `after` comes last: nothing is next while only that one waits.

    Parameters
    ----------
    patients
        All, in the order of the list.
    after
        Whose case, or images, are open; None begins with the first.
    among
        Those that are shown; None for all. One that a filter hides keeps its place:
        the next is the one below it.
    """
    at = next((place for place, one in enumerate(patients) if after in one.to_open), -1)
    turned = [*patients[at + 1 :], *patients[: at + 1]]
    shown = patients if among is None else among
    return next(
        (
            one
            for one in turned
            if not one.done and not one.fault and one.path != after and one in shown
        ),
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
    folder: Path, root: Path, deep: int, closed: list[tuple[Path, StorageError]]
) -> Iterator[Path]:
    """Yield the case files of a folder; what is closed or leads out is noted."""
    for path in _entries(folder):
        is_case = path.name.endswith(CASE_SUFFIX) and path.is_file()
        if leads_out(path, root):
            if is_case or path.is_dir():
                closed.append((path, StorageError.at(path.name, OUT)))
        elif is_case:
            yield path
        elif deep and path.is_dir() and not path.is_symlink():
            try:
                yield from _case_files(path, root, deep - 1, closed)
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
