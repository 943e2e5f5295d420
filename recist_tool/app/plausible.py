"""What is allowed and hardly ever meant: to be asked before it is recorded.

No rule of response stands here, and nothing is refused: a front end asks with these
sentences, and records what was confirmed. The limits are far outside of what is seen
in practice, so that a true figure is asked about once in a career.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import singledispatch
from typing import TYPE_CHECKING, Final

from recist_tool.model.commands import (
    AddMeasuredLesion,
    ChangeLesionRole,
    ImportLesions,
    RecordFinding,
    RecordUptake,
    RecordVolumes,
    ReviseTimepoint,
    SetFollowUp,
    SetReferenceDate,
    SetTreatments,
)
from recist_tool.model.finding import (
    Absent,
    Measured,
    NewLesionSeen,
    Split,
    TooSmall,
    calipers_of,
)
from recist_tool.model.organs import place_of
from recist_tool.terms import LesionRole, NewLesionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from recist_tool.model.case import Case, Read, SeriesReference
    from recist_tool.model.commands import Command
    from recist_tool.model.finding import Finding
    from recist_tool.model.lesion import Lesion
    from recist_tool.model.mask import LesionMask
    from recist_tool.model.pet import PetScan

MOST_GBQ: Final = 20
"""Of one session: radioembolisation takes some 10 GBq at most, 177Lu 7.4, 131I 11."""

MOST_SUV: Final = 100
MOST_ORGAN_ML: Final = 10_000
LEAST_HU: Final = -200
MOST_HU: Final = 400
"""The mean attenuation of a solid lesion, with and without contrast."""

MOST_LESION_MM: Final = 200
"""A diameter beyond is that of an organ."""

LEAST_ORGAN_MM: Final = 80
"""What is called by an organ alone and is longer is the organ."""

_LESION: Final = re.compile(
    r"lesion|tumou?r|mass|met|nodul|cancer|carcin|neopl|cyst|hcc|crlm", re.IGNORECASE
)

MOST_ELONGATED: Final = 4
"""How much more volume a lesion has at most than a ball of its diameter."""

MOST_DAYS_APART: Final = 366
"""Between the baseline and day 0."""

NOT_IN_SUMS: Final = ("PT", "NM")
_PET: Final = (
    "This target is measured on PET. Sums of diameters are of CT or MR: shall it count "
    "in the sum all the same?"
)


def doubts(case: Case, command: Command, today: dt.date) -> tuple[str, ...]:
    """Return what should be asked before a command is carried out, a sentence each.

    Parameters
    ----------
    case
        As it is before the command.
    command
        One that the case allows.
    today
        Later days have not come yet; unless a visit lies later, as where a site moved
        all dates of a patient.

    Returns
    -------
    Questions to be answered with yes or no; none for most commands.
    """
    latest = max((today, *(one.date for one in case.timepoints)))
    return tuple(_doubts(command, case, latest))


@singledispatch
def _doubts(command: object, case: Case, today: dt.date) -> Iterator[str]:
    del command, case, today
    return iter(())


@_doubts.register(SetFollowUp)
def _(command: SetFollowUp, case: Case, today: dt.date) -> Iterator[str]:
    known = command.follow_up
    if known is None or known == case.follow_up:
        return
    before = case.follow_up
    for name, words in (
        ("death", "The day of death"),
        ("last_alive", "The day last known alive"),
        ("new_therapy", "The first day of another therapy"),
        ("clinical_progression", "The day of clinical progression"),
    ):
        day = getattr(known, name)
        if day is None or day == getattr(before, name, None):
            continue
        yield from _future(words, day, today)
        yield from _before_baseline(words, day, case)
    death, alive = known.death, known.last_alive
    if death is not None and alive is not None and death < alive:
        yield f"Died on {death}, and known to be alive on {alive}, after that?"


@_doubts.register(SetTreatments)
def _(command: SetTreatments, case: Case, today: dt.date) -> Iterator[str]:
    for one in command.treatments:
        if one in case.treatments:
            continue
        yield from _future("The treatment", one.date, today)
        activity = one.activity_gbq
        if activity is not None and activity > MOST_GBQ:
            yield (
                f"{activity:,.15g} GBq in one session? More than {MOST_GBQ} is hardly "
                "given; 1 GBq is 1000 MBq."
            )
        died = case.follow_up and case.follow_up.death
        if died and one.date > died:
            yield f"Treated on {one.date}, after the death on {died}?"


@_doubts.register(SetReferenceDate)
def _(command: SetReferenceDate, case: Case, today: dt.date) -> Iterator[str]:
    if not case.timepoints or command.reference_date == case.reference_date:
        return
    yield from _future("Day 0", command.reference_date, today)
    days = (command.reference_date - case.timepoints[0].date).days
    if abs(days) > MOST_DAYS_APART:
        where = "after" if days > 0 else "before"
        yield f"Day 0 is {command.reference_date}, {abs(days)} days {where} baseline?"


@_doubts.register(ReviseTimepoint)
def _(command: ReviseTimepoint, case: Case, today: dt.date) -> Iterator[str]:
    visit = command.timepoint
    old = case.timepoint(visit.timepoint_id)
    if old is None or old.date != visit.date:
        yield from _future(f"The visit {visit.timepoint_id}", visit.date, today)


@_doubts.register(RecordVolumes)
def _(command: RecordVolumes, case: Case, today: dt.date) -> Iterator[str]:
    read = case.read(command.reader_id)
    before = (read and read.volumes_at(command.timepoint_id)) or {}
    for name, volume in command.volumes_ml.items():
        if volume > MOST_ORGAN_ML and volume != before.get(name):
            yield f"{name}: {volume:,} ml, more than {MOST_ORGAN_ML // 1000} litres?"


@_doubts.register(RecordUptake)
def _(command: RecordUptake, case: Case, today: dt.date) -> Iterator[str]:
    read = case.read(command.reader_id)
    yield from _hot(read, command.timepoint_id, command.pet)


def _hot(read: Read | None, timepoint_id: str, pet: PetScan | None) -> Iterator[str]:
    """Yield what is asked of uptake that was not there before."""
    before = read and read.uptake_at(timepoint_id)
    for name, one in () if pet is None else pet.lesions.items():
        if before is not None and one == before.lesions.get(name):
            continue
        for words, value in (("SULpeak", one.sul_peak), ("SUV", one.suv)):
            if value is not None and value > MOST_SUV:
                yield f"{name}: {words} {value:,}? More than {MOST_SUV} is hardly seen."


@_doubts.register(RecordFinding)
def _(command: RecordFinding, case: Case, today: dt.date) -> Iterator[str]:
    read = case.read(command.reader_id)
    lesion = read and read.lesion(command.lesion_id)
    if read is None or lesion is None:
        return
    before = read.finding(command.lesion_id, command.timepoint_id)
    if command.finding == before:
        return
    visit, finding = command.timepoint_id, command.finding
    is_baseline = case.timepoints[0].timepoint_id == visit
    if is_baseline and isinstance(finding, Absent):
        yield (
            f"{lesion.lesion_id} is gone at baseline? A lesion that is not there at "
            "baseline is none; Delete takes it out."
        )
    yield from _lost(lesion, finding, before)
    yield from _twice(read, visit, command.mask, lesion.lesion_id)
    yield from _unlikely(lesion, finding, before, mask=command.mask)
    yield from _hot(read, visit, command.pet)
    if not on_pet(case, before, None):
        yield from _counted(lesion, case, finding, command.mask)


@_doubts.register(ChangeLesionRole)
def _(command: ChangeLesionRole, case: Case, today: dt.date) -> Iterator[str]:
    read = case.read(command.reader_id)
    if read is None or command.role is not LesionRole.TARGET:
        return
    own = [one for one in read.findings if one.lesion_id == command.lesion_id]
    if any(on_pet(case, one.finding, one.mask) for one in own):
        yield _PET


@_doubts.register(AddMeasuredLesion)
def _(command: AddMeasuredLesion, case: Case, today: dt.date) -> Iterator[str]:
    lesion, finding = command.lesion, command.finding
    if (
        isinstance(finding, NewLesionSeen)
        and finding.caliper is None
        and finding.status is NewLesionStatus.DEFINITE
    ):
        yield (
            f"Add {lesion.lesion_id} as a definite new lesion, without a caliper? "
            "A definite new lesion is progression."
        )
    read, visit = case.read(command.reader_id), command.timepoint_id
    yield from _twice(read, visit, command.mask, lesion.lesion_id)
    yield from _unlikely(lesion, finding, None, mask=command.mask)
    yield from _hot(read, visit, command.pet)
    yield from _counted(lesion, case, finding, command.mask)


@_doubts.register(ImportLesions)
def _(command: ImportLesions, case: Case, today: dt.date) -> Iterator[str]:
    read = case.read(command.reader_id)
    visit = command.timepoint_id
    for one in command.lesions:
        lesion = one.added or (read and read.lesion(one.lesion_id))
        if read is None or lesion is None:
            continue
        before = read.finding(one.lesion_id, visit)
        yield from _twice(read, visit, one.mask, one.lesion_id)
        yield from _unlikely(lesion, one.finding, before, lesion.name, mask=one.mask)
        yield from _counted(lesion, case, one.finding, one.mask, command.series)
    yield from _hot(read, visit, command.pet)


def _lost(lesion: Lesion, finding: Finding, before: Finding | None) -> Iterator[str]:
    """Yield what is asked where one key would take the place of a measurement."""
    measured = [one.long_axis.value_mm for one in calipers_of(before)]
    without = isinstance(finding, Absent | TooSmall | NewLesionSeen)
    if measured and without and not calipers_of(finding):
        said = finding.kind.replace("_", " ").replace("absent", "gone")
        lengths = " + ".join(f"{one} mm" for one in measured)
        yield f"{lesion.lesion_id} is measured here: {lengths}. Is it {said} instead?"


def _twice(
    read: Read | None, timepoint_id: str, mask: LesionMask | None, lesion_id: str
) -> Iterator[str]:
    if read is None or mask is None:
        return
    twin = twin_of(read, timepoint_id, mask)
    if twin is not None and twin != lesion_id:
        yield (
            f"{lesion_id} has the same voxels as {twin}: are these two lesions, and "
            "not one twice?"
        )


def twin_of(read: Read, timepoint_id: str, mask: LesionMask) -> str | None:
    """Return the lesion that was measured on the same voxels, or None.

    Parameters
    ----------
    read
        Whose lesions are looked at.
    timepoint_id, mask
        The visit, and the voxels.
    """
    region = (mask.sop_instance_uids, mask.frame_numbers, mask.start, mask.shape)
    for one in read.findings:
        there = one.mask
        if one.timepoint_id != timepoint_id or there is None:
            continue
        where = (there.sop_instance_uids, there.frame_numbers, there.start, there.shape)
        if where == region and there.packed() == mask.packed():
            return one.lesion_id
    return None


def is_whole_organ(name: str, long_axis_mm: float) -> bool:
    """Return whether something is an organ, and not a lesion in it.

    Parameters
    ----------
    name
        As a file or a reader has it; may be empty.
    """
    named = place_of(name).known and not _LESION.search(name)
    return long_axis_mm > (LEAST_ORGAN_MM if name and named else MOST_LESION_MM)


def _unlikely(
    lesion: Lesion,
    finding: Finding,
    before: Finding | None,
    called: str = "",
    *,
    mask: LesionMask | None = None,
) -> Iterator[str]:
    """Yield what is asked of the figures of a lesion that were not there before.

    Parameters
    ----------
    called
        What a file calls it, which may be an organ.
    mask
        What was measured: of figures that it gives nobody is asked.
    """
    is_typed = mask is None or "hu_mean" in getattr(finding, "typed", ())
    name = lesion.lesion_id
    lengths = [one.long_axis.value_mm for one in calipers_of(finding)]
    old = [one.long_axis.value_mm for one in calipers_of(before)]
    for length in lengths:
        if is_whole_organ(called, float(length)) and length not in old:
            yield f"{name}: {length} mm across? That is the size of an organ."
    if isinstance(finding, Measured | Split) and lengths:
        yield from _unlikely_figures(name, finding, before, sum(lengths, Decimal()))
        if is_typed:
            yield from _unlikely_mean(name, finding, before)


def _unlikely_figures(
    name: str, finding: Measured | Split, before: Finding | None, whole: Decimal
) -> Iterator[str]:
    """Yield what is asked of the figures beside a diameter, which is `whole`, mm."""
    viable, volume = (
        getattr(finding, one) if _is_other(one, finding, before) else None
        for one in ("viable_mm", "volume_ml")
    )
    if viable is not None and viable > whole:
        yield f"{name}: {viable} mm viable, in a lesion of {whole} mm?"
    ball_ml = float(whole) ** 3 * 0.5236e-3
    if volume is not None and float(volume) > MOST_ELONGATED * ball_ml:
        yield f"{name}: {volume:,} ml, in a lesion of {whole} mm ({ball_ml:.1f} ml)?"


def _unlikely_mean(
    name: str, finding: Measured | Split, before: Finding | None
) -> Iterator[str]:
    mean = finding.hu_mean
    if mean is None or not _is_other("hu_mean", finding, before):
        return
    if not LEAST_HU <= mean <= MOST_HU:
        yield f"{name}: a mean of {mean} HU? A solid lesion is hardly that."


def _is_other(name: str, finding: Finding, before: Finding | None) -> bool:
    return getattr(finding, name) != getattr(before, name, None)


def _counted(
    lesion: Lesion,
    case: Case,
    finding: Finding,
    mask: LesionMask | None,
    series: SeriesReference | None = None,
) -> Iterator[str]:
    """Yield the question for a target that is measured on what shows no anatomy."""
    if case.protocol.is_of_pet_alone:
        return  # no sum of diameters is looked at
    if lesion.role is LesionRole.TARGET and on_pet(case, finding, mask, series):
        yield _PET


def on_pet(
    case: Case,
    finding: Finding | None,
    mask: LesionMask | None,
    series: SeriesReference | None = None,
) -> bool:
    """Return whether a finding was measured on a scan that shows uptake, not anatomy.

    Parameters
    ----------
    mask
        The voxels that were measured; None where there are none.
    series
        One that comes to the case with it; None where all are pinned.
    """
    planes = [one.plane for one in calipers_of(finding)]
    uids = {one.series_instance_uid for one in planes if one is not None}
    if mask is not None:
        uids.add(mask.series_instance_uid)
    return any(_modality(uid, case, series) in NOT_IN_SUMS for uid in uids)


def _modality(uid: str, case: Case, series: SeriesReference | None) -> str:
    """Return the modality of a series of the case, or of one that comes to it."""
    pinned = case.pinned(uid)
    if pinned is None and series is not None and series.is_of(uid, ""):
        pinned = series
    return "" if pinned is None else pinned.modality


def _future(words: str, day: dt.date, today: dt.date) -> Iterable[str]:
    if day > today:
        yield f"{words} is {day}, which is still to come?"


def _before_baseline(words: str, day: dt.date, case: Case) -> Iterable[str]:
    if case.timepoints and day < case.timepoints[0].date:
        yield f"{words} is {day}, before the baseline of {case.timepoints[0].date}?"
