"""Response of a tumour marker: chromogranin A, CEA, 5-HIAA.

A fall by half from a raised baseline, as trials in neuroendocrine tumours report it.
There is no one paper; RECIST 1.1 uses markers for CR only.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Figure, Message
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, amount, change
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.size_based.no_size import Finding, assess_plain
from recist_tool.terms import MessageLevel, Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
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

    Parameters
    ----------
    baseline, now
        Each in the unit it names; None where the marker was not measured.

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

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.
    """
    settings = course.settings.other_criteria.biochemical
    deciding = deciding_markers(course, settings)

    def found(visit: CourseVisit) -> Finding:
        if not view.marker_counts:
            return Finding(NE, "a marker speaks for the whole patient", citation=SOURCE)
        if not deciding:
            return Finding(NE, "no marker was measured at baseline", citation=SOURCE)
        return _finding(course, visit, deciding, settings)

    return assess_plain(course, view, found, attrgetter("markers"))


def deciding_markers(course: Course, settings: BiochemicalSettings) -> tuple[str, ...]:
    """Return the markers that answer, by name: that of the protocol, or all raised.

    Where none was raised, those that were measured at baseline, which then say so.
    """
    if settings.marker is not None:
        return (settings.marker,)
    if course.baseline is None:
        return ()
    measured = course.baseline.seen.markers
    raised = [name for name, one in measured.items() if _not_raised(one) is None]
    return tuple(sorted(raised or measured))


def together(answers: Mapping[str, MarkerAnswer]) -> MarkerAnswer:
    """Return the one answer of several markers; NE where they do not agree.

    Of a marker that is normal again and one that fell by half, the patient has the
    lesser response.

    >>> half = MarkerAnswer(RESPONSE, "halved")
    >>> normal = MarkerAnswer(NORMALISED, "normal")
    >>> together({"CEA": half, "CgA": normal}).response.value
    'RESPONSE'
    """
    text = "; ".join(f"{name} {one.text}" for name, one in answers.items())
    given = {one.response for one in answers.values()}
    if len(given) == 1:
        return MarkerAnswer(given.pop(), text)
    if given == {NORMALISED, RESPONSE}:
        return MarkerAnswer(RESPONSE, text)
    return MarkerAnswer(NE, f"the markers do not agree: {text}")


def queries(
    course: Course,
    view: View,
    answers: Mapping[str, TimepointResponse],
) -> list[Message]:
    """Ask about chromogranin A under a proton pump inhibitor, and several markers.

    The inhibitor raises it. Several markers answer together unless the protocol names
    the one that does.

    Parameters
    ----------
    answers
        Of `assess_visits`, by visit ID. Not looked at: what is asked does not depend on
        the response.
    """
    visits = [one for one in (course.baseline, *course.follow_ups) if one is not None]
    text = "{} was measured under a proton pump inhibitor, which raises it"
    messages = [
        Message(
            MessageLevel.QUERY,
            "marker-and-ppi",
            text=text.format(name),
            timepoint=visit.id,
        )
        for visit in visits
        for name, marker in visit.seen.markers.items()
        if marker.ppi_use and name.casefold() in CHROMOGRANIN
    ]
    settings = course.settings.other_criteria.biochemical
    several = deciding_markers(course, settings)
    if len(several) > 1 and course.baseline is not None:
        text = f"{listed(list(several))} answer together, and where they do not agree "
        text += "the visit is NE: name the marker that answers (`marker`)"
        level, at = MessageLevel.WARNING, course.baseline.id
        messages.append(Message(level, "several-markers", text=text, timepoint=at))
    return messages


def _finding(
    course: Course,
    visit: CourseVisit,
    deciding: tuple[str, ...],
    settings: BiochemicalSettings,
) -> Finding:
    baseline: Mapping[str, MarkerValue] = {}
    if course.baseline is not None:
        baseline = course.baseline.seen.markers
    now = visit.seen.markers
    answers = {
        name: marker_response(baseline.get(name), now.get(name), settings)
        for name in deciding
    }
    names = (*deciding, *sorted(now.keys() - set(deciding)))
    figures = tuple(_figure(baseline, visit, name) for name in names)
    thresholds = tuple(
        Threshold("response", baseline[name].value / 2, now[name].value, unit)
        for name, one in answers.items()
        if one.response is not NE
        for unit in [now[name].unit or ""]
    )
    answer = together(answers)
    return Finding(
        answer.response,
        answer.text,
        citation=SOURCE,
        figures=figures,
        thresholds=thresholds,
    )


def _figure(
    baseline: Mapping[str, MarkerValue], visit: CourseVisit, name: str
) -> Figure:
    now, before = visit.seen.markers.get(name), baseline.get(name)
    unit = (now and now.unit) or (before and before.unit) or ""
    return Figure(name, unit, value=now and now.value, baseline=before and before.value)


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
