"""The PET scans of a course, as one scope sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.organs import organ_group
from recist_tool.errors import Fault, FindingsError
from recist_tool.terms import LIVER, NewLesionStatus, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.criteria.course import Course, View, Visit
    from recist_tool.model.pet import PetLesion, PetScan


def baseline_scan(course: Course) -> PetScan | None:
    """Return the PET scan at baseline, or None."""
    return None if course.baseline is None else course.baseline.seen.pet


def lesions_of(course: Course, view: View, scan: PetScan) -> dict[str, PetLesion]:
    """Return the lesions of a scan that the scope counts.

    Raises
    ------
    FindingsError
        If a lesion is none of the patient's and its organ is not given.
    """
    unknown = [
        Fault(f"PET lesion {name}", "has no organ", "Give the organ, or correct the id")
        for name, lesion in scan.lesions.items()
        if lesion.organ is None and not _known(course, name)
    ]
    if unknown:
        raise FindingsError.of(unknown)
    if view.scope is Scope.OVERALL:
        return dict(scan.lesions)
    return {
        name: lesion
        for name, lesion in scan.lesions.items()
        if _hepatic(course, name, lesion)
    }


def is_new(view: View, visit: Visit, lesions: Mapping[str, PetLesion]) -> list[str]:
    """Return the lesions with new uptake, and the definite new lesions of the visit."""
    names = [name for name, lesion in lesions.items() if lesion.new]
    names += [
        one.id
        for one in view.new_at(visit.seen)
        if one.status is NewLesionStatus.DEFINITE and one.id not in names
    ]
    return names


def _known(course: Course, name: str) -> bool:
    if any(one.id == name for one in course.lesions):
        return True
    visits = (course.baseline, *course.follow_ups)
    return any(
        new.id == name
        for visit in visits
        if visit is not None
        for new in visit.seen.new
    )


def _hepatic(course: Course, name: str, lesion: PetLesion) -> bool:
    if lesion.organ is None:
        known = {one.id: one.hepatic for one in course.lesions}
        if name in known:
            return known[name]
        return any(
            organ_group(new.organ) == LIVER and not new.nodal
            for visit in course.follow_ups
            for new in visit.seen.new
            if new.id == name
        )
    if lesion.nodal:
        return lesion.note in course.settings.hepatic_node_sites
    return organ_group(lesion.organ) == LIVER
