"""One HTML page of a case: sums, responses, reasons, key images; no network needed."""

from __future__ import annotations

import base64
import io
from importlib.resources import files
from typing import TYPE_CHECKING

from recist_tool.errors import StorageError
from recist_tool.model.blinding import Blinding
from recist_tool.report.drawn import draw
from recist_tool.terms import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from recist_tool.model.case import Case, Read
    from recist_tool.trial.patient import PatientAssessment

_DOTS_PER_INCH = 130


def require_libraries() -> None:
    """Fail before long work begins that ends in a page, if it cannot be made.

    Raises
    ------
    ImportError
        If what draws it is not installed.
    """
    import jinja2  # noqa: F401  # pyright: ignore[reportUnusedImport]
    import matplotlib  # noqa: F401  # pyright: ignore[reportUnusedImport]


def write_page(
    path: Path,
    case: Case,
    read: Read,
    assessment: PatientAssessment,
    figures: Mapping[str, Figure],
) -> None:
    """Write the page as readers may see it; figures are embedded under their titles.

    Parameters
    ----------
    assessment
        Of that read; lengths in mm.
    figures
        By their titles, in the order of the page.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    from jinja2 import Environment, StrictUndefined

    template = files("recist_tool.report").joinpath("templates/case.html").read_text()
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    blinding = Blinding.of(case)
    environment.filters.update(date=blinding.date, told=blinding.told)
    scopes = {"Whole patient": assessment.overall, "Liver": assessment.liver}
    html = environment.from_string(template).render(
        case=case,
        subject=blinding.subject(case.subject_id),
        keys={"Whole patient": Scope.OVERALL, "Liver": Scope.LIVER},
        read=read,
        assessment=assessment,
        scopes={name: scope for name, scope in scopes.items() if scope is not None},
        figures={title: _embedded(figure) for title, figure in figures.items()},
    )
    try:
        path.write_text(html, "utf-8")
    except OSError as error:
        raise StorageError.at(
            path.name, f"cannot be written ({error.strerror})"
        ) from None


def write_picture(path: Path, figure: Figure) -> None:
    """Write a figure as PNG.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    try:
        draw(figure, path, dpi=_DOTS_PER_INCH)
    except OSError as error:
        raise StorageError.at(
            path.name, f"cannot be written ({error.strerror})"
        ) from None


def _embedded(figure: Figure) -> str:
    picture = io.BytesIO()
    draw(figure, picture, format="png", dpi=_DOTS_PER_INCH)
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
