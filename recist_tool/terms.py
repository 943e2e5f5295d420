"""The field's words, once."""

from __future__ import annotations

from enum import StrEnum


class Criteria(StrEnum):
    """A published set of response criteria."""

    RECIST_1_1 = "RECIST 1.1"


class Response(StrEnum):
    """A response of one visit or of a whole course (CDISC spelling)."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    PD = "PD"
    NE = "NE"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    NED = "NED"  # no evidence of disease: none at baseline, none since
    NA = "NA"  # no such disease at baseline: nothing to answer


class NewLesions(StrEnum):
    """Whether a visit shows new lesions."""

    NO = "NO"
    YES = "YES"
    EQUIVOCAL = "EQUIVOCAL"


class NewLesionStatus(StrEnum):
    """How sure the reader is of one new lesion at one visit."""

    DEFINITE = "definite"
    EQUIVOCAL = "equivocal"
    RESOLVED = "resolved"


class NonTargetStatus(StrEnum):
    """What became of one non-target lesion that is still seen."""

    PRESENT = "present"
    INCREASED_NOT_UNEQUIVOCAL = "increased_not_unequivocal"
    UNEQUIVOCAL_PD = "unequivocal_pd"


class LesionRole(StrEnum):
    """The part a lesion plays in the assessment."""

    TARGET = "target"
    NON_TARGET = "non_target"
    NEW = "new"


class Axis(StrEnum):
    """The two diameters of a lesion on one image."""

    LONG = "long"
    SHORT = "short"


class ReaderRole(StrEnum):
    """The part a reader plays in the trial."""

    INVESTIGATOR = "investigator"
    READER_1 = "reader_1"
    READER_2 = "reader_2"
    ADJUDICATOR = "adjudicator"


class Scope(StrEnum):
    """Which lesions an assessment looks at."""

    OVERALL = "overall"
    LIVER = "liver"


class PrPersistence(StrEnum):
    """How a confirmed PR is written at visits where -30 % is no longer met."""

    ARITHMETIC = "arithmetic"
    CARRY_CONFIRMED = "carry_confirmed"


class MessageLevel(StrEnum):
    """How much a message about an assessment asks of its reader."""

    ERROR = "error"
    WARNING = "warning"
    QUERY = "query"


class Modality(StrEnum):
    """How a lesion was seen."""

    CT = "CT"
    MR = "MR"
    PT = "PT"
    CXR = "CXR"
    US = "US"
    CLINICAL = "CLINICAL"


class WarningCode(StrEnum):
    """What is not regular about a series."""

    MISSING_SLICE = "missing-slice"
    IRREGULAR_SPACING = "irregular-spacing"
    DUPLICATE_POSITION = "duplicate-position"
    GANTRY_TILT = "gantry-tilt"
    MIXED_ORIENTATION = "mixed-orientation"
    LOCALIZER = "localizer"
    NO_PIXEL_SPACING = "no-pixel-spacing"
    NON_SQUARE_PIXELS = "non-square-pixels"
    THICKNESS_DIFFERS = "thickness-differs-from-spacing"
    LOSSY_COMPRESSION = "lossy-compression"
    SINGLE_SLICE = "single-slice"
    EMPTY_SERIES_UID = "empty-series-uid"


LIVER = "liver"
LYMPH_NODE = "lymph node"

ORGANS = (
    LIVER,
    "lung",
    LYMPH_NODE,
    "adrenal",
    "bone",
    "brain",
    "breast",
    "colon and rectum",
    "kidney",
    "mediastinum",
    "mesentery",
    "muscle",
    "ovary",
    "pancreas",
    "peritoneum",
    "pleura",
    "retroperitoneum",
    "skin",
    "small bowel",
    "soft tissue",
    "spleen",
    "stomach",
    "other",
)
"""Organs offered to a reader, the commonest first; any other word is allowed."""
