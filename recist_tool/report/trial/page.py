"""The report of a trial: figures as PNG and SVG, and one HTML page with everything."""

from __future__ import annotations

import base64
import io
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from recist_tool.errors import StorageError
from recist_tool.report.drawn import draw
from recist_tool.report.trial.agreement_tables import agreement_tables
from recist_tool.report.trial.figures import absences, trial_figures
from recist_tool.report.trial.patient_tables import patient_tables
from recist_tool.report.trial.style import SETTINGS
from recist_tool.report.trial.tables import NONE, tables
from recist_tool.report.trial.words import examined
from recist_tool.trial.cohort_json import settings_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

    from recist_tool.report.trial.figures import Picture
    from recist_tool.trial.cohort import TrialResult
    from recist_tool.trial.kept import KeptPatient
    from recist_tool.trial.time_to_event import TimeToEvent

PAGE: Final = "trial.html"
MOST_LISTED: Final = 5000
"""A page with more patients than this no longer opens at once."""

_DOTS_PER_INCH: Final = 200
_DOTS_ON_PAGE: Final = 130


class _Shown(NamedTuple):
    title: str
    note: str
    picture: str


class _Row(NamedTuple):
    """One patient in the list: bests with their reasons, times with theirs."""

    id: str
    groups: str
    treatment: str
    bests: tuple[tuple[str, str], ...]
    times: tuple[tuple[str, str], ...]


def write_trial_report(
    folder: Path,
    result: TrialResult,
    patients: Sequence[KeptPatient],
    advance: Callable[[int, int | None], None],
) -> Iterator[Path]:
    """Write figures and page, and return each file once it is written.

    Parameters
    ----------
    patients
        Those of `result`, in its order.
    advance
        Is told how many figures are done.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    import matplotlib as mpl

    shown: list[_Shown] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with mpl.rc_context(SETTINGS):
            for done, picture in enumerate(trial_figures(result, patients), start=1):
                yield from _files(folder, picture)
                embedded = _embedded(picture.figure)
                shown.append(_Shown(picture.title, picture.note, embedded))
                advance(done, None)
        page = folder / PAGE
        page.write_text(_html(result, patients, shown), "utf-8")
        yield page
    except OSError as error:
        raise StorageError.at(
            folder,
            f"cannot be written to ({error.strerror})",
            "Free space, mend permissions or choose another folder",
        ) from None


def _files(folder: Path, picture: Picture) -> Iterator[Path]:
    for suffix in ("png", "svg"):
        path = folder / f"{picture.name}.{suffix}"
        # no date and no version: the same trial gives the same file
        metadata = {"Date": None} if suffix == "svg" else {"Software": None}
        draw(picture.figure, path, dpi=_DOTS_PER_INCH, metadata=metadata)
        yield path


def _embedded(figure: Figure) -> str:
    picture = io.BytesIO()
    draw(figure, picture, format="png", dpi=_DOTS_ON_PAGE)
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


def _html(
    result: TrialResult, patients: Sequence[KeptPatient], shown: Sequence[_Shown]
) -> str:
    from jinja2 import Environment, StrictUndefined

    template = files("recist_tool.report").joinpath("templates/trial.html").read_text()
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    settings = settings_json(result)
    return environment.from_string(template).render(
        result=result,
        examined=examined(result),
        tables=[
            *tables(result),
            *patient_tables(result),
            *agreement_tables(result),
        ],
        figures=shown,
        absences=absences(result, patients),
        rows=[_row(one, result) for one in patients[:MOST_LISTED]],
        unlisted=max(len(patients) - MOST_LISTED, 0),
        settings=list(_lines(settings)),
        response_settings=[list(_lines(one)) for one in settings["response"]],
        criteria=settings["criteria"],
    )


def _lines(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        if name in {"response", "criteria"}:  # shown apart
            continue
        if isinstance(value, dict) and value:
            yield from _lines(cast("dict[str, Any]", value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _told(cast("object", value))


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, list):
        return "; ".join(map(_told, cast("list[object]", value))) or "none"
    if isinstance(value, dict):
        named = cast("dict[str, object]", value)
        told = ", ".join(f"{name} {_told(one)}" for name, one in named.items())
        return told or "none"
    return str(value)


def _row(one: KeptPatient, result: TrialResult) -> _Row:
    patient = one.result
    liver = patient.liver
    times = (
        ("OS", patient.os),
        ("PFS", patient.overall.pfs),
        ("liver PFS", liver and liver.pfs),
        ("DOR", patient.overall.dor),
        ("liver DOR", liver and liver.dor),
    )
    bests = [(patient.overall.bor.value, one.bor_reason)]
    bests.append((liver.bor.value, one.liver_bor_reason or "") if liver else (NONE, ""))
    return _Row(
        id=patient.findings.id,
        groups=", ".join(
            f"{name} {of}" for name, of in patient.findings.groups.items()
        ),
        treatment="; ".join(_sessions(one)),
        bests=tuple(bests),
        times=tuple(
            (name, _time(time, result)) for name, time in times if time is not None
        ),
    )


def _sessions(one: KeptPatient) -> Iterator[str]:
    for session in one.result.findings.treatment:
        activity = session.activity_gbq
        told = "activity not known" if activity is None else f"{activity:g} GBq"
        yield " ".join(filter(None, (str(session.date), told, session.target)))


def _time(time: TimeToEvent, result: TrialResult) -> str:
    months = result.settings.months(time.days)
    return f"{months:.1f} months, to {time.date}: {time.why}"
