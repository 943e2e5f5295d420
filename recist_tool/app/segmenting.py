"""Masks in a read: recorded with their axes, and made by segmenters from elsewhere."""

from __future__ import annotations

from decimal import Decimal
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from recist_tool import __version__
from recist_tool.app.agenda import said_so_far
from recist_tool.app.plausible import on_pet
from recist_tool.app.uptake import Region, scan_with
from recist_tool.criteria.pet.percist import liver_threshold
from recist_tool.errors import GeometryError, RecistToolError, SetupError
from recist_tool.measure.caliper.caliper import as_record
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.saved import as_saved_mask
from recist_tool.measure.mask.statistics import statistics
from recist_tool.measure.segment.segment import Segmentation
from recist_tool.model.commands import RecordUptake
from recist_tool.model.finding import Measured, calipers_of, seen_in_role
from recist_tool.model.provenance import MeasuringMethod, Provenance
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from recist_tool.app.session import Session
    from recist_tool.dicom.scan.pet_scan import ScanFacts
    from recist_tool.measure.caliper.caliper import Pixel, PlacedCaliper
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.model.case import Case, Read
    from recist_tool.model.finding import Finding
    from recist_tool.model.mask import LesionMask
    from recist_tool.model.protocol import Protocol as ReadProtocol

SEGMENTERS: Final = "recist_tool.segmenters"
"""The group of entry points where optional segmenters are found."""

PROGRAM: Final = "recist_tool"

HOUNSFIELD: Final = "HU"


class Segmenter(Protocol):
    """What an entry point of `SEGMENTERS` names: the lesion that a point lies in."""

    def __call__(self, volume: Volume, slice_index: int, pixel: Pixel) -> Segmentation:
        """Return the lesion; refuse with a `RecistToolError`."""
        ...


def segmenters() -> tuple[str, ...]:
    """Return the names of the segmenters that are installed beside this program."""
    return tuple(sorted({one.name for one in entry_points(group=SEGMENTERS)}))


def segment_with(
    name: str, volume: Volume, slice_index: int, pixel: Pixel
) -> Segmentation:
    """Return the lesion at a point as an installed segmenter finds it.

    Parameters
    ----------
    name
        Under which a segmenter is installed (entry points, see `segmenters`).
    slice_index
        Of the volume, from 0.
    pixel
        Row, column; fractions allowed.

    Raises
    ------
    SetupError
        If there is no such segmenter, or it fails.
    RecistToolError
        What the segmenter itself refuses, or an answer that is no mask of the series.
    """
    found = next(iter(entry_points(group=SEGMENTERS, name=name)), None)
    if found is None:
        offered = ", ".join(segmenters()) or "none"
        raise SetupError.at(
            f"segmenter '{name}'", f"is not installed (installed: {offered})"
        )
    try:
        segmenter: Segmenter = found.load()
        answer = segmenter(volume, slice_index, pixel)
    except RecistToolError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
        raise SetupError.at(
            f"segmenter '{name}'", f"failed ({type(error).__name__})", "Draw by hand"
        ) from None
    answer.mask.require_on(volume, f"mask of segmenter '{name}'")
    answer.mask.require_voxels(f"mask of segmenter '{name}'")
    return answer


class ClickBorder(NamedTuple):
    """Where the uptake of a lesion clicked at a visit ends, as `segment_click` asks.

    Attributes
    ----------
    percist_sul
        None where the liver was not recorded with its SD.
    """

    uptake_border: str
    percist_sul: float | None = None


def click_border(
    protocol: ReadProtocol, read: Read | None, timepoint_id: str
) -> ClickBorder:
    """Return the border that the protocol of a read chooses for one of its visits.

    Parameters
    ----------
    read
        Has the liver of the visit's PET, which PERCIST asks for; None before there is
        one.
    """
    scan = None if read is None else read.uptake_at(timepoint_id)
    liver = None if scan is None else scan.liver
    level = None if liver is None else liver_threshold(liver)
    return ClickBorder(protocol.uptake_border, None if level is None else float(level))


def provenance_of(found: Segmentation, *, edited: bool = False) -> Provenance:
    """Return the record of how a mask was found."""
    return Provenance(
        method=MeasuringMethod.SEGMENTED,
        program=program(),
        algorithm=found.method,
        parameters=found.parameters,
        edited=edited,
    )


def program() -> str:
    """Return this program and its version, as provenance names it."""
    return f"{PROGRAM} {__version__}"


