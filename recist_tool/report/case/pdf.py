"""A report as PDF, A4 upright, with its fonts in it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from recist_tool.report.case.blocks import (
    Chart,
    DataTable,
    Facts,
    Paragraph,
    PictureRow,
    TextLine,
    Tone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable

    from recist_tool.report.case.blocks import Block, KeyPicture, Report, Words

_FONT: Final = "DejaVuSans"
_BOLD: Final = "DejaVuSans-Bold"
_SIZES: Final = (8.0, 7.5, 7.0, 6.5, 6.0)
"""Points of a table's text: the first with which no number is broken."""
_PADDING: Final = 3.0
_MARGIN: Final = 42.0
_FOOT: Final = 24.0
_RULE: Final = 0.4
_FIGURE: Final = re.compile(r"\d\N{NO-BREAK SPACE}")
"""In a word: a number with its unit."""
_WORD: Final = {False: 12, True: 30}
"""How wide a column is for a word of text and for one with a figure, in its heights."""
_GAP: Final = 6.0
_FIRST_BLOCK: Final[dict[type, float]] = {Chart: 250.0, PictureRow: 220.0}
"""How high what follows a heading is, where it cannot be parted: it stays with it."""


def pdf_of(report: Report) -> bytes:
    """Return the file; the same report gives the same bytes, without a date in them.

    Raises
    ------
    ImportError
        If what makes it is not installed.
    """
    _embed_fonts()
    _, pages = _built(report, 0)  # each page says how many there are
    content, _ = _built(report, pages)
    return content


def _built(report: Report, pages: int) -> tuple[bytes, int]:
    """Return the file, and how many pages it has.

    Parameters
    ----------
    pages
        How many each page says that there are.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    across, down = A4
    width = across - 2 * _MARGIN

    def foot(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.setFont(_FONT, 7)
        canvas.drawString(_MARGIN, _MARGIN, report.foot)
        number = f"page {canvas.getPageNumber()} of {pages}"
        canvas.drawRightString(across - _MARGIN, _MARGIN, number)

    file = io.BytesIO()
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        title=f"{report.title}: {report.about}",
        author="recist_tool",
        invariant=1,
        lang="en",
    )
    frame = Frame(
        x1=_MARGIN,
        y1=_MARGIN + _FOOT,
        width=width,
        height=down - 2 * _MARGIN - _FOOT,
        leftPadding=0,  # tables and text begin at one edge
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=foot))
    document.build(list(_flow(report, width)))
    return file.getvalue(), document.page


def _embed_fonts() -> None:
    """Take the fonts that come with matplotlib: Latin, Greek and Cyrillic."""
    import matplotlib as mpl
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


def _flow(report: Report, width: float) -> Iterator[Flowable]:
    from reportlab.platypus import CondPageBreak, Spacer

    yield _text((TextLine(report.title),), 16.0, _BOLD)
    yield _text((TextLine(report.about),), 11.0)
    for section in report.sections:
        yield Spacer(0, _GAP)
        if section.title:
            yield CondPageBreak(_FIRST_BLOCK.get(type(section.blocks[0]), 90.0))
            yield _heading(section.title, width)
            yield Spacer(0, _GAP / 2)
        for block in section.blocks:
            yield from _block(block, width)


def _heading(title: str, width: float) -> Flowable:
    from reportlab.platypus import Table

    return Table(
        [[_text((TextLine(title),), 11.0, _BOLD)]],
        colWidths=[width],
        style=[
            ("LINEBELOW", (0, 0), (-1, -1), 1.2, "black"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )


def _block(block: Block, width: float) -> Iterator[Flowable]:
    from reportlab.platypus import Spacer

    match block:
        case Facts():
            yield _facts(block, width)
        case Paragraph():
            yield _boxed(block, width) if block.is_boxed else _text(block.lines, 8.5)
        case DataTable():
            yield _table(block, width)
        case Chart():
            yield _chart(block, width)
        case _:
            yield _pictures(block, width)
    yield Spacer(0, _GAP)


def _text(lines: Words, size: float, font: str = _FONT) -> Flowable:
    """Return lines as one flowing text.

    Parameters
    ----------
    size
        Points; what is said quietly is a little smaller.
    """
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph as Flowing

    style = ParagraphStyle(
        f"{font} {size}", fontName=font, fontSize=size, leading=size * 1.3
    )
    return Flowing("<br/>".join(_marked(one, size) for one in lines), style)


def _marked(line: TextLine, size: float) -> str:
    """Return a line in the library's markup; none of its own is left in it."""
    text = escape(line.text)
    if line.tone is Tone.QUIET:
        return f'<font size="{size * 0.87:.2f}" color="#4d5663">{text}</font>'
    if line.tone in (Tone.STRONG, Tone.CHIP):
        return f'<font name="{_BOLD}">{text}</font>'
    return text


