"""Response of a tumour marker: chromogranin A, CEA, 5-HIAA.

A fall by half from a raised baseline, as trials in neuroendocrine tumours report it.
There is no one paper; RECIST 1.1 uses markers for CR only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer import Figure, Message
from recist_tool.criteria.best import Scale
from recist_tool.criteria.plain import Finding, assess_plain
from recist_tool.criteria.thresholds import Threshold, amount, change
from recist_tool.terms import MessageLevel, Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer import TimepointResponse
    from recist_tool.criteria.course import Course, View, Visit
    from recist_tool.model.clinical import MarkerValue
    from recist_tool.model.criteria_settings import BiochemicalSettings

SOURCE: Final = "fall by half from a raised baseline"
NORMALISED, RESPONSE = Response.NORMALISED, Response.RESPONSE
NO_RESPONSE, NE, NA = Response.NO_RESPONSE, Response.NE, Response.NA
BEST: Final = Scale(
    order=(NORMALISED, RESPONSE, NO_RESPONSE, NA, NE),
    stop=None,
    complete=None,
    partial=None,
    stable=None,
    citation=SOURCE,
)
CHROMOGRANIN: Final = frozenset({"cga", "chromogranin a"})


class MarkerAnswer(NamedTuple):
    """The response of one marker at one visit, and why."""

    response: Response
    text: str


def marker_response(
    baseline: MarkerValue | None,
    now: MarkerValue | None,
    settings: BiochemicalSettings,
) -> MarkerAnswer:
    """Return the response of a marker, exactly.

    Examples
    --------
    >>> from recist_tool.model.clinical import MarkerValue
    >>> from recist_tool.model.criteria_settings import BiochemicalSettings
    >>> before, now = MarkerValue(value=400, uln=100), MarkerValue(value=201)
    >>> marker_response(before, now, BiochemicalSettings()).response.value
    'NO RESPONSE'
    """
    if baseline is None or now is None:
        where = " at baseline" if baseline is None else ""
        return MarkerAnswer(NE, f"not measured{where}")
    if (why := _not_comparable(baseline, now)) is not None:
        return MarkerAnswer(NE, why)
    if settings.needs_raised_baseline and (why := _not_raised(baseline)) is not None:
        return MarkerAnswer(NE, why)
    unit = now.unit or baseline.unit or ""
    text = change(now.value, baseline.value, unit, "baseline")
    if 2 * now.value > baseline.value or not baseline.value:
        return MarkerAnswer(NO_RESPONSE, text)
    limit = now.uln if now.uln is not None else baseline.uln
    if limit is not None and now.value <= limit:
        return MarkerAnswer(NORMALISED, f"{text}, normal")
    return MarkerAnswer(RESPONSE, text)


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the response of the deciding marker at every visit.

    A marker speaks for the liver only where all disease is in the liver.
    """
    settings = course.settings.other_criteria.biochemical
    deciding = deciding_marker(course, settings)

    def found(visit: Visit) -> Finding:
        if not view.marker_counts:
            return Finding(NE, "a marker speaks for the whole patient", SOURCE)
        if deciding is None:
            return Finding(NE, "no marker was measured at baseline", SOURCE)
        return _finding(course, visit, deciding, settings)

    return assess_plain(course, view, found)


def deciding_marker(course: Course, settings: BiochemicalSettings) -> str | None:
    """Return the marker that answers: that of the protocol, or the first one raised."""
    if settings.marker is not None:
        return settings.marker
    if course.baseline is None:
        return None
    at_baseline = course.baseline.seen.markers
    raised = (
        name for name, marker in at_baseline.items() if _not_raised(marker) is None
    )
    return next(raised, next(iter(at_baseline), None))


def queries(
    course: Course,
    view: View,
    answers: Mapping[str, TimepointResponse],
) -> list[Message]:
    """Ask about chromogranin A under a proton pump inhibitor, which raises it."""
    visits = [one for one in (course.baseline, *course.follow_ups) if one is not None]
    text = "{} was measured under a proton pump inhibitor, which raises it"
    return [
        Message(MessageLevel.QUERY, "marker-and-ppi", text.format(name), None, visit.id)
        for visit in visits
        for name, marker in visit.seen.markers.items()
        if marker.ppi_use and name.casefold() in CHROMOGRANIN
    ]


def _finding(
    course: Course, visit: Visit, deciding: str, settings: BiochemicalSettings
) -> Finding:
    baseline = None if course.baseline is None else course.baseline.seen.markers
    before = None if baseline is None else baseline.get(deciding)
    now = visit.seen.markers.get(deciding)
    answer = marker_response(before, now, settings)
    names = [deciding, *(one for one in visit.seen.markers if one != deciding)]
    figures = tuple(_figure(baseline or {}, visit, name) for name in names)
    thresholds: tuple[Threshold, ...] = ()
    if before is not None and now is not None and answer.response is not NE:
        half = Threshold("response", before.value / 2, now.value, now.unit or "")
        thresholds = (half,)
    text = f"{deciding} {answer.text}"
    return Finding(answer.response, text, SOURCE, figures, thresholds)


def _figure(baseline: Mapping[str, MarkerValue], visit: Visit, name: str) -> Figure:
    now, before = visit.seen.markers.get(name), baseline.get(name)
    unit = (now and now.unit) or (before and before.unit) or ""
    return Figure(name, unit, now and now.value, before and before.value)


def _not_comparable(baseline: MarkerValue, now: MarkerValue) -> str | None:
    for what in ("unit", "assay"):
        then, later = getattr(baseline, what), getattr(now, what)
        if then is not None and later is not None and then != later:
            return f"measured in another {what} than at baseline ({later}, not {then})"
    return None


def _not_raised(baseline: MarkerValue) -> str | None:
    if baseline.uln is None:
        return "the upper limit of normal at baseline is not known"
    if baseline.value > baseline.uln:
        return None
    unit = baseline.unit or ""
    value, limit = amount(baseline.value, unit), amount(baseline.uln, unit)
    return f"baseline {value} was not raised (upper limit {limit})"
