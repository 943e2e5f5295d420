"""PERCIST 1.0 (Wahl et al., J Nucl Med 2009;50:122S; O et al., Radiology 2016;280:576).

SULpeak of the hottest lesion, from the hottest at baseline to the hottest now.
"""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Figure, Message
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, amount, change
from recist_tool.criteria.course.pet_scans import (
    baseline_scan,
    check_places,
    is_new,
    lesions_of,
)
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.pet.comparability import differences, unknowns
from recist_tool.criteria.size_based.no_size import Finding, assess_plain
from recist_tool.terms import MessageLevel, NotRecorded, Reference, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.model.criteria_settings import PercistSettings
    from recist_tool.model.pet import PetLesion, PetScan, ReferenceRegion

PAPER: Final = "Wahl 2009"
CMR, PMR, SMD, PMD = Response.CMR, Response.PMR, Response.SMD, Response.PMD
NE: Final = Response.NE
MIN_CHANGE_SUL: Final = Decimal("0.8")
TLG_RISE_PERCENT: Final = 75
BEST: Final = Scale(
    order=(CMR, PMR, SMD, PMD, NE),
    stop=PMD,
    complete=None,
    partial=None,
    stable=None,
    citation=f"{PAPER}: no confirmation is asked for",
)


class PercistUptake(NamedTuple):
    """What two scans show of the hottest lesion of each, and of the others.

    Attributes
    ----------
    baseline_sul, sul
        SULpeak of the hottest lesion; None where there is none or it was not measured.
    smallest_sul
        Smallest SULpeak of the hottest lesion before this scan, on scans that can be
        compared and on which no lesion is missing.
    reference_sul
        Mean of the liver now, or of blood pool where the liver has no normal region.
    background
        Every lesion is indistinguishable from surrounding blood pool.
    tlg_percent
        Change of total lesion glycolysis.
    missing
        Lesions without SULpeak now, any of which may be the hottest: what was
        measured can show growth, and nothing else.
    """

    baseline_sul: Decimal | None
    sul: Decimal | None
    reference_sul: Decimal | None = None
    background: bool = False
    new_lesion: bool = False
    tlg_percent: Decimal | None = None
    smallest_sul: Decimal | None = None
    missing: tuple[str, ...] = ()


def liver_threshold(liver: ReferenceRegion) -> Decimal | None:
    """Return the least SULpeak that is measurable: 1.5 times the liver plus 2 SD.

    >>> from recist_tool.model.pet import ReferenceRegion
    >>> liver_threshold(ReferenceRegion(mean_sul="1.6", sd_sul="0.3"))
    Decimal('3.00')
    """
    if liver.sd_sul is None:
        return None
    return Decimal("1.5") * liver.mean_sul + 2 * liver.sd_sul


def blood_pool_threshold(blood_pool: ReferenceRegion) -> Decimal | None:
    """Return the same from blood pool, where the liver is diseased: 2 times plus 2 SD.

    >>> from recist_tool.model.pet import ReferenceRegion
    >>> blood_pool_threshold(ReferenceRegion(mean_sul="1.2", sd_sul="0.2"))
    Decimal('2.8')
    """
    if blood_pool.sd_sul is None:
        return None
    return 2 * blood_pool.mean_sul + 2 * blood_pool.sd_sul


def measurable(sul_peak: Decimal, threshold_sul: Decimal) -> bool:
    """Return whether a lesion is hot enough to be measured: at the threshold, it is."""
    return sul_peak >= threshold_sul


