"""Which slices make one volume: what only shares a series UID is split, and said so."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.scan.same_pixels import without_repeats
from recist_tool.dicom.scan.stacks import MARKS, repeats, told_apart
from recist_tool.measure.geometry.volume import GeometryWarning
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from recist_tool.dicom.header.slice_header import PatientKey, SliceHeader

SAME_DIRECTION: Final = 2e-3  # of a unit vector: 0.1 degrees
SAME_SPACING: Final = 1e-3  # of the pixel spacing
SAME_THICKNESS: Final = 0.02  # of the greater one
LEAST_SECTIONS: Final = 3
"""Two slices of two frames of reference can be two scans."""

KINDS: Final = (
    ("stack", tags.STACK_ID),
    ("reconstruction kernel", tags.CONVOLUTION_KERNEL),
    ("tube voltage", tags.KVP),
    ("kind of value", tags.RESCALE_TYPE),
)
"""What never differs within one volume, wherever its slices lie."""

SERIES_MARKS: Final = (
    tags.MODALITY,
    tags.SERIES_NUMBER,
    tags.SERIES_DESCRIPTION,
    tags.SERIES_DATE,
    tags.SERIES_TIME,
    tags.CONVOLUTION_KERNEL,
    tags.FRAME_OF_REFERENCE_UID,
)
"""What stands for a series where its UID is empty."""


class SliceGroup(NamedTuple):
    """Slices that make one volume, as far as their headers tell.

    Attributes
    ----------
    study_instance_uid, series_instance_uid
        As in the files, or a stand-in made from them where they are empty.
    warnings
        What was split, or stood in for.
    shares_uid
        Whether other volumes have the same series UID.
    """

    slices: tuple[SliceHeader, ...]
    study_instance_uid: str
    series_instance_uid: str
    warnings: tuple[GeometryWarning, ...]
    shares_uid: bool


class _Part(NamedTuple):
    """Some slices of a series, and what is to be said about them."""

    slices: Sequence[SliceHeader]
    warnings: tuple[GeometryWarning, ...]


class _Owner(NamedTuple):
    """What slices of one volume have in common before their geometry is looked at."""

    patient: PatientKey
    study_date: str
    study_instance_uid: str
    series_instance_uid: str


class _Plane(NamedTuple):
    """What the slices of one volume have in common geometrically."""

    frame_of_reference: tuple[str, str]
    matrix: tuple[int, int]
    is_localizer: bool
    kind: tuple[tuple[str, ...], ...]
    spacing: tuple[float, float]
    axes: tuple[float, ...]
    thickness: float

    def fits(self, other: _Plane) -> bool:
        """Whether two slices may belong to one volume."""
        return self == other or (
            self[:4] == other[:4]
            and not _thickness_differs(self, other)
            and _near(self.spacing, other.spacing, SAME_SPACING * max(self.spacing))
            and _near(self.axes, other.axes, SAME_DIRECTION)
        )


def _near(a: tuple[float, ...], b: tuple[float, ...], tolerance: float) -> bool:
    return all(abs(x - y) <= tolerance for x, y in zip(a, b, strict=True))


class Copy(NamedTuple):
    """An image that was found twice."""

    copy: SliceHeader
    image: SliceHeader


def without_copies(
    images: Iterable[SliceHeader],
) -> tuple[list[SliceHeader], list[Copy]]:
    """Keep one of several files that hold the same image.

    The SOP Instance UID alone does not tell: careless tools give one to many images.
    """
    kept: dict[tuple[object, ...], SliceHeader] = {}
    copies: list[Copy] = []
    for image in images:
        first = kept.setdefault(_identity(image), image)
        if first is not image:
            copies.append(Copy(image, first))
    return list(kept.values()), copies


def _identity(image: SliceHeader) -> tuple[object, ...]:
    return (
        _owner(image),
        image.sop_instance_uid or image.path,
        image.frame_number,
        image.position_lps,
        image.instance_number,
        *(image.elements.text(tag) for _, tag in (*KINDS, *MARKS)),
    )


def groups(images: Iterable[SliceHeader]) -> list[SliceGroup]:
    """Return the volumes among slices of any patients and series."""
    owned: defaultdict[_Owner, list[SliceHeader]] = defaultdict(list)
    for image in images:
        owned[_owner(image)].append(image)
    shared = Counter(owner.series_instance_uid for owner in owned)
    parts = [
        (owner, part)
        for owner, slices in owned.items()
        for part in _volumes(slices, shared[owner.series_instance_uid])
    ]
    count = Counter(owner.series_instance_uid for owner, _ in parts)
    return [
        SliceGroup(
            slices=tuple(part.slices),
            study_instance_uid=owner.study_instance_uid,
            series_instance_uid=owner.series_instance_uid,
            warnings=part.warnings,
            shares_uid=count[owner.series_instance_uid] > 1,
        )
        for owner, part in parts
    ]


def _owner(image: SliceHeader) -> _Owner:
    study = image.study_instance_uid or _stand_in(image, ())
    series = image.series_instance_uid or _stand_in(image, SERIES_MARKS)
    day = image.elements.text(tags.STUDY_DATE)
    return _Owner(image.patient, day, study, series)


def _stand_in(image: SliceHeader, marks: tuple[int, ...]) -> str:
    """Return a UID that is the same each time the same files are read (PS3.5, B.2)."""
    found = image.elements
    words = [found.text(tag) for tag in (tags.STUDY_DATE, *marks)]
    words += [image.study_instance_uid, *image.patient]
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def _volumes(slices: Sequence[SliceHeader], owners: int) -> list[_Part]:
    slices, anonymised = _in_one_frame(slices)
    planes: dict[_Plane, list[SliceHeader]] = {}
    for image in slices:
        plane = _plane(image)
        like = plane if plane in planes else next(filter(plane.fits, planes), plane)
        planes.setdefault(like, []).append(image)
    said = (*anonymised, *_uids(slices, owners), *_mixture(list(planes)))
    return [
        _Part(stack, (*said, *_localizer(plane), *repeated))
        for plane, part in planes.items()
        for stack, repeated in _stacks(part)
    ]


def _in_one_frame(
    slices: Sequence[SliceHeader],
) -> tuple[Sequence[SliceHeader], tuple[GeometryWarning, ...]]:
    """Return slices without a frame of reference where each has one of its own.

    Anonymisers that make a new UID for each file write such; a frame of reference that
    holds for one slice alone relates it to nothing (PS3.3, C.7.4.1).
    """
    sections = [image for image in slices if not image.is_localizer]
    frames = {image.frame_of_reference_uid for image in sections}
    if len(sections) < LEAST_SECTIONS or len(frames) < len(sections):
        return slices, ()
    text = (
        f"each of {len(sections)} slices has a FrameOfReferenceUID (0020,0052) of its "
        "own, as anonymisers write: they were put together, and belong to none"
    )
    said = (GeometryWarning(WarningCode.REPEATED_UID, text),)
    return [
        image if image.is_localizer else replace(image, frame_of_reference_uid="")
        for image in slices
    ], said


def _plane(image: SliceHeader) -> _Plane:
    return _Plane(
        frame_of_reference=(image.frame_of_reference_uid, image.modality),
        matrix=(image.rows, image.columns),
        is_localizer=image.is_localizer,
        kind=tuple(_said(image, tag) for _, tag in KINDS),
        spacing=image.pixel_spacing_mm or (0.0, 0.0),
        axes=(*image.row_axis_lps, *image.column_axis_lps),
        thickness=image.thickness_mm or 0.0,
    )


def _said(image: SliceHeader, tag: int) -> tuple[str, ...]:
    """Return what an image says, one way of writing it for all."""
    found = image.elements
    if tag == tags.KVP and (number := found.number(tag)) is not None:
        return (f"{number:g}",)
    if tag == tags.RESCALE_TYPE and image.modality == "CT":
        return found.texts(tag) or ("HU",)  # PS3.3, C.8.2.1.1.2
    return found.texts(tag)


def _uids(slices: Sequence[SliceHeader], owners: int) -> Iterator[GeometryWarning]:
    """Say which UIDs do not identify what they should."""
    if not slices[0].series_instance_uid:
        text = (
            "SeriesInstanceUID (0020,000E) is empty: files of one study with the same "
            "series number, description and time were put together"
        )
        yield GeometryWarning(WarningCode.EMPTY_SERIES_UID, text)
    elif owners > 1:
        text = (
            f"{owners} patients, studies or dates share this series UID: "
            "they were kept apart"
        )
        yield GeometryWarning(WarningCode.REPEATED_UID, text)
    found = Counter((i.sop_instance_uid, i.frame_number) for i in slices)
    empty = sum(count for (uid, _), count in found.items() if not uid)
    repeated = sum(n for (uid, _), n in found.items() if uid and n > 1)
    for count, what in ((empty, "no"), (repeated, "the same")):
        if count:
            text = (
                f"{count} images have {what} SOPInstanceUID (0008,0018): "
                "they are told apart by their place in the patient"
            )
            yield GeometryWarning(WarningCode.REPEATED_UID, text)


def _localizer(plane: _Plane) -> tuple[GeometryWarning, ...]:
    if not plane.is_localizer:
        return ()
    text = "a localizer (scout), not a cross-section: nothing is measured on it"
    return (GeometryWarning(WarningCode.LOCALIZER, text),)


def _mixture(planes: list[_Plane]) -> tuple[GeometryWarning, ...]:
    """Say why one series UID was split into several volumes."""
    first = planes[0]
    said: list[GeometryWarning] = []
    if any(not _near(p.axes, first.axes, SAME_DIRECTION) for p in planes):
        text = "slices of different orientation share this series UID: they were split"
        said.append(GeometryWarning(WarningCode.MIXED_ORIENTATION, text))
    elif any(p.frame_of_reference != first.frame_of_reference for p in planes):
        text = "several frames of reference share this series UID: they were split"
        said.append(GeometryWarning(WarningCode.MIXED_ORIENTATION, text))
    if any(_grid_differs(p, first) for p in planes):
        text = "slices of different pixel grids share this series UID: they were split"
        said.append(GeometryWarning(WarningCode.IRREGULAR_SPACING, text))
    if any(_thickness_differs(p, first) for p in planes):
        text = "slices of different thickness share this series UID: they were split"
        said.append(GeometryWarning(WarningCode.IRREGULAR_SPACING, text))
    said += _kinds(planes)
    if not said and len(planes) > 1:
        text = "localizers and other images share this series UID: they were split"
        said.append(GeometryWarning(WarningCode.MIXED_ORIENTATION, text))
    return tuple(said)


def _kinds(planes: Sequence[_Plane]) -> Iterator[GeometryWarning]:
    """Say which of `KINDS` differs, and that it was split by."""
    for (name, tag), values in zip(
        KINDS, zip(*(p.kind for p in planes), strict=True), strict=True
    ):
        if len(set(values)) > 1:
            text = (
                f"{len(set(values))} stacks share this series UID: "
                f"they were split by {name} {tags.written(tag)}"
            )
            yield GeometryWarning(WarningCode.DUPLICATE_POSITION, text)


def _grid_differs(a: _Plane, b: _Plane) -> bool:
    tolerance = SAME_SPACING * max(a.spacing)
    return a.matrix != b.matrix or not _near(a.spacing, b.spacing, tolerance)


def _thickness_differs(a: _Plane, b: _Plane) -> bool:
    return abs(a.thickness - b.thickness) > SAME_THICKNESS * max(
        a.thickness, b.thickness
    )


def _stacks(slices: list[SliceHeader]) -> Iterator[_Part]:
    """Split stacks that lie at the same positions, where something tells them apart."""
    once = without_repeats(slices)
    said: tuple[GeometryWarning, ...] = ()
    if len(once) < len(slices):
        text = (
            f"{len(slices) - len(once)} slices are there twice, with the same pixels: "
            "each is taken once"
        )
        said = (GeometryWarning(WarningCode.DUPLICATE_POSITION, text),)
    parts, by = told_apart(once)
    if not by:
        yield _Part(once, said)
        return
    where = "at the same positions" if repeats(once) else "between each other"
    text = f"{len(parts)} stacks {where} share this series UID: they were split by {by}"
    for part in parts:
        split = GeometryWarning(WarningCode.DUPLICATE_POSITION, text)
        yield _Part(part, (*said, split))
