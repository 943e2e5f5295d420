"""The PET scans of a course, as one scope sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.course.organs import hepatic, in_liver, organ_group
from recist_tool.errors import Fault, FindingsError
from recist_tool.terms import NewLesionStatus, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.model.findings import Findings, FindingsTimepoint
    from recist_tool.model.pet import PetLesion, PetScan


def baseline_scan(course: Course) -> PetScan | None:
    """Return the PET scan at baseline, or None."""
    return None if course.baseline is None else course.baseline.seen.pet


def check_places(course: Course) -> None:
    """Refuse lesions of scans of which nothing says where they are, or two places.

    Raises
    ------
    FindingsError
        Naming every one.
    """
    organs: dict[str, str] = {}
    faults: list[Fault] = []
    for seen in course.findings.timepoints:
        scanned = () if seen.pet is None else seen.pet.lesions.items()
        for name, lesion in scanned:
            fault = _place_fault(course.findings, name, lesion, organs)
            if fault is not None:
                what, remedy = fault
                where = f"timepoint {seen.id}, PET lesion {name}"
                faults.append(Fault(where, what, remedy))
    if faults:
        raise FindingsError.of(faults)


def lesions_of(course: Course, view: View, scan: PetScan) -> dict[str, PetLesion]:
    """Return the lesions of a scan that the scope counts.

    Parameters
    ----------
    view
        Of the liver: only lesions in it; else all.
    """
    return {
        name: lesion
        for name, lesion in scan.lesions.items()
        if view.scope is Scope.OVERALL or _hepatic(course.findings, name)
    }


def scanned_in_liver(findings: Findings, visits: Iterable[FindingsTimepoint]) -> bool:
    """Return whether a scan of these visits shows a lesion of the liver."""
    return any(
        _hepatic(findings, name)
        for seen in visits
        if seen.pet is not None
        for name in seen.pet.lesions
    )


def is_new(
    view: View, visit: CourseVisit, lesions: Mapping[str, PetLesion]
) -> list[str]:
    """Return the lesions with new uptake, and the definite new lesions of the visit.

    Parameters
    ----------
    visit
        Its definite new lesions count, on whichever images they were seen.
    lesions
        Those of its scan that the scope counts, by name (`lesions_of`).
    """
    names = [name for name, lesion in lesions.items() if lesion.new]
    names += [
        one.id
        for one in view.new_at(visit.seen)
        if one.status is NewLesionStatus.DEFINITE and one.id not in names
    ]
    return names


def _place_fault(
    findings: Findings, name: str, lesion: PetLesion, organs: dict[str, str]
) -> tuple[str, str] | None:
    """Return what is wrong with the place of a lesion on a scan, and what to do.

    `organs` holds what earlier scans gave, and is filled in.
    """
    if _hepatic(findings, name) is None:
        what = "has no organ, and is none of the patient's lesions"
        return what, "Give the organ, or correct the id"
    if lesion.organ is None:
        return None
    before = organs.setdefault(name, lesion.organ)
    words = findings.settings.organ_words
    if organ_group(before, words) == organ_group(lesion.organ, words):
        return None
    what = f"is in {lesion.organ} here and in {before} before"
    return what, "One lesion has one organ; give another lesion its own id"


def _hepatic(findings: Findings, name: str) -> bool | None:
    """Return whether a lesion is the liver's; None where nothing says where it is.

    Its place is that of the lesion of that name, at baseline or new, or what any scan
    gives for it.
    """
    settings = findings.settings
    for lesion in findings.lesions:
        if lesion.id == name:
            return hepatic(lesion, settings)
    for seen in findings.timepoints:
        for new in seen.new:
            if new.id == name:
                return hepatic(new, settings)
        scanned = None if seen.pet is None else seen.pet.lesions.get(name)
        if scanned is not None and scanned.organ is not None:
            return in_liver(scanned.organ, scanned.nodal, scanned.note, settings)
    return None
