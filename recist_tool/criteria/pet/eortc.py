"""EORTC response on FDG-PET (Young et al., Eur J Cancer 1999;35:1773).

SUV in the same regions as at baseline; of several lesions, their sum.
"""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Figure
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, change
from recist_tool.criteria.course.pet_scans import (
    baseline_scan,
    check_places,
    is_new,
    lesions_of,
)
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.size_based.no_size import Finding, assess_plain
from recist_tool.terms import PmrThreshold, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.model.criteria_settings import EortcPetSettings
    from recist_tool.model.pet import PetLesion, PetScan

PAPER: Final = "Young 1999"
CMR, PMR, SMD, PMD = Response.CMR, Response.PMR, Response.SMD, Response.PMD
NE: Final = Response.NE
BEST: Final = Scale(
    order=(CMR, PMR, SMD, PMD, NE),
    stop=PMD,
    complete=None,
    partial=None,
    stable=None,
    citation=f"{PAPER}: no confirmation is asked for",
)


class EortcUptake(NamedTuple):
    """What two scans of the same lesions show.

    Attributes
    ----------
    baseline_suv, suv
        Sum over the lesions; None where it was not measured.
    after_cycles
        Courses of treatment before the second scan; None where unknown, which is
        taken as more than one: the greater fall is asked for.
    extent_percent
        Change of the longest dimension; of several lesions, the greatest.
    background
        All uptake is indistinguishable from the surrounding tissue.
    """

    baseline_suv: Decimal | None
    suv: Decimal | None
    after_cycles: int | None = None
    new_uptake: bool = False
    extent_percent: Decimal | None = None
    background: bool = False


def metabolic_response(found: EortcUptake, settings: EortcPetSettings) -> Response:
    """Return the metabolic response, exactly.

    Examples
    --------
    >>> from recist_tool.model.criteria_settings import EortcPetSettings
    >>> after_one = EortcUptake(Decimal(10), Decimal("8.5"), after_cycles=1)
    >>> metabolic_response(after_one, EortcPetSettings()).value
    'PMR'
    """
    extended = found.extent_percent is not None and found.extent_percent > 20
    if found.new_uptake or extended:
        return PMD
    if found.background:
        return CMR
    if found.suv is None or found.baseline_suv is None:
        return NE
    inclusive = settings.limit_is_inclusive
    rise = 100 * (found.suv - found.baseline_suv)
    if _beyond(rise, 25 * found.baseline_suv, inclusive=inclusive):
        return PMD
    limit, inclusive = pmr_limit(found.after_cycles, settings)
    fell = _beyond(-rise, limit * found.baseline_suv, inclusive=inclusive)
    return PMR if fell else SMD


def pmr_limit(after_cycles: int | None, settings: EortcPetSettings) -> tuple[int, bool]:
    """Return the fall in percent that is PMR, and whether exactly that is enough.

    >>> from recist_tool.model.criteria_settings import EortcPetSettings
    >>> pmr_limit(1, EortcPetSettings()), pmr_limit(3, EortcPetSettings())
    ((15, True), (25, False))
    """
    early = after_cycles is not None and after_cycles <= 1
    by_cycle = settings.pmr_threshold is PmrThreshold.BY_CYCLE
    if settings.pmr_threshold is PmrThreshold.ALWAYS_15 or (by_cycle and early):
        return 15, True
    return 25, settings.limit_is_inclusive


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
    settings = course.settings.other_criteria.eortc_pet

    def found(visit: CourseVisit) -> Finding:
        before, now = baseline_scan(course), visit.seen.pet
        if before is None or now is None:
            where = " at baseline" if before is None else ""
            return Finding(NE, f"no PET scan{where}", citation=PAPER)
        return _finding(course, view, visit, (before, now), settings)

    return assess_plain(course, view, found, attrgetter("pet"))


def _beyond(value: Decimal, limit: Decimal, *, inclusive: bool) -> bool:
    return value > limit or (inclusive and value == limit)


