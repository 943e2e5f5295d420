"""The field's words, once."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Criteria(StrEnum):
    """A published set of response criteria."""

    RECIST_1_1 = "RECIST 1.1"
    IRECIST = "iRECIST"
    MRECIST = "mRECIST"
    WHO = "WHO"
    CHOI = "Choi"
    EORTC_PET = "EORTC PET"
    PERCIST = "PERCIST"
    VOLUMETRIC = "volumetric"
    BIOCHEMICAL = "biochemical"
    SYMPTOMS = "symptoms"
    SOMATOSTATIN_ANALOGUE = "somatostatin analogue use"
    PER_LESION = "per lesion"


PET_CRITERIA: Final = (Criteria.EORTC_PET, Criteria.PERCIST)
"""They look at uptake alone."""


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
    # iRECIST
    ICR = "iCR"
    IPR = "iPR"
    ISD = "iSD"
    IUPD = "iUPD"  # progression, not confirmed
    ICPD = "iCPD"  # progression, confirmed
    NON_ICR_NON_IUPD = "NON-iCR/NON-iUPD"
    # WHO, and response lesion by lesion
    NC = "NC"  # no change
    MR = "MR"  # minor response
    # metabolic, on PET
    CMR = "CMR"
    PMR = "PMR"
    SMD = "SMD"
    PMD = "PMD"
    # markers, symptoms, use of a drug
    NORMALISED = "RESPONSE (NORMALISED)"
    OFF_DRUG = "RESPONSE (OFF DRUG)"  # for longer than the protocol asks
    RESPONSE = "RESPONSE"
    NO_RESPONSE = "NO RESPONSE"


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


class AnnotationKind(StrEnum):
    """What a reader draws that is no lesion."""

    RULER = "ruler"
    ANGLE = "angle"
    CIRCLE = "circle"
    ELLIPSE = "ellipse"
    FREEHAND = "freehand"
    SPHERE_1_ML = "sphere of 1 ml"
    SPHERE_3_CM = "sphere of 3 cm"


class SuvUnit(StrEnum):
    """What an uptake is normalised by."""

    BODY_WEIGHT = "SUVbw"
    LEAN_JANMAHASATIAN = "SUL"
    LEAN_JAMES = "SUL (James)"
    BODY_SURFACE = "SUVbsa"
    IDEAL_WEIGHT = "SUVibw"


class SeriesRole(StrEnum):
    """What a series is good for in a read."""

    DIAGNOSTIC_CT = "diagnostic CT"
    LOW_DOSE_CT = "low-dose CT of a PET/CT"
    PET = "PET"
    UNCORRECTED_PET = "PET without attenuation correction"
    LOCALIZER = "localizer"
    DERIVED = "derived"
    OTHER = "other"


class Axis(StrEnum):
    """The two diameters of a lesion on one image."""

    LONG = "long"
    SHORT = "short"


class Boundary(StrEnum):
    """Where the lengths of a mask end."""

    EDGE = "edge"  # where the lesion ends on average, beyond its outermost centres
    VOXEL_CENTRE = "voxel-centre"  # the centres of its outermost voxels (ULS23)


class UptakeBorder(StrEnum):
    """Where the uptake of a lesion ends on PET: those with names.

    Any other per cent or SUV can be written in the same way.
    """

    MAX_41 = "41 % of maximum"
    MAX_50 = "50 % of maximum"
    MIDWAY = "midway to background"
    SUV_2_5 = "SUV 2.5"
    SUV_4 = "SUV 4.0"
    PERCIST = "PERCIST liver"
    GRADIENT = "gradient"


class UptakeMethod(StrEnum):
    """How a border of uptake is found, as it is recorded."""

    SHARE = "share_of_maximum"
    MIDWAY = "adaptive_threshold"
    FIXED = "fixed_threshold"
    PERCIST = "percist_liver_threshold"
    GRADIENT = "gradient_watershed"


class ReaderRole(StrEnum):
    """The part a reader plays in the trial."""

    INVESTIGATOR = "investigator"
    READER_1 = "reader_1"
    READER_2 = "reader_2"
    ADJUDICATOR = "adjudicator"


class Blinded(StrEnum):
    """What the readers of a case are not told."""

    SUBJECT = "subject"
    DATES = "dates"  # days from the baseline stand for them
    DESCRIPTIONS = "descriptions"  # of series: modality and phase stand for them


class Scope(StrEnum):
    """Which lesions an assessment looks at."""

    OVERALL = "overall"
    LIVER = "liver"


class PrPersistence(StrEnum):
    """How a confirmed PR is written at visits where -30 % is no longer met."""

    ARITHMETIC = "arithmetic"
    CARRY_CONFIRMED = "carry_confirmed"


class AfterCr(StrEnum):
    """What disease seen after a CR comes to, where it is not PD as read."""

    PD = "pd"  # the CR was real, so the later visit is progression
    REREAD_AS_PR = "reread_as_pr"  # the CR was not real: it is read as PR
    AS_RECORDED = "as_recorded"  # each visit as it was read; it confirms no CR


class Reappearance(StrEnum):
    """When a lesion that was gone and is back is progression by itself."""

    AFTER_OVERALL_CR = "after_overall_cr"
    FROM_ZERO_NADIR = "from_zero_nadir"  # also whenever the smallest sum was 0 mm
    SUM_RULE_ONLY = "sum_rule_only"


class EquivocalDating(StrEnum):
    """What becomes of earlier visits when an equivocal new lesion is confirmed."""

    FIRST_SEEN = "first_seen"  # PD from the visit that first showed it
    BOR_AS_READ = "bor_as_read"  # PD dated so, best response from the visits as read
    AS_READ = "as_read"  # nothing is dated back


class Censoring(StrEnum):
    """Which progressions and deaths count as events of PFS-type endpoints."""

    FDA = "fda"  # not after new therapy, nor after two or more missed visits
    EVERY_EVENT = "every_event"  # each at its own date (EMA; intention to treat)


class MissedVisits(StrEnum):
    """How two or more missed visits before an event are told."""

    TWO_WINDOWS = "two_windows"  # more days than 2 x (interval + window)
    ONE_WINDOW = "one_window"  # more days than 2 x interval + window
    COUNTED = "counted"  # scheduled visits without a scan inside their window


class VisitDating(StrEnum):
    """The date of a progression at a visit with scans on several dates."""

    FDA = "fda"  # first scan with a new lesion, else last scan of the targets
    EARLIEST_SCAN = "earliest_scan"


class LiverProgression(StrEnum):
    """What progression outside the liver does to liver endpoints."""

    IGNORED = "ignored"  # events are liver PD and death
    COMPETES = "competes"  # liver PD; death and extrahepatic PD compete
    CENSORS = "censors"  # PD at any site before liver PD censors


class Ending(StrEnum):
    """How a patient's time to event ended."""

    PROGRESSION = "progression"
    DEATH = "death"
    EXTRAHEPATIC_PROGRESSION = "extrahepatic_progression"
    CENSORED = "censored"


