"""The report of a read, from its case file: gathered here, worded in `report.case`."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from recist_tool.app.answers import Answers
from recist_tool.app.image_places import located
from recist_tool.app.signatures import Signatures
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.series import as_remembered
from recist_tool.errors import FindingsError, InputError, StorageError
from recist_tool.model.blinding import Blinding, neutral_name
from recist_tool.model.finding import calipers_of
from recist_tool.report.case.build import report_of
from recist_tool.report.case.html import html_of
from recist_tool.report.case.matter import CaseMatter, SlicePlace
from recist_tool.report.case.pdf import pdf_of
from recist_tool.report.figures import lesion_picture, sums_picture
from recist_tool.store.casefile import load_case, replacing
from recist_tool.store.key_images import KeyImages, key_image_content
from recist_tool.store.rules_mark import written_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from recist_tool.app.answers import Answer
    from recist_tool.dicom.scan.series import Series
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.case import Case, Read
    from recist_tool.model.finding import LesionFinding
    from recist_tool.report.case.blocks import Report
    from recist_tool.report.case.matter import Place
    from recist_tool.store.casefile import LoadedCase

ReportFormat = Literal["html", "pdf"]
FORMATS: Final[tuple[ReportFormat, ...]] = ("html", "pdf")
_MAKERS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "html": html_of,
    "pdf": pdf_of,
}


class _Images(NamedTuple):
    """What is known of the images of a read.

    Attributes
    ----------
    slices
        Where each image lies in its series.
    pictures
        Key images, PNG, by lesion and visit.
    """

    slices: Mapping[tuple[str, int | None], SlicePlace]
    pictures: Mapping[Place, bytes]


def require_report_libraries(formats: Sequence[ReportFormat] = FORMATS) -> None:
    """Fail before long work begins that ends in a report, if it cannot be made.

    Raises
    ------
    ImportError
        If what makes it is not installed.
    """
    import matplotlib  # noqa: F401  # pyright: ignore[reportUnusedImport]

    if "html" in formats:
        import jinja2  # noqa: F401  # pyright: ignore[reportUnusedImport]
    if "pdf" in formats:
        import reportlab  # noqa: F401  # pyright: ignore[reportUnusedImport]


def report_name(case: Case, form: ReportFormat) -> str:
    """Return a name for the file of a report that says nothing about whose it is."""
    told = Blinding.of(case)
    return f"{told.stand_in or neutral_name([case.case_uid])}.report.{form}"


def require_reader(case: Case, reader_id: str = "") -> str:
    """Return whose read of a case a report is of.

    Parameters
    ----------
    reader_id
        As asked for; empty for the only one.

    Raises
    ------
    InputError
        If that reader has no read in the case, or there are several to choose from.
    """
    known = [one.reader_id for one in case.reads]
    if reader_id in known:
        return reader_id
    if reader_id:
        what = f"has no read of '{reader_id}'"
    elif len(known) == 1:
        return known[0]
    else:
        what = f"has {len(known)} reads" if known else "has no read"
    remedy = f"Name one of {', '.join(known)} with --reader" if known else ""
    raise InputError.at("the case", what, remedy)


def case_matter(
    case_path: Path,
    reader_id: str,
    *,
    at: dt.datetime | None = None,
    volumes: Mapping[str, Volume] | None = None,
) -> CaseMatter:
    """Return all that the report of a read is written about.

    Key images that the window made are taken where they show what the case holds; the
    others are drawn, where the series is found.

    Parameters
    ----------
    reader_id
        Whose read; as `require_reader` gives it.
    at
        When the report is written; None for now.
    volumes
        Series at hand, by series instance UID; None looks for them where the case says
        that they were.

    Raises
    ------
    CaseFileError, StorageError
        As `load_case`.
    FindingsError
        If nothing is recorded yet, or what is recorded cannot be judged.
    """
    loaded = load_case(case_path)
    case, entries = loaded.case, loaded.journal.entries
    answer = _answer(loaded, reader_id, case_path.name)
    assert answer.findings is not None  # noqa: S101 - _answer() sees to it
    images = _images(case, answer.read, KeyImages(case_path, reader_id), volumes)
    outdated = Signatures(reader_id).outdated(case, entries)
    main = next(iter(answer.by_criteria.values()))
    return CaseMatter(
        case=case,
        read=answer.read,
        findings=answer.findings,
        assessments=answer.by_criteria,
        failed=answer.failed,
        slices=images.slices,
        images=images.pictures,
        sums=sums_picture(case, main),
        outdated={one.timepoint_id: str(one) for one in outdated},
        head=entries[-1].entry_hash,
        entries=len(entries),
        program=written_by(),
        at=at or dt.datetime.now(dt.UTC),
    )


def _answer(loaded: LoadedCase, reader_id: str, name: str) -> Answer:
    answer = Answers().after(loaded.case)[reader_id]
    if answer.problems:
        raise FindingsError.of(answer.problems)
    if answer.failed and not answer.by_criteria:
        raise FindingsError.of(answer.failed.values())
    if answer.findings is None:
        raise FindingsError.at(
            name, f"{reader_id} has recorded nothing yet", "There is nothing to report"
        )
    return answer


def write_report(
    matter: CaseMatter, targets: Mapping[ReportFormat, Path], *, overwrite: bool = False
) -> list[Path]:
    """Write a report in each of some formats, and return the files.

    Parameters
    ----------
    targets
        The file of each format.
    overwrite
        Whether files that are there already are replaced.

    Raises
    ------
    StorageError
        If a file is there already, or the disk refuses; then none is written.
    ImportError
        If what makes one is not installed.
    """
    for path in targets.values():
        if path.exists() and not overwrite:
            raise StorageError.at(
                path.name, "exists already", "Move it away, or choose another name"
            )
    report = report_of(matter)
    made = {path: _MAKERS[form](report) for form, path in targets.items()}
    for path, content in made.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary:
                temporary.write_bytes(content)
        except OSError as error:
            raise StorageError.at(
                path.name,
                f"cannot be written ({error.strerror})",
                "Free space, mend permissions or choose another folder",
            ) from None
    return list(made)


# ------------------------------------------------------------------------ images


def _images(
    case: Case, read: Read, kept: KeyImages, volumes: Mapping[str, Volume] | None
) -> _Images:
    known = _kept(read, kept)
    if volumes is not None:
        slices = {at: place for one in volumes.values() for at, place in _places(one)}
        drawn = dict(_drawn(read, volumes.values(), known))
        return _Images(slices, {**known, **drawn})
    series = _found(case)
    slices = {at: place for one in series for at, place in _numbered(one)}
    wanted = _series_of(read, known)
    at_hand = (
        volume
        for one in series
        if one.series_instance_uid in wanted
        for volume in _loaded(as_remembered(one, case))
    )
    return _Images(slices, {**known, **dict(_drawn(read, at_hand, known))})


def _kept(read: Read, kept: KeyImages) -> dict[Place, bytes]:
    """Return the images that the window made, where they are true."""
    shown = kept.found()
    lesions = {one.lesion_id: one for one in read.lesions}
    found: dict[Place, bytes] = {}
    for entry in read.findings:
        path = kept.path(entry.lesion_id, entry.timepoint_id)
        content = key_image_content(lesions[entry.lesion_id], entry)
        if content and shown.get(path.name) == content:
            with contextlib.suppress(OSError):
                found[entry.lesion_id, entry.timepoint_id] = path.read_bytes()
    return found


def _found(case: Case) -> tuple[Series, ...]:
    """Return the series of a case that lie where they were last."""
    every = [one for visit in case.timepoints for one in visit.series]
    folders = dict.fromkeys(Path(at) for one in every if (at := located(one.folder)))
    there = [one for one in folders if one.exists()]
    if not there:
        return ()
    try:
        series = scan(there).series
    except InputError:  # a folder or archive went while it was read
        return ()
    return tuple(one for one in series if case.pinned(one.series_instance_uid, one.key))


def _loaded(series: Series) -> Iterator[Volume]:
    """Return the pixels of a series; nothing where they do not read."""
    with contextlib.suppress(InputError):
        yield load(series)


def _numbered(
    series: Series,
) -> Iterator[tuple[tuple[str, int | None], SlicePlace]]:
    count = len(series.slices)
    for number, one in enumerate(series.slices, start=1):
        frame = one.frame_number if one.frame_count > 1 else None
        yield (one.sop_instance_uid, frame), SlicePlace(number, count)


def _places(volume: Volume) -> Iterator[tuple[tuple[str, int | None], SlicePlace]]:
    count = len(volume.sop_instance_uids)
    frames = volume.frame_numbers or (None,) * count
    pairs = zip(volume.sop_instance_uids, frames, strict=True)
    for number, (uid, frame) in enumerate(pairs, start=1):
        yield (uid, frame), SlicePlace(number, count)


def _to_draw(read: Read, known: Mapping[Place, bytes]) -> Iterator[LesionFinding]:
    for entry in read.findings:
        if (entry.lesion_id, entry.timepoint_id) not in known:
            yield entry


def _series_of(read: Read, known: Mapping[Place, bytes]) -> set[str]:
    """Return the series on which there is something to draw."""
    return {
        caliper.plane.series_instance_uid
        for entry in _to_draw(read, known)
        for caliper in calipers_of(entry.finding)
        if caliper.plane is not None
    }


def _drawn(
    read: Read, volumes: Iterable[Volume], known: Mapping[Place, bytes]
) -> Iterator[tuple[Place, bytes]]:
    """Draw what was not kept, one series after the other: they are large."""
    organs = {one.lesion_id: one.organ for one in read.lesions}
    for volume in volumes:
        for entry in _to_draw(read, known):
            png = lesion_picture(entry.finding, organs[entry.lesion_id], volume)
            if png:
                yield (entry.lesion_id, entry.timepoint_id), png
