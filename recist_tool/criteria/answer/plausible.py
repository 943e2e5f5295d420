"""Figures and dates that can be, but hardly are: a unit, a comma, a year is wrong.

Nothing is refused and every answer stands; a person is asked to look again.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Message
from recist_tool.criteria.numbers import listed
from recist_tool.model.findings import MeasuredTarget, NonTargetFinding, StatedTarget
from recist_tool.model.organs import folded
from recist_tool.terms import Criteria, LesionRole, MessageLevel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.model.findings import Findings, FindingsTimepoint, TargetFinding
    from recist_tool.model.pet import PetScan

WIDEST_MM: Final = Decimal(500)  # the field of view of a CT
JUMP: Final = 8  # less than the ten of cm for mm, or of a lost comma
SMALL_MM: Final = Decimal(10)
MOST_ML: Final = Decimal(20_000)
MOST_SUV: Final = Decimal(200)
HU_OF_TISSUE: Final = (Decimal(-200), Decimal(300))
_LIMITS: Final = {
    "mm": (Decimal(0), WIDEST_MM),
    "ml": (Decimal(0), MOST_ML),
    "HU": HU_OF_TISSUE,
    "": (Decimal(0), MOST_SUV),
}
GBQ_OF_TREATMENT: Final = (0.01, 20.0)
MBQ_OF_A_SCAN: Final = (Decimal(10), Decimal(2_000))
YEAR: Final = 365
_CYSTS: Final = frozenset(
    {
        "simple cyst",
        "simple cysts",
        "cyst",
        "cysts",
        "liver cyst",
        "hepatic cyst",
        "renal cyst",
        "zyste",
        "leberzyste",
        "kyste",
        "quiste",
        "cisti",
        "囊肿",
        "肝囊肿",
        "嚢胞",
        "肝嚢胞",
    }
)


class Amount(NamedTuple):
    """One figure of one lesion at one visit, and the words for it."""

    lesion: str
    field: str
    value: Decimal
    unit: str


def plausibility_messages(
    findings: Findings, used: tuple[Criteria, ...], today: dt.date
) -> list[Message]:
    """Return what a person should look at in the figures and dates of a patient.

    Parameters
    ----------
    used
        The sets of criteria that the patient is judged by.
    today
        After it nothing can have happened.
    """
    visits = [(seen, _amounts(seen)) for seen in findings.timepoints]
    found = [
        *_amounts_too_large(visits),
        *_jumps(visits),
        *_doses(findings),
        *_scans(findings),
        *_future(findings, today),
        *_out_of_order(findings),
        *_odd_gaps(findings.timepoints),
        *_repeated(visits),
        *_cyst(findings),
        *_unused_markers(findings, used),
    ]
    return [
        Message(MessageLevel.QUERY, code, text=text, lesion=lesion, timepoint=timepoint)
        for code, text, lesion, timepoint in found
    ]


Asked = tuple[str, str, str | None, str | None]
"""Code, text, lesion, timepoint."""

Visit = tuple["FindingsTimepoint", list[Amount]]
"""A visit with all its sizes."""


def _amounts(seen: FindingsTimepoint) -> list[Amount]:
    """Return every size of every lesion at a visit."""
    found = [
        Amount(name, *size)
        for name, target in seen.target.items()
        for size in _sizes(target)
    ]
    for name, other in seen.nontarget.items():
        if isinstance(other, NonTargetFinding) and other.short_axis_mm is not None:
            found.append(Amount(name, "short axis", other.short_axis_mm, "mm"))
    found += [
        Amount(new.id, "diameter", new.mm, "mm")
        for new in seen.new
        if new.mm is not None
    ]
    found += [Amount(name, "volume", ml, "ml") for name, ml in seen.volumes_ml.items()]
    return found if seen.pet is None else found + list(_uptake(seen.pet))


def _sizes(target: TargetFinding) -> list[tuple[str, Decimal, str]]:
    if isinstance(target, StatedTarget):
        return []
    if isinstance(target, MeasuredTarget):
        sizes = [("diameter", target.mm, "mm")]
        if target.perpendicular_mm is not None:
            sizes.append(("perpendicular", target.perpendicular_mm, "mm"))
    else:
        parts = [one for one in target.parts_mm if isinstance(one, Decimal)]
        sizes = [("part", one, "mm") for one in parts]
    if target.viable_mm is not None:
        sizes.append(("viable diameter", target.viable_mm, "mm"))
    if target.volume_ml is not None:
        sizes.append(("volume", target.volume_ml, "ml"))
    if target.hu_mean is not None:
        sizes.append(("attenuation", target.hu_mean, "HU"))
    return sizes


def _uptake(scan: PetScan) -> Iterator[Amount]:
    for name, scanned in scan.lesions.items():
        for field, uptake in (("SULpeak", scanned.sul_peak), ("SUV", scanned.suv)):
            if uptake is not None:
                yield Amount(name, field, uptake, "")


def _amounts_too_large(visits: list[Visit]) -> Iterator[Asked]:
    for visit, amounts in visits:
        for one in amounts:
            least, most = _LIMITS[one.unit]
            if not least <= one.value <= most:
                text = f"{one.lesion} has a {one.field} of {_told(one)} at {visit.id}: "
                text += "are the number and its unit right?"
                yield "implausible-size", text, one.lesion, visit.id
        yield from _axes(visit)


def _axes(visit: FindingsTimepoint) -> Iterator[Asked]:
    """Ask about a part that is longer than the whole."""
    for name, target in visit.target.items():
        if isinstance(target, MeasuredTarget) and (target.viable_mm or 0) > target.mm:
            text = f"the viable diameter of {name} at {visit.id} is longer than {name}"
            yield "viable-longer-than-lesion", text, name, visit.id


def _jumps(visits: list[Visit]) -> Iterator[Asked]:
    """Ask about a size about ten times, or a tenth of, that of the visit before."""
    before: dict[tuple[str, str], tuple[Amount, str]] = {}
    for visit, amounts in visits:
        for one in amounts:
            if one.unit not in ("mm", "ml") or one.field == "part" or not one.value:
                continue
            earlier, where = before.get((one.lesion, one.field), (one, ""))
            before[one.lesion, one.field] = one, visit.id
            low, high = sorted((earlier.value, one.value))
            enough = high >= (SMALL_MM if one.unit == "mm" else 1)
            factor = JUMP if one.unit == "mm" else JUMP**3
            if enough and high >= factor * low:
                text = f"the {one.field} of {one.lesion} is {_told(one)} at {visit.id} "
                text += (
                    f"after {_told(earlier)} at {where}: is a unit or a comma wrong?"
                )
                yield "size-jump", text, one.lesion, visit.id


def _doses(findings: Findings) -> Iterator[Asked]:
    least, most = GBQ_OF_TREATMENT
    for session in findings.treatment:
        activity = session.activity_gbq
        if activity and not least <= activity <= most:
            text = f"an activity of {activity:g} GBq on {session.date}: "
            text += "is it in GBq, not MBq?"
            yield "implausible-activity", text, None, str(session.date)


def _scans(findings: Findings) -> Iterator[Asked]:
    least, most = MBQ_OF_A_SCAN
    for visit in findings.timepoints:
        injected = visit.pet and visit.pet.injected_mbq
        if injected and not least <= injected <= most:
            text = (
                f"{injected} MBq were injected for the scan at {visit.id}: is it MBq?"
            )
            yield "implausible-injection", text, None, visit.id


def _future(findings: Findings, today: dt.date) -> Iterator[Asked]:
    dates = [(f"visit {one.id}", one.date) for one in findings.timepoints]
    dates += [("a treatment", one.date) for one in findings.treatment]
    dates += _follow_up(findings)
    # it may be tomorrow already where the patient is
    last = today + dt.timedelta(days=1)
    for what, date in dates:
        if date is not None and date > last:
            text = f"{what} on {date} is in the future: is the date right?"
            yield "date-in-future", text, None, what


def _follow_up(findings: Findings) -> list[tuple[str, dt.date]]:
    """Return what became of a patient, with its day."""
    return [
        (name.replace("_", " "), date)
        for name, date in findings.follow_up or ()
        if isinstance(date, dt.date)
    ]


def _out_of_order(findings: Findings) -> Iterator[Asked]:
    """Ask where somebody died before baseline, or lived on after death."""
    known = [findings.reference_date, *(one.date for one in findings.timepoints)]
    first = min((date for date in known if date is not None), default=None)
    after = dict(_follow_up(findings))
    for what, date in after.items():
        if first is not None and date < first:
            text = f"{what} on {date} is before the first visit, {first}: "
            yield "date-before-baseline", f"{text}is the date right?", None, what
    death, alive = after.get("death"), after.get("last alive")
    if death is not None and alive is not None and death < alive:
        text = f"died on {death} and alive on {alive}: is one of the dates wrong?"
        yield "alive-after-death", text, None, "last alive"


def _odd_gaps(visits: Sequence[FindingsTimepoint]) -> Iterator[Asked]:
    """Ask where a gap is a year longer, or would fit with day and month changed."""
    gaps = [_gap(earlier, later) for earlier, later in pairwise(visits)]
    for at, gap in enumerate(gaps):
        others = gaps[:at] + gaps[at + 1 :]
        usual = median(others) if others else 60
        visit, earlier = visits[at + 1], visits[at]
        if usual <= YEAR / 2 and 0 < gap - YEAR <= 2 * usual:
            text = f"{visit.id} is {gap} days after {earlier.id}: is the year right?"
            yield "visit-a-year-off", text, None, visit.id
        elif _regular(others) and _fits_if_swapped(visit, gap, usual):
            text = f"{visit.id} on {visit.date} is {gap} days after {earlier.id}, "
            text += f"otherwise {usual:g}: are day and month the wrong way round?"
            yield "day-and-month-swapped", text, None, visit.id


def _gap(earlier: FindingsTimepoint, later: FindingsTimepoint) -> int:
    """Return the days between two visits; 0 where one has a date, the other a day."""
    if earlier.date is not None and later.date is not None:
        return (later.date - earlier.date).days
    return (
        0 if None in (earlier.day, later.day) else (later.day or 0) - (earlier.day or 0)
    )


def _regular(gaps: Sequence[int]) -> bool:
    """Return whether visits came so evenly that one that did not stands out."""
    return len(gaps) > 1 and max(gaps) - min(gaps) <= 21


def _fits_if_swapped(visit: FindingsTimepoint, gap: int, usual: float) -> bool:
    date = visit.date
    if date is None or date.day > 12 or date.day == date.month:
        return False
    moved = (date.replace(month=date.day, day=date.month) - date).days
    return abs(gap - usual) > 45 and abs(gap + moved - usual) <= 14


def _repeated(visits: list[Visit]) -> Iterator[Asked]:
    """Ask about a visit that gives every size, to a tenth, as the visit before does."""
    for (earlier, before), (later, sizes) in pairwise(visits):
        if sizes == before and sum(one.value % 1 != 0 for one in sizes) > 1:
            text = (
                f"all sizes at {later.id} are those of {earlier.id}: was it read anew?"
            )
            yield "visit-repeats-another", text, None, later.id


def _cyst(findings: Findings) -> Iterator[Asked]:
    for lesion in findings.lesions:
        if _is_cyst(lesion.organ) or (lesion.note and _is_cyst(lesion.note)):
            role = "target" if lesion.role is LesionRole.TARGET else "non-target"
            text = f"{role} {lesion.id} is called a cyst: "
            text += "a simple cyst is no disease (Eisenhauer 2009, 3.1.2)"
            yield "simple-cyst", text, lesion.id, None


@lru_cache(maxsize=4096)
def _is_cyst(words: str) -> bool:
    return folded(words) in _CYSTS


def _unused_markers(findings: Findings, used: tuple[Criteria, ...]) -> Iterator[Asked]:
    if Criteria.BIOCHEMICAL in (*used, findings.criteria):
        return
    if any(seen.marker is not None for seen in findings.timepoints):
        return
    names = sorted({name for seen in findings.timepoints for name in seen.markers})
    if names:
        text = (
            f"markers {listed(names)} are recorded and not used: {findings.criteria} "
        )
        text += "asks for marker, whether it is above normal; biochemical takes markers"
        yield "markers-not-used", text, None, None


def _told(amount: Amount) -> str:
    return f"{amount.value:f} {amount.unit}".strip()
