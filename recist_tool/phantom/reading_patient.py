"""A patient whose read takes a reader's time: much disease, and all that befalls it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from recist_tool.phantom.course_words import (
    ABSENT,
    MEASURED,
    NEW,
    NO,
    NON_CR,
    PD,
    PR,
    PRESENT,
    SD,
    TOO_SMALL,
    YES,
    answer,
)
from recist_tool.phantom.spec import (
    Acquisition,
    Ellipsoid,
    Expected,
    LesionSpec,
    PatientSpec,
    PhantomVisit,
    Stage,
)
from recist_tool.terms import LIVER, LYMPH_NODE, LesionRole

# fmt: off
READING_PATIENT = PatientSpec(
    subject_id="SYN-008",
    seed=8,
    sex="M",
    birth_date=dt.date(1957, 9, 30),
    weight_kg=81.0,
    height_m=1.78,
    reference_date=dt.date(2024, 3, 18),
    ct=Acquisition(
        256, 256, slices=40, pixel_spacing_mm=(1.4, 1.4), slice_spacing_mm=5.0,
        slice_thickness_mm=5.0, center_lps=(0.0, 4.0, 2.5)
    ),
    pet=Acquisition(
        96, 96, slices=40, pixel_spacing_mm=(4.0, 4.0), slice_spacing_mm=5.0,
        slice_thickness_mm=5.0, center_lps=(0.0, 4.0, 2.5)
    ),
    visits=(
        PhantomVisit(timepoint_id="BL", date=dt.date(2024, 3, 6), label="Baseline",
              overall=Expected(sum_mm=Decimal("144.0")),
              liver=Expected(sum_mm=Decimal("86.0")),
              has_pet=True),
        PhantomVisit(timepoint_id="TP1", date=dt.date(2024, 5, 13), label="8 weeks",
              overall=answer("123.0", SD, NON_CR, NO, SD),
              liver=answer("72.0", SD, NON_CR, NO, SD),
              offset_lps=(4.0, -3.0, 5.0)),
        PhantomVisit(timepoint_id="TP2", date=dt.date(2024, 7, 8), label="16 weeks",
              overall=answer("91.0", PR, NON_CR, NO, PR),
              liver=answer("49.0", PR, NON_CR, NO, PR),
              offset_lps=(-3.0, 2.0, -5.0)),
        PhantomVisit(timepoint_id="TP3", date=dt.date(2024, 9, 2), label="24 weeks",
              overall=answer("60.0", PR, NON_CR, YES, PD),
              liver=answer("31.0", PR, NON_CR, YES, PD),
              offset_lps=(2.0, 4.0, 10.0)),
    ),
    lesions=(
        LesionSpec(
            lesion_id="T1", role=LesionRole.TARGET, organ=LIVER, site="segment VIII",
            center_lps=(-88.0, -8.0, 25.0), hu=66.0, course=(
                Stage(MEASURED, Ellipsoid(52, 41, 46, 30, (0.20, -0.10)), 9.0),
                Stage(MEASURED, Ellipsoid(44, 36, 40, 30, (0.20, -0.10)), 6.5),
                Stage(MEASURED, Ellipsoid(31, 26, 30, 55, (0.15, 0.10)), 4.0),
                Stage(MEASURED, Ellipsoid(26, 21, 25, 60, (0.15, 0.10)), 3.6),
            )),
        LesionSpec(
            lesion_id="T2", role=LesionRole.TARGET, organ=LIVER, site="segment IVb",
            center_lps=(-24.0, -54.0, 20.0), hu=64.0, course=(
                Stage(MEASURED, Ellipsoid(34, 27, 31, -20, (-0.20, 0.10)), 7.5),
                Stage(MEASURED, Ellipsoid(28, 22, 26, -20, (-0.20, 0.10)), 5.5),
                Stage(MEASURED, Ellipsoid(18, 15, 18, -15, (-0.20, 0.10)), 3.4),
                Stage(TOO_SMALL, Ellipsoid(4, 3.5, 6), 2.4),
            )),
        LesionSpec(
            lesion_id="T3", role=LesionRole.TARGET, organ="lung",
            site="right lower lobe", center_lps=(-84.0, 45.0, 75.0), hu=42.0, course=(
                Stage(MEASURED, Ellipsoid(22, 18, 21, 50, (0.20, 0.20)), 6.0),
                Stage(MEASURED, Ellipsoid(19, 16, 19, 50, (0.20, 0.20)), 5.2),
                Stage(MEASURED, Ellipsoid(17, 14, 17, 45, (0.20, 0.20)), 4.6),
                Stage(MEASURED, Ellipsoid(20, 16, 19, 45, (0.20, 0.20)), 5.4),
            )),
        LesionSpec(
            lesion_id="T4", role=LesionRole.TARGET, organ="lung",
            site="left lower lobe", center_lps=(92.0, 40.0, 85.0), hu=40.0, course=(
                Stage(MEASURED, Ellipsoid(15, 13, 16, 20, (0.10, 0.0)), 4.8),
                Stage(MEASURED, Ellipsoid(13, 11, 14, 20, (0.10, 0.0)), 4.0),
                Stage(MEASURED, Ellipsoid(11, 9, 12, 20, (0.10, 0.0)), 3.2),
                ABSENT,
            )),
        LesionSpec(
            lesion_id="T5", role=LesionRole.TARGET, organ=LYMPH_NODE,
            site="left para-aortic", center_lps=(35.0, 7.0, -75.0), hu=88.0, course=(
                Stage(MEASURED, Ellipsoid(30, 21, 36, 70, (0.05, 0.10)), 7.0),
                Stage(MEASURED, Ellipsoid(27, 19, 32, 70, (0.05, 0.10)), 5.6),
                Stage(MEASURED, Ellipsoid(21, 14, 26, 70, (0.05, 0.10)), 3.2),
                Stage(MEASURED, Ellipsoid(16, 9, 22, 70, (0.05, 0.10)), 2.0),
            ), nodal=True),
        LesionSpec(
            lesion_id="NT1", role=LesionRole.NON_TARGET, organ=LYMPH_NODE,
            site="portocaval",
            center_lps=(-34.0, -2.0, -20.0), hu=84.0, course=(
                Stage(PRESENT, Ellipsoid(19, 13, 20, -25, (0.0, 0.10)), 4.5),
                Stage(PRESENT, Ellipsoid(18, 12, 19, -25, (0.0, 0.10)), 4.0),
                Stage(PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
                Stage(PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
            ), nodal=True),
        LesionSpec(
            lesion_id="NT2", role=LesionRole.NON_TARGET, organ=LIVER,
            site="segment VI", center_lps=(-108.0, -4.0, -45.0), hu=68.0, course=(
                Stage(PRESENT, Ellipsoid(17, 14, 18, 10, (0.10, 0.0)), 5.5),
                Stage(PRESENT, Ellipsoid(11, 9, 12, 10, (0.10, 0.0)), 3.8),
                ABSENT,
                ABSENT,
            )),
        LesionSpec(
            lesion_id="NT3", role=LesionRole.NON_TARGET, organ=LIVER,
            site="segment VII", center_lps=(-90.0, 35.0, 30.0), hu=66.0, course=(
                Stage(PRESENT, Ellipsoid(16, 13, 15, 40, (0.0, 0.10)), 5.0),
                Stage(PRESENT, Ellipsoid(14, 12, 14, 40, (0.0, 0.10)), 4.4),
                Stage(PRESENT, Ellipsoid(13, 11, 13, 40, (0.0, 0.10)), 4.0),
                Stage(PRESENT, Ellipsoid(12, 10, 12, 40, (0.0, 0.10)), 3.8),
            )),
        LesionSpec(
            lesion_id="NL1", role=LesionRole.NEW, organ=LIVER, site="segment V",
            center_lps=(-98.0, -36.0, -20.0), hu=62.0, course=(
                None,
                None,
                None,
                Stage(NEW, Ellipsoid(18, 15, 17, 25, (0.10, 0.0)), 6.0),
            )),
    ),
)
# fmt: on
"""Five targets, three non-targets, at the last visit a new lesion: a read to be timed.

Of the targets one becomes too small to measure and one goes; the new lesion lies in the
liver, so that both the patient and the liver progress.
"""
