"""One enhanced multi-frame file with known geometry, made of the slices of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset
from pydicom.uid import EnhancedCTImageStorage, EnhancedPETImageStorage

from tests.dicom.series_files import save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.dicom.series_files import Files

MACROS = {
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "PixelMeasuresSequence": ("PixelSpacing", "SliceThickness"),
    "PixelValueTransformationSequence": (
        "RescaleSlope",
        "RescaleIntercept",
        "RescaleType",
    ),
    "CTReconstructionSequence": ("ConvolutionKernel",),
    "CTAcquisitionDetailsSequence": ("GantryDetectorTilt",),
    "CTXRayDetailsSequence": ("KVP",),
}
SOP_CLASSES = {"CT": EnhancedCTImageStorage, "PT": EnhancedPETImageStorage}


def item_of(values: dict[str, Any]) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def nothing(index: int) -> dict[str, Any]:
    return {}


def enhanced(
    files: Files,
    order: Iterable[int] | None = None,
    content: Callable[[int], dict[str, Any]] = nothing,
    *,
    traps: bool = False,
) -> Dataset:
    """Return the slices of a series as the frames of one enhanced image.

    Parameters
    ----------
    order
        Which slice each frame is; all in their order if None.
    content
        What FrameContentSequence says of a slice.
    traps
        Whether private and unrelated sequences hold positions that are not a frame's.
    """
    order = range(files.count) if order is None else tuple(order)
    slices = [files.dataset(index) for index in order]
    whole = slices[0]
    whole.SOPClassUID = SOP_CLASSES[whole.Modality]
    whole.file_meta.MediaStorageSOPClassUID = whole.SOPClassUID
    whole.NumberOfFrames = len(slices)
    whole.PixelData = b"".join(one.PixelData for one in slices)
    shared = item_of({name: [_taken(slices[0], MACROS[name])] for name in _macros(0)})
    frames = [
        _frame(one, content(index)) for one, index in zip(slices, order, strict=True)
    ]
    for one in slices:
        for keyword in {k for keywords in MACROS.values() for k in keywords}:
            if keyword in one:
                delattr(one, keyword)
    if traps:
        for frame in frames:
            _add_traps(frame)
    whole.SharedFunctionalGroupsSequence = [shared]
    whole.PerFrameFunctionalGroupsSequence = frames
    return whole


def _macros(own: int) -> list[str]:
    """Return the groups that are shared (0), or each frame's own (1)."""
    names = ("PlanePositionSequence", "PixelValueTransformationSequence")
    return [name for name in MACROS if (name in names) == bool(own)]


def _taken(one: Dataset, keywords: tuple[str, ...]) -> Dataset:
    return item_of(
        {keyword: one[keyword].value for keyword in keywords if keyword in one}
    )


def _frame(one: Dataset, content: dict[str, Any]) -> Dataset:
    frame = item_of({name: [_taken(one, MACROS[name])] for name in _macros(1)})
    frame.FrameContentSequence = [item_of(content)]
    return frame


def _add_traps(frame: Dataset) -> None:
    inner = item_of({"ImagePositionPatient": [9, 9, 9], "PixelSpacing": [9, 9]})
    private = frame.private_block(0x0019, "SOMEBODY", create=True)
    private.add_new(1, "SQ", [inner])
    frame.ReferencedImageSequence = [inner]


def write_enhanced(files: Files, path: Path, **options: Any) -> Path:
    """Write the slices of a series as one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save(enhanced(files, **options), path, files.transfer_syntax)
    return path
