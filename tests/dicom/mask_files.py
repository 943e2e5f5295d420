"""Files of masks as other programs write them, with known voxels."""

from __future__ import annotations

import gzip
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage

from tests.dicom.series_files import Files, new_uid

if TYPE_CHECKING:
    from pathlib import Path

SERIES = Files(count=8, shape=(20, 30), spacing_mm=(3.0, 0.8, 0.5)).tagged(
    AccessionNumber="",
    PatientBirthDate="",
    PatientSex="",
    ReferringPhysicianName="",
    StudyID="",
    StudyTime="",
)


def ball(shape=(8, 20, 30), centre=(3, 9, 12), radius=(2, 6, 8)):
    """Return a lump: True inside."""
    offsets = [
        ((np.arange(size) - at) / reach).reshape(
            [-1 if i == axis else 1 for i in range(3)]
        )
        for axis, (size, at, reach) in enumerate(
            zip(shape, centre, radius, strict=True)
        )
    ]
    return sum(offset**2 for offset in offsets) <= 1


def write_seg(
    path: Path,
    images: list[Path],
    pixels: Any,
    names=("Metastasis",),
    kind="BINARY",
    regions: Any = None,
    **options: Any,
) -> Path:
    """Write a DICOM SEG with highdicom.

    Parameters
    ----------
    images
        The slices, in the order of the pixels.
    pixels
        Shape (slices, rows, columns), or with an axis of segments behind them.
    regions
        Codes of where the segments are; None for a file that does not say.
    """
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.seg import Segmentation, SegmentDescription
    from pydicom.sr.codedict import codes

    described = [
        SegmentDescription(
            number,
            name,
            codes.SCT.MorphologicallyAbnormalStructure,
            codes.SCT.Lesion,
            "AUTOMATIC",
            AlgorithmIdentificationSequence(
                "test", codes.DCM.ArtificialIntelligence, "1"
            ),
            tracking_uid=f"1.2.3.{number}",
            tracking_id=name,
            anatomic_regions=regions,
        )
        for number, name in enumerate(names, start=1)
    ]
    segmentation = Segmentation(
        [dcmread(image) for image in images],
        pixels,
        kind,
        described,
        new_uid(), 1, new_uid(), 1, "maker", "model", "1", "serial",
        **options,
    )  # fmt: skip
    return save_and_close(segmentation, path)


def save_and_close(image: Any, path: Path) -> Path:
    """Write an image of highdicom, and close the database that it leaves open."""
    with closing(image._db_con):
        image.save_as(path)
    return path


def slices_of(files: Files, folder: Path) -> list[Path]:
    """Write a series; return its slices by position."""
    return sorted(
        files.write(folder), key=lambda path: dcmread(path).ImagePositionPatient[2]
    )


def write_structure_set(
    path: Path, files: Files, rois: dict[str, list[Any]], **changes: Any
) -> Path:
    """Write an RTSTRUCT: by name, contours of shape (points, 3) in LPS, mm.

    A contour may come with its kind, as a pair.
    """
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = new_uid()
    dataset.SOPClassUID = RTStructureSetStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID
    dataset.Modality = "RTSTRUCT"
    dataset.PatientName = "PLANTED^NAME"
    frame = f"{files.study_uid}.9"
    dataset.ReferencedFrameOfReferenceSequence = [_referenced(files, frame)]
    dataset.StructureSetROISequence = DicomSequence()
    dataset.ROIContourSequence = DicomSequence()
    for number, (name, contours) in enumerate(rois.items(), start=1):
        roi, drawn = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName = number, name
        roi.ReferencedFrameOfReferenceUID = frame
        drawn.ReferencedROINumber = number
        drawn.ContourSequence = DicomSequence(map(_contour, contours))
        dataset.StructureSetROISequence.append(roi)
        dataset.ROIContourSequence.append(drawn)
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


def _referenced(files: Files, frame: str) -> Dataset:
    series, study, found = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = files.series_uid
    study.RTReferencedSeriesSequence = [series]
    found.FrameOfReferenceUID = frame
    found.RTReferencedStudySequence = [study]
    return found


def _contour(drawn: Any) -> Dataset:
    points, kind = drawn if isinstance(drawn, tuple) else (drawn, "CLOSED_PLANAR")
    contour = Dataset()
    contour.ContourGeometricType = kind
    contour.NumberOfContourPoints = len(points)
    contour.ContourData = [f"{number:.8g}" for number in np.ravel(points)]
    return contour


def nifti_header(
    shape=(30, 20, 8), spacing_mm=(0.5, 0.8, 3.0), datatype=2, **fields: Any
) -> bytearray:
    """Return a header of NIfTI-1 with an sform, as far as no field says otherwise."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    sizes = (len(shape), *shape, *(1,) * (7 - len(shape)))
    struct.pack_into("<8h", header, 40, *sizes)
    struct.pack_into("<2h", header, 70, datatype, 8)
    struct.pack_into("<8f", header, 76, 1, *spacing_mm, 1, 1, 1, 1)
    struct.pack_into("<f", header, 108, fields.get("vox_offset", 352))
    struct.pack_into("<2f", header, 112, *fields.get("scale", (0, 0)))
    header[123] = fields.get("units", 2)
    struct.pack_into("<2h", header, 252, *fields.get("codes", (0, 1)))
    struct.pack_into("<6f", header, 256, *fields.get("quaternion", (0,) * 6))
    matrix = np.hstack((np.diag(spacing_mm), np.zeros((3, 1))))
    struct.pack_into("<12f", header, 280, *np.ravel(fields.get("matrix", matrix)))
    header[344:348] = fields.get("magic", b"n+1\0")
    return header


def write_nifti(path: Path, labels: Any, **fields: Any) -> Path:
    """Write labels of shape (k, j, i), deflated where the name says so."""
    labels = np.asarray(labels)
    types = {"uint8": 2, "int16": 4, "float32": 16, "float64": 64}
    fields = {
        "shape": labels.shape[::-1],
        "datatype": types[labels.dtype.name],
    } | fields
    data = bytes(nifti_header(**fields)) + labels.tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path
