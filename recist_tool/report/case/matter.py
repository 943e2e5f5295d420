"""What a report is written about: a read, what follows from it, and its images."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.model.blinding import Blinding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from recist_tool.errors import Fault
    from recist_tool.model.case import Case, Read, Timepoint
    from recist_tool.model.diameter import ImagePlane, PointLPS
    from recist_tool.model.findings import Findings
    from recist_tool.terms import Criteria
    from recist_tool.trial.patient import PatientAssessment

Place = tuple[str, str]
"""Lesion and visit, by their ids."""


class SlicePlace(NamedTuple):
    """Which slice of its series an image is: from 1, and of how many."""

    number: int
    of: int


class CaseMatter(NamedTuple):
    """What a report of a case is written about.

    Attributes
    ----------
    findings
        What was judged: of the visits that were read.
    assessments
        By each of the protocol's criteria that could answer.
    failed
        What went wrong in the program under the others.
    slices
        Where images that were measured on lie in their series, by SOP Instance UID and
        number of the frame; without those that are not at hand.
    images
        Key images, PNG.
    sums
        The sums of diameters over time, PNG; empty where none are compared.
    outdated
        By visit: what was signed before a later change of its answer.
    head, entries
        The digest of the journal's last entry, and how many there are.
    program
        Which program answered, by which rules.
    at
        When the report is written.
    """

    case: Case
    read: Read
    findings: Findings
    assessments: Mapping[Criteria, PatientAssessment]
    failed: Mapping[Criteria, Fault]
    slices: Mapping[tuple[str, int | None], SlicePlace]
    images: Mapping[Place, bytes]
    sums: bytes
    outdated: Mapping[str, str]
    head: str
    entries: int
    program: str
    at: dt.datetime

    @property
    def blinding(self) -> Blinding:
        """How the case is told to its readers."""
        return Blinding.of(self.case)

    @property
    def series_names(self) -> Mapping[str, str]:
        """The short name of each series in this report, by its key: ``S1``."""
        every = [one.key for visit in self.case.timepoints for one in visit.series]
        return {key: f"S{number}" for number, key in enumerate(every, start=1)}

    @property
    def visits(self) -> tuple[Timepoint, ...]:
        """The visits that were read, the baseline first."""
        read = {one.id for one in self.findings.timepoints}
        return tuple(one for one in self.case.timepoints if one.timepoint_id in read)

    @property
    def baseline(self) -> Timepoint:
        """What later visits are compared with."""
        return self.visits[0]

    @property
    def answered(self) -> tuple[Timepoint, ...]:
        """The visits after it that the criteria answered, in order."""
        known = {
            name
            for assessment in self.assessments.values()
            for name in assessment.overall.timepoints
        }
        return tuple(one for one in self.visits if one.timepoint_id in known)

    def when(self, visit: Timepoint) -> str:
        """Return the day of a visit as readers are told it."""
        return self.blinding.date(visit.date)

    def place(self, plane: ImagePlane, points_lps: Sequence[PointLPS] | None) -> str:
        """Return series and slice of an image; its height where it is not at hand.

        Parameters
        ----------
        points_lps
            What was drawn on it; None where that is not known.
        """
        series = next(
            (
                one
                for visit in self.case.timepoints
                for one in visit.series
                if one.is_of(plane.series_instance_uid, "")
            ),
            None,
        )
        name = "" if series is None else self.series_names[series.key]
        found = self.slices.get((plane.sop_instance_uid, plane.frame_number))
        if found is not None:
            return f"{name} slice {found.number} of {found.of}".strip()
        middle = None if points_lps is None else np.mean(points_lps, axis=0)
        height = "" if middle is None else f"at z {middle[2]:.1f} mm"
        return f"{name} {height}".strip()
