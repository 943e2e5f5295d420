"""Lesions drawn elsewhere, in whichever of the formats that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.masks.dataset import damage_told
from recist_tool.dicom.masks.metaimage import read_metaimage
from recist_tool.dicom.masks.nifti import read_nifti
from recist_tool.dicom.masks.nrrd import MAGIC, read_nrrd
from recist_tool.dicom.masks.rtstruct import read_structure_set
from recist_tool.dicom.masks.seg import HALF, read_seg
from recist_tool.errors import DicomError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from recist_tool.dicom.masks.label_image import LabelImage
    from recist_tool.dicom.masks.mask_file import MaskFile

LABEL_IMAGES: Final[dict[str, Callable[[Path], LabelImage]]] = {
    ".nii": read_nifti,
    ".nii.gz": read_nifti,
    ".hdr": read_nifti,
    ".hdr.gz": read_nifti,
    ".nrrd": read_nrrd,
    ".nhdr": read_nrrd,
    ".mha": read_metaimage,
    ".mhd": read_metaimage,
}
"""By the ends of their names; of files in two parts, that which describes the other."""
VOXELS: Final = {".img": read_nifti, ".img.gz": read_nifti}
"""The other part, where its name alone tells which file describes it."""


def read_masks(path: Path, fraction: float = HALF) -> MaskFile:
    """Return the lesions of a DICOM SEG, an RTSTRUCT, or a label image.

    Parameters
    ----------
    path
        Label images are known by their names: .nii, .nii.gz, .hdr with .img, .nrrd,
        .nhdr, .mha, .mhd.
    fraction
        Of fractional segmentations: what a voxel holds at least to be inside.

    Raises
    ------
    InputError
        If the file is damaged, too large, or none of these.
    StorageError
        If it cannot be read.
    """
    try:
        for ending, read in (LABEL_IMAGES | VOXELS).items():
            if path.name.lower().endswith(ending):
                return read_nrrd(path) if _is_nrrd(path) else read(path)
        return _read_dicom(path, fraction)
    except OSError as error:
        raise StorageError.at(
            path.name, f"cannot be read ({error.strerror})", "Check the path"
        ) from None


def _is_nrrd(path: Path) -> bool:
    """Whether a file is of the one format that goes by the names of others, too."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _read_dicom(path: Path, fraction: float) -> MaskFile:
    with damage_told(path):
        header = read_header(path)
    modality = header.elements.text(tags.MODALITY)
    if modality == "SEG":
        return read_seg(path, fraction, header)
    if modality == "RTSTRUCT":
        return read_structure_set(path, header)
    raise DicomError.at(
        path.name,
        f"it holds no masks: it is {modality or 'without a Modality (0008,0060)'}",
        "Give a DICOM SEG, an RTSTRUCT, .nii.gz, .nrrd, .mha or the like",
    )
