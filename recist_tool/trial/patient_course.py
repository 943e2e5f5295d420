"""What endpoints need to know of one patient: dated responses and what came after."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from recist_tool.criteria.answer.vocabulary import PROGRESSIONS
from recist_tool.errors import Fault
from recist_tool.terms import Response, Scope, VisitDating

_NOT_ADEQUATE = frozenset({Response.NE, Response.NA})


class Assessment(NamedTuple):
    """The response of one visit in one scope.

    Attributes
    ----------
    date
        Of the visit.
    response
        As it stands today: restated where a later visit restated it. An iUPD is no
        progression by itself.
    target_scans, new_lesion_scans
        Where the visit was scanned on several days: dates of the scans of the targets,
        and of the scans that show a new lesion.
    """

    date: dt.date
    response: Response
    target_scans: tuple[dt.date, ...] = ()
    new_lesion_scans: tuple[dt.date, ...] = ()

    @property
    def adequate(self) -> bool:
        """Whether the visit gave an answer."""
        return self.response not in _NOT_ADEQUATE

    @property
    def free_of_progression(self) -> bool:
        """Whether the visit was adequate and showed no progression."""
        return self.adequate and self.response not in PROGRESSIONS

    @property
    def last_scan(self) -> dt.date:
        """The day up to which the visit knows of no progression."""
        return max(self.target_scans, default=self.date)

    def progression_date(self, dating: VisitDating) -> dt.date:
        """Return the date of a progression seen at this visit.

        By the FDA's guidance on endpoints (2007, appendix; 2018) the first scan that
        shows a new lesion or else the last scan of the targets.
        """
        if dating is VisitDating.EARLIEST_SCAN:
            scans = (*self.target_scans, *self.new_lesion_scans)
            return min(scans, default=self.date)
        return min(self.new_lesion_scans, default=self.last_scan)


class PatientCourse(NamedTuple):
    """One patient from the reference date on.

    Attributes
    ----------
    reference_date
        Start of treatment or randomisation: where OS and PFS begin.
    assessments
        Visits after baseline, by date, for the whole patient.
    liver
        The same for the liver; None without a liver lesion at baseline: such a patient
        has no liver endpoints.
    has_baseline
        False where no adequate baseline scan exists.
    knows_progression
        False under criteria without a word for it (`vocabulary.knows_progression`):
        nothing is timed until a progression then.
    new_therapy
        First day of another anticancer treatment.
    clinical_progression
        Symptomatic deterioration without progression on imaging.
    """

    reference_date: dt.date
    assessments: tuple[Assessment, ...] = ()
    liver: tuple[Assessment, ...] | None = None
    has_baseline: bool = True
    death: dt.date | None = None
    last_alive: dt.date | None = None
    new_therapy: dt.date | None = None
    clinical_progression: dt.date | None = None
    knows_progression: bool = True

    def visits(self, scope: Scope) -> tuple[Assessment, ...] | None:
        """Return the visits of a scope; None without liver lesions at baseline."""
        return self.assessments if scope is Scope.OVERALL else self.liver

    @property
    def evaluable(self) -> bool:
        """Whether at least one visit after baseline was adequate."""
        return any(one.adequate for one in self.assessments)

    @property
    def last_known(self) -> dt.date:
        """The last day on which the patient is known to have been under observation."""
        days = (
            self.reference_date,
            self.last_alive,
            self.new_therapy,
            self.clinical_progression,
            *(visit.last_scan for visit in (*self.assessments, *(self.liver or ()))),
        )
        return max(day for day in days if day is not None)


def first_progression(assessments: tuple[Assessment, ...]) -> Assessment | None:
    """Return the first visit that shows progression, or None."""
    return next((one for one in assessments if one.response in PROGRESSIONS), None)


def date_faults(course: PatientCourse) -> list[Fault]:
    """Return what cannot be among the dates of a patient's follow-up."""
    faults = [
        Fault(
            f"follow_up.{field}",
            f"{day} is before the reference date {course.reference_date}",
            "Correct one of the two dates",
        )
        for field, day in (
            ("death", course.death),
            ("last_alive", course.last_alive),
            ("new_therapy", course.new_therapy),
            ("clinical_progression", course.clinical_progression),
        )
        if day is not None and day < course.reference_date
    ]
    if faults or course.death is None or course.death >= course.last_known:
        return faults
    what = f"{course.death} is before a scan or a visit of {course.last_known}"
    return [Fault("follow_up.death", what, "Correct the death, a scan or last_alive")]
