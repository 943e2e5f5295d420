"""Synthetic CT on disk, to be loaded and scanned against the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

DIFFERENT = 24  # pictures; a series repeats them
BODY_HU = 60
AIR = 24  # stored value; -1000 HU
NOISE_HU = 12

TAGS: dict[str, Any] = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
    "Modality": "CT",
    "PatientID": "BENCH",
    "StudyDate": "20240102",
    "StudyInstanceUID": "1.2.3",
    "SeriesDescription": "Abdomen 1.0",
    "FrameOfReferenceUID": "1.2.3.5",
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
    "PixelSpacing": [0.75, 0.75],
    "SliceThickness": 1,
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 12,
    "HighBit": 11,
    "PixelRepresentation": 0,
    "RescaleSlope": "1",
    "RescaleIntercept": "-1024",
}


def write(folder: Path, slices: int, size: int, syntax: str, series: int = 1) -> None:
    """Write CT series with a header of the usual length, all in one folder."""
    pictures = list(_encoded(size, syntax))
    for number in range(series):
        dataset = _dataset(size, f"1.2.3.{number + 4}")
        for index in range(slices):
            dataset.SOPInstanceUID = f"{dataset.SeriesInstanceUID}.{index + 1}"
            dataset.InstanceNumber = index + 1
            dataset.ImagePositionPatient = [-190, -190, index]
            picture = pictures[index % len(pictures)]
            dataset.file_meta = picture.file_meta
            dataset["PixelData"] = picture["PixelData"]
            name = f"{number:02}-{index:04}.dcm"
            dataset.save_as(folder / name, enforce_file_format=True)


def _dataset(size: int, series_uid: str) -> Dataset:
    from pydicom.dataset import Dataset

    dataset = Dataset()
    dataset.preamble = b"\0" * 128
    for keyword, value in TAGS.items():
        setattr(dataset, keyword, value)
    dataset.Rows = dataset.Columns = size
    dataset.SeriesInstanceUID = series_uid
    dataset.add_new(0x00090010, "LO", "BENCH")
    for number in range(60):
        dataset.add_new(0x00091000 + number, "LO", f"private value {number}")
    return dataset


def _encoded(size: int, syntax: str) -> Iterator[Dataset]:
    """Give data sets with pixels in a transfer syntax."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian

    for pixels in _pictures(size):
        dataset = _dataset(size, "1.2.3.4")
        dataset.SOPInstanceUID = "1.2.3.4.1"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.PixelData = pixels.tobytes()
        dataset["PixelData"].VR = "OW"
        if UID(syntax).is_compressed:
            dataset.compress(UID(syntax), generate_instance_uid=False)
        yield dataset


def _pictures(size: int) -> Iterator[NDArray[np.uint16]]:
    """Give round bodies with soft organs and the noise of a CT, in air."""
    import numpy as np
    from scipy.ndimage import gaussian_filter

    rows, columns = np.ogrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    body = (rows / 0.7) ** 2 + (columns / 0.85) ** 2 < 1
    for number in range(DIFFERENT):
        chance = np.random.default_rng(number)
        organs = gaussian_filter(chance.normal(0, 1, (size, size)), size / 40)
        noise = gaussian_filter(chance.normal(0, 1, (size, size)), 0.7)
        values = BODY_HU + 60 * organs / organs.std() + NOISE_HU * noise / noise.std()
        stored = np.where(body, values + 1024, AIR + 4 * noise / noise.std())
        yield stored.round().clip(0, 4095).astype("<u2")
