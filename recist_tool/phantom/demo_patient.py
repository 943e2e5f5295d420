"""The demo patient and the story of her disease.

Two liver targets and one liver non-target, a lung nodule and a para-aortic node as
targets, a portal node as non-target. Radioembolisation is given twelve days after
baseline. The liver responds and keeps its response; at the last visit a new lung nodule
comes, so that the whole patient progresses while the liver is in partial response.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from recist_tool.phantom.course_words import (
    ABSENT,
    CR,
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
_VISITS = (
    PhantomVisit(timepoint_id="BL", date=dt.date(2024, 3, 6), label="Baseline",
          overall=Expected(sum_mm=Decimal("140.0")),
          liver=Expected(sum_mm=Decimal("103.0")),
          has_pet=True),
    PhantomVisit(timepoint_id="TP1", date=dt.date(2024, 5, 13), label="8 weeks",
          overall=answer("122.0", SD, NON_CR, NO, SD),
          liver=answer("89.0", SD, NON_CR, NO, SD), offset_lps=(4.0, -3.0, 5.0)),
    PhantomVisit(timepoint_id="TP2", date=dt.date(2024, 7, 8), label="16 weeks",
          overall=answer("93.0", PR, NON_CR, NO, PR),
          liver=answer("64.0", PR, CR, NO, PR), offset_lps=(-3.0, 2.0, -5.0),
          has_pet=True),
    PhantomVisit(timepoint_id="TP3", date=dt.date(2024, 9, 2), label="24 weeks",
          overall=answer("68.0", PR, NON_CR, YES, PD),
          liver=answer("38.0", PR, CR, NO, PR), offset_lps=(2.0, 4.0, 10.0)),
)

_LESIONS = (
    LesionSpec(
        lesion_id="T1", role=LesionRole.TARGET, organ=LIVER, site="segment VIII",
        center_lps=(-88.0, -8.0, 25.0), hu=66.0, course=(
            Stage(MEASURED, Ellipsoid(62, 47, 50, 35, (0.25, -0.15)), 9.5),
            Stage(MEASURED, Ellipsoid(54, 42, 46, 30, (0.25, -0.15)), 7.0),
            Stage(MEASURED, Ellipsoid(40, 33, 38, 75, (0.15, 0.10)), 4.2),
            Stage(MEASURED, Ellipsoid(33, 27, 32, 80, (0.15, 0.10)), 3.8),
        )),
    LesionSpec(
        lesion_id="T2", role=LesionRole.TARGET, organ=LIVER, site="segment IVb",
        center_lps=(-24.0, -54.0, 20.0), hu=62.0, course=(
            Stage(MEASURED, Ellipsoid(41, 30, 36, -20, (-0.30, 0.10)), 8.0),
            Stage(MEASURED, Ellipsoid(35, 26, 30, -20, (-0.30, 0.10)), 6.0),
            Stage(MEASURED, Ellipsoid(24, 19, 22, -15, (-0.20, 0.10)), 3.6),
            Stage(TOO_SMALL, Ellipsoid(4, 3.5, 6), 2.4),
        )),
    LesionSpec(
        lesion_id="T3", role=LesionRole.TARGET, organ="lung", site="right lower lobe",
        center_lps=(-84.0, 45.0, 75.0), hu=42.0, course=(
            Stage(MEASURED, Ellipsoid(18, 15, 19, 50, (0.20, 0.20)), 5.5),
            Stage(MEASURED, Ellipsoid(16, 13, 17, 50, (0.20, 0.20)), 4.8),
            Stage(MEASURED, Ellipsoid(16, 14, 17, 45, (0.20, 0.20)), 4.6),
            Stage(MEASURED, Ellipsoid(21, 17, 22, 45, (0.20, 0.20)), 6.0),
        )),
    LesionSpec(
        lesion_id="T4", role=LesionRole.TARGET, organ=LYMPH_NODE,
        site="left para-aortic", center_lps=(35.0, 7.0, -75.0), hu=88.0, course=(
            Stage(MEASURED, Ellipsoid(27, 19, 34, 70, (0.05, 0.10)), 6.5),
            Stage(MEASURED, Ellipsoid(25, 17, 31, 70, (0.05, 0.10)), 5.2),
            Stage(MEASURED, Ellipsoid(20, 13, 26, 70, (0.05, 0.10)), 3.0),
            Stage(MEASURED, Ellipsoid(16, 9, 22, 70, (0.05, 0.10)), 2.0),
        ), nodal=True),
    LesionSpec(
        lesion_id="NT1", role=LesionRole.NON_TARGET, organ=LIVER, site="segment VI",
        center_lps=(-108.0, -4.0, -45.0), hu=68.0, course=(
            Stage(PRESENT, Ellipsoid(17, 14, 18, 10, (0.10, 0.0)), 5.5),
            Stage(PRESENT, Ellipsoid(11, 9, 12, 10, (0.10, 0.0)), 3.8),
            ABSENT,
            ABSENT,
        )),
    LesionSpec(
        lesion_id="NT2", role=LesionRole.NON_TARGET, organ=LYMPH_NODE,
        site="portocaval", center_lps=(-34.0, -2.0, -20.0), hu=84.0, course=(
            Stage(PRESENT, Ellipsoid(19, 13, 20, -25, (0.0, 0.10)), 4.5),
            Stage(PRESENT, Ellipsoid(18, 12, 19, -25, (0.0, 0.10)), 4.0),
            Stage(PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
            Stage(PRESENT, Ellipsoid(17, 11, 18, -25, (0.0, 0.10)), 3.0),
        ), nodal=True),
    LesionSpec(
        lesion_id="NL1", role=LesionRole.NEW, organ="lung", site="left lower lobe",
        center_lps=(92.0, 40.0, 85.0), hu=40.0, course=(
            None,
            None,
            None,
            Stage(NEW, Ellipsoid(14, 12, 15, 20, (0.10, 0.0)), 4.5),
        )),
)
# fmt: on

_CT = Acquisition(
    256,
    256,
    slices=80,
    pixel_spacing_mm=(1.5, 1.5),
    slice_spacing_mm=5.0,
    slice_thickness_mm=5.0,
    center_lps=(0.0, 22.0, -77.5),
)
_PET = Acquisition(
    128,
    128,
    slices=80,
    pixel_spacing_mm=(4.0, 4.0),
    slice_spacing_mm=5.0,
    slice_thickness_mm=5.0,
    center_lps=(0.0, 22.0, -77.5),
)

DEMO_PATIENT = PatientSpec(
    subject_id="SYN-001",
    seed=1,
    sex="F",
    birth_date=dt.date(1961, 4, 12),
    weight_kg=68.0,
    height_m=1.66,
    reference_date=dt.date(2024, 3, 18),
    ct=_CT,
    visits=_VISITS,
    lesions=_LESIONS,
    pet=_PET,
)
