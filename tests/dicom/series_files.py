"""Small DICOM series with known geometry, written with pydicom."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    PositronEmissionTomographyImageStorage,
    generate_uid,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
PET_TAGS: dict[str, Any] = {
    "Modality": "PT",
    "SOPClassUID": PositronEmissionTomographyImageStorage,
    "Units": "BQML",
    "CorrectedImage": ["NORM", "DTIM", "ATTN", "SCAT", "DECY"],
    "DecayCorrection": "START",
    "SeriesDate": "20240102",
    "SeriesTime": "110000",
    "AcquisitionDate": "20240102",
    "AcquisitionTime": "110000",
    "PatientWeight": "70",
    "PatientSize": "1.75",
    "PatientSex": "M",
    "RescaleSlope": "0.5",
    "RescaleIntercept": "0",
}
ISOTOPE_TAGS: dict[str, Any] = {
    "RadionuclideHalfLife": "6586.2",
    "RadionuclideTotalDose": "370000000",
    "RadiopharmaceuticalStartDateTime": "20240102100000",
}


def new_uid() -> str:
    """Return a UID that leaves room for more."""
    return generate_uid(prefix="1.2.826.0.1.3680043.10.999.")[:48].rstrip(".")


@dataclass(frozen=True)
class Files:
    """What a test series is made of; `replace` it to make another one."""

    count: int = 4
    shape: tuple[int, int] = (6, 8)
    spacing_mm: tuple[float, float, float] = (2.5, 0.8, 0.8)
    origin_lps: tuple[float, float, float] = (-10.0, -20.0, -30.0)
    axes: tuple[tuple[float, ...], tuple[float, ...]] = AXIAL
    tags: dict[str, Any] = field(default_factory=dict)
    isotope: dict[str, Any] | None = None
    transfer_syntax: str = ExplicitVRLittleEndian
    signed: bool = True
    bits_stored: int = 16
    seed: int = 0
    series_uid: str = field(default_factory=new_uid)
    study_uid: str = field(default_factory=new_uid)

    def but(self, **changes: Any) -> Files:
        return replace(self, **changes)

    def tagged(self, **tags: Any) -> Files:
        """Return these files with some tags set; None deletes a tag."""
        return replace(self, tags={**self.tags, **tags})

    @property
    def normal(self) -> NDArray[np.float64]:
        return np.cross(*self.axes)

    def position(self, index: int) -> NDArray[np.float64]:
        step = index * self.spacing_mm[0]
        return np.array(self.origin_lps) + step * self.normal

    def stored(self, index: int) -> NDArray[Any]:
        """Return the stored pixels of a slice, different for each."""
        top = 1 << (self.bits_stored - 1)
        numbers = np.random.default_rng(self.seed + index)
        low = -min(top, 1000) if self.signed else 0
        pixels = numbers.integers(low, min(top, 3000), self.shape)
        return pixels.astype("<i2" if self.signed else "<u2")

    def dataset(self, index: int) -> Dataset:
        """Return one slice."""
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset = Dataset()
        dataset.file_meta = meta
        dataset.preamble = b"\0" * 128
        values = {
            "SOPClassUID": CTImageStorage,
            "SOPInstanceUID": f"{self.series_uid}.{index + 1}",
            "StudyDate": "20240102",
            "Modality": "CT",
            "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
            "PatientName": "Nobody^Known",
            "PatientID": "P-1",
            "StudyInstanceUID": self.study_uid,
            "SeriesInstanceUID": self.series_uid,
            "SeriesNumber": 3,
            "InstanceNumber": index + 1,
            "ImagePositionPatient": [f"{x:.10g}" for x in self.position(index)],
            "ImageOrientationPatient": [
                f"{x:.10g}" for axis in self.axes for x in axis
            ],
            "FrameOfReferenceUID": f"{self.study_uid}.9",
            "PixelSpacing": list(self.spacing_mm[1:]),
            "SliceThickness": self.spacing_mm[0],
            "RescaleSlope": "1",
            "RescaleIntercept": "-1024",
            **self.tags,
        }
        for keyword, value in values.items():
            if value is not None:
                setattr(dataset, keyword, value)
        if self.isotope is not None:
            item = Dataset()
            for keyword, value in self.isotope.items():
                setattr(item, keyword, value)
            dataset.RadiopharmaceuticalInformationSequence = DicomSequence([item])
        meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID") or new_uid()
        self._add_pixels(dataset, index)
        return dataset

    def _add_pixels(self, dataset: Dataset, index: int) -> None:
        dataset.Rows, dataset.Columns = self.shape
        dataset.SamplesPerPixel = 1
        dataset.PhotometricInterpretation = "MONOCHROME2"
        dataset.BitsAllocated = 16
        dataset.BitsStored = self.bits_stored
        dataset.HighBit = self.bits_stored - 1
        dataset.PixelRepresentation = int(self.signed)
        dataset.PixelData = self.stored(index).tobytes()
        for keyword in ("BitsAllocated", "HighBit", "Rows", "PixelPaddingValue"):
            if keyword in self.tags:
                setattr(dataset, keyword, self.tags[keyword])

    def write(self, folder: Path, first: int = 0) -> list[Path]:
        """Write all slices; the last one first, so that names tell no order."""
        folder.mkdir(parents=True, exist_ok=True)
        paths: list[Path] = []
        for index in range(self.count):
            path = folder / f"{first + self.count - index:04}.dcm"
            save(self.dataset(index), path, self.transfer_syntax)
            paths.append(path)
        return paths


def pet(**tags: Any) -> Files:
    """Return PET files whose SUV can be computed."""
    return Files(tags=PET_TAGS | tags, isotope=dict(ISOTOPE_TAGS))


def save(dataset: Dataset, path: Path, transfer_syntax: str) -> None:
    """Write a data set in a transfer syntax."""
    from pydicom.uid import UID, ExplicitVRBigEndian

    uid = UID(transfer_syntax)
    if uid.is_compressed and not uid.is_deflated:
        dataset.compress(uid, generate_instance_uid=False)
    elif uid == ExplicitVRBigEndian:
        swapped = np.frombuffer(dataset.PixelData, "<i2").astype(">i2")
        dataset.PixelData = swapped.tobytes()
    dataset.file_meta.TransferSyntaxUID = uid
    dataset.save_as(
        path,
        implicit_vr=uid.is_implicit_VR,
        little_endian=uid.is_little_endian,
        enforce_file_format=True,
    )
