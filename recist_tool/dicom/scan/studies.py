"""Series of one study seen together: what one alone does not tell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from recist_tool.dicom.header import tags
from recist_tool.dicom.scan.phase import Phase, TimedSeries, phases_of_study
from recist_tool.dicom.scan.roles import Role
from recist_tool.terms import SeriesRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.dicom.scan.series import Series


def seen_together(every: Iterable[Series]) -> list[Series]:
    """Return series, in their order, with phases and roles their study suggests."""
    given = list(every)
    studies: defaultdict[object, list[int]] = defaultdict(list)
    for index, series in enumerate(given):
        studies[(series.patient, series.study_instance_uid)].append(index)
    for indices in studies.values():
        together = _with_roles(_with_phases([given[index] for index in indices]))
        for index, series in zip(indices, together, strict=True):
            given[index] = series
    return given


def _with_phases(study: Sequence[Series]) -> list[Series]:
    scans = [one for one in study if one.role.name is SeriesRole.DIAGNOSTIC_CT]
    phases = phases_of_study([_timed(one) for one in scans])
    found = {id(one): phase for one, phase in zip(scans, phases, strict=True)}
    return [
        replace(one, phase=phase.name, phase_reason=phase.reason)
        if (phase := found.get(id(one))) is not None
        else one
        for one in study
    ]


def _timed(series: Series) -> TimedSeries:
    elements = series.slices[0].elements
    return TimedSeries(
        Phase(series.phase, series.phase_reason),
        elements.moment(tags.ACQUISITION_DATE, tags.ACQUISITION_TIME)
        or elements.datetime(tags.ACQUISITION_DATETIME),
        bool(elements.text(tags.CONTRAST_AGENT)),
    )


def _with_roles(study: Sequence[Series]) -> list[Series]:
    """Take a CT that shares its frame with a PET, and names no contrast, as low-dose.

    The only CT of such a study is taken so too: the reader sees the reason.
    """
    frames = {
        one.frame_of_reference_uid
        for one in study
        if one.modality == "PT" and one.frame_of_reference_uid
    }
    reason = "shares its frame of reference with a PET and names no contrast agent"
    return [
        replace(one, role=Role(SeriesRole.LOW_DOSE_CT, reason))
        if one.role.name is SeriesRole.DIAGNOSTIC_CT
        and one.frame_of_reference_uid in frames
        and not one.slices[0].elements.text(tags.CONTRAST_AGENT)
        else one
        for one in study
    ]