def _finding(
    course: Course,
    view: View,
    visit: CourseVisit,
    scans: tuple[PetScan, PetScan],
    settings: EortcPetSettings,
) -> Finding:
    before, now = (lesions_of(course, view, scan) for scan in scans)
    old = {name: lesion for name, lesion in now.items() if name in before}
    new = is_new(view, visit, now)
    other_kind = _other_kind(*scans)
    uptake = EortcUptake(
        baseline_suv=_sum(before, list(before)),
        suv=None if other_kind else _sum(old, list(before)),
        after_cycles=scans[1].after_cycles,
        new_uptake=bool(new),
        extent_percent=_greatest_extent(before, old),
        background=bool(before)
        and all(name in old and old[name].background for name in before),
    )
    response = metabolic_response(uptake, settings)
    figures = (
        Figure("sum of SUV", "", value=uptake.suv, baseline=uptake.baseline_suv),
    )
    suv = other_kind or _suv_in_words(uptake, before, old)
    text = _in_words(uptake, new, suv)
    return Finding(
        response,
        text,
        citation=PAPER,
        figures=figures,
        thresholds=_thresholds(uptake, settings),
    )


def _other_kind(before: PetScan, now: PetScan) -> str:
    """Return why no SUV of two scans can be compared, or nothing."""
    if before.suv_kind and now.suv_kind and before.suv_kind != now.suv_kind:
        return f"{now.suv_kind} cannot be compared with {before.suv_kind}"
    return ""


def _sum(lesions: Mapping[str, PetLesion], names: list[str]) -> Decimal | None:
    """Return the sum over `names`; one at background without a figure counts 0."""
    total = Decimal(0)
    for name in names:
        lesion = lesions.get(name)
        if lesion is None or (lesion.suv is None and not lesion.background):
            return None
        total += lesion.suv or Decimal(0)
    return total if names else None


def _greatest_extent(
    before: Mapping[str, PetLesion], now: Mapping[str, PetLesion]
) -> Decimal | None:
    changes = [
        100 * (lesion.extent_mm - earlier) / earlier
        for name, lesion in now.items()
        if lesion.extent_mm is not None and (earlier := before[name].extent_mm)
    ]
    return max(changes, default=None)


def _in_words(found: EortcUptake, new: list[str], suv: str) -> str:
    parts = [f"new uptake {listed(new)}"] if new else []
    if found.extent_percent is not None and found.extent_percent > 20:
        parts.append(f"extent of uptake grew by {found.extent_percent:.1f} %")
    parts.append("all uptake at background" if found.background else suv)
    return "; ".join(parts)


def _suv_in_words(
    found: EortcUptake, before: Mapping[str, PetLesion], now: Mapping[str, PetLesion]
) -> str:
    if found.suv is None or found.baseline_suv is None:
        return f"SUV of {listed(_without_suv(before, now))} not measured"
    cycles = found.after_cycles
    known = "an unknown number of" if cycles is None else str(cycles)
    against = change(found.suv, found.baseline_suv, "", "baseline")
    return f"SUV {against}; after {known} cycle{'' if cycles == 1 else 's'}"


def _without_suv(
    before: Mapping[str, PetLesion], now: Mapping[str, PetLesion]
) -> list[str]:
    names = [
        name
        for name, lesion in before.items()
        if lesion.suv is None
        or name not in now
        or (now[name].suv is None and not now[name].background)
    ]
    return names or ["every lesion"]


def _thresholds(
    found: EortcUptake, settings: EortcPetSettings
) -> tuple[Threshold, ...]:
    if found.suv is None or not found.baseline_suv:
        return ()
    limit, _ = pmr_limit(found.after_cycles, settings)
    return (
        Threshold("PMR", found.baseline_suv * (100 - limit) / 100, found.suv, ""),
        Threshold("PMD", found.baseline_suv * 5 / 4, found.suv, ""),
    )
