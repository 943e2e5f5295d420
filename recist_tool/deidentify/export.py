"""A folder without identity: every file cleaned or refused, none overwritten."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from recist_tool.deidentify.file import NOBODY, clean_file, owner_of
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.scan.links import OUT, files_below, links_out
from recist_tool.dicom.scan.people import alike, taken_as
from recist_tool.errors import DicomError, Fault, InputError, StorageError
from recist_tool.store.file_names import is_device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from recist_tool.deidentify.file import CleanFile
    from recist_tool.deidentify.pseudonyms import Pseudonyms
    from recist_tool.dicom.header.slice_header import PatientKey


class Written(NamedTuple):
    """A file that was cleaned.

    Attributes
    ----------
    source, target
        The file it came from, and the new one.
    subject_id
        The pseudonym of its patient.
    remarks
        What a person should look at before the file is given away.
    """

    source: Path
    target: Path
    subject_id: str
    remarks: tuple[str, ...]


class MayBeOne(NamedTuple):
    """Two patients who may be one, by their pseudonyms.

    Attributes
    ----------
    fuller, other
        The second agrees with the first in all that its files have.
    missing
        What they lack, as people write it.
    """

    fuller: str
    other: str
    missing: tuple[str, ...]


class Refused(NamedTuple):
    """A file that was not written, and why."""

    source: Path
    why: str


class Export(NamedTuple):
    """What became of every file, and who was not taken as one."""

    written: tuple[Written, ...]
    refused: tuple[Refused, ...]
    may_be_one: tuple[MayBeOne, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what `recist deidentify --json` prints."""
        answer: dict[str, Any] = {
            "written": [
                {
                    "source": str(one.source),
                    "target": str(one.target),
                    "subject_id": one.subject_id,
                    "remarks": list(one.remarks),
                }
                for one in self.written
            ],
            "refused": [
                {"source": str(one.source), "why": one.why} for one in self.refused
            ],
        }
        if self.may_be_one:
            answer["may_be_one"] = [one._asdict() for one in self.may_be_one]
        return answer

    def require_all(self) -> None:
        """Refuse an export that left files out.

        Raises
        ------
        DicomError
            With one fault for each file that was not written.
        """
        if self.refused:
            raise DicomError.of(Fault(str(path), why) for path, why in self.refused)


