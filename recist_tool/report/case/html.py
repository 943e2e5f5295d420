"""A report as one HTML page: nothing is fetched, and it prints on A4."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recist_tool.report.case.blocks import Report


def html_of(report: Report) -> bytes:
    """Return the page; whatever the case says is text in it, never markup.

    Raises
    ------
    ImportError
        If what makes it is not installed.
    """
    from jinja2 import Environment, StrictUndefined

    template = files("recist_tool.report").joinpath("templates/report.html")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(template.read_text("utf-8")).render(
        report=report, kinds=_kind, embedded=_embedded
    )
    return page.encode()


def _kind(block: object) -> str:
    return type(block).__name__


def _embedded(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
