"""DICOM headers of CT Image Storage and PET Image Storage (PS3.3, A.3 and A.21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    PositronEmissionTomographyImageStorage,
)

from recist_tool.phantom import suv
from recist_tool.phantom.truth import frame_uid, instance_uid, series_of, study_uid, uid

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from recist_tool.phantom.spec import Acquisition, PatientSpec, PhantomVisit

_MAKER = "recist_tool synthetic patients"
_AXIAL = ["ORIGINAL", "PRIMARY", "AXIAL"]
_REFORMATTED = ["DERIVED", "SECONDARY", "AXIAL"]  # the standard has no other word
_LEAST_COSINE_OF_AXIAL = 0.7


class SeriesHeader:
    """The header of a series, filled in slice by slice.

    The same data set is handed out again and again, so write it before the next one.
    """

    def __init__(
        self,
        spec: PatientSpec,
        visit: PhantomVisit,
        grid: Acquisition,
        dataset: Dataset,
    ) -> None:
        self._spec = spec
        self._visit = visit
        self._grid = grid
        self._dataset = dataset

    def at(self, index: int, rescale_slope: float | None = None) -> Dataset:
        """Return the header of one slice.

        Parameters
        ----------
        rescale_slope
            For PET: what one step stands for, Bq/ml.
        """
        header, grid = self._dataset, self._grid
        number = grid.slices - index
        header.SOPInstanceUID = instance_uid(
            self._spec, self._visit, header.Modality, index
        )
        header.InstanceNumber = number
        origin = grid.slice_origin_lps(index)
        header.ImagePositionPatient = [_decimal(part) for part in origin.tolist()]
        if header.Modality == "PT":
            header.ImageIndex = number
            header.RescaleSlope = f"{rescale_slope:.6g}"
        if _axial(grid):
            header.SliceLocation = _decimal(origin[2])
        return header


def ct_header(spec: PatientSpec, visit: PhantomVisit, hu_of_zero: int) -> SeriesHeader:
    """Return the header of the CT series of a visit.

    Parameters
    ----------
    hu_of_zero
        RescaleIntercept: what the stored value 0 stands for, HU.
    """
    header = _common(spec, visit, spec.ct, 0)
    _fill(
        header,
        SOPClassUID=CTImageStorage,
        ImageType=(_AXIAL if _axial(spec.ct) else _REFORMATTED),
        SeriesTime="093200",
        AcquisitionTime="093200",
        ContentTime="093200",
        PatientPosition="HFS",
        KVP="120",
        XRayTubeCurrent="210",
        Exposure="120",
        ConvolutionKernel="SOFT",
        ScanOptions="HELICAL",
        GantryDetectorTilt="0",
        ContrastBolusAgent="Iodinated contrast",
        ContrastBolusRoute="IV",
        AcquisitionNumber=1,
        BitsStored=12,
        HighBit=11,
        RescaleIntercept=str(hu_of_zero),
        RescaleSlope="1",
        RescaleType="HU",
        WindowCenter="40",
        WindowWidth="400",
    )
    return SeriesHeader(spec, visit, spec.ct, header)


def pet_header(
    spec: PatientSpec, visit: PhantomVisit, grid: Acquisition
) -> SeriesHeader:
    """Return the header of the PET series of a visit.

    Parameters
    ----------
    grid
        Of the PET, not of the CT.
    """
    header = _common(spec, visit, grid, 1)
    scan = f"{suv.SCAN:%H%M%S}"
    middle = 4 * suv.bqml_per_suv(spec.weight_kg)
    _fill(
        header,
        SOPClassUID=PositronEmissionTomographyImageStorage,
        ImageType=["ORIGINAL", "PRIMARY"],
        SeriesTime=scan,
        AcquisitionTime=scan,
        ContentTime=scan,
        BitsStored=16,
        HighBit=15,
        RescaleIntercept="0",
        Units="BQML",
        CountsSource="EMISSION",
        SeriesType=["STATIC", "IMAGE"],
        NumberOfSlices=grid.slices,
        CorrectedImage=["DECY", "ATTN", "SCAT", "DTIM", "RAN", "NORM"],
        DecayCorrection="START",
        CollimatorType="NONE",
        RandomsCorrectionMethod="DLYD",
        AttenuationCorrectionMethod="CT",
        ReconstructionMethod="OSEM",
        FrameReferenceTime=f"{suv.frame_reference_ms():.3f}",
        ActualFrameDuration=str(round(suv.FRAME_S * 1000)),
        DecayFactor=f"{suv.decay_factor():.8f}",
        WindowCenter=_decimal(middle),
        WindowWidth=_decimal(2 * middle),
        RadiopharmaceuticalInformationSequence=Sequence([_tracer(visit)]),
        PatientOrientationCodeSequence=Sequence([_supine()]),
        PatientGantryRelationshipCodeSequence=Sequence(
            [_code("102540008", "headfirst")]
        ),
    )
    return SeriesHeader(spec, visit, grid, header)


def write_slice(path: Path, header: Dataset, pixels: NDArray[np.uint16]) -> None:
    """Write one slice as explicit little endian DICOM.

    Parameters
    ----------
    header
        Gets the pixels as its PixelData.
    pixels
        Stored values, shape (rows, columns).
    """
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = header.SOPClassUID
    meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(uid("implementation"))
    meta.ImplementationVersionName = "RECIST_PHANTOM"
    header.PixelData = pixels.astype("<u2").tobytes()
    file = FileDataset(str(path), header, preamble=b"\0" * 128, file_meta=meta)
    file.save_as(path, enforce_file_format=True)


def _common(
    spec: PatientSpec, visit: PhantomVisit, grid: Acquisition, which: int
) -> Dataset:
    """Return what CT and PET share; `which` counts the series of the visit."""
    header = Dataset()
    _patient_and_study(header, spec, visit)
    series = series_of(spec, visit)[which]
    axes = (*grid.row_axis_lps, *grid.column_axis_lps)
    _fill(
        header,
        Modality=series.modality,
        SeriesInstanceUID=series.series_instance_uid,
        SeriesDescription=series.description,
        SeriesNumber=2 + which,
        BodyPartExamined="ABDOMEN",
        FrameOfReferenceUID=frame_uid(spec, visit),
        PositionReferenceIndicator="",
        Manufacturer=_MAKER,
        ManufacturerModelName="Phantom",
        SoftwareVersions="1",
        DeviceSerialNumber="1",
        ImageComments="Synthetic image, not of a person",
        Rows=grid.rows,
        Columns=grid.columns,
        PixelSpacing=[_decimal(part) for part in grid.pixel_spacing_mm],
        SliceThickness=_decimal(grid.slice_thickness_mm),
        SpacingBetweenSlices=_decimal(grid.slice_spacing_mm),
        ImageOrientationPatient=[_decimal(part) for part in axes],
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        BitsAllocated=16,
        PixelRepresentation=0,
    )
    return header


def _patient_and_study(header: Dataset, spec: PatientSpec, visit: PhantomVisit) -> None:
    day = f"{visit.date:%Y%m%d}"
    _fill(
        header,
        PatientName="SYNTHETIC^PHANTOM",
        PatientID=spec.subject_id,
        PatientBirthDate=f"{spec.birth_date:%Y%m%d}",
        PatientSex=spec.sex,
        PatientAge=f"{(visit.date - spec.birth_date).days // 365:03d}Y",
        PatientWeight=_decimal(spec.weight_kg),
        PatientSize=_decimal(spec.height_m),
        PatientIdentityRemoved="YES",
        DeidentificationMethod="Synthetic; never a person",
        StudyInstanceUID=study_uid(spec, visit),
        StudyID=visit.timepoint_id,
        StudyDescription="PET/CT abdomen" if visit.has_pet else "CT abdomen",
        AccessionNumber="",
        ReferringPhysicianName="",
        StudyDate=day,
        SeriesDate=day,
        AcquisitionDate=day,
        ContentDate=day,
        StudyTime="093000",
    )


def _tracer(visit: PhantomVisit) -> Dataset:
    item = Dataset()
    injected = f"{suv.INJECTION:%H%M%S}"
    _fill(
        item,
        Radiopharmaceutical="Fluorodeoxyglucose",
        RadiopharmaceuticalStartTime=injected,
        RadiopharmaceuticalStartDateTime=f"{visit.date:%Y%m%d}{injected}",
        RadionuclideTotalDose=_decimal(suv.DOSE_BQ),
        RadionuclideHalfLife=_decimal(suv.HALF_LIFE_S),
        RadionuclidePositronFraction="0.967",
        RadionuclideCodeSequence=Sequence([_code("77004003", "^18^Fluorine")]),
        RadiopharmaceuticalCodeSequence=Sequence(
            [_code("35321007", "Fluorodeoxyglucose F^18^")]
        ),
    )
    return item


def _supine() -> Dataset:
    item = _code("102538003", "recumbent")
    item.PatientOrientationModifierCodeSequence = Sequence(
        [_code("40199007", "supine")]
    )
    return item


def _code(value: str, meaning: str) -> Dataset:
    """Return a SNOMED CT code."""
    item = Dataset()
    _fill(item, CodeValue=value, CodingSchemeDesignator="SCT", CodeMeaning=meaning)
    return item


def _fill(header: Dataset, **elements: object) -> None:
    """Set elements by their DICOM keywords."""
    for keyword, value in elements.items():
        setattr(header, keyword, value)


def _axial(grid: Acquisition) -> bool:
    return abs(grid.normal_lps[2]) > _LEAST_COSINE_OF_AXIAL


def _decimal(value: float) -> str:
    """Return a number as a DICOM decimal string of at most 16 characters."""
    return f"{round(value, 10) + 0.0:.12g}"
