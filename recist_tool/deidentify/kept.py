"""The attributes outside of the profile's reach whose values are needed for reading."""

from __future__ import annotations

from typing import Final

from recist_tool.deidentify.codes import CODE_TAGS
from recist_tool.dicom.header import tags

BULK: Final = frozenset(
    {
        tags.PIXEL_DATA,
        tags.FLOAT_PIXEL_DATA,
        tags.DOUBLE_PIXEL_DATA,
        tags.EXTENDED_OFFSETS,
        0x7FE0_0002,  # ExtendedOffsetTableLengths
        tags.LUT_DATA,
        0x0028_1201,  # RedPaletteColorLookupTableData
        0x0028_1202,  # GreenPaletteColorLookupTableData
        0x0028_1203,  # BluePaletteColorLookupTableData
    }
)
"""Bytes that are kept: pixels, and what they are looked up in."""

LABELS: Final = frozenset(
    {
        0x0062_0005,  # SegmentLabel
        0x0062_0006,  # SegmentDescription
        0x0062_0020,  # TrackingID
        0x3006_0002,  # StructureSetLabel
        0x3006_0026,  # ROIName
    }
)
"""Names of regions, which must still tell them apart."""

TEXTS: Final = LABELS | {
    0x0008_0070,  # Manufacturer
    tags.STUDY_DESCRIPTION,
    tags.SERIES_DESCRIPTION,
    0x0008_1090,  # ManufacturerModelName
    tags.CONTRAST_AGENT,
    0x0018_0031,  # Radiopharmaceutical
    tags.PROTOCOL_NAME,
    0x0018_1040,  # ContrastBolusRoute
    0x0018_1070,  # RadiopharmaceuticalRoute
    0x0018_1160,  # FilterType
    0x0018_9424,  # AcquisitionProtocolDescription
    tags.RESCALE_TYPE,
    0x0040_0254,  # PerformedProcedureStepDescription
    0x0054_1101,  # AttenuationCorrectionMethod
    0x0054_1103,  # ReconstructionMethod
    0x0054_1105,  # ScatterCorrectionMethod
}
"""Free text of which harmless words are kept; all other free text is removed."""

DISTINCTIONS: Final = frozenset(
    {tags.CONVOLUTION_KERNEL, tags.STACK_ID, tags.IMAGE_TYPE, tags.FRAME_TYPE}
)
"""Texts that tell one volume from another: what is unknown there gets a stand-in."""

_PATIENT: Final = 0x0010
_ORIENTATION: Final = 0x0010_2210  # AnatomicalOrientationType: what LPS means
_BODY: Final = frozenset(
    {
        0x0018_1271,  # WaterEquivalentDiameter
        0x0018_1272,  # WaterEquivalentDiameterCalculationMethodCodeSequence
        0x0018_11A0,  # BodyPartThickness
    }
)


def is_of_the_body(tag: int) -> bool:
    """Whether an attribute that the profile does not name tells what a patient is like.

    All of the patient's own group, such as the body mass index, and diameters of the
    body; of weight, size and sex the profile speaks.
    """
    return (tag >> 16 == _PATIENT and tag != _ORIENTATION) or tag in _BODY


NEVER: Final = CODE_TAGS | {tags.SPECIFIC_CHARACTER_SET}
"""Written anew, or not at all."""

DROPPED_GROUPS: Final = frozenset({0x0000, 0x0002, 0x0004, 0xFFFA, 0xFFFC, 0xFFFE})
"""Commands, file meta information, directories, signatures, padding."""
