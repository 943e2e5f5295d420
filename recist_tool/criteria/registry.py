"""Response criteria: one paper, one file.

A new set of criteria is one file and one line in `CRITERIA`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.criteria_set import CriteriaSet
from recist_tool.criteria.clinical import biochemical, symptoms
from recist_tool.criteria.course.pet_scans import scanned_in_liver
from recist_tool.criteria.irecist import visits as irecist
from recist_tool.criteria.pet import eortc as eortc_pet
from recist_tool.criteria.pet import percist
from recist_tool.criteria.recist11 import queries as recist11_queries
from recist_tool.criteria.recist11 import visits as recist11
from recist_tool.criteria.size_based import choi, mrecist, per_lesion, volumetric, who
from recist_tool.terms import Criteria

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.criteria.answer.answer import Message, TimepointResponse
    from recist_tool.criteria.course.course import Course, View

    Answers = Mapping[str, TimepointResponse]


def _no_queries(course: Course, view: View, answers: Answers) -> list[Message]:
    del course, view, answers
    return []


# fmt: off
CRITERIA: Final[Mapping[Criteria, CriteriaSet]] = {
    Criteria.RECIST_1_1: CriteriaSet(recist11.assess_visits, recist11_queries.queries),
    Criteria.IRECIST: CriteriaSet(
        irecist.assess_visits,
        irecist.queries,
        scale=irecist.BEST,
        progressed=irecist.progressed,
    ),
    Criteria.MRECIST: CriteriaSet(
        mrecist.assess_visits, mrecist.queries, scale=mrecist.BEST
    ),
    Criteria.WHO: CriteriaSet(who.assess_visits, _no_queries, scale=who.BEST),
    Criteria.CHOI: CriteriaSet(choi.assess_visits, _no_queries, scale=choi.BEST),
    Criteria.EORTC_PET: CriteriaSet(
        eortc_pet.assess_visits,
        _no_queries,
        scale=eortc_pet.BEST,
        also_in_liver=scanned_in_liver,
    ),
    Criteria.PERCIST: CriteriaSet(
        percist.assess_visits,
        percist.queries,
        scale=percist.BEST,
        also_in_liver=scanned_in_liver,
    ),
    Criteria.VOLUMETRIC: CriteriaSet(
        volumetric.assess_visits, volumetric.queries, scale=volumetric.BEST
    ),
    Criteria.BIOCHEMICAL: CriteriaSet(
        biochemical.assess_visits, biochemical.queries, scale=biochemical.BEST
    ),
    Criteria.SYMPTOMS: CriteriaSet(
        symptoms.assess_relief, _no_queries, scale=symptoms.BEST_RELIEF
    ),
    Criteria.SOMATOSTATIN_ANALOGUE: CriteriaSet(
        symptoms.assess_dose, _no_queries, scale=symptoms.BEST_DOSE
    ),
    Criteria.PER_LESION: CriteriaSet(
        per_lesion.assess_visits, _no_queries, scale=per_lesion.BEST
    ),
}
# fmt: on
