"""Lesions of a file of masks, taken into a read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.app.agenda import said_so_far
from recist_tool.app.segmenting import finding_on_mask, program
from recist_tool.app.uptake import Region, scan_with
from recist_tool.dicom.scan.pet_scan import scan_facts
from recist_tool.dicom.scan.series import series_reference
from recist_tool.errors import CommandRefused
from recist_tool.model.commands import ImportedLesion, ImportLesions
from recist_tool.model.commands.requirements import require_in_sequence
from recist_tool.model.organs import place_of
from recist_tool.model.provenance import MeasuringMethod, Provenance
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.app.measuring import MeasuredFile, MeasuredLesion
    from recist_tool.app.session import Session
    from recist_tool.dicom.masks.mask_file import Segment
    from recist_tool.dicom.scan.series import Series
    from recist_tool.model.case import Case, Read, SeriesReference
    from recist_tool.model.lesion import Lesion
    from recist_tool.model.pet import PetScan


class Unknown(NamedTuple):
    """What lesions become that the read does not know yet.

    Attributes
    ----------
    organ
        Of those of which the file names none; empty where nobody said it.
    """

    role: LesionRole = LesionRole.TARGET
    organ: str = ""


def import_lesions(
    session: Session,
    timepoint_id: str,
    measured: MeasuredFile,
    unknown: Unknown = Unknown(),  # noqa: B008 - it cannot change
) -> Iterator[str]:
    """Record the lesions of a file at a timepoint, and give the id of each.

    Each is given as it is measured; all are recorded after the last, as one change: one
    that is refused refuses all.

    A lesion of the read is known again by its tracking UID, else by its id or its name,
    where no other of the file has the same; the others are added. Axes, volume and
    voxels are recorded, with the kind of file as their provenance.

    Parameters
    ----------
    measured
        Measured on its series; lengths in mm, volumes in ml.
    unknown
        Role of the lesions that are added, and the organ of those of which the file
        names none.

    Raises
    ------
    CommandRefused
        If there is no such timepoint, it is signed, a sequential read has not come to
        it, the series belongs to another one, two masks are of one lesion, the file
        was measured without its series, or nobody names the organ of a new lesion.
    GeometryError
        If the images could not be found again.
    """
    if measured.volume is None or measured.series is None:
        raise CommandRefused.at(
            timepoint_id, "voxels are recorded on images", "Give their series"
        )
    _require_open(session, timepoint_id)
    segments = [lesion.segment for lesion in measured.lesions]
    known = known_lesions(session.read, segments)
    if not unknown.organ:
        _require_organs(segments, known)
    series = _to_pin(session.case, timepoint_id, measured.series)
    taken: list[ImportedLesion] = []
    for lesion, lesion_id in zip(measured.lesions, known, strict=True):
        added = None
        if lesion_id is None:
            added = _new(session, timepoint_id, lesion, unknown, taken)
        one = _imported(session, timepoint_id, measured, lesion, lesion_id, added)
        taken.append(one)
        yield one.lesion_id
    if taken:
        session.do(
            ImportLesions(
                reader_id=session.reader_id,
                timepoint_id=timepoint_id,
                series=series,
                lesions=tuple(taken),
                pet=_uptake(session, timepoint_id, measured, taken),
            )
        )


def known_lesions(read: Read, segments: Sequence[Segment]) -> tuple[str | None, ...]:
    """Return which lesion of a read each mask of a file is of; None for a new one.

    Raises
    ------
    CommandRefused
        If two are of one lesion.
    """
    known = tuple(_known(read, segment, segments) for segment in segments)
    _require_apart(known, segments)
    return known


def organ_of(segment: Segment) -> str:
    """Return the organ that a mask is in, by its code, else by its name.

    Empty where neither names one: what a form or an option holds is not the file's.
    """
    for words in (segment.site, segment.name):
        place = place_of(words)
        if words and place.known:
            return place.organ
    return ""


def provenance_of_file(kind: str, label: int) -> Provenance:
    """Return the record of a mask that was drawn elsewhere.

    Parameters
    ----------
    kind
        The format of the file, in a word.
    """
    return Provenance(
        method=MeasuringMethod.MASK,
        program=program(),
        algorithm=kind,
        parameters={"label": float(label)},
    )


def _require_open(session: Session, timepoint_id: str) -> None:
    if session.case.timepoint(timepoint_id) is None:
        known = ", ".join(one.timepoint_id for one in session.case.timepoints) or "none"
        raise CommandRefused.at(
            timepoint_id, f"the case has no such timepoint (it has {known})"
        )
    if session.read.locked(timepoint_id):
        raise CommandRefused.at(timepoint_id, "it is signed", "Unlock it first")
    require_in_sequence(session.case, session.read, timepoint_id)


def _require_organs(segments: Sequence[Segment], known: Sequence[str | None]) -> None:
    """Refuse masks that become lesions, and of which the file names no organ."""
    labels = [
        str(segment.label)
        for segment, lesion_id in zip(segments, known, strict=True)
        if lesion_id is None and not organ_of(segment)
    ]
    if labels:
        raise CommandRefused.at(
            f"label {', '.join(labels)}",
            "the file names no organ, and nobody else does; nothing is recorded",
            "Give it: --organ",
        )


def _to_pin(case: Case, timepoint_id: str, series: Series) -> SeriesReference | None:
    """Return the series as it is to be pinned; None where it is pinned there."""
    pinned = series_reference(series)
    for timepoint in case.timepoints:
        if any(map(pinned.is_same, timepoint.series)):
            if timepoint.timepoint_id == timepoint_id:
                return None
            raise CommandRefused.at(
                timepoint_id, f"the series belongs to {timepoint.timepoint_id}"
            )
    return pinned


def _new(
    session: Session,
    timepoint_id: str,
    lesion: MeasuredLesion,
    unknown: Unknown,
    taken: Sequence[ImportedLesion],
) -> Lesion:
    """Return the lesion that a mask adds, under a name that no other has."""
    details = lesion.segment.details()
    if unknown.role is LesionRole.NEW:
        details["first_seen"] = timepoint_id
    names = [one.lesion_id for one in taken]
    details["lesion_id"] = session.new_lesion_id(unknown.role, names)
    organ = organ_of(lesion.segment) or unknown.organ
    return session.new_lesion(unknown.role, organ, **details)


def _uptake(
    session: Session,
    timepoint_id: str,
    measured: MeasuredFile,
    taken: Sequence[ImportedLesion],
) -> PetScan | None:
    """Return what the masks of a file say of uptake; None off a PET in SUV."""
    volume, series = measured.volume, measured.series
    if volume is None or series is None or volume.modality != "PT":
        return None
    override = session.case.suv_override(series.series_instance_uid)
    facts, found = scan_facts(series, override), session.read.uptake_at(timepoint_id)
    for lesion, one in zip(measured.lesions, taken, strict=True):
        how = provenance_of_file(measured.kind, lesion.segment.label)
        region = Region(volume, lesion.segment.mask, how, facts)
        found = scan_with(found, one.lesion_id, region) or found
    return found


def _imported(
    session: Session,
    timepoint_id: str,
    measured: MeasuredFile,
    lesion: MeasuredLesion,
    lesion_id: str | None,
    added: Lesion | None,
) -> ImportedLesion:
    assert measured.volume is not None  # noqa: S101 - import_lesions() sees to it
    known = added if lesion_id is None else session.read.lesion(lesion_id)
    assert known is not None  # noqa: S101 - it was found in the read, or made
    finding, mask = finding_on_mask(
        measured.volume,
        lesion.segment.mask,
        provenance_of_file(measured.kind, lesion.segment.label),
        role=known.role,
        decimals=session.case.protocol.diameter_decimals,
        said=said_so_far(session.case, session.read, known, timepoint_id),
    )
    return ImportedLesion(
        lesion_id=known.lesion_id, added=added, finding=finding, mask=mask
    )


def _known(read: Read, segment: Segment, segments: Sequence[Segment]) -> str | None:
    """Return the lesion of the read that is meant, if one alone is, by one alone."""
    lesions = read.lesions
    for one in lesions:
        if segment.tracking_uid and one.tracking_uid == segment.tracking_uid:
            return one.lesion_id
    named = [one for one in lesions if segment.name in (one.lesion_id, one.name)]
    alike = [one for one in segments if one.name == segment.name]
    is_clear = segment.name and len(named) == len(alike) == 1
    return named[0].lesion_id if is_clear else None


def _require_apart(known: Sequence[str | None], segments: Sequence[Segment]) -> None:
    """Refuse two masks of one lesion: the second would take the place of the first."""
    label_of: dict[str, int] = {}
    for lesion_id, segment in zip(known, segments, strict=True):
        if lesion_id in label_of:
            raise CommandRefused.at(
                lesion_id,
                f"labels {label_of[lesion_id]} and {segment.label} are both of it",
                "Name them apart, or make them one",
            )
        if lesion_id is not None:
            label_of[lesion_id] = segment.label
