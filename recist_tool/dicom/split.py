"""Which slices make one volume: what only shares a series UID is split, and said so."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom import tags
from recist_tool.dicom.geometry import SAME_POSITION_MM, depth_mm
from recist_tool.measure.volume import GeometryWarning
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.dicom.image import PatientKey, SliceHeader

SAME_DIRECTION: Final = 2e-3  # of a unit vector: 0.1 degrees
SAME_SPACING: Final = 1e-3  # of the pixel spacing

DISCRIMINATORS: Final = (
    ("temporal position", tags.TEMPORAL_POSITION),
    ("acquisition number", tags.ACQUISITION_NUMBER),
    ("image type", tags.IMAGE_TYPE),
    ("reconstruction kernel", tags.CONVOLUTION_KERNEL),
    ("echo time", tags.ECHO_TIME),
    ("acquisition time", tags.ACQUISITION_TIME),
)
"""What tells two stacks at the same positions apart, tried in this order."""


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


class Group(NamedTuple):
    """Slices that make one volume, as far as their headers tell.

    Attributes
    ----------
    study_instance_uid, series_instance_uid
        As in the files, or a stand-in made from them where they are empty.
    warnings
        What was split, or stood in for.
    """

    slices: tuple[SliceHeader, ...]
    study_instance_uid: str
    series_instance_uid: str
    warnings: tuple[GeometryWarning, ...]


class _Part(NamedTuple):
    """Some slices of a series, and what is to be said about them."""

    slices: Sequence[SliceHeader]
    warnings: tuple[GeometryWarning, ...]


class _Owner(NamedTuple):
    """What slices of one volume have in common before their geometry is looked at."""

    patient: PatientKey
    study_instance_uid: str
    series_instance_uid: str


class _Plane(NamedTuple):
    """What the slices of one volume have in common geometrically."""

    frame_of_reference: tuple[str, str]
    matrix: tuple[int, int]
    is_localizer: bool
    spacing: tuple[float, float]
    axes: tuple[float, ...]

    def fits(self, other: _Plane) -> bool:
        """Whether two slices may belong to one volume."""
        return self == other or (
            self[:3] == other[:3]
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
        *(image.elements.text(tag) for _, tag in DISCRIMINATORS),
    )


def groups(images: Iterable[SliceHeader]) -> list[Group]:
    """Return the volumes among slices of any patients and series."""
    owned: defaultdict[_Owner, list[SliceHeader]] = defaultdict(list)
    for image in images:
        owned[_owner(image)].append(image)
    return [
        Group(tuple(part), owner.study_instance_uid, owner.series_instance_uid, said)
        for owner, slices in owned.items()
        for part, said in _volumes(slices)
    ]


def _owner(image: SliceHeader) -> _Owner:
    study = image.study_instance_uid or _stand_in(image, ())
    series = image.series_instance_uid or _stand_in(image, SERIES_MARKS)
    return _Owner(image.patient, study, series)


def _stand_in(image: SliceHeader, marks: tuple[int, ...]) -> str:
    """Return a UID that is the same each time the same files are read (PS3.5, B.2)."""
    found = image.elements
    words = [found.text(tag) for tag in (tags.STUDY_DATE, *marks)]
    words += [image.study_instance_uid, *image.patient]
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def _volumes(slices: Sequence[SliceHeader]) -> list[_Part]:
    planes: dict[_Plane, list[SliceHeader]] = {}
    for image in slices:
        plane = _plane(image)
        like = plane if plane in planes else next(filter(plane.fits, planes), plane)
        planes.setdefault(like, []).append(image)
    said = (*_no_uid(slices[0]), *_mixture(list(planes)))
    return [
        _Part(phase, (*said, *_localizer(plane), *repeated))
        for plane, part in planes.items()
        for phase, repeated in _phases(part)
    ]


def _plane(image: SliceHeader) -> _Plane:
    return _Plane(
        (image.frame_of_reference_uid, image.modality),
        (image.rows, image.columns),
        image.is_localizer,
        image.pixel_spacing_mm or (0.0, 0.0),
        (*image.row_axis_lps, *image.column_axis_lps),
    )


def _no_uid(image: SliceHeader) -> tuple[GeometryWarning, ...]:
    if image.series_instance_uid:
        return ()
    text = (
        "SeriesInstanceUID (0020,000E) is empty: files of one study with the same "
        "series number, description and time were put together"
    )
    return (GeometryWarning(WarningCode.EMPTY_SERIES_UID, text),)


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
    if not said and len(planes) > 1:
        text = "localizers and other images share this series UID: they were split"
        said.append(GeometryWarning(WarningCode.MIXED_ORIENTATION, text))
    return tuple(said)


def _grid_differs(a: _Plane, b: _Plane) -> bool:
    tolerance = SAME_SPACING * max(a.spacing)
    return a.matrix != b.matrix or not _near(a.spacing, b.spacing, tolerance)


def _phases(slices: list[SliceHeader]) -> list[_Part]:
    """Split stacks that lie at the same positions, where a tag tells them apart."""
    if not _repeats(slices):
        return [_Part(slices, ())]
    for name, tag in DISCRIMINATORS:
        parts: defaultdict[tuple[str, ...], list[SliceHeader]] = defaultdict(list)
        for image in slices:
            parts[image.elements.texts(tag)].append(image)
        if len(parts) > 1 and not any(map(_incomplete, parts.values())):
            text = (
                f"{len(parts)} stacks at the same positions share this series UID: "
                f"they were split by {name} {tags.written(tag)}"
            )
            said = (GeometryWarning(WarningCode.DUPLICATE_POSITION, text),)
            return [_Part(part, said) for part in parts.values()]
    return [_Part(slices, ())]


def _repeats(slices: Sequence[SliceHeader]) -> bool:
    depths = sorted(map(depth_mm, slices))
    return any(b - a <= SAME_POSITION_MM for a, b in pairwise(depths))


def _incomplete(slices: Sequence[SliceHeader]) -> bool:
    """Whether slices are no stack of their own."""
    return len(slices) < 2 or _repeats(slices)
