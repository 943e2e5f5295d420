"""Figures of one case: key images with their calipers, and the sums over time."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.criteria.course.organs import organ_group
from recist_tool.errors import StorageError
from recist_tool.measure.caliper.caliper import from_record
from recist_tool.model.blinding import Blinding
from recist_tool.model.finding import caliper_of, calipers_of
from recist_tool.report.case.words import found_words
from recist_tool.report.drawn import draw
from recist_tool.terms import Blinded, Response, Scope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from recist_tool.criteria.answer.answer import ScopeAssessment
    from recist_tool.measure.caliper.caliper import PlacedCaliper
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.case import Case, Read
    from recist_tool.model.finding import Finding
    from recist_tool.trial.patient import PatientAssessment

_SOFT_TISSUE = (40.0, 400.0)
_LUNG = (-600.0, 1500.0)
_HALF_FIELD_MM = 55.0
_DOTS_PER_INCH = 130
_PET_SUV = (5.0, 10.0)
_COLOUR = {Scope.OVERALL: "#1f4e79", Scope.LIVER: "#b5532a"}
_STROKE = {Scope.OVERALL: "-", Scope.LIVER: "--"}  # told apart in grey as well
_MARKER = {Response.PD: "X", Response.PR: "v", Response.CR: "*"}


class _Cell(NamedTuple):
    """One lesion at one timepoint: where it lies, and what was found."""

    finding: Finding | None
    volume: Volume | None
    placed: PlacedCaliper | None
    window: tuple[float, float]


def key_images(case: Case, read: Read, volumes: Mapping[str, Volume]) -> Figure:
    """Return the lesions of a read (rows) at all timepoints (columns), with calipers.

    Parameters
    ----------
    volumes
        By series instance UID; where one is missing, the number stays and the picture
        says that it is missing.
    """
    import matplotlib as mpl

    # what a reader calls a lesion is no formula
    with mpl.rc_context({"text.parse_math": False}):
        return _key_images(case, read, volumes)


def _key_images(case: Case, read: Read, volumes: Mapping[str, Volume]) -> Figure:
    from matplotlib.figure import Figure

    rows, columns = max(len(read.lesions), 1), max(len(case.timepoints), 1)
    figure = Figure(figsize=(2.4 * columns + 0.6, 2.5 * rows + 0.5), layout="tight")
    axes = figure.subplots(rows, columns, squeeze=False)
    for row, lesion in zip(axes, read.lesions, strict=False):
        for ax, timepoint in zip(row, case.timepoints, strict=False):
            finding = read.finding(lesion.lesion_id, timepoint.timepoint_id)
            _draw(ax, _cell(finding, volumes, _window(lesion.organ)))
        place = f"{lesion.organ}, {lesion.name}" if lesion.name else lesion.organ
        row[0].set_ylabel(f"{lesion.lesion_id}\n{place}", fontsize=8)
    blinding = Blinding.of(case)
    for ax, timepoint in zip(axes[0], case.timepoints, strict=False):
        when = blinding.date(timepoint.date)
        ax.set_title(f"{timepoint.timepoint_id}  {when}", fontsize=9)
    return figure


def lesion_picture(finding: Finding, organ: str, volume: Volume) -> bytes:
    """Return the slice on which a lesion was measured, with its calipers, as PNG.

    Of a lesion that fell into parts, the largest is in the middle.

    Parameters
    ----------
    organ
        Of the lesion: it is looked at in the grey values of its organ.

    Returns
    -------
    Empty where no caliper of the finding lies on that series.
    """
    from matplotlib.figure import Figure

    largest_first = sorted(
        calipers_of(finding), key=lambda one: -one.long_axis.value_mm
    )
    placed = [
        place
        for one in largest_first
        if one.plane is not None
        and one.plane.series_instance_uid == volume.series_instance_uid
        and (place := from_record(volume, one)) is not None
    ]
    if not placed:
        return b""
    figure = Figure(figsize=(2.4, 2.4))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    _draw_image(ax, volume, placed[0], _window(organ))
    for other in placed[1:]:
        if other.slice_index == placed[0].slice_index:
            _draw_caliper(ax, other)
    return _png(figure)


def sums_picture(case: Case, assessment: PatientAssessment) -> bytes:
    """Return `sums_over_time` as PNG; empty where no sums are compared yet."""
    figure = sums_over_time(case, assessment)
    is_course = any(np.size(curve.get_xdata()) > 1 for curve in figure.axes[0].lines)
    return _png(figure) if is_course else b""


def write_picture(path: Path, figure: Figure) -> None:
    """Write a figure as PNG.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    try:
        path.write_bytes(_png(figure))
    except OSError as error:
        raise StorageError.at(
            path.name, f"cannot be written ({error.strerror})"
        ) from None


def _png(figure: Figure) -> bytes:
    picture = io.BytesIO()
    draw(figure, picture, format="png", dpi=_DOTS_PER_INCH)
    return picture.getvalue()