def metabolic_response(found: PercistUptake, settings: PercistSettings) -> Response:
    """Return the metabolic response, exactly.

    Examples
    --------
    >>> from recist_tool.model.criteria_settings import PercistSettings
    >>> metabolic_response(
    ...     PercistUptake(Decimal(3), Decimal("2.1")), PercistSettings()
    ... ).value
    'PMR'
    """
    if found.new_lesion:
        return PMD
    if found.background and not found.missing and _below_reference(found):
        return CMR
    if found.sul is None or found.baseline_sul is None:
        return NE
    if _progressed(found, settings):
        return PMD
    if found.missing:
        return NE
    return PMR if _fell(found.sul, found.baseline_sul) else SMD


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the metabolic response of every visit with a PET scan.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.

    Raises
    ------
    FindingsError
        If nothing says where a lesion of a scan is.
    """
    check_places(course)
    before = baseline_scan(course)
    peaks = _peaks(course, view)

    def found(visit: CourseVisit) -> Finding:
        now = visit.seen.pet
        if before is None or now is None:
            where = " at baseline" if before is None else ""
            return Finding(NE, f"no PET scan{where}", citation=PAPER)
        earlier = [peak for day, peak in peaks if day < visit.day]
        smallest = min(earlier, default=None)
        return _finding(course, view, visit, (before, now), smallest)

    return assess_plain(course, view, found, attrgetter("pet"))


def queries(
    course: Course,
    view: View,
    answers: Mapping[str, TimepointResponse],
) -> list[Message]:
    """Tell where scans cannot be compared, or where it is not known that they can.

    Parameters
    ----------
    view, answers
        Not looked at: scans are compared as they are, whatever the response.
    """
    settings = course.settings.other_criteria.percist
    before = baseline_scan(course)
    if before is None:
        return []
    messages: list[Message] = []
    for visit in course.follow_ups:
        now = visit.seen.pet
        if now is None:
            continue
        found = differences(before, now, settings)
        if found:
            text = f"PET not comparable with baseline: {'; '.join(found)}"
            messages.append(_warning("pet-not-comparable", text, visit))
        missing = unknowns(before, now)
        if missing:
            text = f"PET: comparability not checked for {listed(missing)}"
            messages.append(_warning("pet-comparability-unknown", text, visit))
    return messages


def _warning(code: str, text: str, visit: CourseVisit) -> Message:
    return Message(MessageLevel.WARNING, code, text=text, timepoint=visit.id)


def _fell(sul: Decimal, baseline_sul: Decimal) -> bool:
    drop = baseline_sul - sul
    return 10 * drop >= 3 * baseline_sul and drop >= MIN_CHANGE_SUL


def _progressed(found: PercistUptake, settings: PercistSettings) -> bool:
    """Return whether SULpeak rose, or TLG did while SULpeak did not fall."""
    reference = found.baseline_sul
    if settings.growth_from is Reference.NADIR and found.smallest_sul is not None:
        reference = found.smallest_sul
    if found.sul is None or reference is None:
        return False
    if _grew(found.sul, reference, strict=settings.pmd_is_strict):
        return True
    return settings.tlg_counts and _extended(found)


def _grew(sul: Decimal, reference_sul: Decimal, *, strict: bool) -> bool:
    rise = sul - reference_sul
    if strict:
        return 10 * rise > 3 * reference_sul and rise > MIN_CHANGE_SUL
    return 10 * rise >= 3 * reference_sul and rise >= MIN_CHANGE_SUL


def _extended(found: PercistUptake) -> bool:
    """Return whether TLG rose by 75 % without a fall of SULpeak."""
    if found.tlg_percent is None or found.sul is None or found.baseline_sul is None:
        return False
    return found.tlg_percent >= TLG_RISE_PERCENT and found.sul >= found.baseline_sul


def _below_reference(found: PercistUptake) -> bool:
    """Return whether the hottest lesion is below the reference, where both are known.

    Where one is not, the reader's word stands that it is like background.
    """
    if found.sul is None or found.reference_sul is None:
        return True
    return found.sul < found.reference_sul


def _finding(
    course: Course,
    view: View,
    visit: CourseVisit,
    scans: tuple[PetScan, PetScan],
    smallest: Decimal | None,
) -> Finding:
    settings = course.settings.other_criteria.percist
    before, now = (lesions_of(course, view, scan) for scan in scans)
    new = is_new(view, visit, now)
    found = PercistUptake(
        baseline_sul=_hottest(before.values()),
        sul=_hottest(now.values()),
        reference_sul=_reference_sul(scans[1]),
        background=bool(before)
        and all(one.background for one in now.values())
        and bool(now),
        new_lesion=bool(new),
        tlg_percent=_tlg_percent(before, now),
        smallest_sul=smallest,
        missing=_missing(before, now, settings),
    )
    why_not = _not_judged(before, found, scans, settings)
    figures = _figures(found, before, now)
    if why_not and not new:
        return Finding(NE, why_not, citation=PAPER, figures=figures)
    response = metabolic_response(found, settings)
    text = _in_words(found, new, now)
    cooler = () if found.missing or found.sul is None else _unmeasured(before, now)
    if cooler:
        text += f"; {listed(list(cooler))} not measured, taken as cooler"
    return Finding(
        response, text, citation=PAPER, figures=figures, thresholds=_thresholds(found)
    )


def _not_judged(
    before: Mapping[str, PetLesion],
    found: PercistUptake,
    scans: tuple[PetScan, PetScan],
    settings: PercistSettings,
) -> str:
    """Return why the scans cannot be judged, or nothing."""
    if not before:
        return "no lesion with uptake at baseline"
    if found.baseline_sul is None:
        return "SULpeak not measured at baseline"
    if unknown := _missing(before, before, settings):
        return f"SULpeak of {listed(list(unknown))} not measured at baseline"
    threshold = _threshold(scans[0])
    if threshold is not None and not measurable(found.baseline_sul, threshold):
        peak = amount(found.baseline_sul, "")
        limit = amount(threshold, "")
        return f"not measurable: SULpeak {peak} at baseline, below {limit}"
    if settings.not_comparable_is_ne and (other := differences(*scans, settings)):
        return f"scans not comparable: {'; '.join(other)}"
    return ""


def _threshold(scan: PetScan) -> Decimal | None:
    if scan.liver is not None:
        return liver_threshold(scan.liver)
    return None if scan.blood_pool is None else blood_pool_threshold(scan.blood_pool)


def _reference_sul(scan: PetScan) -> Decimal | None:
    region = scan.liver or scan.blood_pool
    return None if region is None else region.mean_sul


def _hottest(lesions: Iterable[PetLesion]) -> Decimal | None:
    peaks = [one.sul_peak for one in lesions if one.sul_peak is not None]
    return max(peaks, default=None)


def _missing(
    before: Mapping[str, PetLesion],
    now: Mapping[str, PetLesion],
    settings: PercistSettings,
) -> tuple[str, ...]:
    """Return the lesions that may be the hottest of a scan and were not measured."""
    cooler = settings.not_recorded is NotRecorded.COOLER
    return () if cooler else _unmeasured(before, now)


def _unmeasured(
    before: Mapping[str, PetLesion], now: Mapping[str, PetLesion]
) -> tuple[str, ...]:
    return tuple(
        name
        for name in {**before, **now}
        if (one := now.get(name)) is None
        or (one.sul_peak is None and not one.background)
    )


def _peaks(course: Course, view: View) -> list[tuple[int, Decimal]]:
    """Return day and SULpeak of the hottest lesion of each scan that can be a nadir.

    Those are the scans that can be compared with baseline and miss no lesion.
    """
    first, settings = baseline_scan(course), course.settings.other_criteria.percist
    if first is None:
        return []
    before = lesions_of(course, view, first)
    found: list[tuple[int, Decimal]] = []
    for visit in (course.baseline, *course.follow_ups):
        scan = None if visit is None else visit.seen.pet
        if visit is None or scan is None:
            continue
        if settings.not_comparable_is_ne and differences(first, scan, settings):
            continue
        now = lesions_of(course, view, scan)
        peak = _hottest(now.values())
        if peak is not None and not _missing(before, now, settings):
            found.append((visit.day, peak))
    return found


def _tlg_percent(
    before: Mapping[str, PetLesion], now: Mapping[str, PetLesion]
) -> Decimal | None:
    """Return the change of TLG over the lesions of which both scans give it.

    A lesion that the later scan does not have counts in the first sum only, and so does
    one that is at background there: nothing of it is left to glycolyse.
    """
    names = [
        name
        for name, lesion in before.items()
        if lesion.tlg_g is not None
        and (name not in now or now[name].background or now[name].tlg_g is not None)
    ]
    first = sum((before[name].tlg_g or Decimal(0) for name in names), Decimal(0))
    known = [now[name].tlg_g or Decimal(0) for name in names if name in now]
    return 100 * (sum(known, Decimal(0)) - first) / first if first and known else None


def _figures(
    found: PercistUptake, before: Mapping[str, PetLesion], now: Mapping[str, PetLesion]
) -> tuple[Figure, ...]:
    peak = Figure(
        "SULpeak",
        "",
        value=found.sul,
        baseline=found.baseline_sul,
        nadir=found.smallest_sul,
    )
    each = (
        Figure("TLG", "g", value=lesion.tlg_g, baseline=before[name].tlg_g, lesion=name)
        for name, lesion in now.items()
        if name in before and lesion.tlg_g is not None
    )
    return (peak, *each)


def _in_words(
    found: PercistUptake, new: list[str], now: Mapping[str, PetLesion]
) -> str:
    parts = [f"new lesion {listed(new)}"] if new else []
    if found.background:
        parts.append("all lesions at background")
    if found.missing and found.sul is not None:
        parts.append(f"SULpeak of {listed(list(found.missing))} not measured")
    if found.sul is not None and found.baseline_sul is not None:
        against = change(found.sul, found.baseline_sul, "", "baseline")
        difference = abs(found.sul - found.baseline_sul)
        what = "the others: SULpeak" if found.missing else "SULpeak"
        parts.append(f"{what} {against} ({amount(difference, 'SUL')})")
    elif not found.background:
        missing = [name for name, one in now.items() if one.sul_peak is None]
        parts.append(f"SULpeak of {listed(missing or ['every lesion'])} not measured")
    if found.tlg_percent is not None:
        side = "above" if found.tlg_percent > 0 else "below"
        parts.append(f"TLG {abs(found.tlg_percent):.1f} % {side} baseline")
    return "; ".join(parts)


def _thresholds(found: PercistUptake) -> tuple[Threshold, ...]:
    if found.sul is None or found.baseline_sul is None or found.missing:
        return ()
    tenths = 3 * found.baseline_sul / 10
    limit = max(tenths, MIN_CHANGE_SUL)
    return (
        Threshold("PMR", found.baseline_sul - limit, found.sul, "SUL"),
        Threshold("PMD", found.baseline_sul + limit, found.sul, "SUL"),
    )