class RateLimits(StrEnum):
    """How the limits of a rate are computed."""

    CLOPPER_PEARSON = "clopper_pearson"
    WILSON = "wilson"


class CurveLimits(StrEnum):
    """The scale on which the limits of a survival curve are computed."""

    LOG_LOG = "log_log"
    LOG = "log"
    PLAIN = "plain"


class KappaWeights(StrEnum):
    """How far apart two categories are for a weighted kappa."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


class Reference(StrEnum):
    """What growth is measured against."""

    NADIR = "nadir"
    BASELINE = "baseline"


class GrowthOf(StrEnum):
    """Whose growth is progression under WHO."""

    ANY_LESION = "any_lesion"
    SUM = "sum"


class PmrThreshold(StrEnum):
    """The fall of SUV that is PMR under EORTC 1999."""

    BY_CYCLE = "by_cycle"  # 15 % after one cycle, more than 25 % after more
    ALWAYS_15 = "always_15"
    ALWAYS_25 = "always_25"


class NotRecorded(StrEnum):
    """What a lesion counts as of which a PET scan gives no uptake, under PERCIST."""

    NOT_EVALUATED = "not_evaluated"  # it may be the hottest
    COOLER = "cooler"  # than the hottest that was recorded


class UnconfirmedProgression(StrEnum):
    """When an iUPD that was never confirmed dates the progression."""

    WITHOUT_LATER_SCAN = "without_later_scan"
    ALWAYS = "always"
    NEVER = "never"


class VolumeLimits(StrEnum):
    """The changes of volume that are response and progression."""

    SPHERE = "sphere"  # of RECIST 1.1: 0.7 and 1.2, cubed
    WHO_SPHERE = "who_sphere"  # of WHO: 0.5 and 1.25, to the power of 3/2
    QIBA_LUNG = "qiba_lung"  # -35 % and +55 %


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
    REPEATED_UID = "repeated-uid"
    MALFORMED_NUMBER = "malformed-number"


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