def sums_over_time(case: Case, assessment: PatientAssessment) -> Figure:
    """Return the sums of diameters against days, whole patient and liver, one plot."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    ax = figure.subplots()
    for scope, answers in (
        (Scope.OVERALL, assessment.overall),
        (Scope.LIVER, assessment.liver),
    ):
        if answers is not None and answers.baseline_sum_mm is not None:
            _draw_sums(ax, case, scope, answers)
    ax.set_xlabel("days from reference" if _start(case) == case.day_0 else "days")
    ax.set_ylabel("sum of diameters, mm")
    ax.set_ylim(bottom=0)
    ax.spines[["top", "right"]].set_visible(False)
    if ax.lines:  # criteria that sum no diameters draw none
        ax.legend(frameon=False, fontsize=8)
    return figure


def _start(case: Case) -> dt.date:
    """Return the day from which others are counted: where blinded, the baseline."""
    baseline = case.timepoints[0].date
    is_blinded = Blinding.of(case).hides(Blinded.DATES)
    return baseline if is_blinded else case.day_0 or baseline


def _draw_sums(ax: Axes, case: Case, scope: Scope, answers: ScopeAssessment) -> None:
    name = {Scope.OVERALL: "whole patient", Scope.LIVER: "liver"}[scope]
    dates = {one.timepoint_id: one.date for one in case.timepoints}
    start = _start(case)
    points = [((case.timepoints[0].date - start).days, answers.baseline_sum_mm, None)]
    points += [
        ((dates[key] - start).days, answer.sum_mm, answer.overall)
        for key, answer in answers.timepoints.items()
        if answer.sum_mm is not None
    ]
    days = [day for day, _, _ in points]
    sums = [float(value) for _, value, _ in points if value is not None]
    style = f"{_STROKE[scope]}o"
    ax.plot(days, sums, style, color=_COLOUR[scope], label=name, markersize=4)
    for day, value, response in points:
        if response is not None and value is not None:
            marker = _MARKER.get(response, "o")
            ax.plot(day, float(value), marker, color=_COLOUR[scope], markersize=8)
            ax.annotate(
                response.value,
                (day, float(value)),
                xytext=(0, 8),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=_COLOUR[scope],
            )


def _window(organ: str) -> tuple[float, float]:
    """Return centre and width in which a lesion of an organ is looked at, HU."""
    return _LUNG if organ_group(organ) == "lung" else _SOFT_TISSUE


def _cell(
    finding: Finding | None,
    volumes: Mapping[str, Volume],
    window: tuple[float, float],
) -> _Cell:
    caliper = caliper_of(finding)
    if caliper is None or caliper.plane is None:
        return _Cell(finding, None, None, window)
    volume = volumes.get(caliper.plane.series_instance_uid)
    placed = from_record(volume, caliper) if volume is not None else None
    return _Cell(finding, volume, placed, window)


def _draw(ax: Axes, cell: _Cell) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    caption = _caption(cell.finding)
    if cell.volume is None or cell.placed is None:
        if caliper_of(cell.finding) is not None:
            caption += "\nimage not at hand"
        ax.set_box_aspect(1)
        ax.set_facecolor("#eef0f3")
        ax.text(0.5, 0.5, caption, ha="center", va="center", fontsize=8)
        return
    ax.set_xlabel(caption, fontsize=8)
    _draw_image(ax, cell.volume, cell.placed, cell.window)


def _draw_image(
    ax: Axes, volume: Volume, placed: PlacedCaliper, window: tuple[float, float]
) -> None:
    rows_mm, columns_mm = volume.require_pixel_spacing()
    is_pet = volume.modality == "PT"
    centre, width = _PET_SUV if is_pet else window
    ax.imshow(
        volume.voxels[placed.slice_index],
        cmap="gray_r" if is_pet else "gray",
        vmin=centre - width / 2,
        vmax=centre + width / 2,
        aspect=rows_mm / columns_mm,
        interpolation="bilinear",
    )
    _draw_caliper(ax, placed)
    middle_row, middle_column = np.mean(placed.caliper.long_ends, axis=0)
    ax.set_xlim(
        middle_column - _HALF_FIELD_MM / columns_mm,
        middle_column + _HALF_FIELD_MM / columns_mm,
    )
    ax.set_ylim(
        middle_row + _HALF_FIELD_MM / rows_mm, middle_row - _HALF_FIELD_MM / rows_mm
    )


def _caption(finding: Finding | None) -> str:
    return "" if finding is None else "\n".join(found_words(finding))


def _draw_caliper(ax: Axes, placed: PlacedCaliper) -> None:
    for ends, style in (
        (placed.caliper.long_ends, "-"),
        (placed.caliper.short_ends, "--"),
    ):
        if ends is not None:
            rows, columns = zip(*ends, strict=True)
            ax.plot(columns, rows, style, color="#ffd21f", linewidth=1.1)