def deidentify(
    source: Path,
    target: Path,
    pseudonyms: Pseudonyms,
    *,
    subject_id: str | None = None,
    join: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Export:
    """Write the files of a folder without their patients' identity.

    Files are ``target/<subject>/study-001/series-001/00001.dcm``; one that cannot be
    cleaned does not stop the others.

    Parameters
    ----------
    source
        A folder, with all below it, or a file.
    target
        A folder that is empty or not there yet, outside of `source`.
    subject_id
        Of the one patient in `source`, in place of a pseudonym.
    join
        Whether to take as one the patients whom only what is missing in the files of
        one of them tells apart: one pseudonym, and one shift of dates.
    progress
        Called with the number of files done and of all files.

    Raises
    ------
    InputError
        If `source` is not there, or `subject_id` is given and fits no file name or not
        one patient alone.
    StorageError
        If `target` is in use, within `source`, or cannot be written.
    """
    _require_apart(source, target)
    files = _files(source)
    is_asked = join or subject_id is not None
    owners = frozenset(_owners(files) if is_asked else ())
    joined = taken_as(alike(owners)) if join else NOBODY
    if subject_id is not None:
        _require_subject(subject_id, owners, joined)
    folder = _Folder(target)
    patients: dict[PatientKey, str] = {}
    written: list[Written] = []
    refused = [Refused(path, OUT) for path in links_out(source)]
    for number, path in enumerate(files, start=1):
        try:
            clean = clean_file(path, pseudonyms, subject_id, joined)
        except DicomError as error:
            why = "; ".join(fault.what for fault in error.faults)
            refused.append(Refused(path, why))
        except OSError as error:
            refused.append(Refused(path, f"cannot be read: {error.strerror or error}"))
        else:
            place = folder.write(clean)
            patients[clean.patient] = clean.subject_id
            written.append(Written(path, place, clean.subject_id, clean.remarks))
        if progress is not None:
            progress(number, len(files))
    return Export(tuple(written), tuple(refused), _may_be_one(patients))


def _may_be_one(patients: Mapping[PatientKey, str]) -> tuple[MayBeOne, ...]:
    return tuple(
        MayBeOne(patients[fuller], patients[other], missing)
        for fuller, other, missing in alike(patients)
    )


def _require_apart(source: Path, target: Path) -> None:
    if not source.exists():
        raise InputError.at(source, "there is no such file or folder", "Check the path")
    inner, outer = target.resolve(), source.resolve()
    if inner == outer or outer in inner.parents:
        raise StorageError.at(
            target, "lies within the folder that is read", "Choose another folder"
        )
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise StorageError.at(
                target,
                "is not empty, and nothing is overwritten",
                "Choose a new folder",
            )
    except OSError as error:
        raise _unwritable(target, error) from None


def _files(source: Path) -> list[Path]:
    return [source] if source.is_file() else sorted(files_below(source))


def _require_subject(
    subject_id: str,
    owners: Iterable[PatientKey],
    joined: Mapping[PatientKey, PatientKey],
) -> None:
    if not subject_id.isascii() or not subject_id.replace("-", "").isalnum():
        raise InputError.at(
            "--subject", "only letters, digits and hyphens", "Choose another one"
        )
    if is_device(subject_id):
        raise InputError.at(
            "--subject", "it is the name of a device on Windows", "Choose another one"
        )
    people = {joined.get(owner, owner) for owner in owners}
    if len(people) > 1:
        lacking = len(people - set(taken_as(alike(people)))) == 1
        own = "say --join if they are one, " if lacking else ""
        raise InputError.at(
            "--subject",
            "the files are of several patients, or name one in several ways",
            f"Give the folder of one patient, {own}or leave --subject out",
        )


def _owners(files: Iterable[Path]) -> Iterator[PatientKey]:
    for path in files:
        try:
            yield owner_of(read_header(path).elements)
        except (DicomError, OSError):
            continue  # it is refused, with its reason, when its turn comes


class _Folder:
    """Numbers studies, series and files as they come."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._series: dict[tuple[str, str, str], Path] = {}
        self._count: dict[Path, int] = {}

    def write(self, clean: CleanFile) -> Path:
        """Write a file under the next free number; all of it, or nothing."""
        series = self._series_folder(clean)
        path = series / f"{self._next(series):05}.dcm"
        try:
            series.mkdir(parents=True, exist_ok=True)
            _write(path, clean.data)
        except OSError as error:
            raise _unwritable(path, error) from None
        return path

    def _series_folder(self, clean: CleanFile) -> Path:
        subject = self._root / clean.subject_id
        study = self._numbered(subject, "study", clean.study_instance_uid)
        return self._numbered(study, "series", clean.series_instance_uid)

    def _numbered(self, home: Path, kind: str, uid: str) -> Path:
        place = (str(home), kind, uid)
        if place not in self._series:
            self._series[place] = home / f"{kind}-{self._next(home):03}"
        return self._series[place]

    def _next(self, folder: Path) -> int:
        self._count[folder] = self._count.get(folder, 0) + 1
        return self._count[folder]


def _write(path: Path, data: bytes) -> None:
    """Write a new file atomically; one that is there already is an error."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        try:
            os.link(partial, path)
        except FileExistsError:
            raise
        except OSError:  # FAT and exFAT, as on USB sticks, have no links
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError.at(
        path,
        f"cannot be written ({error.strerror or error})",
        "Choose a folder with write permission and free space",
    )