def record_mask(  # noqa: PLR0913 - a place, a mask on a series, and how it came to be
    session: Session,
    lesion_id: str,
    timepoint_id: str,
    volume: Volume,
    mask: Mask,
    provenance: Provenance,
    reason: str = "",
    *,
    placed: PlacedCaliper | None = None,
    facts: ScanFacts | None = None,
) -> Case:
    """Record a lesion as measured on its mask: axes, volume and mask, as one change.

    What was said of the lesion at this timepoint beside its size is kept: the status of
    a non-target or new lesion, lesions merged with it (`said_so_far`). On a PET its
    uptake is recorded with it; a size that was measured on CT or MR then stays.

    Parameters
    ----------
    placed
        The axes as a reader corrected them; those of the mask where not given.
    facts
        How the PET was made; None where it is none, or nobody looked.

    Raises
    ------
    GeometryError
        If the mask is empty or of another series.
    CommandRefused
        As `Session.do`.
    """
    read, region = session.read, Region(volume, mask, provenance, facts)
    is_sized = _is_sized_elsewhere(session.case, read, lesion_id, timepoint_id)
    before = read.uptake_at(timepoint_id)
    pet = scan_with(before, lesion_id, region, keeps_mask=is_sized)
    if pet is not None and is_sized:
        return session.do(
            RecordUptake(
                reader_id=session.reader_id, timepoint_id=timepoint_id, pet=pet
            ),
            reason,
        )
    lesion, here = read.lesion(lesion_id), (session.case, read)
    finding, saved = finding_on_mask(
        volume,
        mask,
        provenance,
        role=LesionRole.TARGET if lesion is None else lesion.role,
        decimals=session.case.protocol.diameter_decimals,
        said=lesion and said_so_far(*here, lesion, timepoint_id),
        placed=placed,
    )
    return session.record(lesion_id, timepoint_id, finding, reason, mask=saved, pet=pet)


def _is_sized_elsewhere(
    case: Case, read: Read, lesion_id: str, timepoint_id: str
) -> bool:
    """Return whether a lesion has a size at a visit that was not measured on PET."""
    finding = read.finding(lesion_id, timepoint_id)
    mask = read.mask(lesion_id, timepoint_id)
    return bool(calipers_of(finding)) and not on_pet(case, finding, mask)


def finding_on_mask(  # noqa: PLR0913 - a mask on a series, how it came to be, and of what
    volume: Volume,
    mask: Mask,
    provenance: Provenance,
    *,
    role: LesionRole,
    decimals: int,
    said: Finding | None = None,
    placed: PlacedCaliper | None = None,
) -> tuple[Finding, LesionMask]:
    """Return a lesion as measured on its mask, and the mask as it is saved.

    Parameters
    ----------
    volume, mask
        The series and the voxels of the lesion on its grid.
    provenance
        How the mask came to be.
    role
        Of the lesion, where nothing was said of it yet.
    decimals
        Of reported diameters, as the protocol has them.
    said
        What was found before at this visit; what still holds of it is kept.
    placed
        The axes as a reader corrected them; those of the mask where not given.

    Raises
    ------
    GeometryError
        If the mask is empty or of another series.
    """
    found = placed or axes(mask)
    caliper = as_record(volume, found.slice_index, found.caliper, decimals)
    finding = seen_in_role(role, caliper.replaced(provenance=provenance), said)
    if isinstance(finding, Measured):
        finding = _with_figures(finding, volume, mask)
    return finding, as_saved_mask(volume, mask, provenance)


def _with_figures(finding: Measured, volume: Volume, mask: Mask) -> Measured:
    """Return a finding with what its mask says beside the axes, no longer typed."""
    found: dict[str, Decimal | None] = {"volume_ml": _volume_ml(mask)}
    if volume.modality == "CT" and volume.units == HOUNSFIELD:
        found["hu_mean"] = _mean_hu(mask, volume)
    known = {n: one for n, one in found.items() if n == "volume_ml" or one is not None}
    typed = tuple(one for one in finding.typed if one not in known)
    return finding.replaced(**known, typed=typed)


def _mean_hu(mask: Mask, volume: Volume) -> Decimal | None:
    """Return the mean of a mask, HU; None where it lies in padding."""
    try:
        return Decimal(repr(round(statistics(mask, volume).mean, 1)))
    except GeometryError:
        return None


def _volume_ml(mask: Mask) -> Decimal | None:
    """Return the volume, ml; None where the slices are no regular volume."""
    if not mask.grid.is_regular:
        return None
    return Decimal(repr(round(mask.voxels * mask.grid.voxel_ml, 3)))