def _boxed(block: Paragraph, width: float) -> Flowable:
    from reportlab.platypus import Table

    rows = [[_text((line,), 9.0)] for line in block.lines]
    return Table(
        rows, colWidths=[width], style=[("BOX", (0, 0), (-1, -1), 1.5, "black")]
    )


def _facts(block: Facts, width: float) -> Flowable:
    from reportlab.platypus import Table

    rows = [
        [_text((TextLine(name, Tone.QUIET),), 8.0), _text((TextLine(value),), 8.0)]
        for name, value in block.rows
    ]
    return Table(rows, colWidths=[width * 0.34, width * 0.66], style=_LINES)


_LINES: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), _RULE, "#b9bfc9"),
    ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]


def _table(table: DataTable, width: float) -> Flowable:
    from reportlab.platypus import Table

    size, widths = _fitting(table, width)
    head = [
        [
            _text(tuple(TextLine(one) for one in column.heading), size, _BOLD)
            for column in table.columns
        ]
    ]
    style: list[Any] = [*_LINES]
    if table.groups:
        above: list[Any] = []
        for name, count in table.groups:
            first = len(above)
            above += [_text((TextLine(name),), size, _BOLD), *[""] * (count - 1)]
            style.append(("SPAN", (first, 0), (first + count - 1, 0)))
            style.append(("LINEBEFORE", (first, 0), (first, -1), _RULE, "#b9bfc9"))
        head.insert(0, above)
    style.append(("LINEBELOW", (0, len(head) - 1), (-1, len(head) - 1), 1, "black"))
    rows = [[_text(cell, size) for cell in row] for row in table.rows]
    return Table([*head, *rows], colWidths=widths, repeatRows=len(head), style=style)


def _fitting(table: DataTable, width: float) -> tuple[float, list[float]]:
    """Return the size of a table's text, and its columns, so that no number breaks."""
    size, least = _SIZES[0], [width]
    for size in _SIZES:
        least = [_least(table, place, size) for place in range(len(table.columns))]
        if sum(least) <= width:
            break
    spare = max(width - sum(least), 0.0)
    shares = [one.share for one in table.columns]
    wanted = [width * one / sum(shares) for one in shares]
    lacking = [max(want - low, 0.0) for want, low in zip(wanted, least, strict=True)]
    total = sum(lacking) or 1.0
    scale = min(width / sum(least), 1.0)
    return size, [
        low * scale + spare * lack / total
        for low, lack in zip(least, lacking, strict=True)
    ]


def _least(table: DataTable, place: int, size: float) -> float:
    """Return how wide a column must be: of numbers the lines, of text the words.

    Of the words, those with a figure are broken where no figure is as long; of the
    others, very long ones.
    """
    from reportlab.pdfbase.pdfmetrics import stringWidth

    column = table.columns[place]
    lines = [(one, _BOLD) for one in column.heading]
    lines += [(line.text, _BOLD) for row in table.rows for line in row[place]]
    parts = [
        (part, font)
        for line, font in lines
        for part in ([line] if column.is_number else line.split(" "))
    ]
    widths = (
        wide if column.is_number else min(wide, size * most)
        for part, font in parts
        for wide in (stringWidth(part, font, size),)
        for most in (_WORD[bool(_FIGURE.search(part))],)
    )
    return max(widths, default=0.0) + 2 * _PADDING + 0.5


def _pictures(row: PictureRow, width: float) -> Flowable:
    from reportlab.platypus import KeepTogether, Table

    side = (width - 3 * _GAP) / 4
    cells = [[_drawn(one, side), _text(one.caption, 7.0)] for one in row.pictures]
    table = Table(
        [cells],
        colWidths=[side + _GAP] * len(cells),
        hAlign="LEFT",
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), _GAP),
        ],
    )
    return KeepTogether([_text((TextLine(row.title),), 8.5, _BOLD), table])


def _drawn(picture: KeyPicture, side: float) -> Flowable:
    from reportlab.platypus import Image, Spacer

    if not picture.png:
        return Spacer(side, side)
    return Image(io.BytesIO(picture.png), width=side, height=side)


def _chart(chart: Chart, width: float) -> Flowable:
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image

    across, down = ImageReader(io.BytesIO(chart.png)).getSize()
    shown = width * 0.7
    return Image(
        io.BytesIO(chart.png), width=shown, height=shown * down / across, hAlign="LEFT"
    )
